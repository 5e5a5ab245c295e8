"""A broker that checks nothing it is not forced to, answers late or never, and may lag.

It takes a sell of more than is left after our own sells, so that only the engine
prevents selling twice. Everything it does to the engine arrives by ``deliveries``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hantu.domain.account import Balance, BrokerOrder, Holding, Side
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity, Won
from hantu.domain.order import CancelRequest, Notice, NoticeKind, OrderRequest, Outcome, OutcomeKind, Refusal
from hantu.domain.quote import PolledPrice
from hantu.engine import inputs as inp
from hantu.engine.inputs import Input

LIST_LAG_S = 2.0
BALANCE_LAG_S = 4.0
NOTICE_S = 0.1
"""The way of a notice about a person's order, which is never lost."""
LATE_S = 20.0
"""The latest arrival of a request after its sender gave up; below the quarantine."""


@dataclass
class Line:
    """One order at the broker, ours if ``intent_id`` is set."""

    number: str
    symbol: Symbol
    side: Side
    quantity: int
    price: int
    intent_id: str = ""
    filled: int = 0
    canceled: int = 0
    rejected: int = 0

    @property
    def live(self) -> int:
        return self.quantity - self.filled - self.canceled - self.rejected


@dataclass
class LenientBroker:
    """The truth, and the ways in which it is told badly."""

    deliver: Callable[[float, Callable[[], Input]], None]
    """(after seconds, what arrives then)"""
    shares: dict[Symbol, int]
    orders: list[Line] = field(default_factory=list)
    gone: list[Line] = field(default_factory=list)
    """Orders of earlier days."""
    bought: dict[Symbol, int] = field(default_factory=dict)
    """Opening shares and what was bought, less what a person sold: the most we may sell."""
    by_hand_sold: list[tuple[float, Symbol, int]] = field(default_factory=list)
    """(when, stock, shares) a person sold."""
    flying: dict[str, OrderRequest] = field(default_factory=dict)
    """Orders on their way that may still arrive."""
    now: float = 0.0
    submit_fate: str = "accept"
    cancel_fate: str = "accept"
    read_fate: str = "ok"
    notice_fate: str = "ok"
    lagging: bool = False
    history: list[tuple[float, dict[Symbol, int], tuple[BrokerOrder, ...]]] = field(default_factory=list)
    count: int = 100

    def __post_init__(self) -> None:
        self.bought = dict(self.shares)
        self.keep()

    # --- orders ------------------------------------------------------------------

    def submit(self, order: OrderRequest) -> None:
        fate, ends = self.submit_fate, inp.SubmitEnded
        name = order.intent_id
        if fate == "refuse_quantity" or self._sold_by_hand_just_now(order):
            refused = Outcome(OutcomeKind.REFUSED, code="Q", refusal=Refusal.INSUFFICIENT_QUANTITY)
            self.deliver(0.1, lambda: ends(name, refused))
        elif fate == "refuse_rate":
            self.deliver(0.1, lambda: ends(name, Outcome(OutcomeKind.REFUSED, code="R", retryable=True)))
        elif fate == "refuse_halt":
            self.deliver(0.1, lambda: ends(name, Outcome(OutcomeKind.REFUSED, code="H", refusal=Refusal.HALTED)))
        elif fate == "not_sent":
            self.deliver(0.1, lambda: ends(name, Outcome(OutcomeKind.NOT_SENT, code="refused", retryable=True)))
        elif fate == "lost":
            self.deliver(3.0, lambda: ends(name, Outcome(OutcomeKind.UNKNOWN, code="timeout", sent_mono=self.now - 3)))
        elif fate == "late":
            self.flying[name] = order
            self.deliver(LATE_S, lambda: self._arrives_late(order))
            self.deliver(3.0, lambda: ends(name, Outcome(OutcomeKind.UNKNOWN, code="timeout", sent_mono=self.now - 3)))
        elif fate == "mute":
            self.take(order)
            self.deliver(3.0, lambda: ends(name, Outcome(OutcomeKind.UNKNOWN, code="timeout", sent_mono=self.now - 3)))
        elif fate == "silent":
            self.take(order)
        else:
            line = self.take(order)
            wait = 2.0 if fate == "slow" else 0.05
            self.deliver(wait, lambda: ends(name, Outcome(OutcomeKind.ACCEPTED, line.number, "00950", "090100")))

    def _sold_by_hand_just_now(self, order: OrderRequest) -> bool:
        """What a person's sale took before anybody could hear of it is refused; of our own sells nothing is checked."""
        sold, live = self.ours(order.symbol)
        left = self.bought.get(order.symbol, 0) - sold - live
        return left < order.quantity <= left + self.unheard(order.symbol)

    def unheard(self, symbol: Symbol) -> int:
        """Shares a person sold less than their notice's way ago."""
        return sum(amount for at, sold, amount in self.by_hand_sold if sold == symbol and self.now - at <= NOTICE_S)

    def _arrives_late(self, order: OrderRequest) -> Input:
        del self.flying[order.intent_id]
        self.take(order)
        return inp.Woken()

    def take(self, order: OrderRequest) -> Line:
        self.count += 1
        line = Line(
            str(self.count), order.symbol, order.side, order.quantity, order.limit_price, intent_id=order.intent_id
        )
        self.orders.append(line)
        self.keep()
        return line

    def cancel(self, request: CancelRequest) -> None:
        fate, ends, name = self.cancel_fate, inp.CancelEnded, request.intent_id
        line = next((line for line in self.orders if line.number == request.order_no), None)
        if fate == "refuse" or line is None or not line.live:
            self.deliver(0.1, lambda: ends(name, Outcome(OutcomeKind.REFUSED, code="C")))
            return
        if fate == "lost":
            self.deliver(3.0, lambda: ends(name, Outcome(OutcomeKind.UNKNOWN, code="timeout")))
            return
        amount = line.live
        line.canceled += amount
        self.keep()
        self.notify(line, NoticeKind.CANCELED, amount, original=line.number)
        outcome = Outcome(OutcomeKind.UNKNOWN, code="reset") if fate == "mute" else Outcome(OutcomeKind.ACCEPTED, "9")
        self.deliver(0.1, lambda: ends(name, outcome))

    def fill(self, line: Line, quantity: int) -> None:
        amount = min(quantity, line.live)
        if amount <= 0:
            return
        line.filled += amount
        held = self.shares.get(line.symbol, 0)
        self.shares[line.symbol] = held - amount if line.side is Side.SELL else held + amount
        self.keep()
        self.notify(line, NoticeKind.FILL, amount)

    def reject(self, line: Line) -> None:
        line.rejected += line.live
        self.keep()
        self.notify(line, NoticeKind.REJECTED, line.quantity)

    def by_hand(self, symbol: Symbol, side: Side, quantity: int) -> None:
        """A person trades in another program, which lets them sell only what is free."""
        if side is Side.SELL:
            ours = sum(line.live for line in self.orders if line.symbol == symbol)
            ours += sum(order.quantity for order in self.flying.values() if order.symbol == symbol)
            quantity = min(quantity, self.shares.get(symbol, 0) - ours)
        if quantity <= 0:
            return
        self.bought[symbol] = self.bought.get(symbol, 0) + (quantity if side is Side.BUY else -quantity)
        if side is Side.SELL:
            self.by_hand_sold.append((self.now, symbol, quantity))
        self.count += 1
        line = Line(str(self.count), symbol, side, quantity, 70_000)
        self.orders.append(line)
        self.fill(line, quantity)

    def notify(self, line: Line, kind: NoticeKind, quantity: int, *, original: str = "") -> None:
        number = "9" + line.number if original else line.number
        notice = Notice(
            kind, number, original, line.symbol, line.side, Quantity(quantity), Price(line.price),
            Quantity(line.quantity), f"09{int(self.now) // 60 % 60:02d}{int(self.now) % 60:02d}", "00950",
        )  # fmt: skip
        fates = {"ok": (0.1,), "twice": (0.1, 0.4), "again": (0.1, 5.0), "slow": (4.0,), "lost": ()}
        if line.intent_id:
            waits: tuple[float, ...] = fates[self.notice_fate]
        else:
            waits = (NOTICE_S,)
        for wait in waits:
            self.deliver(wait, lambda: replace(notice, received_at=self.now))

    # --- inquiries ---------------------------------------------------------------

    def keep(self) -> None:
        self.history.append((self.now, dict(self.shares), tuple(self._row(line) for line in self.orders)))
        del self.history[:-50]

    def _seen(self, lag: float) -> tuple[float, dict[Symbol, int], tuple[BrokerOrder, ...]]:
        if not self.lagging:
            return self.history[-1]
        return next((entry for entry in reversed(self.history) if entry[0] <= self.now - lag), self.history[0])

    def read(self, kind: str, symbols: tuple[Symbol, ...], prices: dict[Symbol, int]) -> None:
        asked, fate = self.now, self.read_fate
        if fate == "never":
            return
        wait = {"slow": 6.0, "fail": 0.0}.get(fate, 0.05)
        if kind == "prices":
            self.deliver(wait, lambda: self._prices(symbols, prices, asked, fate))
        elif kind == "balance":
            balance = self._balance(self._seen(BALANCE_LAG_S)) if fate != "fail" else None
            self.deliver(wait, lambda: inp.BalanceRead(balance, asked))
        else:
            rows = self._seen(LIST_LAG_S)[2] if fate != "fail" else None
            self.deliver(wait, lambda: inp.OrdersRead(rows, asked))

    def _prices(self, symbols: tuple[Symbol, ...], prices: dict[Symbol, int], asked: float, fate: str) -> Input:
        if fate == "fail":
            return inp.PricesRead(None, asked)
        zero = Price(0)
        return inp.PricesRead(
            tuple(PolledPrice(s, Price(prices.get(s, 70_000)), zero, zero, zero, zero, zero, zero) for s in symbols),
            asked,
        )

    def _balance(self, seen: tuple[float, dict[Symbol, int], tuple[BrokerOrder, ...]]) -> Balance:
        holdings = []
        for symbol, quantity in sorted(seen[1].items()):
            locked = sum(row.remaining for row in seen[2] if row.symbol == symbol and row.side is Side.SELL)
            if quantity > 0:
                free, cost = Quantity(max(0, quantity - locked)), Won(quantity * 70_000)
                holdings.append(Holding(symbol, "N", Quantity(quantity), free, Price(70_000), cost, Price(70_000)))
        return Balance(tuple(holdings), Won(0), Won(100_000_000))

    def _row(self, line: Line) -> BrokerOrder:
        return BrokerOrder(
            line.number, "", "00950", line.symbol, line.side, Quantity(line.quantity), Price(line.price),
            Quantity(line.filled), Price(line.price if line.filled else 0), Quantity(line.live),
            Quantity(line.canceled), Quantity(line.rejected), "",
        )  # fmt: skip

    # --- for checks --------------------------------------------------------------

    def ours(self, symbol: Symbol) -> tuple[int, int]:
        """Return (sold, may still be sold) by our orders of every day."""
        lines = [line for line in [*self.orders, *self.gone] if line.intent_id and line.symbol == symbol]
        on_the_way = sum(order.quantity for order in self.flying.values() if order.symbol == symbol)
        return sum(line.filled for line in lines), sum(line.live for line in self.orders if line in lines) + on_the_way

    def new_day(self) -> None:
        """Day orders end with the day; numbers begin anew."""
        for line in self.orders:
            line.canceled += line.live
        self.gone += self.orders
        self.orders = []
        self.count = 100
        self.history.clear()
        self.keep()
