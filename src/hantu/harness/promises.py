"""Promises beside those of shares and orders: what is really on disk, how often, how late, and who was told.

The judge of ``invariants`` believes that a record is durable when the store says
so. Here the disk itself is asked, as the bytes of an order leave and at the end.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hantu.adapters.store.spill import FILE_NAME
from hantu.adapters.store.sqlite import connect_readonly
from hantu.alerting.catalogue import Delivery
from hantu.alerting.messages import KEYS
from hantu.alerting.rules import Context, key_of, row_of
from hantu.domain import events as ev
from hantu.domain.alert import Alert, Priority
from hantu.domain.commands import KillLevel
from hantu.domain.order import TERMINAL
from hantu.harness.invariants import Flight, Judge

ATTEMPTS_MAX = 3
"""Orders of one exit: the first, its one repetition after a refusal, and one replacement."""
ORDERS_MAX = 2
"""Of those, orders the broker took."""
UNFILLED_S = 180.0
"""So long an order may rest before a person must know."""
SEND_WITHIN_S = 15.0
"""An order leaves within this time of its decision, or not at all."""
LINE_SETTLES_S = 100.0
"""So long after the last fault the line may still be lost: a silence is noticed after a minute."""
TOLD_WITHIN_S = 130.0
"""The longest pauses between tries of an alert, and some."""
_TODAY = datetime(2026, 11, 23, 1, tzinfo=UTC)
_MOMENTS = (Context(_TODAY), Context(_TODAY + timedelta(minutes=1)))


@dataclass(slots=True)
class Promises:
    """Fails ``judge`` when one is broken."""

    judge: Judge
    database: Path
    spill: Path
    """Folder of the spill file."""
    calm_since: Callable[[], float | None]
    open_market: Callable[[], bool]
    """Whether continuous trading goes on."""
    kill: KillLevel = KillLevel.OFF
    """The level on record: a guard that forgets it has not released it."""
    _decided_at: dict[str, float] = field(default_factory=dict)
    _attempts: Counter[str] = field(default_factory=Counter)
    _taken: Counter[str] = field(default_factory=Counter)
    _unfilled: set[str] = field(default_factory=set)
    _to_tell: dict[str, float] = field(default_factory=dict)
    """Key, or type where the key is of one moment, of each urgent alert → when its fact was recorded."""

    def decided(self, facts: Sequence[ev.Fact]) -> None:
        """Note when orders are decided: a process may freeze before their record is known to be durable."""
        for fact in facts:
            if isinstance(fact, ev.IntentRecorded):
                self._decided_at[fact.intent_id] = self.judge.now()

    def recorded(self, facts: Sequence[ev.Fact]) -> None:
        """Take in what has just become durable."""
        now, judge = self.judge.now(), self.judge
        for fact in facts:
            match fact:
                case ev.IntentRecorded():
                    self._decided_at.setdefault(fact.intent_id, now)
                    self._attempts[fact.flow] += fact.kind == "order"
                    if self._attempts[fact.flow] > ATTEMPTS_MAX:
                        judge.fail("I14", f"{fact.flow}: order number {self._attempts[fact.flow]} of one exit")
                case ev.OrderAccepted():
                    self._accepted(fact)
                case ev.PositionClosed():
                    held = judge.held(fact.symbol)
                    if held and fact.symbol not in judge.excused:
                        judge.fail("I24", f"{fact.symbol} is told closed ({fact.cause}), {held} are held")
                case ev.FillUnconfirmed():
                    self._unfilled.add(fact.intent_id)
                case ev.KillswitchOn():
                    self.kill = fact.level
                    judge.stopped_for.append(fact.reason)
                case ev.KillswitchOff():
                    self.kill = KillLevel.OFF
                case ev.ConnectionLost():
                    self._lost(now)
                case _:
                    pass
            row = row_of(fact)
            if row.delivery is not Delivery.LOG and row.priority in (Priority.EMERGENCY, Priority.HIGH):
                self._to_tell.setdefault(_identity(fact), now)

    def leaving(self, flight: Flight) -> None:
        """Judge an order or cancel whose bytes leave now."""
        if flight.intent is None:
            return
        name, now = flight.intent.intent_id, self.judge.now()
        self.judge.seen["I3 on disk"] += 1
        if not self._on_disk(name):
            self.judge.fail("I3", f"{name} leaves, and neither database nor spill knows it")
        age_s = now - self._decided_at.get(name, now)
        if flight.side is not None and age_s > SEND_WITHIN_S:
            self.judge.fail("I10", f"{name} leaves {age_s:.1f} s after it was decided")

    def judge_waiting(self) -> None:
        """I4: an order that has rested for long without faults is one a person was told of."""
        judge = self.judge
        for number, owner in judge.orders.items():
            order = judge.exchange._desk.orders[number]  # noqa: SLF001 - the judge reads the exchange's own books
            age_s = judge.exchange.now.timestamp() - order.received
            if owner is None or order.kind != "new" or not order.remaining or age_s < UNFILLED_S:
                continue
            judge.seen["I4 resting"] += 1
            if judge.told_as_double(number):
                continue  # the double of a refused order: told by its number, nothing of it is ours to confirm
            if owner.intent_id not in self._unfilled and owner.symbol not in judge.with_a_person():
                judge.fail("I4", f"{owner.intent_id} rests for {age_s:.0f} s and nobody was told")

    def judge_the_end(self, healthy: bool, told: Sequence[Alert]) -> None:
        """After minutes without faults: the database has caught up, and people know what they must know."""
        judge, now = self.judge, self.judge.now()
        judge.seen["I9"] += len(self._to_tell)
        keys = [key for alert in told for key in alert.key.split(KEYS)]
        known = {*keys, *(key.partition(":")[0] for key in keys), *(alert.event_type for alert in told)}
        for identity, since in self._to_tell.items():
            if identity not in known and now - since > TOLD_WITHIN_S:
                judge.fail("I9", f"nobody was told of {identity}")
        if not healthy:
            judge.fail("I11", "the database has not caught up with the spill")
            return
        judge.seen["I8 end"] += 1
        stored = self._stored()
        for name, progress in judge.progress.items():
            if judge.intents[name].kind != "order":
                continue
            if name not in stored:
                judge.fail("I8", f"{name} is on record and not in the database")
            elif stored[name] != (progress.state.value, progress.filled) and progress.state in TERMINAL:
                judge.fail(
                    "I8", f"{name} is {progress.state}, {progress.filled} filled; the database says {stored[name]}"
                )

    def _accepted(self, fact: ev.OrderAccepted) -> None:
        intent = self.judge.intents.get(fact.intent_id)
        if intent is None or intent.kind != "order":
            return
        self._taken[intent.flow] += 1
        if self._taken[intent.flow] > ORDERS_MAX:
            self.judge.fail("I14", f"{intent.flow}: {self._taken[intent.flow]} orders of one exit were taken")

    def _lost(self, now: float) -> None:
        since = self.calm_since()
        if since is not None and now - since > LINE_SETTLES_S and self.open_market():
            self.judge.fail("P6", "the line was lost though nothing was wrong with it")

    def _on_disk(self, name: str) -> bool:
        path = self.spill / FILE_NAME
        if path.exists() and f'\\"{name}\\"'.encode() in path.read_bytes():
            return True
        return name in self._stored()

    def _stored(self) -> dict[str, tuple[str, int]]:
        connection = connect_readonly(self.database)
        try:
            rows = connection.execute("SELECT intent_id, state, filled FROM intents").fetchall()
        finally:
            connection.close()
        return {str(row[0]): (str(row[1]), int(row[2])) for row in rows}


def _identity(fact: ev.Fact) -> str:
    """Return the key of a fact's alert, or its type where the key carries the moment."""
    one, other = (key_of(fact, moment) for moment in _MOMENTS)
    return one if one == other else ev.event_type(fact)
