"""Daily numbers of the records over weeks and months, and where they lead.

A day counts if a guard saw it: it has a summary or recorded an order's intent. Weekends are no days.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Final

from hantu.adapters.checklist.items import Item, Result
from hantu.adapters.store.maintenance import reading
from hantu.adapters.store.sqlite import Connection
from hantu.adapters.store.timestamps import to_text

MONTH_DAYS: Final = 30
_KST = "date(timestamp, '+9 hours')"
_DAYS = f"""SELECT DISTINCT {_KST} FROM event_log
WHERE event_type IN ('daily_summary', 'intent_recorded') AND timestamp >= ? ORDER BY 1"""  # noqa: S608 - our own words
_REJECTED = f"""SELECT {_KST}, count(*) FROM event_log
WHERE event_type LIKE 'order_rejected%' AND timestamp >= ? GROUP BY 1"""  # noqa: S608 - our own words
_PNL = f"""SELECT {_KST}, payload_json ->> '$.total_pnl' FROM event_log
WHERE event_type = 'daily_summary' AND timestamp >= ? ORDER BY timestamp"""  # noqa: S608 - our own words
_LATENCY = """SELECT trade_date, (julianday(accepted_at) - julianday(sent_at)) * 86400 FROM orders
WHERE sent_at <> '' AND accepted_at <> '' AND sent_at >= ?"""
_BYTES = f"""SELECT {_KST}, sum(length(CAST(payload_json AS BLOB))) FROM event_log
WHERE timestamp >= ? GROUP BY 1"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class Series:
    """One number a day, oldest day first; ``days`` are ISO dates in Korea."""

    name: str
    title: str
    unit: str
    days: tuple[str, ...]
    values: tuple[float, ...]
    floor: float | None = None
    """What the number cannot fall below."""


def daily_series(database: Path, now: datetime, days: int) -> tuple[Series, ...]:
    """Return rejections, latency, result and growth of the days before ``now``, the market's moment.

    Raises:
        BrokenError: The records cannot be read.
    """
    since = to_text(now - timedelta(days=days))
    with reading(database) as connection:
        seen = tuple(str(row[0]) for row in connection.execute(_DAYS, (since,)))
        rejected = dict(connection.execute(_REJECTED, (since,)).fetchall())
        written = dict(connection.execute(_BYTES, (since,)).fetchall())
        results = {str(day): float(value) for day, value in connection.execute(_PNL, (since,)) if value is not None}
        return (
            Series("rejections", "주문 거부", "건", seen, tuple(float(rejected.get(day, 0)) for day in seen), 0.0),
            _latency(connection, since),
            _sorted("pnl", "실현 손익", "원", results, None),
            Series(
                "growth", "늘어난 이벤트 기록", "바이트", seen, tuple(float(written.get(day, 0)) for day in seen), 0.0
            ),
        )


def trends_item(database: Path, now: datetime, words: Callable[[Series], str]) -> Item:
    """Return the item of the month's list: every number with its trend, or that the days are too few."""
    found = daily_series(database, now, MONTH_DAYS)
    value = f"{max(len(one.values) for one in found)}일"
    detail = " / ".join(words(one) for one in found)
    return Item("trends", f"추세({MONTH_DAYS}일)", Result.OK, value, f"hantu trends --days {MONTH_DAYS}", detail)


def _latency(connection: Connection, since: str) -> Series:
    by_day: dict[str, list[float]] = {}
    for day, seconds in connection.execute(_LATENCY, (since,)):
        by_day.setdefault(str(day), []).append(float(seconds))
    return _sorted(
        "latency", "주문에서 접수까지(중앙값)", "초", {day: median(all_) for day, all_ in by_day.items()}, 0.0
    )


def _sorted(name: str, title: str, unit: str, values: dict[str, float], floor: float | None) -> Series:
    days: Sequence[str] = sorted(values)
    return Series(name, title, unit, tuple(days), tuple(values[day] for day in days), floor)
