"""A watched stock near its support: told, never bought."""

from dataclasses import replace

import pytest

from hantu.domain import events as ev
from hantu.domain.commands import HaltOrders
from hantu.domain.instrument import Symbol
from hantu.engine import decision as act
from tests.unit.engine.test_session import items
from tests.unit.engine.world import held


@pytest.mark.requirement("MON-5.01", "MON-5.02", "MON-5.05", "MON-5.06", "MON-5.07", "MON-3.16")
@pytest.mark.requirement("MON-0.15", "MON-I.10")
def test_add_buy_is_told_once_and_again_only_after_leaving_the_band() -> None:
    world = held()
    world.start(watch=items(1))
    world.to_monitoring()
    symbol = Symbol("000001")
    world.trade(symbol, 10_150)
    assert not world.of(ev.AddBuyOpportunity)
    world.trade(symbol, 10_100)
    world.trade(symbol, 10_050)
    assert len(world.of(ev.AddBuyOpportunity)) == 1
    world.trade(symbol, 10_200)
    world.trade(symbol, 10_100)
    assert len(world.of(ev.AddBuyOpportunity)) == 1
    world.trade(symbol, 10_400)
    world.trade(symbol, 10_100)
    assert len(world.of(ev.AddBuyOpportunity)) == 2
    assert not world.of(act.Submit)


@pytest.mark.requirement("MON-5.03", "MON-B.02")
@pytest.mark.parametrize(("price", "again"), [(9_801, 1), (9_800, 1), (9_799, 2)])
def test_add_buy_is_told_again_after_a_fall_of_two_percent_below_the_support(price: int, again: int) -> None:
    world = held()
    world.start(watch=items(1))
    world.to_monitoring()
    symbol = Symbol("000001")
    for seen in (10_000, price, 10_000):
        world.trade(symbol, seen)
    told = world.of(ev.AddBuyOpportunity)
    assert len(told) == again
    assert (told[0].symbol, told[0].name, told[0].price) == (symbol, "W1", 10_000)
    assert (told[0].support_price, told[0].score) == (10_000, 80.0)


def test_stock_without_a_support_or_under_a_halt_of_its_own_is_not_offered() -> None:
    world = held()
    first, second = items(2)
    world.start(watch=(replace(first, support_price=0), second))
    world.to_monitoring()
    world.trade(first.symbol, 0)
    world.give(HaltOrders("op", second.symbol))
    world.trade(second.symbol, 10_000)
    assert not world.of(ev.AddBuyOpportunity)
