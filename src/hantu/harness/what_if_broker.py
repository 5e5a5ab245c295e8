"""A broker that answers what another rule would have asked, by one simple fill rule.

A limit sell is accepted at once and filled whole, at its limit, by the next
price of its stock at or above the limit. Orders of strangers stay as recorded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hantu.domain.account import Balance, BrokerOrder, Holding, Side
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity, Won
from hantu.domain.order import CancelRequest, Notice, NoticeKind, OrderRequest, Outcome, OutcomeKind
from hantu.domain.quote import PolledPrice
from hantu.domain.session import KST
from hantu.engine import inputs as inp
from hantu.engine.records import Position

BRANCH = "00000"


@dataclass(slots=True)
class _Order:
    request: OrderRequest
    at: str
    filled: int = 0
    canceled: int = 0

    @property
    def remaining(self) -> int:
        return self.request.quantity - self.filled - self.canceled


class WhatIfBroker:
    """Holdings and orders as they would have been."""

    def __init__(self) -> None:
        self._holdings: dict[Symbol, Holding] = {}
        self._orders: dict[str, _Order] = {}
        self._strangers: tuple[BrokerOrder, ...] = ()
        self._cash = self._equity = Won(0)
        self.balance_known = False
        self.orders_known = False
        self.prices: dict[Symbol, tuple[int, Instant]] = {}
        """Last price of each stock on the tape, and when."""

    # --- what the tape tells ---------------------------------------------------------

    def hold(self, positions: dict[Symbol, Position]) -> None:
        """Begin with what an engine that went on over midnight held."""
        for held in positions.values():
            shares = Quantity(held.quantity)
            price = Price(held.average_price)
            self._holdings[held.symbol] = Holding(held.symbol, held.name, shares, shares, price, Won(held.cost), price)
        self.balance_known = True

    def read(self, balance: Balance) -> None:
        """Take the first balance of the day as the beginning; of later ones only the account's worth."""
        self._cash, self._equity = balance.cash, balance.equity
        if not self.balance_known:
            self._holdings = {holding.symbol: holding for holding in balance.holdings}
            self.balance_known = True

    def listed(self, strangers: tuple[BrokerOrder, ...]) -> None:
        """Take over the orders other people and programs have."""
        self._strangers, self.orders_known = strangers, True

    def foreign(self, notice: Notice) -> None:
        """Move the holdings by a fill that had nothing to do with the rule."""
        if notice.kind is NoticeKind.FILL and notice.account_matches:
            signed = notice.quantity if notice.side is Side.BUY else -notice.quantity
            self._move(notice.symbol, notice.name, signed, notice.price)

    def seen(self, symbol: Symbol, price: int, high: int, now: Instant, *, trading: bool) -> Iterator[Notice]:
        """Note a price; yield the notices of the orders it fills."""
        self.prices[symbol] = (price, now)
        if not trading:
            return
        for number, order in list(self._orders.items()):
            if order.request.symbol == symbol and order.remaining > 0 and max(price, high) >= order.request.limit_price:
                yield self._fill(number, order, now)

    # --- what the engine asks --------------------------------------------------------

    def submit(self, order: OrderRequest, now: Instant) -> inp.SubmitEnded:
        """Accept an order."""
        number = str(9_000_000 + len(self._orders) + 1)
        self._orders[number] = _Order(order, _clock(now))
        return inp.SubmitEnded(order.intent_id, _accepted(number, now))

    def cancel(self, cancel: CancelRequest, now: Instant) -> tuple[inp.Input, ...]:
        """Cancel what remains of an order."""
        order = self._orders.get(cancel.order_no)
        if order is None or order.remaining == 0:
            gone = Outcome(OutcomeKind.REFUSED, code="what_if", message="취소할 수량이 없습니다")
            return (inp.CancelEnded(cancel.intent_id, gone),)
        canceled = order.remaining
        order.canceled += canceled
        notice = self._notice(cancel.order_no, order, NoticeKind.CANCELED, canceled, now)
        return inp.CancelEnded(cancel.intent_id, _accepted(cancel.order_no, now)), notice

    def balance(self, now: Instant) -> inp.BalanceRead:
        """Return the holdings, less what working sells lock."""
        locked: dict[Symbol, int] = {}
        for order in self._orders.values():
            symbol = order.request.symbol
            locked[symbol] = locked.get(symbol, 0) + order.remaining
        lines = tuple(
            replace(held, sellable=Quantity(max(0, held.quantity - locked.get(held.symbol, 0))))
            for held in self._holdings.values()
        )
        return inp.BalanceRead(Balance(lines, self._cash, self._equity), now.mono)

    def orders(self, now: Instant) -> inp.OrdersRead:
        """Return the orders of strangers and those of the other rule."""
        ours = tuple(_listed(number, order) for number, order in self._orders.items())
        return inp.OrdersRead(self._strangers + ours, now.mono)

    def polled(self, symbols: tuple[Symbol, ...], now: Instant) -> inp.PricesRead:
        """Return the last prices the tape knows."""
        zero = Price(0)
        known = tuple(
            PolledPrice(symbol, Price(self.prices[symbol][0]), zero, zero, zero, zero, zero, zero)
            for symbol in symbols
            if symbol in self.prices
        )
        return inp.PricesRead(known or None, now.mono, "" if known else "테이프에 가격이 없습니다")

    # --- leaves ----------------------------------------------------------------------

    def _fill(self, number: str, order: _Order, now: Instant) -> Notice:
        quantity = order.remaining
        order.filled += quantity
        self._move(order.request.symbol, "", -quantity, order.request.limit_price)
        return self._notice(number, order, NoticeKind.FILL, quantity, now)

    def _notice(self, number: str, order: _Order, kind: NoticeKind, quantity: int, now: Instant) -> Notice:
        request = order.request
        return Notice(
            kind, number, "", request.symbol, request.side, Quantity(quantity), request.limit_price, request.quantity,
            _clock(now), BRANCH, received_at=now.mono,
        )  # fmt: skip

    def _move(self, symbol: Symbol, name: str, shares: int, price: int) -> None:
        held = self._holdings.get(symbol)
        before, cost = (held.quantity, held.cost) if held else (0, 0)
        left = max(0, before + shares)
        cost = cost + shares * price if shares > 0 else (cost * left // before if before else 0)
        if not left:
            self._holdings.pop(symbol, None)
            return
        average = Price((cost + left // 2) // left)
        self._holdings[symbol] = Holding(
            symbol, held.name if held else name or symbol, Quantity(left), Quantity(left), average, Won(cost),
            Price(price),
        )  # fmt: skip


def _accepted(number: str, now: Instant) -> Outcome:
    return Outcome(
        OutcomeKind.ACCEPTED, number, BRANCH, _clock(now), sent_mono=now.mono, answered_mono=now.mono
    )  # fmt: skip


def _listed(number: str, order: _Order) -> BrokerOrder:
    request = order.request
    return BrokerOrder(
        number, "", BRANCH, request.symbol, request.side, request.quantity, request.limit_price,
        Quantity(order.filled), request.limit_price if order.filled else Price(0), Quantity(order.remaining),
        Quantity(order.canceled), Quantity(0), order.at,
    )  # fmt: skip


def _clock(now: Instant) -> str:
    return now.wall.astimezone(KST).strftime("%H%M%S")
