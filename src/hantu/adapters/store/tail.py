"""Following the facts, also those that are filed after newer ones.

An ``event_id`` is drawn when a fact happens. One that waited in the spill, or was overtaken by another process, is filed
behind newer ones: who follows by id alone never sees it. Such facts get a number of their own as they are filed,
in the same transaction; a place among the facts is the newest id and the newest such number.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from hantu.adapters.store.late_rows import newest_fact
from hantu.adapters.store.pages import EVENT, Row, limited, named
from hantu.adapters.store.sqlite import Connection
from hantu.domain.place import Place, Told

_AFTER: Final = f"""SELECT e.*, coalesce(l.row_no, 0) AS late FROM ({EVENT} WHERE event_id > ? ORDER BY event_id LIMIT ?) e
LEFT JOIN late_facts l USING (event_id) ORDER BY e.event_id"""  # noqa: S608 - our own words
_LATE: Final = f"""SELECT e.*, l.row_no AS late FROM late_facts l JOIN ({EVENT}) e USING (event_id)
WHERE l.row_no > ? AND l.event_id <= ? ORDER BY l.row_no LIMIT ?"""  # noqa: S608 - our own words


class Tail:
    """The end of the records; opens the database for each question. Every method raises BrokenError when it cannot."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def end(self) -> Place:
        """Return the place behind everything that is on record now."""
        with limited(self._path) as connection:
            return _end(connection)

    def after(self, place: Place, limit: int) -> tuple[Sequence[Told], Place]:
        """Return at most ``limit`` facts behind a place, and the place behind them.

        Those filed late come first, then the others in their order: so a reader who
        stops after any of them goes on exactly there.
        """
        with limited(self._path) as connection:
            connection.execute("BEGIN")
            row = place.row_no if place.row_no >= 0 else _late_before(connection, place.newest)
            found = [_told(one, place.newest, one["late"]) for one in _late(connection, row, place.newest, limit)]
            if len(found) < limit:
                last = _end(connection).row_no
                rows = named(connection.execute(_AFTER, (place.newest, limit - len(found))))
                found += [_told(one, one["event_id"], last) for one in rows]
            connection.execute("COMMIT")
        return found, found[-1].place if found else Place(place.newest, row)


def _late(connection: Connection, row: int, newest: str, limit: int) -> list[Row]:
    return named(connection.execute(_LATE, (row, newest, limit)))


def _late_before(connection: Connection, newest: str) -> int:
    """Return the number of the last fact that was filed late before ``newest`` was filed."""
    query = "SELECT coalesce(max(row_no), 0) FROM late_facts WHERE behind < ?"
    return int(connection.execute(query, (newest,)).fetchone()[0])


def _end(connection: Connection) -> Place:
    row = connection.execute("SELECT coalesce(max(row_no), 0) FROM late_facts").fetchone()
    return Place(newest_fact(connection), int(row[0]))


def _told(row: Row, newest: str, late: int) -> Told:
    number = int(row.pop("late"))
    fact: dict[str, Any] = {**row, "payload": msgspec.json.decode(row.pop("payload_json"))}
    return Told(fact, Place(newest, late), number)
