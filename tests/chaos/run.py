"""``make chaos``: hundreds of real kill -9 on busy days, judged from outside; writes docs/chaos.md.

    make chaos                               # 300 deaths and every single fault, some minutes
    make chaos ARGS="KILLS=40 SEED=9"        # fewer deaths on other days
    make chaos ARGS="KILLS=40 SINGLE=0 REPORT=0"

Ends with 1 when any rule was broken.
"""

import itertools
import os
import platform
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.checker import RULES
from tests.chaos.day import Result, play

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "chaos.md"
LANES = 2
KILLS_A_DAY = 25
SINGLE_FAULTS = {
    "test_boundaries.py": "kill -9 at every durable boundary",
    "test_freeze.py": "frozen between commit and send (SIGSTOP)",
    "test_disk.py": "full disk, failing and slow fsync",
    "test_two_guards.py": "two guards on one account",
    "test_network.py": "single network faults through the proxy",
}


def deaths(kills: int, seed: int) -> list[Result]:
    """Play days on two lanes until ``kills`` deaths have been died."""
    lock, results = threading.Lock(), []
    days = itertools.count(seed)
    left = [kills]

    def lane(_number: int) -> None:
        while True:
            with lock:
                share = min(KILLS_A_DAY, left[0])
                left[0] -= share
                day = next(days)
            if not share:
                return
            result = play(day, share)
            with lock:
                results.append(result)
                done = sum(each.kills for each in results)
            weather = f"{result.climate.start} {result.climate.weather} {result.climate.switch}".strip()
            say(f"day {day} ({weather}): {result.kills} deaths, {result.orders} orders, {result.fills} fills, "
                f"{len(result.problems)} problems, {result.wall_s:.0f} s; {done}/{kills}")  # fmt: skip
            for problem in result.problems:
                say(f"  ! {problem}")

    with ThreadPoolExecutor(LANES) as pool:
        list(pool.map(lane, range(LANES)))
    return results


def single_faults() -> dict[str, Counter[str]]:
    """Run every single fault, all variants; return outcomes by file."""
    report = ROOT / ".pytest_cache" / "chaos.xml"
    report.parent.mkdir(exist_ok=True)
    words = [sys.executable, "-m", "pytest", "-q", "-n", str(LANES), f"--junitxml={report}"]
    files = [str(Path(__file__).with_name(name)) for name in SINGLE_FAULTS]
    subprocess.run([*words, *files], cwd=ROOT, env=os.environ | {"HANTU_SLOW": "1"}, check=False)
    found: dict[str, Counter[str]] = {name: Counter() for name in SINGLE_FAULTS}
    for case in ET.parse(report).iter("testcase"):
        name = case.get("classname", "").rpartition(".")[2] + ".py"
        kinds = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        if name in found:
            found[name][kinds[0] if kinds else "held"] += 1
    return found


def report(results: list[Result], single: dict[str, Counter[str]], command: str, wall_s: float) -> str:
    """Return docs/chaos.md."""
    kills = sum(result.kills for result in results)
    problems = [problem for result in results for problem in result.problems]
    phases, stages, network = Counter[str](), Counter[str](), Counter[str]()
    for result in results:
        phases.update(result.phases)
        stages.update(result.stages)
        network.update(result.network)
    total = {name: sum(getattr(r, name) for r in results) for name in
             ("orders", "cancels", "fills", "sold", "bought", "escalated")}  # fmt: skip
    broken = Counter(rule for result in results for rule, times in result.verdicts.items() for _ in range(times))
    measured = (
        f"Measured {datetime.now(UTC):%Y-%m-%d}, commit {_commit()}, {_machine()}, Python {platform.python_version()}; "
        f"`{command}`, {wall_s / 60:.1f} minutes."
    )
    summary = (
        f"{total['orders']} orders and {total['cancels']} cancels reached the exchange, {total['fills']} fills, "
        f"{total['sold']:,} shares sold by the guard, {total['bought']} purchases by a person beside it. "
        f"{total['escalated']} orders were left to a person. **{len(problems)} problems.**"
    )
    lines = [
        INTRODUCTION, measured, "", f"## {kills} deaths on {len(results)} busy days", "", summary,
        "",
        "| rule | violations |",
        "|---|---|",
        *(f"| {(rule.__doc__ or '').splitlines()[0].rstrip('.')} (`{rule.__name__}`) | {broken[rule.__name__]} |"
          for rule in RULES),
        "",
        "| at the moment of death the records showed | deaths |",
        "|---|---|",
        *(f"| {name} | {times} |" for name, times in phases.most_common()),
        "",
        "| the death was aimed at | deaths |",
        "|---|---|",
        *(f"| {STAGE_NAMES.get(name, name)} | {times} |" for name, times in stages.most_common()),
        "",
        "Weather of the days: " + ", ".join(
            f"{times} {name}" for name, times in Counter(r.climate.weather for r in results).most_common()
        ) + "; kill switch thrown on " + str(sum(bool(r.climate.switch) for r in results)) + "; evenings with the close: "
        + str(sum(r.climate.evening for r in results)) + ". What the network did: "
        + ", ".join(f"{name} {times}" for name, times in sorted(network.items())) + ".",
        *_single_table(single),
        *(["", "## Problems", "", *(f"- {problem}" for problem in problems)] if problems else []),
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _single_table(single: dict[str, Counter[str]]) -> list[str]:
    if not single:
        return []
    rows = [
        f"| {SINGLE_FAULTS[name]} (`tests/chaos/{name}`) | {found['held']} | {found['failure'] + found['error']} | {found['skipped']} |"
        for name, found in single.items()
    ]
    return ["", "## Single faults, each on a day of its own", "", "| what | held | broken | skipped |", "|---|---|---|---|", *rows]  # fmt: skip


INTRODUCTION = """# Deaths, frozen processes, full disks and bad networks

Written by `make chaos`; do not edit by hand. Real processes and sockets: the practice exchange at 20 times real speed, a
guard that is killed with `kill -9` and started again at once, a proxy of our own between them. Ten stocks cross their
stops, first profits and targets all day, a person buys again what was sold, halts and cuts come in between. The judge,
`tests/chaos/checker.py`, shares no code with hantu: it compares the exchange's own record with the tables as the `sqlite3`
program reads them, at every death and at the end of every day. Each of its rules is tested with a planted wrong.
"""
STAGE_NAMES = {
    "random": "any moment",
    "asked": "an order's bytes left the guard, the exchange has nothing",
    "forwarded": "the exchange has the order, no answer yet",
    "answered": "the answer is on its way",
    "relayed": "the answer has arrived, up to 50 ms ago",
}


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _machine() -> str:
    names = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]  # fmt: skip
    return f"{os.cpu_count()} x {names[0] if names else platform.machine()}, {platform.system()} {platform.release()}"


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(words: list[str]) -> int:
    """Run everything; 1 when a rule was broken."""
    wishes = {"KILLS": 300, "SEED": 1, "SINGLE": 1, "REPORT": 1}
    for word in words:
        name, _, value = word.partition("=")
        if name not in wishes:
            say(f"unknown {name}: one of {', '.join(wishes)}")
            return 2
        wishes[name] = int(value)
    began = time.monotonic()
    results = deaths(wishes["KILLS"], wishes["SEED"])
    single = single_faults() if wishes["SINGLE"] else {}
    command = " ".join(["make chaos", *([f'ARGS="{" ".join(words)}"'] if words else [])])
    text = report(results, single, command, time.monotonic() - began)
    if wishes["REPORT"]:
        REPORT.write_text(text, encoding="utf-8")
    say(text)
    bad = any(result.problems for result in results) or any(c["failure"] or c["error"] for c in single.values())
    return int(bad)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
