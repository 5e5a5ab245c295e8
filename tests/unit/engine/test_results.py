"""What trades leave behind: costs, the result of an exit, the day's summary."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hantu.domain import events as ev
from hantu.domain.commands import StopMonitoring
from hantu.domain.instrument import Market
from hantu.domain.order import IntentState, Purpose
from hantu.engine import decision as act
from hantu.engine import results
from hantu.engine.config import Costs, ExitRule, Partial
from hantu.engine.inputs import HeldOrigin, Started
from hantu.engine.turn import Turn
from tests.unit.engine.test_accidents import canceled_at_broker, stopped
from tests.unit.engine.test_book import GUARDED, accepted, filled, recorded, sold
from tests.unit.engine.test_orders import lists
from tests.unit.engine.world import CONFIG, HYNIX, SAMSUNG, World, held


@pytest.mark.requirement("MON-N.13")
@pytest.mark.parametrize(
    ("amount", "market", "costs"),
    [
        (1_000_000, Market.KOSPI, 150 + 2_000),
        (1_000_000, Market.KOSDAQ, 150 + 2_000),
        (1_000_000, Market.ETF, 150),
        # each is cut to whole won by itself: 0.9 and 12.3 won
        (6_166, Market.KOSPI, 0 + 12),
        (0, Market.KOSPI, 0),
    ],
)
def test_costs_of_a_sale(amount: int, market: Market, costs: int) -> None:
    assert results.sale_costs(amount, market, Costs()) == costs


def test_fee_of_a_purchase_is_cut_to_whole_won() -> None:
    assert [results.purchase_fee(amount, Costs()) for amount in (6_666, 6_667, 1_000_000)] == [0, 1, 150]


@pytest.mark.requirement("MON-N.06", "MON-N.13", "MON-4.1.08")
def test_result_of_an_exit_covers_all_its_attempts() -> None:
    world = held()
    world.give(Started(origins=(HeldOrigin(SAMSUNG, 7, "2026-11-19"),)))
    world.to_monitoring()
    world.trade(SAMSUNG, 67_900)
    number = world.accept(world.of(act.Submit)[0])
    world.fill(number, 3, 67_800)
    canceled_at_broker(world, number)
    lists(world)
    assert not world.of(ev.StopLossFilled), "its second order is open"
    world.fill(world.accept(world.of(act.Submit)[1]), 7, 67_001)
    (told,) = world.of(ev.StopLossFilled)
    amount = 3 * 67_800 + 7 * 67_001
    assert told.exit_price == (amount + 5) // 10 == 67_241
    assert told.pnl == amount - (amount * 1_500 // 10**7 + amount * 20_000 // 10**7) - 700_000 - 105
    assert told.return_rate == told.pnl / 700_000
    assert (told.quantity, told.entry_price, told.hold_days, told.selection_id) == (10, 70_000, 4, 7)
    assert (told.purpose, told.exit_at) == (Purpose.STOP_LOSS, world.wall.strftime("%Y-%m-%d %H:%M:%S.%f"))
    assert [fact.cause for fact in world.of(ev.PositionClosed)] == ["stop_loss"]


@pytest.mark.requirement("MON-N.14")
def test_profit_is_told_as_one_and_a_part_of_the_holding_stays() -> None:
    world = held(config=replace(CONFIG, default_rule=ExitRule(partial=Partial(enabled=True))))
    world.open()
    world.trade(SAMSUNG, 73_500)
    world.fill(world.accept(world.of(act.Submit)[0]), 5, 73_500)
    (told,) = world.of(ev.TakeProfitFilled)
    assert (told.quantity, told.purpose, told.hold_days, told.selection_id) == (5, Purpose.PARTIAL_PROFIT, 0, 0)
    assert told.pnl > 0
    assert not world.of(ev.PositionClosed)
    assert world.engine.book.positions[SAMSUNG].partial_done


def test_exit_without_a_sold_share_has_no_result_and_none_is_told_twice() -> None:
    world, number = stopped()
    world.give(StopMonitoring("op"))
    canceled_at_broker(world, number)
    lists(world)
    assert not world.of(ev.StopLossFilled)
    desk = world.engine.desk
    for fact in (recorded(9, flow="X", symbol=HYNIX), ev.OrderNotSent("20261123-0009", HYNIX, "N", "x", "x")):
        desk.book.apply(fact)
    turn = Turn(desk, world.now)
    results.exit_finished(turn, desk.book.intents["20261123-0009"])
    assert turn.decision().facts == ()


@pytest.mark.parametrize("done", [False, True])
def test_result_of_an_exit_is_told_once(done: bool) -> None:
    world = World()
    desk = world.engine.desk
    for fact in (GUARDED, recorded(), accepted(), filled(10), *([sold(Purpose.STOP_LOSS)] if done else [])):
        desk.book.apply(fact)
    intent = desk.book.intents["20261123-0001"]
    assert intent.state is IntentState.FILLED
    turn = Turn(desk, world.now)
    results.exit_finished(turn, intent)
    assert [type(fact) for fact in turn.decision().facts] == ([] if done else [ev.StopLossFilled, ev.PositionClosed])


def test_result_is_told_of_a_holding_the_balance_dropped_meanwhile() -> None:
    world = World()
    desk = world.engine.desk
    for fact in (recorded(average_price=0), accepted(), filled(10)):
        desk.book.apply(fact)
    turn = Turn(desk, world.now)
    results.exit_finished(turn, desk.book.intents["20261123-0001"])
    (told,) = turn.decision().facts
    assert isinstance(told, ev.StopLossFilled)
    assert (told.return_rate, told.hold_days, told.selection_id) == (0.0, 0, 0), "an entry nobody knows divides nothing"


@pytest.mark.requirement("MON-7.02", "MON-7.08", "MON-N.12", "MON-N.16", "MON-I.12")
def test_summary_counts_wins_losses_and_their_averages_after_costs() -> None:
    world = World(holdings={SAMSUNG: (1_234, 70_000, 10), HYNIX: (5, 200_000, 5)})
    world.open()
    desk = world.engine.desk
    for pnl in (100, 201, 0, -100, -101):
        desk.book.apply(sold(Purpose.STOP_LOSS, pnl=pnl))
    desk.book.apply(ev.DayStartValued("2026-11-23", 1_000_000, 0))
    told = results.day_summary(Turn(desk, world.now), "next")
    assert (told.trade_date, told.total_trades, told.wins, told.losses) == ("2026-11-23", 5, 2, 2)
    assert (told.total_pnl, told.average_win, told.average_loss) == (100, 150, -100)
    assert (told.day_return, told.position_count) == (100 / 1_000_000, 2)
    assert told.positions == (f"N{HYNIX} ({HYNIX}) 5주", f"N{SAMSUNG} ({SAMSUNG}) 1,234주")
    assert told.next_opening_at == "next"


def test_summary_of_a_day_without_trades_and_without_a_worth_divides_nothing() -> None:
    world = World()
    told = results.day_summary(Turn(world.engine.desk, world.now), "next")
    assert (told.total_trades, told.average_win, told.average_loss, told.day_return, told.positions) == (
        0,
        0,
        0,
        0.0,
        (),
    )


def test_balance_is_read_again_five_seconds_after_an_exit() -> None:
    world, number = stopped()
    world.answer_reads = False
    world.engine.desk.reads.balance_due = None
    world.fill(number, 10, 67_800)
    assert world.engine.desk.reads.balance_due == world.mono + 5.0
    assert timedelta(seconds=5).total_seconds() == world.engine.desk.config.pace.settle_s


@pytest.mark.requirement("MON-N.13")
def test_sale_of_a_fund_bears_no_tax_in_its_result() -> None:
    world = held(config=replace(CONFIG, markets={SAMSUNG: Market.ETF}))
    world.open()
    world.trade(SAMSUNG, 67_900)
    world.fill(world.accept(world.of(act.Submit)[0]), 10, 67_800)
    assert [fact.pnl for fact in world.of(ev.StopLossFilled)] == [678_000 - 101 - 700_000 - 105]
