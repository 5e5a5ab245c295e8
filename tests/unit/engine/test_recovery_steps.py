"""Recovery in five steps: what is done, in which order, where it stops, and that twice is once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hantu.domain import events as ev
from hantu.domain.account import BrokerOrder, Side
from hantu.domain.commands import KillLevel, RunRecovery, SetKill
from hantu.domain.events import RecoveryStep
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.order import IntentState, OrderType, Outcome, OutcomeKind, Purpose
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from tests.unit.engine.world import LEAPS, OPEN, SAMSUNG, World, held

BOUGHT = Symbol("035720")
STEPS = list(RecoveryStep)


def in_session(**changes: Any) -> World:
    return held(wall=OPEN + timedelta(minutes=30), **changes)


def restart(world: World, facts: list[Any], *, clean: bool = False, epoch: int = 2) -> None:
    world.give(inp.Started(tuple(facts), next_intent=50, epoch=epoch, clean=clean))


def next_life(before: World, **changes: Any) -> World:
    """The same broker, a new process."""
    return World(
        before.config, dict(before.holdings), dict(before.orders), wall=before.wall, mono=before.mono,
        number=before.number, **changes,
    )  # fmt: skip


def intent(name: str, symbol: Symbol, side: Side, quantity: int, purpose: Purpose) -> ev.IntentRecorded:
    return ev.IntentRecorded(
        name, f"f-{name}", "order", IntentState.SENDING, symbol, f"N{symbol}", side, purpose, 0, quantity, 67_800,
        OrderType.LIMIT, "KRX", 1, "", 10, 70_000, 1, (), "2026-11-23",
    )  # fmt: skip


def accepted(name: str, symbol: Symbol, number: str) -> ev.OrderAccepted:
    return ev.OrderAccepted(name, symbol, number, "00950", "090100", "2026-11-23 00:01:00.000000", "", "answer")


def at_broker(world: World, number: str, symbol: Symbol, side: Side, quantity: int, filled: int = 0) -> None:
    world.orders[number] = BrokerOrder(
        number, "", "00950", symbol, side, Quantity(quantity), Price(67_800), Quantity(filled),
        Price(67_800 if filled else 0), Quantity(quantity - filled), Quantity(0), Quantity(0), "093100",
    )  # fmt: skip


def confirm_cancels(world: World) -> None:
    """The broker takes every cancel that was asked for."""
    for cancel in world.of(act.Cancel):
        order = world.orders[cancel.cancel.order_no]
        if order.remaining:
            world.orders[order.order_no] = replace(order, remaining=Quantity(0), canceled=order.remaining)
            world.give(inp.CancelEnded(cancel.cancel.intent_id, Outcome(OutcomeKind.ACCEPTED, "900")))


def steps_done(world: World) -> list[RecoveryStep]:
    return [fact.step for fact in world.of(ev.RecoveryStepDone)]


@pytest.mark.requirement("OPS-05-2", "OPS-05-3", "OPS-05-7", "OPS-05-8", "REL-20")
def test_unclean_restart_in_session_runs_the_five_steps_in_order() -> None:
    world = in_session()
    restart(world, [])
    world.pass_time(3)
    assert steps_done(world) == STEPS
    (began,) = world.of(ev.RecoveryBegan)
    (on,) = world.of(ev.KillswitchOn)
    (done,) = world.of(ev.RecoveryCompleted)
    assert world.facts.index(began) < world.facts.index(on) < world.facts.index(done)
    assert (on.level, on.automatic) == (KillLevel.ACTIVE, True)
    assert done.flow == began.flow
    assert done.duration_s >= 0
    assert any("킬 스위치" in line for line in done.remaining), "what a person still has to do"


@pytest.mark.requirement("OPS-05-1")
@pytest.mark.parametrize(("clean", "minutes"), [(True, 30), (False, -60)], ids=["clean", "before the opening"])
def test_other_starts_leave_the_kill_switch_alone(clean: bool, minutes: int) -> None:
    world = held(wall=OPEN + timedelta(minutes=minutes))
    restart(world, [], clean=clean)
    world.pass_time(3)
    assert not world.of(ev.KillswitchOn)
    (done,) = world.of(ev.RecoveryCompleted)
    assert done.flow == ""


@pytest.mark.requirement("OPS-05-1", "OPS-05-3")
def test_stop_loss_resumes_by_itself_and_profit_waits_for_the_release() -> None:
    world = in_session(config=LEAPS)
    restart(world, [])
    world.give(inp.FeedOpened())
    world.to_monitoring()
    world.trade(SAMSUNG, 76_000)
    assert not world.of(act.Submit), "profit waits"
    world.trade(SAMSUNG, 67_000)
    (sent,) = world.of(act.Submit)
    assert sent.order.purpose is Purpose.STOP_LOSS


@pytest.mark.requirement("OPS-05-4")
def test_clean_up_takes_buys_back_adopts_sells_and_leaves_strangers_alone() -> None:
    world = in_session()
    facts = [
        intent("b-1", BOUGHT, Side.BUY, 5, Purpose.MANUAL), accepted("b-1", BOUGHT, "11"),
        intent("s-2", SAMSUNG, Side.SELL, 10, Purpose.STOP_LOSS), accepted("s-2", SAMSUNG, "12"),
    ]  # fmt: skip
    at_broker(world, "11", BOUGHT, Side.BUY, 5)
    at_broker(world, "12", SAMSUNG, Side.SELL, 10)
    at_broker(world, "13", Symbol("000660"), Side.SELL, 3)
    world.holdings[SAMSUNG] = (10, 70_000, 0)
    restart(world, [*_guarded(), *facts])
    world.pass_time(3)
    assert [cancel.cancel.order_no for cancel in world.of(act.Cancel)] == ["11"]
    assert steps_done(world) == [RecoveryStep.DETECT, RecoveryStep.KILL_SWITCH], "waits for the confirmed cancel"
    confirm_cancels(world)
    world.pass_time(6)
    (cleaned,) = [fact for fact in world.of(ev.RecoveryStepDone) if fact.step is RecoveryStep.CLEAN_UP]
    said = "\n".join(cleaned.differences)
    assert "취소 확인: N035720(035720) 매수 5주 주문 11" in said
    assert "인수: N005930(005930) 매도 10주 주문 12" in said
    assert "hantu 밖의 주문, 그대로 둠: 000660 매도 3주 주문 13" in said
    assert world.engine.book.intents["b-1"].state is IntentState.CANCELED
    assert world.engine.book.intents["s-2"].state is IntentState.WORKING
    (done,) = world.of(ev.RecoveryCompleted)
    assert any("hantu 밖의 주문" in line for line in done.remaining)
    assert not world.of(act.Submit)


@pytest.mark.requirement("OPS-05-4")
def test_an_order_believed_to_be_over_that_still_lives_is_taken_back() -> None:
    world = in_session()
    over = [intent("s-2", SAMSUNG, Side.SELL, 10, Purpose.STOP_LOSS), accepted("s-2", SAMSUNG, "12"),
            ev.OrderCanceled("s-2", SAMSUNG, 10, "inquiry")]  # fmt: skip
    at_broker(world, "12", SAMSUNG, Side.SELL, 10)
    restart(world, [*_guarded(), *over])
    world.pass_time(2)
    assert {cancel.cancel.order_no for cancel in world.of(act.Cancel)} == {"12"}
    confirm_cancels(world)
    world.pass_time(6)
    assert steps_done(world) == STEPS


@pytest.mark.requirement("OPS-05-6")
def test_fills_that_happened_meanwhile_are_listed_and_applied() -> None:
    world = in_session()
    facts = [intent("s-2", SAMSUNG, Side.SELL, 10, Purpose.STOP_LOSS), accepted("s-2", SAMSUNG, "12")]
    at_broker(world, "12", SAMSUNG, Side.SELL, 10, filled=10)
    world.holdings.clear()
    restart(world, [*_guarded(), *facts])
    world.pass_time(8)
    (fill,) = world.of(ev.OrderFilled)
    assert (fill.quantity, fill.price) == (10, 67_800)
    (told,) = world.of(ev.StopLossFilled)
    assert told.pnl < 0
    (done,) = world.of(ev.RecoveryCompleted)
    assert any("체결 반영" in line and "10주" in line for line in done.differences)


@pytest.mark.requirement("OPS-05-7")
@pytest.mark.parametrize("failing", [RecoveryStep.CLEAN_UP, RecoveryStep.RESTART, RecoveryStep.SYNCHRONISE])
def test_a_failed_step_stops_in_the_safe_state_and_is_resumed_from_there(failing: RecoveryStep) -> None:
    world = in_session(answer_reads=False)
    restart(world, [])
    allowed = {RecoveryStep.CLEAN_UP: "", RecoveryStep.RESTART: "orders", RecoveryStep.SYNCHRONISE: "both"}[failing]
    if allowed in ("orders", "both"):
        world.give(inp.OrdersRead((), world.mono))
    if allowed == "both":
        world.give(inp.BalanceRead(world.balance(), world.mono - 0.001))
        assert steps_done(world)[-1] is RecoveryStep.RESTART
    world.pass_time(130, step=5)
    (stopped,) = world.of(ev.RecoveryStopped)
    assert stopped.step is failing
    assert world.engine.book.kill is KillLevel.ACTIVE
    assert not world.of(ev.RecoveryCompleted)
    done_before = steps_done(world)
    world.answer_reads = True
    world.give(RunRecovery("op"))
    world.pass_time(40)
    (resumed,) = world.of(ev.RecoveryResumed)
    assert resumed.step is failing
    assert steps_done(world)[: len(done_before)] == done_before
    assert steps_done(world) == STEPS, "no step is done twice"
    assert len(world.of(ev.RecoveryCompleted)) == 1


@pytest.mark.requirement("OPS-05-7", "OPS-05-4")
def test_a_cancel_that_is_never_confirmed_stops_the_clean_up() -> None:
    world = in_session()
    at_broker(world, "11", BOUGHT, Side.BUY, 5)
    restart(world, [*_guarded(), intent("b-1", BOUGHT, Side.BUY, 5, Purpose.MANUAL), accepted("b-1", BOUGHT, "11")])
    world.pass_time(70, step=2)
    (stopped,) = world.of(ev.RecoveryStopped)
    assert stopped.step is RecoveryStep.CLEAN_UP
    assert "11" in stopped.reason


@pytest.mark.requirement("OPS-05-7")
def test_a_stopped_recovery_stays_stopped_over_a_restart_and_the_switch_on() -> None:
    world = in_session(answer_reads=False)
    restart(world, [])
    world.pass_time(70, step=5)
    assert world.of(ev.RecoveryStopped)
    after = next_life(world)
    restart(after, world.facts, epoch=3)
    after.pass_time(5)
    assert not after.of(ev.RecoveryBegan)
    assert after.engine.book.kill is KillLevel.ACTIVE
    assert after.engine.desk.recovered, "guarding does not wait for it"
    after.give(RunRecovery("op"))
    after.pass_time(5)
    assert after.of(ev.RecoveryCompleted)


@pytest.mark.requirement("OPS-05-7")
def test_a_recovery_cut_short_goes_on_from_its_step_in_the_next_life() -> None:
    world = in_session(answer_reads=False)
    restart(world, [])
    after = next_life(world)
    restart(after, world.facts, epoch=3)
    after.pass_time(5)
    assert steps_done(world) + steps_done(after) == STEPS
    assert not after.of(ev.RecoveryBegan)
    assert len(after.of(ev.RecoveryCompleted)) == 1


@pytest.mark.requirement("OPS-05-2", "OPS-05-3")
def test_a_person_may_ask_for_a_recovery_and_a_second_wish_changes_nothing() -> None:
    world = in_session()
    restart(world, [], clean=True)
    world.pass_time(3)
    world.answer_reads = False
    world.give(RunRecovery("op"))
    world.give(RunRecovery("op"))
    world.answer_reads = True
    world.pass_time(40)
    (began,) = world.of(ev.RecoveryBegan)
    assert (began.cause, began.actor) == ("command", "op")
    (on,) = world.of(ev.KillswitchOn)
    assert (on.actor, on.automatic) == ("op", False)
    assert steps_done(world) == STEPS


@pytest.mark.requirement("OPS-05-3")
def test_a_stricter_switch_is_not_lowered() -> None:
    world = in_session()
    restart(world, [ev.KillswitchOn(KillLevel.HARD, "op", "x", False)])
    world.pass_time(3)
    assert world.engine.book.kill is KillLevel.HARD
    assert not world.of(ev.KillswitchOn)


@pytest.mark.requirement("OPS-05-8")
def test_an_order_that_needs_a_person_is_named_at_the_end() -> None:
    world = in_session()
    facts = [intent("s-2", SAMSUNG, Side.SELL, 10, Purpose.STOP_LOSS), ev.OrderEscalated("s-2", SAMSUNG, "N", "x")]
    facts.insert(1, ev.OrderUnresolved("s-2", "f-s-2", SAMSUNG, "N", "timeout", "2026-11-23 00:01:00.000000"))
    restart(world, [*_guarded(), *facts])
    world.pass_time(5)
    (done,) = world.of(ev.RecoveryCompleted)
    assert any("사람 확인 필요" in line for line in done.remaining)


def _guarded() -> list[Any]:
    return [
        ev.TradingDayBegan("2026-11-23"),
        ev.PositionGuarded(SAMSUNG, "N005930", 10, 700_000, 70_000, 67_900, 75_600, "fixed", "start"),
    ]


# --- I12: recovering twice changes nothing, and no recovery orders anything ----------


def fingerprint(world: World) -> Any:
    book = world.engine.book
    return (
        book.kill, book.sleep_cause,
        {symbol: (p.quantity, p.cost, p.stop_price, p.target_price) for symbol, p in book.positions.items()},
        {key: (i.state, i.order_no, i.filled, i.canceled) for key, i in book.intents.items() if i.record.kind == "order"},
    )  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(
    state=st.sampled_from(("none", "sending", "unknown", "working", "partial", "canceled", "escalated")),
    listed=st.booleans(),
    filled=st.integers(0, 10),
    foreign=st.booleans(),
    killed=st.booleans(),
)
@pytest.mark.requirement("OPS-05-1")
def test_recovering_twice_is_recovering_once_and_orders_nothing(
    state: str, listed: bool, filled: int, foreign: bool, killed: bool
) -> None:
    world = in_session()
    facts = _guarded()
    if state != "none":
        facts.append(intent("s-2", SAMSUNG, Side.SELL, 10, Purpose.STOP_LOSS))
    if state in ("unknown", "escalated"):
        facts.append(ev.OrderUnresolved("s-2", "f-s-2", SAMSUNG, "N005930", "timeout", "2026-11-23 00:01:00.000000"))
    if state == "escalated":
        facts.append(ev.OrderEscalated("s-2", SAMSUNG, "N005930", "x"))
    if state in ("working", "partial", "canceled"):
        facts.append(accepted("s-2", SAMSUNG, "12"))
        listed = True
    if state == "canceled":
        facts.append(ev.OrderCanceled("s-2", SAMSUNG, 10, "inquiry"))
        filled = 0
    if state == "partial":
        filled = max(1, filled)
        facts.append(ev.OrderFilled("s-2", "12", SAMSUNG, "N005930", Side.SELL, 1, 67_800, 1, 10, "", "", "notice"))
    if listed and state != "none":
        at_broker(world, "12", SAMSUNG, Side.SELL, 10, filled)
        left = 10 - filled
        world.holdings = {SAMSUNG: (left, 70_000, 0)} if left else {}
    if foreign:
        at_broker(world, "77", BOUGHT, Side.BUY, 4)
    if killed:
        facts.append(ev.KillswitchOn(KillLevel.ACTIVE, "op", "x", False))
    once = settle(world, facts, epoch=2)
    again = settle(next_life(world), [*facts, *once.facts], epoch=3)
    assert fingerprint(again) == fingerprint(once)
    for life in (once, again):
        assert not life.of(act.Submit), "a recovery alone never orders"
        assert [fact for fact in life.of(ev.IntentRecorded) if fact.kind == "order"] == []


def settle(world: World, facts: list[Any], *, epoch: int) -> World:
    restart(world, facts, epoch=epoch)
    recovery = world.engine.book.recovery
    assert recovery is not None
    for _ in range(60):
        if recovery.ended:
            break
        world.pass_time(1)
        confirm_cancels(world)
    assert recovery.ended, world.facts[-3:]
    return world


@pytest.mark.requirement("OPS-05-7")
def test_a_switch_released_in_the_middle_is_on_again_when_a_step_fails() -> None:
    world = in_session()
    at_broker(world, "11", BOUGHT, Side.BUY, 5)
    restart(world, [*_guarded(), intent("b-1", BOUGHT, Side.BUY, 5, Purpose.MANUAL), accepted("b-1", BOUGHT, "11")])
    world.pass_time(3)
    (cancel,) = world.of(act.Cancel)
    world.give(inp.CancelEnded(cancel.cancel.intent_id, Outcome(OutcomeKind.ACCEPTED, "900")))
    world.give(SetKill("op", KillLevel.OFF, "too early"))
    assert world.engine.book.kill is KillLevel.OFF
    world.pass_time(70, step=2)
    assert world.of(ev.RecoveryStopped)
    assert world.engine.book.kill is KillLevel.ACTIVE
    assert world.of(ev.KillswitchOn)[-1].cause == "recovery_stopped"
    assert not world.of(act.Submit)


@pytest.mark.requirement("OPS-05-7", "DEC-3")
def test_a_switch_is_not_released_before_a_recovery_has_read_anything() -> None:
    world = in_session(answer_reads=False)
    restart(world, [])
    world.give(SetKill("op", KillLevel.OFF, "too early"))
    assert world.engine.book.kill is KillLevel.ACTIVE
    world.pass_time(70, step=5)
    assert world.of(ev.RecoveryStopped)
    assert [fact.cause for fact in world.of(ev.KillswitchOn)] == ["unclean_restart"]
