"""A watched stock near its support: told, never bought."""

import pytest

from hantu.domain import events as ev
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
