"""Leave everything: one ordinary order after another, nothing before a confirmed cancel, resumable."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hantu.domain import events as ev
from hantu.domain.account import BrokerOrder, Side
from hantu.domain.commands import HaltOrders, KillLevel, SetKill
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.order import Outcome, OutcomeKind, Purpose
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.config import ExitRule, Mode
from tests.unit.engine.test_manual import asked_for
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
    jump(world, 6.4)
    world.pass_time(0.2 * 3600, step=120.0)
    (over,) = world.of(ev.FlattenCompleted)
    assert len(over.remains) == 2
    assert "005930" in "".join(over.remains)


def test_hard_stops_it() -> None:
    world = both()
    flatten(world)
    world.give(SetKill("kim", KillLevel.HARD, "잘못 눌렀음"))
    world.pass_time(5)
    assert len(sells(world)) == 1


def jump(world: World, hours: float) -> None:
    """Let hours pass in which nothing happens, and then two minutes."""
    world.wall += timedelta(hours=hours)
    world.mono += hours * 3600
    world.pass_time(120)


def stale(world: World, symbol: Symbol = SAMSUNG, quantity: int = 10) -> inp.BalanceRead:
    """A balance that has not heard of the latest fill."""
    before = replace(world, holdings={symbol: (quantity, 70_000, quantity)})
    return inp.BalanceRead(before.balance(), world.mono)


def stranger_sell(quantity: int) -> BrokerOrder:
    """A sell a person placed elsewhere: it keeps the shares."""
    return BrokerOrder(
        "900", "", "00950", SAMSUNG, Side.SELL, Quantity(quantity), Price(80_000), Quantity(0), Price(0),
        Quantity(quantity), Quantity(0), Quantity(0), "085500",
    )  # fmt: skip


def leave_alone(world: World) -> act.Submit:
    """Samsung is sold by the plan, and the broker took the order."""
    world.open()
    world.trade(SAMSUNG, 70_100)
    flatten(world)
    (sell,) = sells(world)
    return sell


@pytest.mark.requirement("DEC-2", "OPS-05-1")
@pytest.mark.parametrize("rule", [CONFIG.default_rule, None], ids=["ruled", "nobody asked to guard"])
def test_shares_a_lagging_balance_still_shows_are_not_sold_again(rule: ExitRule | None) -> None:
    world = held(config=replace(CONFIG, default_rule=rule))
    world.open()
    flatten(world)
    world.poll(SAMSUNG, 70_100)
    (sell,) = sells(world)
    number = world.accept(sell)
    world.answer_reads = False
    world.fill(number, 10, 70_100)
    assert not world.engine.book.positions
    for _ in range(20):
        world.give(stale(world))
        world.poll(SAMSUNG, 70_100)
        world.pass_time(2)
    assert len(sells(world)) == 1
    assert not world.engine.book.positions


@pytest.mark.requirement("DEC-2")
def test_a_refused_sell_waiting_for_its_second_attempt_dies_with_the_release() -> None:
    world = held()
    sell = leave_alone(world)
    world.pass_time(2)
    refused = Outcome(OutcomeKind.REFUSED, code="EGW00201", retryable=True)
    world.give(inp.SubmitEnded(sell.order.intent_id, refused))
    world.give(SetKill("kim", KillLevel.OFF, "잘못 눌렀음", "lee"))
    assert world.engine.book.kill is KillLevel.OFF
    world.pass_time(90, step=1.0)
    assert len(sells(world)) == 1
    assert world.of(ev.ExitHeld)[-1].reason == "kill"


@pytest.mark.requirement("DEC-2")
def test_a_wish_of_one_person_does_not_end_the_plan_of_two() -> None:
    world = both()
    flatten(world)
    flatten(world, "")
    assert world.engine.book.kill is KillLevel.FLATTEN
    world.pass_time(1)
    assert len(sells(world)) == 2


def test_a_wish_of_one_person_does_not_lower_hard() -> None:
    world = both()
    world.give(SetKill("kim", KillLevel.HARD, "x"))
    world.pass_time(3)
    flatten(world, "")
    assert world.engine.book.kill is KillLevel.HARD


@pytest.mark.requirement("DEC-2", "OPS-05-4")
def test_a_buy_is_taken_back_and_its_stock_not_sold_before_the_proof() -> None:
    world = held()
    world.open()
    world.poll(SAMSUNG, 71_000)
    world.give(asked_for(side=Side.BUY))
    number = world.accept(world.of(act.Submit)[0])
    flatten(world)
    (cancel,) = world.of(act.Cancel)
    assert cancel.cancel.order_no == number
    world.give(inp.CancelEnded(cancel.cancel.intent_id, Outcome(OutcomeKind.UNKNOWN, code="timeout")))
    world.trade(SAMSUNG, 71_000)
    world.pass_time(5)
    assert not sells(world), "an unconfirmed cancel proves nothing"
    order = world.orders[number]
    world.orders[number] = replace(order, remaining=Quantity(0), canceled=order.quantity)
    world.pass_time(40, step=1.0)
    (sell,) = sells(world)
    assert sell.order.quantity == 10


@pytest.mark.requirement("DEC-2", "OPS-05-1")
def test_an_order_on_its_way_is_neither_taken_back_nor_doubled() -> None:
    world = held()
    leave_alone(world)
    world.pass_time(10)
    assert len(sells(world)) == 1
    assert not world.of(act.Cancel)


def test_watching_only_the_plan_says_what_it_would_sell_and_sells_nothing() -> None:
    world = both(World(holdings=dict(TWO), config=replace(CONFIG, mode=Mode.WATCH)))
    flatten(world)
    world.pass_time(5)
    told = [(fact.symbol, fact.purpose, fact.quantity, fact.limit_price) for fact in world.of(ev.ExitSimulated)]
    assert told == [(SAMSUNG, Purpose.FLATTEN, 10, 70_000), (HYNIX, Purpose.FLATTEN, 5, 100_400)]
    assert not world.of(act.Submit)


def test_shares_locked_by_a_stranger_are_held_and_named_at_the_close_the_rest_is_sold() -> None:
    world = World(holdings=dict(TWO))
    world.orders["900"] = stranger_sell(10)
    world.holdings[SAMSUNG] = (10, 70_000, 0)
    both(world)
    flatten(world)
    world.pass_time(3)
    (sell,) = sells(world)
    assert sell.order.symbol == HYNIX
    assert [(fact.symbol, fact.reason) for fact in world.of(ev.ExitHeld)] == [(SAMSUNG, "not_sellable")]
    world.fill(world.accept(sell), 5, 100_400)
    jump(world, 6.5)
    (over,) = world.of(ev.FlattenCompleted)
    assert (over.sold, over.remains) == (5, ("N005930 (005930) 10주: 다른 주문이 수량을 잡고 있음",))


@pytest.mark.requirement("DEC-2")
def test_what_the_close_leaves_is_sold_the_next_morning() -> None:
    world = held()
    number = world.accept(leave_alone(world))
    jump(world, 6.5)
    (over,) = world.of(ev.FlattenCompleted)
    assert over.remains == ("N005930 (005930) 10주: 장 마감, 다음 장에서 이어서 정리",)
    cancels, before = len(world.of(act.Cancel)), len(sells(world))
    del world.orders[number]
    for _ in range(4):
        jump(world, 4)
    assert (len(world.of(act.Cancel)), len(sells(world))) == (cancels, before), "nothing is asked for at night"
    jump(world, 1.4)
    assert world.engine.desk.config.calendar.in_session(world.wall)
    world.poll(SAMSUNG, 69_000)
    world.pass_time(1)
    again = world.of(ev.FlattenStarted)[1]
    assert again.actor == "hantu"
    assert sells(world)[before:][0].order.quantity == 10


@pytest.mark.requirement("DEC-2", "OPS-05-1")
def test_an_order_nobody_can_explain_is_not_sold_beside_and_named_in_the_report() -> None:
    world = held()
    sell = leave_alone(world)
    world.give(inp.SubmitEnded(sell.order.intent_id, Outcome(OutcomeKind.UNKNOWN, code="timeout")))
    world.give(inp.OrdersRead(None, world.mono, "down"))
    world.answer_reads = False
    world.pass_time(400, step=2.0)
    assert world.of(ev.OrderEscalated)
    jump(world, 6.5)
    assert len(sells(world)) == 1
    (over,) = world.of(ev.FlattenCompleted)
    assert over.remains == ("N005930 (005930) 10주: 주문 결과 확인 중",)


def test_a_sell_the_door_denies_rests_and_is_tried_again_alone() -> None:
    world = held()
    sell = leave_alone(world)
    world.give(inp.SubmitEnded(sell.order.intent_id, Outcome(OutcomeKind.NOT_SENT, code="denied:kill")))
    assert [(fact.purpose, fact.sender) for fact in world.of(ev.OrderBlockedKillswitch)] == [(Purpose.FLATTEN, "door")]
    world.pass_time(50, step=1.0)
    assert len(sells(world)) == 1, "not before the rest is over"
    world.trade(SAMSUNG, 70_000)
    world.pass_time(15)
    assert len(sells(world)) == 2


def test_a_holding_nobody_asked_to_guard_is_unguarded_again_when_the_plan_is_called_off() -> None:
    world = held(config=replace(CONFIG, default_rule=None))
    world.open()
    flatten(world)
    assert SAMSUNG in world.engine.book.positions
    world.give(SetKill("kim", KillLevel.ACTIVE, "잘못 눌렀음"))
    world.pass_time(3)
    assert not world.engine.book.positions
    assert world.of(ev.PositionUnguarded)[-1].symbol == SAMSUNG


def test_a_list_slow_to_come_does_not_have_the_balance_asked_for_over_and_over() -> None:
    world = held()
    world.open()
    world.orders["900"] = stranger_sell(10)
    world.holdings[SAMSUNG] = (10, 70_000, 0)
    world.pass_time(310, step=5.0)
    world.trade(SAMSUNG, 70_100)
    world.pass_time(30, step=5.0)
    world.answer_reads = False
    asked = len(world.of(act.ReadBalance))
    flatten(world)
    for _ in range(10):
        world.pass_time(1)
        world.give(inp.BalanceRead(world.balance(), world.mono))
    assert not sells(world)
    assert len(world.of(act.ReadBalance)) - asked <= 2
