"""One listed stock on the exchange: its book, its path and the state it is in."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from random import Random

from hantu.domain.account import Side
from hantu.simulator.scenario import Drawn, LiquiditySpec, StockSpec
from hantu.simulator.venue.day_record import DayRecord
from hantu.simulator.venue.maker import Ladder, Maker
from hantu.simulator.venue.matching import Book, Execution, Resting
from hantu.simulator.venue.paths import Path, build_path


class Mode(StrEnum):
    """How orders of a stock are executed at the moment."""

    CLOSED = "closed"
    AUCTION = "auction"
    CONTINUOUS = "continuous"


@dataclass(slots=True)
class Interruption:
    """A volatility interruption (VI) of today."""

    started: str
    ended: str
    price: int
    reference: int


@dataclass(slots=True)
class Bursts:
    """What the last book message showed, to tell the difference to the next."""

    asks: int = 0
    bids: int = 0
    at: float = 0.0


@dataclass(slots=True)
class Listing:
    """State of one stock; moments are seconds since the epoch."""

    spec: StockSpec
    liquidity: LiquiditySpec
    rng: Random
    ladder: Ladder
    book: Book
    maker: Maker
    path: Path
    record: DayRecord
    mode: Mode = Mode.CLOSED
    hour_class: str = "0"
    """HOUR_CLS_CODE of the wire: 0 session, A/B/C expectation."""
    halted: bool = False
    vi_until: float = 0.0
    vi_reference: int = 0
    interruptions: list[Interruption] = field(default_factory=list)
    shown: Bursts = field(default_factory=Bursts)
    next_appointment: int = 0
    generation: int = 0
    """Planned trades of an older generation are void."""

    @classmethod
    def open(cls, spec: StockSpec, common: LiquiditySpec, day: date, seed: int) -> "Listing":
        """Return a stock before its first day; chance depends on seed and symbol only."""
        rng = Random(f"{seed}:{spec.symbol}")
        liquidity = spec.liquidity or common
        ladder, book = Ladder(spec.base_price, spec.market), Book()
        return cls(
            spec=spec,
            liquidity=liquidity,
            rng=rng,
            ladder=ladder,
            book=book,
            maker=Maker(book, ladder, liquidity, rng),
            path=build_path(spec.path, spec.symbol, spec.base_price, day, rng),
            record=DayRecord(spec.base_price, spec.base_price),
        )

    def next_day(self, day: date) -> None:
        """Start a new day from the last price; scripts belong to the first day only."""
        base = self.record.price
        drawn = self.spec.path if isinstance(self.spec.path, Drawn) else Drawn()
        self.ladder, self.book = Ladder(base, self.spec.market), Book()
        self.maker = Maker(self.book, self.ladder, self.liquidity, self.rng)
        self.path = build_path(drawn, self.spec.symbol, base, day, self.rng)
        self.record = DayRecord(base, base)
        self.vi_reference, self.vi_until, self.next_appointment = 0, 0.0, 0
        self.interruptions.clear()

    def trade(self, price: float, quantity: int = 0) -> list[Execution]:
        """Let the market trade at the valid price next to ``price``; returns all executions.

        Orders of accounts at better prices are executed on the way. The last
        execution is at the wanted price.
        """
        prices = self.ladder.prices
        at = self.ladder.index(price)
        last = self.record.price
        if prices[at] == last:
            side = Side.BUY if self.rng.random() < 0.5 else Side.SELL
            # At an unchanged price an account's order is worked off trade by trade.
            if self.book.has_account_order(Side.SELL, last):
                side = Side.BUY
            elif self.book.has_account_order(Side.BUY, last):
                side = Side.SELL
        else:
            side = Side.BUY if prices[at] > last else Side.SELL
        # At a daily limit only one side is left.
        if at == 0:
            side = Side.SELL
        elif at == len(prices) - 1:
            side = Side.BUY
        bid, ask = (at - 1, at) if side is Side.BUY else (at, at + 1)
        done = self.maker.quote(bid, ask)
        taker = Resting(0, side, prices[at], quantity or self.maker.size(self.liquidity.trade_size))
        done += self.book.match(taker)
        return done

    def gather(self, moment: float) -> None:
        """Move the background orders of a call auction to where the path is."""
        at = self.ladder.index(self.path.price_at(moment))
        self.maker.quote(at, at)

    def trades_until(self) -> float:
        """Draw the pause to the next background trade, market seconds."""
        rate = self.liquidity.trades_per_second
        return self.rng.uniform(0.5, 1.5) / rate if rate > 0 else float("inf")
