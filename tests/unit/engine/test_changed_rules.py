"""What is set for a stock now counts, also for a holding that older records guard by another rule."""

from dataclasses import replace

import pytest

from hantu.domain import events as ev
from hantu.engine import decision as act
from hantu.engine.config import ExitRule, RuleKind
from tests.unit.engine.world import CONFIG, SAMSUNG, World, held

RECORDED = ev.PositionGuarded(SAMSUNG, "N005930", 10, 700_000, 70_000, 67_900, 75_600, "fixed", "start")
"""As a guard with the default rule (-3 %, +8 %) left it."""


def started(rule: ExitRule | None, *facts: ev.Fact) -> World:
    world = held(config=replace(CONFIG, rules={SAMSUNG: rule}))
    world.start(*facts)
    world.to_monitoring()
    return world


def test_a_stock_that_must_not_be_guarded_any_more_is_never_sold() -> None:
    world = started(None, RECORDED)
    world.trade(SAMSUNG, 60_000)
    assert not world.of(act.Submit)
    assert [fact.symbol for fact in world.of(ev.PositionUnguarded)] == [SAMSUNG]
    assert SAMSUNG not in world.engine.book.positions


def test_a_wider_stop_counts_from_the_next_start() -> None:
    world = started(ExitRule(stop_bps=500), RECORDED)
    world.trade(SAMSUNG, 67_000)
    assert not world.of(act.Submit), "between the old stop and the new one"
    world.trade(SAMSUNG, 66_500)
    assert len(world.of(act.Submit)) == 1
    assert [(fact.stop_price, fact.reason) for fact in world.of(ev.PositionGuarded)] == [(66_500, "rule")]


@pytest.mark.parametrize("rule", [ExitRule(), ExitRule(kind=RuleKind.ATR)], ids=["same", "atr"])
def test_nothing_is_told_when_the_rule_is_the_same_or_waits_for_its_range(rule: ExitRule) -> None:
    world = started(rule, RECORDED)
    assert not world.of(ev.PositionGuarded)
    assert world.engine.book.positions[SAMSUNG].stop_price == 67_900


def test_a_raised_stop_stays_raised() -> None:
    world = started(ExitRule(stop_bps=500), RECORDED, ev.TrailingStopRaised(SAMSUNG, 73_000, 71_000))
    assert world.engine.book.positions[SAMSUNG].stop_price == 71_000
