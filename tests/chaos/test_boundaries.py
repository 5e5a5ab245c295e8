"""kill -9 at every durable boundary of every kind of intent, then a restart: sold once, nothing lost.

A part of the boundaries here, all of them in `make chaos`. The last test kills at
every single fsync the guard does, whichever it is, by a library before the C one.
"""

import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.chaos.dying_guard import BOUNDARIES, DAYS
from tests.chaos.exits import ExitDay, end
from tests.drills import DRILL
from tests.e2e.arena import Arena

SOME = (("partial", "committed, unheard"), ("cancel", "after intent"), ("stop", "spill durable"))
SYNCS = range(1, 49) if DRILL else (14,)
"""A day of one exit syncs about fifty times."""


@pytest.mark.requirement("OPS-05-1", "MON-4.17", "MON-D.12")
@pytest.mark.parametrize(("kind", "step"), BOUNDARIES if DRILL else SOME)
def test_death_at_a_boundary_sells_once_and_loses_nothing(arena: Arena, kind: str, step: str) -> None:
    day = ExitDay(arena, DAYS[kind])
    guard = day.start_strange("tests.chaos.dying_guard", "kill", step, kind)
    try:
        day.go(guard)
        assert guard.wait(40) == -signal.SIGKILL, arena.story()
    finally:
        end(guard)
    at_death = day.judge(over=False)
    arena.start_guard()
    day.wait_until_sold()
    assert [*at_death, *day.end_and_judge()] == [], arena.story()


@pytest.fixture(scope="module")
def sync_faults(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("sync"))


def compiled(folder: Path) -> Path:
    """Compile the library that stands before fsync."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed: the library before fsync cannot be compiled")
    library = folder / "sync_faults.so"
    source = Path(__file__).with_name("sync_faults.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"], check=True)
    return library


@pytest.mark.requirement("OPS-05-1", "MON-D.12")
@pytest.mark.parametrize("what", ["die-before", "die-after"] if DRILL else ["die-before"])
@pytest.mark.parametrize("number", SYNCS)
def test_death_at_any_fsync_sells_once_and_loses_nothing(
    arena: Arena, sync_faults: Path, what: str, number: int
) -> None:
    day = ExitDay(arena, "reorder")
    env = {
        "LD_PRELOAD": str(sync_faults),
        "CHAOS_SYNC": f"{what}:{number}",
        "CHAOS_SYNC_LOG": str(arena.home / "syncs"),
    }
    guard = day.start_strange("hantu.cli.main", "run", "guard", env=env)
    try:
        day.go(guard)
        arena.wait(lambda: guard.poll() is not None or day.sold() >= 40, "a death or the end of the exit", 20)
        ended = guard.poll()
    finally:
        end(guard)
    assert ended in (None, -signal.SIGKILL), arena.story()
    at_death = day.judge(over=False)
    arena.start_guard()
    day.wait_until_sold()
    assert [*at_death, *day.end_and_judge()] == [], arena.story()
