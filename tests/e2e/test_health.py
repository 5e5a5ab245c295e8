"""Health on real processes: what is switched off is noticed, by the guard itself or from outside it."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.arena import HANTU, Arena
from tests.e2e.test_kill_switch import SCENARIO

INTERVAL_S = 1.0
SLACK_S = 1.5
"""For a loaded machine; a promise of two intervals is judged with it."""


def guarding(arena: Arena, scenario: str = SCENARIO, *, speed: int = 1, **environ: str) -> Arena:
    """A guard that watches one holding, looks every second and serves metrics; ``speed`` is the market's."""
    path = arena.home / "health.yaml"
    path.write_text(scenario)
    arena.start_exchange(str(path), "--speed", str(speed))
    arena.extra_env = {
        "HANTU_GUARD_SUBSCRIBE_PACE_S": "0.05",
        "HANTU_HEALTH_INTERVAL_S": str(INTERVAL_S),
        "HANTU_METRICS_ADDRESS": "127.0.0.1:0",
        **environ,
    }
    arena.start_guard("--start")
    arena.wait(lambda: arena.status()["state"] == "monitoring", "monitoring", 30)
    return arena


def component(arena: Arena, name: str) -> dict[str, Any]:
    """One component as the guard sees it."""
    return dict(arena.status().get("health", {}).get("components", {}).get(name, {}))


def metrics_address(arena: Arena) -> str:
    """Where the guard serves its metrics: host and port."""
    lines = [line for line in (arena.home / "logs" / "app.log").read_text().splitlines() if "측정값 주소 열림" in line]
    return f"127.0.0.1:{lines[-1].rpartition(':')[2].strip()}"


def metrics(arena: Arena) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """The metrics page, by name and labels."""
    with urllib.request.urlopen(f"http://{metrics_address(arena)}/metrics", timeout=5) as answer:
        page = answer.read().decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def changes(arena: Arena, name: str) -> list[tuple[str, str]]:
    """Events of one component: (before, after)."""
    return [(one["before"], one["after"]) for one in arena.events("health_changed") if one["component"] == name]


def two_intervals_from(began: float) -> bool:
    return time.monotonic() - began <= 2 * INTERVAL_S + SLACK_S


@pytest.mark.requirement("OPS-01-3", "OPS-01-7", "OPS-01-8", "OPS-01-9", "REL-53")
def test_rest_off_is_down_within_two_intervals_and_back(arena: Arena) -> None:
    guarding(arena)
    arena.wait(lambda: component(arena, "rest").get("state") == "ok", "rest to be well")
    began = time.monotonic()
    arena.post("/_sim/fault", {"kind": "refuse", "target": "rest", "duration": 8})
    arena.wait(lambda: component(arena, "rest")["state"] == "down", "rest down", 15)
    assert two_intervals_from(began)
    assert metrics(arena)["hantu_component_state", (("component", "rest"), ("state", "down"))] == 1.0
    failed = arena.run("health", check=False)
    assert failed.returncode == 1
    arena.wait(lambda: component(arena, "rest")["state"] == "ok", "rest well again", 20)
    assert changes(arena, "rest") == [("ok", "down"), ("down", "ok")]
    ended = [one for one in arena.events("health_changed") if one["component"] == "rest"][1]
    assert ended["recovered"]
    assert ended["since"]
    assert 3.0 <= ended["lasted_s"] <= 20.0
    arena.wait(lambda: any("KIS REST 장애" in text for text in arena.phone.texts()), "a message", 15)
    told = arena.rows("SELECT DISTINCT alert_id FROM alert_events WHERE message LIKE '%KIS REST%'")
    assert len(told) == 2, "one alert on the change, one on the return"
    assert {one["component"] for one in arena.events("health_changed")} == {"rest"}


@pytest.mark.requirement("OPS-01-1", "OPS-01-6", "DM-1", "DM-2")
def test_every_look_is_a_row_for_every_component(arena: Arena) -> None:
    guarding(arena)
    time.sleep(6 * INTERVAL_S)
    rows = arena.rows("SELECT component, count(*), min(checked_at), max(checked_at) FROM system_health GROUP BY 1")
    assert {row[0] for row in rows} == {
        "guard", "rest", "stream", "token", "approval", "database", "disk", "memory", "clock", "alerts", "backup",
        "certificate", "notifier", "phone",
    }  # fmt: skip
    assert len({row[1] for row in rows}) == 1, "each look writes all of them"
    assert rows[0][1] >= 6
    assert arena.status()["health"]["age_s"] <= INTERVAL_S + SLACK_S
    assert arena.rows("SELECT count(*) FROM monitoring_metrics WHERE metric_name = 'api_seconds_max'")[0][0] > 0


@pytest.mark.requirement("OPS-01-4")
def test_a_closed_socket_and_a_silent_one_are_both_noticed(arena: Arena) -> None:
    guarding(arena, HANTU_HEALTH_SILENT_S="2")
    arena.wait(lambda: component(arena, "stream").get("state") == "ok", "the stream to be well")
    arena.post("/_sim/fault", {"kind": "silence", "target": "ws", "duration": 12})
    arena.wait(lambda: component(arena, "stream")["state"] == "warn", "silence", 15)
    assert "시세가 없음" in component(arena, "stream")["reason"]
    arena.wait(lambda: component(arena, "stream")["state"] == "ok", "prices again", 20)
    arena.post("/_sim/fault", {"kind": "refuse_ws", "duration": 8})
    arena.post("/_sim/fault", {"kind": "cut"})
    arena.wait(lambda: component(arena, "stream")["state"] == "down", "a closed socket", 15)
    assert metrics(arena)["hantu_stream_connected", ()] == 0.0


@pytest.mark.requirement("OPS-01-2")
def test_a_stopped_and_a_killed_guard_are_reported_from_outside(arena: Arena) -> None:
    guarding(arena)
    assert arena.guard is not None
    words = [*HANTU, "--json", "health", "watch", "--interval", str(INTERVAL_S)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=arena.environ()) as watcher:
        try:
            assert watcher.stdout is not None
            assert json.loads(watcher.stdout.readline())["state"] == "ok"
            began = time.monotonic()
            os.kill(arena.guard.pid, signal.SIGSTOP)
            told = json.loads(watcher.stdout.readline())
            assert two_intervals_from(began)
            assert (told["state"], "SIGSTOP" in told["reason"]) == ("down", True)
            os.kill(arena.guard.pid, signal.SIGCONT)
            while (told := json.loads(watcher.stdout.readline()))["state"] != "ok":
                assert told["state"] == "warn", told
            began = time.monotonic()
            arena.guard.kill()
            arena.guard.wait()
            told = json.loads(watcher.stdout.readline())
            assert two_intervals_from(began)
            assert (told["state"], "없음" in told["reason"]) == ("down", True)
        finally:
            watcher.send_signal(signal.SIGTERM)
    assert watcher.returncode == 1
    texts = [text for text in arena.phone.texts() if "감시 프로세스" in text]
    assert [("장애" in text) for text in texts if "주의" not in text] == [True, False, True]
    rows = arena.rows("SELECT status FROM system_health WHERE component = 'guard_process' ORDER BY rowid")
    assert [row[0] for row in rows][-1] == "down"


@pytest.mark.requirement("REL-60")
def test_the_manager_hears_ready_life_and_stop_and_nothing_from_a_frozen_guard(arena: Arena) -> None:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    line.bind(str(arena.home / "n"))
    line.settimeout(10)
    guarding(arena, NOTIFY_SOCKET=str(arena.home / "n"), WATCHDOG_USEC="900000")
    assert arena.guard is not None
    assert line.recv(4096).startswith(b"READY=1")
    assert line.recv(4096) == b"WATCHDOG=1"
    os.kill(arena.guard.pid, signal.SIGSTOP)
    time.sleep(0.2)
    line.settimeout(0.0)
    while _heard(line):
        pass
    time.sleep(1.5)
    assert _heard(line) == b"", "a frozen loop gives no sign of life"
    os.kill(arena.guard.pid, signal.SIGCONT)
    line.settimeout(10)
    assert line.recv(4096) == b"WATCHDOG=1"
    arena.guard.terminate()
    while (text := line.recv(4096)) != b"STOPPING=1":
        assert text == b"WATCHDOG=1"
    line.close()


def _heard(line: Any) -> bytes:
    try:
        return bytes(line.recv(4096))
    except BlockingIOError:
        return b""


def fall(arena: Arena) -> None:
    """Move the price below the stop, now: nothing depends on how long the start took."""
    arena.post("/_sim/price", {"symbol": "005930", "price": 66_000})


@pytest.mark.requirement("OPS-02-3", "OPS-02-4", "OPS-02-7", "OPS-03-3", "OPS-03-5", "OPS-01-8")
def test_a_scripted_exit_gives_equal_counts_everywhere(arena: Arena) -> None:
    guarding(arena)
    fall(arena)
    arena.wait_event("order_filled", timeout=40)
    time.sleep(2.5 * INTERVAL_S)
    found = json.loads(arena.run("--json", "status", check=False).stdout)
    page = metrics(arena)
    today = found["counts"]["today"]
    signals = len(arena.events("stop_loss_reached"))
    accepted, fills = len(arena.events("order_accepted")), len(arena.events("order_filled"))
    assert (today["stop_loss_reached"], today["order_accepted"], today["order_filled"]) == (signals, accepted, fills)
    assert page["hantu_signals_total", (("kind", "stop_loss"),)] == signals
    assert page["hantu_orders_total", (("code", ""), ("result", "accepted"))] == accepted
    assert sum(value for (name, _), value in page.items() if name == "hantu_fills_total") == fills
    assert page["hantu_order_send_seconds_count", ()] == accepted
    ids = {
        row[0] for row in arena.rows("SELECT label FROM monitoring_metrics WHERE metric_name = 'order_send_seconds'")
    }
    assert ids == {one["intent_id"] for one in arena.events("order_accepted")}
    assert page["hantu_api_seconds_count", (("endpoint", "balance"),)] > 0


@pytest.mark.requirement("OPS-03-4", "MON-4.1.04")
def test_a_notice_three_seconds_late_is_recorded_as_three_seconds(arena: Arena) -> None:
    guarding(arena)
    arena.post("/_sim/fault", {"kind": "hold_notices", "target": "fill", "duration": 60, "params": {"seconds": 3}})
    fall(arena)
    arena.wait_event("order_filled", timeout=60)
    noticed = [one for one in arena.events("order_filled") if one["source"] == "notice"]
    assert noticed
    found = arena.wait(
        lambda: arena.rows(
            "SELECT metric_value FROM monitoring_metrics WHERE metric_name = 'fill_notice_delay_seconds' AND label <> ''"
        ),
        "the delay",
    )
    assert all(3.0 <= value <= 4.5 for (value,) in found), "the exchange stamps whole seconds"
    noticed = [one for one in arena.events("order_filled") if one["source"] == "notice"]
    assert 1 <= len(found) <= len(noticed)


@pytest.mark.requirement("OPS-02-5")
def test_fills_without_a_notice_are_flagged(arena: Arena) -> None:
    guarding(arena, speed=4)
    arena.post("/_sim/fault", {"kind": "drop_notices", "target": "fill", "duration": 120})
    fall(arena)
    arena.wait(lambda: any(one["source"] == "inquiry" for one in arena.events("order_filled")), "an inquiry", 90)
    time.sleep(2.5 * INTERVAL_S)
    assert metrics(arena)["hantu_notices_missed_total", ()] >= 1
    assert json.loads(arena.run("--json", "status", check=False).stdout)["counts"]["missed_notices"] >= 1


@pytest.mark.requirement("OPS-03-5")
def test_only_the_slow_endpoint_s_series_rises(arena: Arena) -> None:
    guarding(arena, HANTU_HEALTH_INTERVAL_S="4")
    arena.post(
        "/_sim/fault", {"kind": "delay", "target": "intstock-multprice", "duration": 60, "params": {"seconds": 1.2}}
    )
    largest = "SELECT max(metric_value) FROM monitoring_metrics WHERE metric_name = 'api_seconds_max' AND label = ?"
    arena.wait(lambda: (arena.rows(largest, "multi_price")[0][0] or 0) >= 1.2, "a slow answer", 30)
    assert arena.rows(largest, "balance")[0][0] < 1.0
    assert [one["subject"] for one in arena.wait_event("measure_crossed")] == ["multi_price"]


def test_a_port_that_is_taken_is_told_and_the_guard_guards_all_the_same(arena: Arena) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        guarding(arena, HANTU_METRICS_ADDRESS=f"127.0.0.1:{taken.getsockname()[1]}")
        assert component(arena, "guard")["state"] == "ok"
        arena.wait(lambda: any("측정값 주소" in text for text in arena.phone.texts()), "a message", 15)


def test_nothing_is_served_and_nothing_is_loaded_without_an_address(arena: Arena) -> None:
    guarding(arena, HANTU_METRICS_ADDRESS="")
    assert arena.guard is not None
    mapped = Path(f"/proc/{arena.guard.pid}/maps").read_text()
    assert "측정값 주소 열림" not in (arena.home / "logs" / "app.log").read_text()
    assert "prometheus" not in mapped
    assert component(arena, "guard")["state"] == "ok"


@pytest.mark.requirement("OPS-04-9", "PR-2")
def test_one_outage_of_the_line_is_told_once_whatever_health_sees_of_it(arena: Arena) -> None:
    guarding(arena)
    seen = ("rest", "stream")
    arena.wait(lambda: all(component(arena, name).get("state") == "ok" for name in seen), "both to be well")
    for fault in (
        {"kind": "refuse_ws", "duration": 6},
        {"kind": "cut"},
        {"kind": "silence", "target": "rest", "duration": 6},
    ):
        arena.post("/_sim/fault", fault)
    arena.wait(lambda: all(("ok", "down") in changes(arena, name) for name in seen), "both to be seen down", 15)
    arena.wait(lambda: all(("down", "ok") in changes(arena, name) for name in seen), "both well again", 40)
    arena.wait(lambda: any("재연결 성공" in text for text in arena.phone.texts()), "the end to be told", 10)
    over = "SELECT count(DISTINCT alert_id) FROM alert_judgements WHERE code = 'consequence_over'"
    arena.wait(lambda: arena.rows(over)[0][0] >= 4, "the consequences to be filed", 10)
    told = [text.splitlines()[0] for text in arena.phone.texts()]
    assert sum("연결 끊김" in text for text in told) == 1
    assert not [text for text in told if "상태" in text], "nothing beside the outage and its end"
