"""The trading day: who may open it, what holds it open, how it ends, and what is made up for."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hantu.domain import events as ev
from hantu.domain.commands import HaltOrders, ResumeOrders, StartMonitoring, StopMonitoring
from hantu.domain.instrument import Symbol
from hantu.domain.market import MarketOperation, OperationKind
from hantu.domain.money import Quantity
from hantu.domain.order import IntentState, Outcome, OutcomeKind
from hantu.engine import day
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.config import ExitRule, RuleKind
from hantu.engine.journey import State
from hantu.engine.turn import Turn
from tests.unit.engine.test_accidents import stopped
from tests.unit.engine.world import CONFIG, HYNIX, OPEN, SAMSUNG, World, held

CLOSE = OPEN + timedelta(hours=6, minutes=30)
MARKET = Symbol("")


def to(world: World, wall: datetime) -> None:
    """Let time pass until ``wall`` with a single wake; the line is open whenever it was asked for."""
    before = len(world.of(act.OpenFeed))
    ahead_s = (wall - world.wall).total_seconds()
    world.mono += ahead_s
    world.wall = wall
    world.give(inp.Woken())
    if len(world.of(act.OpenFeed)) > before:
        world.give(inp.FeedOpened())
    world.pass_time(5)


# --- opening ------------------------------------------------------------------------


@pytest.mark.requirement("MON-0.06", "MON-0.11")
def test_session_started_by_hand_after_hours_is_closed_by_the_calendar_on_the_next_day() -> None:
    world = held(wall=CLOSE + timedelta(minutes=10))
    world.start()
    world.give(StartMonitoring("op"))
    world.give(inp.FeedOpened())
    world.pass_time(60)
    assert world.engine.book.state is State.MONITORING, "the calendar does not end what a person began after it"
    assert world.engine.desk.held_open
    to(world, OPEN + timedelta(days=1, minutes=1))
    assert not world.engine.desk.held_open
    to(world, CLOSE + timedelta(days=1, minutes=1))
    assert world.engine.book.state is State.IDLE


def test_day_that_was_closed_by_a_person_is_not_opened_again_by_the_schedule() -> None:
    world = held()
    world.open()
    world.give(StopMonitoring("op"))
    world.pass_time(120)
    assert world.engine.book.state is State.IDLE
    assert len(world.of(act.OpenFeed)) == 1
    assert [fact.open_orders for fact in world.of(ev.MonitorStopped)] == [0]


def test_stop_counts_the_orders_it_leaves_at_the_broker() -> None:
    world, _ = stopped()
    world.pass_time(62)
    assert world.of(act.Cancel)
    world.give(StopMonitoring("op"))
    assert [fact.open_orders for fact in world.of(ev.MonitorStopped)] == [1], "a cancel is no order"


def test_stop_of_an_idle_session_is_only_noted() -> None:
    world = held(wall=OPEN - timedelta(hours=2))
    world.start()
    world.give(StopMonitoring("op"))
    assert world.states() == []
    assert world.engine.book.stopped


def test_second_stop_while_the_session_is_being_closed_begins_nothing_anew() -> None:
    world = held()
    world.open()
    world.give(StopMonitoring("op"))
    began = world.engine.desk.close_started
    world.pass_time(0.5)
    assert world.engine.book.state is State.UNSUBSCRIBING
    world.give(StopMonitoring("op"))
    assert world.engine.desk.close_started == began
    assert len(world.of(ev.MonitorStopped)) == 2


def test_schedule_opens_only_where_it_is_set_to() -> None:
    world = held(config=replace(CONFIG, scheduled=False))
    world.start()
    world.pass_time(60)
    assert not world.of(act.OpenFeed)


def test_holdings_are_read_anew_at_an_opening_unless_they_were_just_read() -> None:
    fresh = held(wall=OPEN + timedelta(minutes=5))
    fresh.start()
    assert len(fresh.of(act.ReadBalance)) == 1
    waited = held(wall=OPEN - timedelta(minutes=1))
    waited.start()
    waited.pass_time(61)
    assert len(waited.of(act.ReadBalance)) == 3, "the start, half a minute later, the opening"


@pytest.mark.requirement("MON-B.08")
def test_ranges_are_asked_for_once_in_the_last_ten_minutes_before_the_opening_by_period() -> None:
    rules = {HYNIX: ExitRule(kind=RuleKind.ATR, atr_period=20), Symbol("000270"): None}
    config = replace(CONFIG, default_rule=ExitRule(kind=RuleKind.ATR), rules=rules)
    world = World(config, holdings={HYNIX: (1, 200_000, 1), SAMSUNG: (10, 70_000, 10), Symbol("035720"): (1, 9_000, 1)})
    world.wall = OPEN - timedelta(minutes=11)
    world.start()
    world.pass_time(59)
    assert not world.of(act.ReadRanges)
    world.pass_time(120)
    assert world.of(act.ReadRanges) == [act.ReadRanges((HYNIX,), 20), act.ReadRanges((SAMSUNG, "035720"), 14)]


def test_ranges_are_not_asked_for_where_no_rule_uses_them_or_nothing_is_held() -> None:
    for world in (held(), World(config=replace(CONFIG, default_rule=ExitRule(kind=RuleKind.ATR)))):
        world.wall = OPEN - timedelta(minutes=9)
        world.start()
        world.pass_time(60)
        assert not world.of(act.ReadRanges)


# --- halts ------------------------------------------------------------------------------


@pytest.mark.requirement("MON-8.01", "MON-8.05")
def test_volatility_interruption_holds_its_stock_and_no_other() -> None:
    world = World(holdings={SAMSUNG: (10, 70_000, 10), HYNIX: (5, 70_000, 5)})
    world.open()
    world.give(MarketOperation(SAMSUNG, OperationKind.VI_ON, True, "VI"))
    assert [(f.symbol, f.name, f.source, f.code) for f in world.of(ev.MarketHalted)] == [
        (SAMSUNG, f"N{SAMSUNG}", "vi", "VI")
    ]
    assert world.engine.book.state is State.MONITORING, "only a halt of the market halts the session"
    world.trade(SAMSUNG, 67_000)
    world.trade(HYNIX, 67_000)
    assert [submit.order.symbol for submit in world.of(act.Submit)] == [HYNIX]
    world.give(MarketOperation(SAMSUNG, OperationKind.VI_OFF, True, "VI"))
    world.trade(SAMSUNG, 67_000)
    assert [submit.order.symbol for submit in world.of(act.Submit)] == [HYNIX, SAMSUNG]


def test_exit_held_by_a_halt_is_told_anew_in_the_next_one() -> None:
    world = held()
    world.open()
    for _ in range(2):
        world.give(HaltOrders("op", SAMSUNG))
        world.trade(SAMSUNG, 67_000)
        world.give(ResumeOrders("op", SAMSUNG))
    assert [fact.reason for fact in world.of(ev.ExitHeld)] == ["halt", "halt"]


def test_end_of_a_halt_that_is_not_there_changes_nothing() -> None:
    world = held()
    world.open()
    world.give(MarketOperation(SAMSUNG, OperationKind.RESUME, True, "175"))
    world.give(ResumeOrders("op"))
    assert not world.of(ev.MarketResumed)


def test_halt_by_a_person_is_told_once_and_covers_that_of_the_market() -> None:
    world = held()
    world.open()
    world.give(MarketOperation(SAMSUNG, OperationKind.HALT, True, "174"))
    world.give(MarketOperation(SAMSUNG, OperationKind.HALT, True, "174"))
    world.give(HaltOrders("op"))
    world.give(HaltOrders("op"))
    assert [fact.source for fact in world.of(ev.MarketHalted)] == ["stream", "manual"]
    world.give(ResumeOrders("op"))
    assert world.engine.book.halts == {}
    assert world.engine.book.state is State.MONITORING


def test_halt_of_one_stock_by_a_person_ends_without_a_move_of_the_session() -> None:
    world = held()
    world.open()
    world.give(HaltOrders("op", SAMSUNG))
    world.give(ResumeOrders("op", SAMSUNG))
    assert world.states()[-1] == "monitoring"
    assert [(fact.symbol, fact.source, fact.code) for fact in world.of(ev.MarketResumed)] == [(SAMSUNG, "manual", "op")]


def test_halt_of_the_market_that_began_before_the_line_was_there_is_ended_without_a_move() -> None:
    world = held(wall=OPEN - timedelta(minutes=5))
    world.start()
    world.give(HaltOrders("op"))
    world.give(ResumeOrders("op"))
    assert world.states() == []
    assert world.engine.book.halts == {}


@pytest.mark.requirement("MON-8.09")
def test_early_close_ends_the_day_only_where_the_market_was_halted() -> None:
    world = held()
    world.open()
    world.give(MarketOperation(SAMSUNG, OperationKind.EARLY_CLOSE, True, "X"))
    assert world.engine.book.state is State.MONITORING
    world.give(MarketOperation(SAMSUNG, OperationKind.OTHER, True, "X"))
    world.give(MarketOperation(SAMSUNG, OperationKind.HALT, True, "174"))
    world.give(MarketOperation(SAMSUNG, OperationKind.EARLY_CLOSE, True, "X"))
    assert world.engine.book.state is State.UNSUBSCRIBING
    world.pass_time(60)
    assert world.engine.book.state is State.IDLE
    assert len(world.of(ev.DailySummary)) == 1
    assert len(world.of(act.OpenFeed)) == 1, "the schedule does not open a day that is over"


# --- closing ----------------------------------------------------------------------------


@pytest.mark.requirement("MON-7.01", "MON-0.08")
def test_market_close_is_told_to_the_operator_and_a_stop_is_not_called_one() -> None:
    world = held()
    world.open()
    to(world, CLOSE + timedelta(seconds=30))
    assert "장 마감 - 모든 구독 해제 중" in world.log
    assert [fact.next_opening_at for fact in world.of(ev.MonitorFinished)] == ["2026-11-24 00:00:00.000000"]
    by_hand = held()
    by_hand.open()
    by_hand.give(StopMonitoring("op"))
    assert "장 마감 - 모든 구독 해제 중" not in by_hand.log


def test_stop_during_the_session_sums_the_day_up_once_and_the_close_does_not_again() -> None:
    world = held()
    world.open()
    world.give(StopMonitoring("op"))
    world.pass_time(60)
    assert len(world.of(ev.DailySummary)) == 1
    world.give(StartMonitoring("op"))
    world.give(inp.FeedOpened())
    to(world, CLOSE + timedelta(minutes=2))
    assert world.engine.book.state is State.IDLE
    assert len(world.of(ev.DailySummary)) == 1


@pytest.mark.requirement("MON-7.04")
def test_close_without_a_line_waits_only_for_the_last_looks() -> None:
    world = held()
    world.open()
    world.give(inp.FeedClosed("cut"))
    world.give(StopMonitoring("op"))
    assert world.engine.book.state is State.IDLE, "both were answered at once"
    assert not world.of(act.CloseFeed)


def test_close_ends_without_last_looks_that_never_come() -> None:
    world = held()
    world.open()
    world.give(inp.FeedClosed("cut"))
    world.answer_reads = False
    world.give(StopMonitoring("op"))
    world.pass_time(9)
    assert world.engine.book.state is State.UNSUBSCRIBING
    world.pass_time(2)
    assert world.engine.book.state is State.IDLE


def test_close_ends_although_the_server_takes_no_release() -> None:
    """A line that neither answers nor closes cannot hold a day open."""
    world = held()
    world.open()
    world.engine.desk.line.waiting[("H0STCNT0", "000001")] = 1e9
    world.give(StopMonitoring("op"))
    world.engine.desk.line.waiting[("H0STCNT0", "000001")] = 1e9
    world.pass_time(29)
    assert world.engine.book.state is State.UNSUBSCRIBING
    world.pass_time(2)
    assert world.engine.book.state is State.IDLE
    assert world.of(act.CloseFeed)


def test_order_still_open_after_the_close_ends_with_the_list_read_after_it() -> None:
    world, number = stopped()
    to(world, CLOSE - timedelta(seconds=4))
    world.pass_time(2)
    assert world.engine.book.state is State.UNSUBSCRIBING
    assert world.engine.book.open_intent(SAMSUNG) is not None, "fills of the closing auction come some seconds late"
    world.fill(number, 4, 67_800, notice=False)
    world.pass_time(10)
    assert sum(fill.quantity for fill in world.of(ev.OrderFilled)) == 4
    assert [fact.quantity for fact in world.of(ev.OrderExpired)] == [6]
    assert [fact.quantity for fact in world.of(ev.StopLossFilled)] == [4]


@pytest.mark.requirement("MON-4.17")
def test_doubt_that_lasts_into_the_close_is_handed_to_a_person_and_stays_open() -> None:
    world = held()
    world.open()
    to(world, CLOSE - timedelta(seconds=10))
    world.trade(SAMSUNG, 67_900)
    intent_id = world.of(act.Submit)[0].order.intent_id
    world.give(inp.SubmitEnded(intent_id, Outcome(OutcomeKind.UNKNOWN, code="timeout", sent_mono=world.mono)))
    world.pass_time(25)
    (told,) = world.of(ev.OrderEscalated)
    assert (told.intent_id, told.reason) == (intent_id, "미확인 상태로 장 마감")
    assert world.engine.book.intents[intent_id].state is IntentState.ESCALATED


# --- made up for --------------------------------------------------------------------------


def evening(*, asked_after_s: float = 600.0, sold: int = 0) -> World:
    """A process that comes back after the close with an order of the day still open."""
    world, number = stopped()
    if sold:
        world.fill(number, sold, 67_800, notice=False)
    again = World(holdings=world.holdings, orders=world.orders, wall=CLOSE + timedelta(seconds=asked_after_s))
    again.start(*world.facts)
    return again


@pytest.mark.requirement("MON-7.08")
def test_order_left_by_a_process_that_died_before_the_close_ends_in_the_evening() -> None:
    world = evening(sold=4)
    world.pass_time(5)
    assert [fact.quantity for fact in world.of(ev.OrderExpired)] == [6]
    (summary,) = world.of(ev.DailySummary)
    assert (summary.total_trades, summary.losses) == (1, 1)
    assert world.engine.book.state is State.IDLE


def test_list_read_too_soon_after_the_close_is_read_again_before_an_order_ends_with_it() -> None:
    world = evening(asked_after_s=1.0)
    assert len(world.of(act.ReadOrders)) == 1
    assert not world.of(ev.OrderExpired)
    assert not world.of(ev.DailySummary)
    world.pass_time(3.5)
    assert len(world.of(act.ReadOrders)) == 1
    assert not world.of(ev.OrderExpired)
    world.pass_time(1.5)
    assert len(world.of(act.ReadOrders)) == 2
    assert world.of(ev.OrderExpired)
    assert world.of(ev.DailySummary)


def test_nothing_is_made_up_for_on_a_day_nobody_watched() -> None:
    world = held(wall=CLOSE + timedelta(minutes=10))
    world.start()
    world.pass_time(30)
    assert not world.of(ev.DailySummary)


def test_next_wish_to_be_woken_is_the_opening_when_idle_and_the_close_when_not() -> None:
    world = held(wall=OPEN - timedelta(seconds=90))
    world.start()
    assert day.next_due(Turn(world.engine.desk, world.now)) == world.mono + 90
    world.to_monitoring()
    left_s = (CLOSE - world.wall).total_seconds()
    assert day.next_due(Turn(world.engine.desk, world.now)) == world.mono + left_s
    world.wall = CLOSE
    assert day.next_due(Turn(world.engine.desk, world.now)) is None
    world.give(inp.Woken())
    assert world.engine.book.state is State.UNSUBSCRIBING
    began = world.engine.desk.close_started
    assert day.next_due(Turn(world.engine.desk, world.now)) == began + 5.0
    world.mono = began + 7
    assert day.next_due(Turn(world.engine.desk, world.now)) == began + 10.0
    world.mono = began + 12
    assert day.next_due(Turn(world.engine.desk, world.now)) == began + 30.0
    world.mono = began + 30
    assert day.next_due(Turn(world.engine.desk, world.now)) is None


def test_new_date_forgets_what_belongs_to_a_day() -> None:
    world, _ = stopped()
    desk = world.engine.desk
    desk.retries[HYNIX] = (1e9, "x")
    desk.add_buy_armed[HYNIX] = False
    desk.foreign_locked[HYNIX] = 5
    to(world, CLOSE + timedelta(minutes=5))
    world.orders.clear()
    to(world, OPEN + timedelta(hours=20))
    assert world.of(ev.TradingDayBegan)[-1].trade_date == "2026-11-24"
    for emptied in (desk.retries, desk.add_buy_armed, desk.known_orders, desk.cancel_rest):
        assert emptied == {}
    assert desk.foreign_locked == {}
    assert desk.watches == {}
    assert desk.notices_seen == set()
    assert world.engine.book.positions[SAMSUNG].quantity == Quantity(10)


@pytest.mark.requirement("MON-7.02")
@pytest.mark.parametrize("halted", [False, True])
def test_a_session_that_slept_through_the_night_begins_the_new_date_where_it_stands(halted: bool) -> None:
    """A computer closed before the end of the session and opened the next morning: yesterday is told as yesterday."""
    world = held()
    world.open()
    if halted:
        world.give(HaltOrders("op"))
        assert world.states()[-1] == State.MARKET_HALTED
    for pause_s in (6 * 3_600, 17.9 * 3_600):
        world.wall += timedelta(seconds=pause_s)
        world.mono += pause_s
        world.give(inp.Woken())
    assert world.engine.book.state is State.MONITORING, "and a halt of yesterday is over"
    assert [summary.trade_date for summary in world.of(ev.DailySummary)] == ["2026-11-23"]
    assert [day.trade_date for day in world.of(ev.TradingDayBegan)] == ["2026-11-23", "2026-11-24"]
    assert [day.trade_date for day in world.of(ev.DayStartValued)] == ["2026-11-23", "2026-11-24"]


def test_a_session_begun_by_hand_in_the_evening_has_the_new_date_at_midnight() -> None:
    world = held(wall=OPEN + timedelta(hours=13))
    world.start()
    world.give(StartMonitoring("op"))
    world.give(inp.FeedOpened())
    world.pass_time(20)
    assert world.states()[-1] == State.MONITORING
    world.wall += timedelta(hours=2, minutes=30)
    world.mono += 9_000
    world.give(inp.Woken())
    assert [day.trade_date for day in world.of(ev.TradingDayBegan)] == ["2026-11-23", "2026-11-24"]
    assert world.states()[-1] == State.MONITORING, "the connection is kept"
    assert [day.trade_date for day in world.of(ev.DailySummary)] == ["2026-11-23"], "its own day is told"
