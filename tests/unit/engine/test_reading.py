"""Inquiries: never the same twice at once, slower when they fail, and what an answer settles."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hantu.domain import events as ev
from hantu.domain.account import Balance
from hantu.domain.instrument import Symbol
from hantu.domain.money import Won
from hantu.domain.order import IntentState
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine import reading
from hantu.engine.config import Streams
from hantu.engine.inputs import FeedFailure
from hantu.engine.journey import State
from hantu.engine.turn import Turn
from tests.unit.engine.test_accidents import stopped
from tests.unit.engine.world import CONFIG, OPEN, SAMSUNG, World, held


def failed(world: World, kind: str) -> None:
    world.give(
        inp.BalanceRead(None, world.mono, "503") if kind == "balance" else inp.OrdersRead(None, world.mono, "503")
    )


def reads(world: World, kind: str) -> int:
    return len(world.of(act.ReadBalance if kind == "balance" else act.ReadOrders))


def due(world: World) -> float | None:
    return reading.next_due(Turn(world.engine.desk, world.now))


@pytest.mark.requirement("MON-E.09")
@pytest.mark.parametrize(("kind", "text"), [("balance", "잔고 조회 실패: 503"), ("orders", "주문 조회 실패: 503")])
def test_failed_inquiry_is_told_and_asked_again_more_and_more_slowly(kind: str, text: str) -> None:
    world = held(wall=OPEN + timedelta(minutes=5), answer_reads=False)
    world.start()
    waits = []
    for _ in range(7):
        count = reads(world, kind)
        failed(world, kind)
        began = world.mono
        while reads(world, kind) == count:
            world.mono += 0.25
            world.give(inp.Woken())
        waits.append(world.mono - began)
    assert waits == [2, 4, 6, 8, 10, 10, 10]
    assert text in world.log


@pytest.mark.parametrize("kind", ["balance", "orders"])
def test_wait_after_a_failure_is_not_cut_short_by_another_wish_and_ends_with_a_success(kind: str) -> None:
    world = held(wall=OPEN + timedelta(minutes=5), answer_reads=False)
    world.start()
    failed(world, kind)
    count = reads(world, kind)
    turn = Turn(world.engine.desk, world.now)
    turn.ask_balance()
    turn.ask_orders()
    world.give(inp.Woken())
    assert reads(world, kind) == count
    world.answer_reads = True
    world.pass_time(2.5)
    assert reads(world, kind) == count + 1
    world.answer_reads = False
    turn = Turn(world.engine.desk, world.now)
    turn.ask_balance()
    turn.ask_orders()
    world.give(inp.Woken())
    assert reads(world, kind) == count + 2


@pytest.mark.parametrize("kind", ["balance", "orders"])
def test_failed_inquiry_of_an_idle_evening_is_not_hurried(kind: str) -> None:
    world = held(wall=OPEN - timedelta(hours=3))
    world.start()
    world.answer_reads = False
    failed(world, kind)
    reads_ = world.engine.desk.reads
    assert (reads_.balance_due if kind == "balance" else reads_.orders_due) == world.mono + 60.0


@pytest.mark.parametrize("kind", ["balance", "orders"])
def test_failed_inquiry_of_a_start_is_hurried_whatever_the_hour(kind: str) -> None:
    world = held(wall=OPEN - timedelta(hours=3), answer_reads=False)
    world.start()
    failed(world, kind)
    reads_ = world.engine.desk.reads
    assert (reads_.balance_due if kind == "balance" else reads_.orders_due) == world.mono + 2.0


@pytest.mark.parametrize("kind", ["balance", "orders"])
def test_inquiry_is_not_made_twice_at_once_and_a_lost_one_is_made_again(kind: str) -> None:
    world = held(wall=OPEN + timedelta(minutes=5), answer_reads=False)
    world.start()
    assert reads(world, kind) == 1
    asked = world.mono
    turn = Turn(world.engine.desk, world.now)
    turn.ask_balance()
    turn.ask_orders()
    world.mono = asked + 30
    world.give(inp.Woken())
    assert reads(world, kind) == 1
    world.mono = asked + 30.25
    world.give(inp.Woken())
    assert reads(world, kind) == 2


def test_sooner_wish_wins_over_a_later_one() -> None:
    world = held()
    world.open()
    world.pass_time(10)
    turn = Turn(world.engine.desk, world.now)
    for kind in ("balance", "orders"):
        ask = turn.ask_balance if kind == "balance" else turn.ask_orders
        ask(5.0)
        ask(9.0)
        ask(3.0)
    assert world.engine.desk.reads.balance_due == world.engine.desk.reads.orders_due == world.mono + 3.0
    assert due(world) == world.mono + 3.0


@pytest.mark.requirement("MON-6.04")
def test_failed_poll_is_told_and_leaves_the_gap_to_be_caught_up_on() -> None:
    world = held()
    world.open()
    world.give(inp.FeedClosed("cut"))
    world.pass_time(1.1)
    world.give(inp.FeedOpened())
    assert len(world.of(act.ReadPrices)) == 1
    opened = world.mono
    world.give(inp.PricesRead(None, world.mono, "503"))
    assert "현재가 조회 실패: 503" in world.log
    assert due(world) == opened + 2.0
    world.mono = opened + 2
    world.give(inp.Woken())
    assert len(world.of(act.ReadPrices)) == 2
    world.poll(SAMSUNG, 70_000)
    world.pass_time(5)
    assert len(world.of(act.ReadPrices)) == 2, "caught up"


def test_lost_poll_is_given_up_after_half_a_minute() -> None:
    world = held()
    world.open()
    world.give(inp.FeedFailed(FeedFailure.MAINTENANCE, "점검"))
    world.pass_time(0.1)
    assert len(world.of(act.ReadPrices)) == 1
    asked = world.engine.desk.reads.prices_asked
    assert asked is not None
    world.mono = asked + 30
    world.give(inp.Woken())
    assert len(world.of(act.ReadPrices)) == 1
    world.mono = asked + 30.25
    world.give(inp.Woken())
    assert len(world.of(act.ReadPrices)) == 2


@pytest.mark.requirement("MON-6.1.04")
def test_asleep_prices_are_asked_for_every_thirty_seconds_and_not_after_the_close() -> None:
    world = held()
    world.open()
    world.give(inp.FeedFailed(FeedFailure.MAINTENANCE, "점검"))
    began = world.mono
    for _ in range(10):
        world.pass_time(10, step=1.0)
        world.poll(SAMSUNG, 70_000)
    assert (world.mono - began) // 30 == len(world.of(act.ReadPrices)) - 1 == 3
    assert all(action.urgent for action in world.of(act.ReadPrices))
    world.wall = OPEN + timedelta(hours=6, minutes=29, seconds=59)
    count = len(world.of(act.ReadPrices))
    world.wall += timedelta(seconds=1)
    turn = Turn(world.engine.desk, world.now)
    world.engine.desk.reads.poll_due = world.mono
    reading.due(turn)
    assert not [action for action in turn.decision().actions if isinstance(action, act.ReadPrices)]
    assert world.engine.desk.reads.poll_due == world.mono + 10.0
    assert len(world.of(act.ReadPrices)) == count


@pytest.mark.requirement("MON-0.01")
def test_stocks_without_a_stream_are_polled_held_ones_as_urgent() -> None:
    streams = Streams(notice_key="USER", max_registrations=2)
    world = World(config=replace(CONFIG, streams=streams), holdings={SAMSUNG: (10, 70_000, 10)})
    world.open()
    world.pass_time(1)
    assert world.of(act.ReadPrices) == [act.ReadPrices((SAMSUNG,), urgent=True)]
    world.poll(SAMSUNG, 70_000)
    assert due(world) == world.engine.desk.reads.poll_due
    world.pass_time(10)
    assert len(world.of(act.ReadPrices)) == 2


def test_watched_stocks_without_a_stream_are_polled_without_urgency() -> None:
    world = World(config=replace(CONFIG, streams=Streams(notice_key="USER", max_registrations=2)))
    watch = inp.WatchItem(1, Symbol("000001"), "W", 80.0, 10_000, "2026-11-20")
    world.start(watch=(watch,))
    world.to_monitoring()
    world.pass_time(1)
    assert world.of(act.ReadPrices) == [act.ReadPrices((Symbol("000001"),), urgent=False)]


@pytest.mark.parametrize("count", [30, 31, 50])
def test_poll_takes_thirty_half_the_most_urgent_half_those_not_seen_for_longest(count: int) -> None:
    symbols = [Symbol(f"{n:06d}") for n in range(count)]
    world = World(holdings=dict.fromkeys(symbols, (1, 10000, 1)))
    world.open()
    sights = world.engine.desk.sights
    for n, symbol in enumerate(symbols):
        sight = world.engine.desk.sight(symbol)
        # the lower the number, the nearer to the stop, and the longer ago the last look
        sight.price, sight.seen_mono = 10_000 + n, 100.0 + n
    if count == 50:
        del sights[symbols[49]]
    world.engine.desk.reads.prices_asked = None
    world.give(inp.FeedFailed(FeedFailure.MAINTENANCE, "점검"))
    world.pass_time(0.1)
    asked = world.of(act.ReadPrices)[-1].symbols
    if count < 50:
        assert asked == tuple(symbols[:30])
    else:
        # one that was never seen is nearest for want of a price
        assert asked == (symbols[49], *symbols[:29])


@pytest.mark.requirement("MON-3.06")
def test_holdings_are_compared_every_five_minutes_while_watching() -> None:
    world = held()
    world.open()
    count = reads(world, "balance")
    last = world.engine.desk.reads.balance_read_mono
    assert last is not None
    world.mono = last + 299.75
    world.give(inp.Woken())
    assert reads(world, "balance") == count
    world.mono = last + 300
    world.give(inp.Woken())
    assert (reads(world, "balance"), world.engine.desk.reads.balance_read_mono) == (count + 1, world.mono)
    idle = held(wall=OPEN - timedelta(hours=3))
    idle.start()
    for _ in range(3):
        idle.mono += 1_000
        idle.give(inp.Woken())
    assert reads(idle, "balance") == 2, "the start, and once more for what moves the shares of a day"


def test_answers_that_overtake_each_other_leave_the_newest_moment() -> None:
    world = held(wall=OPEN - timedelta(hours=3))
    world.start()
    at = world.mono
    world.give(inp.BalanceRead(world.balance(), at + 5))
    world.give(inp.BalanceRead(world.balance(), at + 2))
    world.give(inp.OrdersRead((), at + 5))
    world.give(inp.OrdersRead((), at + 2))
    assert world.engine.desk.reads.balance_read_mono == world.engine.desk.reads.orders_read_mono == at + 5


def test_worth_of_the_account_at_the_first_look_is_what_the_day_is_measured_by() -> None:
    world = held(wall=OPEN - timedelta(hours=3))
    world.start()
    world.answer_reads = False
    for equity in (110_000_000, 90_000_000):
        world.give(inp.BalanceRead(Balance((), Won(0), Won(equity)), world.mono))
    assert (world.engine.desk.equity_start, world.engine.desk.equity) == (100_000_000, 90_000_000)


@pytest.mark.requirement("MON-7.04")
def test_order_of_an_earlier_day_ends_with_a_balance_of_today_and_not_with_one_of_yesterday() -> None:
    world, _ = stopped()
    world.pass_time(62)
    cancel = world.of(act.Cancel)[0].cancel.intent_id
    morning = World(
        holdings=world.holdings, wall=OPEN + timedelta(hours=15, minutes=-1, seconds=30), answer_reads=False
    )
    morning.start(*world.facts, next_intent=9)
    asked = morning.mono
    morning.wall += timedelta(seconds=40)
    morning.mono += 40
    morning.give(inp.Woken())
    assert morning.engine.book.trade_date == "2026-11-24"
    morning.give(inp.BalanceRead(morning.balance(), asked))
    assert not morning.of(ev.OrderExpired)
    morning.give(inp.BalanceRead(morning.balance(), morning.mono))
    assert [fact.quantity for fact in morning.of(ev.OrderExpired)] == [10]
    assert morning.engine.book.open_intents() == []
    assert morning.engine.book.intents[cancel].state is IntentState.FILLED


def test_cancel_left_over_from_an_earlier_day_ends_with_its_day() -> None:
    world, _ = stopped()
    world.pass_time(62)
    cancel = world.of(ev.IntentRecorded)[1]
    morning = held(wall=OPEN + timedelta(hours=20))
    morning.start(cancel)
    (told,) = [fact for fact in morning.of(ev.CancelResolved) if fact.state is IntentState.ABSENT]
    assert (told.intent_id, told.reason) == (cancel.intent_id, "the day is over")


def test_poll_in_a_session_that_only_connects_is_not_made_before_it_is_blind() -> None:
    world = held()
    world.start()
    world.pass_time(31)
    assert world.engine.book.state is State.CONNECTING
    world.engine.desk.reads.poll_due = world.mono
    world.give(inp.Woken())
    assert not world.of(act.ReadPrices)
    assert due(world) is None, "nothing to poll"
