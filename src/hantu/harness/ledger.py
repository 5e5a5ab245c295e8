"""What a rule earned in a day, from the facts of its engine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hantu.domain import events as ev
from hantu.domain.events import Fact
from hantu.domain.instant import Instant
from hantu.domain.instrument import Market, Symbol
from hantu.engine.config import GuardConfig
from hantu.engine.records import Position
from hantu.engine.results import purchase_fee, sale_costs

STALE_PRICE_S = 300.0
"""A last price older than this, seen from the end of the tape, is said to be old."""


@dataclass(frozen=True, slots=True)
class Exit:
    """One finished sale."""

    at: str
    """UTC text of the moment the level was reached, or of the last fill if that is unknown."""
    purpose: str
    trigger_price: int
    level: int
    quantity: int
    exit_price: int
    pnl: int


@dataclass(frozen=True, slots=True)
class Side:
    """One stock under one rule."""

    exits: tuple[Exit, ...]
    held: int
    """Shares left at the end of the tape."""
    open_pnl: int
    """What they would earn at the last price, after costs."""

    @property
    def pnl(self) -> int:
        """Won, sales and remaining shares together."""
        return sum(exit_.pnl for exit_ in self.exits) + self.open_pnl


@dataclass(frozen=True, slots=True)
class StockRow:
    """One stock under both rules."""

    symbol: str
    name: str
    actual: Side
    other: Side
    difference: int
    """Won the other rule earned more."""
    note: str = ""


@dataclass(slots=True)
class Ledger:
    """Collects the exits among the facts of one engine."""

    exits: dict[Symbol, list[Exit]] = field(default_factory=dict)
    names: dict[Symbol, str] = field(default_factory=dict)
    _orders: set[str] = field(default_factory=set)
    _reached: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    end: Instant | None = None

    @property
    def own_orders(self) -> frozenset[str]:
        """Numbers the broker gave to orders of this engine."""
        return frozenset(self._orders)

    def take(self, facts: Iterable[Fact], now: Instant) -> None:
        """Take facts in, in their order."""
        self.end = now
        for fact in facts:
            if isinstance(fact, ev.OrderAccepted):
                self._orders.add(fact.order_no)
            elif isinstance(fact, ev.PositionGuarded):
                self.names[fact.symbol] = fact.name
            elif isinstance(fact, ev.StopLossReached | ev.TakeProfitReached):
                at = f"{now.wall:%Y-%m-%d %H:%M:%S.%f}"
                self._reached.setdefault(fact.flow, (at, fact.price, fact.level))
            elif isinstance(fact, ev.StopLossFilled | ev.TakeProfitFilled):
                at, price, level = self._reached.get(fact.flow, (fact.exit_at, 0, 0))
                self.exits.setdefault(fact.symbol, []).append(
                    Exit(at, fact.purpose.value, price, level, fact.quantity, fact.exit_price, fact.pnl)
                )
                self.names.setdefault(fact.symbol, fact.name)


def rows_of(
    actual: Ledger,
    actual_held: Mapping[Symbol, Position],
    other: Ledger,
    other_held: Mapping[Symbol, Position],
    prices: Mapping[Symbol, tuple[int, Instant]],
    config: GuardConfig,
) -> list[StockRow]:
    """Return every stock that was guarded or sold under either rule, the largest difference first."""
    symbols = {*actual.exits, *actual_held, *other.exits, *other_held}
    rows = []
    for symbol in sorted(symbols):
        mine = _side(actual, actual_held.get(symbol), symbol, prices, config)
        yours = _side(other, other_held.get(symbol), symbol, prices, config)
        name = other.names.get(symbol) or actual.names.get(symbol) or symbol
        note = _note(symbol, mine, yours, prices, actual.end)
        rows.append(StockRow(symbol, name, mine, yours, yours.pnl - mine.pnl, note))
    return sorted(rows, key=lambda row: (-abs(row.difference), row.symbol))


def _side(
    ledger: Ledger,
    position: Position | None,
    symbol: Symbol,
    prices: Mapping[Symbol, tuple[int, Instant]],
    config: GuardConfig,
) -> Side:
    exits = tuple(ledger.exits.get(symbol, ()))
    if position is None or not position.quantity:
        return Side(exits, 0, 0)
    if symbol not in prices:
        return Side(exits, position.quantity, 0)
    worth = prices[symbol][0] * position.quantity
    costs = sale_costs(worth, config.markets.get(symbol, Market.KOSPI), config.costs)
    return Side(
        exits, position.quantity, worth - costs - position.cost - purchase_fee(position.cost, config.costs)
    )  # fmt: skip


def _note(
    symbol: Symbol, actual: Side, other: Side, prices: Mapping[Symbol, tuple[int, Instant]], end: Instant | None
) -> str:
    if not (actual.held or other.held):
        return ""
    if symbol not in prices:
        return "테이프에 가격이 없어 남은 보유를 평가하지 못함"
    price, at = prices[symbol]
    if end is not None and (end.wall - at.wall).total_seconds() > STALE_PRICE_S and actual.held != other.held:
        return f"실제로 판 뒤에는 시세가 없음: 마지막 가격 {price:,}원으로 평가"
    return ""
