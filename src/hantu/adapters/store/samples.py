"""Checks, measured values and minutes of prices as rows, beside the records and never in their way.

A connection of its own that does not wait for the disk: samples may be lost with
the power, an order behind them may not wait. Old rows go a few at a time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from hantu.adapters.store.sqlite import Connection, DatabaseError, connect, transaction, unusable
from hantu.adapters.store.timestamps import from_text, to_text
from hantu.domain.errors import BrokenError
from hantu.ports import BarRow, HealthRow, MetricRow

LOCK_WAIT_S = 2.0
"""Real seconds a write waits for the guard's own; it is in no hurry."""
PRUNED_AT_ONCE = 1_000
"""Rows of a table that one write may delete; ten seconds bring fewer."""
BARS_KEPT_DAYS = 31
"""Of minutes; some 40 kB a stock and day."""
_TABLES = (("system_health", "checked_at"), ("monitoring_metrics", "recorded_at"))
_BAR = """INSERT INTO minute_bars (symbol, minute, open, high, low, close, shares_before, shares_after, whole)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (symbol, minute) DO UPDATE SET
    high = max(high, excluded.high), low = min(low, excluded.low), close = excluded.close,
    shares_before = min(shares_before, excluded.shares_before),
    shares_after = max(shares_after, excluded.shares_after), whole = 0"""
"""Two parts of a minute, before and after a cut or a restart, become one that is not whole."""


def write_samples(
    path: Path,
    health: Sequence[HealthRow],
    metrics: Sequence[MetricRow],
    now: datetime,
    keep_days: int,
    bars: Sequence[BarRow] = (),
) -> None:
    """Add rows and drop some of the old ones; for a thread beside the loop.

    ``keep_days`` is for checks and measured values; minutes stay ``BARS_KEPT_DAYS`` behind the newest one.

    Raises:
        BrokenError: There is no usable database, or it is locked.
    """
    if not path.exists():
        # Never a new file: the writer would take it for a database that was replaced.
        raise BrokenError(f"데이터베이스 파일이 없습니다: {path}", next_step="`hantu doctor`로 확인하세요.")
    connection = connect(path, wait_s=LOCK_WAIT_S)
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        with transaction(connection):
            connection.executemany(
                "INSERT INTO system_health (component, status, checked_at, detail) VALUES (?, ?, ?, ?)",
                [(row.component, row.status, row.checked_at, row.detail) for row in health],
            )
            connection.executemany(
                "INSERT INTO monitoring_metrics (metric_name, metric_value, recorded_at, label) VALUES (?, ?, ?, ?)",
                [(row.name, row.value, row.recorded_at, row.label) for row in metrics],
            )
            for table, column in _TABLES:
                _prune(connection, table, column, to_text(now - timedelta(days=keep_days)))
            if bars:
                connection.executemany(
                    _BAR,
                    [
                        (row.symbol, row.minute, row.open, row.high, row.low, row.close, row.before, row.after, int(row.whole))
                        for row in bars
                    ],
                )  # fmt: skip
                # The market's own time: a practice market may be anywhere.
                newest = from_text(max(row.minute for row in bars))
                _prune(connection, "minute_bars", "minute", to_text(newest - timedelta(days=BARS_KEPT_DAYS)))
    except DatabaseError as error:
        raise unusable(path, error) from error
    finally:
        connection.close()


def _prune(connection: Connection, table: str, column: str, before: str) -> None:
    connection.execute(
        f"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} ORDER BY rowid LIMIT ?) AND {column} < ?",  # noqa: S608 - our own words
        (PRUNED_AT_ONCE, before),
    )
