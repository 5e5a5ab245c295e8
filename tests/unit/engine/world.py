"""A hand-driven world for engine tests: time moves only when told, the broker is scripted."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from hantu.domain import events as ev
from hantu.domain.account import Balance, BrokerOrder, Holding, Side
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity, Won
from hantu.domain.order import Notice, NoticeKind, Outcome, OutcomeKind
from hantu.domain.quote import PolledPrice, Trade
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.config import ExitRule, GuardConfig, Streams
from hantu.engine.decision import Action
from hantu.engine.engine import Engine
from hantu.engine.inputs import Input, WatchItem

OPEN = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
"""09:00 in Korea on a Monday."""
SAMSUNG = Symbol("005930")
HYNIX = Symbol("000660")
F = TypeVar("F")

CONFIG = GuardConfig(default_rule=ExitRule(), streams=Streams(notice_key="USER"))
LEAPS = replace(CONFIG, outlier_bps=9_999)
"""For tests whose prices leap from one level to the other: no single trade is doubted."""


@dataclass
class World:
    """Engine, clock and the broker's books; ``facts`` and ``actions`` pile up."""

    config: GuardConfig = CONFIG
    holdings: dict[Symbol, tuple[int, int, int]] = field(default_factory=dict)
    """symbol → (quantity, average price, sellable)"""
    orders: dict[str, BrokerOrder] = field(default_factory=dict)
    answer_reads: bool = True
    facts: list[Any] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    wall: datetime = OPEN - timedelta(seconds=30)
    mono: float = 1000.0
    accept_subscriptions: bool = True
    number: int = 100

    def __post_init__(self) -> None:
        self.engine = Engine(self.config)

    @property
    def now(self) -> Instant:
        return Instant(self.wall, self.mono)

    def give(self, got: Input) -> list[Action]:
        """Hand one input over; reads and subscriptions are answered by themselves."""
        decision = self.engine.handle(got, self.now)
        self.facts.extend(decision.facts)
        self.log.extend(text for _, text in decision.log)
        self.actions.extend(decision.actions)
        for action in decision.actions:
            self._answer(action)
        return list(decision.actions)

    def _answer(self, action: Action) -> None:
        if isinstance(action, act.SendSubscribe) and self.accept_subscriptions:
            self.give(inp.Subscribed(action.tr_id, action.key))
        elif isinstance(action, act.ReadBalance) and self.answer_reads:
            self.give(inp.BalanceRead(self.balance(), self.mono))
        elif isinstance(action, act.ReadOrders) and self.answer_reads:
            self.give(inp.OrdersRead(tuple(self.orders.values()), self.mono))

    def pass_time(self, seconds: float, step: float = 0.25) -> None:
        """Let time pass, waking the engine at its own deadlines."""
        end = self.mono + seconds
        while self.mono < end:
            wake = min(self.engine.next_deadline(self.now), end)
            moved = min(max(wake - self.mono, 0.001), step)
            self.mono += moved
            self.wall += timedelta(seconds=moved)
            self.give(inp.Woken())

    def balance(self) -> Balance:
        lines = tuple(
            Holding(symbol, f"N{symbol}", Quantity(q), Quantity(s), Price(a), Won(q * a), Price(a))
            for symbol, (q, a, s) in self.holdings.items()
        )
        return Balance(lines, Won(1_000_000), Won(100_000_000))

    def start(self, *facts: Any, watch: tuple[WatchItem, ...] = (), next_intent: int = 1) -> None:
        self.give(inp.Started(facts=tuple(facts), watchlist=watch, next_intent=next_intent))

    def open(self) -> None:
        """From a fresh start to monitoring."""
        self.start()
        self.to_monitoring()

    def to_monitoring(self) -> None:
        while self.wall < OPEN + timedelta(seconds=0.1):
            self.pass_time(0.5)
        self.give(inp.FeedOpened())
        for _ in range(200):
            if self.engine.book.state.value == "monitoring":
                break
            self.pass_time(0.5)

    def trade(self, symbol: Symbol, price: int, **changes: Any) -> list[Action]:
        base = Trade(
            symbol, Price(price), Quantity(10), Price(price), Price(price), Price(0), Price(0), Price(price + 100),
            Price(price - 100), Quantity(1000), self.wall.replace(microsecond=0), self.mono,
        )  # fmt: skip
        return self.give(replace(base, **changes))

    def poll(self, symbol: Symbol, price: int, **changes: Any) -> list[Action]:
        base = PolledPrice(symbol, Price(price), Price(0), Price(0), Price(0), Price(0), Price(0), Price(0))
        return self.give(inp.PricesRead((replace(base, **changes),), self.mono))

    def accept(self, submit: act.Submit, *, listed: bool = True) -> str:
        """The broker takes an order; returns its number."""
        self.number += 1
        number = str(self.number)
        order = submit.order
        if listed:
            self.orders[number] = BrokerOrder(
                number, "", "00950", order.symbol, order.side, order.quantity, order.limit_price, Quantity(0), Price(0),
                order.quantity, Quantity(0), Quantity(0), "090100",
            )  # fmt: skip
        self.give(inp.SubmitEnded(order.intent_id, Outcome(OutcomeKind.ACCEPTED, number, "00950", "090100")))
        return number

    def fill(self, number: str, quantity: int, price: int, *, notice: bool = True) -> None:
        """The market fills; the list moves at once, the notice follows if asked for."""
        order = self.orders[number]
        filled = order.filled + quantity
        amount = order.average_fill_price * order.filled + price * quantity
        self.orders[number] = replace(
            order, filled=Quantity(filled), average_fill_price=Price(amount // filled),
            remaining=Quantity(order.remaining - quantity),
        )  # fmt: skip
        if order.side is Side.SELL and order.symbol in self.holdings:
            held, average, _ = self.holdings[order.symbol]
            left = held - quantity
            if left:
                self.holdings[order.symbol] = (left, average, left)
            else:
                del self.holdings[order.symbol]
        if notice:
            self.give(self.notice(number, NoticeKind.FILL, quantity, price))

    def notice(self, number: str, kind: NoticeKind, quantity: int, price: int, **changes: Any) -> Notice:
        order = self.orders.get(number)
        base = Notice(
            kind, number, "", order.symbol if order else SAMSUNG, order.side if order else Side.SELL,
            Quantity(quantity), Price(price), order.quantity if order else Quantity(quantity), "090101",
            "00950", received_at=self.mono,
        )  # fmt: skip
        return replace(base, **changes)

    def of(self, kind: type[F]) -> list[F]:
        """Every fact or action of one class, in order."""
        return [entry for entry in [*self.facts, *self.actions] if isinstance(entry, kind)]

    def states(self) -> list[str]:
        return [fact.after for fact in self.of(ev.SessionStateChanged)]


def held(**changes: Any) -> World:
    """A world that holds Samsung: 10 shares at 70,000 (stop 67,900, target 75,600)."""
    return World(holdings={SAMSUNG: (10, 70_000, 10)}, **changes)
