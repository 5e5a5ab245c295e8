"""`hantu up`: everything of one home in one terminal, whatever dies, beside a real exchange that keeps count of orders."""

import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.arena import HANTU, Arena
from tests.e2e.one_stock import HELD, SAMSUNG, one_stock
from tests.e2e.watchlist import write_watchlist

FALLS = one_stock(
    "up", "09:00:30", speed=1, bid_depth=400, trades_per_second=8,
    points=(("09:00:00", 70_500), ("09:00:46", 70_500), ("09:00:48", 67_800), ("15:30:00", 67_800)),
)  # fmt: skip
NAMES = ("guard", "notifier", "server", "jobs")


class Up:
    """One `hantu up` and what it says, line by line."""

    def __init__(self, arena: Arena) -> None:
        self.arena = arena
        self.said: list[dict[str, Any]] = []
        self.process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None

    def start(self, *words: str) -> None:
        errors = (self.arena.home / "up.err").open("ab")
        self.process = subprocess.Popen(
            [*HANTU, "--json", "up", *words], stdout=subprocess.PIPE, stderr=errors, env=self.arena.environ()
        )
        errors.close()
        self.arena._processes.append(self.process)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(json.loads(line))
        self.process.stdout.close()

    def kinds(self, name: str) -> list[str]:
        return [one["kind"] for one in self.said if one["process"] == name]

    def pid(self, name: str) -> int:
        return int([one["pid"] for one in self.said if (one["process"], one["kind"]) == (name, "ready")][-1])

    def ready(self, *names: str, times: int = 1) -> None:
        def there() -> bool:
            return all(self.kinds(name).count("ready") >= times for name in names)

        try:
            self.arena.wait(there, f"{names} to be ready", 90)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.said}") from None

    def end(self, number: int = signal.SIGINT) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(40)
        assert self._reader is not None
        self._reader.join(5)
        return code


@pytest.fixture
def together(arena: Arena) -> Iterator[Up]:
    found = Up(arena)
    arena.extra_env |= {"HANTU_SERVER_ADDRESS": f"127.0.0.1:{free_port()}", "HANTU_GUARD_SUBSCRIBE_PACE_S": "0.05"}
    yield found
    if found.process is not None and found.process.poll() is None:
        found.end(signal.SIGTERM)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.requirement("REL-60", "SVC-5", "SVC-8", "OPS-05-5")
def test_everything_is_started_in_order_comes_back_whatever_dies_and_the_stop_sells_once(together: Up) -> None:
    arena = together.arena
    (arena.home / "day.yaml").write_text(FALLS)
    arena.start_exchange(str(arena.home / "day.yaml"))
    arena.run("watchlist", "import", str(write_watchlist(arena.home)), "--date", "2026-11-23")
    together.start()
    together.ready(*NAMES)
    first = [(one["process"], one["kind"]) for one in together.said]
    assert first == [(name, kind) for name in NAMES for kind in ("starting", "ready")]
    pids = {name: together.pid(name) for name in NAMES}

    second = arena.run("--json", "up", check=False)
    assert second.returncode == 3
    assert str(together.process.pid if together.process else 0) in json.loads(second.stdout)["message"]
    assert len(together.said) == len(first), "the one that runs does not notice"
    found = {one["role"]: one for one in json.loads(arena.run("--json", "status", check=False).stdout)["processes"]}
    assert {name: (one["state"], one["pid"], one["by_up"]) for name, one in found.items()} == {
        name: ("running", pids[name], True) for name in NAMES
    }

    # The guard dies around the fall, the others with it or after; the one of each that follows goes on.
    arena.wait_event("monitor_started")
    os.kill(pids["guard"], signal.SIGKILL)
    together.ready("guard", times=2)
    for name in NAMES[1:]:
        os.kill(pids[name], signal.SIGKILL)
    together.ready(*NAMES[1:], times=2)
    os.kill(together.pid("guard"), signal.SIGKILL)
    together.ready("guard", times=3)
    arena.wait_event("stop_loss_filled", timeout=60)
    sold = arena.sells(SAMSUNG)
    assert (len(sold), sold[0]["filled"]) == (1, HELD), "once, exactly once"
    found = {one["role"]: one for one in json.loads(arena.run("--json", "status", check=False).stdout)["processes"]}
    assert (found["guard"]["restarts"], found["server"]["restarts"]) == (2, 1)

    last = {name: together.pid(name) for name in NAMES}
    assert together.end() == 0
    ended = [(one["process"], one["kind"]) for one in together.said[-8:]]
    order = ("jobs", "server", "guard", "notifier")
    assert ended == [(name, kind) for name in order for kind in ("stopping", "stopped")]
    assert not [pid for pid in last.values() if alive(pid)]
    noted = [row[0] for row in arena.rows("SELECT event_type FROM ops_audit_log ORDER BY audit_id")]
    assert noted.count("process_again") == 5
    assert noted[-1] == "up_ended"


@pytest.mark.requirement("REL-60")
def test_who_says_no_is_told_and_everybody_else_goes_on(together: Up) -> None:
    arena = together.arena
    (arena.home / "day.yaml").write_text(FALLS)
    arena.start_exchange(str(arena.home / "day.yaml"))
    arena.run("db", "init")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        arena.extra_env["HANTU_SERVER_ADDRESS"] = f"127.0.0.1:{taken.getsockname()[1]}"
        together.start("--without", "notifier")
        together.ready("guard", "jobs")
    refused = next(one for one in together.said if one["kind"] == "refused")
    assert refused["process"] == "server"
    assert str(arena.extra_env["HANTU_SERVER_ADDRESS"]) in refused["text"]
    assert together.kinds("server") == ["starting", "refused"]
    assert together.kinds("notifier") == []

    # A guard that runs already is not started a second time by anybody.
    pid = together.pid("guard")
    arena.run("monitor", "stop")
    arena.wait(lambda: together.kinds("guard")[-1] == "ended", "the wish to be seen")
    assert not alive(pid)
    time.sleep(1.5)
    assert together.kinds("guard")[-1] == "ended", "whoever ended it wanted it ended"
    arena.start_guard()
    assert together.end(signal.SIGTERM) == 1, "the server was lost"
    assert arena.guard is not None
    assert arena.guard.poll() is None, "what it did not start it does not end"
    there = arena.run("up", "--without", "notifier", check=False)
    assert there.returncode == 3
    assert f"PID {arena.guard.pid}" in there.stderr


def test_without_keys_or_with_a_wrong_name_nothing_is_started(together: Up) -> None:
    arena = together.arena
    assert arena.run("up", "--without", "gard", check=False).returncode == 2
    assert arena.run("up", *[word for name in NAMES for word in ("--without", name)], check=False).returncode == 2
    arena.extra_env["HANTU_ENVIRONMENT"] = "paper"
    missing = arena.run("up", check=False)
    assert (missing.returncode, "HANTU_APP_KEY" in missing.stderr) == (2, True)
    assert not (arena.home / "up.json").exists()
