"""``hantu status`` and ``hantu health``: the first line tells, the exit code agrees, nothing is needed to read it."""

import json
import subprocess
import sys

import pytest

from hantu.adapters.store.maintenance import init_database

COMPONENTS = {
    "stream": {"state": "ok", "reason": "", "for_s": 12.0, "checked_at": "2026-11-23 00:12:31.000000"},
    "disk": {"state": "warn", "reason": "디스크 사용률 91.0%", "for_s": 60.0, "checked_at": "2026-11-23 00:12:31.000000"},
}  # fmt: skip
MEASURES = {
    "order_send_seconds": {"last": 0.002, "median": 0.001, "p95": 0.7, "max": 0.7, "count": 3, "grade": "warning"},
    "order_failure_ratio": {"last": 0.0, "grade": "normal"},
}
HEALTH = {
    "status": "degraded", "checked_at": "2026-11-23 00:12:31.000000", "age_s": 3.0, "interval_s": 10.0,
    "components": COMPONENTS, "measures": MEASURES, "gauges": {}, "counts": {"strategy_runs{exits}": 71},
}  # fmt: skip


@pytest.mark.requirement("OPS-01-8", "OPS-02-1", "OPS-03-1")
def test_the_whole_picture(hantu, guard, home):
    init_database(home / "hantu.db")
    guard.status["health"] = HEALTH
    code, out, _ = hantu("status")
    assert (code, out.splitlines()[0].strip()) == (0, "안전 - 보유 2종목 감시 중")
    for word in ("실시간 시세", "디스크 사용률 91.0%", "주문 생성→전송", "경고", "700.0ms", "손절 신호", "71", "3.2초"):
        assert word in out


def test_what_is_not_safe_stands_first_and_fails(hantu, hantu_json, guard, home):
    init_database(home / "hantu.db")
    guard.status["kill"] = {"level": "hard"}
    guard.status["storage_ok"] = False
    code, out, _ = hantu("status")
    assert (code, out.splitlines()[0]) == (1, "안전하지 않음 - 킬스위치가 손절까지 막고 있음 외 1건")
    code, found = hantu_json("status")
    assert (code, found["safe"], len(found["dangers"])) == (1, False, 2)


def test_a_guard_of_before_and_no_records_can_still_be_asked(hantu, guard):
    code, out, err = hantu("status")
    assert (code, "안전" in out) == (0, True)
    assert "오늘의 건수를 읽지 못했습니다" in err


@pytest.mark.requirement("OPS-01-8")
def test_components_for_programs(hantu, hantu_json, guard):
    guard.status["health"] = json.loads(json.dumps(HEALTH))
    code, found = hantu_json("health")
    assert (code, found["ok"], found["components"]["disk"]["state"]) == (0, True, "warn")
    guard.status["health"]["components"]["stream"]["state"] = "down"
    code, out, _ = hantu("health")
    assert (code, "장애" in out) == (1, True)


def test_without_a_guard_there_is_no_picture_and_the_watcher_says_so(hantu, home):
    assert hantu("health")[0] == 1
    assert hantu("status")[0] == 1


@pytest.mark.requirement("OPS-01-2", "REL-61")
@pytest.mark.parametrize("interval", [["--interval", "0.5"], []], ids=["own", "of the settings"])
def test_one_look_from_outside(home, interval):
    words = [sys.executable, "-m", "hantu.cli.main", "--json", "health", "watch", "--once", *interval]
    done = subprocess.run(
        words,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env={"HANTU_HOME": str(home), "PATH": "/usr/bin"},
    )
    assert done.returncode == 1
    assert json.loads(done.stdout.splitlines()[0])["state"] == "down"
