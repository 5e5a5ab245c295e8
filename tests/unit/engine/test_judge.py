"""One price against the levels: which prices count, delays, and what proves a halt over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hantu.domain import events as ev
from hantu.domain.commands import HaltOrders, KillLevel, SetKill
from hantu.domain.instrument import Symbol
from hantu.domain.market import MarketOperation, OperationKind
from hantu.domain.money import Price, Quantity
from hantu.domain.order import Outcome, OutcomeKind, Purpose, Refusal
from hantu.domain.quote import BookTop
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.config import ExitRule, Partial, Trailing
from hantu.engine.inputs import FeedFailure
from hantu.engine.journey import State
from tests.unit.engine.test_session import items
from tests.unit.engine.world import CONFIG, HYNIX, LEAPS, SAMSUNG, World, held

WATCHED = Symbol("000001")


def late(world: World, seconds: float, price: int = 70_000, symbol: Symbol = SAMSUNG) -> None:
    world.trade(symbol, price, traded_at=world.wall - timedelta(seconds=seconds))


# --- freshness ---------------------------------------------------------------------------


@pytest.mark.requirement("MON-3.11", "MON-3.12")
@pytest.mark.parametrize(("age_s", "sells"), [(0.0, True), (5.9, True), (6.0, True), (6.01, False), (60.0, False)])
def test_old_trade_does_not_sell(age_s: float, sells: bool) -> None:
    world = held()
    world.open()
    late(world, age_s, 67_000)
    assert bool(world.of(act.Submit)) is sells


@pytest.mark.requirement("MON-3.21", "MON-3.22", "MON-E.11", "MON-I.14")
@pytest.mark.parametrize(
    ("age_s", "delays"),
    [(1.0, []), (1.9375, []), (2.0, [1_001]), (5.9375, [4_938]), (6.0, [5_001, 5_001])],
)
def test_delay_is_told_from_a_second_on_and_alarmed_from_five(age_s: float, delays: list[int]) -> None:
    """Times of the wire are cut to seconds, so the least delay that explains what is seen is told."""
    world = held()
    world.open()
    late(world, age_s)
    assert [fact.delay_ms for fact in world.of(ev.DataDelay)] == delays


@pytest.mark.requirement("MON-3.21", "MON-3.22")
def test_delay_is_told_once_until_it_is_over_and_the_alarm_until_all_are() -> None:
    world = World(holdings={SAMSUNG: (10, 70_000, 10), HYNIX: (5, 70_000, 5)})
    world.open()
    told = world.of(ev.DataDelay)
    for _ in range(3):
        late(world, 7)
        late(world, 7, symbol=HYNIX)
    told = world.of(ev.DataDelay)
    assert [fact.symbol for fact in told] == [SAMSUNG, SAMSUNG, HYNIX], "two warnings and one alarm"
    late(world, 0)
    late(world, 7)
    assert len(world.of(ev.DataDelay)) == 4, "a warning; the alarm is not over, the other stock still lags"
    late(world, 0)
    late(world, 0, symbol=HYNIX)
    late(world, 7)
    assert len(world.of(ev.DataDelay)) == 6
    late(world, 0)
    late(world, 0)
    late(world, 1.5)
    assert len(world.of(ev.DataDelay)) == 6


# --- which prices count -----------------------------------------------------------------------


@pytest.mark.requirement("MON-3.11")
@pytest.mark.parametrize(("price", "sells"), [(48_999, False), (49_000, True), (91_000, True), (91_001, False)])
def test_price_outside_the_limits_of_the_day_is_an_error_of_somebody(price: int, sells: bool) -> None:
    for poll in (False, True):
        world = held()
        world.open()
        sight = world.engine.desk.sight(SAMSUNG)
        sight.lower_limit, sight.upper_limit = 49_000, 91_000
        if poll:
            world.poll(SAMSUNG, price, lower_limit=Price(49_000), upper_limit=Price(91_000))
        else:
            world.trade(SAMSUNG, price)
        assert bool(world.of(act.Submit)) is sells


@pytest.mark.requirement("MON-3.11", "MON-3.15")
def test_crossing_of_the_target_hidden_by_conflation_is_seen_in_the_day_high() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 75_000, day_low=Price(70_000), day_high=Price(75_100))
    world.trade(SAMSUNG, 75_000, day_low=Price(70_000), day_high=Price(75_100))
    assert not world.of(act.Submit)
    world.trade(SAMSUNG, 75_000, day_low=Price(70_000), day_high=Price(75_600))
    assert [(fact.basis, fact.price) for fact in world.of(ev.TakeProfitReached)] == [("high", 75_600)]


@pytest.mark.parametrize("flag", [{"regular": False}, {"auction": True}])
def test_extremes_of_another_session_are_not_taken_for_those_of_the_day(flag: dict[str, bool]) -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 70_000, day_low=Price(69_000), day_high=Price(71_000))
    world.trade(SAMSUNG, 70_000, day_low=Price(60_000), day_high=Price(80_000), **flag)
    world.trade(SAMSUNG, 70_000, day_low=Price(69_000), day_high=Price(71_000))
    assert not world.of(act.Submit)
    sight = world.engine.desk.sight(SAMSUNG)
    assert (sight.day_low, sight.day_high) == (69_000, 71_000)


@pytest.mark.requirement("MON-3.11")
@pytest.mark.parametrize(("low", "high", "purpose"), [(67_900, 70_000, "stop_loss"), (70_000, 75_600, "take_profit")])
def test_trades_folded_into_one_are_judged_by_their_extremes(low: int, high: int, purpose: str) -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 70_000, low=Price(low), high=Price(high))
    assert [submit.order.purpose for submit in world.of(act.Submit)] == [purpose]


def test_stop_and_target_touched_in_one_look_is_a_stop() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 70_000, low=Price(67_000), high=Price(76_000))
    assert [submit.order.purpose for submit in world.of(act.Submit)] == ["stop_loss"]


def test_trade_of_a_stock_nobody_asked_about_is_remembered_and_judged_by_nobody() -> None:
    world = held()
    world.open()
    assert world.trade(HYNIX, 1) == []
    assert world.engine.desk.sight(HYNIX).price == 1


@pytest.mark.requirement("MON-3.07")
def test_best_prices_come_from_quotes_trades_and_polls_and_an_empty_trade_keeps_them() -> None:
    world = held()
    world.open()
    sight = world.engine.desk.sight(SAMSUNG)
    world.give(BookTop(SAMSUNG, Price(70_100), Price(70_000), 1_001.0))
    assert (sight.ask, sight.bid, sight.quote_mono) == (70_100, 70_000, 1_001.0)
    world.trade(SAMSUNG, 70_000, ask=Price(0), bid=Price(0))
    assert (sight.ask, sight.bid, sight.quote_mono) == (70_100, 70_000, 1_001.0)
    world.trade(SAMSUNG, 70_000, ask=Price(0), bid=Price(69_900))
    assert (sight.ask, sight.bid, sight.quote_mono) == (0, 69_900, world.mono)
    world.mono += 1
    world.poll(SAMSUNG, 70_200)
    assert (sight.price, sight.ask, sight.bid, sight.quote_mono) == (70_200, 0, 69_900, world.mono - 1)
    world.poll(SAMSUNG, 70_300, ask=Price(70_400))
    assert (sight.price, sight.ask, sight.bid, sight.quote_mono) == (70_300, 70_400, 0, world.mono)
    assert sight.seen_mono == world.mono
    assert (sight.lower_limit, sight.upper_limit) == (0, 0)
    world.poll(SAMSUNG, 70_300, lower_limit=Price(49_000), upper_limit=Price(91_000))
    assert (sight.lower_limit, sight.upper_limit) == (49_000, 91_000)


# --- polled prices -----------------------------------------------------------------------------


def test_polled_price_of_nothing_is_no_price() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 70_000)
    world.poll(SAMSUNG, 0)
    assert world.engine.desk.sight(SAMSUNG).price == 70_000
    assert not world.of(act.Submit)


@pytest.mark.requirement("MON-3.11")
@pytest.mark.parametrize("price", [67_000, 77_000, 72_000])
def test_base_price_of_a_stock_nobody_has_traded_today_reaches_no_level_and_raises_no_stop(price: int) -> None:
    """A halt over the opening (seeds 1215, 1730): yesterday's close is told as the price until the first trade."""
    rule = ExitRule(trailing=Trailing(enabled=True))
    world = held(config=replace(CONFIG, default_rule=rule))
    world.open()
    world.poll(SAMSUNG, price, untraded=True)
    assert world.engine.desk.sight(SAMSUNG).price == price, "still the best guess for a limit"
    assert not (world.of(act.Submit) or world.of(ev.StopLossReached) or world.of(ev.TakeProfitReached))
    assert not world.of(ev.TrailingStopRaised)
    world.poll(SAMSUNG, price)
    assert bool(world.of(act.Submit)) is (price != 72_000)
    assert bool(world.of(ev.TrailingStopRaised)) is (price == 72_000)


@pytest.mark.requirement("MON-5.06")
def test_polled_price_of_a_watched_stock_is_judged_like_a_traded_one() -> None:
    world = held()
    world.start(watch=items(1))
    world.to_monitoring()
    world.poll(WATCHED, 10_000)
    assert [fact.price for fact in world.of(ev.AddBuyOpportunity)] == [10_000]
    world.poll(HYNIX, 10_000)
    assert len(world.of(ev.AddBuyOpportunity)) == 1


@pytest.mark.requirement("MON-8.05")
@pytest.mark.parametrize(("flag", "code"), [("halted", "temp_stop_yn"), ("vi_active", "vi_cls_code")])
def test_polled_flag_halts_its_stock_and_its_absence_ends_that(flag: str, code: str) -> None:
    world = held()
    world.open()
    world.poll(SAMSUNG, 67_000, **{flag: True})
    world.poll(SAMSUNG, 67_000, **{flag: True})
    assert [(fact.source, fact.code) for fact in world.of(ev.MarketHalted)] == [("poll", code)]
    assert not world.of(act.Submit)
    world.poll(SAMSUNG, 67_000)
    assert [(fact.source, fact.code) for fact in world.of(ev.MarketResumed)] == [("poll", "")]
    assert len(world.of(act.Submit)) == 1


@pytest.mark.requirement("MON-8.07")
def test_polled_price_without_a_flag_proves_the_end_of_a_halt_only_after_a_minute() -> None:
    world = held()
    world.open()
    world.give(MarketOperation(SAMSUNG, OperationKind.VI_ON, False, "VI"))
    world.pass_time(59)
    world.poll(SAMSUNG, 70_000)
    assert not world.of(ev.MarketResumed)
    world.pass_time(1)
    world.poll(SAMSUNG, 70_000)
    assert [fact.symbol for fact in world.of(ev.MarketResumed)] == [SAMSUNG]


@pytest.mark.requirement("MON-8.07", "MON-E.03")
@pytest.mark.parametrize("stock", [Symbol(""), SAMSUNG])
def test_shares_that_change_hands_end_a_halt_that_no_stream_and_no_flag_ends(stock: Symbol) -> None:
    """Seed 4469: the market's halt was known, its end came while no stock could be subscribed."""
    world = held()
    world.open()
    world.give(MarketOperation(stock, OperationKind.HALT, stock == "", "174"))
    world.poll(SAMSUNG, 67_000, flags_told=False, volume=Quantity(100))
    world.pass_time(9)
    world.poll(SAMSUNG, 67_000, flags_told=False, volume=Quantity(150))
    world.pass_time(80)
    world.poll(SAMSUNG, 67_000, flags_told=False, volume=Quantity(200))
    world.poll(SAMSUNG, 67_000, flags_told=False, volume=Quantity(200))
    assert not world.of(ev.MarketResumed), "traded before the halt for all anybody knows; the flags were not told"
    world.poll(SAMSUNG, 67_000, flags_told=False)
    world.poll(SAMSUNG, 67_000, halted=True, volume=Quantity(201))
    assert not world.of(ev.MarketResumed), "nothing is told, or a halt is"
    world.poll(SAMSUNG, 67_000, flags_told=False, volume=Quantity(202))
    assert [(fact.symbol, fact.source, fact.code) for fact in world.of(ev.MarketResumed)] == [(stock, "poll", "volume")]
    assert len(world.of(act.Submit)) == 1


def test_polled_price_never_ends_a_halt_by_a_person() -> None:
    world = held()
    world.open()
    world.give(HaltOrders("op", SAMSUNG))
    world.pass_time(120)
    world.poll(SAMSUNG, 67_000, volume=Quantity(100))
    world.poll(SAMSUNG, 67_000, volume=Quantity(101))
    assert not world.of(ev.MarketResumed)
    assert not world.of(act.Submit)


@pytest.mark.requirement("MON-6.1.04")
@pytest.mark.parametrize("sells", [False, True])
def test_asleep_a_reached_stop_is_told_once_and_sold_only_where_that_was_chosen(sells: bool) -> None:
    world = held(config=replace(CONFIG, sell_while_sleeping=sells))
    world.open()
    world.give(inp.FeedFailed(FeedFailure.MAINTENANCE, "점검"))
    assert world.engine.book.state is State.SLEEPING
    world.poll(SAMSUNG, 70_000)
    world.poll(SAMSUNG, 67_000)
    world.poll(SAMSUNG, 66_900)
    assert len(world.of(act.Submit)) == sells
    if sells:
        return
    (told,) = world.of(ev.StopLossReached)
    assert (told.flow, told.price, told.level, told.quantity) == (f"asleep-{SAMSUNG}", 67_000, 67_900, 10)
    assert (told.basis, told.purpose, told.name, told.average_price) == ("poll", "stop_loss", f"N{SAMSUNG}", 70_000)
    assert [fact.reason for fact in world.of(ev.ExitHeld)] == ["asleep"]
    world.poll(SAMSUNG, 68_000)
    world.poll(SAMSUNG, 67_000)
    assert len(world.of(ev.StopLossReached)) == 2


# --- halts seen in trades ------------------------------------------------------------------------


@pytest.mark.requirement("MON-8.05", "MON-8.08")
def test_flag_of_the_trade_halts_its_stock_and_the_next_trade_without_it_resumes() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_000, halted=True)
    assert [(fact.source, fact.code) for fact in world.of(ev.MarketHalted)] == [("trade", "TRHT_YN")]
    assert [fact.reason for fact in world.of(ev.ExitHeld)] == ["halt"]
    world.trade(SAMSUNG, 67_000, auction=True)
    assert not world.of(ev.MarketResumed), "an expected price of an auction is no trade"
    world.trade(SAMSUNG, 67_000)
    assert [(fact.source, fact.code) for fact in world.of(ev.MarketResumed)] == [("trade", "TRHT_YN")]
    assert len(world.of(act.Submit)) == 1


def test_halt_the_broker_named_in_a_refusal_ends_with_a_trade() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    intent_id = world.of(act.Submit)[0].order.intent_id
    world.give(inp.SubmitEnded(intent_id, Outcome(OutcomeKind.REFUSED, code="APBK0066", refusal=Refusal.HALTED)))
    assert [(fact.source, fact.code) for fact in world.of(ev.MarketHalted)] == [("refusal", "APBK0066")]
    world.trade(SAMSUNG, 70_000)
    assert len(world.of(ev.MarketResumed)) == 1


@pytest.mark.requirement("MON-8.08")
@pytest.mark.parametrize(("after_s", "ended"), [(10, False), (11, True)])
@pytest.mark.parametrize("wide", [True, False], ids=["market", "stock"])
def test_continuous_trade_proves_the_end_of_a_halt_ten_seconds_after_it_began(
    after_s: int, ended: bool, wide: bool
) -> None:
    world = held()
    world.open()
    world.wall = world.wall.replace(microsecond=0)
    kind = OperationKind.HALT if wide else OperationKind.VI_ON
    world.give(MarketOperation(SAMSUNG, kind, wide, "174"))
    world.wall += timedelta(seconds=after_s)
    world.trade(SAMSUNG, 70_000)
    assert [fact.code for fact in world.of(ev.MarketResumed)] == (["continuous trade"] if ended else [])


# --- between the levels and beside an order -----------------------------------------------------------


def test_position_is_left_alone_whose_rule_was_taken_away() -> None:
    world = held()
    world.open()
    world.engine.desk.config = replace(CONFIG, rules={SAMSUNG: None})
    assert world.trade(SAMSUNG, 70_000) == []


def test_profit_step_that_was_held_back_is_forgotten_when_the_price_falls_below_it() -> None:
    world = held(config=replace(CONFIG, default_rule=ExitRule(partial=Partial(enabled=True))))
    world.open()
    world.give(SetKill("op", KillLevel.ACTIVE, "x"))
    world.trade(SAMSUNG, 73_500)
    assert SAMSUNG in world.engine.desk.pending
    world.trade(SAMSUNG, 73_400)
    assert SAMSUNG not in world.engine.desk.pending
    assert SAMSUNG not in world.engine.desk.marked
    world.trade(SAMSUNG, 73_500)
    assert len(world.of(ev.ExitHeld)) == 2, "reached anew, told anew"


def test_profit_reached_beside_a_working_stop_waits_for_it() -> None:
    world = held(config=LEAPS)
    world.open()
    world.trade(SAMSUNG, 67_900)
    world.accept(world.of(act.Submit)[0])
    world.trade(SAMSUNG, 76_000)
    assert len(world.of(act.Submit)) == 1
    assert not world.of(act.Cancel)
    assert not world.of(ev.ExitHeld)
    assert [intent.record.purpose for intent in world.engine.book.open_intents()] == [Purpose.STOP_LOSS]


def test_position_without_a_target_is_not_sold_for_profit() -> None:
    world = held(config=replace(CONFIG, default_rule=ExitRule(stop_bps=10_000)))
    world.open()
    world.engine.book.positions[SAMSUNG].target_price = 0
    assert world.trade(SAMSUNG, 1) == []
    assert world.trade(SAMSUNG, 90_000) == []
