"""What is looked at every week: rejections by pattern, growth of the file, records that should be there."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from hantu.adapters.checklist.items import Item, Result, change
from hantu.adapters.store.checklist_rows import earlier_number
from hantu.adapters.store.maintenance import reading
from hantu.adapters.store.timestamps import to_text

WEEK = timedelta(days=7)
GROWTH_MAX = 0.5
"""Share a week by which the file may grow; small files may do as they like."""
SMALL_BYTES = 20_000_000
WORSE = 2.0
"""So many times the week before is a pattern."""
FEW = 10
SHOWN = 5
_PATTERNS: Final = {
    "사유": "coalesce(payload_json ->> '$.reason', '-')",
    "시(KST)": "strftime('%H', timestamp, '+9 hours')",
    "요청자": "coalesce(payload_json ->> '$.client', payload_json ->> '$.sender', produced_by)",
}
GAPS = """
SELECT i.flow AS flow, 'intent_recorded' AS missing, i.intent_id AS subject FROM intents i
WHERE NOT EXISTS (SELECT 1 FROM event_log e WHERE e.event_type = 'intent_recorded' AND e.correlation_id = i.flow
    AND e.payload_json ->> '$.intent_id' = i.intent_id)
UNION ALL
SELECT i.flow, 'order_accepted', o.order_no FROM orders o JOIN intents i USING (intent_id)
WHERE NOT EXISTS (SELECT 1 FROM event_log e WHERE e.event_type = 'order_accepted' AND e.correlation_id = i.flow
    AND e.payload_json ->> '$.intent_id' = i.intent_id)
UNION ALL
SELECT coalesce(i.flow, ''), 'order_filled', f.order_no FROM fills f LEFT JOIN intents i USING (intent_id)
WHERE NOT EXISTS (SELECT 1 FROM event_log e WHERE e.event_id = f.event_id)
UNION ALL
SELECT '', s.kill_level, s.event_id FROM system_state s
WHERE s.event_id <> '' AND NOT EXISTS (SELECT 1 FROM event_log e WHERE e.event_id = s.event_id)
ORDER BY 1, 2, 3"""
"""Completed steps whose event is not in event_log: flow, missing event, what it was about."""


def weekly(database: Path, now: datetime) -> list[Item]:
    """Return the items; ``now`` is the market's moment.

    Raises:
        BrokenError: The records cannot be read.
    """
    return [_rejections(database, now), _size(database), gaps(database)]


def _rejections(database: Path, now: datetime) -> Item:
    start, before = to_text(now - WEEK), to_text(now - 2 * WEEK)
    rejected = "FROM event_log WHERE event_type LIKE 'order_rejected%' AND timestamp >= ? AND timestamp < ?"
    with reading(database) as connection:

        def counted(what: str, first: str, last: str) -> dict[str, int]:
            rows: list[Any] = connection.execute(
                f"SELECT {what}, COUNT(*) {rejected} GROUP BY 1 ORDER BY 2 DESC, 1",
                (first, last),
            ).fetchall()
            return {str(name): int(count) for name, count in rows}

        parts = []
        total = earlier = 0
        for word, what in _PATTERNS.items():
            this, last = counted(what, start, "9"), counted(what, before, start)
            total, earlier = sum(this.values()), sum(last.values())
            names = list({**this, **last})[:SHOWN]
            shown = ", ".join(
                f"{name} {this.get(name, 0)}({this.get(name, 0) - last.get(name, 0):+d})" for name in names
            )
            parts.append(f"{word}: {shown or '없음'}")
    result = Result.WARN if total >= FEW and total >= WORSE * earlier else Result.OK
    how = f"SELECT event_type, payload_json ->> '$.reason', COUNT(*) FROM event_log WHERE event_type LIKE 'order_rejected%' AND timestamp >= '{start}' GROUP BY 1, 2"  # noqa: S608
    return Item(
        "rejections_7d", "주문 거부 양상", result, f"{total}건, {change(total, earlier)}", how, " / ".join(parts), total
    )


def _size(database: Path) -> Item:
    size = sum(part.stat().st_size for part in (database, database.with_name(database.name + "-wal")) if part.exists())
    how = f"ls -l {database}*"
    found = earlier_number(database, "weekly", "db_size", 1)
    value = f"{size / 1e6:,.1f} MB"
    if found is None:
        return Item(
            "db_size", "DB 파일 크기와 증가", Result.OK, value, how, "비교할 지난 기록이 없음(이번 값을 남김)", size
        )
    at, days, before = found
    # The run before need not be exactly a week old: growth is spread over the days that passed.
    share = (size - before) / before * 7 / days if before else 0.0
    result = Result.FAIL if share > GROWTH_MAX and size > SMALL_BYTES else Result.OK
    return Item("db_size", "DB 파일 크기와 증가", result, value, how,
                f"{at[:10]}에 {before / 1e6:,.1f} MB, 주당 {share:+.0%} (한도 {GROWTH_MAX:+.0%})", size)  # fmt: skip


def gaps(database: Path) -> Item:
    """Return records of completed steps whose event is missing; each is named."""
    with reading(database) as connection:
        rows = connection.execute(GAPS).fetchall()
    detail = ", ".join(f"{flow or '-'}: {missing} ({subject})" for flow, missing, subject in rows[:SHOWN])
    detail += f" 외 {len(rows) - SHOWN}건" if len(rows) > SHOWN else ""
    return Item("event_gaps", "빠진 이벤트 기록", Result.FAIL if rows else Result.OK, f"{len(rows)}건", " ".join(GAPS.split()),
                detail, len(rows))  # fmt: skip
