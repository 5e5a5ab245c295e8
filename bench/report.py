"""The result as text: one table of figures, one of goals, for the terminal and for docs/benchmarks.md."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Figures, Goal

UNITS = {
    "p50": "µs", "p99": "µs", "frames/s": "frames/s", "ns": "ns a frame", "ms": "ms", "MB": "MB", "lost": "records",
}  # fmt: skip
INTRODUCTION = """# Benchmarks

Written by `make bench`. Read the ratios: both sides of one are measured seconds apart on the same machine in the
same round; absolute times on a shared machine mean little. A value is the median of the rounds, in brackets the
smallest and the largest round.

**How.** A stub of the exchange feeds frames and takes orders over loopback sockets in a process of its own. It stamps
CLOCK_MONOTONIC before it sends a frame and when the first byte of the order that follows is read; every client is
treated alike. hantu is the guard as it runs in production: stream, decode, engine, durable intent in SQLite
(`synchronous = FULL`), checks, a warm TLS connection. "No commit" is the same process with a store that forgets.
C is a blocking client that reads the same frame and writes the same order's bytes, prebuilt; "C + commit" appends
512 bytes and waits for `fdatasync` first; "fd" is that alone, at the same pace, since a disk that idled answers later. python-kis 2.1.6 and mojito2 0.1.6 are unmodified, on the same frames, with
their own receive and order code. The number after a name is the pause between orders in milliseconds: 60 leaves the
caches cold, as a real stop does; 5 is the shortest at which the whole product keeps up with its records (the whole
product does not fit into 0.8 ms: what follows an order takes longer). "Storm" is a guard of its own (no notifier beside
it) that raises 10,000 alerts in the second its orders leave, most of them equal, twenty of them emergencies; "quiet" is the
same guard and the same orders without them, whose own alerts fill the channel's rate, too. `python -m bench storm` measures
this alone. The official sample is not run here: it is
not on a package index.
"""

WHERE_TIME_GOES = """## Where the time of an order goes

Profiled by stamps in a few separate runs (not this one), caches cold at 60 ms pace, at 5 ms pace, and in a tight loop:

| step | cold, µs | 5 ms, µs | loop, µs |
|---|---:|---:|---:|
| frame read and decoded, all guards | 70–160 | 36 | 7 |
| engine: stop touched, checks, quantity, price, intent | 140–260 | 78 | 26 |
| hand over: what is noted, one task, one turn of the loop | 45 | 18 | – |
| texts of the alerts that are committed with the intent | 75–105 | 27 | 11 |
| last checks at the door, token, place, connection, body | 120–180 | 75 | 19 |
| encrypt and send (measured apart) | 80–160 | – | – |

Loop figures are of the present code, the others of the one before it, which took 78 µs in the loop where this takes 64.
With the commit: rows built 100, two thread changes 180, inserts 180, the disk itself as long as it takes. Log lines and
timers come after the bytes have left (they took 350 µs before them once); calm frames of a burst are not decoded except the
last of each stock. uvloop and asyncio could not be told apart here. A timer that rehearses an order is not built in; one
trial of it (80 orders each, scattered) took off 31 % at a beat of 50 ms, 13 % at 20, 24 % at 10, 40 % at 5 and 34 % at 2.
What is left is Python run from cold caches: the same steps take three to eight times what they take in a loop, so fewer
steps help and faster ones help little.
"""


def tables(figures: Figures, goals: list[Goal], note: str) -> str:
    """Return both tables as Markdown."""
    rows = ["| what | median (smallest–largest round) | unit |", "|---|---:|---|"]
    rows += [f"| {name} | {figures.spread(name).shown()} | {_unit(name)} |" for name in figures.values]
    judgements = ["| what | first | goal | measured | verdict |", "|---|---:|---:|---:|---|"]
    judgements += [f"| {each.what} | {each.first} | {each.goal} | {each.measured} | {each.verdict} |" for each in goals]
    text = "## Goals\n\n" + "\n".join(judgements) + "\n\n## Figures\n\n" + "\n".join(rows) + "\n"
    return text + (f"\n{note}\n" if note else "")


def document(root: Path, command: str, seconds: float, rounds: int, body: str) -> str:
    """Return docs/benchmarks.md."""
    facts = [
        f"- date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {seconds:.0f} s, {rounds} rounds",
        f"- commit: {_git(root, 'rev-parse', '--short', 'HEAD')}{_dirty(root)}",
        f"- command: `{command}`",
        f"- machine: {_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        f"- load when it ended: {os.getloadavg()[0]:.1f}",
        f"- Python {platform.python_version()}, {_loop()}",
    ]
    return INTRODUCTION + "\n**This run.**\n\n" + "\n".join(facts) + "\n\n" + body + "\n" + WHERE_TIME_GOES


def _unit(name: str) -> str:
    return UNITS.get(name.rsplit(" ", 1)[-1], "")


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _dirty(root: Path) -> str:
    changed = _git(root, "status", "--porcelain", "--", "src", "bench")
    return " with uncommitted changes" if changed not in ("", "unknown") else ""


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def _loop() -> str:
    try:
        import uvloop
    except ImportError:
        return "asyncio"
    return f"uvloop {uvloop.__version__}"
