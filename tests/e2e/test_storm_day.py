"""Whole days in which much goes wrong at once, judged from outside when the sky is clear again.

One seed here, two in ``make drill``; more with ``STORM_SEEDS=100-180`` (about 8 s each). A day that
fails prints its plan: to cut it down, play a ``Day`` with fewer of its gusts.
"""

import os

import pytest

from tests.drills import DRILL
from tests.e2e.arena import Arena
from tests.e2e.storm.day import Day
from tests.e2e.storm.judge import verdict
from tests.e2e.storm.plan import climate, plan

SEEDS = "1398,1397" if DRILL else "1398"
"""A morning with kills and a lost answer (a guard that resends is caught); an evening with a kill before the close."""


def seeds() -> list[int]:
    """Return the seeds asked for: single ones and ranges, commas between them."""
    found: list[int] = []
    for part in os.environ.get("STORM_SEEDS", SEEDS).split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


@pytest.mark.requirement("OPS-05-1", "MON-4.17", "MON-D.12")
@pytest.mark.parametrize("seed", seeds())
def test_stormy_day_sells_nothing_twice_and_leaves_nothing_open(arena: Arena, seed: int) -> None:
    gusts = plan(seed)
    diary = Day(arena, seed, gusts).play()
    problems = verdict(arena, diary, evening=climate(seed).evening)
    assert not problems, "\n".join([*problems, f"{climate(seed)}", *map(str, gusts), f"{diary}", arena.story()])
