"""Doubts: what ends them, what does not, and when a person is called."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.money import Price, Quantity
from hantu.domain.order import IntentState, Outcome, OutcomeKind
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine import unresolved
from hantu.engine.turn import Turn
from tests.unit.engine.test_accidents import canceled_at_broker, sold, stopped
from tests.unit.engine.test_orders import lists, lost, sending, stranger
from tests.unit.engine.world import SAMSUNG, World


def doubt() -> tuple[World, str]:
    """A world whose order call timed out ten minutes into the session; inquiries are answered by hand."""
    world, intent_id = sending()
    world.answer_reads = False
    world.wall = world.wall.replace(microsecond=0) + timedelta(minutes=10)
    lost(world, intent_id)
    return world, intent_id


@pytest.mark.requirement("MON-4.17")
@pytest.mark.parametrize(
    "changes",
    [
        {"is_cancel": True},
        {"symbol": "000660"},
        {"side": Side.BUY},
        {"quantity": Quantity(9)},
        {"limit_price": Price(67_700)},
        {"limit_price": Price(0)},
        {"ordered_at": "091005"},
    ],
    ids=str,
)
def test_listed_order_that_differs_is_not_taken_for_ours(changes: dict[str, object]) -> None:
    world, _ = doubt()
    at = (world.wall + timedelta(hours=9)).strftime("%H%M%S")
    fitting = stranger("101", ordered_at=at)
    differs = replace(fitting, **changes)  # type: ignore[arg-type]
    if "ordered_at" in changes:
        early = world.wall - timedelta(seconds=11) + timedelta(hours=9)
        differs = replace(fitting, ordered_at=early.strftime("%H%M%S"))
    world.give(inp.OrdersRead((differs,), world.mono))
    assert not world.of(ev.OrderAccepted)
    world.give(inp.OrdersRead((differs, replace(fitting, order_no="102")), world.mono))
    assert [(fact.order_no, fact.how) for fact in world.of(ev.OrderAccepted)] == [("102", "inquiry")]


@pytest.mark.requirement("MON-4.17")
@pytest.mark.parametrize("early_s", [0, 10])
def test_listed_order_that_fits_is_adopted_with_what_the_list_tells_of_it(early_s: int) -> None:
    """The broker's clock may be ten seconds behind."""
    world, intent_id = doubt()
    at = (world.wall - timedelta(seconds=early_s) + timedelta(hours=9)).strftime("%H%M%S")
    world.orders["101"] = stranger(
        "101", ordered_at=at, filled=Quantity(4), average_fill_price=Price(67_700),
        remaining=Quantity(6),
    )  # fmt: skip
    lists(world)
    (told,) = world.of(ev.OrderAccepted)
    assert (told.intent_id, told.order_no, told.branch_no, told.ordered_at) == (intent_id, "101", "00950", at)
    assert sold(world) == 4
    assert world.engine.desk.foreign_locked == {}


@pytest.mark.parametrize("clock", ["", "9999"])
def test_listed_order_without_a_readable_time_may_be_ours(clock: str) -> None:
    world, _ = doubt()
    world.give(inp.OrdersRead((stranger("101", ordered_at=clock),), world.mono))
    assert len(world.of(ev.OrderAccepted)) == 1


def test_order_number_that_was_known_before_ours_was_sent_is_not_ours() -> None:
    world, _ = sending()
    first = world.of(act.Submit)[0].order
    world.give(inp.SubmitEnded(first.intent_id, Outcome(OutcomeKind.NOT_SENT, code="x")))
    world.orders["101"] = stranger("101", ordered_at="", remaining=Quantity(0), canceled=Quantity(10))
    lists(world)
    world.pass_time(61)
    world.trade(SAMSUNG, 67_900)
    second = world.of(act.Submit)[1].order.intent_id
    world.answer_reads = False
    lost(world, second)
    lists(world)
    assert not world.of(ev.OrderAccepted)


@pytest.mark.requirement("MON-4.17")
def test_two_listed_orders_that_fit_are_for_a_person_to_tell_apart() -> None:
    world, intent_id = doubt()
    both = (stranger("101", ordered_at=""), stranger("102", ordered_at=""))
    world.give(inp.OrdersRead(both, world.mono))
    world.give(inp.OrdersRead(both, world.mono))
    assert [(fact.intent_id, fact.reason) for fact in world.of(ev.OrderEscalated)] == [
        (intent_id, "후보 주문 2건: 직접 확인 필요")
    ]
    assert not world.of(ev.OrderAccepted)
    world.give(inp.OrdersRead(both[:1], world.mono))
    assert [fact.order_no for fact in world.of(ev.OrderAccepted)] == ["101"], "evidence still counts afterwards"


def looks(world: World, *after_s: float, balance_s: float) -> None:
    """Complete lists without the order at these ages of the doubt, then a balance."""
    began = world.mono
    for seconds in after_s:
        world.mono = began + seconds
        world.give(inp.OrdersRead((), world.mono))
    world.mono = began + balance_s
    world.give(inp.BalanceRead(world.balance(), world.mono))


@pytest.mark.requirement("MON-4.17")
@pytest.mark.parametrize(
    ("lists_at", "balance_s", "absent"),
    [
        ((1.0, 30.0), 30.0, True),
        ((1.0, 15.0, 30.0), 30.0, True),
        ((27.0, 30.0), 30.0, True),
        ((27.25, 30.0), 30.0, False),
        ((30.0,), 30.0, False),
        ((1.0, 29.75), 30.0, False),
        ((1.0, 30.0), 29.75, False),
        ((0.0, 30.0), 30.0, False),
        ((), 31.0, False),
    ],
)
def test_absence_is_proved_by_two_lists_apart_an_age_and_a_balance(
    lists_at: tuple[float, ...], balance_s: float, absent: bool
) -> None:
    world, intent_id = doubt()
    looks(world, *lists_at, balance_s=balance_s)
    state = world.engine.book.intents[intent_id].state
    assert (state is IntentState.ABSENT) is absent
    if absent:
        (told,) = world.of(ev.OrderAbsent)
        assert told.evidence.startswith(f"complete lists over {lists_at[-1] - lists_at[0]:.0f} s without it, age 30 s")
        assert SAMSUNG in world.engine.desk.pending
        assert not world.of(ev.OrderEscalated)


@pytest.mark.requirement("MON-4.17")
def test_absence_is_counted_from_the_bytes_not_from_the_record() -> None:
    """A process froze for twelve seconds between record and socket; the request was late on top of it."""
    world, intent_id = sending()
    world.answer_reads = False
    world.wall = world.wall.replace(microsecond=0) + timedelta(minutes=10)
    world.mono += 12.0
    lost(world, intent_id)
    looks(world, 1.0, 29.75, balance_s=29.75)
    assert world.engine.book.intents[intent_id].state is not IntentState.ABSENT
    looks(world, 0.25, balance_s=0.25)
    assert world.engine.book.intents[intent_id].state is IntentState.ABSENT


@pytest.mark.requirement("MON-4.17")
def test_shares_that_do_not_add_up_call_a_person_once_and_the_looking_goes_on() -> None:
    world, intent_id = doubt()
    world.holdings[SAMSUNG] = (10, 70_000, 4)
    looks(world, 1.0, 30.0, balance_s=30.0)
    looks(world, balance_s=31.0)
    assert [(fact.intent_id, fact.reason) for fact in world.of(ev.OrderEscalated)] == [
        (intent_id, "보유 수량이 맞지 않아 자동 판단 불가")
    ]
    world.holdings[SAMSUNG] = (10, 70_000, 10)
    looks(world, balance_s=32.0)
    assert world.engine.book.intents[intent_id].state is IntentState.ABSENT


def test_holding_that_is_gone_proves_nothing() -> None:
    world, intent_id = doubt()
    world.engine.book.positions.clear()
    world.holdings.clear()
    looks(world, 1.0, 30.0, balance_s=30.0)
    assert world.engine.book.intents[intent_id].state is IntentState.ESCALATED


@pytest.mark.requirement("MON-4.17", "OPS-05-1")
@pytest.mark.parametrize(
    ("shown", "settled"), [((10, 70_000, 10), True), ((9, 70_000, 9), False), ((10, 70_000, 4), False)], ids=str
)
def test_holding_whose_record_was_lost_is_guarded_again_once_no_share_is_missing(
    shown: tuple[int, int, int], settled: bool
) -> None:
    """The disk failed before the holding was recorded; the intent of its order survived into the next life."""
    world, intent_id = doubt()
    world.engine.book.positions.clear()
    world.holdings[SAMSUNG] = shown
    looks(world, 1.0, 30.0, balance_s=31.0)
    assert (world.engine.desk.reads.balance_asked == world.mono) or not settled, "read at once, not after minutes"
    world.give(inp.BalanceRead(world.balance(), world.mono))
    state = world.engine.book.intents[intent_id].state
    assert state is (IntentState.ABSENT if settled else IntentState.ESCALATED)
    assert (SAMSUNG in world.engine.book.positions) is settled
    if settled:
        world.trade(SAMSUNG, 67_000)
        assert len(world.of(act.Submit)) == 2


@pytest.mark.requirement("MON-4.17")
def test_doubt_without_any_answer_calls_a_person_after_forty_two_seconds() -> None:
    world, _ = doubt()
    world.mono += 41.75
    world.give(inp.Woken())
    assert not world.of(ev.OrderEscalated)
    world.mono += 0.25
    world.give(inp.Woken())
    world.give(inp.Woken())
    assert [fact.reason for fact in world.of(ev.OrderEscalated)] == ["30초 조회로 확인되지 않음"]


def test_broker_is_asked_every_two_seconds_in_doubt_and_every_ten_once_a_person_was_called() -> None:
    world, _ = doubt()
    wake = unresolved.next_due(Turn(world.engine.desk, world.now))
    assert wake == world.mono + 2.0, "asked at once, and then every two seconds"
    asked = len(world.of(act.ReadOrders))
    world.answer_reads = True
    looks(world, 1.0, balance_s=1.0)
    world.pass_time(20)
    assert 9 <= len(world.of(act.ReadOrders)) - asked <= 11
    world.holdings[SAMSUNG] = (10, 70_000, 4)
    world.pass_time(40)
    assert world.of(ev.OrderEscalated)
    asked = len(world.of(act.ReadOrders))
    world.pass_time(100)
    assert 9 <= len(world.of(act.ReadOrders)) - asked <= 12


def test_nothing_is_asked_while_nothing_is_in_doubt() -> None:
    world, _ = stopped()
    assert unresolved.next_due(Turn(world.engine.desk, world.now)) is None
    world.pass_time(62)
    assert world.of(act.Cancel)
    assert unresolved.next_due(Turn(world.engine.desk, world.now)) is not None, "a cancel is open"


def test_open_doubt_of_an_evening_is_asked_about_every_five_minutes() -> None:
    world, intent_id = doubt()
    world.wall += timedelta(hours=7)
    world.give(inp.FeedClosed("cut"))
    world.pass_time(40)
    assert world.engine.book.state.value == "idle"
    assert world.engine.book.intents[intent_id].open
    asked = world.engine.desk.reads.doubt_asked
    assert asked is not None
    assert unresolved.next_due(Turn(world.engine.desk, world.now)) == asked + 300.0


# --- cancels ---------------------------------------------------------------------------------


def canceling() -> tuple[World, str, str]:
    """A world whose cancel request got lost; its order's number and the cancel's intent."""
    world, number = stopped()
    world.pass_time(62)
    name = world.of(act.Cancel)[0].cancel.intent_id
    world.answer_reads = False
    world.give(inp.CancelEnded(name, Outcome(OutcomeKind.UNKNOWN, code="timeout")))
    return world, number, name


@pytest.mark.requirement("MON-4.1.12")
def test_lost_cancel_is_absent_when_the_order_still_works_after_the_quarantine() -> None:
    world, _, name = canceling()
    began = world.engine.desk.watches[name].recorded_mono
    world.mono = began + 29.75
    lists(world)
    assert world.engine.book.intents[name].open
    world.mono = began + 30
    lists(world)
    told = world.of(ev.CancelResolved)[-1]
    assert (told.intent_id, told.state, told.reason) == (name, IntentState.ABSENT, "order still works")


def test_lost_cancel_is_not_judged_by_a_list_without_its_order() -> None:
    world, _, name = canceling()
    world.mono += 60
    world.give(inp.OrdersRead((), world.mono))
    assert world.engine.book.intents[name].open


def test_lost_cancel_is_over_with_its_order() -> None:
    world, number, name = canceling()
    canceled_at_broker(world, number)
    lists(world)
    assert world.engine.book.intents[name].state is IntentState.FILLED
    assert [fact.how for fact in world.of(ev.OrderCanceled)] == ["inquiry"]


def test_cancel_left_over_without_its_order_is_over() -> None:
    """A record of an earlier life may hold the cancel alone."""
    world, _, name = canceling()
    cancel = world.engine.book.intents[name]
    world.engine.book.intents.pop(cancel.record.parent)
    world.engine.book._open.pop(cancel.record.parent)
    lists(world)
    told = world.of(ev.CancelResolved)[-1]
    assert (told.intent_id, told.state, told.reason) == (name, IntentState.FILLED, "order ended")
