"""The guard and the notifier as two processes: the guard's health names the notifier, alive and dead."""

import signal
import subprocess

import pytest

from tests.e2e.arena import HANTU, Arena
from tests.e2e.test_health import component, guarding


@pytest.mark.requirement("SVC-8")
def test_the_guard_knows_whether_the_notifier_lives(arena: Arena) -> None:
    guarding(arena)
    arena.wait(lambda: component(arena, "notifier").get("state") == "not_expected", "a look without a notifier")
    output = (arena.home / "notifier.out").open("wb")
    notifier = subprocess.Popen([*HANTU, "run", "notifier"], stdout=output, stderr=output, env=arena.environ())
    output.close()
    try:
        arena.wait(lambda: component(arena, "notifier").get("state") == "ok", "the notifier to be seen")
        told = len(arena.phone.messages)
        arena.run("monitor", "halt", "005930")
        arena.run("kill", "on", "--reason", "drill")
        arena.wait(lambda: len(arena.phone.messages) > told, "the notifier to tell of the kill switch")
        rows = arena.rows("SELECT DISTINCT claimed_by FROM alert_events WHERE claimed_by <> ''")
        assert [f":{notifier.pid}:" in row[0] for row in rows] == [True]
        notifier.send_signal(signal.SIGKILL)
        arena.wait(lambda: component(arena, "notifier").get("state") == "warn", "the death to be seen")
        shown = arena.run("health", check=False).stdout
        assert "알림 프로세스" in shown
    finally:
        notifier.kill()
        notifier.wait()
