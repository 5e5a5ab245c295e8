"""Read-only questions to the records, answered while the guard writes and without delaying it."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from hantu.adapters.store.answers import (
    AlertRecord,
    AuditRow,
    ChainLink,
    EventRecord,
    ExitRow,
    KillState,
    OrderRow,
    PositionRow,
    SummaryRow,
)
from hantu.adapters.store.loading import read_watchlist
from hantu.adapters.store.maintenance import reading
from hantu.adapters.store.sqlite import Connection
from hantu.domain.commands import KillLevel
from hantu.domain.errors import BrokenError
from hantu.engine.inputs import WatchItem

_ORDERS = """SELECT i.intent_id, i.flow, i.kind, i.state, i.symbol, i.name, i.side, i.purpose, i.quantity,
    i.limit_price, i.filled, i.canceled, coalesce(o.average_fill_price, 0), i.order_no, i.branch_no, i.attempt,
    i.parent, i.code, i.reason, i.trade_date, i.recorded_at, i.sent_at, coalesce(o.accepted_at, ''), i.updated_at
FROM intents i LEFT JOIN orders o ON o.intent_id = i.intent_id"""

_EVENTS = """SELECT event_id, event_type, timestamp, payload_json, produced_by, correlation_id, causation_id,
    environment, account, category FROM event_log"""

ALERTS = """SELECT alert_id, severity, priority, category, message, channel, sent_at, event_id, event_type, event_at,
    attempts, given_up, last_error FROM alert_events"""
_ALERTS_OF_FLOW = f"{ALERTS} WHERE event_id IN (SELECT event_id FROM event_log WHERE correlation_id = ?)"  # noqa: S608

_MEANWHILE = (
    f"{_EVENTS} WHERE event_type IN ('recovery_began', 'recovery_stopped', 'recovery_completed', 'killswitch_on')"
    " AND correlation_id <> ? AND event_id > ? AND event_id < ?"
)

_TRIGGERS = ("stop_loss_reached", "take_profit_reached")
_EXITS = ("stop_loss_filled", "take_profit_filled")

_FLOW_OF = (
    "SELECT correlation_id FROM event_log WHERE correlation_id = ? LIMIT 1",
    "SELECT correlation_id FROM event_log WHERE event_id = ?",
    "SELECT flow FROM intents WHERE intent_id = ?",
    "SELECT i.flow FROM orders o JOIN intents i USING (intent_id) WHERE o.order_no = ? ORDER BY o.trade_date DESC LIMIT 1",
    "SELECT e.correlation_id FROM alert_events a JOIN event_log e USING (event_id) WHERE a.alert_id = ? LIMIT 1",
    "SELECT flow FROM intents WHERE symbol = ? ORDER BY recorded_at DESC LIMIT 1",
)
"""What an id may be, most certain first: flow, event, intent, order number, alert, stock."""


class Queries:
    """Opens the database for each question and closes it again.

    Every method raises BrokenError when the file is missing or unusable.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def positions(self) -> tuple[PositionRow, ...]:
        """Return what was last known to be held, guarded or not."""
        rows = self._rows(
            """SELECT environment, account, symbol, name, quantity, cost, average_price, stop_price, target_price, rule, guarded,
                selection_id, held_since, updated_at
            FROM positions WHERE quantity > 0 ORDER BY symbol, environment, account"""
        )
        return tuple(PositionRow(*row) for row in rows)

    def orders(self, limit: int = 50, state: str | None = None) -> tuple[OrderRow, ...]:
        """Return the newest attempts, newest first; ``state`` is one of the intent states."""
        where = "WHERE i.state = ?" if state else "WHERE ? IS NULL"
        rows = self._rows(f"{_ORDERS} {where} ORDER BY i.recorded_at DESC, i.intent_id DESC LIMIT ?", state, limit)
        return tuple(OrderRow(*row) for row in rows)

    def order(self, order_id: str) -> OrderRow | None:
        """Return one attempt by intent id or order number (the newest of that number)."""
        rows = self._rows(
            f"{_ORDERS} WHERE i.intent_id = ?1 OR i.order_no = ?1 ORDER BY i.recorded_at DESC LIMIT 1", order_id
        )
        return OrderRow(*rows[0]) if rows else None

    def events(self, kind: str | None = None, since: str | None = None, limit: int = 20) -> tuple[EventRecord, ...]:
        """Return the newest ``limit`` events since a UTC text, oldest first; ``Tail`` has what comes after them."""
        where, values = ["1"], []
        for condition, value in (("event_type = ?", kind), ("timestamp >= ?", since)):
            if value is not None:
                where.append(condition)
                values.append(value)
        query = f"{_EVENTS} WHERE {' AND '.join(where)} ORDER BY event_id DESC LIMIT ?"
        rows = self._rows(query, *values, limit)
        return tuple(EventRecord(*row) for row in reversed(rows))

    def explain(self, any_id: str) -> tuple[ChainLink, ...]:
        """Return the whole causal chain, oldest first, of a flow, event, intent, order, alert or stock."""
        with reading(self._path) as connection:
            flow = _flow_of(connection, any_id)
            if not flow:
                return ()
            rows = connection.execute(f"{_EVENTS} WHERE correlation_id = ? ORDER BY event_id", (flow,)).fetchall()
            if rows:
                # A restart in the middle is part of the story, though it is nobody's effect.
                rows += connection.execute(_MEANWHILE, (flow, rows[0][0], rows[-1][0])).fetchall()
                rows.sort(key=lambda row: str(row[0]))
            told: dict[str, list[AlertRecord]] = {}
            for row in connection.execute(_ALERTS_OF_FLOW, (flow,)):
                told.setdefault(row[7], []).append(_alert(row))
        return tuple(_link(EventRecord(*row), tuple(told.get(row[0], ()))) for row in rows)

    def exits(self, limit: int = 50) -> tuple[ExitRow, ...]:
        """Return the newest ``limit`` exits, oldest first."""
        with reading(self._path) as connection:
            triggers = connection.execute(
                f"{_EVENTS} WHERE event_type IN (?, ?) ORDER BY timestamp DESC, event_id DESC LIMIT ?",
                (*_TRIGGERS, limit),
            ).fetchall()
            return tuple(_exit(connection, EventRecord(*row)) for row in reversed(triggers))

    def alerts(self, limit: int = 50, *, unsent: bool = False) -> tuple[AlertRecord, ...]:
        """Return the newest alerts, newest first; ``unsent`` only those no channel has taken yet."""
        rows = self._rows(
            f"{ALERTS} WHERE sent_at = '' OR NOT ? ORDER BY alert_id DESC, channel LIMIT ?", unsent, limit
        )
        return tuple(_alert(row) for row in rows)

    def audit(self, limit: int = 50) -> tuple[AuditRow, ...]:
        """Return who operated, newest first."""
        rows = self._rows(
            """SELECT audit_id, event_type, actor, event_ts, details_json, event_id, correlation_id
            FROM ops_audit_log ORDER BY audit_id DESC LIMIT ?""",
            limit,
        )
        return tuple(AuditRow(*row) for row in rows)

    def kill_state(self) -> KillState:
        """Return the newest kill switch state; a state that cannot be read counts as active."""
        try:
            rows = self._rows(
                "SELECT kill_level, reason, actor, timestamp, automatic FROM system_state ORDER BY timestamp DESC LIMIT 1"
            )
        except BrokenError as error:
            return KillState(KillLevel.ACTIVE, f"상태를 읽을 수 없습니다: {error}", known=False)
        if not rows:
            return KillState(KillLevel.OFF)
        level, reason, actor, since, automatic = rows[0]
        try:
            known = KillLevel(level)
        except ValueError:
            return KillState(KillLevel.ACTIVE, f"알 수 없는 단계: {level}", actor, since, bool(automatic), known=False)
        return KillState(known, reason, actor, since, bool(automatic))

    def summary(self, day: date) -> SummaryRow | None:
        """Return the summary of a Korean day; None before it is made."""
        rows = self._rows(
            """SELECT trade_date, account, total_trades, wins, losses, total_pnl, average_win, average_loss, day_return,
                position_count, positions_json, next_opening_at, unsaved, recorded_at
            FROM daily_summaries WHERE trade_date = ? LIMIT 1""",
            day.isoformat(),
        )
        if not rows:
            return None
        values = list(rows[0])
        values[10] = msgspec.json.decode(values[10], type=tuple[str, ...])
        return SummaryRow(*values)

    def watchlist(self, day: date) -> tuple[WatchItem, ...]:
        """Return the selections of a Korean day, best score first."""
        with reading(self._path) as connection:
            return read_watchlist(connection, day)

    def _rows(self, query: str, *values: object) -> list[Any]:
        with reading(self._path) as connection:
            return connection.execute(query, values).fetchall()


def _flow_of(connection: Connection, any_id: str) -> str:
    for query in _FLOW_OF:
        row = connection.execute(query, (any_id,)).fetchone()
        if row is not None and row[0]:
            return str(row[0])
    return ""


def _alert(row: tuple[Any, ...]) -> AlertRecord:
    return AlertRecord(*row)


def _link(event: EventRecord, alerts: tuple[AlertRecord, ...]) -> ChainLink:
    return ChainLink(
        event.event_id, event.event_type, event.timestamp, event.correlation_id, event.causation_id, event.payload,
        alerts,
    )  # fmt: skip


def _exit(connection: Connection, trigger: EventRecord) -> ExitRow:
    told = trigger.payload
    flow, level = trigger.correlation_id, int(told["level"])
    sent, accepted, attempts = connection.execute(
        """SELECT coalesce(min(nullif(i.sent_at, '')), ''), coalesce(min(o.accepted_at), ''), count(DISTINCT i.intent_id)
        FROM intents i LEFT JOIN orders o ON o.intent_id = i.intent_id WHERE i.flow = ? AND i.kind = 'order'""",
        (flow,),
    ).fetchone()
    first, last, filled, paid = connection.execute(
        """SELECT coalesce(min(filled_at), ''), coalesce(max(filled_at), ''), coalesce(sum(f.quantity), 0),
            coalesce(sum(f.quantity * f.price), 0)
        FROM fills f JOIN intents i ON i.intent_id = f.intent_id WHERE i.flow = ?""",
        (flow,),
    ).fetchone()
    result = connection.execute(
        f"{_EVENTS} WHERE correlation_id = ? AND event_type IN (?, ?) ORDER BY event_id DESC LIMIT 1", (flow, *_EXITS)
    ).fetchone()
    done = EventRecord(*result).payload if result is not None else {}
    price = paid // filled if filled else 0
    slippage = price - level if filled else 0
    return ExitRow(
        flow=flow, symbol=told["symbol"], name=told["name"], purpose=told["purpose"], basis=told["basis"],
        level=level, trigger_price=told["price"], traded_at=told["traded_at"], received_at=told["received_at"],
        decided_at=trigger.timestamp, sent_at=sent, accepted_at=accepted, first_fill_at=first, last_fill_at=last,
        quantity=told["quantity"], filled=filled, average_fill_price=price, slippage=slippage,
        slippage_bps=round(slippage * 10_000 / level) if level else 0, attempts=attempts, pnl=done.get("pnl"),
        return_rate=done.get("return_rate"),
    )  # fmt: skip
