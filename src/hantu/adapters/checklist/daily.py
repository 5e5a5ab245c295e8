"""What is looked at every day, from the records alone."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hantu.adapters.checklist.items import Item, Result
from hantu.adapters.store.incidents import incidents
from hantu.adapters.store.maintenance import reading
from hantu.adapters.store.queries import Queries
from hantu.adapters.store.timestamps import to_text
from hantu.alerting.rows import CATALOGUE
from hantu.alerting.wording import korean_time
from hantu.domain.alert import Severity
from hantu.domain.commands import KillLevel

MANY_REJECTIONS = 10
"""In a day; from here on it is no longer an expected rejection now and then."""
SHOWN = 8
DAY = timedelta(days=1)


def daily(database: Path, now: datetime) -> list[Item]:
    """Return the items of the records; ``now`` is the market's moment.

    Raises:
        BrokenError: The records cannot be read.
    """
    since = to_text(now - DAY)
    return [_events(database, since), _rejections(database, since, to_text(now - 2 * DAY)), kill(database),
            open_incidents(database)]  # fmt: skip


def _events(database: Path, since: str) -> Item:
    sql = f"SELECT event_type, COUNT(*) FROM event_log WHERE timestamp >= '{since}' GROUP BY event_type ORDER BY 2 DESC"  # noqa: S608
    rows = _rows(database, sql)
    total = sum(count for _, count in rows)
    bad = [
        f"{kind} {count}" for kind, count in rows if kind in CATALOGUE and CATALOGUE[kind].severity is Severity.CRITICAL
    ]
    detail = ", ".join(f"{kind} {count}" for kind, count in rows[:SHOWN])
    detail += f" 외 {len(rows) - SHOWN}종" if len(rows) > SHOWN else ""
    if bad:
        detail = f"심각: {', '.join(bad)} / 모두: {detail}"
    return Item("events_24h", "최근 24시간 이벤트 검토", Result.WARN if bad else Result.OK, f"{total}건, {len(rows)}종", sql,
                detail, total)  # fmt: skip


def _rejections(database: Path, since: str, before: str) -> Item:
    sql = f"SELECT COUNT(*) FROM event_log WHERE event_type LIKE 'order_rejected%' AND timestamp >= '{since}'"  # noqa: S608
    now = int(_rows(database, sql)[0][0])
    # The day before, so that a day that is worse than usual shows.
    earlier = int(_rows(database, f"{sql.replace(since, before)} AND timestamp < '{since}'")[0][0])
    result = Result.WARN if now >= MANY_REJECTIONS else Result.OK
    return Item("rejections_24h", "주문 거부 빈도", result, f"{now}건", sql, f"그 전 24시간 {earlier}건", now)


def kill(database: Path) -> Item:
    """Return the state of the kill switch, as the newest row of system_state tells it."""
    sql = "SELECT * FROM system_state ORDER BY timestamp DESC LIMIT 1"
    found = Queries(database).kill_state()
    if not found.known:
        result = Result.FAIL
    else:
        result = {KillLevel.OFF: Result.OK, KillLevel.ACTIVE: Result.WARN}.get(found.level, Result.FAIL)
    detail = (
        f"{found.actor}: {found.reason} (한국시각 {korean_time(found.timestamp)})"
        if found.actor or found.reason
        else ""
    )
    return Item("kill_switch", "킬 스위치 상태", result, found.level.value, sql, detail)


def open_incidents(database: Path) -> Item:
    """Return how many incidents are open; one that nobody has seen fails."""
    found = incidents(database, 1_000)
    unseen = [one for one in found if not one.acked_at]
    result = Result.FAIL if unseen else Result.WARN if found else Result.OK
    detail = ", ".join(f"{one.incident_id}번 {one.cause.rstrip(':')}" for one in found[:SHOWN])
    value = f"열림 {len(found)}건, 미확인 {len(unseen)}건"
    return Item("incidents", "열린 장애", result, value, "hantu incidents list", detail, len(found))


def _rows(database: Path, sql: str) -> list[Any]:
    with reading(database) as connection:
        return connection.execute(sql).fetchall()
