"""``hantu audit``, ``event`` and ``privacy`` as people type them."""

import csv
import getpass
import json
import zipfile
from contextlib import closing

import pytest

from hantu.adapters.audit.anchors import Folder, sign_head
from hantu.adapters.audit.keys import signer
from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.sqlite import connect
from hantu.adapters.store.state_rows import audit
from tests.unit.cli.test_records import FLOW, INTENT, recorded  # noqa: F401 - the exit of the other commands

AT = "2026-11-23 00:30:00.000000"


@pytest.fixture
def database(home):
    return home / "hantu.db"


def sign(home):
    return sign_head(home / "hantu.db", [Folder(home / "audit")], signer(home / "audit"), AT)


def test_an_untouched_trail_is_in_order(hantu, hantu_json, home):
    sign(home)
    code, out, _ = hantu("audit", "verify")
    assert code == 0
    assert "이상 없습니다: 감사 기록 2건, 그중 2건" in out
    value = hantu_json("audit", "verify")[1]
    assert (value["ok"], value["rows"], value["signed"], value["finding"]) == (True, 2, 2, None)
    assert hantu_json("audit", "show")[1]["count"] == 2


@pytest.mark.requirement("OPS-06-6")
def test_a_changed_row_is_named_and_ends_with_one(hantu, hantu_json, home, database):
    sign(home)
    with closing(connect(database, wait_s=1)) as connection:
        connection.execute("DROP TRIGGER ops_audit_log_refuses_update")
        connection.execute("UPDATE ops_audit_log SET actor = 'nobody' WHERE audit_id = 2")
    code, out, _ = hantu("audit", "verify")
    assert code == 1
    assert "바뀐 기록, 처음 나쁜 곳: 2번" in out
    code, value = hantu_json("audit", "verify")
    assert (code, value["finding"]["damage"], value["finding"]["row"]) == (1, "altered", 2)


def test_the_key_to_trust_may_be_noted_elsewhere(hantu, home):
    sign(home)
    other = signer(home / "other").public.hex()
    assert hantu("audit", "verify", "--public-key", other)[0] == 1
    assert hantu("audit", "verify", "--public-key", (home / "audit" / "audit.pub").read_text().strip())[0] == 0
    assert hantu("audit", "verify", "--public-key", "xyz")[0] == 2


@pytest.mark.requirement("ALR-37", "OPS-06-1")
def test_an_event_by_hand_is_marked_and_audited(hantu, hantu_json):
    code, value = hantu_json("event", "add", "점검", "공유기 교체", "--flow", FLOW)
    assert code == 0
    user = getpass.getuser()
    assert (value["kind"], value["text"], value["actor"], value["manual"]) == ("점검", "공유기 교체", user, True)
    [event] = json.loads("[" + hantu("events", "--type", "manual_event", "--json")[1].strip() + "]")
    assert event["payload"] == {"kind": "점검", "text": "공유기 교체", "actor": user, "manual": True}
    row = hantu_json("audit", "show")[1]["rows"][0]
    assert (row["event_type"], row["actor"], row["correlation_id"]) == ("manual_event", user, FLOW)
    assert row["event_id"] == value["event_id"]
    assert hantu("event", "add", " ", "x")[0] == 2


@pytest.mark.requirement("OPS-06-1")
def test_an_export_carries_its_proof_and_is_recorded(hantu, hantu_json, home, database):
    from datetime import UTC, datetime

    with closing(connect(database, wait_s=1)) as connection:
        audit(connection, "odd", "=cmd()", AT, '{"a":1}')
    code, proof = hantu_json("audit", "export", "--from", "2026-11-23", "--out", str(home / "out.jsonl"))
    assert (code, proof["rows"], proof["last"]) == (0, 3, 3)
    assert hantu("audit", "verify", "--file", str(home / "out.jsonl"))[0] == 0
    text = (home / "out.jsonl").read_text()
    (home / "out.jsonl").write_text(text.replace("=cmd()", "kim"))
    assert hantu("audit", "verify", "--file", str(home / "out.jsonl"))[0] == 1
    assert hantu("audit", "export", "--from", "2026-11-23", "--out", str(home / "out.jsonl"))[0] == 2

    assert hantu("audit", "export", "--from", "2026-11-23", "--format", "csv", "--out", str(home / "out.csv"))[0] == 0
    rows = list(csv.reader((home / "out.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert rows[3][2] == "'=cmd()", "no spreadsheet runs it"
    newest = hantu_json("audit", "show")[1]["rows"]
    assert [row["event_type"] for row in newest[:2]] == ["audit_exported", "audit_exported"]
    assert newest[0]["event_ts"][:10] == datetime.now(UTC).date().isoformat()
    assert hantu("audit", "export", "--from", "gestern")[0] == 2
    assert hantu("audit", "export", "--from", "2026-11-23", "--format", "xml")[0] == 2


@pytest.mark.parametrize("ident", [INTENT, "5086", FLOW])
def test_evidence_of_one_exit_has_no_account_number(hantu_json, hantu, home, ident):
    number = "87654321-01"
    hantu("event", "add", "문의", f"계좌 {number} 문의함", "--flow", FLOW)
    target = home / "packet.zip"
    code, value = hantu_json("audit", "evidence", ident, "--out", str(target), HANTU_ACCOUNT=number)
    assert (code, value["flow"]) == (0, FLOW)
    with zipfile.ZipFile(target) as packet:
        files = {name: packet.read(name) for name in packet.namelist()}
    assert set(files) == {
        "표지.md", "intents.jsonl", "orders.jsonl", "fills.jsonl", "facts.jsonl", "alerts.jsonl", "audit.jsonl",
        "frames.jsonl", "proof.json",
    }  # fmt: skip
    for data in files.values():
        assert b"87654321" not in data
    cover = files["표지.md"].decode()
    for text in ("삼성전자 (005930) 매도", "10주", "평균 68,740원", "5086", "손절가 도달", "2026-11-23 09:01:29"):
        assert text in cover
    assert len(files["fills.jsonl"].splitlines()) == 2
    assert hantu_json("audit", "show")[1]["rows"][0]["event_type"] == "evidence_made"
    assert hantu("audit", "evidence", "nothing")[0] == 2


def test_people_stand_by_pseudonym_and_can_be_erased(hantu, hantu_json, home):
    (home / "hantu.toml").write_text('environment = "local"\n[audit]\npseudonyms = true\n')
    pseudonym = hantu_json("event", "add", "점검", "재부팅")[1]["actor"]
    assert pseudonym.startswith("P-")
    [person] = hantu_json("privacy", "show")[1]
    assert (person["name"], person["records"]) == (getpass.getuser(), 1)
    assert getpass.getuser() in hantu("audit", "show")[1]
    code, _, err = hantu("privacy", "erase", pseudonym)
    assert code == 2
    assert "--yes" in err
    assert hantu("privacy", "erase", pseudonym, "--yes")[0] == 0
    assert [row["name"] for row in hantu_json("privacy", "show")[1]][:1] == [""]
    assert hantu("privacy", "show", "nobody at all")[0] == 2
    assert hantu("audit", "verify")[0] == 0


def test_months_are_archived_and_checked(hantu, hantu_json, home, database):
    code, value = hantu_json("audit", "archive")
    assert code == 0
    for month in value["months"]:
        assert (home / "archive" / f"{month}-audit.jsonl.gz").exists()
    assert hantu_json("audit", "verify")[1]["months"] == len(value["months"])


def test_a_release_without_a_guard_is_refused_and_recorded(hantu, hantu_json):
    assert hantu("kill", "off", "--reason", "끝")[0] == 3
    row = hantu_json("audit", "show")[1]["rows"][0]
    assert row["event_type"] == "killswitch_release_refused"
    assert json.loads(row["details_json"])["reason"] == "끝"


def test_a_backup_is_recorded(hantu, hantu_json, home):
    assert hantu("db", "backup", str(home / "copy.db"))[0] == 0
    assert hantu_json("audit", "show")[1]["rows"][0]["event_type"] == "backup_made"


def test_an_empty_database_has_an_empty_trail(hantu, tmp_path):
    init_database(tmp_path / "hantu.db")
    code, out, _ = hantu("audit", "show", HANTU_HOME=str(tmp_path))
    assert code == 0
    assert "감사 기록이 없습니다" in out
    assert hantu("audit", "verify", HANTU_HOME=str(tmp_path))[0] == 0


def test_after_a_restored_backup_new_heads_begin_and_the_old_ones_stay(hantu, hantu_json, home, database):
    assert hantu("db", "backup", str(home / "backup.db"))[0] == 0
    for _ in range(3):
        hantu("event", "add", "점검", "나중 일")
    sign(home)
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    (home / "backup.db").rename(database)
    code, value = hantu_json("audit", "verify")
    assert (code, value["finding"]["damage"]) == (1, "cut")
    assert hantu("audit", "restart", "--reason", " ")[0] == 2
    kept = hantu_json("audit", "restart", "--reason", "백업 복원")[1]["kept"]
    assert [path.rpartition("/")[2] for path in kept] == ["anchors-001.jsonl"]
    code, value = hantu_json("audit", "verify")
    assert (code, value["ok"], value["earlier"]) == (0, True, 1)
    assert "따로 둔 서명 목록이 1개" in hantu("audit", "verify")[1]
    row = hantu_json("audit", "show")[1]["rows"][0]
    assert row["event_type"] == "audit_restarted"
    assert json.loads(row["details_json"])["reason"] == "백업 복원"
    assert '"count":' in json.loads(row["details_json"])["last_signed"]
