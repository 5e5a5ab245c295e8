"""What is looked at every month: how well it ran, what was told, whether the procedures were gone over."""

from datetime import datetime, timedelta
from pathlib import Path

from hantu.adapters.checklist.items import Item, Result
from hantu.adapters.store.checklist_rows import runs
from hantu.adapters.store.maintenance import reading
from hantu.adapters.store.sqlite import Connection
from hantu.adapters.store.timestamps import from_text, to_text

MONTH = timedelta(days=31)
GOOD_AVAILABILITY, GOOD_ORDERS = 0.995, 0.95
REVIEWED = "procedures_reviewed"
"""Audit rows that say somebody went over the procedures."""
NOISY = 50
"""Alerts of one type in a month."""


def monthly(database: Path, now: datetime) -> list[Item]:
    """Return the items; ``now`` is the market's moment.

    Raises:
        BrokenError: The records cannot be read.
    """
    since = to_text(now - MONTH)
    with reading(database) as connection:
        return [_availability(connection, since), _faults(connection, since), _orders(connection, since),
                _noise(connection, since), _missed(connection, since), _review(connection), _runs(database)]  # fmt: skip


def _availability(connection: Connection, since: str) -> Item:
    sql = ("SELECT COUNT(*), coalesce(SUM(status <> 'down'), 0) FROM system_health"  # noqa: S608 - our own words
           f" WHERE component IN ('guard', 'stream', 'database') AND status <> 'not_expected' AND checked_at >= '{since}'")  # fmt: skip
    looks, good = connection.execute(sql).fetchone()
    if not looks:
        return Item(
            "availability",
            "가용성",
            Result.WARN,
            "점검 기록 없음",
            sql,
            "감시가 돌지 않았거나 health.keep_days 가 짧음",
        )
    share = good / looks
    result = Result.OK if share >= GOOD_AVAILABILITY else Result.WARN
    return Item(
        "availability", "가용성", result, f"{share:.2%}", sql, f"점검 {looks}회 중 {good}회 정상(남아 있는 기간)", share
    )


def _faults(connection: Connection, since: str) -> Item:
    sql = f"SELECT COUNT(*) FROM incidents WHERE opened_at >= '{since}'"  # noqa: S608
    count = int(connection.execute(sql).fetchone()[0])
    acked, closed = connection.execute(
        """SELECT avg((julianday(acked_at) - julianday(recorded_at)) * 1440) FILTER (WHERE acked_at <> ''),
            avg((julianday(closed_at) - julianday(recorded_at)) * 1440) FILTER (WHERE closed_at <> '')
        FROM incidents WHERE opened_at >= ?""",
        (since,),
    ).fetchone()
    began = dict(connection.execute(
        "SELECT correlation_id, min(timestamp) FROM event_log WHERE event_type = 'recovery_began' AND timestamp >= ? GROUP BY 1",
        (since,),
    ).fetchall())  # fmt: skip
    done = connection.execute(
        "SELECT correlation_id, timestamp FROM event_log WHERE event_type = 'recovery_completed' AND timestamp >= ?",
        (since,),
    ).fetchall()
    took = [(from_text(at) - from_text(began[flow])).total_seconds() for flow, at in done if flow in began]
    words = [f"복구 {len(began)}회" + (f", 평균 {sum(took) / len(took):.1f}초" if took else "")]
    words += [f"확인까지 평균 {acked:.1f}분"] if acked is not None else []
    words += [f"종료까지 평균 {closed:.1f}분"] if closed is not None else []
    return Item("faults", "장애와 복구 시간", Result.OK, f"{count}건", sql, ", ".join(words), count)


def _orders(connection: Connection, since: str) -> Item:
    sql = ("SELECT COUNT(*), coalesce(SUM(order_no <> ''), 0) FROM intents"  # noqa: S608 - our own words
           f" WHERE kind = 'order' AND sent_at <> '' AND recorded_at >= '{since}'")  # fmt: skip
    sent, taken = connection.execute(sql).fetchone()
    if not sent:
        return Item("order_success", "주문 성공률", Result.OK, "보낸 주문 없음", sql)
    share = taken / sent
    result = Result.OK if share >= GOOD_ORDERS else Result.WARN
    return Item("order_success", "주문 성공률", result, f"{share:.1%}", sql, f"보낸 {sent}건 중 접수 {taken}건", share)


def _noise(connection: Connection, since: str) -> Item:
    sql = ("SELECT event_type, COUNT(DISTINCT alert_id) FROM alert_events"  # noqa: S608 - our own words
           f" WHERE event_at >= '{since}' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5")  # fmt: skip
    rows = connection.execute(sql).fetchall()
    unused = connection.execute(
        """SELECT event_type, COUNT(DISTINCT alert_id) FROM alert_events a WHERE priority = 'emergency' AND event_at >= ?
            AND NOT EXISTS (SELECT 1 FROM alert_acks k WHERE k.alert_key = a.alert_key)
            AND NOT EXISTS (SELECT 1 FROM incidents i WHERE i.event_type = a.event_type AND i.symbol = a.symbol
                AND i.acked_at <> '')
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5""",
        (since,),
    ).fetchall()
    noisy = [kind for kind, count in rows if count >= NOISY]
    detail = "잦은 것: " + (", ".join(f"{kind} {count}" for kind, count in rows) or "없음")
    detail += " / 아무도 대응하지 않은 긴급: " + (", ".join(f"{kind} {count}" for kind, count in unused) or "없음")
    if noisy:
        detail += f" / 개선: {', '.join(noisy)} 의 원인이나 기준을 고칠 것"
    result = Result.WARN if noisy or unused else Result.OK
    return Item(
        "alert_patterns", "알림 양상과 개선점", result, f"{sum(count for _, count in rows)}건(상위 5종)", sql, detail
    )


def _missed(connection: Connection, since: str) -> Item:
    # What the policy held back on purpose (a duplicate, the end of what nobody was told of) is counted elsewhere.
    sql = ("SELECT event_type, COUNT(*) FROM (SELECT alert_id, event_type, max(sent_at) AS sent, max(given_up) AS lost"  # noqa: S608 - our own words
           f" FROM alert_events a WHERE event_at >= '{since}' AND NOT EXISTS (SELECT 1 FROM alert_judgements j"
           " WHERE j.alert_id = a.alert_id AND verdict = 'drop')"
           " GROUP BY alert_id) WHERE sent = '' AND lost = 1 GROUP BY 1 ORDER BY 2 DESC, 1")  # fmt: skip
    rows = connection.execute(sql).fetchall()
    total = sum(count for _, count in rows)
    detail = ", ".join(f"{kind} {count}" for kind, count in rows)
    return Item(
        "alerts_missed", "전달하지 못한 알림", Result.FAIL if total else Result.OK, f"{total}건", sql, detail, total
    )


def _review(connection: Connection) -> Item:
    sql = f"SELECT event_ts, actor, details_json FROM ops_audit_log WHERE event_type = '{REVIEWED}' ORDER BY audit_id DESC LIMIT 1"  # noqa: S608
    row = connection.execute(
        f"{sql.removesuffix('ORDER BY audit_id DESC LIMIT 1')} AND event_ts >= strftime('%Y-%m-%d %H:%M:%f', 'now', '-31 days')"
        " ORDER BY audit_id DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return Item("procedure_review", "운영 절차 검토와 갱신", Result.FAIL, "이번 달 기록 없음", sql,
                    '안내서를 검토한 뒤 `hantu checklist reviewed --confirm 이름 --note "내용"`')  # fmt: skip
    return Item("procedure_review", "운영 절차 검토와 갱신", Result.OK, str(row[0])[:10], sql, f"{row[1]}: {row[2]}")


def _runs(database: Path) -> Item:
    month_ago = MONTH.days
    found = [run for run in runs(database, 200) if run.kind in ("daily", "morning", "weekly")]
    confirmed = sum(bool(run.confirmed_by) for run in found)
    result = Result.OK if found else Result.WARN
    return Item("checklists", "점검 이행", result, f"{len(found)}회", "hantu checklist history",
                f"확인자가 있는 것 {confirmed}회(최근 200회, {month_ago}일 주기로 검토)", len(found))  # fmt: skip
