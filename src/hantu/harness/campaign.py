"""Many seeded days on several processes, and the report about them."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hantu.harness.coverage import CRASHES, FAULTS, INVARIANTS, NOT_HERE, Row, edges, missing, rows

SHOWN = 40
"""Violations a report lists; a run with more has one cause, not many."""


@dataclass(slots=True)
class Campaign:
    """What came of a range of days."""

    first: int
    last: int
    days: int = 0
    market_s: float = 0.0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    violations: list[tuple[int, str, float, str]] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    hashes: dict[int, str] = field(default_factory=dict)
    differing: list[int] = field(default_factory=list)
    """Seeds whose second run had another hash."""

    @property
    def fingerprint(self) -> str:
        """One hash over the hashes of all days."""
        text = "\n".join(f"{seed} {self.hashes[seed]}" for seed in sorted(self.hashes))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def bad_seeds(self) -> list[int]:
        """Seeds with a violation."""
        return sorted({seed for seed, *_ in self.violations})

    @property
    def passed(self) -> bool:
        """Whether nothing was violated and every day was the same twice."""
        return not self.violations and not self.differing

    def missing(self) -> list[str]:
        """Return what no day showed."""
        return missing(self.seen)


def run_campaign(
    first: int, last: int, *, jobs: int, hash_seed: int, told: Callable[[int, int], None] = lambda _done, _bad: None
) -> Campaign:
    """Play days ``first`` to ``last`` on ``jobs`` processes under one hash seed."""
    campaign = Campaign(first, last)
    begun = time.monotonic()
    before = os.times()
    for found in _lines(first, last, jobs, hash_seed):
        campaign.days += 1
        campaign.market_s += found["market_s"]
        campaign.hashes[found["seed"]] = found["hash"]
        campaign.seen.update(found["seen"])
        campaign.violations += [(found["seed"], *one) for one in found["violations"]]
        told(campaign.days, len(campaign.violations))
    after = os.times()
    campaign.wall_s = time.monotonic() - begun
    campaign.cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
    return campaign


def compare(one: Campaign, other: Campaign) -> None:
    """Note in ``one`` the days that were not the same in ``other``."""
    one.differing = [seed for seed in sorted(one.hashes) if other.hashes.get(seed) != one.hashes[seed]]
    one.violations += [each for each in other.violations if each not in one.violations]


def _lines(first: int, last: int, jobs: int, hash_seed: int) -> Iterator[dict[str, Any]]:
    """Yield the results as they come; a process that dies raises."""
    import selectors

    environ = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    workers = [
        subprocess.Popen(  # noqa: S603 - our own module, on our own interpreter
            [sys.executable, "-m", "hantu.harness.batch", str(first + offset), str(last), str(jobs)],
            stdout=subprocess.PIPE, env=environ,
        )
        for offset in range(min(jobs, last - first + 1))
    ]  # fmt: skip
    ready = selectors.DefaultSelector()
    for worker in workers:
        ready.register(worker.stdout, selectors.EVENT_READ)  # type: ignore[arg-type]
    try:
        while ready.get_map():
            for key, _ in ready.select():
                line = key.fileobj.readline()  # type: ignore[union-attr]
                if line:
                    yield json.loads(line)
                else:
                    ready.unregister(key.fileobj)
        if any(worker.wait() for worker in workers):
            raise RuntimeError("a batch of simulated days died; run one seed by itself to see why")
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.terminate()
            worker.wait()
            worker.stdout.close()  # type: ignore[union-attr]
        ready.close()


def report(campaign: Campaign, *, commit: str, machine: str, when: str, twice: bool) -> str:
    """Return the report as Markdown."""
    speed = campaign.days / campaign.cpu_s if campaign.cpu_s else 0.0
    bad = f" in seeds {campaign.bad_seeds[:SHOWN]}" if campaign.violations else ""
    again = f"yes, {len(campaign.differing)} differ" if twice else "not tried in this run"
    hours = campaign.market_s / 3600
    lines = [
        f"- days: {campaign.days:,} (seeds {campaign.first} to {campaign.last}), {hours:,.0f} hours of market time",
        f"- violations: {len(campaign.violations)}{bad}",
        f"- every day played twice, under two hash seeds: {again}",
        f"- fingerprint of all trace hashes: `{campaign.fingerprint[:32]}`",
        f"- commit: {commit}; machine: {machine}; {when}",
        f"- {campaign.wall_s:,.0f} s, {speed:.1f} days a core-second",
        "",
    ]
    for seed, invariant, at, text in campaign.violations[:SHOWN]:
        lines.append(f"- seed {seed}, {invariant} at {at:.1f} s: {text}")
    lines += _table("Faults of the catalogue that struck", rows(FAULTS, campaign.seen))
    lines += _table("Rows of the crash matrix", rows(CRASHES, campaign.seen))
    lines += _table("Invariants: how often their condition was met", rows(INVARIANTS, campaign.seen))
    lines += _table("Edges of an order's states", edges(campaign.seen))
    absent = campaign.missing()
    lines += ["", "## Did not occur", ""]
    lines += [f"- {name}" for name in absent] or ["Everything the tables name occurred."]
    lines += ["", "## Not drawn here, and why", "", "| what | why |", "|---|---|"]
    lines += [f"| {name} | {why} |" for name, why in NOT_HERE.items()]
    return "\n".join(lines) + "\n"


def _table(title: str, found: list[Row]) -> list[str]:
    head = ["", f"## {title}", "", "| what | times |", "|---|---:|"]
    return head + [f"| {row.name} | {row.count:,} |" for row in found]
