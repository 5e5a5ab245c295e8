"""Alerts that wait for delivery, held in memory beside their rows in the database.

Memory answers ``pending`` so that telling a person never waits for a disk that
has stopped; the rows and the spill make it survive the process.
"""

from collections.abc import Iterable, KeysView
from dataclasses import dataclass, field
from itertools import chain, islice

from hantu.adapters.store.entries import AlertRow, DeliveryEntry
from hantu.domain.alert import Priority
from hantu.ports import PendingAlert

CAPACITY = 5_000


@dataclass(slots=True)
class _Waiting:
    row: AlertRow
    attempts: int = 0
    due: dict[str, str] = field(default_factory=dict)
    """Channel → UTC text of its next try; channel '' until one has tried."""
    delivered: tuple[str, ...] = ()


class Outbox:
    """Undelivered alerts, most urgent first; bounded, the oldest of the least urgent give way.

    One line for each priority, oldest first: what is asked and what gives way is found at a
    line's front, so that ten thousand waiting alerts cost the guard's loop no more than ten.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._lines: dict[str, dict[int, _Waiting]] = {priority.value: {} for priority in Priority}
        self._priority_of: dict[int, str] = {}
        self._capacity = capacity
        self.dropped = 0
        """Alerts that no longer fit in memory; their rows stay unsent in the database."""

    def add(self, rows: Iterable[AlertRow]) -> None:
        """Take new alerts; one known already keeps its state."""
        for row in rows:
            if row.alert_id not in self._priority_of:
                self._put(_Waiting(row, due={"": ""}))
        while len(self._priority_of) > self._capacity:
            line = next(line for line in reversed(self._lines.values()) if line)
            self._remove(next(iter(line)))
            self.dropped += 1

    def restore(self, row: AlertRow, attempts: int, due: dict[str, str], delivered: tuple[str, ...]) -> None:
        """Take an alert an earlier life left undelivered."""
        self._put(_Waiting(row, attempts, due, delivered))

    def ids(self) -> KeysView[int]:
        """Return the numbers of what waits."""
        return self._priority_of.keys()

    def catch_up(self, recorded: frozenset[int], left: "Outbox") -> None:
        """Take in the rows: of ``recorded`` alerts only those in ``left`` wait on; none is added."""
        for alert_id in list(self._priority_of):
            known = left.of(alert_id)
            if known is not None:
                self._put(known)
            elif alert_id in recorded:
                self._remove(alert_id)

    def of(self, alert_id: int) -> _Waiting | None:
        """Return what is known of one alert here."""
        priority = self._priority_of.get(alert_id)
        return None if priority is None else self._lines[priority][alert_id]

    def pending(self, limit: int, now: str) -> tuple[PendingAlert, ...]:
        """Return at most ``limit`` alerts due at ``now`` (UTC text)."""
        waiting = chain.from_iterable(line.values() for line in self._lines.values())
        due = (one for one in waiting if any(at <= now for at in one.due.values()))
        return tuple(one.row.pending(one.attempts, one.delivered) for one in islice(due, limit))

    def apply(self, entry: DeliveryEntry) -> None:
        """Note what a channel made of an alert; it waits on while a try is due."""
        waiting = self.of(entry.alert_id)
        if waiting is None:
            return
        waiting.due.pop("", None)
        waiting.due.pop(entry.channel, None)
        if entry.sent:
            waiting.delivered = (*waiting.delivered, entry.channel)
        elif entry.due_at:
            # Only the channel that tries again counts its tries; one that stood in does not.
            waiting.attempts += 1
            waiting.due[entry.channel] = entry.due_at
        if not waiting.due:
            self._remove(entry.alert_id)

    def __len__(self) -> int:
        return len(self._priority_of)

    def _put(self, waiting: _Waiting) -> None:
        alert_id, line = waiting.row.alert_id, self._lines[waiting.row.priority]
        behind = bool(line) and alert_id not in line and alert_id < next(reversed(line))
        line[alert_id] = waiting
        self._priority_of[alert_id] = waiting.row.priority
        if behind:
            # What came back by the spill may be older than what is here.
            self._lines[waiting.row.priority] = dict(sorted(line.items()))

    def _remove(self, alert_id: int) -> None:
        del self._lines[self._priority_of.pop(alert_id)][alert_id]
