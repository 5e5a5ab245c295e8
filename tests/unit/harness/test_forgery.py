"""Forged trades of the simulated world, and what would happen without the rule about them."""

from dataclasses import replace
from random import Random

import msgspec
import pytest

from hantu.harness.forgery import forged
from hantu.harness.workload import draw
from hantu.harness.world import run
from hantu.kis.hot import decode_trades
from tests.golden.kis.test_wire import NOON, lines

SEED = 30


@pytest.mark.parametrize("seed", range(20))
def test_forged_frame_is_read_like_any_other_and_is_six_to_twelve_percent_away(seed: int) -> None:
    """What gives it away is not in it: the codec must not be what stops it."""
    text = next(line for line in lines("trade_46.txt") if "|001|" in line)
    (true,) = decode_trades(text, 1.0, NOON)
    (false,) = decode_trades(forged(text, Random(seed)), 1.0, NOON)
    assert 0.059 < abs(false.price / true.price - 1) < 0.121
    assert (false.volume, false.traded_at, false.symbol) == (true.volume, true.traded_at, true.symbol)


@pytest.mark.requirement("MON-3.11")
def test_day_with_forged_trades_is_violated_without_the_rule_and_holds_with_it() -> None:
    day = draw(SEED)
    assert "P19" in day.swarm
    without = run(SEED, day=replace(day, guard=msgspec.structs.replace(day.guard, outlier_bps=9_999)))
    assert {violation.invariant for violation in without.violations} == {"I10"}
    held = run(SEED)
    assert not held.violations
    assert held.seen["fault P19 forged trade"]
    assert held.seen["fact PriceRejected"]
