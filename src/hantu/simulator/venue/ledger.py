"""Money and shares of one account; every won and every share is accounted for.

What is locked is never stored: it is computed from the working orders, so it
cannot drift away from them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from hantu.domain.account import Side
from hantu.domain.instrument import Market
from hantu.simulator.scenario import AccountSpec, FeeSpec
from hantu.simulator.venue.orders import OrderRecord

PPM = 1_000_000


@dataclass(slots=True)
class Position:
    """Shares of one stock; stays with quantity 0 until the day ends."""

    symbol: str
    quantity: int
    cost: int
    """Won paid for the held shares, without fees."""
    previous_quantity: int = 0
    bought: int = 0
    sold: int = 0

    @property
    def average_price(self) -> float:
        """Won per held share."""
        return self.cost / self.quantity if self.quantity else 0.0


@dataclass(frozen=True, slots=True)
class Charge:
    """What one fill costs on top of its amount."""

    commission: int
    tax: int


@dataclass(slots=True)
class LedgerAccount:
    """One account: cash as of D+2, shares, and the day's totals."""

    spec: AccountSpec
    cash: int
    """What there is once all trades have settled (D+2 view)."""
    positions: dict[str, Position] = field(default_factory=dict)
    unsettled: list[int] = field(default_factory=lambda: [0, 0])
    """Net won of [yesterday's, today's] trades, not in the deposit yet."""
    bought_amount: int = 0
    sold_amount: int = 0
    commission: int = 0
    tax: int = 0
    realized: int = 0

    @classmethod
    def open(cls, spec: AccountSpec) -> "LedgerAccount":
        """Return the account as the scenario describes it."""
        account = cls(spec, spec.cash)
        for held in spec.holdings:
            cost = held.quantity * held.average_price
            account.positions[held.symbol] = Position(held.symbol, held.quantity, cost, held.quantity)
        return account

    @property
    def deposit(self) -> int:
        """Cash on the account before trades settle; does not move with today's trades."""
        return self.cash - sum(self.unsettled)

    def held(self, symbol: str) -> int:
        """Return the shares held."""
        position = self.positions.get(symbol)
        return position.quantity if position else 0

    def fill(self, side: Side, symbol: str, price: int, quantity: int, charge: Charge) -> None:
        """Book one execution.

        Raises:
            AssertionError: More sold than held: a bug of the exchange.
        """
        amount = price * quantity
        position = self.positions.setdefault(symbol, Position(symbol, 0, 0))
        if side is Side.BUY:
            net = -amount - charge.commission
            position.quantity += quantity
            position.cost += amount
            position.bought += quantity
            self.bought_amount += amount
        else:
            if quantity > position.quantity:
                raise AssertionError(f"{symbol}: sold {quantity} of {position.quantity}")
            net = amount - charge.commission - charge.tax
            part = position.cost * quantity // position.quantity
            position.quantity -= quantity
            position.cost -= part
            position.sold += quantity
            self.sold_amount += amount
            self.realized += net - part
        self.cash += net
        self.unsettled[-1] += net
        self.commission += charge.commission
        self.tax += charge.tax

    def next_day(self) -> None:
        """Settle what is due and forget the day's totals."""
        self.unsettled = [self.unsettled[1], 0]
        self.bought_amount = self.sold_amount = self.commission = self.tax = self.realized = 0
        self.positions = {symbol: held for symbol, held in self.positions.items() if held.quantity}
        for position in self.positions.values():
            position.previous_quantity, position.bought, position.sold = position.quantity, 0, 0


def charge(fees: FeeSpec, day: date, market: Market, side: Side, amount: int) -> Charge:
    """Return commission and sales tax of one fill of ``amount`` won, cut to whole won."""
    commission = amount * fees.commission_ppm // PPM
    if side is Side.BUY:
        return Charge(commission, 0)
    rates = [rate for rate in fees.taxes if rate.since <= day]
    if not rates:
        return Charge(commission, 0)
    rate = max(rates, key=lambda one: one.since)
    ppm = {Market.KOSPI: rate.kospi_ppm, Market.KOSDAQ: rate.kosdaq_ppm, Market.ETF: rate.etf_ppm}[market]
    return Charge(commission, amount * ppm // PPM)


def locked(working: Iterable[OrderRecord], symbol: str) -> int:
    """Return the shares bound by working sells."""
    return sum(order.remaining for order in working if order.side is Side.SELL and order.symbol == symbol)


def reserved(working: Sequence[OrderRecord], fees: FeeSpec) -> int:
    """Return the won bound by working buys, commission included."""
    return sum(cost_of(order.reserve_price, order.remaining, fees) for order in working if order.side is Side.BUY)


def most_shares(cash: int, price: int, fees: FeeSpec) -> int:
    """Return the largest quantity whose ``cost_of`` is within ``cash``."""
    return max(cash * PPM // (price * (PPM + fees.commission_ppm)), 0) if price else 0


def cost_of(price: int, quantity: int, fees: FeeSpec) -> int:
    """Return the most a buy can cost, commission rounded up."""
    amount = price * quantity
    return amount - (-amount * fees.commission_ppm // PPM)
