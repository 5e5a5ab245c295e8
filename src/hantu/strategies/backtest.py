"""A strategy over past days: the same class, the same calls, and a simple account beside it.

Rules of the account, on purpose on the careful side: every proposal is approved
``DECIDE_S`` later and becomes a limit at the edge of its band; it fills whole at the
other side's best price once that lies inside; costs are those of the guard; holdings
leave at the guard's fixed stop and target. Nothing here moves the market.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hantu.domain.account import Side
from hantu.domain.instrument import Market
from hantu.domain.money import BPS
from hantu.domain.session import KST
from hantu.engine.config import Costs
from hantu.engine.results import purchase_fee, sale_costs
from hantu.strategies.protocol import Ask, Begin, Decided, Filled, Step, Timer, Trades, View
from hantu.strategies.sdk import Decision, Fill, Holding, Proposal, Strategy, Trade, Watch
from hantu.strategies.session import Session

DECIDE_S = 30
MINUTE = timedelta(minutes=1)
ASSUMPTIONS = (
    f"제안은 모두 {DECIDE_S}초 뒤 승인되고, 범위 끝 가격의 지정가 주문이 됩니다.",
    "주문은 상대 호가가 범위 안에 들어오면 그 가격에 전량 체결됩니다. 장이 끝나면 사라집니다.",
    "보유 종목은 감시의 고정 손절·익절 비율에서 팔립니다. ATR, 추적 손절, 부분 익절은 넣지 않았습니다.",
    "수수료와 세금은 감시와 같은 값입니다. 내 주문은 시세를 움직이지 않습니다.",
)


@dataclass(frozen=True, slots=True)
class Deal:
    """Shares that were bought and have left; money in won, moments in Korean time."""

    symbol: str
    quantity: int
    entry_price: int
    exit_price: int
    entry_at: str
    exit_at: str
    costs: int
    pnl: int
    """After fees and tax."""
    why: str


@dataclass(slots=True)
class _Lot:
    quantity: int = 0
    cost: int = 0
    fees: int = 0
    since: str = ""

    @property
    def average(self) -> int:
        return self.cost // self.quantity if self.quantity else 0


@dataclass(slots=True)
class _Order:
    proposal: Proposal
    from_: datetime
    approved: bool = False


@dataclass(slots=True)
class Report:
    """What came of it."""

    name: str
    source: str
    cash: int
    """At the beginning."""
    days: list[str] = field(default_factory=list)
    trades_seen: int = 0
    proposals: int = 0
    orders_filled: int = 0
    deals: list[Deal] = field(default_factory=list)
    equity: list[tuple[str, int]] = field(default_factory=list)
    """(moment in Korean time, won), once a minute."""
    held: dict[str, int] = field(default_factory=dict)
    """Shares left at the end, valued at their last price."""
    drawdown: int = 0
    """Deepest fall from a peak, won."""
    drawdown_bps: int = 0

    @property
    def pnl(self) -> int:
        """Result in won, what is still held at its last price."""
        return (self.equity[-1][1] if self.equity else self.cash) - self.cash

    @property
    def realized(self) -> int:
        """Result of what has left, won."""
        return sum(deal.pnl for deal in self.deals)

    @property
    def wins(self) -> int:
        """Deals that gained."""
        return sum(deal.pnl > 0 for deal in self.deals)

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            **asdict(self), "pnl": self.pnl, "realized": self.realized, "wins": self.wins,
            "costs": sum(deal.costs for deal in self.deals), "assumptions": ASSUMPTIONS,
        }  # fmt: skip


class Backtest:
    """Plays days one after another; what is held stays overnight."""

    def __init__(
        self,
        name: str,
        kind: type[Strategy[Any, Any]],
        params: Mapping[str, Any],
        *,
        source: str,
        cash: int,
        stop_bps: int,
        target_bps: int,
        markets: Mapping[str, Market] | None = None,
        costs: Costs | None = None,
    ) -> None:
        self.report = Report(name, source, cash)
        self._cash = cash
        self._stop_bps, self._target_bps = stop_bps, target_bps
        self._markets = markets or {}
        self._costs = costs or Costs()
        self._kind = kind
        self._params = dict(params)
        self._session: Session | None = None
        self._lots: dict[str, _Lot] = {}
        self._last: dict[str, int] = {}
        self._orders: dict[str, _Order] = {}
        self._peak = cash
        self._next_minute: datetime | None = None
        self._slot = -1
        self._number = 0

    def play(self, day: str, watchlist: tuple[Watch, ...], trades: Iterable[Trade]) -> None:
        """Play one day; ``trades`` in order of time.

        Raises:
            Exception: Whatever the strategy raised.
        """
        self.report.days.append(day)
        view: View | None = View(watchlist=watchlist, holdings=self._holdings(), open=())
        now = None
        for trade in trades:
            now = trade.at
            if self._session is None:
                self._session = Session(self._kind)
                self._step(Begin(self._params, {}, 0, "B-"), now, view)
                view = None
            self._one(trade, now, view)
            view = None
        for key in list(self._orders):
            del self._orders[key]
            if now is not None:
                self._step(Decided(Decision(key, "expired")), now)
        if now is not None:
            self._mark(now)

    # --- leaves ---------------------------------------------------------------------

    def _one(self, trade: Trade, now: datetime, view: View | None) -> None:
        self.report.trades_seen += 1
        self._last[trade.symbol] = trade.price
        self._decide(now)
        self._match(trade, now)
        self._guard(trade, now)
        timer_s = self._kind.timer_s
        if timer_s and int(now.timestamp() // timer_s) > self._slot:
            slot = int(now.timestamp() // timer_s)
            missed = slot - self._slot - 1 if self._slot >= 0 else 0
            self._slot = slot
            self._step(Timer(slot, missed), now)
        self._step(Trades((trade,)), now, view)
        if self._next_minute is None or now >= self._next_minute:
            self._mark(now)
            self._next_minute = now.replace(second=0, microsecond=0) + MINUTE

    def _decide(self, now: datetime) -> None:
        for key, order in list(self._orders.items()):
            if not order.approved and now >= order.from_:
                order.approved = True
                self._step(Decided(Decision(key, "approved")), now)

    def _match(self, trade: Trade, now: datetime) -> None:
        """Fill orders the other side's best price reaches."""
        for key, order in list(self._orders.items()):
            wanted = order.proposal
            if not order.approved or wanted.symbol != trade.symbol:
                continue
            buys = wanted.side == Side.BUY
            price = (trade.ask if buys else trade.bid) or trade.price
            if (price > wanted.high) if buys else (price < wanted.low):
                continue
            quantity = wanted.quantity if buys else min(wanted.quantity, self._lot(trade.symbol).quantity)
            amount = price * quantity
            if quantity <= 0 or (buys and amount + purchase_fee(amount, self._costs) > self._cash):
                continue
            del self._orders[key]
            self._step(Decided(Decision(key, "used")), now)
            self.report.orders_filled += 1
            if buys:
                self._buy(trade.symbol, quantity, price, now)
            else:
                self._sell(trade.symbol, quantity, price, now, wanted.reason)
            self._tell(trade.symbol, wanted.side, quantity, price, now, key)

    def _guard(self, trade: Trade, now: datetime) -> None:
        """Leave at the guard's stop and target."""
        lot = self._lots.get(trade.symbol)
        if lot is None or not lot.quantity:
            return
        stop = lot.average * (BPS - self._stop_bps) // BPS
        target = lot.average * (BPS + self._target_bps) // BPS
        if (trade.low or trade.price) <= stop:
            price, why = min(trade.bid or trade.price, stop), "stop_loss"
        elif (trade.high or trade.price) >= target:
            price, why = target, "take_profit"
        else:
            return
        quantity = lot.quantity
        self._sell(trade.symbol, quantity, price, now, why)
        self._tell(trade.symbol, Side.SELL.value, quantity, price, now, "")

    def _buy(self, symbol: str, quantity: int, price: int, now: datetime) -> None:
        lot, amount = self._lot(symbol), price * quantity
        fee = purchase_fee(amount, self._costs)
        lot.since = lot.since or _text(now)
        lot.quantity, lot.cost, lot.fees = lot.quantity + quantity, lot.cost + amount, lot.fees + fee
        self._cash -= amount + fee

    def _sell(self, symbol: str, quantity: int, price: int, now: datetime, why: str) -> None:
        lot, amount = self._lot(symbol), price * quantity
        costs = sale_costs(amount, self._markets.get(symbol, Market.KOSPI), self._costs)
        share, fees = lot.cost * quantity // lot.quantity, lot.fees * quantity // lot.quantity
        self._cash += amount - costs
        self.report.deals.append(
            Deal(
                symbol, quantity, lot.average, price, lot.since, _text(now), fees + costs,
                amount - costs - share - fees, why,
            )
        )  # fmt: skip
        lot.quantity, lot.cost, lot.fees = lot.quantity - quantity, lot.cost - share, lot.fees - fees
        if not lot.quantity:
            del self._lots[symbol]

    def _tell(self, symbol: str, side: str, quantity: int, price: int, now: datetime, key: str) -> None:
        fill = Fill(self._number, symbol, side, quantity, price, f"{now:%Y-%m-%d %H:%M:%S}", key)
        self._step(Filled(fill), now, View(holdings=self._holdings()))

    def _step(self, step: Step, now: datetime, view: View | None = None) -> None:
        assert self._session is not None
        self._number += 1
        view = view or View()
        view.open = tuple(order.proposal for order in self._orders.values())
        done = self._session.take(Ask(self._number, 0, now, step, view, wants_state=False))
        for wish in done.wishes:
            self.report.proposals += 1
            self._orders[wish.key] = _Order(wish, now + timedelta(seconds=DECIDE_S))

    def _mark(self, now: datetime) -> None:
        worth = self._cash + sum(lot.quantity * self._last.get(symbol, 0) for symbol, lot in self._lots.items())
        self.report.equity.append((_text(now), worth))
        self.report.held = {symbol: lot.quantity for symbol, lot in self._lots.items()}
        self._peak = max(self._peak, worth)
        fall = self._peak - worth
        if fall > self.report.drawdown:
            self.report.drawdown, self.report.drawdown_bps = fall, fall * BPS // self._peak

    def _lot(self, symbol: str) -> _Lot:
        return self._lots.setdefault(symbol, _Lot())

    def _holdings(self) -> tuple[Holding, ...]:
        return tuple(Holding(symbol, lot.quantity, lot.average) for symbol, lot in self._lots.items() if lot.quantity)


def _text(now: datetime) -> str:
    return f"{now.astimezone(KST):%Y-%m-%d %H:%M:%S}"
