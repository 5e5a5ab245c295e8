"""The last known positions, for people; sizes follow the guard's own view."""

from hantu.adapters.store.row_context import RowContext
from hantu.adapters.store.sqlite import Connection
from hantu.domain import events as ev

_GUARDED = """INSERT INTO positions (
    environment, account, symbol, name, quantity, cost, average_price, stop_price, target_price, rule, guarded,
    selection_id, held_since, updated_at, trailing, high, partial_done)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)
ON CONFLICT (environment, account, symbol) DO UPDATE SET
    name = excluded.name, quantity = excluded.quantity, cost = excluded.cost,
    average_price = excluded.average_price, stop_price = excluded.stop_price,
    target_price = excluded.target_price, rule = excluded.rule, guarded = 1, updated_at = excluded.updated_at,
    trailing = excluded.trailing, high = excluded.high, partial_done = excluded.partial_done,
    selection_id = CASE WHEN excluded.selection_id > 0 OR positions.quantity = 0
                        THEN excluded.selection_id ELSE positions.selection_id END,
    held_since = CASE WHEN excluded.held_since <> '' OR positions.quantity = 0
                      THEN excluded.held_since ELSE positions.held_since END"""

_UNGUARDED = """INSERT INTO positions (environment, account, symbol, name, quantity, guarded, updated_at)
VALUES (?, ?, ?, ?, ?, 0, ?)
ON CONFLICT (environment, account, symbol) DO UPDATE SET
    name = excluded.name, quantity = excluded.quantity, guarded = 0, stop_price = 0, target_price = 0, rule = '',
    updated_at = excluded.updated_at"""

_RESIZED = """UPDATE positions SET
    cost = CASE WHEN quantity > 0 THEN cost * ?1 / quantity ELSE cost END, quantity = ?1, updated_at = ?2
WHERE environment = ?3 AND account = ?4 AND symbol = ?5"""

_SOLD = """UPDATE positions SET
    cost = cost * max(quantity - ?1, 0) / quantity, quantity = max(quantity - ?1, 0), updated_at = ?2
WHERE environment = ?3 AND account = ?4 AND symbol = ?5 AND quantity > 0"""


def guarded(connection: Connection, fact: ev.PositionGuarded, context: RowContext) -> str:
    """File a holding with its levels."""
    connection.execute(
        _GUARDED,
        (
            context.environment, context.account, fact.symbol, fact.name, fact.quantity, fact.cost, fact.average_price, fact.stop_price,
            fact.target_price, fact.rule, fact.selection_id, fact.held_since, context.timestamp, int(fact.trailing),
            fact.high, int(fact.partial_done),
        ),
    )  # fmt: skip
    return ""


def unguarded(connection: Connection, fact: ev.PositionUnguarded, context: RowContext) -> str:
    """File a holding nobody asked to guard."""
    connection.execute(
        _UNGUARDED, (context.environment, context.account, fact.symbol, fact.name, fact.quantity, context.timestamp)
    )
    return ""


def changed(connection: Connection, fact: ev.PositionChanged, context: RowContext) -> str:
    """File a size the broker reports."""
    connection.execute(_RESIZED, (fact.after, context.timestamp, context.environment, context.account, fact.symbol))
    return ""


def closed(connection: Connection, fact: ev.PositionClosed, context: RowContext) -> str:
    """File that nothing is held any more; the row stays as history of the last levels."""
    connection.execute(_RESIZED, (0, context.timestamp, context.environment, context.account, fact.symbol))
    return ""


def sold(connection: Connection, symbol: str, quantity: int, context: RowContext) -> None:
    """Take sold shares off; their cost leaves in proportion."""
    connection.execute(_SOLD, (quantity, context.timestamp, context.environment, context.account, symbol))


def stop_raised(connection: Connection, fact: ev.TrailingStopRaised, context: RowContext) -> str:
    """File the stop a trailing rule has raised."""
    connection.execute(
        "UPDATE positions SET stop_price = ?, trailing = 1, high = ?, updated_at = ? "
        "WHERE environment = ? AND account = ? AND symbol = ?",
        (fact.stop_price, fact.high, context.timestamp, context.environment, context.account, fact.symbol),
    )
    return ""


def partial_taken(connection: Connection, symbol: str, context: RowContext) -> None:
    """File that the first profit of a position was taken; it is not taken again."""
    connection.execute(
        "UPDATE positions SET partial_done = 1, updated_at = ? WHERE environment = ? AND account = ? AND symbol = ?",
        (context.timestamp, context.environment, context.account, symbol),
    )
