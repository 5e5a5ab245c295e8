"""Who plays in a simulated day besides the product itself: clock, phone, and the product's own parts with an ear."""

import asyncio
from datetime import date, timedelta
from random import Random
from typing import Any, Protocol

from hantu.adapters.store.entries import BatchEntry, decode_fact
from hantu.adapters.store.store import SqliteStore
from hantu.domain.alert import Alert
from hantu.domain.errors import RetryableError
from hantu.domain.events import Fact
from hantu.domain.instant import Instant
from hantu.engine.inputs import Started, SubmitEnded
from hantu.harness.workload import Day
from hantu.ports import Batch
from hantu.runtime.guard import Guard
from hantu.simulator.gateway import Gateway


class Stage(Protocol):
    """What the cast needs of the world."""

    day: Day
    rng: Random
    told: list[Alert]
    known: set[Fact]

    def faulty(self) -> bool:
        """Tell whether faults may strike."""
        ...

    def struck(self, name: str) -> None:
        """Count a fault."""
        ...

    def trace(self, kind: str, *what: object) -> None:
        """Add to the hash of the day."""
        ...

    def boundary(self, where: str, what: str = "") -> bool:
        """Meet a durable boundary; True when the process died there."""
        ...

    def decided(self, facts: tuple[Fact, ...]) -> None:
        """Take in what is about to be recorded."""
        ...

    def durable(self, facts: tuple[Fact, ...], *, late: bool = False) -> None:
        """Take in what is on disk now."""
        ...


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

    def __init__(self, world: Stage) -> None:
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

    world: Stage

    def record(self, batch: Batch) -> "asyncio.Future[None]":
        """Make a batch durable, then tell the judge, before anybody acts on it."""
        self.world.decided(batch.facts)
        kept = super().record(batch)
        # First in line: whoever awaits it is called after.
        kept.add_done_callback(lambda done: self._kept(done, batch))
        return kept

    def _kept(self, done: "asyncio.Future[None]", batch: Batch) -> None:
        if not done.cancelled() and done.exception() is None:
            self.world.durable(batch.facts)

    def _settle(self, ticket: Any, error: BaseException | None) -> None:
        """Tell the judge, too, of a record its writer has given up and that is on disk after all.

        In its place among the others: fills heard of only at the next start, or never, would look lost or out of order.
        """
        given_up = ticket.future.done()
        super()._settle(ticket, error)
        if given_up and error is None and isinstance(ticket.entry, BatchEntry):
            facts = (decode_fact(row.event_type, row.payload) for row in ticket.entry.events)
            # Behind what was kept just before: its own news is still on the way.
            asyncio.get_running_loop().call_soon(self.world.durable, tuple(fact for fact in facts if fact is not None))

    async def load(self, trade_date: date) -> Started:
        """Read what is there; what became durable as the process died is news to the judge, too."""
        started = await super().load(trade_date)
        self.world.durable(tuple(fact for fact in started.facts if fact not in self.world.known), late=True)
        return started


class SimGuard(Guard):
    """The real guard; a crash may strike right before an answer or a notice is taken in."""

    world: Stage

    def deliver(self, got: Any) -> None:
        """Take an input in, unless the process dies first."""
        if isinstance(got, SubmitEnded) and self.world.boundary("answer"):
            return
        super().deliver(got)


class NoLogs:
    """Nobody reads a log here."""

    def set_level(self, _level: str) -> None:
        """There is no log."""
