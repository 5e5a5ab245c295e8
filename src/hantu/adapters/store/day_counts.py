"""How much of what happened on a day, counted from the records themselves."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from hantu.adapters.store.maintenance import reading
from hantu.adapters.store.timestamps import day_bounds, to_text

RECENT = timedelta(minutes=5)
_COUNTS = """SELECT event_type, count(*), sum(timestamp >= ?) FROM event_log
WHERE timestamp >= ? AND timestamp < ? GROUP BY event_type"""
_CODES = """SELECT json_extract(payload_json, '$.code'), count(*) FROM event_log
WHERE event_type IN ('order_rejected_broker', 'order_not_sent') AND timestamp >= ? AND timestamp < ?
GROUP BY 1 ORDER BY 2 DESC, 1"""
_MISSED = """SELECT count(*) FROM event_log
WHERE event_type = 'order_filled' AND json_extract(payload_json, '$.source') <> 'notice' AND timestamp >= ? AND timestamp < ?"""


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Events of one Korean day by type, and of its last five minutes."""

    today: dict[str, int]
    recent: dict[str, int]
    failure_codes: dict[str, int]
    """Broker's or our own code → orders that failed with it."""
    missed_notices: int
    """Fills an inquiry found and no notice told of."""


def day_counts(path: Path, day: date, now: datetime) -> DayCounts:
    """Count the events of a day.

    Raises:
        BrokenError: The file is missing or unusable.
    """
    start, end = day_bounds(day)
    with reading(path) as connection:
        rows = connection.execute(_COUNTS, (to_text(now - RECENT), start, end)).fetchall()
        codes = connection.execute(_CODES, (start, end)).fetchall()
        missed = connection.execute(_MISSED, (start, end)).fetchone()[0]
    return DayCounts(
        {name: count for name, count, _ in rows},
        {name: recent for name, _, recent in rows if recent},
        {str(code or "-"): count for code, count in codes},
        missed,
    )


def ended_clean(path: Path) -> bool:
    """Tell whether the last guard ended on purpose, by its lease.

    Raises:
        BrokenError: The file is missing or unusable.
    """
    with reading(path) as connection:
        row = connection.execute("SELECT clean FROM lease").fetchone()
    return row is not None and bool(row[0])
