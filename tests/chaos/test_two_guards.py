"""Two guards on one account: on one machine the second is refused; from two machines nothing is sold twice."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.chaos.exits import EXPECTED, ROOT, ExitDay, end
from tests.drills import DRILL
from tests.e2e.arena import HANTU, Arena

EXIT_DENIED = 3


def start_at(arena: Arena, home: Path, **more: str) -> "subprocess.Popen[bytes]":
    """Start a second guard with the same keys from another home."""
    with (arena.home / "second.out").open("ab") as output:
        env = arena.environ() | {"HANTU_HOME": str(home)} | more
        return subprocess.Popen([*HANTU, "run", "guard"], stdout=output, stderr=output, env=env, cwd=ROOT)


def copy_of_home(arena: Arena, name: str) -> Path:
    """Copy the home as it is, as a careless person would."""
    other = arena.home / name
    shutil.copytree(arena.home, other, ignore=shutil.ignore_patterns("*.sock", "*.out", name, "KILL"))
    return other


@pytest.mark.requirement("OPS-05-1")
def test_second_guard_on_this_machine_is_refused_from_any_home(arena: Arena) -> None:
    day = ExitDay(arena, "stop")
    guard = arena.start_guard()
    arena.wait(day.watched, "the stock to be watched", 20)
    same, copied = start_at(arena, arena.home), start_at(arena, copy_of_home(arena, "b"))
    try:
        assert same.wait(30) == EXIT_DENIED
        assert copied.wait(30) == EXIT_DENIED
    finally:
        end(same, [copied])
    day.go(guard)
    day.wait_until_sold()
    assert day.end_and_judge() == [], arena.story()


@pytest.mark.requirement("OPS-05-1", "MON-4.17")
@pytest.mark.skipif(not DRILL, reason="part of make chaos")
@pytest.mark.parametrize("kind", ["stop", "partial", "reorder"])
@pytest.mark.parametrize("second_first", [False, True])
def test_guards_of_two_machines_do_not_sell_twice(arena: Arena, kind: str, second_first: bool) -> None:
    # Another folder for temporary files is another machine: the lock of the account lies there.
    day = ExitDay(arena, kind)
    guard = arena.start_guard()
    arena.wait(day.watched, "the stock to be watched", 20)
    with tempfile.TemporaryDirectory(prefix="hantu-b-") as elsewhere:
        other = start_at(arena, copy_of_home(arena, "b"), TMPDIR=elsewhere)
        try:
            time.sleep(2.5)
            if second_first:
                # The first loses its line; whoever comes first gets the session.
                arena.post("/_sim/fault", {"kind": "cut"})
                time.sleep(0.5)
            day.go(guard)
            day.wait_until_sold()
            time.sleep(4.0)
            sold = day.sold()
        finally:
            end(other)
    kinds = {each["kind"] for each in arena.get("/_sim/anomalies")}
    assert kinds <= {"key_in_use"}, "the second session is refused, and nothing worse happens"
    assert sold == EXPECTED[kind]
