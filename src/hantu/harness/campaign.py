"""Many seeded days on several processes, and the report about them."""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
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
    resumed: int = 0
    """Days among them that an earlier run had kept."""

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
    first: int, last: int, *, jobs: int, hash_seed: int, told: Callable[[int, int], None] = lambda _done, _bad: None,
    kept: Path | None = None,
) -> Campaign:  # fmt: skip
    """Play days ``first`` to ``last`` on ``jobs`` processes under one hash seed.

    Every day's result is added to the file ``kept`` as a line of JSON when it is
    there, and days the file has already are not played again: hours of work
    survive an interruption.

    Raises:
        RuntimeError: A process of the batch died.
    """
    campaign = Campaign(first, last)
    begun = time.monotonic()
    before = os.times()
    for found in _earlier(kept, first, last):
        _add(campaign, found)
        campaign.resumed += 1
    missing_seeds = [seed for seed in range(first, last + 1) if seed not in campaign.hashes]
    with contextlib.ExitStack() as stack:
        ledger = stack.enter_context(kept.open("a", encoding="utf-8")) if kept else None
        for found in _lines(missing_seeds, jobs, hash_seed):
            _add(campaign, found)
            if ledger:
                ledger.write(json.dumps(found, ensure_ascii=False) + "\n")
                ledger.flush()
            told(campaign.days, len(campaign.violations))
    after = os.times()
    campaign.wall_s = time.monotonic() - begun
    campaign.cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
    return campaign


def _add(campaign: Campaign, found: dict[str, Any]) -> None:
    campaign.days += 1
    campaign.market_s += found["market_s"]
    campaign.hashes[found["seed"]] = found["hash"]
    campaign.seen.update(found["seen"])
    campaign.violations += [(found["seed"], *one) for one in found["violations"]]


def _earlier(kept: Path | None, first: int, last: int) -> Iterator[dict[str, Any]]:
    """Yield each kept day of the range once; a line that was cut short is left out, so its day is played again."""
    if kept is None or not kept.exists():
        return
    text = kept.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        text = text[: text.rfind("\n") + 1]
        kept.write_text(text, encoding="utf-8")
    seen: set[int] = set()
    for line in text.splitlines():
        found = json.loads(line)
        if first <= found["seed"] <= last and found["seed"] not in seen:
            seen.add(found["seed"])
            yield found


def compare(one: Campaign, other: Campaign) -> None:
    """Note in ``one`` the days that were not the same in ``other``."""
    one.differing = [seed for seed in sorted(one.hashes) if other.hashes.get(seed) != one.hashes[seed]]
    one.violations += [each for each in other.violations if each not in one.violations]


def _lines(seeds: Sequence[int], jobs: int, hash_seed: int) -> Iterator[dict[str, Any]]:
    """Yield the results as they come; a process that dies raises."""
    import selectors

    environ = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "hantu.harness.batch", "-"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ,
        )
        for _ in range(min(jobs, len(seeds)))
    ]  # fmt: skip
    for number, worker in enumerate(workers):
        own = " ".join(map(str, seeds[number :: len(workers)]))
        threading.Thread(target=_hand_over, args=(worker, own), daemon=True).start()
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


def _hand_over(worker: "subprocess.Popen[bytes]", text: str) -> None:
    """Give a process its seeds; a list longer than a pipe is taken while it works."""
    assert worker.stdin is not None
    with contextlib.suppress(BrokenPipeError), worker.stdin:
        worker.stdin.write(text.encode())


def report(campaign: Campaign, *, commit: str, machine: str, when: str, twice: bool) -> str:
    """Return the report as Markdown."""
    played = campaign.days - campaign.resumed
    speed = played / campaign.cpu_s if campaign.cpu_s else 0.0
    kept = f" for {played:,} days; {campaign.resumed:,} were kept from earlier runs" if campaign.resumed else ""
    bad = f" in seeds {campaign.bad_seeds[:SHOWN]}" if campaign.violations else ""
    again = f"yes, {len(campaign.differing)} differ" if twice else "not tried in this run"
    hours = campaign.market_s / 3600
    lines = [
        f"- days: {campaign.days:,} (seeds {campaign.first} to {campaign.last}), {hours:,.0f} hours of market time",
        f"- violations: {len(campaign.violations)}{bad}",
        f"- every day played twice, under two hash seeds: {again}",
        f"- fingerprint of all trace hashes: `{campaign.fingerprint[:32]}`",
        f"- commit: {commit}; machine: {machine}; {when}",
        f"- {campaign.wall_s:,.0f} s, {speed:.1f} days a core-second{kept}",
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
