"""The kill switch on real processes: each door stops orders, with the database frozen and the disk full too."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.arena import Arena
from tests.e2e.one_stock import SAMSUNG, one_stock

SCENARIO = one_stock("switch", "09:00:05", speed=1, bid_depth=50, trades_per_second=5)
FULL_DISK = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
HOLD_THE_DATABASE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


def watching(arena: Arena) -> Arena:
    """A guard that watches one holding at a price between its levels."""
    scenario = arena.home / "switch.yaml"
    scenario.write_text(SCENARIO)
    arena.start_exchange(str(scenario))
    arena.extra_env = {"HANTU_GUARD_SUBSCRIBE_PACE_S": "0.05"}
    arena.start_guard()
    arena.wait(lambda: arena.status()["state"] == "monitoring", "monitoring", 30)
    return arena


def by_socket(arena: Arena, level: str) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(arena.home / "guard.sock"))
        line.sendall(json.dumps({"command": "kill", "args": {"level": level, "reason": "시험"}}).encode() + b"\n")
        assert json.loads(line.makefile().readline())["ok"]


def by_file(arena: Arena, level: str) -> None:
    (arena.home / "KILL").write_text(json.dumps({"level": level, "reason": "시험", "actor": "kim"}))


def by_row(arena: Arena, level: str) -> None:
    with sqlite3.connect(arena.home / "hantu.db", timeout=10) as connection:
        connection.execute(
            "INSERT INTO system_state (timestamp, kill_level, reason, actor) VALUES ('2026-11-23 00:00:00', ?, '시험', 'kim')",
            (level,),
        )


DOORS = {"socket": by_socket, "file": by_file, "row": by_row}


def level_of(arena: Arena) -> str:
    return str(arena.status()["kill"]["level"])


def fall(arena: Arena) -> None:
    """Let the price fall through the stop."""
    arena.post("/_sim/price", {"symbol": SAMSUNG, "price": 68_000})


@pytest.mark.requirement("DEC-2", "OPS-05-3", "ALR-14")
@pytest.mark.parametrize("door", list(DOORS))
def test_each_door_stops_the_stop_too_at_hard(arena: Arena, door: str) -> None:
    watching(arena)
    began = time.monotonic()
    DOORS[door](arena, "hard")
    arena.wait(lambda: arena.events("killswitch_on"), "the switch", 3)
    assert time.monotonic() - began < 2.0, "taken within a second"
    assert arena.events("killswitch_on")[0]["level"] == "hard"
    fall(arena)
    blocked = arena.wait_event("order_blocked_killswitch")
    assert blocked[0]["purpose"] == "stop_loss"
    assert not arena.sells()
    log = (arena.home / "logs" / "app.log").read_text()
    assert "Order blocked: Kill switch is active" in log
    arena.wait(lambda: [text for text in arena.phone.texts() if "보호되지 않는 보유 종목" in text], "the page")


@pytest.mark.requirement("DEC-2", "DEC-3")
@pytest.mark.parametrize("door", ["socket", "file"])
def test_the_doors_work_while_another_process_holds_the_database(arena: Arena, door: str) -> None:
    watching(arena)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_DATABASE, str(arena.home / "hantu.db")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline().strip() == b"held"
        DOORS[door](arena, "hard")
        arena.wait(lambda: level_of(arena) == "hard", "the switch", 3)
        fall(arena)
        arena.wait(lambda: "차단" in arena.story(), "the blocked order in the log")
        assert not arena.sells()
    finally:
        holder.stdin.close()
        holder.wait(5)
        holder.stdout.close()
    arena.wait_event("killswitch_on")


@pytest.mark.requirement("DEC-2", "DEC-3")
def test_the_doors_work_on_a_full_disk(arena: Arena) -> None:
    watching(arena)
    # No process may write a file beyond 4 kB: what a full disk does to the command line.
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, "-m", "hantu.cli.main", "kill", "hard", "--reason", "디스크"],
        env=arena.environ(), capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    fall(arena)
    arena.wait_event("order_blocked_killswitch")
    assert not arena.sells()


@pytest.mark.requirement("DEC-3", "DEC-13")
def test_a_stopped_guard_comes_back_with_the_switch_on_and_a_release_needs_it_to_run(arena: Arena) -> None:
    watching(arena)
    by_socket(arena, "active")
    arena.wait_event("killswitch_on")
    arena.run("monitor", "stop")
    refused = arena.run("kill", "off", "--reason", "확인", check=False)
    assert refused.returncode == 3
    assert "대조할 수 없으므로" in refused.stderr
    (arena.home / "hantu.db").unlink()
    for name in ("hantu.db-wal", "hantu.db-shm"):
        (arena.home / name).unlink(missing_ok=True)
    arena.start_guard()
    arena.wait(lambda: level_of(arena) == "active", "the switch from the copy", 10)
    arena.run("kill", "off", "--reason", "확인")
    assert level_of(arena) == "off"
    assert arena.events("killswitch_off")[0]["reason"] == "확인"


@pytest.mark.requirement("DEC-2")
def test_flatten_sells_everything_and_reports(arena: Arena) -> None:
    watching(arena)
    arena.run("kill", "flatten", "--reason", "시스템 이상", "--second", "lee", "--confirm", "flatten")
    (over,) = arena.wait_event("flatten_completed", timeout=40)
    assert over == {"sold": 40, "remains": []}
    assert sum(order["filled"] for order in arena.sells(SAMSUNG)) == 40
    arena.wait(lambda: [text for text in arena.phone.texts() if "전량 정리 완료" in text], "the message")
    shown = arena.run("kill", "status").stdout
    assert "전량 청산 중" in shown


@pytest.mark.requirement("DEC-2")
def test_a_frozen_guard_sends_nothing_when_it_wakes_behind_the_file(arena: Arena) -> None:
    guard = watching(arena).guard
    assert guard is not None
    os.kill(guard.pid, 19)  # SIGSTOP
    try:
        (arena.home / "KILL").touch()
        Path(arena.home / "KILL").write_text('{"level": "hard"}')
        fall(arena)
        time.sleep(1.0)
    finally:
        os.kill(guard.pid, 18)  # SIGCONT
    arena.wait_event("order_blocked_killswitch")
    assert not arena.sells()
