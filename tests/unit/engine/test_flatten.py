"""Leave everything: one ordinary order after another, nothing before a confirmed cancel, resumable."""

from dataclasses import replace

import pytest

from hantu.domain import events as ev
from hantu.domain.commands import HaltOrders, KillLevel, SetKill
from hantu.domain.instrument import Symbol
from hantu.domain.money import Quantity
from hantu.domain.order import Outcome, OutcomeKind, Purpose
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from tests.unit.engine.world import CONFIG, HYNIX, SAMSUNG, World, held

TWO = {SAMSUNG: (10, 70_000, 10), HYNIX: (5, 100_000, 5)}


def flatten(world: World, second: str = "lee") -> None:
    world.give(SetKill("kim", KillLevel.FLATTEN, "시스템 이상", second))


def sells(world: World) -> list[act.Submit]:
    return [found for found in world.of(act.Submit) if found.order.purpose is Purpose.FLATTEN]


def both(world: World | None = None) -> World:
    world = world or World(holdings=dict(TWO))
    world.open()
    world.trade(SAMSUNG, 70_100)
    world.trade(HYNIX, 100_500)
    return world


@pytest.mark.requirement("DEC-2")
def test_one_person_is_not_enough_and_gets_the_safe_level() -> None:
    for second in ("", "kim"):
        world = both()
        flatten(world, second)
        world.pass_time(3)
        assert world.engine.book.kill is KillLevel.ACTIVE
        assert not sells(world)


@pytest.mark.requirement("DEC-2")
def test_everything_is_sold_one_after_the_other_and_reported() -> None:
    world = both()
    flatten(world)
    assert world.of(ev.KillswitchOn)[0].actor == "kim, lee"
    assert world.of(ev.FlattenStarted)[0].positions == ("N005930 (005930) 10주", "N000660 (000660) 5주")
    assert len(sells(world)) == 1, "paced"
    world.pass_time(1.0)
    assert {(found.order.symbol, found.order.quantity) for found in sells(world)} == {(SAMSUNG, 10), (HYNIX, 5)}
    intents = {fact.intent_id: fact for fact in world.of(ev.IntentRecorded)}
    assert all(intents[found.order.intent_id].target == 0 for found in sells(world))
    for found in sells(world):
        world.fill(world.accept(found), int(found.order.quantity), int(found.order.limit_price))
    world.pass_time(130, step=1.0)
    (over,) = world.of(ev.FlattenCompleted)
    assert (over.sold, over.remains) == (15, ())
    assert len(sells(world)) == 2


@pytest.mark.requirement("DEC-2", "OPS-05-4")
def test_a_resting_profit_order_is_cancelled_and_nothing_sold_before_the_proof() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 75_600)
    number = world.accept(world.of(act.Submit)[0])
    flatten(world)
    world.pass_time(5)
    (cancel,) = world.of(act.Cancel)
    world.give(inp.CancelEnded(cancel.cancel.intent_id, Outcome(OutcomeKind.ACCEPTED)))
    world.trade(SAMSUNG, 75_000)
    assert not sells(world), "an accepted cancel proves nothing"
    order = world.orders[number]
    world.orders[number] = replace(order, remaining=Quantity(0), canceled=order.quantity)
    world.pass_time(5)
    (sell,) = sells(world)
    assert sell.order.quantity == 10


def test_it_is_priced_at_the_best_bid_and_renewed_after_a_minute_without_a_fill() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 70_100, bid=69_900)
    flatten(world)
    (sell,) = sells(world)
    assert sell.order.limit_price == 69_900
    number = world.accept(sell)
    world.pass_time(66, step=1.0)
    (cancel,) = world.of(act.Cancel)
    assert cancel.cancel.order_no == number
    order = world.orders[number]
    world.orders[number] = replace(order, remaining=Quantity(0), canceled=order.quantity)
    world.trade(SAMSUNG, 69_000, bid=68_900)
    world.pass_time(5)
    assert [found.order.limit_price for found in sells(world)] == [69_900, 68_900]


def test_the_stop_does_not_sell_beside_the_plan() -> None:
    world = both()
    flatten(world)
    world.pass_time(2)
    world.trade(SAMSUNG, 60_000)
    assert len(world.of(act.Submit)) == 2
    assert not world.of(ev.OrderBlockedKillswitch)


def test_holdings_without_a_rule_are_left_too() -> None:
    world = held(config=replace(CONFIG, default_rule=None))
    world.open()
    assert not world.engine.book.positions
    flatten(world)
    world.pass_time(1)
    (ask,) = world.of(act.ReadPrices)
    assert ask.symbols == (SAMSUNG,)
    world.poll(SAMSUNG, 70_000)
    world.pass_time(1)
    (sell,) = sells(world)
    world.fill(world.accept(sell), 10, 70_000)
    world.pass_time(130, step=1.0)
    assert world.of(ev.FlattenCompleted)[0].remains == ()


def test_a_restart_goes_on_with_what_is_held_then() -> None:
    world = both()
    flatten(world)
    first = sells(world)[0]
    number = world.accept(first)
    world.fill(number, int(first.order.quantity), int(first.order.limit_price))
    facts = tuple(fact for fact in world.facts if isinstance(fact, ev.Fact.__args__))
    again = World(holdings=world.holdings, orders=world.orders, wall=world.wall, mono=world.mono)
    again.start(*facts, next_intent=50)
    again.pass_time(3)
    again.give(inp.FeedOpened())
    (left,) = world.holdings
    again.trade(left, 90_000)
    again.pass_time(3)
    assert [found.order.symbol for found in sells(again)] == [left]
    assert not again.of(ev.FlattenStarted), "it had begun"


def test_a_halt_holds_it_and_the_close_says_what_remains() -> None:
    world = both()
    world.give(SetKill("kim", KillLevel.ACTIVE, "x"))
    world.give(HaltOrders("kim", Symbol("")))
    flatten(world)
    world.pass_time(2)
    assert not sells(world)
    assert [fact.reason for fact in world.of(ev.ExitHeld)] == ["halt", "halt"]
    world.pass_time(6.6 * 3600, step=120.0)
    (over,) = world.of(ev.FlattenCompleted)
    assert len(over.remains) == 2
    assert "005930" in "".join(over.remains)


def test_hard_stops_it() -> None:
    world = both()
    flatten(world)
    world.give(SetKill("kim", KillLevel.HARD, "잘못 눌렀음"))
    world.pass_time(5)
    assert len(sells(world)) == 1
