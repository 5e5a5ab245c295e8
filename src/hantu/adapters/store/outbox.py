"""Alerts that wait for delivery, held in memory beside their rows in the database.

Memory answers ``pending`` so that telling a person never waits for a disk that
has stopped; the rows and the spill make it survive the process.
"""

from collections.abc import Iterable, KeysView
from dataclasses import dataclass, field

from hantu.adapters.store.entries import AlertRow, DeliveryEntry
from hantu.domain.alert import Priority
from hantu.ports import PendingAlert

CAPACITY = 5_000
_RANK = {priority.value: rank for rank, priority in enumerate(Priority)}


@dataclass(slots=True)
class _Waiting:
    row: AlertRow
    attempts: int = 0
    due: dict[str, str] = field(default_factory=dict)
    """Channel → UTC text of its next try; channel '' until one has tried."""
    delivered: tuple[str, ...] = ()


class Outbox:
    """Undelivered alerts, most urgent first; bounded, low priorities give way."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._waiting: dict[int, _Waiting] = {}
        self._capacity = capacity
        self.dropped = 0
        """Alerts that no longer fit in memory; their rows stay unsent in the database."""

    def add(self, rows: Iterable[AlertRow]) -> None:
        """Take new alerts; one known already keeps its state."""
        for row in rows:
            self._waiting.setdefault(row.alert_id, _Waiting(row, due={"": ""}))
        while len(self._waiting) > self._capacity:
            least = max(self._waiting.values(), key=lambda w: (_RANK[w.row.priority], -w.row.alert_id))
            del self._waiting[least.row.alert_id]
            self.dropped += 1

    def restore(self, row: AlertRow, attempts: int, due: dict[str, str], delivered: tuple[str, ...]) -> None:
        """Take an alert an earlier life left undelivered."""
        self._waiting[row.alert_id] = _Waiting(row, attempts, due, delivered)

    def ids(self) -> KeysView[int]:
        """Return the numbers of what waits."""
        return self._waiting.keys()

    def catch_up(self, recorded: frozenset[int], left: "Outbox") -> None:
        """Take in the rows: of ``recorded`` alerts only those in ``left`` wait on; none is added."""
        self._waiting = {
            alert_id: left.of(alert_id, one)
            for alert_id, one in self._waiting.items()
            if alert_id not in recorded or alert_id in left.ids()
        }

    def of(self, alert_id: int, otherwise: _Waiting) -> _Waiting:
        """Return what is known of one alert here."""
        return self._waiting.get(alert_id, otherwise)

    def pending(self, limit: int, now: str) -> tuple[PendingAlert, ...]:
        """Return at most ``limit`` alerts due at ``now`` (UTC text)."""
        due = [w for w in self._waiting.values() if any(at <= now for at in w.due.values())]
        due.sort(key=lambda w: (_RANK[w.row.priority], w.row.alert_id))
        return tuple(w.row.pending(w.attempts, w.delivered) for w in due[:limit])

    def apply(self, entry: DeliveryEntry) -> None:
        """Note what a channel made of an alert; it waits on while a try is due."""
        waiting = self._waiting.get(entry.alert_id)
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
            del self._waiting[entry.alert_id]

    def __len__(self) -> int:
        return len(self._waiting)
