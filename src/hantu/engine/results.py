"""What trades leave behind: finished exits, foreign fills, profit and loss."""

from datetime import date

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.instrument import Market, Symbol
from hantu.domain.order import Notice, Purpose
from hantu.domain.session import trading_date
from hantu.engine import holdings
from hantu.engine.config import Costs
from hantu.engine.records import Intent
from hantu.engine.turn import Turn

MILLI_BPS = 10_000_000
"""Thousandths of a basis point in one."""
_ENDS: dict[Purpose, type[ev.StopLossFilled | ev.TakeProfitFilled | ev.ManualSellFilled]] = {
    Purpose.STOP_LOSS: ev.StopLossFilled,
    Purpose.TRAILING_STOP: ev.StopLossFilled,
    Purpose.MANUAL: ev.ManualSellFilled,
}
"""How the end of an exit is told; any other is a profit taken."""


def sale_costs(amount: int, market: Market, costs: Costs) -> int:
    """Return fee and tax of selling for ``amount`` won, each cut to whole won.

    Source: KIS online fee cut below one won; transaction tax cut likewise.
    """
    fee = amount * costs.fee_milli_bps // MILLI_BPS
    tax = 0 if market is Market.ETF else amount * costs.tax_milli_bps // MILLI_BPS
    return fee + tax


def purchase_fee(amount: int, costs: Costs) -> int:
    """Return the fee that buying for ``amount`` won cost."""
    return amount * costs.fee_milli_bps // MILLI_BPS


def exit_finished(turn: Turn, intent: Intent) -> None:
    """Tell the result of an exit, over all its attempts; nothing if no share was sold or it was told."""
    book, record = turn.book, intent.record
    flow = book.flows[record.flow]
    if record.side is Side.BUY:
        # What was bought became a holding fill by fill; there is no result of leaving to tell.
        return
    if flow.done or any(book.intents[key].open for key in flow.attempts if key in book.intents):
        return
    attempts = [book.intents[key] for key in flow.attempts if key in book.intents]
    quantity = sum(attempt.filled for attempt in attempts)
    amount = sum(attempt.amount for attempt in attempts)
    if not quantity:
        return
    position = book.positions.get(record.symbol)
    market, costs = turn.desk.market_of(record.symbol), turn.desk.config.costs
    spent = flow.entry_price * quantity
    pnl = amount - sale_costs(amount, market, costs) - spent - purchase_fee(spent, costs)
    kind = _ENDS.get(flow.purpose, ev.TakeProfitFilled)
    if flow.purpose is Purpose.FLATTEN and pnl < 0:
        kind = ev.StopLossFilled
    turn.record(
        kind(
            record.flow, record.symbol, record.name, (amount + quantity // 2) // quantity, flow.entry_price, quantity,
            pnl, pnl / spent if spent else 0.0, _held_days(turn, record.symbol), turn.stamp,
            position.selection_id if position else 0, flow.purpose,
        )
    )  # fmt: skip
    if position is not None and position.quantity == 0:
        turn.record(ev.PositionClosed(record.symbol, record.name, flow.purpose.value))
        holdings.released(turn, record.symbol)
    turn.ask_balance(turn.desk.config.pace.settle_s)


def foreign_fill(turn: Turn, notice: Notice) -> None:
    """Take a fill of an order hantu did not place into the holdings (DEC-21)."""
    name = notice.name.strip() or notice.symbol
    turn.record(ev.ForeignFill(notice.symbol, name, notice.side, notice.quantity, notice.price, notice.order_no))
    pace = turn.desk.config.pace
    turn.desk.settle_until[notice.symbol] = turn.now.mono + pace.settle_s
    turn.ask_balance(pace.settle_s)
    position = turn.book.positions.get(notice.symbol)
    told = holdings.already_shown(turn, notice.symbol, notice.quantity if notice.side is Side.BUY else -notice.quantity)
    if notice.side is Side.BUY:
        if position is None and not turn.desk.balance_known:
            return  # how many were there is not known yet: the first balance tells
        if notice.quantity > told:
            bought(turn, notice.symbol, name, notice.quantity - told, notice.price)
    elif position is not None:
        if not told:
            turn.desk.raise_until[notice.symbol] = turn.now.mono + pace.raise_settle_s
        left = max(0, position.quantity - notice.quantity)
        turn.record(ev.PositionChanged(notice.symbol, position.name, position.quantity, left, "sold elsewhere"))
        if left == 0:
            turn.record(ev.PositionClosed(notice.symbol, position.name, "sold elsewhere"))
            holdings.released(turn, notice.symbol)


def bought(turn: Turn, symbol: Symbol, name: str, quantity: int, price: int) -> None:
    """Take bought shares into the holdings; they are guarded from the first fill on."""
    turn.desk.fall_until[symbol] = turn.now.mono + turn.desk.config.pace.raise_settle_s
    position = turn.book.positions.get(symbol)
    held = (position.quantity if position else 0) + quantity
    cost = (position.cost if position else 0) + quantity * price
    holdings.guard(turn, symbol, position.name if position else name, held, cost, "bought")


def day_summary(turn: Turn, next_opening_at: str) -> ev.DailySummary:
    """Return the day's result; a win is above zero, a loss below, after all costs."""
    book, desk = turn.book, turn.desk
    gains = [closed.pnl for closed in book.closed if closed.pnl > 0]
    losses = [closed.pnl for closed in book.closed if closed.pnl < 0]
    total = sum(closed.pnl for closed in book.closed)
    lines = tuple(
        f"{position.name} ({position.symbol}) {position.quantity:,}주"
        for position in sorted(book.positions.values(), key=lambda held: held.symbol)
    )
    return ev.DailySummary(
        book.trade_date or turn.today, len(book.closed), len(gains), len(losses), total,
        sum(gains) // len(gains) if gains else 0, -(-sum(losses) // len(losses)) if losses else 0,
        total / desk.equity_start if desk.equity_start else 0.0, len(lines), lines, next_opening_at,
    )  # fmt: skip


def _held_days(turn: Turn, symbol: Symbol) -> int:
    position = turn.book.positions.get(symbol)
    if position is None or not position.held_since:
        return 0
    return max(0, (trading_date(turn.now.wall) - date.fromisoformat(position.held_since)).days)
