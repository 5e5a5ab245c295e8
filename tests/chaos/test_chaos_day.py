"""A few real kill -9 on a busy day; `make chaos` does the same three hundred times and writes docs/chaos.md."""

import pytest

from tests.chaos.day import play
from tests.drills import DRILL

DAYS = {"rough-network-and-kill-switch": (5, 6)} | ({"clear": (2, 6)} if DRILL else {})


@pytest.mark.requirement("OPS-05-1", "MON-4.17", "MON-D.12")
@pytest.mark.parametrize(("seed", "kills"), DAYS.values(), ids=DAYS)
def test_deaths_on_a_busy_day_sell_nothing_twice_and_lose_nothing(seed: int, kills: int) -> None:
    result = play(seed, kills)
    assert result.kills == kills
    assert result.orders, "a day without orders shows nothing"
    assert not result.problems, "\n".join([str(result.climate), *result.problems])
