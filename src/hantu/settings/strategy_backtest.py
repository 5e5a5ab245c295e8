"""From settings to a backtest: which days, which watch list, which exit rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from heapq import merge
from random import Random
from typing import Any

from hantu.adapters.clock import SystemClock
from hantu.adapters.store.loading import watchlist_of
from hantu.adapters.tape.codec import input_of
from hantu.adapters.tape.reader import Part, parts_of
from hantu.domain.errors import UsageError
from hantu.domain.price_step import round_down
from hantu.domain.quote import Trade as Seen
from hantu.domain.session import KST, Calendar
from hantu.settings.model import Settings
from hantu.simulator.scenario import Drawn, StockSpec
from hantu.simulator.scenario_file import load_scenario
from hantu.simulator.venue.paths import Walk
from hantu.strategies.backtest import Backtest, Report
from hantu.strategies.loading import load
from hantu.strategies.market import counts, told
from hantu.strategies.sdk import Trade, Watch

FIRST_DAY = date(2026, 11, 23)
"""Where made-up days begin; a Monday."""
VOLATILITY, BAND = 0.025, 0.12
"""Of made-up days: a session's deviation, and how far a price ever leaves its start."""
PACE_S = 5.0
"""Mean time between two made-up trades of a stock."""
STOCKS = 5
SUPPORT_BPS = 9_850
"""Where the support of a made-up watch list lies, of the first price."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for."""

    name: str
    day: str = ""
    simulated: int = 0
    seed: int = 1
    cash: int = 10_000_000
    params: Mapping[str, Any] | None = None


def backtest_of(settings: Settings, wanted: Wanted) -> Report:
    """Play a strategy and return the report.

    Raises:
        UsageError: No such strategy, no such day, or the strategy failed.
        BrokenError: A recorded day cannot be read.
    """
    kind = load(wanted.name, settings.strategy_dir.absolute())
    stocks = load_scenario("quiet").stocks
    source = f"모의 {wanted.simulated}일 (씨앗 {wanted.seed})" if wanted.simulated else "녹화"
    test = Backtest(
        wanted.name, kind, wanted.params or {}, source=source, cash=wanted.cash, stop_bps=settings.exits.stop_bps,
        target_bps=settings.exits.target_bps, markets={one.symbol: one.market for one in stocks},
    )  # fmt: skip
    try:
        if wanted.simulated:
            _simulated(settings, wanted, test, stocks)
        else:
            parts = parts_of(settings.tape_dir, _day(wanted.day))
            day = parts[0].header.day
            test.play(day, _watchlist(settings, date.fromisoformat(day)), recorded(parts))
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            f"전략이 오류를 냈습니다: {type(error).__name__}: {error}",
            next_step=f"`pytest {settings.strategy_dir}`로 고친 뒤 다시 시험하세요.",
        ) from error
    return test.report


def recorded(parts: list[Part]) -> Iterator[Trade]:
    """Yield the trades of a recorded day as the guard saw them."""
    for part in parts:
        for row in part.rows():
            if row[0] == Seen.__name__:
                got, _ = input_of(row, part.header.layout)
                if isinstance(got, Seen) and counts(got):
                    yield told(got)


def made_up(stock: StockSpec, start: int, days: int, rng: Random) -> Iterator[tuple[date, Iterator[Trade]]]:
    """Yield days of one stock: one walk, trades at the calendar's sessions."""
    walk, calendar, day = Walk(Drawn(VOLATILITY, BAND), start, rng), Calendar(), FIRST_DAY
    for _ in range(days):
        while not calendar.is_trading_day(day):
            day += timedelta(days=1)
        yield day, _session(stock, walk, calendar, day, rng)
        day += timedelta(days=1)


def _session(stock: StockSpec, walk: Walk, calendar: Calendar, day: date, rng: Random) -> Iterator[Trade]:
    at, end = calendar.opening(day).timestamp(), calendar.closing(day).timestamp()
    volume = 0
    while (at := at + rng.expovariate(1 / PACE_S)) < end:
        price = round_down(round(walk.price_at(at)), stock.market)
        quantity = 1 + int(rng.expovariate(1 / 20))
        volume += quantity
        yield Trade(stock.symbol, price, quantity, volume, datetime.fromtimestamp(at, UTC))


def _simulated(settings: Settings, wanted: Wanted, test: Backtest, stocks: tuple[StockSpec, ...]) -> None:
    today = SystemClock().now().wall.astimezone(KST).date()
    own = {one.symbol: one for one in _watchlist(settings, today)}
    known = [one for one in stocks if one.symbol in own] or list(stocks)
    chosen = known[:STOCKS]
    starts = {one.symbol: one.base_price for one in chosen}
    watchlist = tuple(
        own.get(one.symbol) or Watch(one.symbol, one.name, 80.0, starts[one.symbol] * SUPPORT_BPS // 10_000)
        for one in chosen
    )
    walks = [
        made_up(one, starts[one.symbol], wanted.simulated, Random(f"{wanted.seed}:{one.symbol}")) for one in chosen
    ]
    for of_day in zip(*walks, strict=True):
        trades = merge(*(session for _, session in of_day), key=lambda trade: trade.at)
        test.play(of_day[0][0].isoformat(), watchlist, trades)


def _watchlist(settings: Settings, day: date) -> tuple[Watch, ...]:
    if not settings.database.exists():
        return ()
    rows = watchlist_of(settings.database, day)
    return tuple(Watch(one.symbol, one.name, one.score, one.support_price) for one in rows)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"날짜가 아닙니다: {text}", next_step="2026-11-23 처럼 적어 주세요.") from None
