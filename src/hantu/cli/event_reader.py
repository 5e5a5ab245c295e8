"""Recorded events, the latest ones and then the new ones as they are filed, also those that are filed late."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hantu.domain.place import Place

BATCH = 10_000


@dataclass(frozen=True, slots=True)
class EventLine:
    """One recorded event with its payload read."""

    event_id: str
    event_type: str
    timestamp: str
    payload: Mapping[str, Any]
    correlation_id: str
    causation_id: str


class EventReader:
    """Reads ``event_log`` and remembers its place there, as the streams of the server do.

    An ``event_id`` is drawn when a fact happens, so one that waited in the spill has a smaller one than
    what was told before it: who goes on behind the last id never sees it.
    """

    def __init__(self, database: Path, kind: str | None = None) -> None:
        from hantu.adapters.store.queries import Queries
        from hantu.adapters.store.tail import Tail

        self._queries = Queries(database)
        self._tail = Tail(database)
        self._kind = kind
        self._place = Place("", 0)
        self._told: frozenset[str] = frozenset()

    def latest(self, limit: int, since: str | None) -> list[EventLine]:
        """Return the newest ``limit`` events since a UTC text, oldest first."""
        # The place comes first: what is filed between the two questions is found by both, and told once.
        self._place = self._tail.end()
        rows = self._queries.events(self._kind, since=since, limit=limit)
        self._told = frozenset(row.event_id for row in rows)
        return [
            EventLine(row.event_id, row.event_type, row.timestamp, row.payload, row.correlation_id, row.causation_id)
            for row in rows
        ]

    def fresh(self) -> list[EventLine]:
        """Return what was filed since the last look; without one, everything."""
        found, self._place = self._tail.after(self._place, BATCH)
        return [
            _line(one.fact)
            for one in found
            if one.fact["event_id"] not in self._told and self._kind in (None, one.fact["event_type"])
        ]


def _line(fact: Mapping[str, Any]) -> EventLine:
    return EventLine(
        fact["event_id"], fact["event_type"], fact["timestamp"], fact["payload"], fact["correlation_id"],
        fact["causation_id"],
    )  # fmt: skip
