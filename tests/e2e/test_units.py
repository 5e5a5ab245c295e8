"""The roles under what their unit files forbid: each says that it is ready, and does its work."""

import ctypes.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hantu.adapters.guard_link import GuardLink
from hantu.cli.wards import NotifyLine
from hantu.domain.access import Role
from hantu.strategies.limits import NICE
from tests.e2e.arena import HANTU, Arena
from tests.e2e.confined import allowed, settings
from tests.e2e.one_stock import HELD, SAMSUNG, one_stock
from tests.e2e.test_up import free_port
from tests.e2e.watchlist import write_watchlist
from tests.e2e.web import Browser, Web

UNITS = Path(__file__).resolve().parents[2] / "deploy" / "systemd"
FALLS = one_stock(
    "units", "09:00:00", speed=1, bid_depth=400, trades_per_second=8,
    points=(("09:00:00", 70_500), ("09:00:14", 70_500), ("09:00:16", 67_800), ("15:30:00", 67_800)),
)  # fmt: skip
WATCHDOG_S = 3

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None or ctypes.util.find_library("seccomp") is None,
    reason="systemd-analyze or libseccomp is not installed",
)


class Units:
    """Starts the program of a unit under its filters, as systemd would, and hears what it says."""

    def __init__(self, arena: Arena, folder: Path) -> None:
        self.arena, self._folder = arena, folder
        self.lines: dict[str, NotifyLine] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> "subprocess.Popen[bytes]":
        unit = UNITS / f"hantu-{name}.service"
        program, *words = settings(unit)["ExecStart"][0].split()
        assert program.endswith("/hantu")
        line = self.lines[name] = NotifyLine(self._folder / name)
        told = {"NOTIFY_SOCKET": str(line.path), "WATCHDOG_USEC": str(WATCHDOG_S * 1_000_000)}
        command = [sys.executable, "-m", "tests.e2e.confined", str(unit), "--", *HANTU, *words]
        with (self.arena.home / f"{name}.out").open("ab") as output:
            process = subprocess.Popen(
                command, stdout=output, stderr=output, env=self.arena.environ() | told, cwd=UNITS.parents[1]
            )
        self.arena._processes.append(process)
        self.processes[name] = process
        heard: list[dict[str, str]] = []

        def ready() -> bool:
            heard.extend(line.heard(process.pid))
            assert process.poll() is None, (self.arena.home / f"{name}.out").read_text()[-4_000:]
            return any("READY" in one for one in heard)

        self.arena.wait(ready, f"{name} to be ready", 90)
        self.arena.wait(
            lambda: any("WATCHDOG" in one for one in [*heard, *line.heard(process.pid)]), f"a sign of life of {name}"
        )
        return process


@pytest.fixture
def units(arena: Arena, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Units]:
    made = Units(arena, tmp_path_factory.mktemp("n"))
    yield made
    for line in made.lines.values():
        line.close()


def test_filters_are_what_systemd_says_they_are() -> None:
    for unit in UNITS.glob("*.service"):
        calls = allowed(settings(unit))
        assert {"read", "socket", "execve", "clone"} <= calls, unit.name
        assert not {"mount", "ptrace", "bpf", "chown", "setuid", "init_module", "reboot", "nice"} & calls, unit.name


@pytest.mark.requirement("REL-60", "SVC-41")
def test_every_role_does_its_work_under_its_unit(units: Units) -> None:
    arena = units.arena
    (arena.home / "day.yaml").write_text(FALLS)
    arena.extra_env |= {"HANTU_SERVER_ADDRESS": f"127.0.0.1:{free_port()}", "HANTU_GUARD_SUBSCRIBE_PACE_S": "0.05"}
    arena.start_exchange(str(arena.home / "day.yaml"))
    arena.run("watchlist", "import", str(write_watchlist(arena.home)), "--date", "2026-11-23")
    units.start("guard")
    units.start("notifier")
    arena.wait_event("stop_loss_filled", timeout=60)
    assert [(one["filled"], one["symbol"]) for one in arena.sells(SAMSUNG)] == [(HELD, SAMSUNG)]
    arena.wait(lambda: any("손절 체결" in text for text in arena.phone.texts()), "the message")

    units.start("server")
    web = Web(arena)
    person = web.person("kim", Role.VIEWER)
    port = int(arena.extra_env["HANTU_SERVER_ADDRESS"].rpartition(":")[2])
    browser = Browser("127.0.0.1", port)
    assert browser.sign_in(person).status == 200
    arena.wait(lambda: browser.get("/monitor/state").json.get("running"), "the guard's state")

    units.start("jobs")
    arena.run("strategies", "new", "mine")
    jobs = GuardLink(arena.home / "jobs.sock", "tester")
    jobs.request("start", strategy="mine")

    def show() -> dict[str, Any]:
        return jobs.request("show", job_id="strategy_mine")

    # It has answered a step: one that dies of a filter has limits, too, for a moment.
    arena.wait(lambda: show()["heartbeat_at"] or show()["errors"], "the strategy to give a sign of life", 60)
    job = show()
    assert job["restarts"] == job["errors"] == 0, (job, (arena.home / "jobs.out").read_text()[-2_000:])
    assert os.getpriority(os.PRIO_PROCESS, job["pid"]) == os.getpriority(os.PRIO_PROCESS, 0) + NICE
    assert os.sched_getscheduler(job["pid"]) == os.SCHED_BATCH
    told = Path(f"/proc/{job['pid']}/limits").read_text()
    limits = dict(re.findall(r"^(Max [a-z ]+?)  +(\S+)", told, re.MULTILINE))
    assert limits["Max core file size"] == "0"
    assert limits["Max data size"].isdigit()
    units.start("watch")
    found = {
        one["role"]: one["state"] for one in json.loads(arena.run("--json", "status", check=False).stdout)["processes"]
    }
    assert set(found.values()) == {"running"}, found
    for name in ("watch", "jobs", "server", "guard", "notifier"):
        units.processes[name].terminate()
        assert units.processes[name].wait(60) in (0, 1), name
