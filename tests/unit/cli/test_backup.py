"""`hantu backup` from the command line: where it goes, who is told, what stops it."""

import json

import pytest

from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.queries import Queries
from tests.e2e.arena import Phone


@pytest.fixture
def records(home):
    init_database(home / "hantu.db")
    return home


@pytest.mark.requirement("SVC-13", "SVC-57", "SVC-39")
def test_made_listed_verified_and_restored(hantu, hantu_json, records, tmp_path):
    folder, keys = tmp_path / "b", tmp_path / "k"
    code, made = hantu_json("backup", "make", str(folder), "--keys", str(keys), "--keep", "2")
    assert (code, made["files"]) == (0, ["hantu.db"])
    assert "1개" in hantu("backup", "list", str(folder))[1]
    [row] = hantu_json("backup", "list", HANTU_HEALTH_BACKUP_DIR=str(folder))[1]
    assert row["file"] == made["path"]
    code, out, _ = hantu("backup", "verify", made["path"], "--keys", made["keys"])
    assert (code, "온전합니다" in out, "0건이" in out) == (0, True, True)
    assert "키 없이" in hantu("backup", "verify", made["path"])[1]
    code, _, err = hantu("backup", "restore", made["path"])
    assert (code, "--yes" in err) == (2, True)
    phone = Phone()
    chat = {"TOKEN": "123456:test-token-of-nobody", "CHAT_ID": "1", "API_URL": phone.url}
    told = {f"HANTU_TELEGRAM_{name}": value for name, value in chat.items()}
    try:
        code, out, _ = hantu("backup", "restore", made["path"], "--yes", HANTU_SERVER_ADDRESS="127.0.0.1:1", **told)
        assert any("복원 완료" in text for text in phone.texts())
    finally:
        phone.close()
    assert code == 0
    for words in ("복원했습니다", "before-restore-", "킬 스위치", "hantu audit restart"):
        assert words in out
    kinds = [row.event_type for row in Queries(records / "hantu.db").audit()]
    assert {"restore_done", "killswitch_on"} <= set(kinds)


def test_without_a_folder_or_records_it_says_what_is_missing(hantu, home, tmp_path):
    for words in (["make"], ["list"]):
        code, _, err = hantu("backup", *words)
        assert (code, "health.backup_dir" in err) == (2, True)
    code, _, err = hantu("backup", "make", str(tmp_path))
    assert (code, "데이터베이스가 없습니다" in err) == (2, True)
    assert "backup make" in hantu("backup", "list", str(tmp_path))[1]
    assert hantu("backup", "verify", str(tmp_path / "none"))[0] == 2


def test_a_failure_is_told_to_people_too(hantu, records, tmp_path):
    (tmp_path / "taken").write_text("no folder")
    phone = Phone()
    chat = {"TOKEN": "123456:test-token-of-nobody", "CHAT_ID": "1", "API_URL": phone.url}
    try:
        words = {f"HANTU_TELEGRAM_{name}": value for name, value in chat.items()}
        code, _, err = hantu("backup", "make", str(tmp_path / "taken" / "below"), **words)
        [text] = phone.texts()
    finally:
        phone.close()
    assert (code, "쓸 수 없습니다" in err) == (1, True)
    assert "백업 실패" in text


def test_a_running_guard_is_not_restored_under(hantu, records, guard, tmp_path):
    code, out, _ = hantu("backup", "make", str(tmp_path), "--json")
    assert code == 0, "a backup may be made beside everything"
    file = json.loads(out)["path"]
    code, _, err = hantu("backup", "restore", file, "--yes", HANTU_SERVER_ADDRESS="127.0.0.1:1")
    assert (code, "PID 123" in err) == (3, True)
    assert not list(records.glob("before-restore-*"))
