"""Changes the engine in small ways and counts how many changes its tests notice; writes the table of docs/mutation.md.

mutmut makes the mutants, knows which tests touch which function, and runs those alone, the fastest first; see
``[tool.mutmut]`` in pyproject.toml. All of them take most of an hour; ``--sample 1200`` is a fair draw by a seed.
``--again`` looks once more at those that survived, after tests were added.
"""

import argparse
import json
import os
import platform
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "mutants" / "src" / "hantu" / "engine"
PAGE = ROOT / "docs" / "mutation.md"
TABLE = re.compile(r"(<!-- table -->\n).*?(<!-- end -->)", re.DOTALL)
KILLED, SURVIVED, UNTOUCHED = (1, 3), (0,), (5, 33)
"""Exit codes of pytest and of mutmut: a test failed, none did, none touches the function."""
TIMED_OUT = (36, 24, -24, 152, 255)


def verdicts() -> dict[str, int | None]:
    """Return the exit code of every mutant, None for those not tried."""
    return {
        name: code
        for path in sorted(RESULTS.glob("*.py.meta"))
        for name, code in json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"].items()
    }


def run(names: Iterable[str]) -> None:
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *names]
    subprocess.run(command, cwd=ROOT, check=True)


def drawn(count: int | None, seed: int) -> list[str]:
    known = sorted(verdicts())
    return known if count is None or count >= len(known) else sorted(random.Random(seed).sample(known, count))


def table(names: Iterable[str]) -> str:
    """Return the score of every module, over the mutants tried."""
    found = verdicts()
    every = Counter(module_of(name) for name in found)
    tried: dict[str, Counter[str]] = {module: Counter() for module in sorted(every)}
    for name in names:
        tried[module_of(name)][kind(found[name])] += 1
    lines = ["| module | mutants | tried | killed | timed out | survived | no test | score |", "|---|" + "---:|" * 7]
    total: Counter[str] = Counter()
    for module, counts in tried.items():
        lines.append(row(module, every[module], counts))
        total += counts
    return "\n".join([*lines, row("**all**", sum(every.values()), total)])


def row(module: str, every: int, counts: Counter[str]) -> str:
    tried = sum(counts.values())
    noticed = counts["killed"] + counts["timed out"]
    score = f"{100 * noticed / tried:.1f} %" if tried else ""
    cells = (counts["killed"], counts["timed out"], counts["survived"], counts["no test"])
    return f"| {module} | {every} | {tried} | {' | '.join(map(str, cells))} | {score} |"


def module_of(name: str) -> str:
    return name.split(".")[2]


def kind(code: int | None) -> str:
    kinds = {"killed": KILLED, "survived": SURVIVED, "no test": UNTOUCHED, "timed out": TIMED_OUT}
    return next((name for name, codes in kinds.items() if code in codes), "suspicious")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, help="how many mutants; default all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--again", action="store_true", help="only those of the draw that were not noticed before")
    parser.add_argument("--list", action="store_true", help="name the survivors of the draw and stop")
    wanted = parser.parse_args()
    started = time.monotonic()
    if not RESULTS.is_dir():
        run(["hantu.engine.fences*"])  # makes every mutant and tries a handful
    names = drawn(wanted.sample, wanted.seed)
    before = verdicts()
    left = [name for name in names if kind(before[name]) not in {"killed", "timed out"}] if wanted.again else names
    if wanted.list:
        print(*(f"{kind(before[name]):10} {name}" for name in left if kind(before[name]) != "killed"), sep="\n")
        return 0
    run(left)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    draw = "every mutant" if wanted.sample is None else f"{len(names)} drawn by seed {wanted.seed}"
    facts = (
        f"`make mutation{f' SAMPLE={wanted.sample}' if wanted.sample else ''}`, {draw}, commit {commit.stdout.strip()}, "
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.python_implementation()} {platform.python_version()}, one core of "
        f"{os.cpu_count()} ({platform.machine()}), {(time.monotonic() - started) / 60:.0f} min for the last run"
    )
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLE.sub(lambda found: f"{found[1]}{facts}\n\n{table(names)}\n{found[2]}", page), encoding="utf-8")
    print(table(names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
