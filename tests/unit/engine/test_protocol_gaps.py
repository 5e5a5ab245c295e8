"""Accidents the order protocol must not allow: each test is one that could have happened."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hantu.domain import events as ev
from hantu.domain.account import Balance, Holding, Side
from hantu.domain.commands import ResolveOrder, Verdict
from hantu.domain.money import Price, Quantity, Won
from hantu.domain.order import CANCEL_EDGES, EDGES, TERMINAL, IllegalEdge, IntentState, NoticeKind, Outcome, OutcomeKind
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.config import ExitRule, GuardConfig, Pace, Partial, Streams, Trailing
from hantu.engine.inputs import HeldOrigin
from tests.unit.engine.world import HYNIX, OPEN, SAMSUNG, World, held

RULE = ExitRule(trailing=Trailing(enabled=True), partial=Partial(enabled=True))
TRAILING = GuardConfig(default_rule=RULE, streams=Streams(notice_key="USER"))


def unknown(world: World) -> ev.IntentRecorded:
    """A stop goes out and nothing comes back."""
    world.open()
    world.trade(SAMSUNG, 67_000)
    (sent,) = world.of(act.Submit)
    world.give(inp.SubmitEnded(sent.order.intent_id, Outcome(OutcomeKind.UNKNOWN, code="timeout")))
    (record,) = world.of(ev.IntentRecorded)
    return record


def escalated(world: World) -> ev.IntentRecorded:
    """Two orders fit, so nobody can tell which is ours; a person has to."""
    record = unknown(world)
    for number in ("201", "202"):
        world.orders[number] = _listed(world, number, record.quantity)
    world.pass_time(3)
    assert world.engine.book.intents[record.intent_id].state is IntentState.ESCALATED
    return record


def _listed(world: World, number: str, quantity: int, filled: int = 0) -> Any:
    from hantu.domain.account import BrokerOrder

    at = (world.wall + timedelta(hours=9)).strftime("%H%M%S")
    return BrokerOrder(
        number, "", "00950", SAMSUNG, Side.SELL, Quantity(quantity), Price(66_900), Quantity(filled), Price(0),
        Quantity(quantity - filled), Quantity(0), Quantity(0), at,
    )  # fmt: skip


# --- states and edges -----------------------------------------------------------------


@pytest.mark.requirement("OPS-05-1")
def test_every_state_is_reached_or_left_by_an_edge_and_terminal_ones_only_end() -> None:
    reached = {after for edges in (EDGES, CANCEL_EDGES) for ends in edges.values() for after in ends}
    assert reached | {IntentState.TRIGGERED} == set(IntentState)
    assert not TERMINAL & set(EDGES)
    assert not TERMINAL & set(CANCEL_EDGES)


@pytest.mark.requirement("OPS-05-1")
def test_a_cancel_that_ended_cannot_come_back_to_life() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_000)
    number = world.accept(world.of(act.Submit)[0])
    world.pass_time(65)
    (cancel,) = world.of(act.Cancel)
    world.give(inp.CancelEnded(cancel.cancel.intent_id, Outcome(OutcomeKind.REFUSED, code="X")))
    assert world.orders[number].remaining
    with pytest.raises(IllegalEdge):
        world.engine.book.apply(ev.CancelResolved(cancel.cancel.intent_id, IntentState.WORKING, "", ""))


@pytest.mark.requirement("MON-4.1.12", "MON-4.15")
def test_a_rejection_after_acceptance_is_a_state_of_its_own() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_000)
    number = world.accept(world.of(act.Submit)[0])
    world.give(world.notice(number, NoticeKind.REJECTED, 10, 67_000))
    (record,) = world.of(ev.IntentRecorded)
    assert world.engine.book.intents[record.intent_id].state is IntentState.REJECTED_LATE


@pytest.mark.requirement("OPS-05-1")
@pytest.mark.parametrize("pace", [{"quarantine_s": 9.0}, {"snapshots_apart_s": 2.0}])
def test_a_proof_of_absence_cannot_be_configured_away(pace: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="too short"):
        Pace(**pace)  # type: ignore[arg-type]


# --- a person's word ------------------------------------------------------------------


def say(world: World, record: ev.IntentRecorded, verdict: Verdict, order_no: str = "", reason: str = "asked") -> str:
    wish = ResolveOrder("op", record.intent_id, verdict, reason, order_no)
    objection = world.engine.objection(wish, world.now)
    world.give(wish)
    (told,) = world.of(ev.OrderResolvedByPerson)[-1:]
    assert told.denied == objection
    return objection


@pytest.mark.requirement("OPS-05-6", "OPS-06-1")
def test_a_person_names_the_order_and_it_is_adopted() -> None:
    world = held()
    record = escalated(world)
    assert say(world, record, Verdict.ADOPTED, "202") == ""
    intent = world.engine.book.intents[record.intent_id]
    assert (intent.state, intent.order_no) == (IntentState.WORKING, "202")


@pytest.mark.requirement("OPS-05-6")
@pytest.mark.parametrize(
    ("verdict", "order_no", "word"),
    [
        (Verdict.ABSENT, "", "201, 202"),
        (Verdict.FILLED, "", "0/10주만 체결"),
        (Verdict.ADOPTED, "999", "999가 없습니다"),
        (Verdict.ADOPTED, "", "번호 없음"),
    ],
)
def test_a_word_against_the_evidence_is_not_taken_and_on_record(verdict: Verdict, order_no: str, word: str) -> None:
    world = held()
    record = escalated(world)
    assert word in say(world, record, verdict, order_no)
    assert world.engine.book.intents[record.intent_id].state is IntentState.ESCALATED
    assert len(world.of(act.Submit)) == 1, "nothing is sent while it is in doubt"


@pytest.mark.requirement("OPS-05-6")
def test_absent_is_taken_when_nothing_speaks_against_it_and_the_stop_goes_again() -> None:
    world = held()
    record = escalated(world)
    world.orders.clear()
    world.pass_time(30)
    assert say(world, record, Verdict.ABSENT) == ""
    world.trade(SAMSUNG, 66_900)
    assert len(world.of(act.Submit)) == 2


@pytest.mark.requirement("OPS-05-6")
def test_absent_is_not_taken_while_shares_are_locked_by_an_order_nobody_sees() -> None:
    world = held()
    record = escalated(world)
    world.orders.clear()
    world.holdings[SAMSUNG] = (10, 70_000, 0)
    world.pass_time(30)
    assert "보이지 않는 주문" in say(world, record, Verdict.ABSENT)


@pytest.mark.requirement("OPS-05-6")
def test_filled_is_taken_when_the_shares_are_gone() -> None:
    world = held()
    record = escalated(world)
    world.orders.clear()
    world.holdings.clear()
    world.pass_time(30)
    assert say(world, record, Verdict.FILLED) == ""
    assert world.engine.book.intents[record.intent_id].state is IntentState.FILLED
    assert world.of(ev.StopLossFilled)


@pytest.mark.requirement("OPS-05-6")
def test_filled_is_not_taken_while_the_shares_are_still_there() -> None:
    world = held()
    record = escalated(world)
    world.orders.clear()
    world.pass_time(30)
    assert "아직 10주" in say(world, record, Verdict.FILLED)


@pytest.mark.requirement("OPS-05-6")
def test_nobody_ends_what_is_still_being_looked_for_or_gives_no_reason() -> None:
    world = held(answer_reads=True)
    record = unknown(world)
    assert "자동으로 확인" in say(world, record, Verdict.ABSENT)
    world = held()
    record = escalated(world)
    assert "사유" in say(world, record, Verdict.ADOPTED, "202", reason=" ")
    assert "그런 주문" in say(world, replace(record, intent_id="none-1"), Verdict.ABSENT)


# --- the day ends, the doubt does not --------------------------------------------------


@pytest.mark.requirement("OPS-05-8", "OPS-04-4")
def test_a_doubt_that_outlives_the_day_becomes_a_persons_before_the_opening() -> None:
    world = held()
    record = escalated(world)
    world.orders.clear()
    world.wall += timedelta(hours=23)
    world.mono += 23 * 3_600
    world.pass_time(20)
    (item,) = world.of(ev.DoubtOutlivedDay)
    assert (item.intent_id, item.held_before, item.held_now) == (record.intent_id, 10, 10)
    assert world.wall < OPEN + timedelta(days=1), "before the next opening"


# --- shares that do not add up ---------------------------------------------------------


@pytest.mark.requirement("MON-4.06", "OPS-02-5")
def test_one_odd_balance_does_not_take_a_position_away() -> None:
    world = held()
    world.open()
    empty = Balance((), Won(0), Won(0))
    world.answer_reads = False
    world.give(inp.BalanceRead(empty, world.mono))
    (told,) = world.of(ev.PositionJumped)
    assert (told.before, told.after) == (10, 0)
    world.trade(SAMSUNG, 67_000)
    assert not world.of(act.Submit), "held back until it is looked at again"
    world.answer_reads = True
    world.pass_time(4)
    assert world.engine.book.positions[SAMSUNG].quantity == 10
    world.trade(SAMSUNG, 66_900)
    assert len(world.of(act.Submit)) == 1


@pytest.mark.requirement("MON-4.06")
def test_a_jump_that_is_shown_twice_is_believed() -> None:
    world = held()
    world.open()
    world.holdings.clear()
    world.pass_time(320)
    assert len(world.of(ev.PositionJumped)) == 1
    assert SAMSUNG not in world.engine.book.positions


@pytest.mark.requirement("MON-4.06")
def test_a_second_look_that_never_comes_does_not_hold_a_stop_back_for_long() -> None:
    world = held()
    world.open()
    world.answer_reads = False
    world.give(inp.BalanceRead(Balance((), Won(0), Won(0)), world.mono))
    world.pass_time(31)
    world.trade(SAMSUNG, 67_000)
    assert len(world.of(act.Submit)) == 1


@pytest.mark.requirement("MON-4.06", "OPS-04-4")
def test_shares_that_do_not_add_up_are_told_and_only_sellable_ones_are_sold() -> None:
    world = held()
    world.open()
    world.holdings[SAMSUNG] = (10, 70_000, 4)
    world.pass_time(300)
    assert not world.of(ev.HoldingMismatch), "one reading proves nothing"
    world.pass_time(60)
    (told,) = world.of(ev.HoldingMismatch)
    assert (told.held, told.sellable, told.locked) == (10, 4, 0)
    world.trade(SAMSUNG, 76_000)
    assert not world.of(act.Submit), "profit can wait"
    world.trade(SAMSUNG, 67_000)
    (sent,) = world.of(act.Submit)
    assert sent.order.quantity == 4


@pytest.mark.requirement("MON-4.06")
def test_shares_that_add_up_again_are_told_once() -> None:
    world = held()
    world.open()
    world.holdings[SAMSUNG] = (10, 70_000, 4)
    world.pass_time(360)
    world.holdings[SAMSUNG] = (10, 70_000, 10)
    world.pass_time(320)
    assert len(world.of(ev.HoldingMismatchEnded)) == 1
    assert SAMSUNG not in world.engine.book.mismatched


# --- what outlives the day -------------------------------------------------------------


@pytest.mark.requirement("OPS-05-6")
def test_a_raised_stop_and_a_taken_profit_survive_a_restart_on_another_day() -> None:
    world = World(TRAILING, {SAMSUNG: (10, 70_000, 10)})
    origin = HeldOrigin(SAMSUNG, 1, "2026-11-20", 70_000, 72_520, True, 74_000, True)
    world.give(inp.Started(origins=(origin,)))
    world.to_monitoring()
    position = world.engine.book.positions[SAMSUNG]
    assert (position.trailing, position.high, position.stop_price, position.partial_done) == (
        True,
        74_000,
        72_520,
        True,
    )
    world.trade(SAMSUNG, 73_600)
    assert not world.of(act.Submit), "the first profit was taken on another day"
    world.trade(SAMSUNG, 72_500)
    (sent,) = world.of(act.Submit)
    assert sent.order.purpose.value == "trailing_stop"


@pytest.mark.requirement("OPS-05-6")
@pytest.mark.parametrize("average", [0, 69_000])
def test_shares_bought_anew_begin_anew(average: int) -> None:
    world = World(TRAILING, {SAMSUNG: (10, 70_000, 10)})
    world.give(inp.Started(origins=(HeldOrigin(SAMSUNG, 1, "2026-11-20", average, 72_520, True, 74_000, True),)))
    world.to_monitoring()
    position = world.engine.book.positions[SAMSUNG]
    assert (position.trailing, position.stop_price, position.partial_done) == (False, 67_900, False)


def test_other_stocks_are_untouched_by_a_mismatch() -> None:
    world = World(holdings={SAMSUNG: (10, 70_000, 4), HYNIX: (5, 70_000, 5)})
    world.open()
    world.pass_time(60)
    assert world.of(ev.HoldingMismatch)
    world.trade(HYNIX, 76_000)
    assert len(world.of(act.Submit)) == 1


def _shares(quantity: int) -> Balance:
    line = Holding(
        SAMSUNG, "N", Quantity(quantity), Quantity(quantity), Price(70_000), Won(quantity * 70_000), Price(0)
    )
    return Balance((line,), Won(0), Won(0))


@pytest.mark.requirement("MON-4.06")
def test_a_small_change_is_believed_at_once_and_told() -> None:
    world = held()
    world.open()
    world.answer_reads = False
    world.give(inp.BalanceRead(_shares(8), world.mono))
    (changed,) = world.of(ev.PositionChanged)
    assert changed.cause == "reconcile"
    assert not world.of(ev.PositionJumped)
