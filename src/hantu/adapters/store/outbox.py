"""Alerts that wait for delivery, held in memory beside their rows in the database.

Memory answers ``pending`` so that telling a person never waits for a disk that
has stopped; the rows and the spill make it survive the process. What does not fit is
known by its number and comes back from its row as room appears (``Refill``).
"""

import heapq
from array import array
from collections.abc import Iterable, KeysView
from dataclasses import dataclass, field
from itertools import chain, islice

from hantu.adapters.store.entries import AlertRow, DeliveryEntry
from hantu.domain.alert import Priority
from hantu.ports import PendingAlert

CAPACITY = 5_000
CHUNKS = 10
"""What was left out comes back in tenths of the capacity."""


@dataclass(slots=True)
class _Waiting:
    row: AlertRow
    attempts: int = 0
    due: dict[str, str] = field(default_factory=dict)
    """Channel → UTC text of its next try; channel '' until one has tried."""
    delivered: tuple[str, ...] = ()
    _made: PendingAlert | None = None

    def pending(self) -> PendingAlert:
        """Return it as it is handed out; made once, for a crowd of hundreds is looked at again and again."""
        made = self._made
        if made is None or (made.attempts, made.delivered_to) != (self.attempts, self.delivered):
            made = self._made = self.row.pending(self.attempts, self.delivered)
        return made


class Outbox:
    """Undelivered alerts, most urgent first; bounded, the newest of the least urgent give way.

    One line for each priority, oldest first: what is asked and what gives way is found at a
    line's ends, so that ten thousand waiting alerts cost the guard's loop no more than ten.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._lines: dict[str, dict[int, _Waiting]] = {priority.value: {} for priority in Priority}
        self._priority_of: dict[int, str] = {}
        self._capacity = capacity
        self._left = {priority.value: array("q") for priority in Priority}
        """Numbers of what did not fit, the most urgent first; their rows stay unsent in the database."""

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
        return max(0, self._capacity - len(self._priority_of))

    def add(self, rows: Iterable[AlertRow]) -> None:
        """Take new alerts; one known already keeps its state."""
        for row in rows:
            if row.alert_id not in self._priority_of and not self._behind(row):
                self._put(_Waiting(row, due={"": ""}))
        self._give_way()

    def restore(self, row: AlertRow, attempts: int, due: dict[str, str], delivered: tuple[str, ...]) -> None:
        """Take an alert an earlier life left undelivered."""
        if not self._behind(row):
            self._put(_Waiting(row, attempts, due, delivered))
        self._give_way()

    def take_in(self, waiting: Iterable[_Waiting]) -> None:
        """Take alerts that wait in another outbox; one known already keeps its state."""
        for one in waiting:
            if one.row.alert_id not in self._priority_of:
                self._put(one)
        self._give_way()

    def all(self) -> tuple[_Waiting, ...]:
        """Return everything that waits."""
        return tuple(chain.from_iterable(line.values() for line in self._lines.values()))

    def take_left(self, limit: int) -> dict[int, str]:
        """Return what should come back first, at most ``limit`` numbers with priorities; it is no longer left out."""
        taken: dict[int, str] = {}
        for priority, left in self._left.items():
            some = heapq.nsmallest(limit - len(taken), left)
            if some:
                gone = frozenset(some)
                self._left[priority] = array("q", (number for number in left if number not in gone))
                taken |= dict.fromkeys(some, priority)
        return taken

    def leave(self, alert_id: int, priority: str) -> None:
        """Say that an alert waits in the database alone."""
        self._left[priority].append(alert_id)

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
        return tuple(one.pending() for one in islice(due, limit))

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

    def _behind(self, row: AlertRow) -> bool:
        """Leave a new alert out as well while one that is as urgent is: it would overtake it."""
        for priority, left in self._left.items():
            if left:
                self.leave(row.alert_id, row.priority)
                return True
            if priority == row.priority:
                break
        return False

    def _give_way(self) -> None:
        while len(self._priority_of) > self._capacity:
            line = next(line for line in reversed(self._lines.values()) if line)
            last = next(reversed(line))
            self.leave(last, self._priority_of[last])
            self._remove(last)

    def _put(self, waiting: _Waiting) -> None:
        alert_id, line = waiting.row.alert_id, self._lines[waiting.row.priority]
        behind = bool(line) and alert_id not in line and alert_id < next(reversed(line))
        line[alert_id] = waiting
        waiting.pending()  # as it comes, not for hundreds at once when they are asked for
        self._priority_of[alert_id] = waiting.row.priority
        if behind:
            # What came back by the spill may be older than what is here.
            self._lines[waiting.row.priority] = dict(sorted(line.items()))

    def _remove(self, alert_id: int) -> None:
        del self._lines[self._priority_of.pop(alert_id)][alert_id]
