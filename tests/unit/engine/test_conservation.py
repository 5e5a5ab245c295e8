"""Shares that jump or do not add up: what is believed when, and what a person's word is held against."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hantu.domain import events as ev
from hantu.domain.account import Balance, Holding, Side
from hantu.domain.commands import RunRecovery, Verdict
from hantu.domain.events import RecoveryStep
from hantu.domain.money import Price, Quantity, Won
from hantu.domain.order import IntentState, OutcomeKind
from hantu.engine import conservation, exits
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.recovery_state import Recovery
from hantu.engine.turn import Turn
from tests.unit.engine.test_orders import ended, sending
from tests.unit.engine.test_protocol_gaps import escalated, say
from tests.unit.engine.world import HYNIX, OPEN, SAMSUNG, World, held


def shows(world: World, quantity: int, free: int | None = None, later_s: float = 0.0) -> None:
    """A balance read ``later_s`` from now shows so many shares of Samsung."""
    world.mono += later_s
    sellable = Quantity(quantity if free is None else free)
    line = Holding(SAMSUNG, "N", Quantity(quantity), sellable, Price(70_000), Won(quantity * 70_000), Price(70_000))
    world.give(inp.BalanceRead(Balance((line,), Won(0), Won(0)), world.mono))


def known(world: World) -> int:
    return world.engine.book.positions[SAMSUNG].quantity


@pytest.mark.requirement("MON-4.06")
def test_jump_is_believed_when_the_same_is_shown_three_seconds_later_and_told_once() -> None:
    world = held(answer_reads=True)
    world.open()
    world.answer_reads = False
    shows(world, 4)
    shows(world, 4, later_s=2.75)
    assert known(world) == 10
    shows(world, 3, later_s=1)
    shows(world, 3, later_s=2.75)
    assert known(world) == 10, "another number is another first look"
    shows(world, 3, later_s=0.25)
    assert known(world) == 3
    assert [(fact.before, fact.after) for fact in world.of(ev.PositionJumped)] == [(10, 4)]
    assert world.engine.desk.jumps == {}


@pytest.mark.requirement("MON-4.06")
@pytest.mark.parametrize(("shown", "believed"), [(5, True), (15, True), (4, False), (16, False)])
def test_change_by_up_to_half_is_believed_at_once(shown: int, believed: bool) -> None:
    world = held()
    world.open()
    world.answer_reads = False
    shows(world, shown)
    assert known(world) == (shown if believed else 10)
    assert conservation.in_doubt(Turn(world.engine.desk, world.now), SAMSUNG) is not believed


@pytest.mark.requirement("MON-4.06", "OPS-04-4")
def test_mismatch_is_told_after_thirty_seconds_of_the_same_numbers_once() -> None:
    world = held()
    world.open()
    world.answer_reads = False
    shows(world, 10, 4)
    shows(world, 10, 5, later_s=29)
    shows(world, 10, 5, later_s=29.75)
    assert not world.of(ev.HoldingMismatch), "the numbers had changed"
    shows(world, 10, 5, later_s=0.25)
    shows(world, 10, 5, later_s=60)
    assert [(f.held, f.sellable, f.locked) for f in world.of(ev.HoldingMismatch)] == [(10, 5, 0)]
    shows(world, 10, 10, later_s=1)
    assert len(world.of(ev.HoldingMismatchEnded)) == 1


def test_stock_nobody_guards_is_not_checked() -> None:
    world = held()
    world.open()
    desk = world.engine.desk
    desk.listed_held[HYNIX], desk.sellable[HYNIX] = 10, 4
    turn = Turn(desk, world.now)
    conservation.check(turn, HYNIX, world.mono)
    assert desk.suspects == {}
    assert turn.decision().facts == ()


# --- a person's word ------------------------------------------------------------------------


def without_orders(holding: tuple[int, int, int] | None) -> tuple[World, ev.IntentRecorded]:
    """A world whose doubt waits for a person, whose list is empty and whose balance is fresh."""
    world = held()
    record = escalated(world)
    world.orders.clear()
    if holding is None:
        world.holdings.clear()
    else:
        world.holdings[SAMSUNG] = holding
    world.pass_time(30)
    return world, record


@pytest.mark.requirement("OPS-05-6")
def test_absent_is_not_taken_while_shares_are_missing() -> None:
    world, record = without_orders((7, 70_000, 7))
    assert "10주에서 7주로" in say(world, record, Verdict.ABSENT)


@pytest.mark.requirement("OPS-05-6")
@pytest.mark.parametrize("verdict", [Verdict.ABSENT, Verdict.FILLED])
def test_word_about_a_holding_that_is_not_known_any_more_is_taken(verdict: Verdict) -> None:
    world, record = without_orders(None)
    world.engine.book.positions.clear()
    assert say(world, record, verdict) == ""
    assert not world.engine.book.intents[record.intent_id].open


@pytest.mark.requirement("OPS-05-6")
@pytest.mark.parametrize(
    ("changes", "baseline", "word"),
    [
        ({"quantity": Quantity(9)}, (), "다릅니다"),
        ({"symbol": HYNIX}, (), "다릅니다"),
        ({"side": Side.BUY}, (), "다릅니다"),
        ({}, ("202",), "보내기 전부터"),
    ],
)
def test_order_that_cannot_be_ours_is_not_adopted_on_a_word(
    changes: dict[str, object], baseline: tuple[str, ...], word: str
) -> None:
    world = held()
    record = escalated(world)
    intent = world.engine.book.intents[record.intent_id]
    intent.record = replace(record, baseline=baseline)
    desk = world.engine.desk
    desk.listing = tuple(replace(order, **changes) for order in desk.listing)  # type: ignore[arg-type]
    assert word in say(world, record, Verdict.ADOPTED, "202")
    assert intent.state is IntentState.ESCALATED


@pytest.mark.requirement("OPS-05-6")
def test_order_of_another_intent_is_not_adopted_on_a_word() -> None:
    world = held()
    record = escalated(world)
    other = replace(record, intent_id="20261123-0777", symbol=HYNIX, flow="other")
    for fact in (other, ev.OrderAccepted(other.intent_id, HYNIX, "202", "", "", "", "", "answer")):
        world.engine.book.apply(fact)
    assert f"이미 {other.intent_id}" in say(world, record, Verdict.ADOPTED, "202")


# --- recovery ---------------------------------------------------------------------------------


def test_second_attempt_is_not_made_while_a_recovery_is_under_way() -> None:
    world, intent_id = sending()
    ended(world, intent_id, OutcomeKind.REFUSED, code="R", retryable=True)
    world.engine.book.recovery = Recovery("r", "command", "op", "")
    turn = Turn(world.engine.desk, world.now)
    assert not exits.send_again(turn, world.engine.book.intents[intent_id])
    assert [fact.reason for fact in turn.decision().facts if isinstance(fact, ev.ExitHeld)] == ["recovering"]
    assert len(world.of(act.Submit)) == 1


def test_cancel_told_of_in_the_same_state_again_is_no_move() -> None:
    world, intent_id = sending()
    cancel = replace(world.of(ev.IntentRecorded)[0], intent_id="20261123-0555", kind="cancel", parent=intent_id)
    book = world.engine.book
    for fact in (cancel, *[ev.CancelResolved(cancel.intent_id, IntentState.UNKNOWN, "", "")] * 2):
        book.apply(fact)
    assert book.intents[cancel.intent_id].state is IntentState.UNKNOWN


@pytest.mark.requirement("OPS-05-6")
def test_recovery_of_which_only_the_beginning_is_on_record_goes_on() -> None:
    first = held(wall=OPEN + timedelta(minutes=30))
    began = ev.RecoveryBegan("20261123-recovery-1-003000", "command", "op", first.wall.strftime("%Y-%m-%d %H:%M:%S.%f"))
    first.give(inp.Started((ev.TradingDayBegan("2026-11-23"), began), epoch=1))
    assert [fact.step.value for fact in first.of(ev.RecoveryStepDone)][:1] == [next(iter(RecoveryStep)).value]
    assert len(first.of(ev.RecoveryBegan)) == 0, "it is the same one"


@pytest.mark.requirement("OPS-05-6")
@pytest.mark.parametrize("released", [False, True])
def test_end_of_a_recovery_names_the_kill_switch_only_while_it_is_on(released: bool) -> None:
    world = held(wall=OPEN + timedelta(minutes=30))
    world.start()
    world.pass_time(5)
    world.answer_reads = False
    world.give(RunRecovery("op"))
    assert not [fact for fact in world.of(ev.RecoveryCompleted) if fact.flow]
    if released:
        # Not as a person does, who would have to wait for the very readings this test holds back.
        world.engine.book.apply(ev.KillswitchOff("op", "seen"))
    world.answer_reads = True
    for _ in range(4):
        world.pass_time(1)
        world.give(inp.OrdersRead((), world.mono))
        world.give(inp.BalanceRead(world.balance(), world.mono))
    (done,) = [fact for fact in world.of(ev.RecoveryCompleted) if fact.flow]
    assert any("킬 스위치" in line for line in done.remaining) is not released
