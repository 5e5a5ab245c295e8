"""``hantu checklist``: each item shows its number, fails when it should, and is remembered."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from hantu.adapters.checklist.items import change
from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.sqlite import connect
from hantu.alerting.wording import korean_time
from tests.unit.adapters.store.plain_sqlite import ask

NOW = datetime.now(UTC)


def ago(**span):
    return (NOW - timedelta(**span)).strftime("%Y-%m-%d %H:%M:%S.%f")


@pytest.fixture
def database(home):
    init_database(home / "hantu.db")
    return home / "hantu.db"


@pytest.fixture
def guard_now(guard):
    """A guard in the present whose components are well."""
    guard.status["market_time"] = (NOW + timedelta(hours=9)).strftime("%Y-%m-%d %H:%M:%S")
    names = ("guard", "rest", "stream", "token", "approval", "clock", "memory", "alerts", "disk")
    guard.status["health"] = {"components": {name: {"state": "ok", "reason": ""} for name in names}}
    return guard


def write(database, sql, *rows):
    with closing(connect(database, wait_s=1)) as connection:
        connection.executemany(sql, rows)


def events(database, *rows):
    write(
        database,
        "INSERT INTO event_log (event_id, event_type, timestamp, payload_json, produced_by) VALUES (?, ?, ?, ?, 'guard')",
        *((f"e{number}", kind, at, json.dumps(payload)) for number, (kind, at, payload) in enumerate(rows)),
    )


def items(value):
    return {item["name"]: item for item in value["items"]}


@pytest.mark.requirement("ALR-54", "ALR-55")
def test_daily_numbers_are_those_of_the_table(hantu_json, database, guard_now):
    events(
        database,
        *(("order_rejected_expired", ago(minutes=number), {"reason": "expired"}) for number in range(1, 4)),
        ("order_rejected_broker", ago(hours=23), {"reason": "장종료"}),
        ("order_rejected_broker", ago(hours=25), {"reason": "장종료"}),
        ("subscribe_done", ago(hours=1), {}),
    )
    code, value = hantu_json("checklist", "daily")
    found = items(value)
    assert (code, value["ok"]) == (0, True)
    for name in ("events_24h", "rejections_24h"):
        rows = ask(database, found[name]["how"])
        assert found[name]["number"] == sum(list(row.values())[-1] for row in rows), "the query shows the number"
    assert (found["events_24h"]["number"], found["rejections_24h"]["number"]) == (5, 4)
    assert "order_rejected_expired 3" in found["events_24h"]["detail"]
    assert "그 전 24시간 1건" in found["rejections_24h"]["detail"]


@pytest.mark.requirement("ALR-56")
@pytest.mark.parametrize(("level", "result"), [("off", "ok"), ("active", "warn"), ("hard", "fail")])
def test_the_kill_switch_as_the_newest_row_tells(hantu_json, database, guard_now, level, result):
    sql = "INSERT INTO system_state (timestamp, kill_level, reason, actor) VALUES (?, ?, '점검', 'kim')"
    at = ago(hours=1)
    write(database, sql, (ago(hours=2), "hard"), (at, level))
    code, value = hantu_json("checklist", "daily")
    found = items(value)["kill_switch"]
    assert found["detail"] == f"kim: 점검 (한국시각 {korean_time(at)})"
    [row] = ask(database, found["how"])
    assert (found["value"], found["result"], row["kill_level"]) == (level, result, level)
    assert code == (1 if result == "fail" else 0)


@pytest.mark.requirement("ALR-57", "SVC-52", "SVC-53")
def test_one_stopped_service_fails_the_list(hantu_json, hantu, database, guard_now):
    code, value = hantu_json("check", "daily")
    assert code == 0
    assert {"services", "rest", "stream", "memory", "disk", "traffic"} <= set(items(value))
    guard_now.status["health"]["components"]["rest"] = {"state": "down", "reason": "REST 응답 없음"}
    code, value = hantu_json("checklist", "daily")
    assert (code, items(value)["rest"]["result"], items(value)["services"]["result"]) == (1, "fail", "fail")
    assert items(value)["rest"]["detail"] == "REST 응답 없음"
    guard_now.close()
    code, out, _ = hantu("checklist", "daily")
    assert code == 1
    assert "실행 중이 아님" in out


@pytest.mark.requirement("ALR-58")
def test_weekly_rejections_by_reason_hour_and_client_beside_the_week_before(hantu_json, database, guard_now):
    rows = [("order_rejected_broker", ago(days=2, minutes=n), {"reason": "한도", "client": "bot"}) for n in range(12)]
    rows += [
        ("order_rejected_expired", ago(days=9, minutes=n), {"reason": "expired", "client": "gui"}) for n in range(3)
    ]
    events(database, *rows)
    found = items(hantu_json("checklist", "weekly")[1])["rejections_7d"]
    assert (found["number"], found["result"]) == (12, "warn")
    assert found["value"] == "12건, 지난주 3 → 12(+9, +300%)"
    for text in ("한도 12(+12)", "expired 0(-3)", "bot 12(+12)", "gui 0(-3)", "시(KST): "):
        assert text in found["detail"]


@pytest.mark.requirement("ALR-59")
@pytest.mark.parametrize(("before", "result"), [(30_000_000, "fail"), (45_000_000, "ok")])
def test_growth_over_the_limit_is_flagged(hantu_json, database, guard_now, before, result):
    with closing(connect(database, wait_s=1)) as connection:
        connection.execute("CREATE TABLE filler (data BLOB)")
        connection.execute("INSERT INTO filler VALUES (zeroblob(50000000))")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert "비교할 지난 기록이 없음" in items(hantu_json("checklist", "weekly")[1])["db_size"]["detail"]
    item = {"name": "db_size", "number": before, "result": "ok", "title": "x", "value": "", "how": "", "detail": ""}
    sql = "INSERT INTO checklist_runs (kind, run_at, result, items_json, actor) VALUES ('weekly', ?, 'ok', ?, 'kim')"
    write(database, sql, (ago(days=7), json.dumps([item])))
    code, value = hantu_json("checklist", "weekly")
    found = items(value)["db_size"]
    assert (found["result"], code) == (result, 1 if result == "fail" else 0)
    assert abs(found["number"] - 50_000_000) < 2_000_000


@pytest.mark.requirement("ALR-60", "ALR-31")
def test_a_missing_event_is_named_with_its_flow(hantu_json, database, guard_now):
    write(
        database,
        """INSERT INTO intents VALUES (?, 'f1', 'order', 'filled', 'main', 'local', '005930', '삼성전자', 'sell', 'stop_loss', 0,
            10, 64300, 'limit', 'KRX', 1, '', 10, 66500, 1, '[]', '2026-11-23', ?, ?, ?, '5086', '', 10, 0, '', '')""",
        ("i1", ago(hours=1), ago(hours=1), ago(hours=1)),
    )
    write(
        database,
        """INSERT INTO orders VALUES ('2026-11-23', 'main', '5086', 'i1', '', '005930', '삼성전자', 'sell', 'stop_loss', 10, 64300,
            10, 64300, 'filled', '', '', '', 'answer')""",
        (),
    )
    events(database, ("intent_recorded", ago(hours=1), {"intent_id": "i1"}))
    with closing(connect(database, wait_s=1)) as connection:
        connection.execute("DROP TRIGGER event_log_is_append_only")
        connection.execute("UPDATE event_log SET correlation_id = 'f1'")
    code, value = hantu_json("checklist", "weekly")
    found = items(value)["event_gaps"]
    assert (code, found["result"], found["value"]) == (1, "fail", "1건")
    assert found["detail"] == "f1: order_accepted (5086)"


@pytest.mark.requirement("ALR-61", "ALR-62")
def test_monthly_numbers(hantu_json, database, guard_now):
    sql = "INSERT INTO system_health (component, status, checked_at) VALUES (?, ?, ?)"
    write(database, sql, *(("guard", "down" if n == 0 else "ok", ago(hours=n)) for n in range(10)))
    alert = """INSERT INTO alert_events (alert_id, severity, category, message, event_type, priority, event_at, sent_at, given_up,
        alert_key, channel) VALUES (?, 'WARN', 'OPS-01', 'x', ?, ?, ?, ?, ?, ?, 'telegram')"""
    write(database, alert, *((n, "data_delay", "high", ago(hours=n), ago(hours=n), 0, f"d{n}") for n in range(1, 61)))
    write(
        database, alert, (70, "order_failed", "emergency", ago(hours=1), ago(hours=1), 0, "o"),
        (71, "auth_failed", "emergency", ago(hours=1), "", 1, "a"),
    )  # fmt: skip
    write(database, alert, (72, "stop_loss_reached", "high", ago(hours=1), "", 1, "held back on purpose"))
    judged = "INSERT INTO alert_judgements (alert_id, judged_at, verdict, code) VALUES (?, ?, 'drop', 'duplicate')"
    write(database, judged, (72, ago(hours=1)))
    code, value = hantu_json("checklist", "monthly")
    found = items(value)
    assert (found["availability"]["number"], found["availability"]["result"]) == (0.9, "warn")
    assert "data_delay 60" in found["alert_patterns"]["detail"]
    assert "아무도 대응하지 않은 긴급: auth_failed 1, order_failed 1" in found["alert_patterns"]["detail"]
    assert "개선: data_delay" in found["alert_patterns"]["detail"]
    assert (found["alerts_missed"]["result"], found["alerts_missed"]["detail"]) == ("fail", "auth_failed 1")
    assert {"faults", "order_success"} <= set(found)
    assert code == 1


@pytest.mark.requirement("ALR-63")
def test_the_review_is_open_until_somebody_records_it(hantu_json, hantu, database, guard_now):
    before = items(hantu_json("checklist", "monthly")[1])["procedure_review"]
    assert before["result"] == "fail"
    assert hantu("checklist", "reviewed", "--confirm", "kim", "--note", " ")[0] == 2
    assert hantu("checklist", "reviewed", "--confirm", "kim", "--note", "안내서 고침")[0] == 0
    after = items(hantu_json("checklist", "monthly")[1])["procedure_review"]
    assert after["result"] == "ok"
    assert "kim" in after["detail"]
    assert "안내서 고침" in after["detail"]


def test_runs_are_remembered_with_who_confirmed_them_and_audited(hantu_json, hantu, database, guard_now):
    hantu("checklist", "daily", "--confirm", "김담당", "--note", "이상 없음")
    hantu("checklist", "weekly")
    runs = hantu_json("checklist", "history")[1]
    assert [(run["kind"], run["confirmed_by"], run["note"]) for run in runs] == [
        ("weekly", "", ""),
        ("daily", "김담당", "이상 없음"),
    ]
    assert [run["kind"] for run in hantu_json("checklist", "history", "--kind", "daily")[1]] == ["daily"]
    assert "김담당" in hantu("checklist", "history")[1]
    assert hantu("checklist", "history", "--kind", "yearly")[0] == 2
    row = next(row for row in hantu_json("audit", "show")[1]["rows"] if row["actor"] == "김담당")
    assert row["event_type"] == "checklist_run"
    assert hantu("checklist", "daily", "--confirm", "x" * 81)[0] == 2


def test_morning_looks_at_everything_before_the_open(hantu_json, hantu, home, database, guard_now):
    backups = home / "backups"
    backups.mkdir()
    (home / "hantu.toml").write_text('environment = "local"\n[health]\nbackup_dir = "backups"\n', encoding="utf-8")
    code, value = hantu_json("checklist", "morning", "--config", str(home / "hantu.toml"))
    found = items(value)
    assert set(found) == {
        "calendar", "limits", "token", "approval", "clock", "kill_switch", "incidents", "audit", "database", "backup",
        "disk", "alert_round_trip", "services", "tr_ids",
    }  # fmt: skip
    assert (code, found["backup"]["result"]) == (1, "fail")
    (backups / "hantu-1.db").write_bytes(b"x")
    code, value = hantu_json("checklist", "morning", "--config", str(home / "hantu.toml"))
    assert (code, items(value)["backup"]["result"]) == (0, "ok")
    assert all(item["value"] and item["how"] for item in value["items"])
    assert items(value)["alert_round_trip"]["result"] == "warn", "no channel is set up"


def test_without_a_guard_the_alert_goes_round_a_channel_or_the_item_fails(hantu_json, hantu, database, monkeypatch):
    from hantu.domain.errors import BrokenError

    class Channel:
        name = "telegram"
        sent = []

        async def send(self, alert):
            self.sent.append(alert.event_type)
            if len(self.sent) > 1:
                raise BrokenError("대화방 없음")

    monkeypatch.setattr("hantu.settings.checklist.alerts.senders_of", lambda _settings: (object(),))
    monkeypatch.setattr("hantu.settings.checklist.alerts.notifiers_of", lambda _settings: (Channel(),))
    found = items(hantu_json("checklist", "morning")[1])
    assert (found["alert_round_trip"]["result"], Channel.sent) == ("ok", ["alert_test"])
    assert (found["alert_ack"]["result"], found["alert_ack"]["value"]) == ("warn", "확인 못 함")
    code, value = hantu_json("checklist", "morning")
    assert (code, items(value)["alert_round_trip"]["value"]) == (1, "telegram: 대화방 없음")


def test_without_usable_records_it_is_a_sentence(hantu, home, monkeypatch):
    for words in (("daily",), ("weekly",), ("monthly",), ("morning",), ("history",)):
        code, _, err = hantu("checklist", *words)
        assert code == 1, words
        assert "데이터베이스" in err
        assert "Traceback" not in err
    assert hantu("checklist", "reviewed", "--confirm", "kim", "--note", "x")[0] == 1
    assert not (home / "hantu.db").exists()
    init_database(home / "hantu.db")
    assert hantu("checklist", "weekly")[0] == 0
    monkeypatch.setattr("hantu.adapters.store.maintenance.LOCK_WAIT_S", 0.05)
    with closing(connect(home / "hantu.db", wait_s=1)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, _, err = hantu("checklist", "weekly")
        other.execute("ROLLBACK")
    assert code == 1
    assert "잠그고" in err


def test_a_change_is_told_with_its_share():
    assert change(3, 3) == "지난주와 같음(3)"
    assert change(3, 0) == "지난주 0 → 3(+3)"
    assert change(1, 4) == "지난주 4 → 1(-3, -75%)"
