"""Accidents: sequences that once lost a share, a stop, a timer or a truth; named after what happened."""

from dataclasses import replace

import pytest

from hantu.domain import events as ev
from hantu.domain.account import BrokerOrder, Side
from hantu.domain.commands import HaltOrders, KillLevel, SetKill
from hantu.domain.money import Price, Quantity
from hantu.domain.order import NoticeKind, Outcome, OutcomeKind
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.config import ExitRule, Partial, Trailing
from tests.unit.engine.world import CONFIG, HYNIX, LEAPS, SAMSUNG, World, held

RATE = Outcome(OutcomeKind.REFUSED, code="R", retryable=True)


def stopped(**changes: object) -> tuple[World, str]:
    """A world whose stop order was just accepted, and the order's number."""
    world = held(**changes)
    world.open()
    world.trade(SAMSUNG, 67_900)
    return world, world.accept(world.of(act.Submit)[0])


def canceled_at_broker(world: World, number: str) -> None:
    order = world.orders[number]
    world.orders[number] = replace(order, remaining=Quantity(0), canceled=order.remaining)


def sold(world: World) -> int:
    return sum(fill.quantity for fill in world.of(ev.OrderFilled))


# --- shares ------------------------------------------------------------------------


@pytest.mark.requirement("MON-4.1.07", "MON-4.1.12")
def test_fill_found_by_inquiry_is_not_counted_again_when_its_notice_comes() -> None:
    world, number = stopped()
    world.fill(number, 4, 67_800, notice=False)
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    world.give(world.notice(number, NoticeKind.FILL, 4, 67_800))
    assert sold(world) == 4
    canceled_at_broker(world, number)
    world.pass_time(70)
    assert world.of(act.Submit)[1].order.quantity == 6


@pytest.mark.requirement("MON-4.1.07")
def test_notice_replayed_minutes_later_is_not_a_second_fill() -> None:
    world, number = stopped()
    world.fill(number, 4, 67_800)
    notice = world.notice(number, NoticeKind.FILL, 4, 67_800)
    world.pass_time(30)
    world.give(replace(notice, received_at=world.mono))
    assert sold(world) == 4


@pytest.mark.requirement("MON-4.1.12")
def test_cancel_notice_orders_nothing_before_the_list_told_of_a_lost_fill() -> None:
    world, number = stopped()
    world.fill(number, 7, 67_800, notice=False)
    world.answer_reads = False
    notice = world.notice(number, NoticeKind.CANCELED, 10, 0, order_no="999", original_order_no=number)
    canceled_at_broker(world, number)
    world.give(notice)
    assert len(world.of(act.Submit)) == 1
    world.answer_reads = True
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    assert world.of(act.Submit)[1].order.quantity == 3


@pytest.mark.requirement("MON-4.1.12")
def test_order_amended_by_hand_is_not_sold_beside() -> None:
    world, number = stopped()
    canceled_at_broker(world, number)
    order = world.orders[number]
    world.orders["900"] = replace(
        order, order_no="900", original_order_no=number, remaining=Quantity(10), canceled=Quantity(0)
    )
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    assert len(world.of(act.Submit)) == 1, "the amended order holds the same shares"


@pytest.mark.requirement("MON-4.1.12")
def test_shares_bought_during_an_exit_are_not_sold_by_its_second_attempt() -> None:
    world, number = stopped()
    world.fill(number, 4, 67_800)
    bought = world.notice("555", NoticeKind.FILL, 5, 66_000, side=Side.BUY, order_quantity=Quantity(5))
    world.holdings[SAMSUNG] = (11, 68_000, 11)
    world.give(bought)
    canceled_at_broker(world, number)
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    assert world.of(act.Submit)[1].order.quantity == 6


@pytest.mark.requirement("MON-4.17")
def test_order_entered_by_hand_before_ours_is_not_taken_for_it() -> None:
    world = held()
    world.open()
    world.pass_time(120)
    world.trade(SAMSUNG, 67_900)
    order = world.of(act.Submit)[0].order
    mine = (order.symbol, order.side, order.quantity, order.limit_price, Quantity(0), Price(0), order.quantity)
    world.orders["50"] = BrokerOrder("50", "", "00950", *mine, Quantity(0), Quantity(0), "090005")
    world.give(inp.SubmitEnded(order.intent_id, Outcome(OutcomeKind.UNKNOWN, code="timeout", sent_mono=world.mono)))
    world.pass_time(5)
    assert not world.of(ev.OrderAccepted)


@pytest.mark.requirement("MON-4.17")
@pytest.mark.parametrize("notified", [False, True], ids=["list", "notice"])
def test_market_order_by_hand_is_not_taken_for_a_lost_one_of_as_many_shares(notified: bool) -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    order = world.of(act.Submit)[0].order
    world.give(inp.SubmitEnded(order.intent_id, Outcome(OutcomeKind.UNKNOWN, code="timeout", sent_mono=world.mono)))
    if notified:
        by_hand = world.notice("50", NoticeKind.ACCEPTED, order.quantity, 0, order_price=Price(0))
        world.give(replace(by_hand, symbol=order.symbol, side=order.side, order_quantity=order.quantity))
    else:
        shares = (order.symbol, order.side, order.quantity, Price(0), Quantity(0), Price(0), order.quantity)
        world.orders["50"] = BrokerOrder("50", "", "00950", *shares, Quantity(0), Quantity(0), "090105")
        world.pass_time(5)
    assert not world.of(ev.OrderAccepted)


# --- safety while something waits ---------------------------------------------------------


@pytest.mark.requirement("MON-8.05", "MON-4.13")
@pytest.mark.parametrize("stop", [HaltOrders("op"), SetKill("op", KillLevel.HARD, "x")], ids=["halt", "kill"])
def test_second_attempt_waits_for_halt_and_kill_switch_like_the_first(stop: HaltOrders | SetKill) -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    world.give(inp.SubmitEnded(world.of(act.Submit)[0].order.intent_id, RATE))
    world.give(stop)
    world.pass_time(3)
    assert len(world.of(act.Submit)) == 1


@pytest.mark.requirement("MON-8.05")
def test_resting_profit_order_is_not_canceled_while_the_stop_could_not_be_sent() -> None:
    world = held(config=LEAPS)
    world.open()
    world.trade(SAMSUNG, 75_600)
    world.accept(world.of(act.Submit)[0])
    world.give(SetKill("op", KillLevel.HARD, "x"))
    world.trade(SAMSUNG, 67_000)
    assert not world.of(act.Cancel)


@pytest.mark.requirement("MON-4.13")
def test_refused_cancel_is_not_repeated_on_every_trade() -> None:
    world = held(config=LEAPS)
    world.open()
    world.trade(SAMSUNG, 75_600)
    world.accept(world.of(act.Submit)[0])
    for _ in range(20):
        world.trade(SAMSUNG, 67_000)
        cancel = world.of(act.Cancel)[-1].cancel
        world.give(inp.CancelEnded(cancel.intent_id, Outcome(OutcomeKind.REFUSED, code="C")))
        world.pass_time(0.05)
    assert len(world.of(act.Cancel)) == 1
    world.pass_time(1)
    world.trade(SAMSUNG, 67_000)
    assert len(world.of(act.Cancel)) == 2


@pytest.mark.requirement("MON-4.1.12")
def test_lost_cancel_is_asked_for_again_and_the_stop_is_replaced() -> None:
    world, number = stopped()
    world.pass_time(62)
    world.give(inp.CancelEnded(world.of(act.Cancel)[0].cancel.intent_id, Outcome(OutcomeKind.UNKNOWN, code="timeout")))
    world.pass_time(100)
    assert len(world.of(act.Cancel)) >= 2
    world.trade(SAMSUNG, 67_900)
    canceled_at_broker(world, number)
    world.pass_time(5)
    assert len(world.of(act.Submit)) == 2


@pytest.mark.requirement("ALR-9")
def test_partial_profit_held_by_the_kill_switch_is_told_once_not_at_every_trade() -> None:
    world = held(config=replace(CONFIG, default_rule=ExitRule(partial=Partial(enabled=True))))
    world.open()
    world.give(SetKill("op", KillLevel.ACTIVE, "x"))
    for price in (73_500, 73_600, 73_700):
        world.trade(SAMSUNG, price)
    assert len(world.of(ev.OrderBlockedKillswitch)) == 1


@pytest.mark.requirement("MON-4.13", "MON-4.1.12")
def test_refused_first_attempt_does_not_use_up_the_replacement_of_an_unfilled_stop() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    world.give(inp.SubmitEnded(world.of(act.Submit)[0].order.intent_id, RATE))
    world.pass_time(2)
    number = world.accept(world.of(act.Submit)[1])
    world.pass_time(65)
    assert len(world.of(act.Cancel)) == 1
    canceled_at_broker(world, number)
    world.pass_time(5)
    world.accept(world.of(act.Submit)[2])
    world.pass_time(130)
    assert len(world.of(act.Cancel)) == 1, "one replacement, then a person decides"


@pytest.mark.requirement("MON-4.1.12")
def test_confirmed_cancel_is_over_and_not_reported_with_every_list() -> None:
    world, number = stopped()
    world.pass_time(65)
    (cancel,) = world.of(act.Cancel)
    world.give(inp.CancelEnded(cancel.cancel.intent_id, Outcome(OutcomeKind.ACCEPTED, "9")))
    canceled_at_broker(world, number)
    world.pass_time(40)
    assert [fact.state.value for fact in world.of(ev.CancelResolved)] == ["working", "filled"]
    assert all(intent.open for intent in world.engine.book.open_intents())


@pytest.mark.requirement("ALR-9", "MON-4.06")
def test_stop_while_a_person_has_all_shares_on_sale_is_told_once_and_sold_when_they_are_free() -> None:
    world = held()
    world.open()
    by_hand = BrokerOrder(
        "9001", "", "00950", SAMSUNG, Side.SELL, Quantity(10), Price(80_000), Quantity(0), Price(0), Quantity(10),
        Quantity(0), Quantity(0), "090030",
    )  # fmt: skip
    world.orders["9001"] = by_hand
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    for price in (67_900, 67_800, 67_900, 67_800):
        world.trade(SAMSUNG, price)
        world.pass_time(1)
    assert [fact.reason for fact in world.of(ev.ExitHeld)] == ["not_sellable"]
    assert not world.of(ev.StopLossReached)
    assert not world.of(act.Submit)

    world.orders["9001"] = replace(by_hand, remaining=Quantity(0), canceled=Quantity(10))
    for _ in range(3):
        world.trade(SAMSUNG, 67_800)
        world.pass_time(2)
    assert [submit.order.quantity for submit in world.of(act.Submit)] == [10]


@pytest.mark.requirement("MON-B.01")
def test_raised_stop_survives_a_comparison_with_the_balance() -> None:
    rule = ExitRule(trailing=Trailing(enabled=True), target_bps=5_000)
    world = held(config=replace(CONFIG, default_rule=rule))
    world.open()
    world.trade(SAMSUNG, 74_000)
    world.holdings[SAMSUNG] = (8, 70_000, 8)
    world.give(inp.BalanceRead(world.balance(), world.mono))
    assert world.engine.book.positions[SAMSUNG].stop_price == 72_520


@pytest.mark.requirement("MON-5.08", "MON-0.07")
def test_bought_stock_is_not_dropped_by_a_balance_older_than_the_purchase() -> None:
    world = held()
    world.open()
    world.give(world.notice("555", NoticeKind.FILL, 5, 200_000, symbol=HYNIX, side=Side.BUY))
    world.pass_time(20)
    assert HYNIX in world.engine.book.positions
    world.pass_time(60)
    assert HYNIX not in world.engine.book.positions, "after a minute the broker wins"
