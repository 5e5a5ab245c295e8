"""What a strategy is called with, and what becomes of what it asks."""

from datetime import UTC, datetime
from typing import ClassVar

import pytest
from msgspec import Struct

from hantu.strategies.bars import Bars
from hantu.strategies.protocol import Ask, Begin, Trades, View, ask_of, pack, word_of
from hantu.strategies.sdk import Bar, Decision, Fill, Holding, Nothing, Strategy, Trade, Watch
from hantu.strategies.session import BadState, Session
from hantu.strategies.stage import Stage

SAMSUNG = Watch("005930", "삼성전자", 80.0, 70_000)
AT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


class Settings(Struct):
    shares: int = 2


class Memory(Struct):
    calls: list[str] = []


class Teller(Strategy[Settings, Memory]):
    timer_s: ClassVar[float] = 60.0

    def on_start(self) -> None:
        self.state.calls.append("start")

    def on_trade(self, trade: Trade) -> None:
        self.state.calls.append(f"trade {trade.price}")
        if trade.price >= 71_000:
            self.propose(trade.symbol, self.params.shares, trade.price, "up")
        if trade.price <= 69_000 and trade.symbol in self.holdings:
            self.exit(trade.symbol, self.holdings[trade.symbol].quantity, trade.price, "down")

    def on_bar(self, bar: Bar) -> None:
        self.state.calls.append(f"bar {bar.open} {bar.high} {bar.low} {bar.close} {bar.quantity} {bar.whole}")

    def on_fill(self, fill: Fill) -> None:
        self.state.calls.append(f"fill {fill.side} {fill.quantity} {fill.price} {bool(fill.proposal)}")

    def on_timer(self, missed: int) -> None:
        self.state.calls.append(f"timer {missed}")

    def on_gap(self, missed: int) -> None:
        self.state.calls.append(f"gap {missed}")

    def on_decision(self, decision: Decision) -> None:
        self.note(f"{decision.status}")


@pytest.mark.requirement("REL-31")
def test_it_is_called_with_everything_in_order_and_its_state_survives():
    stage = Stage(Teller, watchlist=(SAMSUNG,))
    stage.trade("005930", 70_000, 3)
    stage.pass_time(20)
    stage.trade("005930", 70_200, 1)
    stage.timer(missed=2)
    stage.gap(5)
    stage.restart()
    stage.fill("005930", "buy", 1, 70_000)
    stage.pass_time(60)
    assert stage.strategy.state.calls == [
        "start", "trade 70000", "trade 70200", "timer 2", "gap 5", "start", "fill buy 1 70000 False",
    ]  # fmt: skip


def test_minutes_are_told_when_they_are_over_and_say_whether_they_are_whole():
    stage = Stage(Teller, watchlist=(SAMSUNG,))
    for price in (70_000, 70_300, 69_900, 70_100):
        stage.trade("005930", price, 2)
    stage.pass_time(61)
    stage.trade("005930", 70_200)
    stage.pass_time(63)
    bars = [call for call in stage.strategy.state.calls if call.startswith("bar")]
    # It began within the first minute: what was traded before nobody can say.
    assert bars == ["bar 70000 70300 69900 70100 8 False", "bar 70200 70200 70200 70200 1 True"]


def test_one_question_at_a_time_about_one_stock_and_side():
    stage = Stage(Teller, params=Settings(5), watchlist=(SAMSUNG,), holdings=(Holding("005930", 7, 70_000),))
    for price in (71_000, 71_100, 71_200):
        stage.trade("005930", price)
    assert [(one.key, one.side, one.quantity, one.low, one.high) for one in stage.proposals] == [
        ("T-1", "buy", 5, 70_300, 71_700)
    ]
    stage.trade("005930", 69_000)
    assert [(one.key, one.side, one.quantity) for one in stage.proposals[1:]] == [("T-2", "sell", 7)]
    stage.decide("T-1", "approved")
    stage.trade("005930", 71_000)
    assert len(stage.proposals) == 2, "approved and not placed yet is still open"
    stage.decide("T-1", "denied")
    stage.trade("005930", 71_000)
    assert [one.key for one in stage.proposals[2:]] == ["T-3"], "a number is never used again"
    stage.hold()
    assert stage.notes == ["approved", "denied"]


@pytest.mark.parametrize(
    ("quantity", "price", "band"), [(0, 70_000, 100), (1, 0, 100), (-1, 70_000, 100), (1, 1, 10_000)]
)
def test_a_proposal_without_shares_or_price_is_an_error(quantity, price, band):
    stage = Stage(Teller, watchlist=(SAMSUNG,))
    with pytest.raises(ValueError, match="shares and a price"):
        stage.strategy.propose("005930", quantity, price, "x", band_bps=band)


def test_kept_state_that_does_not_fit_is_said_and_not_guessed():
    session = Session(Teller)
    with pytest.raises(BadState, match="calls"):
        session.take(Ask(1, 1, AT, Begin({}, {"calls": 5}, 0, ""), View(), wants_state=True))


def test_state_comes_along_only_when_it_changed_or_something_is_wanted():
    session = Session(Teller)
    assert session.take(Ask(1, 1, AT, Begin({}, {}, 0, "T"), View(), wants_state=True)).state == {"calls": ["start"]}
    assert session.take(Ask(2, 1, AT, Trades(()), View(), wants_state=True)).state is None
    trade = Trade("005930", 70_000, 1, 1, AT)
    assert session.take(Ask(3, 1, AT, Trades((trade,)), View(), wants_state=False)).state is None
    proposing = session.take(Ask(4, 1, AT, Trades((Trade("005930", 71_000, 1, 1, AT),)), View(), wants_state=False))
    assert proposing.state == {"calls": ["start", "trade 70000", "trade 71000"]}, "a wish and its state are one"


def test_a_step_and_its_answer_survive_the_wire():
    ask = Ask(3, 2**62, AT, Trades((Trade("005930", 70_000, 1, 1, AT),), 4), View((SAMSUNG,)), wants_state=True)
    assert ask_of(pack(ask)[4:]) == ask
    session = Session(Teller)
    done = session.take(Ask(1, 7, AT, Begin({}, {}, 0, "T"), View(), wants_state=True))
    assert word_of(pack(done)[4:]) == done


def test_a_strategy_without_settings_and_state_has_none():
    class Bare(Strategy[Nothing, Nothing]):
        pass

    assert (Bare.params_type, Bare.state_type) == (Nothing, Nothing)
    stage = Stage(Bare)
    stage.trade("005930", 1)
    assert stage.strategy.now == stage.now
    assert stage.proposals == []


def test_a_late_trade_of_an_older_minute_changes_nothing():
    bars = Bars()
    later = AT.replace(minute=5)
    assert bars.add(Trade("005930", 10, 1, 1, later)) is None
    assert bars.add(Trade("005930", 99, 1, 1, AT)) is None
    ended = bars.add(Trade("005930", 11, 1, 1, AT.replace(minute=6)))
    assert ended is not None
    assert (ended.high, ended.at) == (10, later)
