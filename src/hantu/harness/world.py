"""One simulated trading day: the real guard, store, wire and exchange on virtual time.

``run(seed)`` plays the day of one integer and returns what happened: the
violations, how often everything occurred, and a hash over every durable fact,
every byte that left and every fill. The same integer gives the same hash.
"""

import asyncio
import hashlib
import json
import logging
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import web

from hantu import bootstrap
from hantu.adapters import watches
from hantu.adapters.broker.feed import PicowsFeed
from hantu.adapters.broker.gateway import KisBroker
from hantu.adapters.kill_file import read_kill_file
from hantu.adapters.store.event_ids import EventIds
from hantu.adapters.store.store import SqliteStore, Threads
from hantu.domain.account import Side
from hantu.domain.alert import Alert
from hantu.domain.commands import KillLevel, RestartMonitoring, SetKill, StartMonitoring
from hantu.domain.errors import BrokenError, HantuError, RetryableError
from hantu.domain.events import Fact
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.engine.inputs import Started, SubmitEnded, Woken
from hantu.engine.journey import State
from hantu.harness.disk import Disk, LoopWorker, LoopWriter
from hantu.harness.final import judge_exits, judge_the_end
from hantu.harness.invariants import Judge, Violation
from hantu.harness.lag import Lag
from hantu.harness.loop import Node, SimLoop
from hantu.harness.network import Incoming, Network, SimSession, order_connector
from hantu.harness.stream import Streams
from hantu.harness.workload import ACCOUNT, CALM_FROM, LAST_LOOK, Day, draw, wall_of
from hantu.kis.layouts import GENERATIONS
from hantu.kis.throttle import REAL_LIMITS
from hantu.ports import Batch
from hantu.runtime.guard import Guard
from hantu.settings.kis_environment import kis_environment
from hantu.settings.loading import default_local_settings
from hantu.simulator.gateway import Gateway
from hantu.simulator.model import Accepted, NewOrder, Refused
from hantu.simulator.rest.auth import RestAuth
from hantu.simulator.rest.gate import RestGate
from hantu.simulator.scenario import EXCHANGE_FAULTS
from hantu.simulator.server import CURRENT_LAYOUT
from hantu.simulator.stream.hub import StreamHub

STEP_S = 0.5
"""Market seconds between two steps of the exchange."""
REST_URL, WS_URL = "http://127.0.0.1:9443", "ws://127.0.0.1:21000"
WAKE_S = 5.0
"""The guard's longest pause between two looks at the clock here; leaps of the market's clock wake it by themselves."""
STORY_LINES = 600
RESTART_TRIED = 4
"""Every so many days end with two more restarts."""
MEMORY = Path("/dev/shm")
TRADE_PATHS = ("/uapi/domestic-stock/v1/trading/order-cash", "/uapi/domestic-stock/v1/trading/order-rvsecncl")


@dataclass(slots=True)
class _Visit:
    """One arrival of a request at the exchange."""

    incoming: Incoming
    seen: bool = False


_visit: ContextVar[_Visit | None] = ContextVar("hantu_visit", default=None)
"""The guard's request the exchange works on."""


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


class WorldClock:
    """The guard's clock: the market's, on virtual time, wrong by as much as the plan says."""

    speed = 1.0

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.offset = timedelta()

    def now(self) -> Instant:
        """Return the present moment, as the guard's machine sees it."""
        return Instant(self._gateway.wall() + self.offset, self._gateway.mono())

    def real_delay(self, market_s: float) -> float:
        """One speed."""
        return market_s


class NoControl:
    """A control socket nobody can reach; wishes are delivered by hand."""

    def __init__(self, *_path: object, **_parts: object) -> None:
        """Nothing to prepare."""

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""


class Phone:
    """The channel to a person: slow, sometimes dead, and everything that arrived is kept."""

    name = "phone"

    def __init__(self, world: "World") -> None:
        self._world = world

    async def send(self, alert: Alert) -> None:
        """Deliver, or fail."""
        world = self._world
        await asyncio.sleep(world.rng.uniform(0.05, 0.4))
        if world.faulty() and world.rng.random() < world.day.notifier_fails:
            world.struck("A1 channel fails")
            raise RetryableError("phone is dead", next_step="")
        world.told.append(alert)
        world.trace("told", alert.event_type)
        world.boundary("told")


class SimStore(SqliteStore):
    """The real store; the judge learns what has become durable the moment it has."""

    world: "World"

    async def record(self, batch: Batch) -> None:
        """Make a batch durable, then tell the judge, before anybody acts on it."""
        await super().record(batch)
        self.world.durable(batch.facts)

    async def load(self, trade_date: date) -> Started:
        """Read what is there; what became durable as the process died is news to the judge, too."""
        started = await super().load(trade_date)
        self.world.durable(tuple(fact for fact in started.facts if fact not in self.world.known))
        return started


class SimGuard(Guard):
    """The real guard; a crash may strike right before an answer or a notice is taken in."""

    world: "World"

    def deliver(self, got: Any) -> None:
        """Take an input in, unless the process dies first."""
        if isinstance(got, SubmitEnded) and self.world.boundary("answer"):
            return
        super().deliver(got)


class World:
    """Everything of one day; ``play`` runs it to its end."""

    def __init__(self, day: Day, home: Path) -> None:
        self.day = day
        self.home = home
        self.rng = Random(f"hantu world {day.seed}")
        self.loop = SimLoop(Random(f"hantu threads {day.seed}"))
        self.gateway = Gateway(day.scenario, day.seed, real=self.loop.time)
        self.hub = StreamHub(self.gateway)
        self.gateway.deliver = self.hub.publish
        self.gate = RestGate(self.gateway)
        self.auth = RestAuth(self.gateway, self.gate)
        self.clock = WorldClock(self.gateway)
        self._submit, exchange = self.gateway.exchange.submit, self.gateway.exchange
        exchange.submit = self._submitted  # type: ignore[method-assign]
        self.lag = Lag(exchange, day.list_lag_s, day.balance_lag_s, self.faulty, self.struck)
        self.judge = Judge(self.gateway.exchange, ACCOUNT.replace("-", ""), self.loop.time, self.kill_level)
        self.network = Network(
            self.loop, Random(f"hantu network {day.seed}"), self.serve,
            lambda side: self.gateway.faults.listening(side, self.gateway.mono()),
            faults=day.net, on=self.faulty, on_fault=self.struck, on_bytes=self._leaves, on_gone=self._gone,
            world=Context(),
        )  # fmt: skip
        self.streams = Streams(self.network, self.gateway, self.hub, GENERATIONS[CURRENT_LAYOUT])
        self.disk = Disk(Random(f"hantu disk {day.seed}"), day.disk, self.faulty, self.boundary, self.struck)
        self.told: list[Alert] = []
        self.known: set[Fact] = set()
        self.story: list[str] = []
        self.life: bootstrap.Life | None = None
        self.node: Node | None = None
        self.lives = 0
        self.calm_since: float | None = None
        self.over = False
        self._hash = hashlib.sha256()
        self._judged = False
        self._boundaries = Counter[str]()
        self._graveyard: list[object] = []
        settings = default_local_settings(REST_URL, WS_URL, home)
        changed = {"guard": day.guard, "exits": day.exits}
        self.settings = type(settings)(
            **{name: changed.get(name, getattr(settings, name)) for name in settings.__struct_fields__}
        )
        self.environment = kis_environment(self.settings)

    # --- what happened -----------------------------------------------------------------

    def trace(self, kind: str, *what: object) -> None:
        """Add to the hash of the day."""
        self._hash.update(f"{self.loop.time():.6f} {kind} {what!r}\n".encode())

    def durable(self, facts: tuple[Fact, ...]) -> None:
        """Take in what is on disk now."""
        self.known.update(facts)
        self.judge.recorded(facts)
        self.trace("durable", facts)

    def tell(self, text: str) -> None:
        """Add a line to the story."""
        if len(self.story) < STORY_LINES:
            self.story.append(f"{self.gateway.wall() + timedelta(hours=9):%H:%M:%S.%f}"[:-3] + f" {text}")

    def struck(self, name: str) -> None:
        """Count a fault that struck."""
        self.judge.seen[f"fault {name}"] += 1
        self.tell(f"[fault] {name}")

    def faulty(self) -> bool:
        """Tell whether faults may strike: not in the last, calm stretch."""
        return self.calm_since is None

    def kill_level(self) -> KillLevel:
        """Return the strictest level any door asks for at this moment."""
        order = read_kill_file(self.settings.kill_file)
        level = order.level if order else KillLevel.OFF
        known = self.life.switch.level if self.life is not None else KillLevel.OFF
        ranks = list(KillLevel)
        return max(level, known, key=ranks.index)

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
        if self.boundary("before bytes"):
            return False
        cancel = "rvsecncl" in incoming.path
        flight = self.judge.leaving(incoming.path, incoming.headers.get("tr_id", ""), incoming._body)  # noqa: SLF001
        incoming.flight = flight
        self.trace("leaves", incoming.path, incoming._body)  # noqa: SLF001
        if flight is not None:
            self.tell(f"[wire] {flight.side or 'cancel'} {flight.symbol} {flight.quantity} leaves")
        if self.boundary("mid bytes"):
            # Half a request is none to the exchange, and the process is gone.
            self._gone(incoming)
            return False
        if cancel:
            self.boundary("cancel bytes")
        self.boundary("after bytes")
        if not self._alive():
            # The bytes are in the kernel: they travel though the process is gone.
            assert self.node is not None
            self.network.deliver(incoming, self.node, lambda _reply: None)
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
        own = sorted((one for one in self.day.scenario.faults if one.kind in EXCHANGE_FAULTS), key=lambda one: one.at)
        while not self.over:
            gateway.play()
            wall = gateway.wall()
            if self.calm_since is None and wall >= wall_of(CALM_FROM):
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
            if not self._judged and wall >= wall_of(LAST_LOOK):
                self._judged = True
                judge_exits(self)
            if jumps and self.loop.time() >= jumps[0].real:
                jumps.pop(0)
                if self.life is not None and self._alive():
                    self.loop.call_node(self.loop.time(), self.node, self.life.guard.deliver, Woken())  # type: ignore[arg-type]
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

    # --- the guard's process ---------------------------------------------------------------

    def boundary(self, where: str, what: str = "") -> bool:
        """Note that a durable boundary is met; True when the process dies there."""
        where = f"{where} {what}".strip()
        self._boundaries[where] += 1
        if not self._alive() or not self.faulty():
            return not self._alive()
        for crash in self.day.crashes:
            if crash.boundary == where and crash.nth == self._boundaries[where]:
                self.struck(f"X1 killed: {where}")
                self._die(crash.down_s)
                return True
        for freeze in self.day.freezes:
            if freeze.boundary == where and freeze.nth == self._boundaries[where]:
                self._freeze(freeze)
        return False

    def _alive(self) -> bool:
        return self.node is not None and self.node.alive

    def _die(self, down_s: float) -> None:
        """SIGKILL: nothing of the process runs any more; its machine closes its sockets."""
        node, life = self.node, self.life
        if node is None or not node.alive:
            return
        self.trace("killed")
        self.tell("[world] kill -9")
        node.alive = False
        self.streams.drop(node)
        if life is not None:
            life.store._writer._drop_connection()  # noqa: SLF001 - what the kernel does with the descriptors of a dead process
        self._graveyard.append((node, life))
        self.life = None
        self.loop.call_later(down_s, self._start, context=self.network.world)

    def _start(self) -> None:
        self.lives += 1
        self.node = node = Node(f"guard {self.lives}")
        self.tell(f"[world] the guard starts (life {self.lives})")
        self.loop.run_node(node, self._live(node), f"life {self.lives}")

    async def _live(self, node: Node) -> None:
        while True:
            try:
                life = await self._build()
            except HantuError as error:
                self.tell(f"[guard] cannot start: {error}")
                await asyncio.sleep(2.0)
                continue
            self.life = life
            try:
                await bootstrap.begin(life, self.settings, start_now=True)
                reason = await life.guard.run()
            except BrokenError as error:
                self.tell(f"[guard] cannot start: {error}")
                reason = "broken"
            await bootstrap.end(life)
            self.life = None
            self.tell(f"[guard] ended: {reason}")
            if self.over:
                return
            if reason == "bug":
                self.judge.fail("bug", f"the guard met a bug of its own in life {self.lives}")
            await asyncio.sleep(1.0)

    async def _build(self) -> bootstrap.Life:
        makers = bootstrap.Makers(
            store=self._store,
            broker=partial(
                KisBroker, session=SimSession(self.network), connect=order_connector(self.network), limits=REAL_LIMITS
            ),
            feed=partial(PicowsFeed, connect=self.streams.connector()),
            guard=partial(self._guard, wake_limit_s=WAKE_S),
            control=NoControl,  # type: ignore[arg-type]
            notifier=lambda _settings: Phone(self),
        )
        return await bootstrap.build(
            self.settings,
            self.environment,
            self.clock,
            _Logs(),
            lambda text: self.tell(f"[guard] {text}"),
            makers,  # type: ignore[arg-type]
        )

    def _store(self, *args: Any, **words: Any) -> SqliteStore:
        threads = Threads(partial(LoopWriter, disk=self.disk), partial(LoopWorker, disk=self.disk))  # type: ignore[arg-type]
        words["holder"] = "simulated:1"
        ids = EventIds(Random(f"ids {self.day.seed} {self.lives}").getrandbits)
        store = SimStore(*args, **words, threads=threads, ids=ids)
        store.world = self
        return store

    def _guard(self, **words: Any) -> Guard:
        guard = SimGuard(**words)
        guard.world = self
        return guard

    # --- the people around it --------------------------------------------------------------

    def _plan(self) -> None:
        call = partial(self.loop.call_later, context=self.network.world)
        for crash in self.day.crashes:
            if not crash.boundary:
                call(crash.at, self._killed_at, crash)
        for freeze in self.day.freezes:
            if not freeze.boundary:
                call(freeze.at, self._freeze, freeze)
        for act in self.day.kills:
            call(act.at, self._kill_act, act)
        for order in self.day.manual:
            call(order.at, self._by_hand, order)
        for at, lasts_s in self.day.mutes:
            call(at, self._mute, lasts_s)
        for at, lasts_s in self.day.deaf:
            call(at, self._deafen, lasts_s)
        for at, by_s in self.day.clock_jumps:
            call(at, self._jump, by_s)

    def _killed_at(self, crash: Any) -> None:
        if self.faulty() and self._alive():
            self.struck("X1 killed: at a moment")
            self._die(crash.down_s)

    def _freeze(self, freeze: Any) -> None:
        node = self.node
        if not self.faulty() or node is None or not node.alive:
            return
        self.struck(f"X2 frozen: {freeze.boundary or 'at a moment'}")
        self.loop.freeze(node)
        self.loop.call_later(freeze.lasts_s, self.loop.thaw, node, context=self.network.world)

    def _kill_act(self, act: Any) -> None:
        if not self.faulty():
            return
        self.struck(f"kill switch by {act.door}: {act.level}")
        if act.door == "file":
            text = json.dumps({"level": act.level, "reason": "simulated", "actor": "person", "timestamp": f"{act.at}"})
            self.settings.kill_file.write_text(text, encoding="utf-8")
        elif self.life is not None and self._alive() and not self.node.frozen:  # type: ignore[union-attr]
            self.node.context.run(self.life.guard.deliver, SetKill("person", act.level, "simulated"))  # type: ignore[union-attr]
        if act.released_at is not None:
            self.loop.call_at(act.released_at, self._release, context=self.network.world)

    def _release(self) -> None:
        self.settings.kill_file.unlink(missing_ok=True)
        if self.life is not None and self._alive():
            self.tell("[person] releases the kill switch")
            node = self.node
            assert node is not None
            self.loop.call_node(
                self.loop.time(), node, self.life.guard.deliver, SetKill("person", KillLevel.OFF, "simulated")
            )

    def _by_hand(self, order: Any) -> None:
        if not self.faulty():
            return
        exchange, account = self.gateway.exchange, ACCOUNT.replace("-", "")
        listing = exchange._market.listings[order.symbol]  # noqa: SLF001
        held = self.judge.held(order.symbol)
        quantity = max(1, int(held * order.share)) if order.sell else 3
        self.judge.excused[order.symbol] = "a person traded it"
        self.struck("B7 manual order")
        side = Side.SELL if order.sell else Side.BUY
        exchange.submit(NewOrder(account, Symbol(listing.spec.symbol), side, "01", quantity, 0), self.gateway.wall())
        self.gateway.flush()

    def _mute(self, lasts_s: float) -> None:
        if self.faulty():
            self.struck("N5 half-open stream")
            for cable in self.streams.cables:
                cable.mute_until = self.loop.time() + lasts_s

    def _deafen(self, lasts_s: float) -> None:
        if self.faulty():
            self.struck("N8 one-way loss")
            self.network.deaf_until = self.loop.time() + lasts_s

    def _jump(self, by_s: float) -> None:
        if self.faulty():
            self.struck("C1 wall clock jump")
            self.clock.offset = timedelta(seconds=by_s)

    async def _helper(self) -> None:
        """A person in the calm stretch: wakes a sleeping or stopped guard, once a minute."""
        while not self.over:
            await asyncio.sleep(60.0)
            if self.calm_since is None or self.life is None or not self._alive():
                continue
            state = self.life.engine.book.state
            if state is State.SLEEPING:
                wish: Any = RestartMonitoring("person")
            elif state is State.IDLE and self.gateway.wall() < wall_of(CALM_FROM) + timedelta(minutes=10):
                wish = StartMonitoring("person")
            else:
                continue
            assert self.node is not None
            self.loop.call_node(self.loop.time(), self.node, self.life.guard.deliver, wish)

    # --- the whole day -----------------------------------------------------------------------

    def play(self) -> Result:
        """Play the day and judge it."""
        opening = self.gateway.exchange._desk.accounts[self.judge.account].positions  # noqa: SLF001
        self.judge.opening = {symbol: position.quantity for symbol, position in opening.items()}
        self.loop.call_soon(self._start, context=self.network.world)
        self._plan()
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
        self.network.spawn(self._helper(), "helper")
        await asyncio.wait([market], timeout=length)
        if market.done():
            market.result()
        if self.loop.failure is not None:
            lines = traceback.format_exception(self.loop.failure)
            self.judge.fail("bug", "an error nobody caught:\n" + "".join(lines[-6:]))
        judge_the_end(self)
        if self.day.seed % RESTART_TRIED == 0:
            await self._recover_twice()
        self.over = True

    async def _recover_twice(self) -> None:
        """I12: recovery on top of recovery changes nothing, and alone it never sends an order."""
        before = self._standing()
        for _ in range(2):
            self.calm_since = self.loop.time()
            self._die(0.5)
            await asyncio.sleep(20.0)
        self.judge.seen["I12"] += 1
        if self._standing() != before:
            self.judge.fail("I12", f"two recoveries turned {before} into {self._standing()}")

    def _standing(self) -> str:
        """Return what must survive a restart: holdings, intents, kill level, orders at the exchange."""
        if self.life is None:
            return "no guard"
        book = self.life.engine.book
        positions = sorted((one.symbol, one.quantity) for one in book.positions.values() if one.quantity)
        intents = sorted((one.record.intent_id, one.state.value, one.filled) for one in book.open_intents())
        return f"{positions} {intents} {book.kill} {len(self.gateway.exchange._desk.orders)}"  # noqa: SLF001

    def _close(self) -> None:
        for name, count in self.judge.states.items():
            self.judge.seen[f"fact {name}"] += count
        for name, count in self._boundaries.items():
            self.judge.seen[f"boundary {name}"] += count
        life = self.life
        if life is not None:
            life.store._writer._drop_connection()  # noqa: SLF001
        if self.node is not None:
            self.node.alive = False
        self.loop.close()


class _Logs:
    def set_level(self, _level: str) -> None:
        """There is no log."""


def run(seed: int, *, day: Day | None = None) -> Result:
    """Play the day of ``seed``; nothing of it remains on disk."""
    logging.disable(logging.CRITICAL)
    watches.KILL_FILE_POLL_S, watches.WATCHLIST_POLL_S = 1.0, 60.0  # type: ignore[misc]
    base = MEMORY if MEMORY.is_dir() else None
    home = Path(tempfile.mkdtemp(prefix="hantu-sim-", dir=base))
    try:
        return World(day or draw(seed), home).play()
    finally:
        shutil.rmtree(home, ignore_errors=True)
        logging.disable(logging.NOTSET)
