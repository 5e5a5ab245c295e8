"""Seeded days of the deterministic world: a fixed range, the seeds that once failed, and twice the same."""

from collections import Counter
from pathlib import Path

import pytest

from hantu.harness.campaign import run_campaign
from hantu.harness.world import run

FIXED = 150
"""Days every `make test` plays; `make sim SEEDS=n` plays more."""
CHUNK = 15
KEPT = [
    int(line.split()[0]) for line in (Path(__file__).parent / "seeds.txt").read_text().splitlines() if line[:1] != "#"
]


@pytest.mark.requirement("OPS-05-1", "MON-4.17", "MON-4.1.12")
@pytest.mark.parametrize("first", range(1, FIXED, CHUNK))
def test_nothing_is_violated_on_the_fixed_days(first: int) -> None:
    seen: Counter[str] = Counter()
    for number in range(first, first + CHUNK):
        result = run(number)
        assert not result.violations, number
        seen.update(result.seen)
    # A rule whose condition was never met proves nothing.
    for name in ("I1", "I3", "I10", "I11", "I12", "I13", "unknown"):
        assert seen[name], name


@pytest.mark.parametrize("number", KEPT)
def test_a_day_that_once_failed_holds(number: int) -> None:
    result = run(number)
    assert not result.violations


def test_a_day_is_the_same_twice_under_another_hash_seed() -> None:
    one, other = (run_campaign(7, 12, jobs=1, hash_seed=seed) for seed in (1, 2))
    assert one.hashes == other.hashes
    assert len(set(one.hashes.values())) == len(one.hashes)
