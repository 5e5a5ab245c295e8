"""The kill switch from the command line: with a guard, without one, and when a door is stuck."""

import json

import pytest

from hantu.adapters.kill_file import read_kill_file
from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.queries import Queries
from hantu.domain.commands import KillLevel


@pytest.fixture
def database(home):
    init_database(home / "hantu.db")
    return home / "hantu.db"


@pytest.mark.requirement("OPS-05-3")
def test_on_without_guard_writes_file_and_row(hantu, home, database):
    code, out, _ = hantu("kill", "on", "--reason", "점검")
    assert code == 0
    assert "손절만 허용" in out
    order = read_kill_file(home / "KILL")
    assert (order.level, order.reason) == (KillLevel.ACTIVE, "점검")
    state = Queries(database).kill_state()
    assert (state.level, state.reason) == (KillLevel.ACTIVE, "점검")
    assert state.actor
    assert not state.automatic


@pytest.mark.requirement("DEC-3")
def test_without_guard_it_is_set_but_not_released(hantu, home, database):
    assert hantu("kill", "hard")[0] == 0
    assert Queries(database).kill_state().level is KillLevel.HARD
    code, _, err = hantu("kill", "off", "--reason", "원인 확인")
    assert code == 3
    assert "대조할 수 없으므로" in err
    assert read_kill_file(home / "KILL").level is KillLevel.HARD
    assert Queries(database).kill_state().level is KillLevel.HARD


def test_on_works_before_there_is_a_database(hantu, home):
    assert hantu("kill", "on")[0] == 0
    assert read_kill_file(home / "KILL").level is KillLevel.ACTIVE


@pytest.mark.parametrize("words", [["--json"], []])
def test_off_without_reason_is_refused_and_changes_nothing(hantu, home, database, words):
    hantu("kill", "on")
    code, out, err = hantu("kill", "off", *words)
    assert code == 2
    assert "--reason" in out + err
    assert read_kill_file(home / "KILL") is not None


@pytest.mark.requirement("ALR-12")
def test_status_tells_who_when_why(hantu_json, database):
    hantu_json("kill", "on", "--reason", "점검")
    code, state = hantu_json("kill", "status")
    assert code == 0
    assert state["level"] == "active"
    assert state["reason"] == "점검"
    assert state["actor"]
    assert state["timestamp"]
    assert state["automatic"] is False


def test_status_without_anything_is_off(hantu_json):
    assert hantu_json("kill", "status")[1]["level"] == "off"


@pytest.mark.parametrize("text", ["", "stop!", '{"level": "nonsense"}', "\x00"])
def test_file_that_says_nothing_clear_counts_as_active(hantu_json, home, text):
    (home / "KILL").write_text(text)
    assert hantu_json("kill", "status")[1]["level"] == "active"


@pytest.mark.requirement("DEC-3")
def test_unreadable_records_count_as_active(hantu, hantu_json, home):
    (home / "hantu.db").write_bytes(b"this is not a database" * 100)
    assert hantu_json("kill", "status")[1]["level"] == "active"
    assert hantu("kill", "on")[0] == 0
    assert hantu("kill", "off", "--reason", "x")[0] == 3
    assert (home / "KILL").exists()


def test_the_strictest_door_wins(hantu_json, home, database, guard):
    (home / "KILL").write_text(json.dumps({"level": "hard", "reason": "file"}))
    state = hantu_json("kill", "status")[1]
    assert (state["level"], state["reason"]) == ("hard", "file")


def test_running_guard_is_asked_and_followed(hantu, home, guard):
    code, out, _ = hantu("kill", "on", "--reason", "점검")
    assert code == 0
    assert guard.asked[0]["command"] == "kill"
    assert guard.asked[0]["args"] == {"level": "active", "reason": "점검"}
    assert "감시 프로세스" in out
    assert not (home / "KILL").exists()


def test_release_with_guard_takes_the_file_away_too(hantu, home, guard):
    (home / "KILL").touch()
    assert hantu("kill", "off", "--reason", "확인")[0] == 0
    assert not (home / "KILL").exists()


def test_guard_that_does_not_answer_is_stopped_by_the_file(hantu, home, guard):
    guard.refuse["kill"] = {"code": "broken", "message": "고장"}
    code, _, err = hantu("kill", "hard")
    assert code == 0
    assert "고장" in err
    assert read_kill_file(home / "KILL").level is KillLevel.HARD
    assert hantu("kill", "off", "--reason", "x")[0] == 1
    assert (home / "KILL").exists()


def test_nothing_writable_is_a_refusal_not_a_promise(hantu, tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    code, _, err = hantu("kill", "on", HANTU_HOME=str(blocked))
    assert code == 3
    assert "작동하지 못했습니다" in err


@pytest.mark.requirement("DEC-3")
def test_a_refused_release_is_code_3_and_leaves_the_file(hantu, home, guard):
    (home / "KILL").write_text('{"level": "hard", "reason": "x"}')
    guard.refuse["kill"] = {"code": "denied", "message": "킬 스위치를 풀지 않았습니다: 주문 1의 결과를 모릅니다."}
    code, _, err = hantu("kill", "off", "--reason", "x")
    assert code == 3
    assert "결과를 모릅니다" in err
    assert read_kill_file(home / "KILL").level is KillLevel.HARD


@pytest.mark.requirement("ALR-13")
def test_a_temporary_release_names_its_length(hantu, guard):
    assert hantu("kill", "off", "--reason", "시험", "--for", "10m", "--second", "lee")[0] == 0
    assert guard.asked[0]["args"] == {"level": "off", "reason": "시험", "second": "lee", "release_s": 600}
    assert hantu("kill", "off", "--reason", "시험", "--for", "soon")[0] == 2


@pytest.mark.requirement("DEC-2")
def test_flatten_asks_for_a_word_and_a_second_person(hantu, home, guard):
    words = ("kill", "flatten", "--reason", "시스템 이상")
    assert hantu(*words)[0] == 2
    assert hantu(*words, "--second", "lee")[0] == 2
    assert hantu(*words, "--second", "lee", "--confirm", "yes")[0] == 2
    assert not guard.asked
    code, out, _ = hantu(*words, "--second", "lee", "--confirm", "flatten")
    assert code == 0
    assert guard.asked[0]["args"] == {"level": "flatten", "reason": "시스템 이상", "second": "lee"}
    assert "hantu kill hard" in out


def test_flatten_without_guard_is_refused_and_leaves_nothing_behind(hantu, home, database):
    code, _, err = hantu("kill", "flatten", "--reason", "x", "--second", "lee", "--confirm", "flatten")
    assert code == 3
    assert "monitor start" in err
    assert not (home / "KILL").exists()
    assert Queries(database).kill_state().level is KillLevel.OFF


@pytest.mark.requirement("ALR-12")
def test_the_guard_says_who_when_why_and_what_stands_against_a_release(hantu, guard):
    guard.status["kill"] = {
        "level": "active", "reason": "005930 -3주", "actor": "hantu", "timestamp": "2026-11-23 00:10:00.000000",
        "automatic": True, "cause": "position_mismatch", "obstacles": ["주문 1의 결과를 모릅니다"],
    }  # fmt: skip
    code, out, _ = hantu("killswitch", "status")
    assert code == 0
    for word in ("hantu (자동) 11-23 09:10:00", "원인: 보유 수량 불일치", "이유: 005930 -3주", "풀기 전에: 주문 1의"):
        assert word in out
