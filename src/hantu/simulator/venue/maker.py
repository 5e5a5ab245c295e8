"""The market maker: background liquidity on ten levels around a price."""

from random import Random

from hantu.domain.account import Side
from hantu.domain.instrument import Market
from hantu.domain.price_step import daily_limits, price_step
from hantu.simulator.scenario import LiquiditySpec
from hantu.simulator.venue.matching import Book, Execution, Resting

LEVELS = 10


class Ladder:
    """Every price a stock may be ordered at today."""

    def __init__(self, base_price: int, market: Market) -> None:
        self.lower, self.upper = daily_limits(base_price, market)
        self.prices: list[int] = []
        price = int(self.lower)
        while price <= self.upper:
            self.prices.append(price)
            price += price_step(price, market)
        self._index = {price: index for index, price in enumerate(self.prices)}
        self._market = market

    def holds(self, price: int) -> bool:
        """Tell whether a price may be ordered at today."""
        return price in self._index

    def index(self, price: float) -> int:
        """Return the place of the valid price at or just under ``price``, kept within the limits."""
        whole = round(min(max(price, self.lower), self.upper))
        return self._index[whole - whole % price_step(whole, self._market)]


class Maker:
    """Keeps quotes in one book; only prices outside its window are withdrawn.

    Quotes that stay keep their place in the queue, so an order of an account
    that joins a price waits behind them.
    """

    def __init__(self, book: Book, ladder: Ladder, spec: LiquiditySpec, rng: Random) -> None:
        self._book, self._ladder, self._spec, self._rng = book, ladder, spec, rng
        self._quotes: dict[Side, dict[int, Resting]] = {Side.BUY: {}, Side.SELL: {}}
        self._depth = {
            Side.BUY: spec.depth if spec.bid_depth is None else spec.bid_depth,
            Side.SELL: spec.depth if spec.ask_depth is None else spec.ask_depth,
        }
        self._seen = (-1, -1)

    def withdraw(self) -> None:
        """Take every quote out."""
        for quotes in self._quotes.values():
            for order in quotes.values():
                self._book.remove(order)
            quotes.clear()
        self._seen = (-1, -1)

    def quote(self, bid: int, ask: int) -> list[Execution]:
        """Show ten levels from ladder places ``bid`` down and ``ask`` up.

        Orders of accounts that stand in the way are executed first, at their
        own price; those executions are returned.
        """
        prices = self._ladder.prices
        bids, asks = prices[max(bid - LEVELS + 1, 0) : bid + 1], prices[ask : ask + LEVELS]
        if self._seen != (bid, ask):
            self._leave(Side.BUY, set(bids))
            self._leave(Side.SELL, set(asks))
            self._seen = (bid, ask)
        done: list[Execution] = []
        if bids and asks and bids[-1] < asks[0]:
            done += self._clear(Side.BUY, bids[-1])
            done += self._clear(Side.SELL, asks[0])
        self._enter(Side.BUY, bids)
        self._enter(Side.SELL, asks)
        return done

    def size(self, mean: int) -> int:
        """Draw a number of shares around ``mean``, at least one."""
        spread = self._spec.spread
        return max(1, round(mean * self._rng.uniform(1 - spread, 1 + spread)))

    def _leave(self, side: Side, window: set[int]) -> None:
        quotes = self._quotes[side]
        for price in [price for price in quotes if price not in window]:
            self._book.remove(quotes.pop(price))

    def _clear(self, side: Side, price: int) -> list[Execution]:
        in_the_way = self._book.available(side, price)
        return self._book.match(Resting(0, side, price, in_the_way)) if in_the_way else []

    def _enter(self, side: Side, prices: list[int]) -> None:
        quotes = self._quotes[side]
        for price in prices:
            order = quotes.get(price)
            if order is None or order.remaining == 0:
                order = Resting(0, side, price, self.size(self._depth[side]))
                quotes[price] = order
                self._book.rest(order)
