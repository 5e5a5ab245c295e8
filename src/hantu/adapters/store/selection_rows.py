"""The strategy's selections and how the trade in each ended (``selection_results``)."""

from typing import TypeAlias

from hantu.adapters.store.row_context import RowContext
from hantu.adapters.store.sqlite import Connection
from hantu.domain import events as ev
from hantu.domain.order import Purpose

Ended: TypeAlias = ev.StopLossFilled | ev.TakeProfitFilled | ev.ManualSellFilled
_REASONS: dict[type, str] = {ev.StopLossFilled: "stop_loss", ev.ManualSellFilled: "manual"}
_BY_ID = "SELECT id FROM selection_results WHERE id = ? AND stock_code = ? AND NOT is_executed"
_BY_DATE = """SELECT id FROM selection_results
WHERE stock_code = ? AND selection_date = ? AND NOT is_executed
ORDER BY entry_price IS NULL, id DESC LIMIT 1"""
_BOUGHT = """SELECT id FROM selection_results
WHERE stock_code = ? AND entry_price IS NOT NULL AND NOT is_executed
ORDER BY selection_date DESC, id DESC LIMIT 1"""

_SAVE_EXIT = """UPDATE selection_results SET
    exit_price = ?, exit_time = ?, realized_pnl = ?, realized_return = ?, exit_reason = ?, is_executed = true
WHERE id = ? AND NOT is_executed"""

_OPEN_FOR_BUY = """SELECT id FROM selection_results
WHERE stock_code = ?1 AND NOT is_executed AND (selection_date = ?2 OR (entry_price IS NOT NULL AND ?3))
ORDER BY entry_price IS NULL, selection_date DESC, id DESC LIMIT 1"""

_ADD_BUY = """UPDATE selection_results SET
    entry_price = (coalesce(entry_price, 0) * coalesce(quantity, 0) + ?1 * ?2) / (coalesce(quantity, 0) + ?1),
    quantity = coalesce(quantity, 0) + ?1,
    entry_date = CASE WHEN entry_date = '' THEN ?3 ELSE entry_date END
WHERE id = ?4"""


def save_buy(connection: Connection, symbol: str, name: str, quantity: int, price: int, context: RowContext) -> None:
    """File an executed buy in the row of its selection, or in a new one.

    Buys of a stock still held average into its row; after a full exit a buy
    begins a new trade.
    """
    held = connection.execute(
        "SELECT quantity > 0 FROM positions WHERE environment = ? AND account = ? AND symbol = ?",
        (context.environment, context.account, symbol),
    ).fetchone()
    row = connection.execute(_OPEN_FOR_BUY, (symbol, context.trade_date, bool(held and held[0]))).fetchone()
    if row is None:
        row = connection.execute(
            """INSERT INTO selection_results (stock_code, stock_name, selection_date, origin)
            VALUES (?, ?, ?, 'buy') RETURNING id""",
            (symbol, name, context.trade_date),
        ).fetchone()
    connection.execute(_ADD_BUY, (quantity, price, context.trade_date, row[0]))


def save_holding(connection: Connection, fact: ev.PositionGuarded, context: RowContext) -> None:
    """Give a stock bought outside hantu a row of its own, so that its exit has a place.

    Nothing is added where the position has a selection or an open row already.
    """
    if fact.selection_id or fact.quantity <= 0:
        return
    by_date = connection.execute(_BY_DATE, (fact.symbol, context.trade_date)).fetchone()
    if by_date is not None or connection.execute(_BOUGHT, (fact.symbol,)).fetchone() is not None:
        return
    connection.execute(
        """INSERT INTO selection_results
            (stock_code, stock_name, selection_date, entry_price, quantity, entry_date, origin)
        VALUES (?, ?, ?, ?, ?, ?, 'holding')""",
        (fact.symbol, fact.name, context.trade_date, fact.average_price, fact.quantity, fact.held_since),
    )


def save_exit(connection: Connection, fact: Ended, context: RowContext) -> str:
    """File a completed exit in exactly one row; return why not, in words.

    The row is the position's selection, else the stock's selection of the Korean
    day, else its last buy that has not been exited. What finds no row is kept in
    ``unsaved_exits``. A partial exit changes nothing here, nor does a sell by hand that leaves shares.
    """
    if fact.purpose is Purpose.PARTIAL_PROFIT:
        return ""
    if isinstance(fact, ev.ManualSellFilled) and _still_held(connection, fact.symbol, context):
        return ""
    reason = _REASONS.get(type(fact), "take_profit")
    result = (fact.exit_price, fact.exit_at, fact.pnl, fact.return_rate, reason)
    problem = _file(connection, fact.symbol, fact.selection_id, context.trade_date, result)
    if problem:
        connection.execute(
            """INSERT INTO unsaved_exits (event_id, stock_code, selection_id, trade_date, exit_price, exit_time,
                realized_pnl, realized_return, exit_reason, problem)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (context.event_id, fact.symbol, fact.selection_id, context.trade_date, *result, problem),
        )
    return problem


def retry_unsaved(connection: Connection) -> None:
    """Try again what found no row; done at the daily summary."""
    rows = connection.execute(
        """SELECT event_id, stock_code, selection_id, trade_date, exit_price, exit_time, realized_pnl,
            realized_return, exit_reason FROM unsaved_exits ORDER BY event_id"""
    ).fetchall()
    for event_id, symbol, selection_id, trade_date, *result in rows:
        if not _file(connection, symbol, selection_id, trade_date, tuple(result)):
            connection.execute("DELETE FROM unsaved_exits WHERE event_id = ?", (event_id,))


def _still_held(connection: Connection, symbol: str, context: RowContext) -> bool:
    row = connection.execute(
        "SELECT quantity > 0 FROM positions WHERE environment = ? AND account = ? AND symbol = ?",
        (context.environment, context.account, symbol),
    ).fetchone()
    return bool(row and row[0])


def _file(connection: Connection, symbol: str, selection_id: int, trade_date: str, result: tuple[object, ...]) -> str:
    row = None
    if selection_id:
        row = connection.execute(_BY_ID, (selection_id, symbol)).fetchone()
    else:
        row = connection.execute(_BY_DATE, (symbol, trade_date)).fetchone()
        row = row or connection.execute(_BOUGHT, (symbol,)).fetchone()
    changed = connection.execute(_SAVE_EXIT, (*result, row[0])).rowcount if row is not None else 0
    if changed == 1:
        return ""
    where = f"id {selection_id}" if selection_id else f"{trade_date}"
    return f"selection_results: {changed} rows for {symbol} ({where})"
