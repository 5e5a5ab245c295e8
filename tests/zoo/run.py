"""Plants every bug of the zoo, one process each, and tells who noticed and how soon.

``python -m tests.zoo.run [--bugs a,b] [--jobs 2] [--max-seeds 400] [--report docs/zoo.md]`` (``make zoo``).
Ends with 1 if a bug was noticed by nobody.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.zoo.plant import VARIABLE, Bug, bugs

ROOT = Path(__file__).resolve().parents[2]
TEST_LIMIT_S = 300
"""Seconds the named tests of one bug may take; a planted test may hang."""


@dataclass(frozen=True, slots=True)
class Catch:
    """Who noticed a bug."""

    bug: Bug
    caught: bool
    by: str
    seed: int
    """Seeded days it took; 0 for tests."""
    text: str
    took_s: float


def look(bug: Bug, max_seeds: int, failing: Sequence[str] = ()) -> Catch:
    """Plant one bug in a process of its own and see who notices; ``failing`` tests fail without it, too."""
    begun = time.monotonic()
    caught, by, seed, text = _tested(bug, failing) if bug.tests else _played(bug, max_seeds)
    return Catch(bug, caught, by, seed, text, time.monotonic() - begun)


def _played(bug: Bug, max_seeds: int) -> tuple[bool, str, int, str]:
    command = [sys.executable, "-m", "tests.zoo.play", bug.name, "1", str(max_seeds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=_environ(bug))
    if done.returncode:
        return False, "", 0, f"the process died: {done.stderr[-300:]}"
    found = json.loads(done.stdout.splitlines()[-1])
    by = ", ".join(found["by"])
    # A day that breaks the world around the guard shows nothing about the guard.
    return bool(found["seed"]) and by != "crash", by, found["seed"], found["text"]


def failing_unplanted(zoo: Sequence[Bug]) -> list[str]:
    """Return the named tests that fail without any bug; they prove nothing."""
    tests = sorted({test for bug in zoo for test in bug.tests})
    if not tests:
        return []
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return _failed(done.stdout)


def _tested(bug: Bug, failing: Sequence[str]) -> tuple[bool, str, int, str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "tests.zoo.plugin"]
    command += [*bug.tests, *(f"--deselect={test}" for test in failing)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, env=_environ(bug), timeout=TEST_LIMIT_S
        )
    except subprocess.TimeoutExpired:
        return False, "", 0, "the tests did not end"
    failed = _failed(done.stdout)
    # 1 = tests failed; anything else is a run that never was.
    return done.returncode == 1 and bool(failed), "test", 0, (failed or [done.stdout[-300:]])[0]


def _failed(output: str) -> list[str]:
    return [line.split(" - ")[0].removeprefix("FAILED ") for line in output.splitlines() if line[:7] == "FAILED "]


def _environ(bug: Bug) -> dict[str, str]:
    return {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT), VARIABLE: bug.name}


def report(catches: Sequence[Catch], command: str, took_s: float, jobs: int) -> str:
    """Return the report as Markdown."""
    played = sorted(one.seed for one in catches if one.caught and not one.bug.tests)
    tested = sum(1 for one in catches if one.caught and one.bug.tests)
    missed = len(catches) - len(played) - tested
    lines = [
        "# The bug zoo",
        "",
        "What a careless programmer would have done, planted one at a time; the suite has to notice each of them.",
        "A bug is shown by seeded days (`hantu simulate`) or, where a simulated day cannot show it, by named tests.",
        "",
        f"- planted: {len(catches)}; caught by seeded days: {len(played)}, by tests: {tested}, by nobody: {missed}",
    ]
    if played:
        most = played[int(0.9 * (len(played) - 1))]
        lines.append(
            f"- seeds to catch: median {statistics.median(played):g}, nine of ten within {most}, slowest {played[-1]}"
        )
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines += [
        f"- commit {_commit()}; {machine}; {datetime.now(UTC):%Y-%m-%d}",
        f"- `{command}`: {took_s:,.0f} s on {jobs} processes",
        "",
        "| bug | where | the accident | seeds | noticed by |",
        "|---|---|---|---:|---|",
    ]
    for one in sorted(catches, key=lambda each: (bool(each.bug.tests), each.bug.area, each.bug.name)):
        by = one.by if not one.bug.tests else f"`{one.text.rpartition('::')[2]}`"
        lines.append(
            f"| {one.bug.title} | {one.bug.area} | {one.bug.accident} | {one.seed or ''} | "
            f"{by if one.caught else '**nobody**'} |"
        )
    return "\n".join(lines) + "\n"


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def _kept(path: Path | None, zoo: dict[str, Bug]) -> list[Catch]:
    """Return what an interrupted run had found of bugs that are what they were."""
    if path is None or not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Catch(zoo[row["name"]], True, row["by"], row["seed"], row["text"], row["took_s"])
        for row in rows
        if row["name"] in zoo and row["edits"] == repr(zoo[row["name"]].edits)
    ]


def _keep(path: Path | None, one: Catch) -> None:
    if path is None or not one.caught:
        return
    row = {"name": one.bug.name, "edits": repr(one.bug.edits), "by": one.by, "seed": one.seed, "text": one.text}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({**row, "took_s": one.took_s}, ensure_ascii=False) + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Look at the chosen bugs; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.zoo.run", description=__doc__)
    parser.add_argument("--bugs", default="", help="names, separated by commas; by default all")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--max-seeds", type=int, default=400)
    parser.add_argument("--report", type=Path, help="file to write the table to")
    parser.add_argument("--kept", type=Path, help="file of catches: those in it are not looked for again")
    chosen = parser.parse_args(arguments)
    zoo = bugs()
    wanted = [zoo[name] for name in chosen.bugs.split(",")] if chosen.bugs else list(zoo.values())
    begun = time.monotonic()
    catches = _kept(chosen.kept, zoo)
    known = {one.bug.name for one in catches}
    wanted = [bug for bug in wanted if bug.name not in known]
    failing = failing_unplanted(wanted)
    if failing:
        print(f"fail without a bug, too: {', '.join(failing)}")
    with ThreadPoolExecutor(chosen.jobs) as pool:
        looks = [pool.submit(look, bug, chosen.max_seeds, failing) for bug in wanted]
        for future in as_completed(looks):
            one = future.result()
            catches.append(one)
            _keep(chosen.kept, one)
            told = f"{one.by} in {one.seed}" if one.caught else f"NOBODY {one.by}"
            print(f"{one.bug.name:40} {told:24} {one.took_s:5.0f} s  {one.text[:110]}", flush=True)
    if chosen.report is not None:
        command = f"python -m tests.zoo.run --max-seeds {chosen.max_seeds}"
        took_s = time.monotonic() - begun
        chosen.report.write_text(report(catches, command, took_s, chosen.jobs), encoding="utf-8")
    missed = [one.bug.name for one in catches if not one.caught]
    if missed:
        print(f"noticed by nobody: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
