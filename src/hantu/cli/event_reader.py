"""Recorded events, the latest ones and then the new ones as they come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hantu.adapters.store.answers import EventRecord

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
    """Reads ``event_log`` and remembers how far; ids sort in the order of recording."""

    def __init__(self, database: Path, kind: str | None = None) -> None:
        from hantu.adapters.store.queries import Queries

        self._queries = Queries(database)
        self._kind = kind
        self._last = ""

    def latest(self, limit: int, since: str | None) -> list[EventLine]:
        """Return the newest ``limit`` events since a UTC text, oldest first."""
        return self._take(self._queries.events(self._kind, since=since, limit=limit))

    def fresh(self) -> list[EventLine]:
        """Return what was recorded after the last event returned."""
        return self._take(self._queries.events(self._kind, after=self._last, limit=BATCH))

    def _take(self, rows: "Sequence[EventRecord]") -> list[EventLine]:
        lines = [
            EventLine(row.event_id, row.event_type, row.timestamp, row.payload, row.correlation_id, row.causation_id)
            for row in rows
        ]
        if lines:
            self._last = lines[-1].event_id
        return lines
