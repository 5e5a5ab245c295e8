"""A store that forgets at the end of the process; for engine and runtime tests.

It keeps the promises of ``ports.Store`` and ``ports.Outbox`` that the real one
keeps, and passes the same contract suite. The next life is another store on
the same ``MemoryDisk``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from hantu.adapters.store.intent_states import OPEN_STATES, Progress, advance, change_of
from hantu.alerting.silences import People
from hantu.domain.alert import Priority
from hantu.domain.errors import BrokenError, DeniedError, FencedError
from hantu.domain.events import Fact, IntentRecorded, KillswitchOff, KillswitchOn
from hantu.domain.session import trading_date
from hantu.engine.inputs import HeldOrigin, Started, WatchItem
from hantu.ports import Batch, Clock, JudgedAlert, PendingAlert, ToldAlert

_RANK = {priority: rank for rank, priority in enumerate(Priority)}
_NUMBER = re.compile(r"(\d+)$")


@dataclass(slots=True)
class _Waiting:
    pending: PendingAlert
    due: dict[str, datetime]


@dataclass(slots=True)
class MemoryDisk:
    """What outlives one ``MemoryStore``: share it between lives of a test."""

    facts: list[tuple[date, Fact]] = field(default_factory=list)
    intents: dict[str, tuple[IntentRecorded, Progress]] = field(default_factory=dict)
    alerts: dict[int, _Waiting] = field(default_factory=dict)
    watch: list[WatchItem] = field(default_factory=list)
    origins: list[HeldOrigin] = field(default_factory=list)
    told: dict[int, tuple[PendingAlert, datetime]] = field(default_factory=dict)
    judged: list[JudgedAlert] = field(default_factory=list)
    policy_state: str = ""
    people: People = field(default_factory=People)
    """What people said; ``until`` counts from each time it is read."""
    epoch: int = 0
    clean: bool = True
    next_alert: int = 1


class MemoryStore:
    """Store and outbox in plain containers.

    ``failure`` set makes every record raise it, as a dead disk would;
    ``batches`` keeps what was recorded, for assertions.
    """

    def __init__(self, clock: Clock, disk: MemoryDisk | None = None) -> None:
        self.disk = disk or MemoryDisk()
        self.failure: BrokenError | None = None
        self.batches: list[Batch] = []
        self._clock = clock
        self._epoch = 0
        self._was_clean = True

    @property
    def desk(self) -> "MemoryDesk":
        """What the alert policy keeps here."""
        return MemoryDesk(self._clock, self.disk)

    @property
    def epoch(self) -> int:
        """Fencing number of this life; 0 before ``open``."""
        return self._epoch

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Every fact on the disk, oldest first."""
        return tuple(fact for _, fact in self.disk.facts)

    async def open(self) -> None:
        """Take the lease."""
        self._was_clean = self.disk.clean
        self.disk.epoch += 1
        self.disk.clean = False
        self._epoch = self.disk.epoch

    async def record(self, batch: Batch) -> None:
        """Keep a batch whole or not at all."""
        if self._epoch == 0:
            raise BrokenError("저장소가 열려 있지 않습니다.", next_step="저장소를 연 뒤에 다시 시도하세요.")
        if self.failure is not None:
            raise self.failure
        self._require(batch)
        self.batches.append(batch)
        day = trading_date(batch.at.wall)
        for fact in batch.facts:
            self.disk.facts.append((day, fact))
            self._move(fact)
        for _, alert in batch.alerts:
            number = self.disk.next_alert
            self.disk.next_alert += 1
            pending = PendingAlert(number, alert, f"{batch.at.wall:%Y-%m-%d %H:%M:%S.%f}", 0)
            self.disk.alerts[number] = _Waiting(pending, {"": batch.at.wall})

    async def load(self, trade_date: date) -> Started:
        """Return the facts of the day, of open intents, and the kill switch still set."""
        flows = {record.flow for record, progress in self.disk.intents.values() if _is_open(progress)}
        # The whole flow: without the end of an earlier attempt two would seem open.
        named = {key for key, (record, _) in self.disk.intents.items() if record.flow in flows}
        facts: list[Fact] = []
        kill: Fact | None = None
        for day, fact in self.disk.facts:
            earlier = day < trade_date
            if earlier and isinstance(fact, KillswitchOn | KillswitchOff):
                kill = fact if isinstance(fact, KillswitchOn) else None
            ours = getattr(fact, "intent_id", "") in named or getattr(fact, "flow", None) in flows
            if day == trade_date or (earlier and ours):
                facts.append(fact)
        return Started(
            facts=(*((kill,) if kill is not None else ()), *facts),
            watchlist=await self.watchlist(trade_date),
            origins=tuple(self.disk.origins),
            next_intent=_next_number(tuple(self.disk.intents)),
            epoch=self._epoch,
            clean=self._was_clean,
        )

    async def watchlist(self, trade_date: date) -> tuple[WatchItem, ...]:
        """Return the selections of the day, best score first."""
        items = [item for item in self.disk.watch if item.selection_date == trade_date.isoformat()]
        return tuple(sorted(items, key=lambda item: -item.score))

    async def close(self, *, clean: bool = True) -> None:
        """Mark a clean end, unless it was none."""
        if clean and self._epoch == self.disk.epoch:
            self.disk.clean = True
        self._epoch = 0

    async def pending(self, limit: int) -> tuple[PendingAlert, ...]:
        """Return undelivered alerts that are due, most urgent first, then oldest."""
        now = self._clock.now().wall
        due = [
            waiting.pending for waiting in self.disk.alerts.values() if any(at <= now for at in waiting.due.values())
        ]
        return tuple(sorted(due, key=lambda item: (_RANK[item.alert.priority], item.alert_id))[:limit])

    async def delivered(self, alert_id: int, channel: str) -> None:
        """Mark one alert as accepted by a channel."""
        waiting = self._tried(alert_id, channel)
        if waiting is not None:
            taken = (*waiting.pending.delivered_to, channel)
            waiting.pending = replace(waiting.pending, delivered_to=taken)
            self.disk.told[alert_id] = (waiting.pending, self._clock.now().wall)
            self._drop_if_done(alert_id)

    async def failed(self, alert_id: int, channel: str, reason: str, *, retry_s: float | None) -> None:
        """Note a failed attempt; ``retry_s`` None gives the alert up for this channel."""
        waiting = self._tried(alert_id, channel)
        if waiting is not None:
            if retry_s is not None:
                waiting.pending = replace(waiting.pending, attempts=waiting.pending.attempts + 1)
                waiting.due[channel] = self._clock.now().wall + timedelta(seconds=retry_s)
            self._drop_if_done(alert_id)

    def _tried(self, alert_id: int, channel: str) -> _Waiting | None:
        waiting = self.disk.alerts.get(alert_id)
        if waiting is not None:
            waiting.due.pop("", None)
            waiting.due.pop(channel, None)
        return waiting

    def _drop_if_done(self, alert_id: int) -> None:
        if not self.disk.alerts[alert_id].due:
            del self.disk.alerts[alert_id]

    def _require(self, batch: Batch) -> None:
        intents = [fact for fact in batch.facts if isinstance(fact, IntentRecorded)]
        if intents and batch.epoch and batch.epoch != self.disk.epoch:
            raise FencedError("다른 감시 프로세스가 주문 권한을 이어받아 기록하지 않았습니다.")
        ended = {change.intent_id for fact in batch.facts if (change := change_of(fact)) is not None}
        for fact in intents:
            if fact.kind == "order" and any(
                _is_open(progress) and _same_side(record, fact)
                for key, (record, progress) in self.disk.intents.items()
                if key != fact.intent_id and key not in ended
            ):
                raise DeniedError(f"이미 진행 중인 주문이 있습니다: {fact.symbol}")

    def _move(self, fact: Fact) -> None:
        if isinstance(fact, IntentRecorded):
            self.disk.intents[fact.intent_id] = (fact, Progress(fact.state, fact.quantity))
        elif (change := change_of(fact)) is not None and change.intent_id in self.disk.intents:
            record, progress = self.disk.intents[change.intent_id]
            self.disk.intents[change.intent_id] = (record, advance(progress, change))


class MemoryDesk:
    """Implements ``ports.AlertDesk`` on the same disk."""

    def __init__(self, clock: Clock, disk: MemoryDisk) -> None:
        self._clock = clock
        self._disk = disk

    async def policy_state(self) -> str:
        """Return the text saved last."""
        return self._disk.policy_state

    async def judged(self, notes: tuple[JudgedAlert, ...], state: str) -> None:
        """File new steps of alerts and the policy's memory, together."""
        self._disk.judged += notes
        self._disk.policy_state = state or self._disk.policy_state

    async def told_lately(self, within_s: float) -> tuple[ToldAlert, ...]:
        """Return alerts accepted within the last seconds, oldest first."""
        now = self._clock.now().wall
        ages = [(one, (now - at).total_seconds()) for one, at in self._disk.told.values()]
        return tuple(ToldAlert(one.alert_id, one.alert, age_s) for one, age_s in ages if age_s <= within_s)

    async def words(self) -> People:
        """Return what people have said."""
        return self._disk.people


def _is_open(progress: Progress) -> bool:
    return progress.state in OPEN_STATES


def _same_side(one: IntentRecorded, other: IntentRecorded) -> bool:
    return one.kind == "order" and (one.symbol, one.side) == (other.symbol, other.side)


def _next_number(intent_ids: Sequence[str]) -> int:
    numbers = [int(match[1]) for intent_id in intent_ids if (match := _NUMBER.search(intent_id))]
    return max(numbers, default=0) + 1
