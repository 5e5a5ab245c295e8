"""The order book of one stock: best price first, then whoever came first."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from hantu.domain.account import Side

AT_ANY_PRICE_BUY = 10**9
"""Price a market buy rests at in a call auction: ahead of every limit."""
AT_ANY_PRICE_SELL = 0


@dataclass(slots=True, eq=False)
class Resting:
    """An order in the book or on its way into it; ``number`` 0 is background liquidity."""

    number: int
    side: Side
    price: int
    remaining: int


@dataclass(frozen=True, slots=True)
class Execution:
    """Shares that changed hands at one price."""

    price: int
    quantity: int
    buy: Resting
    sell: Resting
    taker: Side
    """Who came later; the side a trade is counted for."""


class Book:
    """Price levels of both sides, each a queue in order of arrival."""

    def __init__(self) -> None:
        self._levels: dict[Side, dict[int, deque[Resting]]] = {Side.BUY: {}, Side.SELL: {}}
        self._totals: dict[Side, dict[int, int]] = {Side.BUY: {}, Side.SELL: {}}
        self._prices: dict[Side, list[int]] = {Side.BUY: [], Side.SELL: []}

    def best(self, side: Side) -> int:
        """Return the best visible price of a side, 0 when it is empty."""
        prices = self._prices[side]
        if side is Side.SELL:
            return next((price for price in prices if price > AT_ANY_PRICE_SELL), 0)
        return next((price for price in reversed(prices) if price < AT_ANY_PRICE_BUY), 0)

    def levels(self, side: Side, count: int) -> list[tuple[int, int]]:
        """Return up to ``count`` (price, shares), best first, without market orders."""
        prices = self._prices[side]
        totals = self._totals[side]
        order = prices if side is Side.SELL else reversed(prices)
        found = [(price, totals[price]) for price in order if AT_ANY_PRICE_SELL < price < AT_ANY_PRICE_BUY]
        return found[:count]

    def total(self, side: Side) -> int:
        """Return every share waiting on a side."""
        return sum(self._totals[side].values())

    def at(self, side: Side, price: int) -> int:
        """Return the shares waiting at one price."""
        return self._totals[side].get(price, 0)

    def orders(self, side: Side) -> Iterator[Resting]:
        """Yield every order of a side, first to be served first."""
        prices = self._prices[side]
        for price in list(prices if side is Side.SELL else reversed(prices)):
            yield from tuple(self._levels[side].get(price, ()))

    def has_account_order(self, side: Side, price: int) -> bool:
        """Tell whether an account, not only background liquidity, waits at a price."""
        return any(order.number for order in self._levels[side].get(price, ()))

    def prices(self) -> set[int]:
        """Return every limit somebody waits at."""
        both = set(self._prices[Side.BUY]) | set(self._prices[Side.SELL])
        return both - {AT_ANY_PRICE_BUY, AT_ANY_PRICE_SELL}

    def available(self, taker: Side, limit: int) -> int:
        """Return how many shares an order of side ``taker`` could take up to ``limit``."""
        side = _other(taker)
        prices, totals = self._prices[side], self._totals[side]
        if taker is Side.BUY:
            reached = prices[: bisect_right(prices, limit)]
        else:
            reached = prices[bisect_left(prices, limit) :]
        return sum([totals[price] for price in reached])

    def rest(self, order: Resting) -> None:
        """Put an order at the end of its price's queue."""
        level = self._levels[order.side].get(order.price)
        if level is None:
            self._levels[order.side][order.price] = deque((order,))
            self._totals[order.side][order.price] = order.remaining
            insort(self._prices[order.side], order.price)
            return
        level.append(order)
        self._totals[order.side][order.price] += order.remaining

    def remove(self, order: Resting) -> None:
        """Take an order out; nothing happens if it is not in the book."""
        level = self._levels[order.side].get(order.price)
        if level is None or order not in level:
            return
        level.remove(order)
        self._shrink(order.side, order.price, order.remaining)

    def reduce(self, order: Resting, quantity: int) -> None:
        """Make a resting order smaller by ``quantity``; it keeps its place."""
        if quantity >= order.remaining:
            self.remove(order)
        else:
            self._totals[order.side][order.price] -= quantity
        order.remaining -= min(quantity, order.remaining)

    def match(self, taker: Resting) -> list[Execution]:
        """Execute ``taker`` against the other side up to its price; the rest is not entered."""
        done: list[Execution] = []
        side = _other(taker.side)
        prices = self._prices[side]
        while taker.remaining and prices:
            price = prices[0] if side is Side.SELL else prices[-1]
            if not _reaches(taker.side, taker.price, price):
                break
            maker = self._levels[side][price][0]
            done.append(self.execute(taker, maker, price))
        return done

    def execute(self, taker: Resting, maker: Resting, price: int) -> Execution:
        """Let a resting ``maker`` and a ``taker`` outside the book trade at ``price``."""
        quantity = min(taker.remaining, maker.remaining)
        self._fill(maker, quantity)
        taker.remaining -= quantity
        buy, sell = (taker, maker) if taker.side is Side.BUY else (maker, taker)
        return Execution(price, quantity, buy, sell, taker.side)

    def cross(self, buy: Resting, sell: Resting, price: int) -> Execution:
        """Let two resting orders trade with each other in a call auction."""
        quantity = min(buy.remaining, sell.remaining)
        self._fill(buy, quantity)
        self._fill(sell, quantity)
        return Execution(price, quantity, buy, sell, Side.BUY)

    def _fill(self, order: Resting, quantity: int) -> None:
        order.remaining -= quantity
        if order.remaining == 0:
            self._levels[order.side][order.price].remove(order)
        self._shrink(order.side, order.price, quantity)

    def _shrink(self, side: Side, price: int, quantity: int) -> None:
        self._totals[side][price] -= quantity
        if not self._levels[side][price]:
            del self._levels[side][price], self._totals[side][price]
            prices = self._prices[side]
            del prices[bisect_left(prices, price)]


def _other(side: Side) -> Side:
    return Side.SELL if side is Side.BUY else Side.BUY


def _reaches(taker: Side, limit: int, price: int) -> bool:
    return price <= limit if taker is Side.BUY else price >= limit
