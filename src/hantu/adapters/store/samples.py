"""Checks and measured values as rows, beside the records and never in their way.

A connection of its own that does not wait for the disk: samples may be lost with
the power, an order behind them may not wait. Old rows go a few at a time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from hantu.adapters.store.sqlite import DatabaseError, connect, transaction, unusable
from hantu.adapters.store.timestamps import to_text
from hantu.domain.errors import BrokenError
from hantu.ports import HealthRow, MetricRow

LOCK_WAIT_S = 2.0
"""Real seconds a write waits for the guard's own; it is in no hurry."""
PRUNED_AT_ONCE = 1_000
"""Rows of a table that one write may delete; ten seconds bring fewer."""
_TABLES = (("system_health", "checked_at"), ("monitoring_metrics", "recorded_at"))


def write_samples(
    path: Path, health: Sequence[HealthRow], metrics: Sequence[MetricRow], now: datetime, keep_days: int
) -> None:
    """Add rows and drop some of those older than ``keep_days``; for a thread beside the loop.

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
                connection.execute(
                    f"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} ORDER BY rowid LIMIT ?)"  # noqa: S608
                    f" AND {column} < ?",
                    (PRUNED_AT_ONCE, to_text(now - timedelta(days=keep_days))),
                )
    except DatabaseError as error:
        raise unusable(path, error) from error
    finally:
        connection.close()
