"""A backtest: money is conserved, costs are the guard's, the same days give the same report."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import Struct

from hantu.domain.instrument import Market
from hantu.engine.config import Costs
from hantu.engine.results import purchase_fee, sale_costs
from hantu.settings.loading import default_local_settings
from hantu.settings.strategy_backtest import Wanted, backtest_of
from hantu.strategies.backtest import DECIDE_S, Backtest
from hantu.strategies.plot import POINTS_MAX, plot
from hantu.strategies.sdk import Decision, Fill, Nothing, Strategy, Trade, Watch

OPEN = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
WATCHLIST = (Watch("005930", "삼성전자", 80.0, 70_000),)


class Heard(Struct):
    said: list[str] = []


class Once(Strategy[Nothing, Heard]):
    """Buys at the first trade, asks to leave at 72,000."""

    def on_trade(self, trade: Trade) -> None:
        if not self.holdings and not self.state.said:
            self.state.said.append(self.propose(trade.symbol, 10, trade.price, "first"))
        if self.holdings and trade.price == 72_000:
            self.exit(trade.symbol, 10, trade.price, "enough")

    def on_decision(self, decision: Decision) -> None:
        self.state.said.append(decision.status)

    def on_fill(self, fill: Fill) -> None:
        self.state.said.append(f"{fill.side} {fill.price} {bool(fill.proposal)}")


def test_of(**words) -> Backtest:
    given = {"source": "test", "cash": 10_000_000, "stop_bps": 300, "target_bps": 800} | words
    return Backtest("once", Once, {}, **given)


test_of.__test__ = False  # type: ignore[attr-defined]


def day(*prices: int, every_s: int = 20) -> list[Trade]:
    return [
        Trade(
            "005930", price, 5, 5 * place, OPEN + timedelta(seconds=every_s * place), price, price, price, price - 100
        )
        for place, price in enumerate(prices, 1)
    ]


def test_a_purchase_waits_for_a_person_and_a_sale_pays_fee_and_tax():
    test = test_of()
    test.play("2026-11-23", WATCHLIST, day(70_000, 70_100, 70_200, 72_000, 72_000, 72_100, 72_200))
    report = test.report
    bought, sold = 70_200 * 10, 72_000 * 10
    costs = purchase_fee(bought, Costs()) + sale_costs(sold, Market.KOSPI, Costs())
    (deal,) = report.deals
    assert (deal.entry_price, deal.exit_price, deal.quantity) == (70_200, 72_000, 10)
    assert (deal.costs, deal.pnl) == (costs, sold - bought - costs)
    assert deal.entry_at == "2026-11-23 09:01:00", f"no sooner than {DECIDE_S} s after the proposal"
    assert report.pnl == report.realized == deal.pnl
    assert (report.proposals, report.orders_filled, report.wins, report.held) == (2, 2, 1, {})


@pytest.mark.parametrize(
    ("prices", "why", "leaves"), [((68_000, 67_900), "stop_loss", 67_900), ((75_900,), "take_profit", 75_816)]
)
def test_the_guards_stop_and_target_are_part_of_it(prices, why, leaves):
    test = test_of()
    test.play("2026-11-23", WATCHLIST, day(70_000, 70_100, 70_200, *prices))
    (deal,) = test.report.deals
    assert (deal.why, deal.exit_price) == (why, leaves)
    assert (deal.pnl > 0) is (why == "take_profit")


def test_what_is_held_stays_over_night_and_an_order_does_not():
    test = test_of()
    test.play("2026-11-23", WATCHLIST, day(70_000, 70_100))
    assert (test.report.orders_filled, test.report.held, test.report.pnl) == (0, {}, 0)
    test = test_of()
    test.play("2026-11-23", WATCHLIST, day(70_000, 70_100, 70_200))
    test.play("2026-11-24", WATCHLIST, day(71_000))
    assert test.report.held == {"005930": 10}
    assert test.report.pnl == 8_000 - purchase_fee(702_000, Costs())
    assert test.report.days == ["2026-11-23", "2026-11-24"]


def test_nothing_is_bought_without_the_cash():
    test = test_of(cash=100_000)
    test.play("2026-11-23", WATCHLIST, day(70_000, 70_100, 70_200, 70_300))
    assert (test.report.proposals, test.report.orders_filled, test.report.pnl) == (1, 0, 0)


def test_the_deepest_fall_from_a_peak_is_told():
    test = test_of(stop_bps=9_000)
    test.play("2026-11-23", WATCHLIST, day(70_000, 70_100, 70_200, 71_000, 69_000, 70_000, every_s=60))
    assert test.report.drawdown == 20_000
    assert 0 < test.report.drawdown_bps < 30


@pytest.mark.parametrize("name", ["support_rebound"])
def test_the_same_seed_is_the_same_report_and_another_is_not(tmp_path, name):
    settings = default_local_settings("http://127.0.0.1:1", "ws://127.0.0.1:1", tmp_path)
    first = backtest_of(settings, Wanted(name, simulated=1, seed=3))
    again = backtest_of(settings, Wanted(name, simulated=1, seed=3))
    other = backtest_of(settings, Wanted(name, simulated=1, seed=4))
    assert first.as_json() == again.as_json()
    assert first.as_json() != other.as_json()
    assert first.trades_seen > 10_000
    spent = sum(deal.pnl for deal in first.deals)
    assert first.realized == spent
    if not first.held:
        assert first.pnl == spent, "every won is accounted for"


def test_the_picture_is_a_picture_with_every_extreme(tmp_path):
    test = test_of(stop_bps=9_000)
    prices = [70_000 + (place * 37) % 900 * 10 for place in range(3 * POINTS_MAX)]
    test.play("2026-11-23", WATCHLIST, day(*prices, every_s=7))
    drawn = plot(test.report)
    assert drawn.startswith("<svg")
    assert f"{test.report.pnl:+,}원" in drawn
    assert drawn.count(",") > 100
    assert plot(test_of().report).startswith("<svg"), "also when nothing was played"
