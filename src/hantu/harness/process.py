"""The guard as a process of the simulated machine: it starts, dies where the plan says, freezes and comes back."""

import asyncio
from collections import Counter
from functools import partial
from random import Random
from typing import Any

from hantu import bootstrap
from hantu.adapters.broker.feed import PicowsFeed
from hantu.adapters.broker.gateway import KisBroker
from hantu.adapters.store.event_ids import EventIds
from hantu.adapters.store.store import SqliteStore, Threads
from hantu.adapters.watches import Looks
from hantu.domain.errors import BrokenError, HantuError
from hantu.engine.book import Book
from hantu.harness.cast import NoControl, NoLogs, Phone, SimGuard, SimStore
from hantu.harness.disk import LoopWorker, LoopWriter
from hantu.harness.loop import Node
from hantu.harness.network import SimSession, order_connector
from hantu.kis.throttle import REAL_LIMITS
from hantu.runtime.guard import Guard
from hantu.settings.life import Life, Makers

LOOKS = Looks(
    kill_file_s=1.0, watchlist_s=60.0, outbox_s=5.0, kill_rows_s=5.0, kill_rows_anyway_s=10.0, kill_copy_s=2.0
)
"""Rarer than on a real machine, where looking is cheap; the door asks for the kill file by itself."""
WAKE_S = 5.0
"""The guard's longest pause between two looks at the clock here; leaps of the market's clock wake it by themselves."""


class Process:
    """One guard, over all its lives."""

    def __init__(self, world: Any) -> None:
        self._world = world
        self.life: Life | None = None
        self.node: Node | None = None
        self.lives = 0
        self.boundaries = Counter[str]()
        self._graveyard: list[object] = []

    def book(self) -> Book | None:
        """Return what the living guard believes; None without one."""
        return self.life.engine.book if self.life is not None else None

    def deliver(self, wish: Any) -> bool:
        """Hand a wish to the living guard, as the control socket would; tell whether one was there to take it."""
        if self.life is None or self.node is None or not self.node.alive or self.node.frozen:
            return False
        self.node.context.run(self.life.guard.deliver, wish)
        return True

    def freeze(self, where: str, lasts_s: float) -> None:
        """SIGSTOP now, SIGCONT later."""
        world, node = self._world, self.node
        if not world.faulty() or node is None or not node.alive:
            return
        world.struck(f"X2 frozen: {where or 'at a moment'}")
        world.loop.freeze(node)
        world.loop.call_later(lasts_s, world.loop.thaw, node, context=world.network.world)

    def boundary(self, where: str, what: str = "") -> bool:
        """Note that a durable boundary is met; True when the process dies there."""
        where = f"{where} {what}".strip()
        self.boundaries[where] += 1
        if not self.alive() or not self._world.faulty():
            return not self.alive()
        self._world.people.met(where, self.boundaries[where])
        for crash in self._world.day.crashes:
            if crash.boundary == where and crash.nth == self.boundaries[where]:
                self._world.struck(f"X1 killed: {where}")
                self.die(crash.down_s)
                return True
        for freeze in self._world.day.freezes:
            if freeze.boundary == where and freeze.nth == self.boundaries[where]:
                self.freeze(freeze.boundary, freeze.lasts_s)
        return False

    def alive(self) -> bool:
        return self.node is not None and self.node.alive

    def die(self, down_s: float) -> None:
        """SIGKILL: nothing of the process runs any more; its machine closes its sockets."""
        node, life = self.node, self.life
        if node is None or not node.alive:
            return
        self._world.trace("killed")
        self._world.tell("[world] kill -9")
        node.alive = False
        self._world.streams.drop(node)
        if life is not None:
            life.store._writer._drop_connection()  # noqa: SLF001 - what the kernel does with the descriptors of a dead process
        self._graveyard.append((node, life))
        self.life = None
        self._world.loop.call_later(down_s, self.start, context=self._world.network.world)

    def start(self) -> None:
        self.lives += 1
        self.node = node = Node(f"guard {self.lives}")
        self._world.tell(f"[world] the guard starts (life {self.lives})")
        self._world.loop.run_node(node, self._live(node), f"life {self.lives}")

    async def _live(self, node: Node) -> None:
        while True:
            try:
                life = await self._build()
            except HantuError as error:
                self._world.tell(f"[guard] cannot start: {error}")
                await asyncio.sleep(2.0)
                continue
            self.life = life
            try:
                await bootstrap.begin(life, self._world.settings, start_now=True)
                reason = await life.guard.run()
            except BrokenError as error:
                self._world.tell(f"[guard] cannot start: {error}")
                reason = "broken"
            await bootstrap.end(life)
            self.life = None
            self._world.tell(f"[guard] ended: {reason}")
            if self._world.over:
                return
            if reason == "bug":
                self._world.judge.fail("bug", f"the guard met a bug of its own in life {self.lives}")
            await asyncio.sleep(1.0)

    async def _build(self) -> Life:
        makers = Makers(
            store=self._store,
            broker=partial(
                KisBroker,
                session=SimSession(self._world.network),  # type: ignore[arg-type]
                connect=order_connector(self._world.network),
                limits=REAL_LIMITS,
            ),
            feed=partial(PicowsFeed, connect=self._world.streams.connector()),
            guard=partial(self._guard, wake_limit_s=WAKE_S),
            control=NoControl,  # type: ignore[arg-type]
            notifier=lambda _settings: Phone(self._world),
            looks=LOOKS,
        )
        return await bootstrap.build(
            self._world.settings,
            self._world.environment,
            self._world.clock,
            NoLogs(),  # type: ignore[arg-type]
            lambda text: self._world.tell(f"[guard] {text}"),
            makers,
        )

    def _store(self, *args: Any, **words: Any) -> SqliteStore:
        threads = Threads(partial(LoopWriter, disk=self._world.disk), partial(LoopWorker, disk=self._world.disk))  # type: ignore[arg-type]
        words["holder"] = "simulated:1"
        ids = EventIds(Random(f"ids {self._world.day.seed} {self.lives}").getrandbits)
        store = SimStore(*args, **words, threads=threads, ids=ids)
        store.world = self._world
        return store

    def _guard(self, **words: Any) -> Guard:
        guard = SimGuard(**words)
        guard.world = self._world
        return guard
