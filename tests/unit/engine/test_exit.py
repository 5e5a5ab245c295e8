"""One position against its levels: sold once, exactly once, by the rules."""

from dataclasses import replace

import pytest

from hantu.domain import events as ev
from hantu.domain.account import BrokerOrder, Side
from hantu.domain.commands import KillLevel, SetKill
from hantu.domain.market import MarketOperation, OperationKind
from hantu.domain.order import IntentState, NoticeKind, Outcome, OutcomeKind, Purpose, Refusal
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.config import ExitRule, Mode, Partial, Trailing
from tests.unit.engine.world import CONFIG, LEAPS, SAMSUNG, World, held


def submits(world: World) -> list[act.Submit]:
    return world.of(act.Submit)


@pytest.mark.requirement("MON-3.11", "MON-3.14", "MON-4.04", "MON-4.06")
@pytest.mark.requirement("MON-0.15", "MON-4.07", "MON-I.03")
def test_stop_when_price_falls_to_it_then_sells_everything_once() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 68_000)
    assert not submits(world)
    world.trade(SAMSUNG, 67_900)
    world.trade(SAMSUNG, 67_500)
    (submit,) = submits(world)
    assert (submit.order.quantity, submit.order.side, submit.order.purpose) == (10, Side.SELL, Purpose.STOP_LOSS)
    assert submit.order.limit_price == 67_800, "best bid of the triggering trade"
    (intent,) = world.of(ev.IntentRecorded)
    assert intent.state is IntentState.SENDING


@pytest.mark.requirement("MON-3.15")
@pytest.mark.requirement("MON-0.15", "MON-4.07", "MON-I.03")
def test_target_when_price_rises_to_it_then_sells_at_the_current_price() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 75_500)
    assert not submits(world)
    world.trade(SAMSUNG, 75_600)
    (submit,) = submits(world)
    assert submit.order.purpose is Purpose.TAKE_PROFIT
    assert submit.order.limit_price == 75_600


@pytest.mark.requirement("MON-4.1.05", "MON-4.1.09", "MON-4.1.10", "MON-N.06")
def test_fill_when_complete_then_position_is_closed_and_profit_is_after_costs() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    number = world.accept(submits(world)[0])
    world.fill(number, 10, 67_800)
    (done,) = world.of(ev.StopLossFilled)
    # 678,000 less fee 101, tax 1,356, cost 700,000 and its fee 105
    assert done.pnl == 678_000 - 101 - 1_356 - 700_000 - 105
    assert done.exit_price == 67_800
    assert SAMSUNG not in world.engine.book.positions
    world.pass_time(30)
    assert {action.key for action in world.of(act.SendUnsubscribe)} == {SAMSUNG}
    assert len(submits(world)) == 1


@pytest.mark.requirement("MON-4.1.12")
def test_partial_fill_when_remainder_stays_unfilled_then_one_reorder_after_confirmed_cancel() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    number = world.accept(submits(world)[0])
    world.fill(number, 4, 67_800)
    world.pass_time(62)
    (cancel,) = world.of(act.Cancel)
    assert cancel.cancel.order_no == number
    assert len(submits(world)) == 1, "nothing is ordered before the cancel is confirmed"
    world.give(inp.CancelEnded(cancel.cancel.intent_id, Outcome(OutcomeKind.ACCEPTED, "999")))
    assert len(submits(world)) == 1, "an accepted cancel request confirms nothing"
    world.orders[number] = replace(world.orders[number], remaining=0, canceled=6)  # type: ignore[arg-type]
    world.give(world.notice(number, NoticeKind.CANCELED, 6, 0, order_no="999", original_order_no=number))
    second = submits(world)[1]
    assert second.order.quantity == 6
    number = world.accept(second)
    world.fill(number, 6, 67_000)
    (done,) = world.of(ev.StopLossFilled)
    assert done.quantity == 10


@pytest.mark.requirement("MON-4.1.13")
@pytest.mark.requirement("MON-E.19")
def test_fill_without_a_notice_is_found_by_inquiry() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    number = world.accept(submits(world)[0])
    world.fill(number, 10, 67_800, notice=False)
    world.pass_time(61)
    (fill,) = world.of(ev.OrderFilled)
    assert fill.source == "inquiry"
    assert not world.of(ev.FillUnconfirmed)


@pytest.mark.requirement("MON-4.1.07")
def test_repeated_notice_is_counted_once() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    number = world.accept(submits(world)[0])
    world.fill(number, 4, 67_800)
    world.give(world.notice(number, NoticeKind.FILL, 4, 67_800))
    assert sum(fill.quantity for fill in world.of(ev.OrderFilled)) == 4
    world.fill(number, 4, 67_800)
    world.pass_time(0.1)
    assert sum(fill.quantity for fill in world.of(ev.OrderFilled)) == 8, "a real second fill is found by inquiry"


@pytest.mark.requirement("MON-4.1.05")
@pytest.mark.requirement("MON-4.05")
def test_notice_that_overtakes_the_answer_is_kept_for_it() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    submit = submits(world)[0]
    world.number += 1
    early = world.notice("101", NoticeKind.FILL, 10, 67_800, symbol=SAMSUNG, order_quantity=10)
    world.number -= 1
    world.give(early)
    assert not world.of(ev.OrderFilled)
    assert not world.of(ev.ForeignFill)
    world.accept(submit)
    assert world.of(ev.OrderFilled)[0].quantity == 10


@pytest.mark.requirement("MON-4.17", "MON-4.14")
def test_timeout_when_order_lives_then_it_is_adopted_and_never_sent_again() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    submit = submits(world)[0]
    world.answer_reads = False
    world.give(
        inp.SubmitEnded(submit.order.intent_id, Outcome(OutcomeKind.UNKNOWN, code="timeout", sent_mono=world.mono))
    )
    assert world.of(ev.OrderUnresolved)
    world.trade(SAMSUNG, 66_000)
    assert len(submits(world)) == 1
    number = "777"
    order = submit.order
    world.orders[number] = BrokerOrder(
        number,
        "",
        "00950",
        SAMSUNG,
        Side.SELL,
        order.quantity,
        order.limit_price,
        0,
        0,
        order.quantity,
        0,
        0,
        "090101",  # type: ignore[arg-type]
    )
    world.answer_reads = True
    world.pass_time(40)
    assert world.of(ev.OrderAccepted)[0].order_no == number
    assert len(submits(world)) == 1
    world.fill(number, 10, 67_800)
    assert world.of(ev.StopLossFilled)


@pytest.mark.requirement("MON-4.17")
@pytest.mark.parametrize(
    ("holding", "absent"),
    [((15, 70_000, 15), 1), ((15, 70_000, 5), 0), ((8, 70_000, 8), 0)],
    ids=["bought by hand", "bought, and something locks as many as ours", "shares are missing"],
)
def test_doubt_ends_only_if_no_share_is_missing_or_locked(holding: tuple[int, int, int], absent: int) -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    submit = submits(world)[0]
    world.give(
        inp.SubmitEnded(submit.order.intent_id, Outcome(OutcomeKind.UNKNOWN, code="reset", sent_mono=world.mono))
    )
    world.holdings[SAMSUNG] = holding
    world.pass_time(80)
    assert len(world.of(ev.OrderAbsent)) == absent
    world.trade(SAMSUNG, 67_000)
    assert len(submits(world)) == 1 + absent


@pytest.mark.requirement("MON-4.17")
def test_timeout_when_order_never_arrived_then_absent_is_proved_before_a_new_attempt() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    submit = submits(world)[0]
    world.give(
        inp.SubmitEnded(submit.order.intent_id, Outcome(OutcomeKind.UNKNOWN, code="reset", sent_mono=world.mono))
    )
    world.pass_time(29)
    world.trade(SAMSUNG, 67_000)
    assert len(submits(world)) == 1, "not before the quarantine is over"
    world.pass_time(6)
    assert world.of(ev.OrderAbsent)
    world.trade(SAMSUNG, 67_000)
    assert len(submits(world)) == 2


@pytest.mark.requirement("MON-4.15")
def test_quantity_refused_when_less_is_sellable_then_corrected_once() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    submit = submits(world)[0]
    world.holdings[SAMSUNG] = (10, 70_000, 7)
    world.give(
        inp.SubmitEnded(
            submit.order.intent_id,
            Outcome(OutcomeKind.REFUSED, code="X", message="잔고 부족", refusal=Refusal.INSUFFICIENT_QUANTITY),
        )
    )
    assert world.of(ev.OrderFailed), "a person is told in every case"
    assert submits(world)[1].order.quantity == 7


@pytest.mark.requirement("MON-4.13", "MON-4.16", "MON-E.09")
def test_retryable_refusal_is_tried_once_more_after_a_second_and_then_rests() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    refused = Outcome(OutcomeKind.REFUSED, code="EGW00201", message="초당 거래건수 초과", retryable=True)
    world.give(inp.SubmitEnded(submits(world)[0].order.intent_id, refused))
    assert not world.of(ev.OrderFailed), "no alarm before the second failure"
    world.trade(SAMSUNG, 67_800)
    assert len(submits(world)) == 1
    world.pass_time(1.1)
    assert len(submits(world)) == 2
    world.give(inp.SubmitEnded(submits(world)[1].order.intent_id, refused))
    assert len(world.of(ev.OrderFailed)) == 1
    world.trade(SAMSUNG, 67_000)
    world.pass_time(30)
    world.trade(SAMSUNG, 67_000)
    assert len(submits(world)) == 2, "no storm of refusals"
    world.pass_time(31)
    world.trade(SAMSUNG, 67_000)
    assert len(submits(world)) == 3, "and never unprotected for ever"


@pytest.mark.requirement("MON-3.11")
def test_crossing_hidden_by_conflation_is_seen_in_the_day_low() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 69_000, day_low=68_500, day_high=69_500)
    world.trade(SAMSUNG, 69_000, day_low=67_800, day_high=69_500)
    (reached,) = world.of(ev.StopLossReached)
    assert (reached.basis, reached.price) == ("low", 67_800)


@pytest.mark.requirement("MON-3.11")
def test_day_low_made_before_the_guard_looked_does_not_trigger() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 69_000, day_low=60_000, day_high=69_500)
    world.trade(SAMSUNG, 69_000, day_low=60_000, day_high=69_500)
    assert not submits(world)


@pytest.mark.requirement("MON-3.11")
@pytest.mark.parametrize(
    "changes", [{"regular": False}, {"auction": True}, {"halted": True}], ids=["other session", "auction", "halted"]
)
def test_price_that_does_not_count_never_sells(changes: dict[str, bool]) -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 60_000, **changes)
    assert not submits(world)


@pytest.mark.requirement("MON-8.05", "MON-8.08", "MON-S.09")
@pytest.mark.requirement("MON-3.19", "MON-B.07")
def test_halt_holds_the_exit_and_resume_judges_anew() -> None:
    world = held()
    world.open()
    world.give(MarketOperation(SAMSUNG, OperationKind.HALT, True, "174"))
    assert world.states()[-1] == "market_halted"
    world.trade(SAMSUNG, 67_000)
    world.trade(SAMSUNG, 66_900)
    assert not submits(world)
    assert [held.reason for held in world.of(ev.ExitHeld)] == ["halt"]
    world.give(MarketOperation(SAMSUNG, OperationKind.RESUME, True, "175"))
    assert not submits(world), "not on an old price"
    world.trade(SAMSUNG, 69_000)
    assert not submits(world), "recovered: no sale"
    world.trade(SAMSUNG, 67_000)
    assert len(submits(world)) == 1


@pytest.mark.requirement("MON-8.01")
def test_halt_of_the_market_is_told_once_although_every_trade_carries_the_flag() -> None:
    world = held()
    world.open()
    world.give(MarketOperation(SAMSUNG, OperationKind.HALT, True, "174"))
    world.trade(SAMSUNG, 70_000, halted=True)
    assert [fact.symbol for fact in world.of(ev.MarketHalted)] == [""]
    world.give(MarketOperation(SAMSUNG, OperationKind.RESUME, True, "175"))
    world.trade(SAMSUNG, 67_000, halted=True)
    assert [fact.symbol for fact in world.of(ev.MarketHalted)] == ["", SAMSUNG], "a stock that stays halted"
    assert not submits(world)


@pytest.mark.requirement("ALR-9")
def test_kill_switch_active_blocks_profit_and_lets_the_stop_through() -> None:
    world = held(config=LEAPS)
    world.open()
    world.give(SetKill("op", KillLevel.ACTIVE, "test"))
    world.trade(SAMSUNG, 80_000)
    assert not submits(world)
    assert len(world.of(ev.OrderBlockedKillswitch)) == 1
    world.trade(SAMSUNG, 67_000)
    assert len(submits(world)) == 1
    assert len(world.of(ev.OrderAllowedProtective)) == 1


def test_kill_switch_hard_blocks_everything() -> None:
    world = held()
    world.open()
    world.give(SetKill("op", KillLevel.HARD, "test"))
    world.trade(SAMSUNG, 67_000)
    assert not submits(world)


def test_resting_profit_order_gives_way_to_the_stop() -> None:
    world = held(config=LEAPS)
    world.open()
    world.trade(SAMSUNG, 75_600)
    number = world.accept(submits(world)[0])
    world.trade(SAMSUNG, 67_000)
    (cancel,) = world.of(act.Cancel)
    assert len(submits(world)) == 1
    world.orders[number] = replace(world.orders[number], remaining=0, canceled=10)  # type: ignore[arg-type]
    world.give(inp.CancelEnded(cancel.cancel.intent_id, Outcome(OutcomeKind.ACCEPTED, "998")))
    world.pass_time(0.1)
    world.trade(SAMSUNG, 66_900)
    assert submits(world)[1].order.purpose is Purpose.STOP_LOSS


def test_watch_mode_says_what_it_would_have_sold_and_sends_nothing() -> None:
    world = held(config=replace(CONFIG, mode=Mode.WATCH))
    world.open()
    world.trade(SAMSUNG, 67_000)
    world.trade(SAMSUNG, 66_000)
    assert not submits(world)
    (would,) = world.of(ev.ExitSimulated)
    assert would.quantity == 10

    selling = held()
    selling.open()
    selling.trade(SAMSUNG, 66_000)
    (sold,) = selling.of(ev.IntentRecorded)
    assert sold.flow != would.flow, "the same day goes on in earnest: two stories"


@pytest.mark.requirement("MON-B.01")
def test_trailing_stop_rises_with_the_price_and_never_falls() -> None:
    rule = ExitRule(trailing=Trailing(enabled=True), target_bps=5_000)
    world = held(config=replace(CONFIG, default_rule=rule))
    world.open()
    world.trade(SAMSUNG, 72_000)
    world.trade(SAMSUNG, 74_000)
    world.trade(SAMSUNG, 73_000)
    assert [raised.stop_price for raised in world.of(ev.TrailingStopRaised)] == [70_560, 72_520]
    world.trade(SAMSUNG, 72_500)
    assert submits(world)[0].order.purpose is Purpose.TRAILING_STOP


@pytest.mark.requirement("MON-B.01")
def test_partial_profit_sells_half_once() -> None:
    rule = ExitRule(partial=Partial(enabled=True))
    world = held(config=replace(CONFIG, default_rule=rule))
    world.open()
    world.trade(SAMSUNG, 73_500)
    (submit,) = submits(world)
    assert (submit.order.quantity, submit.order.purpose) == (5, Purpose.PARTIAL_PROFIT)
    number = world.accept(submit)
    world.fill(number, 5, 73_500)
    world.pass_time(12)
    world.trade(SAMSUNG, 73_600)
    assert len(submits(world)) == 1
    assert world.engine.book.positions[SAMSUNG].quantity == 5
