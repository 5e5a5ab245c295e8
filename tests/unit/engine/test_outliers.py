"""A price far from all others: what confirms it, what does not, and how long an exit may be held for that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hantu.domain import events as ev
from hantu.domain.commands import HaltOrders, ResumeOrders
from hantu.domain.money import Price, Quantity
from hantu.domain.order import Purpose
from hantu.domain.quote import BookTop, PolledPrice
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.config import ExitRule, Partial, Trailing
from tests.unit.engine.world import CONFIG, HYNIX, SAMSUNG, World, held

LOW, DEEP = Price(69_000), Price(65_000)
"""The day's low so far; a price through the stop (67,900) and 7 % below the last one."""


def watching(rule: ExitRule | None = None) -> World:
    """A world that has just seen 70,000; inquiries for prices are answered by hand."""
    world = held(config=replace(CONFIG, default_rule=rule) if rule else CONFIG)
    world.open()
    usual(world)
    return world


def usual(world: World, price: int = 70_000, **changes: object) -> None:
    world.trade(SAMSUNG, price, **{"day_low": LOW, "day_high": Price(71_000), **changes})


def odd(world: World, price: int = DEEP, **changes: object) -> None:
    """A trade far away, with the best prices of the market it was forged from."""
    shape = {"ask": Price(70_100), "bid": Price(70_000), "day_low": LOW, "day_high": Price(71_000)}
    world.trade(SAMSUNG, price, **{**shape, **changes})


def second(world: World, price: int = DEEP, **changes: object) -> None:
    odd(world, price, volume=Quantity(1_020), **changes)


def price_reads(world: World) -> list[act.ReadPrices]:
    return [read for read in world.of(act.ReadPrices) if read.symbols == (SAMSUNG,)]


# --- what is doubted -----------------------------------------------------------------------


@pytest.mark.requirement("MON-3.11")
@pytest.mark.parametrize(("price", "doubted"), [(66_500, False), (66_499, True), (75_600, True)])
def test_single_trade_far_from_the_last_one_does_not_sell(price: int, doubted: bool) -> None:
    """P19: one forged frame on the clear-text stream sold a position."""
    world = watching()
    asked = len(price_reads(world))
    odd(world, price)
    assert bool(world.of(act.Submit)) is not doubted
    assert bool(world.of(ev.PriceSuspected)) is doubted
    assert [read.urgent for read in price_reads(world)[asked:]] == [True] * doubted, "asked by REST at once"
    if doubted:
        sight = world.engine.desk.sight(SAMSUNG)
        assert (sight.price, sight.day_low) == (70_000, LOW), "nothing of it is remembered"


def test_how_far_is_a_setting() -> None:
    world = held(config=replace(CONFIG, outlier_bps=1_000))
    world.open()
    usual(world)
    odd(world)
    assert len(world.of(act.Submit)) == 1


def test_without_a_recent_price_there_is_nothing_to_be_far_from() -> None:
    world = held()
    world.open()
    odd(world)
    assert len(world.of(act.Submit)) == 1
    world = watching()
    world.pass_time(60)
    odd(world)
    assert len(world.of(act.Submit)) == 1


def test_after_a_halt_and_after_an_auction_prices_may_be_anywhere() -> None:
    world = watching()
    world.give(HaltOrders("op", SAMSUNG))
    usual(world)
    world.give(ResumeOrders("op", SAMSUNG))
    odd(world)
    assert len(world.of(act.Submit)) == 1
    world = watching()
    usual(world, auction=True)
    odd(world)
    assert len(world.of(act.Submit)) == 1


@pytest.mark.parametrize(("told_low", "doubted"), [(0, False), (69_000, True)])
def test_price_of_rest_is_one_to_be_far_from_once_the_stock_has_traded(told_low: int, doubted: bool) -> None:
    """Before its first trade of the day a stock is told at its base price."""
    world = held()
    world.open()
    world.poll(SAMSUNG, 70_000, day_low=Price(told_low))
    odd(world)
    assert bool(world.of(act.Submit)) is not doubted


@pytest.mark.parametrize("ask", [65_200, 67_500])
def test_best_prices_that_left_the_old_price_support_it(ask: int) -> None:
    world = watching()
    world.give(BookTop(SAMSUNG, Price(ask), Price(64_900), world.mono))
    odd(world)
    assert len(world.of(act.Submit)) == 1


@pytest.mark.parametrize(("ask", "bid", "age_s"), [(70_100, 64_900, 0.0), (0, 64_900, 0.0), (65_200, 64_900, 5.1)])
def test_best_prices_near_the_old_price_or_old_themselves_do_not(ask: int, bid: int, age_s: float) -> None:
    world = watching()
    world.give(BookTop(SAMSUNG, Price(ask), Price(bid), world.mono - age_s))
    odd(world)
    assert not world.of(act.Submit)


@pytest.mark.parametrize(("bid", "sells"), [(75_000, True), (70_000, False)])
def test_rise_is_supported_by_the_best_bid(bid: int, sells: bool) -> None:
    world = watching()
    world.give(BookTop(SAMSUNG, Price(76_000), Price(bid), world.mono))
    odd(world, 76_000)
    assert bool(world.of(act.Submit)) is sells


# --- what confirms it ------------------------------------------------------------------------


@pytest.mark.requirement("MON-3.11", "MON-4.04")
@pytest.mark.parametrize("price", [DEEP, 67_900, 60_000])
def test_second_trade_at_or_through_the_level_sells_at_once(price: int) -> None:
    """A true crash in one print: the next print, whenever it comes, is enough."""
    world = watching()
    odd(world)
    world.pass_time(0.1)
    second(world, price)
    (sent,) = world.of(act.Submit)
    assert sent.order.purpose is Purpose.STOP_LOSS
    assert not world.engine.desk.doubts
    world.pass_time(5)
    assert not world.of(ev.PriceRejected)


@pytest.mark.requirement("MON-3.11")
def test_same_trade_once_more_proves_nothing_however_often() -> None:
    world = watching()
    at = world.wall.replace(microsecond=0)
    for _ in range(5):
        odd(world, traded_at=at)
        world.pass_time(0.3)
    assert not world.of(act.Submit)
    assert len(world.of(ev.PriceSuspected)) == 1, "said once"


@pytest.mark.requirement("MON-3.11", "MON-4.04")
@pytest.mark.parametrize(
    ("polled", "low", "basis"), [(65_100, 65_000, "poll"), (67_900, 0, "poll"), (68_500, 65_000, "low")]
)
def test_price_or_low_of_rest_sells_on_a_single_print(polled: int, low: int, basis: str) -> None:
    """A true crash in one print in a stock that nobody trades afterwards."""
    world = watching()
    odd(world)
    world.pass_time(0.1)
    world.poll(SAMSUNG, polled, day_low=Price(low))
    (sent,) = world.of(act.Submit)
    assert sent.order.purpose is Purpose.STOP_LOSS
    assert [fact.basis for fact in world.of(ev.StopLossReached)] == [basis]
    assert not world.engine.desk.doubts


@pytest.mark.requirement("MON-3.13")
@pytest.mark.parametrize(("polled", "high"), [(76_000, 76_000), (72_000, 76_000)])
def test_profit_is_confirmed_by_the_high_of_rest(polled: int, high: int) -> None:
    world = watching()
    odd(world, 76_000)
    world.poll(SAMSUNG, polled, day_low=LOW, day_high=Price(high))
    assert [sent.order.purpose for sent in world.of(act.Submit)] == [Purpose.TAKE_PROFIT]


def test_low_that_was_there_before_says_nothing_about_this_trade() -> None:
    world = held()
    world.open()
    usual(world, day_low=Price(60_000), day_high=Price(80_000))
    odd(world)
    world.poll(SAMSUNG, 70_000, day_low=Price(60_000), day_high=Price(80_000))
    assert not world.of(act.Submit)
    world.pass_time(3)
    odd(world, 76_000)
    world.poll(SAMSUNG, 70_000, day_low=Price(60_000), day_high=Price(80_000))
    assert not world.of(act.Submit)


def test_low_is_not_believed_while_it_is_unknown_what_it_was() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 70_000)
    world.engine.desk.sight(SAMSUNG).sure_low = 0
    odd(world, day_low=Price(0))
    world.poll(SAMSUNG, 70_000, day_low=Price(65_000))
    assert not world.of(act.Submit)


def test_answer_asked_for_before_the_trade_neither_confirms_nor_denies() -> None:
    world = watching()
    odd(world)
    world.give(inp.PricesRead(None, world.mono, "no answer"))
    old = PolledPrice(SAMSUNG, Price(70_000), DEEP, Price(71_000), Price(0), Price(0), Price(0), Price(0))
    world.give(inp.PricesRead((old,), world.mono - 0.01))
    assert not world.engine.desk.doubts[SAMSUNG].denied
    assert not world.of(act.Submit)


# --- how long it is held ---------------------------------------------------------------------


@pytest.mark.requirement("MON-3.11")
def test_rest_that_shows_otherwise_outweighs_a_second_trade_for_a_second_only() -> None:
    world = watching()
    odd(world)
    world.poll(SAMSUNG, 70_000, day_low=LOW)
    world.pass_time(0.5)
    second(world)
    assert not world.of(act.Submit), "REST was asked after the first trade and knows nothing of it"
    world.pass_time(0.5)
    odd(world, volume=Quantity(1_030))
    assert len(world.of(act.Submit)) == 1, "trades went on there for a second: REST lags"


@pytest.mark.requirement("MON-3.11")
def test_trades_back_at_the_old_price_make_the_next_far_one_a_new_doubt() -> None:
    """Somebody forges one trade in two: never two in a row."""
    world = watching()
    for number in range(8):
        odd(world, volume=Quantity(2_000 + number))
        world.pass_time(0.3)
        usual(world, volume=Quantity(3_000 + number))
        world.pass_time(0.3)
    assert not world.of(act.Submit)
    assert len(world.of(ev.PriceSuspected)) == 1
    world.pass_time(4)
    assert len(world.of(ev.PriceRejected)) == 1


@pytest.mark.requirement("MON-3.11")
def test_price_that_nothing_confirms_is_rejected_with_a_warning() -> None:
    world = watching()
    odd(world)
    world.poll(SAMSUNG, 70_000, day_low=LOW)
    world.pass_time(2.9)
    assert not world.of(ev.PriceRejected)
    world.pass_time(0.2)
    (told,) = world.of(ev.PriceRejected)
    assert (told.symbol, told.price, told.level, told.reference) == (SAMSUNG, DEEP, 67_900, 70_000)
    assert SAMSUNG not in world.engine.desk.pending
    assert 3 <= len(price_reads(world)) <= 7, "asked again and again, but not in a storm"
    second(world)
    assert len(world.of(ev.PriceSuspected)) == 2


@pytest.mark.requirement("MON-3.11")
def test_while_rest_is_away_the_next_price_it_tells_decides() -> None:
    world = watching()
    odd(world)
    world.pass_time(3.1)
    assert len(world.of(ev.PriceRejected)) == 1
    assert SAMSUNG in world.engine.desk.pending
    world.poll(SAMSUNG, 65_000, day_low=Price(65_000))
    assert len(world.of(act.Submit)) == 1


def test_halt_that_follows_the_fall_takes_the_question_over() -> None:
    """A volatility interruption is what a true fall causes: what it reached is looked at after it."""
    world = watching()
    odd(world)
    world.trade(HYNIX, 100)
    world.give(HaltOrders("op", HYNIX))
    assert SAMSUNG in world.engine.desk.doubts
    world.give(HaltOrders("op", SAMSUNG))
    assert not world.engine.desk.doubts
    assert SAMSUNG in world.engine.desk.pending
    world.give(ResumeOrders("op", SAMSUNG))
    world.poll(SAMSUNG, 65_000)
    assert len(world.of(act.Submit)) == 1


def test_holding_that_is_gone_leaves_no_doubt() -> None:
    world = watching()
    odd(world)
    world.engine.book.positions.clear()
    world.pass_time(1)
    assert not world.engine.desk.doubts
    assert not world.of(ev.PriceRejected)


# --- prices between the levels ------------------------------------------------------------------


def test_far_trade_between_the_levels_moves_nothing_until_another_agrees() -> None:
    """A forged high raised a trailing stop above the market; the next true trade sold."""
    world = watching(ExitRule(stop_bps=2_000, target_bps=3_000, trailing=Trailing(enabled=True)))
    odd(world, 77_000)
    assert not world.of(ev.TrailingStopRaised)
    assert not world.of(ev.PriceSuspected), "no level is touched: nothing to tell and nothing to ask"
    usual(world)
    assert not world.engine.desk.doubts
    odd(world, 77_000)
    second(world, 77_100)
    assert [fact.high for fact in world.of(ev.TrailingStopRaised)] == [77_100]


def test_far_trades_that_disagree_are_each_doubted_anew() -> None:
    world = watching(ExitRule(stop_bps=1_500, target_bps=3_000))
    odd(world, 66_000)
    second(world, 59_000)
    assert not world.of(act.Submit)
    assert [fact.price for fact in world.of(ev.PriceSuspected)] == [59_000]
    odd(world, 58_900, volume=Quantity(1_040))
    assert len(world.of(act.Submit)) == 1


def test_far_trade_on_the_other_side_is_a_doubt_of_its_own() -> None:
    world = watching()
    odd(world)
    second(world, 76_000)
    assert not world.of(act.Submit)
    assert not world.engine.desk.doubts[SAMSUNG].fall


def test_doubt_between_the_levels_ends_with_the_next_price_of_rest_or_by_itself() -> None:
    world = watching(ExitRule(stop_bps=2_000, target_bps=3_000))
    odd(world, 66_000)
    world.poll(SAMSUNG, 70_000, day_low=LOW)
    assert not world.engine.desk.doubts
    odd(world, 66_000)
    world.pass_time(59.9)
    assert world.engine.desk.doubts
    world.pass_time(0.2)
    assert not world.engine.desk.doubts
    assert not world.of(ev.PriceRejected)
    usual(world)
    odd(world, 66_000)
    assert world.engine.desk.doubts
    world.give(HaltOrders("op", SAMSUNG))
    assert not world.engine.desk.doubts
    assert SAMSUNG not in world.engine.desk.pending


@pytest.mark.requirement("MON-3.13")
def test_partial_profit_is_not_taken_on_a_single_far_trade() -> None:
    world = watching(ExitRule(partial=Partial(enabled=True)))
    odd(world, 74_000)
    assert not world.of(act.Submit)
    assert [fact.level for fact in world.of(ev.PriceSuspected)] == [73_500]
    second(world, 74_000)
    assert [sent.order.purpose for sent in world.of(act.Submit)] == [Purpose.PARTIAL_PROFIT]


def test_far_trade_of_a_stock_whose_rule_is_gone_touches_its_own_levels_only() -> None:
    world = watching()
    world.engine.desk.config = replace(world.engine.desk.config, default_rule=None)
    odd(world, 74_900)
    assert not world.of(ev.PriceSuspected)
    second(world, 79_000)
    assert [fact.level for fact in world.of(ev.PriceSuspected)] == [75_600]


def test_crossing_hidden_by_conflation_is_confirmed_by_the_next_trade() -> None:
    """The day's low moved far below the stop between two frames whose prices are usual."""
    world = watching()
    usual(world, day_low=Price(65_000), volume=Quantity(1_010))
    assert not world.of(act.Submit)
    usual(world, 69_900, day_low=Price(65_000), volume=Quantity(1_020))
    assert [fact.basis for fact in world.of(ev.StopLossReached)] == ["low"]


def test_late_trade_is_neither_doubted_nor_believed() -> None:
    world = watching()
    odd(world, traded_at=world.wall - timedelta(seconds=60))
    assert not world.engine.desk.doubts
    assert world.engine.desk.sight(SAMSUNG).sure_price == 70_000


def test_doubt_about_one_stock_is_none_about_another() -> None:
    world = World(holdings={SAMSUNG: (10, 70_000, 10), HYNIX: (5, 70_000, 5)})
    world.open()
    usual(world)
    odd(world)
    world.trade(HYNIX, 67_000)
    assert [sent.order.symbol for sent in world.of(act.Submit)] == [HYNIX]
    assert not world.engine.desk.doubts[SAMSUNG].passed


def test_position_without_shares_is_nothing_to_sell_or_to_doubt() -> None:
    world = watching()
    world.engine.book.positions[SAMSUNG].quantity = 0
    odd(world)
    assert not world.of(act.Submit)
    assert not world.engine.desk.doubts
    assert world.engine.desk.sight(SAMSUNG).price == DEEP
