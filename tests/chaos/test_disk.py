"""A full disk, an fsync that fails and one that takes its time: no order leaves without a durable intent.

What a failed commit left behind may be there again after a restart; it must not be sold a second time.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.exits import ExitDay, end
from tests.chaos.test_boundaries import compiled
from tests.drills import DRILL
from tests.e2e.arena import Arena

DISK_KB = 6_000
"""Room for what a guard writes in such a day, some 2,000 KB with its log of changes to the database."""
ROOM_KB = 1_000
"""What must be free in the end: a disk that fills a second time by itself would test something else."""
FAILING = range(1, 46) if DRILL else (12,)
SLOW_MS = (400, 1_200, 3_000)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """Mount a disk of its own, so small that it can be filled."""
    folder = Path(tempfile.mkdtemp(prefix="hantu-disk-"))
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK_KB}k,mode=700", "hantu-chaos", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        folder.rmdir()
        pytest.skip(f"no small disk: mounting a tmpfs needs root ({done.stderr.strip()})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def fill(folder: Path) -> Path:
    """Leave no byte free; return the file to remove."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 512):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return ballast


@pytest.mark.requirement("MON-D.12", "OPS-05-1")
@pytest.mark.parametrize("kind", ["stop", "partial", "reorder"] if DRILL else ["stop"])
def test_full_disk_sells_nothing_and_sells_once_there_is_room(small_disk: Path, kind: str) -> None:
    arena = Arena(small_disk)
    try:
        day = ExitDay(arena, kind)
        guard = arena.start_guard()
        arena.wait(day.watched, "the stock to be watched", 20)
        time.sleep(0.5)
        ballast = fill(small_disk)
        began = time.monotonic()
        if kind == "reorder":
            arena.post("/_sim/price", {"symbol": "005930", "price": 66_400})
        else:
            day.go(guard)
        time.sleep(2.5)
        full = [call for call in arena.get("/_sim/state")["order_calls"] if call["received_real"] > began + 0.2]
        ballast.unlink()
        day.wait_until_sold()
        problems = day.end_and_judge()
        left_kb = shutil.disk_usage(small_disk).free // 1024
    finally:
        arena.close()
    assert left_kb > ROOM_KB
    assert full == [], "an order left although nothing could be written"
    assert problems == []


def play_with(arena: Arena, library: Path, plan: str, kind: str) -> list[str]:
    """Play an exit with a faulty fsync, kill, restart without the fault; return what was wrong."""
    day = ExitDay(arena, kind)
    log = arena.home / "syncs"
    env = {"LD_PRELOAD": str(library), "CHAOS_SYNC": plan, "CHAOS_SYNC_LOG": str(log)}
    guard = day.start_strange("hantu.cli.main", "run", "guard", env=env)
    try:
        arena.wait(lambda: guard.poll() is not None or day.watched(), "the stock to be watched", 20)
        day.go(guard)
        deadline = time.monotonic() + 3.0
        while guard.poll() is None and day.sold() < 40 and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        end(guard)
    number = int(plan.split(":")[1])
    times = [line.split() for line in log.read_text().splitlines()]
    faulty = next((float(words[1]) for words in times if int(words[0]) == number), float("inf"))
    at_death = day.judge(over=False)
    after = [
        f"order called {call['received_real'] - faulty:.3f} s after fsync began to fail"
        for call in arena.get("/_sim/state")["order_calls"]
        if plan.startswith("eio-from") and call["received_real"] > faulty + 0.05
    ]
    arena.start_guard()
    # Also where the intent came back with a restart and the holding it was meant for was never recorded.
    day.wait_until_sold()
    return [*at_death, *after, *day.end_and_judge()]


@pytest.fixture(scope="module")
def sync_faults(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("sync"))


@pytest.mark.requirement("MON-D.12", "OPS-05-1")
@pytest.mark.parametrize("what", ["eio", "eio-from"] if DRILL else ["eio-from"])
@pytest.mark.parametrize("number", FAILING)
def test_failing_fsync_never_lets_an_order_out_and_never_sells_twice(
    arena: Arena, sync_faults: Path, what: str, number: int
) -> None:
    problems = play_with(arena, sync_faults, f"{what}:{number}", "stop")
    assert problems == [], arena.story()


@pytest.mark.requirement("MON-D.12")
@pytest.mark.skipif(not DRILL, reason="part of make chaos")
@pytest.mark.parametrize("milliseconds", SLOW_MS)
@pytest.mark.parametrize("number", range(8, 24, 3))
def test_slow_fsync_delays_and_doubles_nothing(arena: Arena, sync_faults: Path, number: int, milliseconds: int) -> None:
    problems = play_with(arena, sync_faults, f"slow:{number}:{milliseconds}", "stop")
    assert problems == [], arena.story()


def test_the_library_does_what_it_says(sync_faults: Path, tmp_path: Path) -> None:
    program = "import os,sys; f=os.open(sys.argv[1],os.O_CREAT|os.O_RDWR)\nfor _ in range(3): os.fsync(f)"

    def run(plan: str) -> "subprocess.CompletedProcess[str]":
        env = os.environ | {"LD_PRELOAD": str(sync_faults), "CHAOS_SYNC": plan, "CHAOS_SYNC_LOG": str(tmp_path / plan)}
        words = ["python3", "-c", program, str(tmp_path / "file")]
        return subprocess.run(words, env=env, capture_output=True, text=True, check=False)

    assert run("count:0").returncode == 0
    assert [line.split()[0] for line in (tmp_path / "count:0").read_text().splitlines()] == ["1", "2", "3"]
    assert run("die-before:2").returncode == -signal.SIGKILL
    assert "Input/output error" in run("eio:3").stderr
    assert "Input/output error" not in run("eio:4").stderr
