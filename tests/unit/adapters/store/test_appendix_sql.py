"""The SQL of the operator's documents, run unchanged through the plain sqlite3 of Python."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hantu.adapters.store.sqlite import driver
from hantu.adapters.store.store import SqliteStore
from hantu.domain import events as ev
from hantu.domain.commands import KillLevel
from hantu.domain.instrument import Symbol
from hantu.domain.order import Purpose
from tests.contract.lives import HandClock, alert, batch, stop_loss_filled
from tests.unit.adapters.store.plain_sqlite import ask

SQL_1 = """SELECT *
FROM event_log
WHERE event_type = 'order_blocked_killswitch'
ORDER BY timestamp DESC
LIMIT 10;"""
SQL_2 = """SELECT *
FROM system_state
ORDER BY timestamp DESC
LIMIT 1;"""
SQL_3 = """-- 최근 5분 내 거부 이벤트 집계
SELECT event_type, COUNT(*) AS count
FROM event_log
WHERE event_type LIKE 'order_rejected%'
  AND timestamp > datetime('now', '-5 minutes')
GROUP BY event_type;"""
SQL_4 = """SELECT event_type, payload_json
FROM event_log
WHERE event_type LIKE 'order_rejected%'
  AND timestamp > datetime('now', '-5 minutes')
ORDER BY timestamp DESC;"""
SQL_5 = """-- 최근 이벤트 확인
SELECT *
FROM event_log
ORDER BY timestamp DESC
LIMIT 20;"""
SQL_6 = """-- 특정 이벤트 타입 확인
SELECT *
FROM event_log
WHERE event_type = '{expected_event_type}'
ORDER BY timestamp DESC;"""


def blocked(number: int) -> ev.OrderBlockedKillswitch:
    return ev.OrderBlockedKillswitch(Symbol("005930"), f"{number}", Purpose.STOP_LOSS, KillLevel.HARD, "guard")


def rejected(reason: str) -> ev.OrderRejectedBroker:
    return ev.OrderRejectedBroker("20261123-0001", Symbol("005930"), "삼성전자", "APBK0919", reason, False, "")


@pytest.mark.requirement("ALR-10", "ALR-4")
async def test_the_last_ten_blocked_orders_newest_first(store: SqliteStore, database: Path, clock: HandClock) -> None:
    for number in range(12):
        await store.record(batch(clock.advance(0.01), blocked(number), ev.SubscribeDone(number)))

    names = [json.loads(row["payload_json"])["name"] for row in ask(database, SQL_1)]
    assert names == [str(number) for number in range(11, 1, -1)]


@pytest.mark.requirement("ALR-11")
async def test_the_last_kill_switch_state_within_one_instant(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    on = ev.KillswitchOn(KillLevel.ACTIVE, "operator", "first", automatic=False)
    off = ev.KillswitchOff("operator", "release")
    again = ev.KillswitchOn(KillLevel.HARD, "risk", "loss limit", automatic=True)
    await store.record(batch(clock.now(), on, off))
    await store.record(batch(clock.now(), again))

    [row] = ask(database, SQL_2)
    assert (row["kill_level"], row["reason"], row["actor"], row["automatic"]) == ("hard", "loss limit", "risk", 1)
    assert len(ask(database, "SELECT * FROM system_state")) == 3


@pytest.mark.requirement("ALR-16")
async def test_rejections_of_the_last_five_minutes_are_counted(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    now = datetime.now(UTC)
    clock.turn_to(now - timedelta(minutes=5, seconds=1))
    await store.record(batch(clock.now(), rejected("too old")))
    for age in (290, 60, 1):
        clock.turn_to(now - timedelta(seconds=age))
        await store.record(batch(clock.now(), rejected("장종료"), ev.SubscribeDone(1)))

    assert [tuple(row.values()) for row in ask(database, SQL_3)] == [("order_rejected_broker", 3)]


@pytest.mark.requirement("ALR-17")
async def test_the_reason_of_every_rejection_is_in_its_payload(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    now = datetime.now(UTC)
    for age, reason in ((90, "장종료"), (30, "주문가능수량 초과"), (3, "하한가 미만")):
        clock.turn_to(now - timedelta(seconds=age))
        await store.record(batch(clock.now(), rejected(reason)))

    reasons = [json.loads(row["payload_json"])["reason"] for row in ask(database, SQL_4)]
    assert reasons == ["하한가 미만", "주문가능수량 초과", "장종료"]


@pytest.mark.requirement("ALR-32")
async def test_the_last_twenty_events_newest_first(store: SqliteStore, database: Path, clock: HandClock) -> None:
    for number in range(13):
        await store.record(batch(clock.advance(0.2), ev.SubscribeDone(number), ev.DataDelay(Symbol("005930"), number)))

    rows = ask(database, SQL_5)
    assert [row["event_type"] for row in rows] == ["data_delay", "subscribe_done"] * 10
    assert json.loads(rows[0]["payload_json"])["delay_ms"] == 12


@pytest.mark.requirement("ALR-33")
@pytest.mark.parametrize("event_type", ["subscribe_done", "killswitch_off", "sleep_left"])
async def test_events_of_one_type(store: SqliteStore, database: Path, clock: HandClock, event_type: str) -> None:
    facts = (ev.SubscribeDone(1), ev.KillswitchOff("operator", ""), ev.SleepLeft("operator"))
    for _ in range(2):
        await store.record(batch(clock.advance(1), *facts))

    rows = ask(database, SQL_6.format(expected_event_type=event_type))
    assert [row["event_type"] for row in rows] == [event_type] * 2
    assert rows[0]["timestamp"] > rows[1]["timestamp"]


@pytest.mark.requirement("MON-D.09")
async def test_an_exit_is_filed_in_the_row_sql_7_means(store: SqliteStore, database: Path, clock: HandClock) -> None:
    """SQL-7 with bound parameters: stock code and the Korean trading date choose the row."""
    ask(
        database,
        "INSERT INTO selection_results (stock_code, stock_name, selection_date) VALUES (?, ?, ?)",
        ("005930", "삼성전자", "2026-11-23"),
        ("005930", "삼성전자", "2026-11-20"),
        ("000660", "SK하이닉스", "2026-11-23"),
    )
    await store.record(batch(clock.now(), stop_loss_filled()))

    done = ask(database, "SELECT * FROM selection_results WHERE is_executed = true")
    assert [(row["stock_code"], row["selection_date"]) for row in done] == [("005930", "2026-11-23")]
    found = {key: done[0][key] for key in ("exit_price", "exit_time", "realized_pnl", "realized_return", "exit_reason")}
    assert found == {
        "exit_price": 64_400,
        "exit_time": "2026-11-23 00:12:32.000000",
        "realized_pnl": -22_000,
        "realized_return": -3.31,
        "exit_reason": "stop_loss",
    }


@pytest.mark.requirement("DM-1", "DM-2", "DM-3", "DM-4", "DM-5")
@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("system_health", {"component", "status", "checked_at"}),
        ("monitoring_metrics", {"metric_name", "metric_value", "recorded_at"}),
        ("alert_events", {"alert_id", "severity", "category", "message", "channel", "sent_at"}),
        ("ops_audit_log", {"audit_id", "event_type", "actor", "event_ts", "details_json"}),
        ("event_log", {"event_id", "event_type", "timestamp", "payload_json"}),
    ],
)
async def test_names_of_the_documents_are_columns(
    store: SqliteStore, database: Path, table: str, columns: set[str]
) -> None:
    assert columns <= {row["name"] for row in ask(database, f"PRAGMA table_info({table})")}


@pytest.mark.requirement("DM-3")
async def test_one_alert_row_a_channel_and_unsent_ones_have_no_time(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    await store.record(batch(clock.now(), ev.SubscribeDone(1), alerts=((0, alert("a")), (0, alert("b")))))
    await store.delivered(1, "telegram")
    await store.delivered(1, "log")
    await store.failed(2, "telegram", "429", retry_s=3)

    rows = ask(database, "SELECT alert_id, channel, sent_at <> '' AS sent FROM alert_events ORDER BY alert_id, channel")
    assert [tuple(row.values()) for row in rows] == [(1, "log", 1), (1, "telegram", 1), (2, "telegram", 0)]


@pytest.mark.requirement("DM-4")
async def test_the_audit_trail_names_who_and_its_details_are_json(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    await store.record(batch(clock.now(), ev.MonitorStarted(20, 20)))
    await store.record(batch(clock.now(), ev.KillswitchOn(KillLevel.HARD, "kim", "점검", automatic=False)))
    await store.record(batch(clock.now(), ev.MonitorStopped("lee", 0)))

    rows = ask(database, "SELECT event_type, actor, details_json FROM ops_audit_log ORDER BY audit_id")
    assert [tuple(row.values())[:2] for row in rows] == [
        ("guard_started", "test"),
        ("monitor_started", "guard"),
        ("killswitch_on", "kim"),
        ("monitor_stopped", "lee"),
    ]
    assert json.loads(rows[2]["details_json"])["reason"] == "점검"


async def test_records_of_what_happened_cannot_be_changed(store: SqliteStore, database: Path, clock: HandClock) -> None:
    await store.record(batch(clock.now(), ev.SubscribeDone(1)))
    for sql in (
        "UPDATE event_log SET payload_json = '{}'",
        "UPDATE ops_audit_log SET actor = 'nobody'",
        "DELETE FROM ops_audit_log",
    ):
        assert "append-only" in ask(database, sql)


@pytest.mark.requirement("ALR-35")
async def test_a_second_connection_sees_a_record_at_once(store: SqliteStore, database: Path, clock: HandClock) -> None:
    with closing(driver.connect(str(database))) as other:
        for number in range(1, 20):
            await store.record(batch(clock.now(), ev.SubscribeDone(number)))
            assert other.execute("SELECT count(*) FROM event_log").fetchone() == (number,)
