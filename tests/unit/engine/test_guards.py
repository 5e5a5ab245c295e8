"""Levels and whether a price touches them: each rule at its edge."""

from dataclasses import replace

import pytest

from hantu.domain.order import Purpose
from hantu.engine.config import ExitRule, Partial, RuleKind, Trailing
from hantu.engine.guards import (
    Hit,
    Levels,
    atr_levels,
    fixed_levels,
    partial_hit,
    stop_hit,
    target_hit,
    trailed_stop,
)
from hantu.engine.records import Position
from tests.unit.engine.world import SAMSUNG

POSITION = Position(SAMSUNG, "N", 10, 700_000, 67_900, 75_600, "fixed")
ATR = ExitRule(kind=RuleKind.ATR)


@pytest.mark.requirement("MON-B.01")
@pytest.mark.parametrize(
    ("cost", "quantity", "rule", "levels"),
    [
        (700_000, 10, ExitRule(), Levels(67_900, 75_600, "fixed")),
        # 10,001 won for 3 shares: the unrounded levels are 3,233.66 and 3,600.36
        (10_001, 3, ExitRule(), Levels(3_233, 3_601, "fixed")),
        (10_001, 3, ExitRule(stop_price=3_000), Levels(3_000, 3_601, "fixed")),
        (10_001, 3, ExitRule(target_price=4_000), Levels(3_233, 4_000, "fixed")),
    ],
)
def test_fixed_levels_touch_exactly_where_the_unrounded_ones_do(
    cost: int, quantity: int, rule: ExitRule, levels: Levels
) -> None:
    assert fixed_levels(cost, quantity, rule) == levels


@pytest.mark.requirement("MON-B.01", "MON-B.08")
@pytest.mark.parametrize(
    ("average_range", "levels"),
    [
        (0, None),
        (-1, None),
        (1, Levels(69_998, 70_003, "atr")),
        (333, Levels(70_000 - 666, 70_000 + 999, "atr")),
        (14_000, Levels(42_000, 112_000, "atr")),
        (14_001, None),
    ],
)
def test_ranged_levels_need_a_range_of_at_most_a_fifth(average_range: int, levels: Levels | None) -> None:
    assert atr_levels(700_000, 10, ATR, average_range) == levels


def test_ranged_levels_are_rounded_away_from_the_price_of_the_holding() -> None:
    rule = replace(ATR, atr_stop_milli=1_500, atr_target_milli=1_500)
    assert atr_levels(700_000, 10, rule, 333) == Levels(70_000 - 499, 70_000 + 500, "atr")


def test_prices_set_by_hand_win_over_ranges() -> None:
    rule = replace(ATR, stop_price=60_000, target_price=90_000)
    assert atr_levels(700_000, 10, rule, 500) == Levels(60_000, 90_000, "atr")


@pytest.mark.parametrize(("milli", "usable"), [(4_999, True), (5_000, False), (6_000, False)])
def test_range_that_would_put_the_stop_at_nothing_is_not_used(milli: int, usable: bool) -> None:
    levels = atr_levels(1_000, 1, replace(ATR, atr_stop_milli=milli), 200)
    assert (levels is not None) is usable
    if levels is not None:
        assert levels.stop_price == 1


@pytest.mark.requirement("MON-3.11", "MON-3.14")
@pytest.mark.parametrize(
    ("price", "low", "hit"),
    [
        (67_901, 0, None),
        (67_900, 0, Hit(Purpose.STOP_LOSS, 67_900, 67_900, "trade", 0)),
        (60_000, 0, Hit(Purpose.STOP_LOSS, 67_900, 60_000, "trade", 0)),
        (68_000, 67_901, None),
        (68_000, 67_900, Hit(Purpose.STOP_LOSS, 67_900, 67_900, "low", 0)),
        (68_000, 1, Hit(Purpose.STOP_LOSS, 67_900, 1, "low", 0)),
        (67_000, 66_000, Hit(Purpose.STOP_LOSS, 67_900, 67_000, "trade", 0)),
    ],
)
def test_stop_is_touched_by_the_price_or_by_a_low_since_the_last_look(price: int, low: int, hit: Hit | None) -> None:
    assert stop_hit(POSITION, price, low, "trade") == hit


def test_stop_that_was_raised_says_so_and_a_missing_one_is_never_touched() -> None:
    trailed = stop_hit(replace(POSITION, trailing=True), 67_900, 0, "poll")
    assert trailed is not None
    assert (trailed.purpose, trailed.basis) == (Purpose.TRAILING_STOP, "poll")
    assert stop_hit(replace(POSITION, stop_price=0), 0, 0, "trade") is None
    assert stop_hit(replace(POSITION, stop_price=1), 1, 0, "trade") is not None


@pytest.mark.requirement("MON-3.11", "MON-3.15")
@pytest.mark.parametrize(
    ("price", "high", "hit"),
    [
        (75_599, 0, None),
        (75_600, 0, Hit(Purpose.TAKE_PROFIT, 75_600, 75_600, "trade", 0)),
        (80_000, 0, Hit(Purpose.TAKE_PROFIT, 75_600, 80_000, "trade", 0)),
        (75_000, 75_599, None),
        (75_000, 75_600, Hit(Purpose.TAKE_PROFIT, 75_600, 75_600, "high", 0)),
        (75_000, 76_000, Hit(Purpose.TAKE_PROFIT, 75_600, 76_000, "high", 0)),
    ],
)
def test_target_is_touched_by_the_price_or_by_a_high_since_the_last_look(
    price: int, high: int, hit: Hit | None
) -> None:
    assert target_hit(POSITION, price, high, "trade") == hit


def test_missing_target_is_never_touched() -> None:
    assert target_hit(replace(POSITION, target_price=0), 99_999, 99_999, "trade") is None
    assert target_hit(replace(POSITION, target_price=1), 1, 0, "trade") is not None


@pytest.mark.requirement("MON-B.01")
@pytest.mark.parametrize(
    ("changes", "price", "left"),
    [
        ({}, 73_499, None),
        ({}, 73_500, 5),
        ({"partial_done": True}, 80_000, None),
        ({"quantity": 3, "cost": 210_000}, 73_500, 2),
        ({"quantity": 2, "cost": 140_000}, 73_500, 1),
        ({"quantity": 1, "cost": 70_000}, 73_500, None),
        # 3 shares for 10,001 won: 5 % above the average is 3,500.35
        ({"quantity": 3, "cost": 10_001}, 3_500, None),
        ({"quantity": 3, "cost": 10_001}, 3_501, 2),
    ],
)
def test_first_profit_step_sells_its_share_once(changes: dict[str, int], price: int, left: int | None) -> None:
    rule = ExitRule(partial=Partial(enabled=True))
    hit = partial_hit(replace(POSITION, **changes), price, rule, "trade")  # type: ignore[arg-type]
    assert (hit.target if hit else None) == left
    if hit is not None:
        assert (hit.purpose, hit.price, hit.basis) == (Purpose.PARTIAL_PROFIT, price, "trade")
        assert hit.level <= price
    assert partial_hit(POSITION, 80_000, ExitRule(), "trade") is None, "not asked for"


@pytest.mark.requirement("MON-B.01")
@pytest.mark.parametrize(
    ("changes", "price", "raised"),
    [
        ({}, 71_399, None),
        ({}, 71_400, (71_400, 69_972)),
        ({"high": 72_000}, 72_000, None),
        ({"high": 72_000}, 72_001, (72_001, 70_560)),
        ({"stop_price": 69_972}, 71_400, None),
        ({"stop_price": 69_971}, 71_400, (71_400, 69_972)),
        # 2 % above 3,333.66 is 3,400.34
        ({"quantity": 3, "cost": 10_001, "stop_price": 0}, 3_400, None),
        ({"quantity": 3, "cost": 10_001, "stop_price": 0}, 3_401, (3_401, 3_332)),
    ],
)
def test_stop_follows_a_new_high_once_profit_is_large_enough(
    changes: dict[str, int], price: int, raised: tuple[int, int] | None
) -> None:
    position = replace(POSITION, **changes)  # type: ignore[arg-type]
    assert trailed_stop(position, price, Trailing(enabled=True)) == raised
    assert trailed_stop(position, price, Trailing()) is None
