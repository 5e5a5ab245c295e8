"""A day of real processes is decided again in another process, bit for bit."""

import json
import signal
import stat
from typing import Any

import pytest

from tests.e2e.arena import Arena
from tests.e2e.watchlist import write_watchlist

SAMSUNG = "005930"


def replayed(arena: Arena, hash_seed: str) -> dict[str, Any]:
    arena.extra_env = {"PYTHONHASHSEED": hash_seed}
    done = arena.run("--json", "replay", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


def begin(arena: Arena, scenario: str) -> None:
    arena.start_exchange(scenario)
    arena.run("db", "init")
    arena.run("watchlist", "import", str(write_watchlist(arena.home)))
    arena.start_guard()


def end(arena: Arena, number: int) -> None:
    assert arena.guard is not None
    arena.guard.send_signal(number)
    arena.guard.wait(15)


@pytest.mark.requirement("MON-I.05")
def test_a_stop_is_decided_again_in_another_process(arena: Arena) -> None:
    begin(arena, "s02_stop_loss")
    (done,) = arena.wait_event("stop_loss_filled")
    end(arena, signal.SIGTERM)
    found = [replayed(arena, seed) for seed in ("1", "2")]
    assert found[0] == found[1]
    assert found[0]["ok"]
    assert found[0]["torn_bytes"] == 0
    assert found[0]["decisions"] >= 5
    story = arena.run("replay", "--symbol", SAMSUNG).stdout
    assert "손절 도달" in story
    assert f"{done['exit_price']:,}원" in story
    (tape,) = (arena.home / "tape").glob("*/*.tape")
    assert stat.S_IMODE(tape.stat().st_mode) == 0o600


def test_a_killed_guard_leaves_a_tape_up_to_its_last_block(arena: Arena) -> None:
    begin(arena, "s01_opening")
    arena.wait_event("monitor_started")
    end(arena, signal.SIGKILL)
    arena.start_guard()
    arena.wait_event("recovery_completed", 2)
    end(arena, signal.SIGTERM)
    found = replayed(arena, "3")
    assert found["ok"]
    assert found["lives"] == 2
    # Two starts, each with its session and its recovery; how many exactly is not the point.
    assert found["decisions"] > 30


def test_the_tape_may_be_switched_off(arena: Arena) -> None:
    arena.extra_env = {"HANTU_TAPE_ENABLED": "false"}
    begin(arena, "s01_opening")
    arena.wait_event("monitor_started")
    end(arena, signal.SIGTERM)
    assert not (arena.home / "tape").exists()
    assert (arena.home / "hantu.db").exists()
