"""Start, stop and look: what is asked of a guard, and what is said when none runs."""

import json
import resource

import pytest


@pytest.mark.requirement("MON-I.13")
@pytest.mark.parametrize("command", ["stop", "restart", "status", "halt", "resume"])
def test_without_guard_says_so_and_fails(hantu, command):
    code, out, err = hantu("monitor", command)
    assert code == 1
    assert "실행 중인 감시가 없습니다" in err
    assert out == ""


@pytest.mark.requirement("MON-I.13")
def test_without_guard_json_is_still_json(hantu_json):
    code, value = hantu_json("monitor", "status")
    assert code == 1
    assert value["ok"] is False
    assert value["next_step"]


@pytest.mark.requirement("MON-0.06")
def test_start_asks_a_running_guard(hantu, guard):
    code, out, _ = hantu("monitor", "start")
    assert code == 0
    assert guard.commands() == ["start"]
    assert "시작을 요청" in out


def test_start_never_turns_a_selling_guard_into_a_watching_one(hantu, guard):
    code, _, err = hantu("monitor", "start", "--watch-only")
    assert code == 3
    assert guard.commands() == []
    assert "monitor stop" in err


def test_start_without_anything_to_connect_to_says_how_to_begin(hantu):
    code, _, err = hantu("monitor", "start", HANTU_REST_URL="http://127.0.0.1:1", HANTU_WS_URL="ws://127.0.0.1:1")
    assert code == 2
    assert "hantu sim" in err


def test_start_without_keys_says_what_is_missing(hantu):
    code, _, err = hantu("monitor", "start", HANTU_ENVIRONMENT="paper")
    assert code == 2
    assert "HANTU_APP_KEY" in err


@pytest.mark.requirement("MON-0.10")
def test_stop_ends_the_process_and_reports_open_orders(hantu, guard):
    code, out, _ = hantu("monitor", "stop")
    assert code == 0
    assert guard.commands() == ["stop", "shutdown"]
    assert "0000000123" in out
    assert "10주 중 4주 체결" in out


@pytest.mark.requirement("MON-0.20", "MON-4.03")
def test_status_shows_state_and_positions(hantu, guard):
    code, out, _ = hantu("monitor", "status")
    assert code == 0
    for text in ("모니터링 중", "2026-11-23 09:12:31", "삼성전자", "68,800", "체결 대기 4/10주", "주문 0000000123", "보류: 장 중단", "현대차",
                 "20/20종목", "27/41", "15배속", "-2.8%", "+8.2%"):  # fmt: skip
        assert text in out
    assert "\x1b[" not in out


@pytest.mark.parametrize("columns", ["80", "140"])
def test_status_fits_the_width(hantu, guard, columns):
    from rich.cells import cell_len

    _, out, _ = hantu("monitor", "status", COLUMNS=columns)
    assert max(cell_len(line) for line in out.splitlines()) <= int(columns)
    assert "…" not in out


def test_status_json_is_the_whole_object(hantu_json, guard):
    code, value = hantu_json("monitor", "status")
    assert code == 0
    assert value == guard.status


def test_watch_follows_until_the_guard_ends(hantu, guard):
    code, out, _ = hantu("monitor", "status", "--watch", "--json", "--interval", "0.2")
    assert code == 0
    assert [json.loads(line)["state_ko"] for line in out.splitlines()] == ["모니터링 중", "재연결"]
    assert guard.asked[-1]["args"] == {"interval_s": 0.2}
    assert "재연결" in hantu("monitor", "status", "--watch")[1]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"kill": {"level": "hard", "reason": "점검"}}, "점검"),
        ({"state": "sleeping", "sleep_cause": "exhausted"}, "monitor restart"),
        ({"halted": {"market": True, "symbols": []}}, "장 중단"),
        ({"halted": {"market": False, "symbols": ["035420"]}}, "035420"),
        ({"storage_ok": False}, "디스크"),
        (
            {"connection": {"connected": False, "attempt": 2, "limit": 5, "next_try_s": 4.0}},
            "재연결 시도 2/5, 4.0초 뒤",
        ),
        ({"positions": []}, "보유 종목 없음"),
        ({"kill": {}}, "알 수 없음"),
    ],
)
@pytest.mark.requirement("MON-6.03", "MON-8.03")
def test_status_tells_what_is_wrong(hantu, guard, change, text):
    guard.status.update(change)
    assert text in hantu("monitor", "status")[1]


def test_status_survives_an_object_with_parts_missing(hantu, guard):
    guard.status = {"state": "idle", "state_ko": "대기"}
    code, out, _ = hantu("monitor", "status")
    assert code == 0
    assert "대기" in out


@pytest.mark.parametrize("command", ["halt", "resume"])
def test_halt_and_resume_name_the_stock(hantu, guard, command):
    hantu("monitor", command)
    hantu("monitor", command, "005930")
    assert [request["args"] for request in guard.asked] == [{}, {"symbol": "005930"}]
    assert all(request["actor"] for request in guard.asked)


@pytest.mark.parametrize(("code_word", "exit_code"), [("denied", 3), ("usage", 2), ("broken", 1)])
def test_refusal_of_the_guard_becomes_an_exit_code(hantu, guard, code_word, exit_code):
    guard.refuse["restart"] = {"code": code_word, "message": "지금은 안 됩니다.", "next_step": "나중에 하세요."}
    code, _, err = hantu("monitor", "restart")
    assert code == exit_code
    assert "지금은 안 됩니다." in err
    assert "나중에 하세요." in err


@pytest.mark.requirement("MON-I.15")
def test_log_level_is_changed_while_running(hantu, guard):
    code, out, _ = hantu("logs", "--set-level", "debug")
    assert code == 0
    assert guard.asked[-1]["args"] == {"level": "DEBUG"}
    assert "DEBUG" in out


def test_home_with_a_long_path_is_explained(hantu, tmp_path):
    code, _, err = hantu("monitor", "status", HANTU_HOME=str(tmp_path / ("x" * 120)))
    assert code == 2
    assert "HANTU_HOME" in err


@pytest.mark.parametrize("role", ["guard", "notifier", "server", "jobs"])
def test_a_process_with_keys_leaves_no_core(hantu, monkeypatch, role):
    """Attack S9; a unit of systemd forbids the call, and has said the same."""
    asked = []

    def limit(*words):
        asked.append(words)
        raise PermissionError

    monkeypatch.setattr(resource, "setrlimit", limit)
    hantu("run", role, "--help")
    hantu("run", role, "--no-such-word")
    assert set(asked) == {(resource.RLIMIT_CORE, (0, 0))}
