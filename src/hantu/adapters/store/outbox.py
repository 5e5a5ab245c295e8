"""Alerts that wait for delivery, held in memory beside their rows in the database.

Memory answers ``pending`` so that telling a person never waits for a disk that
has stopped; the rows and the spill make it survive the process. What does not fit is
known by its number and comes back from its row as room appears (``Refill``).
"""

import heapq
from array import array
from collections.abc import Iterable, KeysView
from dataclasses import dataclass, field

from hantu.adapters.store.entries import AlertRow, DeliveryEntry
from hantu.domain.alert import Priority
from hantu.ports import PendingAlert

CAPACITY = 5_000
CHUNKS = 10
"""What was left out comes back in tenths of the capacity."""
SLACK = 50
"""This part of the capacity is freed at once: the least urgent are looked for now and then, not for every alert."""
_RANK = {priority.value: rank for rank, priority in enumerate(Priority)}


@dataclass(slots=True)
class _Waiting:
    row: AlertRow
    attempts: int = 0
    due: dict[str, str] = field(default_factory=dict)
    """Channel → UTC text of its next try; channel '' until one has tried."""
    delivered: tuple[str, ...] = ()


class Outbox:
    """Undelivered alerts, most urgent first; bounded, of the least urgent the newest give way."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._waiting: dict[int, _Waiting] = {}
        self._capacity = capacity
        self._left = {rank: array("q") for rank in _RANK.values()}
        """Numbers of what did not fit, by urgency; their rows stay unsent in the database."""

    @property
    def left_out(self) -> int:
        """How many alerts wait in the database alone."""
        return sum(map(len, self._left.values()))

    @property
    def chunk(self) -> int:
        """How many are worth a look into the database."""
        return max(1, self._capacity // CHUNKS)

    @property
    def room(self) -> int:
        """How many more fit."""
        return max(0, self._capacity - len(self._waiting))

    def add(self, rows: Iterable[AlertRow]) -> None:
        """Take new alerts; one known already keeps its state."""
        for row in rows:
            if row.alert_id not in self._waiting and not self._behind(row):
                self._waiting[row.alert_id] = _Waiting(row, due={"": ""})
        self._give_way()

    def take_left(self, limit: int) -> dict[int, int]:
        """Return what should come back first, at most ``limit`` numbers with their ranks; it is no longer left out."""
        taken: dict[int, int] = {}
        for rank, left in self._left.items():
            some = heapq.nsmallest(limit - len(taken), left)
            if some:
                gone = frozenset(some)
                self._left[rank] = array("q", (number for number in left if number not in gone))
                taken |= dict.fromkeys(some, rank)
        return taken

    def leave(self, alert_id: int, rank: int) -> None:
        """Say that an alert waits in the database alone."""
        self._left[rank].append(alert_id)

    def _behind(self, row: AlertRow) -> bool:
        """Leave a new alert out as well while one that is as urgent is: it would overtake it."""
        rank = _RANK[row.priority]
        behind = any(left and urgency <= rank for urgency, left in self._left.items())
        if behind:
            self.leave(row.alert_id, rank)
        return behind

    def _give_way(self) -> None:
        over = len(self._waiting) - self._capacity
        if over <= 0:
            return
        least = heapq.nlargest(
            over + self._capacity // SLACK,
            self._waiting.values(),
            key=lambda w: (_RANK[w.row.priority], w.row.alert_id),
        )
        for one in least:
            del self._waiting[one.row.alert_id]
            self.leave(one.row.alert_id, _RANK[one.row.priority])

    def restore(self, row: AlertRow, attempts: int, due: dict[str, str], delivered: tuple[str, ...]) -> None:
        """Take an alert an earlier life left undelivered."""
        if not self._behind(row):
            self._waiting[row.alert_id] = _Waiting(row, attempts, due, delivered)
        self._give_way()

    def take_in(self, waiting: Iterable["_Waiting"]) -> None:
        """Take alerts that wait in another outbox; one known already keeps its state."""
        for one in waiting:
            self._waiting.setdefault(one.row.alert_id, one)
        self._give_way()

    def all(self) -> tuple["_Waiting", ...]:
        """Return everything that waits."""
        return tuple(self._waiting.values())

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
