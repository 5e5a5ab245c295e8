"""``hantu incidents`` as people type it."""

import json
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from hantu.adapters.store.entries import AlertRow, encode_fact
from hantu.adapters.store.incident_rows import note_incident
from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.sqlite import connect, transaction
from hantu.domain import events as ev
from hantu.domain.instrument import Symbol

NUMBER = "87654321-01"
AT = "2026-11-23 00:12:31.000000"


@pytest.fixture
def database(home):
    init_database(home / "hantu.db")
    return home / "hantu.db"


@pytest.fixture
def opened(database):
    """One open incident."""
    alert = AlertRow(
        1, "e1", "order_failed", "k", "CRITICAL", "emergency", "OPS-02", f"주문 실패: 계좌 {NUMBER}", "", AT, "005930"
    )
    with closing(connect(database, wait_s=1)) as connection, transaction(connection):
        connection.execute(
            "INSERT INTO event_log (event_id, event_type, timestamp, payload_json, correlation_id) VALUES (?, ?, ?, ?, ?)",
            ("e1", "order_failed", AT, json.dumps({"symbol": "005930", "reason": f"계좌 {NUMBER} 오류"}), "f1"),
        )
        note_incident(connection, alert)
    return database


@pytest.mark.requirement("SVC-51")
def test_one_page_with_service_history_and_log(hantu, hantu_json, home, guard, opened):
    (home / "logs").mkdir()
    (home / "logs" / "app.log").write_text("2026-11-23 09:12:31 ERROR 마지막 줄\n", encoding="utf-8")
    code, out, _ = hantu("incidents", "show", "1")
    assert code == 0
    for text in ("장애", "1번 열림", "order_failed:005930", "안전", "경과", "장애 열림", "마지막 줄"):
        assert text in out
    code, value = hantu_json("incident", "show", "1")
    assert (code, value["service"]["running"], value["log"]) == (0, True, ["2026-11-23 09:12:31 ERROR 마지막 줄"])
    assert [one["kind"] for one in value["timeline"]] == ["order_failed", "opened"]


@pytest.mark.requirement("SVC-51")
def test_the_page_tells_facts_in_words_and_says_what_comes_next(hantu, opened):
    fact = ev.OrderFailed("I-1", "f1", Symbol("005930"), "삼성전자", "APBK0400", "수량 초과", 60.0)
    with closing(connect(opened, wait_s=1)) as connection, transaction(connection):
        connection.execute(
            "INSERT INTO event_log (event_id, event_type, timestamp, payload_json, correlation_id) VALUES (?, ?, ?, ?, ?)",
            ("e2", "order_failed", AT, encode_fact(fact), "f1"),
        )
    out = hantu("incidents", "show", "1")[1]
    [line] = [text for text in out.splitlines() if "APBK0400" in text]
    assert line.split()[:3] == ["11-23", "09:12:31", "사실"]
    assert "{" not in line
    assert "hantu incidents ack 1" in out
    assert hantu("incidents", "ack", "1")[0] == 0
    assert "hantu incidents decide 1 observe" in hantu("incidents", "show", "1")[1]
    assert hantu("incidents", "decide", "1", "observe", "--reason", "지켜봄")[0] == 0
    assert "hantu incidents close 1" in hantu("incidents", "show", "1")[1]


@pytest.mark.requirement("SVC-50", "SVC-51")
def test_from_list_to_report(hantu, hantu_json, opened):
    [row] = hantu_json("incidents", "list")[1]
    assert (row["state"], row["overdue"], row["responsible"]) == ("open", False, "")
    assert hantu_json("incidents", "list", HANTU_INCIDENTS_ESCALATE_AFTER_S="1")[1][0]["incident_id"] == 1
    assert hantu("incidents", "assign", "1", "김담당")[0] == 0
    assert hantu("incidents", "ack", "1", "--note", "보는 중")[0] == 0
    assert hantu("incidents", "decide", "1", "rollback", "--reason", "새 버전 오류")[0] == 0
    code, out, _ = hantu("incidents", "close", "1", "--summary", "이전 버전으로 되돌림")
    assert code == 0
    for text in (
        "# 장애 보고서 1번",
        "담당: 김담당",
        "결정: rollback: 새 버전 오류",
        "이전 버전으로 되돌림",
        "09:12:31",
        "종료",
    ):
        assert text in out
    stored = hantu_json("incidents", "show", "1")[1]["incident"]
    assert "이전 버전으로 되돌림" in stored["report"]
    assert hantu_json("incidents")[1] == []
    assert [row["state"] for row in hantu_json("incidents", "list", "--all")[1]] == ["closed"]
    done = {row["event_type"] for row in hantu_json("audit", "show")[1]["rows"]}
    assert {f"incident_{kind}" for kind in ("opened", "assigned", "acknowledged", "decided", "closed")} <= done


def test_exit_codes_tell_usage_refusal_and_failure(hantu, hantu_json, opened, home):
    assert hantu("incidents", "close", "1", "--summary", "x")[0] == 3, "nothing decided"
    assert hantu("incidents", "decide", "1", "pray", "--reason", "x")[0] == 2
    assert hantu("incidents", "decide", "1", "none", "--reason", "x")[0] == 0
    assert hantu("incidents", "close", "1", "--summary", "x")[0] == 0
    code, value = hantu_json("incidents", "close", "1", "--summary", "x")
    assert (code, value["code"]) == (3, "denied")
    for words in (
        ("show", "99"),
        ("ack", "99"),
        ("assign", "99", "kim"),
        ("bundle", "99"),
        ("show", "x"),
        ("show", "0"),
    ):
        assert hantu("incidents", *words)[0] == 2, words
    assert hantu("incidents", "assign", "1", " ")[0] == 2


def test_no_database_and_an_empty_one(hantu, hantu_json, home):
    for words in (("list",), ("show", "1"), ("ack", "1"), ("bundle", "1")):
        code, _, err = hantu("incidents", *words)
        assert code == 1, words
        assert "데이터베이스 파일이 없습니다" in err
    assert not (home / "hantu.db").exists()
    (home / "hantu.db").write_bytes(b"")
    assert hantu("incidents", "list")[0] == 1
    init_database(home / "hantu.db")
    assert hantu_json("incidents", "list") == (0, [])


def test_a_locked_database_is_a_sentence(hantu, opened, monkeypatch):
    monkeypatch.setattr("hantu.adapters.store.maintenance.LOCK_WAIT_S", 0.05)
    with closing(connect(opened, wait_s=1)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, _, err = hantu("incidents", "ack", "1")
        other.execute("ROLLBACK")
    assert code == 1
    assert "잠그고" in err
    assert hantu("incidents", "ack", "1")[0] == 0


def test_the_bundle_has_no_secret_and_no_account_number(hantu_json, hantu, home, guard, opened):
    (home / "logs").mkdir()
    token = "123456789:AAE-verysecretverysecretverysecret12"
    (home / "logs" / "app.log").write_text(f"계좌 {NUMBER} 8765432101 11112222-01 토큰 {token}\n", encoding="utf-8")
    secrets = {"HANTU_ACCOUNT": NUMBER, "HANTU_TELEGRAM_TOKEN": token, "HANTU_APP_KEY": "PSverysecretappkey"}
    code, value = hantu_json("incidents", "bundle", "1", "--out", str(home / "b.zip"), **secrets)
    assert code == 0
    with zipfile.ZipFile(home / "b.zip") as packet:
        files = {name: packet.read(name) for name in packet.namelist()}
    assert set(files) == {
        "report.md", "incident.json", "timeline.jsonl", "facts.jsonl", "health.jsonl", "settings.json", "service.json",
        "versions.json", "app.log", "manifest.json",
    }  # fmt: skip
    for name, data in files.items():
        for word in (b"87654321", b"8765432101", b"11112222", token.encode(), b"PSverysecretappkey"):
            assert word not in data, name
    assert json.loads(files["versions.json"])["schema"] >= 8
    assert any(row["name"] == "guard.mode" for row in json.loads(files["settings.json"]))
    assert b"order_failed" in files["facts.jsonl"]
    assert set(value["files"]) == set(files) - {"manifest.json"}
    assert (home / "b.zip").stat().st_mode & 0o077 == 0
    assert hantu("incidents", "bundle", "1", "--out", str(home / "b.zip"))[0] == 2, "never overwritten"
    assert hantu("incidents", "bundle", "1", "--out", str(home / "no" / "b.zip"))[0] == 1
    assert not Path("hantu-incident-1.zip").exists()
    assert hantu_json("audit", "show")[1]["rows"][0]["event_type"] == "incident_bundled"
