"""Answers to order calls, notices and lists: what each proves, and what follows."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from hantu.domain import events as ev
from hantu.domain.account import BrokerOrder, Side
from hantu.domain.commands import HaltOrders, KillLevel, SetKill
from hantu.domain.money import Price, Quantity
from hantu.domain.order import IntentState, NoticeKind, Outcome, OutcomeKind, Purpose, Refusal
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine import orders
from hantu.engine.notices import ORPHAN_LIMIT
from hantu.engine.turn import Turn
from tests.unit.engine.test_accidents import canceled_at_broker, sold, stopped
from tests.unit.engine.world import HYNIX, LEAPS, SAMSUNG, World, held


def sending(price: int = 67_900, **changes: Any) -> tuple[World, str]:
    """A world whose order is on its way, and its intent."""
    world = held(**changes)
    world.open()
    world.trade(SAMSUNG, price)
    return world, world.of(act.Submit)[0].order.intent_id


def ended(world: World, intent_id: str, kind: OutcomeKind, **changes: Any) -> None:
    world.give(inp.SubmitEnded(intent_id, Outcome(kind, **changes)))


def lost(world: World, intent_id: str) -> None:
    ended(world, intent_id, OutcomeKind.UNKNOWN, code="timeout", sent_mono=world.mono)


def lists(world: World) -> None:
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))


def stranger(number: str, quantity: int = 10, **changes: Any) -> BrokerOrder:
    base = BrokerOrder(
        number, "", "00950", SAMSUNG, Side.SELL, Quantity(quantity), Price(67_800), Quantity(0), Price(0),
        Quantity(quantity), Quantity(0), Quantity(0), "090500",
    )  # fmt: skip
    return replace(base, **changes)


# --- answers -----------------------------------------------------------------------------


@pytest.mark.requirement("MON-4.10", "MON-4.1.05")
def test_acceptance_is_recorded_with_the_moments_of_the_call() -> None:
    world, intent_id = sending()
    world.give(
        inp.SubmitEnded(
            intent_id,
            Outcome(
                OutcomeKind.ACCEPTED, "101", "00950", "090001", sent_mono=world.mono - 0.5,
                answered_mono=world.mono - 0.25,
            ),
        )
    )  # fmt: skip
    (told,) = world.of(ev.OrderAccepted)
    stamp = "%Y-%m-%d %H:%M:%S.%f"
    assert told.sent_at == world.now.after(-0.5).wall.strftime(stamp)
    assert told.accepted_at == world.now.after(-0.25).wall.strftime(stamp)
    assert (told.order_no, told.branch_no, told.ordered_at, told.how) == ("101", "00950", "090001", "answer")
    assert world.engine.desk.known_orders[(SAMSUNG, "sell")] == {"101"}


def test_answer_to_an_order_nobody_remembers_asks_for_the_list() -> None:
    world = held()
    world.open()
    asked = len(world.of(act.ReadOrders))
    ended(world, "20261122-0001", OutcomeKind.ACCEPTED, order_no="1")
    assert len(world.of(act.ReadOrders)) == asked + 1
    assert not world.of(ev.OrderAccepted)


@pytest.mark.requirement("MON-4.17")
def test_answer_that_comes_after_we_gave_up_is_still_evidence() -> None:
    world, intent_id = sending(answer_reads=True)
    world.answer_reads = False
    lost(world, intent_id)
    ended(world, intent_id, OutcomeKind.REFUSED, code="X")
    assert world.engine.book.intents[intent_id].state is IntentState.UNKNOWN, "a late refusal may be of the wrong call"
    ended(world, intent_id, OutcomeKind.ACCEPTED, order_no="101", branch_no="00950")
    assert world.engine.book.intents[intent_id].state is IntentState.WORKING
    assert world.engine.book.intents[intent_id].branch_no == "00950"
    ended(world, intent_id, OutcomeKind.ACCEPTED, order_no="102")
    assert [fact.order_no for fact in world.of(ev.OrderAccepted)] == ["101"]


@pytest.mark.requirement("MON-4.14", "MON-4.17")
def test_answer_that_never_comes_is_a_doubt_after_a_minute() -> None:
    world, intent_id = sending()
    world.pass_time(59.5)
    assert not world.of(ev.OrderUnresolved)
    world.pass_time(1)
    (told,) = world.of(ev.OrderUnresolved)
    assert (told.intent_id, told.reason, told.sent_at) == (intent_id, "응답 없음", "")
    assert (told.symbol, told.name, told.flow) == (SAMSUNG, f"N{SAMSUNG}", world.of(ev.IntentRecorded)[0].flow)


def test_answer_is_waited_for_while_the_records_cannot_be_written() -> None:
    """The sender waits for the record; an order that has not left is not in doubt."""
    world, _ = sending()
    world.give(inp.StorageHealth(ok=False, reason="disk full"))
    world.pass_time(90)
    assert not world.of(ev.OrderUnresolved)
    world.give(inp.StorageHealth(ok=True))
    world.pass_time(0.5)
    assert world.of(ev.OrderUnresolved)


@pytest.mark.requirement("MON-4.13")
@pytest.mark.parametrize("code", ["denied:kill", "denied:kill:file", "timeout"])
def test_order_that_was_not_sent_rests_and_is_told(code: str) -> None:
    world, intent_id = sending()
    world.give(SetKill("op", KillLevel.ACTIVE, "x"))
    ended(world, intent_id, OutcomeKind.NOT_SENT, code=code, message="no")
    assert [(fact.code, fact.reason) for fact in world.of(ev.OrderNotSent)] == [(code, "no")]
    assert all(fact.name == f"N{SAMSUNG}" for fact in world.of(ev.OrderBlockedKillswitch))
    blocked = [(fact.sender, fact.level, fact.purpose) for fact in world.of(ev.OrderBlockedKillswitch)]
    assert blocked == ([("door", KillLevel.ACTIVE, Purpose.STOP_LOSS)] if code.startswith("denied:kill") else [])
    assert [(fact.code, fact.reason, fact.next_try_s) for fact in world.of(ev.OrderFailed)] == [(code, "no", 60.0)]
    world.trade(SAMSUNG, 67_000)
    assert len(world.of(act.Submit)) == 1
    assert SAMSUNG in world.engine.desk.pending


@pytest.mark.requirement("MON-4.15", "MON-E.09")
def test_refusal_is_recorded_with_code_and_text() -> None:
    world, intent_id = sending()
    ended(world, intent_id, OutcomeKind.REFUSED, code="APBK0919", message="장종료", sent_mono=world.mono)
    (told,) = world.of(ev.OrderRejectedBroker)
    assert (told.code, told.reason, told.retryable) == ("APBK0919", "장종료", False)
    assert told.sent_at == world.wall.strftime("%Y-%m-%d %H:%M:%S.%f")
    assert [(fact.flow, fact.next_try_s) for fact in world.of(ev.OrderFailed)] == [
        (world.of(ev.IntentRecorded)[0].flow, 60.0)
    ]


@pytest.mark.requirement("MON-4.15", "MON-S.07")
def test_second_refusal_for_quantity_rests_instead_of_asking_the_balance_again() -> None:
    world, intent_id = sending()
    short = {"code": "Q", "refusal": Refusal.INSUFFICIENT_QUANTITY}
    world.holdings[SAMSUNG] = (10, 70_000, 7)
    ended(world, intent_id, OutcomeKind.REFUSED, **short)
    second = world.of(act.Submit)[1].order.intent_id
    ended(world, second, OutcomeKind.REFUSED, **short)
    assert len(world.of(act.Submit)) == 2
    assert [fact.next_try_s for fact in world.of(ev.OrderFailed)] == [0.0, 60.0]


@pytest.mark.requirement("MON-4.15")
@pytest.mark.parametrize("sellable", [0, 10])
def test_refusal_for_quantity_that_the_balance_does_not_explain_ends_the_exit_for_now(sellable: int) -> None:
    world, intent_id = sending()
    world.holdings[SAMSUNG] = (10, 70_000, sellable)
    ended(world, intent_id, OutcomeKind.REFUSED, code="Q", refusal=Refusal.INSUFFICIENT_QUANTITY)
    assert len(world.of(act.Submit)) == 1
    assert world.engine.desk.corrections == {}
    world.pass_time(59)
    world.trade(SAMSUNG, 67_000)
    assert len(world.of(act.Submit)) == 1


def test_corrected_sale_that_may_not_be_sent_any_more_is_not_sent() -> None:
    world, intent_id = sending()
    world.answer_reads = False
    world.holdings[SAMSUNG] = (10, 70_000, 7)
    ended(world, intent_id, OutcomeKind.REFUSED, code="Q", refusal=Refusal.INSUFFICIENT_QUANTITY)
    world.give(SetKill("op", KillLevel.HARD, "x"))
    world.give(inp.BalanceRead(world.balance(), world.mono))
    assert len(world.of(act.Submit)) == 1
    assert [fact.reason for fact in world.of(ev.ExitHeld)] == ["kill"]
    assert world.engine.desk.corrections == {}


def test_balance_asked_for_before_the_refused_order_corrects_nothing() -> None:
    world, intent_id = sending()
    world.answer_reads = False
    ended(world, intent_id, OutcomeKind.REFUSED, code="Q", refusal=Refusal.INSUFFICIENT_QUANTITY)
    world.holdings[SAMSUNG] = (10, 70_000, 7)
    world.give(inp.BalanceRead(world.balance(), world.mono - 1))
    assert len(world.of(act.Submit)) == 1
    assert world.engine.desk.corrections == {SAMSUNG: intent_id}
    world.give(inp.BalanceRead(world.balance(), world.mono))
    assert [submit.order.quantity for submit in world.of(act.Submit)] == [10, 7]
    assert world.engine.desk.foreign_locked == {SAMSUNG: 3}


# --- the list ----------------------------------------------------------------------------------


@pytest.mark.requirement("MON-4.1.13")
def test_fills_found_in_the_list_have_the_price_that_makes_its_average_true() -> None:
    world, number = stopped()
    world.fill(number, 4, 67_800)
    world.fill(number, 6, 67_100, notice=False)
    lists(world)
    # the list tells 67,380 for ten, which is 673,800; four were 271,200
    assert [(fill.quantity, fill.price, fill.source) for fill in world.of(ev.OrderFilled)] == [
        (4, 67_800, "notice"), (6, 67_100, "inquiry"),
    ]  # fmt: skip
    assert [fill.cumulative for fill in world.of(ev.OrderFilled)] == [4, 10]


def test_list_without_an_average_price_is_no_gift() -> None:
    world, number = stopped()
    world.fill(number, 4, 67_800)
    world.orders[number] = replace(
        world.orders[number], filled=Quantity(10), average_fill_price=Price(100), remaining=Quantity(0)
    )
    lists(world)
    assert world.of(ev.OrderFilled)[1].price == 100, "less than was told before: the list's own average is taken"


def test_list_that_is_older_than_what_is_known_takes_nothing_back() -> None:
    world, number = stopped()
    before = dict(world.orders)
    world.answer_reads = False
    world.fill(number, 4, 67_800)
    world.give(inp.OrdersRead(tuple(before.values()), world.mono))
    assert sold(world) == 4
    canceled = replace(before[number], remaining=Quantity(0), canceled=Quantity(10))
    world.give(inp.OrdersRead((canceled,), world.mono))
    assert not world.of(ev.OrderCanceled), "it does not add up with the fills; the next list will"


@pytest.mark.requirement("MON-4.13")
def test_rejection_by_the_exchange_found_in_the_list_rests_and_is_told() -> None:
    world, number = stopped()
    world.pass_time(62)
    assert len(world.of(act.Cancel)) == 1
    world.orders[number] = replace(world.orders[number], remaining=Quantity(0), rejected=Quantity(10))
    lists(world)
    (told,) = world.of(ev.OrderRejectedBroker)
    assert (told.code, told.reason, told.retryable) == ("RFUS_YN", "거래소 거부 (inquiry)", False)
    assert (told.symbol, told.name) == (SAMSUNG, f"N{SAMSUNG}")
    assert [(f.code, f.reason, f.next_try_s) for f in world.of(ev.OrderFailed)] == [
        ("RFUS_YN", "거래소가 주문을 거부했습니다", 60.0)
    ]
    assert world.engine.book.open_intents() == [], "the cancel is over with its order"
    assert SAMSUNG in world.engine.desk.pending
    world.trade(SAMSUNG, 67_000)
    assert len(world.of(act.Submit)) == 1


@pytest.mark.requirement("MON-4.13")
def test_rejection_by_the_exchange_told_by_a_notice() -> None:
    world, number = stopped()
    world.give(world.notice("999", NoticeKind.REJECTED, 10, 0, original_order_no=number))
    assert not world.of(ev.OrderRejectedBroker), "a rejected cancel is not a rejected order"
    asked = len(world.of(act.ReadOrders))
    world.give(world.notice(number, NoticeKind.REJECTED, 10, 0))
    assert [fact.reason for fact in world.of(ev.OrderRejectedBroker)] == ["거래소 거부 (notice)"]
    assert len(world.of(act.ReadOrders)) == asked + 1
    world.give(world.notice(number, NoticeKind.REJECTED, 10, 0))
    assert len(world.of(ev.OrderRejectedBroker)) == 1


def test_rejection_of_an_order_that_has_fills_is_left_to_the_list() -> None:
    world, number = stopped()
    world.fill(number, 4, 67_800)
    world.give(world.notice(number, NoticeKind.REJECTED, 6, 0))
    assert not world.of(ev.OrderRejectedBroker)


@pytest.mark.requirement("MON-4.06")
def test_shares_on_sale_by_hand_add_up_and_cancels_and_purchases_lock_nothing() -> None:
    world = held()
    world.open()
    for order in (
        stranger("1", 3), stranger("2", 2), stranger("3", 4, is_cancel=True), stranger("4", 4, side=Side.BUY),
        stranger("5", 5, remaining=Quantity(0), filled=Quantity(5)),
    ):  # fmt: skip
        world.orders[order.order_no] = order
    lists(world)
    assert world.engine.desk.foreign_locked == {SAMSUNG: 5}
    assert world.engine.desk.known_orders == {(SAMSUNG, "sell"): {"1", "2", "5"}, (SAMSUNG, "buy"): {"4"}}
    world.trade(SAMSUNG, 67_000)
    assert [submit.order.quantity for submit in world.of(act.Submit)] == [5]


def test_listed_order_that_may_be_ours_locks_nothing_and_one_that_cannot_be_does() -> None:
    world, intent_id = sending()
    world.answer_reads = False
    lost(world, intent_id)
    world.orders["101"] = stranger("101", ordered_at="080000")
    world.orders["102"] = stranger("102", quantity=3)
    lists(world)
    assert world.engine.desk.foreign_locked == {SAMSUNG: 3}


def test_order_believed_to_be_over_that_still_works_locks_its_shares() -> None:
    world, number = stopped()
    canceled_at_broker(world, number)
    working = replace(world.orders[number], remaining=Quantity(10), canceled=Quantity(0))
    lists(world)
    assert world.of(ev.OrderCanceled)
    world.orders[number] = working
    lists(world)
    assert world.engine.desk.foreign_locked == {}, "none of its shares is left to be sold"


# --- cancels ------------------------------------------------------------------------------------


@pytest.mark.requirement("MON-4.1.12")
def test_cancel_names_its_order_and_takes_what_remains() -> None:
    world, number = stopped()
    world.fill(number, 4, 67_800)
    world.pass_time(62)
    (cancel,) = [action.cancel for action in world.of(act.Cancel)]
    order, intent = world.of(ev.IntentRecorded)
    assert (intent.kind, intent.state, intent.parent) == ("cancel", IntentState.SENDING, order.intent_id)
    assert (intent.quantity, intent.flow, intent.trade_date) == (6, order.flow, order.trade_date)
    assert (cancel.intent_id, cancel.target_intent_id) == (intent.intent_id, order.intent_id)
    assert (cancel.order_no, cancel.branch_no, cancel.symbol, cancel.epoch) == (number, "00950", SAMSUNG, 1)


def test_cancels_refused_again_and_again_are_asked_for_more_and_more_seldom() -> None:
    world = held(config=LEAPS)
    world.open()
    world.trade(SAMSUNG, 75_600)
    world.accept(world.of(act.Submit)[0])
    times = []
    for _ in range(2_000):
        count = len(world.of(act.Cancel))
        world.trade(SAMSUNG, 67_000)
        if len(world.of(act.Cancel)) > count:
            times.append(world.mono)
            name = world.of(act.Cancel)[-1].cancel.intent_id
            world.give(inp.CancelEnded(name, Outcome(OutcomeKind.REFUSED, code="C")))
        world.mono += 0.125
    assert [b - a for a, b in pairwise(times[:9])] == [1, 2, 4, 8, 16, 32, 60, 60]


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (OutcomeKind.ACCEPTED, IntentState.WORKING),
        (OutcomeKind.REFUSED, IntentState.REFUSED),
        (OutcomeKind.NOT_SENT, IntentState.NOT_SENT),
        (OutcomeKind.UNKNOWN, IntentState.UNKNOWN),
    ],
)
def test_answer_to_a_cancel_says_nothing_about_the_order(kind: OutcomeKind, state: IntentState) -> None:
    world, number = stopped()
    world.pass_time(62)
    name = world.of(act.Cancel)[0].cancel.intent_id
    world.give(inp.CancelEnded(name, Outcome(kind, code="C", message="m")))
    assert [(f.state, f.code, f.reason) for f in world.of(ev.CancelResolved)] == [(state, "C", "m")]
    open_order = world.engine.book.open_intent(SAMSUNG)
    assert open_order is not None
    assert open_order.order_no == number


def test_cancels_of_one_order_end_with_it_and_others_go_on() -> None:
    world = World(holdings={SAMSUNG: (10, 70_000, 10), HYNIX: (5, 70_000, 5)})
    world.open()
    numbers = []
    for symbol in (SAMSUNG, HYNIX):
        world.trade(symbol, 67_900)
        numbers.append(world.accept(world.of(act.Submit)[-1]))
    world.pass_time(62)
    assert [action.cancel.symbol for action in world.of(act.Cancel)] == [SAMSUNG, HYNIX]
    world.fill(numbers[0], 10, 67_800)
    left = [(intent.record.kind, intent.record.symbol) for intent in world.engine.book.open_intents()]
    assert left == [("order", HYNIX), ("cancel", HYNIX)]


def test_answer_to_a_cancel_that_is_over_or_unknown_changes_nothing() -> None:
    world, number = stopped()
    world.pass_time(62)
    name = world.of(act.Cancel)[0].cancel.intent_id
    world.fill(number, 10, 67_800)
    told = len(world.of(ev.CancelResolved))
    world.give(inp.CancelEnded(name, Outcome(OutcomeKind.REFUSED, code="C")))
    world.give(inp.CancelEnded("20261122-0001", Outcome(OutcomeKind.REFUSED, code="C")))
    assert len(world.of(ev.CancelResolved)) == told == 1


def test_cancel_whose_answer_never_comes_is_a_doubt_after_a_minute() -> None:
    world, _ = stopped()
    world.pass_time(62)
    world.answer_reads = False
    world.pass_time(61)
    (told,) = world.of(ev.CancelResolved)
    assert (told.state, told.code, told.reason) == (IntentState.UNKNOWN, "no_answer", "no outcome")


# --- notices --------------------------------------------------------------------------------------


def test_notice_of_another_account_is_nobodys_business() -> None:
    world, number = stopped()
    for notice in (world.notice(number, NoticeKind.FILL, 4, 67_800), world.notice("5", NoticeKind.FILL, 4, 67_800)):
        assert world.give(replace(notice, account_matches=False)) == []
    assert not world.of(ev.OrderFilled)
    assert not world.of(ev.ForeignFill)


def test_notice_of_a_strangers_order_that_is_no_fill_only_asks_for_the_list() -> None:
    world = held()
    world.open()
    asked = len(world.of(act.ReadOrders))
    world.give(world.notice("5", NoticeKind.ACCEPTED, 4, 67_800))
    assert len(world.of(act.ReadOrders)) == asked + 1
    assert not world.of(ev.ForeignFill)


@pytest.mark.requirement("MON-4.17", "MON-4.1.05")
def test_notice_ends_a_doubt_if_there_is_one_order_it_can_belong_to() -> None:
    world, intent_id = sending()
    world.answer_reads = False
    lost(world, intent_id)
    world.give(world.notice("100", NoticeKind.ACCEPTED, 3, 0, order_quantity=Quantity(3)))
    assert not world.of(ev.OrderAccepted), "another quantity"
    world.give(world.notice("101", NoticeKind.FILL, 4, 67_800, order_quantity=Quantity(10), branch_no=""))
    (told,) = world.of(ev.OrderAccepted)
    assert (told.order_no, told.branch_no, told.ordered_at, told.how) == ("101", "", "", "notice")
    assert sold(world) == 4, "the notice that proved it counts"


@pytest.mark.requirement("MON-4.17")
@pytest.mark.parametrize(
    ("side", "limit", "fill", "ours"),
    [
        (Side.SELL, 67_800, 67_700, False), (Side.SELL, 67_800, 67_800, True), (Side.SELL, 0, 60_000, True),
        (Side.BUY, 67_800, 67_900, False), (Side.BUY, 67_800, 67_700, True),
    ],
)  # fmt: skip
def test_a_fill_worse_than_our_limit_is_another_orders(side: Side, limit: int, fill: int, ours: bool) -> None:
    """A person sold as many shares by hand while our order was in doubt: theirs must not be told as ours."""
    world, intent_id = sending()
    intent = world.engine.book.intents[intent_id]
    intent.record = replace(intent.record, side=side, limit_price=limit)
    world.answer_reads = False
    world.give(inp.SubmitEnded(intent_id, Outcome(OutcomeKind.UNKNOWN, code="timeout", sent_mono=world.mono)))
    world.give(world.notice("101", NoticeKind.FILL, 10, fill, side=side, order_quantity=Quantity(10)))
    assert bool(world.of(ev.OrderAccepted)) == ours


@pytest.mark.requirement("MON-4.17")
def test_two_orders_a_notice_can_belong_to_prove_neither() -> None:
    world, intent_id = sending()
    world.answer_reads = False
    for number in ("101", "102"):
        # both overtake the answer
        world.give(world.notice(number, NoticeKind.ACCEPTED, 10, 0, order_quantity=Quantity(10)))
    lost(world, intent_id)
    assert not world.of(ev.OrderAccepted)
    assert len(world.engine.desk.orphans) == 2


def test_notices_that_overtook_the_answer_are_sorted_out_by_its_number() -> None:
    world, intent_id = sending()
    world.give(world.notice("101", NoticeKind.FILL, 4, 67_800, order_quantity=Quantity(10)))
    world.give(world.notice("900", NoticeKind.FILL, 2, 67_000, order_quantity=Quantity(2)))
    ended(world, intent_id, OutcomeKind.ACCEPTED, order_no="101")
    assert [(fill.order_no, fill.quantity) for fill in world.of(ev.OrderFilled)] == [("101", 4)]
    assert [(fill.order_no, fill.quantity) for fill in world.of(ev.ForeignFill)] == [("900", 2)]
    assert world.engine.desk.orphans == []


def test_notice_that_waited_for_an_order_that_does_not_exist_is_a_strangers() -> None:
    world, intent_id = sending()
    world.give(world.notice("900", NoticeKind.FILL, 10, 67_000, order_quantity=Quantity(10)))
    ended(world, intent_id, OutcomeKind.REFUSED, code="X")
    assert [fill.order_no for fill in world.of(ev.ForeignFill)] == ["900"]


def test_notices_that_wait_are_bounded() -> None:
    world, _ = sending()
    for number in range(ORPHAN_LIMIT + 5):
        world.give(world.notice(str(1_000 + number), NoticeKind.ACCEPTED, 1, 0))
    assert len(world.engine.desk.orphans) == ORPHAN_LIMIT
    assert world.engine.desk.orphans[0].order_no == "1005"


@pytest.mark.requirement("MON-4.1.04")
@pytest.mark.parametrize(
    ("at", "clock"), [("090102", "00:01:02.000000"), ("0901", ""), ("09010x", ""), ("250000", ""), ("", "")]
)
def test_fill_carries_the_exchange_time_or_ours_where_it_cannot_be_read(at: str, clock: str) -> None:
    world, number = stopped()
    world.fill(number, 4, 67_800, notice=False)
    world.give(replace(world.notice(number, NoticeKind.FILL, 4, 67_800), at=at))
    expected = f"2026-11-23 {clock}" if clock else world.wall.strftime("%Y-%m-%d %H:%M:%S.%f")
    assert [fill.filled_at for fill in world.of(ev.OrderFilled)] == [expected]


def test_notice_of_nothing_or_of_an_order_that_is_over_counts_for_nothing() -> None:
    world, number = stopped()
    world.give(world.notice(number, NoticeKind.FILL, 0, 67_800))
    world.fill(number, 10, 67_800)
    world.give(replace(world.notice(number, NoticeKind.FILL, 4, 67_700), at="100000"))
    assert sold(world) == 10


def test_notice_of_a_cancel_by_its_own_number_is_not_one_of_the_order() -> None:
    world, _ = stopped()
    world.pass_time(62)
    name = world.of(act.Cancel)[0].cancel.intent_id
    world.give(inp.CancelEnded(name, Outcome(OutcomeKind.ACCEPTED, "999")))
    world.engine.book.intents[name].order_no = "999"
    world.give(world.notice("999", NoticeKind.FILL, 4, 67_800))
    assert sold(world) == 0


def test_fill_of_another_stock_by_hand_leaves_our_order_alone() -> None:
    world, number = stopped()
    world.give(world.notice("555", NoticeKind.FILL, 4, 100_000, symbol=HYNIX, side=Side.SELL))
    assert [fact.symbol for fact in world.of(ev.ForeignFill)] == [HYNIX]
    assert world.engine.book.by_order_no(number, "2026-11-23") is not None
    assert sold(world) == 0


def test_wake_is_asked_for_when_a_second_attempt_or_a_look_at_the_fill_is_due() -> None:
    def wake(of: World) -> float | None:
        return orders.next_due(Turn(of.engine.desk, of.now))

    world, intent_id = sending()
    assert wake(world) is None
    ended(world, intent_id, OutcomeKind.REFUSED, code="R", retryable=True)
    assert wake(world) == world.mono + 1.0
    world.mono += 0.75
    world.give(inp.Woken())
    assert len(world.of(act.Submit)) == 1
    world.mono += 0.25
    world.give(inp.Woken())
    assert wake(world) is None
    world.accept(world.of(act.Submit)[1])
    assert wake(world) == world.mono + 60.0
    world.mono += 60
    world.give(inp.Woken())
    assert wake(world) is None, "it was looked at"


@pytest.mark.requirement("MON-4.1.11")
def test_waiting_is_told_with_its_seconds_and_a_halted_stock_keeps_its_order() -> None:
    world, number = stopped()
    since = world.mono
    world.give(HaltOrders("op", SAMSUNG))
    world.pass_time(65)
    (told,) = world.of(ev.FillUnconfirmed)
    assert 60 <= told.waited_s <= world.mono - since
    assert (told.symbol, told.name) == (SAMSUNG, f"N{SAMSUNG}")
    assert not world.of(act.Cancel), "what cannot be replaced is not taken back"
    assert number in world.orders


# --- a token that is not there yet ---------------------------------------------------------


@pytest.mark.requirement("MON-4.16", "MON-E.09")
@pytest.mark.parametrize(("retry_s", "rests_s"), [(7.0, 7.0), (0.5, None), (600.0, 60.0)])
def test_exit_without_a_token_goes_when_the_token_may_be_had(retry_s: float, rests_s: float | None) -> None:
    """After EGW00123 in session an exit rested a minute although the next token was due in seven seconds."""
    world, intent_id = sending()
    world.give(
        inp.SubmitEnded(
            intent_id, Outcome(OutcomeKind.NOT_SENT, code="no_token", message="m", retryable=True, retry_s=retry_s)
        )
    )
    assert [fact.next_try_s for fact in world.of(ev.OrderFailed)] == ([rests_s] if rests_s else [])
    rests_s = rests_s or 1.0
    asked = len(world.of(act.ReadPrices))
    world.pass_time(rests_s - 0.1)
    world.trade(SAMSUNG, 67_800)
    assert len(world.of(act.Submit)) == 1
    world.pass_time(0.2)
    assert len(world.of(act.ReadPrices)) > asked or rests_s == 1.0, "the price is asked for, whoever trades"
    world.poll(SAMSUNG, 67_800)
    assert len(world.of(act.Submit)) == 2


def test_exit_held_up_for_a_token_is_not_sold_at_a_price_that_recovered() -> None:
    world, intent_id = sending()
    world.give(inp.SubmitEnded(intent_id, Outcome(OutcomeKind.NOT_SENT, code="no_token", retryable=True, retry_s=7.0)))
    world.pass_time(7.1)
    world.poll(SAMSUNG, 70_000)
    world.pass_time(5)
    assert len(world.of(act.Submit)) == 1


@pytest.mark.requirement("MON-4.1.12", "DEC-21")
def test_what_was_bought_beside_an_order_is_taken_in_when_the_order_ends_unfilled() -> None:
    """A profit order rested until the close; the balance came a moment before the list that showed its end."""
    world, _ = sending(76_200)
    number = world.accept(world.of(act.Submit)[0])
    world.holdings[SAMSUNG] = (13, 70_000, 3)
    world.give(inp.BalanceRead(world.balance(), world.mono))
    assert world.engine.book.positions[SAMSUNG].quantity == 10, "not compared while the order lives"
    canceled_at_broker(world, number)
    world.holdings[SAMSUNG] = (13, 70_000, 13)
    lists(world)
    world.pass_time(world.engine.desk.config.pace.settle_s + 1, step=0.5)
    assert world.engine.book.positions[SAMSUNG].quantity == 13
