"""One simulated trading day: the real guard, store, wire and exchange on virtual time.

``run(seed)`` plays the day of one integer and returns what happened: the
violations, how often everything occurred, and a hash over every durable fact,
every byte that left and every fill. The same integer gives the same hash.
"""

import asyncio
import hashlib
import logging
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from contextvars import Context, ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import web

from hantu.adapters.kill_file import read_kill_file
from hantu.domain.alert import Alert
from hantu.domain.commands import KillLevel
from hantu.domain.events import Fact
from hantu.engine.inputs import Woken
from hantu.harness.cast import WorldClock
from hantu.harness.disk import Disk
from hantu.harness.final import judge_exits, judge_the_end
from hantu.harness.invariants import Judge, Violation
from hantu.harness.lag import Lag, latest
from hantu.harness.loop import SimLoop
from hantu.harness.network import Incoming, Network
from hantu.harness.people import People
from hantu.harness.process import Process
from hantu.harness.promises import Promises
from hantu.harness.stream import Streams
from hantu.harness.workload import ACCOUNT, CALM_FROM, LAST_LOOK, Day, draw, wall_of
from hantu.kis.layouts import GENERATIONS
from hantu.settings.kis_environment import kis_environment
from hantu.settings.loading import default_local_settings
from hantu.simulator.gateway import Gateway
from hantu.simulator.model import Accepted, NewOrder, Refused
from hantu.simulator.rest.auth import RestAuth
from hantu.simulator.rest.gate import RestGate
from hantu.simulator.scenario import EXCHANGE_FAULTS
from hantu.simulator.server import CURRENT_LAYOUT
from hantu.simulator.stream.hub import StreamHub

STEP_S = 1.0
"""Market seconds between two steps of the exchange."""
REST_URL, WS_URL = "http://127.0.0.1:9443", "ws://127.0.0.1:21000"
WAKE_S = 5.0
"""The guard's longest pause between two looks at the clock here; leaps of the market's clock wake it by themselves."""
STORY_LINES = 600
RESTART_TRIED = 4
"""Every so many days end with two more restarts."""
MEMORY = Path("/dev/shm")  # noqa: S108 - a private folder is made in it, and removed
TRADE_PATHS = ("/uapi/domestic-stock/v1/trading/order-cash", "/uapi/domestic-stock/v1/trading/order-rvsecncl")


@dataclass(slots=True)
class _Visit:
    """One arrival of a request at the exchange."""

    incoming: Incoming
    seen: bool = False


_visit: ContextVar[_Visit | None] = ContextVar("hantu_visit", default=None)
"""The guard's request the exchange works on."""


class _Gate(RestGate):
    """The real gate; the judge hears when it swallows a request, which then has no effect any more."""

    swallowed: Callable[["_Visit"], None]

    async def _hold(self, request: web.Request, names: tuple[str, ...]) -> None:
        visit = _visit.get()
        if visit is not None and visit.incoming.flight is not None:
            self.swallowed(visit)
        await super()._hold(request, names)


@dataclass(slots=True)
class Result:
    """What became of one day."""

    seed: int
    trace_hash: str
    violations: list[Violation]
    seen: Counter[str]
    """Faults that struck, facts that were recorded, conditions of invariants that were met."""
    story: list[str] = field(default_factory=list)
    market_s: float = 0.0
    swarm: tuple[str, ...] = ()


class World:
    """Everything of one day; ``play`` runs it to its end."""

    def __init__(self, day: Day, home: Path) -> None:
        self.day = day
        self.home = home
        self.process = Process(self)
        self.people = People(self)
        self.rng = Random(f"hantu world {day.seed}")
        self.loop = SimLoop(Random(f"hantu threads {day.seed}"))
        self.gateway = Gateway(day.scenario, day.seed, real=self.loop.time)
        self.hub = StreamHub(self.gateway)
        self.gateway.deliver = self.hub.publish
        self.gate = _Gate(self.gateway, silence_step_s=1.0)
        self.gate.swallowed = self._seen
        self.auth = RestAuth(self.gateway, self.gate)
        self.clock = WorldClock(self.gateway)
        self._submit, exchange = self.gateway.exchange.submit, self.gateway.exchange
        exchange.submit = self._submitted  # type: ignore[method-assign]
        self.lag = Lag(exchange, day.list_lag_s, day.balance_lag_s, self.faulty, self.struck)
        self.judge = Judge(self.gateway.exchange, ACCOUNT.replace("-", ""), self.loop.time, self.kill_level)
        self.network = Network(
            self.loop, Random(f"hantu network {day.seed}"), self.serve,
            lambda side: self.gateway.faults.listening(side, self.gateway.mono()),
            faults=replace(day.net, late_s=latest(day)), on=self.faulty, on_fault=self.struck, on_bytes=self._leaves, on_gone=self._gone,
            world=Context(),
        )  # fmt: skip
        self.streams = Streams(self.network, self.gateway, self.hub, GENERATIONS[CURRENT_LAYOUT])
        self.disk = Disk(Random(f"hantu disk {day.seed}"), day.disk, self.faulty, self.process.boundary, self.struck)
        self.told: list[Alert] = []
        self.known: set[Fact] = set()
        self.story: list[str] = []
        self.calm_since: float | None = None
        self.over = False
        self._hash = hashlib.sha256()
        self._judged = False
        settings = default_local_settings(REST_URL, WS_URL, home)
        changed = {"guard": day.guard, "exits": day.exits}
        self.settings = type(settings)(
            **{name: changed.get(name, getattr(settings, name)) for name in settings.__struct_fields__}
        )
        self.environment = kis_environment(self.settings)
        self.promises = Promises(
            self.judge, self.settings.database, self.settings.spill_dir, lambda: self.calm_since,
            lambda: self.gateway.wall() < wall_of(LAST_LOOK),
        )  # fmt: skip

    # --- what happened -----------------------------------------------------------------

    def trace(self, kind: str, *what: object) -> None:
        """Add to the hash of the day."""
        self._hash.update(f"{self.loop.time():.6f} {kind} {what!r}\n".encode())

    def decided(self, facts: tuple[Fact, ...]) -> None:
        """Take in what is about to be recorded."""
        self.promises.decided(facts)

    def durable(self, facts: tuple[Fact, ...], *, late: bool = False) -> None:
        """Take in what is on disk now; ``late`` if it was found there at a start."""
        self.known.update(facts)
        self.judge.recorded(facts, late=late)
        self.promises.recorded(facts)
        self.trace("durable", facts)

    def tell(self, text: str) -> None:
        """Add a line to the story."""
        if len(self.story) < STORY_LINES:
            self.story.append(f"{self.gateway.wall() + timedelta(hours=9):%H:%M:%S.%f}"[:-3] + f" {text}")

    def struck(self, name: str) -> None:
        """Count a fault that struck."""
        self.judge.seen[f"fault {name}"] += 1
        self.tell(f"[fault] {name}")

    def boundary(self, where: str, what: str = "") -> bool:
        """Meet a durable boundary; True when the process died there."""
        return self.process.boundary(where, what)

    def faulty(self) -> bool:
        """Tell whether faults may strike: not in the last, calm stretch."""
        return self.calm_since is None

    def kill_level(self) -> KillLevel:
        """Return the strictest level any door asks for at this moment."""
        order = read_kill_file(self.settings.kill_file)
        level = order.level if order else KillLevel.OFF
        known = self.process.life.switch.level if self.process.life is not None else KillLevel.OFF
        ranks = list(KillLevel)
        wished = self.people.wished if self.people.wished_in == self.process.lives else KillLevel.OFF
        return max(level, known, wished, self.promises.kill, key=ranks.index)

    # --- the exchange's side -------------------------------------------------------------

    async def serve(self, incoming: Incoming) -> web.StreamResponse:
        """Answer one request that has arrived at the exchange."""
        visit = _Visit(incoming)
        _visit.set(visit)
        handlers: dict[str, Callable[[Any], Any]] = {
            "/oauth2/tokenP": self.auth.token,
            "/oauth2/Approval": self.auth.approval,
        }
        response: web.StreamResponse = await handlers.get(incoming.path, self.gate.serve)(incoming)
        if incoming.flight is not None:
            self.trace("landed", incoming.flight.symbol, incoming.flight.quantity, response.status)
            self._seen(visit)
        return response

    def _submitted(self, order: NewOrder, wall: datetime) -> Accepted | Refused:
        """Take an order into the ledger and tell the judge whose it is, before anybody hears of it."""
        answer = self._submit(order, wall)
        visit = _visit.get()
        if visit is not None and visit.incoming.flight is not None:
            if isinstance(answer, Accepted):
                self.judge.orders[int(answer.order_no)] = visit.incoming.flight.intent
            self._seen(visit)
        return answer

    def _seen(self, visit: "_Visit") -> None:
        """The ledger has dealt with a request; its answer may still be held back for long."""
        if not visit.seen:
            visit.seen = True
            self._one_less(visit.incoming)

    def _leaves(self, incoming: Incoming) -> bool:
        if self.process.boundary("before bytes"):
            return False
        cancel = "rvsecncl" in incoming.path
        flight = self.judge.leaving(incoming.path, incoming.headers.get("tr_id", ""), incoming._body)  # noqa: SLF001
        incoming.flight = flight
        self.trace("leaves", incoming.path, incoming._body)  # noqa: SLF001
        if flight is not None:
            self.promises.leaving(flight)
            self.tell(f"[wire] {flight.side or 'cancel'} {flight.symbol} {flight.quantity} leaves")
        if self.process.boundary("mid bytes"):
            # Half a request is none to the exchange, and the process is gone.
            self._gone(incoming)
            return False
        if cancel:
            self.process.boundary("cancel bytes")
        self.process.boundary("after bytes")
        if not self.process.alive():
            # The bytes are in the kernel: they travel though the process is gone.
            assert self.process.node is not None
            self.network.deliver(incoming, self.process.node, lambda _reply: None)
            return False
        return True

    def _gone(self, incoming: Incoming) -> None:
        if incoming.flight is not None:
            self._one_less(incoming)

    def _one_less(self, incoming: Incoming) -> None:
        if incoming.copies > 1 and incoming.flight.symbol:
            self.judge.excused[incoming.flight.symbol] = "the network doubled a request"
        incoming.copies -= 1
        if incoming.copies <= 0:
            self.judge.gone(incoming.flight)

    async def _market(self) -> None:
        gateway = self.gateway
        fills = 0
        jumps = list(gateway.clock.jumps())
        calm_from, last_look = wall_of(CALM_FROM), wall_of(LAST_LOOK)
        own = sorted((one for one in self.day.scenario.faults if one.kind in EXCHANGE_FAULTS), key=lambda one: one.at)
        while not self.over:
            gateway.play()
            wall = gateway.wall()
            if self.calm_since is None and wall >= calm_from:
                self._calm()
            while own and wall_of(own[0].at) <= wall:
                self.struck(f"exchange: {own.pop(0).kind}")
            for fault in gateway.faults.due(wall):
                if self.faulty():
                    self.struck(f"exchange: {fault.kind}")
                    gateway.begin_fault(fault)
                    if fault.kind == "cut":
                        for cable in self.streams.cables:
                            cable.cut()
            self.hub.step(gateway.mono())
            self.lag.keep()
            all_fills = gateway.exchange._desk.fills  # noqa: SLF001
            for fill in all_fills[fills:]:
                self.trace("fill", fill)
                self.tell(f"[exchange] {fill['side']} {fill['symbol']} {fill['quantity']} @ {fill['price']}")
            fills = len(all_fills)
            self.judge.oversold()
            if not self._judged and wall >= last_look:
                self._judged = True
                judge_exits(self.judge, self.process.book(), self.told)
                self.promises.judge_waiting()
            if jumps and self.loop.time() >= jumps[0].real:
                jumps.pop(0)
                self.process.deliver(Woken())
            await asyncio.sleep(STEP_S)

    def _calm(self) -> None:
        """From now on nothing goes wrong; what was wrong is put right by a person."""
        self.calm_since = self.loop.time()
        self.tell("[world] faults end")
        self.gateway.faults.planned.clear()
        self.gateway.faults._running.clear()  # noqa: SLF001 - the calm stretch ends every fault
        self.gateway.exchange._desk._mishaps.__init__()  # type: ignore[misc]  # noqa: SLF001
        self.clock.offset = timedelta()
        for cable in self.streams.cables:
            cable.mute_until = 0.0
        self.network.deaf_until = 0.0

    # --- the whole day -----------------------------------------------------------------------

    def play(self) -> Result:
        """Play the day and judge it."""
        opening = self.gateway.exchange._desk.accounts[self.judge.account].positions  # noqa: SLF001
        self.judge.opening = {symbol: position.quantity for symbol, position in opening.items()}
        self.loop.call_soon(self.process.start, context=self.network.world)
        self.people.plan()
        last = self.day.scenario.clock.moments()
        length = sum((end - begin).total_seconds() for begin, end in last)
        try:
            self.loop.run_until_complete(self._whole(length))
        finally:
            self._close()
        return Result(
            self.day.seed, self._hash.hexdigest(), self.judge.violations, self.judge.seen, self.story,
            market_s=length, swarm=self.day.swarm,
        )  # fmt: skip

    async def _whole(self, length: float) -> None:
        market = self.network.spawn(self._market(), "market")
        self.network.spawn(self.people.help(), "helper")
        await asyncio.wait([market], timeout=length)
        if market.done():
            market.result()
        if self.loop.failure is not None:
            lines = traceback.format_exception(self.loop.failure)
            self.judge.fail("bug", "an error nobody caught:\n" + "".join(lines[-6:]))
        judge_the_end(self.judge, self.process.book())
        if self.process.life is not None:
            self.promises.judge_the_end(self.process.life.store.healthy, self.told)
        if self.day.seed % RESTART_TRIED == 0:
            await self._recover_twice()
        self.over = True

    async def _recover_twice(self) -> None:
        """I12: recovery on top of recovery changes nothing, and alone it never sends an order."""
        before = self._standing()
        for _ in range(2):
            self.calm_since = self.loop.time()
            self.process.die(0.5)
            await asyncio.sleep(20.0)
        self.judge.seen["I12"] += 1
        if self._standing() != before:
            self.judge.fail("I12", f"two recoveries turned {before} into {self._standing()}")

    def _standing(self) -> str:
        """Return what must survive a restart: holdings, intents, orders at the exchange."""
        if self.process.life is None:
            return "no guard"
        book = self.process.life.engine.book
        # What a person bought is taken in by the first balance that may be believed, a minute after a sale of ours.
        positions = sorted(
            (one.symbol, one.quantity) for one in book.positions.values()
            if one.quantity and one.symbol not in self.judge.excused
        )  # fmt: skip
        intents = sorted((one.record.intent_id, one.state.value, one.filled) for one in book.open_intents())
        # The kill level is not among it: a start may find a reason to set it, and it only gets stricter.
        return f"{positions} {intents} {len(self.gateway.exchange._desk.orders)}"  # noqa: SLF001

    def _close(self) -> None:
        for name, count in self.judge.states.items():
            self.judge.seen[f"fact {name}"] += count
        for name, count in self.process.boundaries.items():
            self.judge.seen[f"boundary {name}"] += count
        life = self.process.life
        if life is not None:
            life.store._writer._drop_connection()  # noqa: SLF001
        if self.process.node is not None:
            self.process.node.alive = False
        self.loop.close()


def run(seed: int, *, day: Day | None = None) -> Result:
    """Play the day of ``seed``; nothing of it remains on disk."""
    logging.disable(logging.CRITICAL)
    base = MEMORY if MEMORY.is_dir() else None
    home = Path(tempfile.mkdtemp(prefix="hantu-sim-", dir=base))
    try:
        return World(day or draw(seed), home).play()
    finally:
        shutil.rmtree(home, ignore_errors=True)
        logging.disable(logging.NOTSET)
