"""Accidents: sequences that once left a stop unguarded, a timer lost or a day unfinished."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.commands import HaltOrders, RestartMonitoring, StartMonitoring, StopMonitoring
from hantu.domain.instrument import Symbol
from hantu.domain.market import MarketOperation, OperationKind
from hantu.domain.money import Quantity
from hantu.domain.order import IntentState, NoticeKind, Outcome, OutcomeKind, Purpose
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.book import Book
from hantu.engine.inputs import FeedFailure, WatchItem
from hantu.engine.journey import State
from tests.unit.engine.test_accidents import canceled_at_broker, stopped
from tests.unit.engine.world import CONFIG, HYNIX, OPEN, SAMSUNG, World, held

# --- never unprotected for ever --------------------------------------------------------------


@pytest.mark.requirement("MON-8.08")
def test_missed_end_of_a_halt_is_proved_by_continuous_trades() -> None:
    world = held()
    world.open()
    world.give(MarketOperation(SAMSUNG, OperationKind.HALT, True, "174"))
    world.pass_time(30)
    world.trade(SAMSUNG, 67_000)
    assert len(world.of(act.Submit)) == 1
    assert world.engine.book.state is State.MONITORING


@pytest.mark.requirement("MON-8.07")
def test_halt_by_a_person_ends_only_by_a_person_even_if_the_market_was_halted_before() -> None:
    world = held()
    world.open()
    world.give(MarketOperation(SAMSUNG, OperationKind.HALT, True, "174"))
    world.give(HaltOrders("op"))
    world.pass_time(30)
    world.give(MarketOperation(SAMSUNG, OperationKind.RESUME, True, "175"))
    world.trade(SAMSUNG, 67_000)
    assert not world.of(act.Submit)


@pytest.mark.requirement("MON-4.1.10", "MON-3.05")
def test_stop_that_waited_out_its_rest_is_sent_although_nobody_trades() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    world.give(inp.SubmitEnded(world.of(act.Submit)[0].order.intent_id, Outcome(OutcomeKind.REFUSED, code="X")))
    for _ in range(80):
        world.pass_time(1)
        if world.actions and any(isinstance(action, act.ReadPrices) for action in world.actions[-3:]):
            world.poll(SAMSUNG, 67_000)
    assert len(world.of(act.Submit)) == 2


@pytest.mark.requirement("MON-6.1.05")
def test_sleep_after_a_restart_of_the_process_still_polls() -> None:
    world = held()
    world.open()
    world.give(inp.FeedFailed(FeedFailure.MAINTENANCE, "점검"))
    again = held(wall=world.wall)
    again.start(*world.facts)
    again.pass_time(31)
    again.poll(SAMSUNG, 60_000)
    assert again.of(act.ReadPrices)
    assert again.of(ev.StopLossReached)


@pytest.mark.requirement("MON-1.11")
def test_connection_attempt_nobody_answers_is_tried_again() -> None:
    world = held()
    world.start()
    world.pass_time(31)
    world.pass_time(30)
    assert len(world.of(act.OpenFeed)) >= 2


@pytest.mark.requirement("MON-6.09")
def test_late_end_of_the_old_line_does_not_leave_the_new_one_dead() -> None:
    world = held()
    world.open()
    world.give(inp.FeedClosed("closed by us", asked=True))
    assert world.engine.book.state is State.RECONNECTING


@pytest.mark.requirement("OPS-04-1", "MON-6.11")
@pytest.mark.parametrize("failure", [None, *FeedFailure], ids=["cut", *(kind.value for kind in FeedFailure)])
def test_line_told_away_is_told_back_whoever_told_it(failure: FeedFailure | None) -> None:
    """Else its emergencies are repeated over a healthy line, and what seems to follow from them is not told."""
    world = held()
    world.open()
    lost = inp.FeedClosed("cut") if failure is None else inp.FeedFailed(failure, "why", "code")
    for _ in range(2):
        world.give(lost)
        world.pass_time(1.1)
    again = held(wall=world.wall)
    again.start(*world.facts)
    if again.engine.book.state is State.SLEEPING:
        again.give(RestartMonitoring("op"))
    again.mono += 2
    again.give(inp.FeedOpened())
    assert not again.of(ev.Reconnected), "no price is confirmed yet"
    again.pass_time(5)
    assert again.engine.book.state is State.MONITORING
    assert [(fact.attempt, fact.outage_s >= 2) for fact in again.of(ev.Reconnected)] == [(1, True)]
    assert not again.engine.book.line_away


@pytest.mark.requirement("OPS-04-1", "MON-6.1.03")
def test_line_is_told_back_after_a_person_ended_the_sleep_of_the_same_life() -> None:
    world = World()
    world.open()
    world.give(inp.FeedFailed(FeedFailure.MAINTENANCE, "점검"))
    world.give(RestartMonitoring("op"))
    world.give(inp.FeedOpened())
    world.pass_time(5)
    assert len(world.of(ev.Reconnected)) == 1


@pytest.mark.requirement("MON-6.02")
def test_exhausted_connect_budget_is_told_to_a_person() -> None:
    world = held(config=replace(CONFIG, pace=replace(CONFIG.pace, connects_per_hour=1)))
    world.open()
    world.give(inp.FeedClosed("cut"))
    world.pass_time(2)
    assert world.engine.book.state is State.SLEEPING
    assert len(world.of(ev.ReconnectExhausted)) == 1


@pytest.mark.requirement("MON-6.09", "MON-3.11")
def test_restart_in_session_asks_for_prices_before_the_first_trade() -> None:
    world = held(wall=OPEN + timedelta(hours=2))
    world.start()
    world.give(inp.FeedOpened())
    assert world.of(act.ReadPrices)[0].symbols == (SAMSUNG,)
    world.give(inp.PricesRead(None, world.mono, "failed"))
    world.pass_time(3)
    assert len(world.of(act.ReadPrices)) == 2, "a failed look is repeated"


@pytest.mark.requirement("MON-4.1.09", "MON-0.07")
def test_stock_bought_back_before_its_stream_was_released_keeps_it() -> None:
    world, number = stopped()
    world.fill(number, 10, 67_800)
    world.give(world.notice("555", NoticeKind.FILL, 5, 68_000, side=Side.BUY, order_quantity=Quantity(5)))
    world.holdings[SAMSUNG] = (5, 68_000, 5)
    world.pass_time(5)
    assert ("H0STCNT0", SAMSUNG) in world.engine.desk.line.active
    assert not [a for a in world.of(act.SendUnsubscribe) if a.tr_id == "H0STCNT0"]


@pytest.mark.requirement("MON-2.13")
def test_confirmation_after_the_wait_is_believed() -> None:
    world = held(accept_subscriptions=False)
    world.start(watch=tuple(WatchItem(n, Symbol(f"{n:06d}"), "W", 80.0, 10_000, "2026-11-20") for n in range(1, 15)))
    world.pass_time(31)
    world.give(inp.FeedOpened())
    price = act.SendSubscribe("H0STCNT0", SAMSUNG)
    while price not in world.actions:
        world.pass_time(0.1)
    world.pass_time(3.1)
    assert ("H0STCNT0", SAMSUNG) in world.engine.desk.line.wanted
    world.give(inp.Subscribed("H0STCNT0", SAMSUNG))
    sent = world.actions.count(price)
    world.pass_time(20)
    assert world.actions.count(price) == sent


# --- reading --------------------------------------------------------------------------


@pytest.mark.requirement("MON-6.1.04")
def test_failing_comparison_is_not_asked_in_a_loop() -> None:
    world = held()
    world.open()
    world.pass_time(290, step=5.0)
    world.answer_reads = False
    world.pass_time(20)
    count = len(world.of(act.ReadBalance))
    for _ in range(50):
        world.give(inp.BalanceRead(None, world.mono, "down"))
    assert len(world.of(act.ReadBalance)) <= count + 1


@pytest.mark.parametrize("case", ["answer under way", "held open", "escalated"])
def test_engine_never_asks_to_be_woken_at_a_moment_that_has_passed(case: str) -> None:
    world = held()
    if case == "held open":
        world.wall = OPEN + timedelta(hours=8)
        world.start()
        world.give(StartMonitoring("op"))
        world.give(inp.FeedOpened())
    else:
        world, number = stopped()
        world.answer_reads = False
        if case == "escalated":
            world = held()
            world.open()
            world.trade(SAMSUNG, 67_900)
            world.give(inp.SubmitEnded(world.of(act.Submit)[0].order.intent_id, Outcome(OutcomeKind.UNKNOWN)))
            world.holdings[SAMSUNG] = (10, 70_000, 7)
            world.pass_time(50)
            assert world.of(ev.OrderEscalated)
    for step in range(60):
        world.mono += 0.25
        world.wall += timedelta(seconds=0.25)
        if case == "answer under way" and step % 10 == 0:
            world.give(world.notice(number, NoticeKind.FILL, 1, 67_800 + step))
        world.give(inp.Woken())
        assert world.engine.next_deadline(world.now) > world.mono


# --- the day --------------------------------------------------------------------------------


def close(world: World) -> None:
    world.wall = OPEN + timedelta(hours=6, minutes=29, seconds=59)
    world.pass_time(60)


def next_morning(world: World) -> None:
    world.wall = OPEN + timedelta(days=1) - timedelta(seconds=2)
    world.pass_time(4)
    world.give(inp.FeedOpened())
    world.pass_time(8)


@pytest.mark.requirement("MON-7.1.07")
def test_order_of_yesterday_does_not_block_the_stop_of_today() -> None:
    world, _ = stopped()
    again = held(wall=OPEN + timedelta(days=1) - timedelta(seconds=5))
    again.start(*world.facts, next_intent=50)
    again.pass_time(6)
    again.give(inp.FeedOpened())
    again.pass_time(8)
    again.trade(SAMSUNG, 67_000)
    assert len(again.of(act.Submit)) == 1
    assert again.of(ev.OrderExpired)


@pytest.mark.requirement("MON-7.1.07", "MON-4.17")
def test_doubt_of_yesterday_ends_with_its_day_and_a_balance() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    world.answer_reads = False
    order = world.of(act.Submit)[0].order
    world.give(inp.SubmitEnded(order.intent_id, Outcome(OutcomeKind.UNKNOWN, code="timeout", sent_mono=world.mono)))
    close(world)
    assert world.engine.book.intents[order.intent_id].state is IntentState.ESCALATED
    world.answer_reads = True
    next_morning(world)
    world.trade(SAMSUNG, 67_000)
    assert len(world.of(act.Submit)) == 2


@pytest.mark.requirement("MON-7.08", "MON-7.1.07")
def test_second_day_has_its_own_summary_after_a_restart_in_the_evening() -> None:
    world, number = stopped()
    world.fill(number, 10, 67_800)
    close(world)
    again = World(wall=world.wall, holdings={HYNIX: (5, 100_000, 5)})
    again.start(*world.facts)
    next_morning(again)
    assert len(again.of(ev.MonitorStarted)) == 1
    again.wall += timedelta(hours=6, minutes=30)
    again.pass_time(60)
    (summary,) = again.of(ev.DailySummary)
    assert summary.total_trades == 0


@pytest.mark.requirement("MON-7.08", "MON-7.1.07")
def test_day_whose_close_the_guard_missed_is_summed_up_when_it_is_back_that_evening() -> None:
    world, number = stopped()
    world.fill(number, 10, 67_800)
    for _ in range(2):
        # Once and again: the second start finds the summary on record.
        again = World(wall=world.wall.replace(hour=6, minute=40), holdings={})
        again.start(*world.facts)
        again.pass_time(20)
        world.facts += again.facts
    (summary,) = world.of(ev.DailySummary)
    assert summary.total_trades == 1


@pytest.mark.requirement("MON-0.10", "MON-7.1.07")
def test_stop_by_hand_holds_over_a_restart_and_ends_with_the_day() -> None:
    world = held()
    world.open()
    world.give(StopMonitoring("op"))
    world.pass_time(20)
    again = held(wall=world.wall)
    again.start(*world.facts)
    again.pass_time(20)
    assert not again.of(act.OpenFeed)
    next_morning(again)
    assert again.engine.book.state is State.MONITORING


@pytest.mark.requirement("MON-0.03")
def test_start_asked_for_during_the_stop_is_not_forgotten() -> None:
    world = held()
    world.open()
    world.give(StopMonitoring("op"))
    world.give(StartMonitoring("op"))
    world.pass_time(20)
    assert world.engine.book.state is State.CONNECTING


@pytest.mark.requirement("MON-8.09", "MON-7.08")
def test_day_ended_by_the_exchange_is_summed_up() -> None:
    world = held()
    world.open()
    world.give(MarketOperation(SAMSUNG, OperationKind.HALT, True, "174"))
    world.give(MarketOperation(SAMSUNG, OperationKind.EARLY_CLOSE, True, "182"))
    world.pass_time(40)
    assert len(world.of(ev.DailySummary)) == 1


@pytest.mark.requirement("MON-7.10")
def test_fill_of_the_closing_auction_is_not_reported_as_expired() -> None:
    world, number = stopped()
    world.give(inp.FeedClosed("cut"))
    world.wall = OPEN + timedelta(hours=6, minutes=29, seconds=59)
    world.pass_time(3)
    world.fill(number, 10, 67_800, notice=False)
    world.pass_time(30)
    assert not world.of(ev.OrderExpired)
    assert world.of(ev.StopLossFilled)


@pytest.mark.requirement("MON-4.1.08")
def test_part_sold_before_the_exit_was_given_up_is_told() -> None:
    world, number = stopped()
    world.fill(number, 4, 67_800)
    canceled_at_broker(world, number)
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    second = world.of(act.Submit)[1].order
    world.give(inp.SubmitEnded(second.intent_id, Outcome(OutcomeKind.REFUSED, code="X")))
    (done,) = world.of(ev.StopLossFilled)
    assert (done.quantity, done.purpose) == (4, Purpose.STOP_LOSS)


@pytest.mark.requirement("MON-4.1.05")
def test_answer_for_an_order_nobody_remembers_is_no_crash() -> None:
    world = held()
    world.open()
    world.give(inp.SubmitEnded("20200101-0001", Outcome(OutcomeKind.ACCEPTED, "1")))
    world.give(inp.CancelEnded("20200101-0002", Outcome(OutcomeKind.ACCEPTED, "1")))
    world.give(inp.SubscribeRefused("H0STCNT0", "999999", "OPSP9999", "no"))
    assert world.engine.book.state is State.MONITORING


@pytest.mark.requirement("MON-4.1.05", "MON-5.08")
def test_sale_by_hand_during_a_refused_order_is_not_forgotten() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    world.give(world.notice("555", NoticeKind.FILL, 3, 67_800, order_quantity=Quantity(3)))
    world.give(inp.SubmitEnded(world.of(act.Submit)[0].order.intent_id, Outcome(OutcomeKind.REFUSED, code="X")))
    assert world.engine.book.positions[SAMSUNG].quantity == 7


def test_replayed_facts_give_the_same_book() -> None:
    world, number = stopped()
    world.fill(number, 4, 67_800)
    close(world)
    next_morning(world)
    again = Book()
    for fact in world.facts:
        again.apply(fact)
    for name in ("state", "trade_date", "kill", "positions", "intents", "flows", "halts", "closed", "stopped"):
        assert getattr(again, name) == getattr(world.engine.book, name), name
    assert Symbol("") not in again.halts
