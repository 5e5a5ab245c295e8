"""Kill switch rows others wrote: the database as a door, read while the guard runs."""

from dataclasses import dataclass
from pathlib import Path

from hantu.adapters.store.maintenance import reading
from hantu.adapters.store.standing_reader import StandingReader
from hantu.domain.commands import KillLevel


@dataclass(frozen=True, slots=True)
class KillRow:
    """One row of ``system_state``."""

    state_id: int
    level: KillLevel
    reason: str
    actor: str
    produced_by: str
    """Who recorded the event it belongs to; empty for a row without one."""


def last_kill_row(path: Path) -> int:
    """Return the number of the newest row, 0 if there is none.

    Raises:
        BrokenError: The records cannot be read.
    """
    with reading(path) as connection:
        return int(connection.execute("SELECT COALESCE(max(state_id), 0) FROM system_state").fetchone()[0])


def read_kill_rows(reader: StandingReader, after: int) -> tuple[KillRow, ...]:
    """Return the rows newer than number ``after``, oldest first; a level nobody knows counts as ``active``.

    Raises:
        BrokenError: The records cannot be read.
    """
    with reader.reading() as connection:
        rows = connection.execute(
            """SELECT s.state_id, s.kill_level, s.reason, s.actor, COALESCE(e.produced_by, '')
            FROM system_state AS s LEFT JOIN event_log AS e ON e.event_id = s.event_id
            WHERE s.state_id > ? ORDER BY s.state_id""",
            (after,),
        ).fetchall()
    return tuple(_row(*row) for row in rows)


def _row(state_id: int, level: object, reason: object, actor: object, produced_by: str) -> KillRow:
    try:
        known = KillLevel(str(level))
    except ValueError:
        return KillRow(state_id, KillLevel.ACTIVE, f"알 수 없는 단계: {level}", str(actor), produced_by)
    return KillRow(state_id, known, str(reason), str(actor), produced_by)
