"""Facts as rows of the tables people query; runs inside the transaction of its batch."""

from collections.abc import Callable
from typing import Any

import msgspec

from hantu.adapters.store import position_rows, selection_rows, state_rows, token_rows
from hantu.adapters.store.intent_states import Progress, advance, change_of
from hantu.adapters.store.row_context import RowContext
from hantu.adapters.store.sqlite import Connection
from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.delays import notice_delay_ms
from hantu.domain.order import IntentState, Purpose

_INSERT_INTENT = """INSERT INTO intents (
    intent_id, flow, kind, state, account, environment, symbol, name, side, purpose, target, quantity,
    limit_price, order_type, venue, attempt, parent, held, average_price, epoch, baseline_json, trade_date,
    recorded_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (intent_id) DO UPDATE SET
    state = excluded.state, target = excluded.target, quantity = excluded.quantity,
    limit_price = excluded.limit_price, attempt = excluded.attempt, held = excluded.held,
    average_price = excluded.average_price, epoch = excluded.epoch, baseline_json = excluded.baseline_json,
    updated_at = excluded.updated_at"""

_UPDATE_INTENT = """UPDATE intents SET state = ?, filled = ?, canceled = ?, updated_at = ?,
    order_no = coalesce(nullif(?, ''), order_no), branch_no = coalesce(nullif(?, ''), branch_no),
    sent_at = coalesce(nullif(?, ''), sent_at), code = coalesce(nullif(?, ''), code),
    reason = coalesce(nullif(?, ''), reason)
WHERE intent_id = ?"""

_INSERT_ORDER = """INSERT INTO orders (
    trade_date, account, order_no, intent_id, branch_no, symbol, name, side, purpose, quantity, limit_price,
    filled, state, ordered_at, sent_at, accepted_at, how)
SELECT ?, ?, ?, intent_id, ?, symbol, name, side, purpose, quantity, limit_price, filled, state, ?, ?, ?, ?
FROM intents WHERE intent_id = ?
ON CONFLICT (trade_date, account, order_no) DO NOTHING"""

_UPDATE_ORDER = "UPDATE orders SET state = ?, filled = ? WHERE intent_id = ?"

_AVERAGE_FILL = """UPDATE orders SET average_fill_price = (
    SELECT sum(quantity * price) / sum(quantity) FROM fills WHERE intent_id = ?1)
WHERE intent_id = ?1"""

_INSERT_FILL = """INSERT INTO fills (
    event_id, trade_date, account, intent_id, order_no, symbol, name, side, quantity, price, cumulative,
    filled_at, received_at, source)
VALUES (?, ?, ?, (SELECT intent_id FROM intents WHERE intent_id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

_INSERT_METRIC = "INSERT INTO monitoring_metrics (metric_name, metric_value, recorded_at) VALUES (?, ?, ?)"

_text_list = msgspec.json.Encoder()


def project(connection: Connection, fact: ev.Fact, context: RowContext) -> str:
    """Write the rows of one fact; return a problem in words, or an empty text.

    Raises:
        IntegrityError: A second open order for the same account, stock and side.
        TokenSpentError: The order's one-time token was used before.
    """
    if isinstance(fact, ev.IntentRecorded):
        _intent_recorded(connection, fact, context)
        return ""
    if change_of(fact) is not None:
        _intent_changed(connection, fact, context)
    writer = _WRITERS.get(type(fact))
    return writer(connection, fact, context) if writer is not None else ""


def _intent_recorded(connection: Connection, fact: ev.IntentRecorded, context: RowContext) -> None:
    connection.execute(
        _INSERT_INTENT,
        (
            fact.intent_id, fact.flow, fact.kind, fact.state.value, context.account, context.environment,
            fact.symbol, fact.name, fact.side.value, fact.purpose.value, fact.target, fact.quantity,
            fact.limit_price, fact.order_type.value, fact.venue, fact.attempt, fact.parent, fact.held,
            fact.average_price, fact.epoch, _text_list.encode(fact.baseline).decode(),
            fact.trade_date or context.trade_date, context.timestamp, context.timestamp,
        ),
    )  # fmt: skip
    token_rows.spend(connection, fact, context)


def _intent_changed(connection: Connection, fact: ev.Fact, context: RowContext) -> None:
    change = change_of(fact)
    assert change is not None
    row = connection.execute(
        "SELECT state, quantity, filled, canceled FROM intents WHERE intent_id = ?", (change.intent_id,)
    ).fetchone()
    if row is None:
        return  # restored from an older backup; the event itself is kept
    after = advance(Progress(IntentState(row[0]), row[1], row[2], row[3]), change)
    connection.execute(
        _UPDATE_INTENT,
        (
            after.state.value, after.filled, after.canceled, context.timestamp, change.order_no, change.branch_no,
            change.sent_at, change.code, change.reason, change.intent_id,
        ),
    )  # fmt: skip
    connection.execute(_UPDATE_ORDER, (after.state.value, after.filled, change.intent_id))


def _order_accepted(connection: Connection, fact: ev.OrderAccepted, context: RowContext) -> str:
    connection.execute(
        _INSERT_ORDER,
        (
            context.trade_date, context.account, fact.order_no, fact.branch_no, fact.ordered_at, fact.sent_at,
            fact.accepted_at, fact.how, fact.intent_id,
        ),
    )  # fmt: skip
    return ""


def _order_filled(connection: Connection, fact: ev.OrderFilled, context: RowContext) -> str:
    connection.execute(
        _INSERT_FILL,
        (
            context.event_id, context.trade_date, context.account, fact.intent_id, fact.order_no, fact.symbol,
            fact.name, fact.side.value, fact.quantity, fact.price, fact.cumulative, fact.filled_at,
            fact.received_at, fact.source,
        ),
    )  # fmt: skip
    connection.execute(_AVERAGE_FILL, (fact.intent_id,))
    if fact.source == "notice":
        delay = notice_delay_ms(fact.filled_at, fact.received_at)
        if delay is not None:
            connection.execute(_INSERT_METRIC, ("fill_notice_delay_ms", delay, context.timestamp))
    if fact.side is Side.BUY:
        selection_rows.save_buy(connection, fact.symbol, fact.name, fact.quantity, fact.price, context)
    else:
        position_rows.sold(connection, fact.symbol, fact.quantity, context)
    return ""


def _foreign_fill(connection: Connection, fact: ev.ForeignFill, context: RowContext) -> str:
    connection.execute(
        _INSERT_FILL,
        (
            context.event_id, context.trade_date, context.account, "", fact.order_no, fact.symbol, fact.name,
            fact.side.value, fact.quantity, fact.price, 0, context.timestamp, context.timestamp, "foreign",
        ),
    )  # fmt: skip
    if fact.side is Side.BUY:
        selection_rows.save_buy(connection, fact.symbol, fact.name, fact.quantity, fact.price, context)
    return ""


def _position_guarded(connection: Connection, fact: ev.PositionGuarded, context: RowContext) -> str:
    selection_rows.save_holding(connection, fact, context)
    return position_rows.guarded(connection, fact, context)


def _exit_filled(connection: Connection, fact: selection_rows.Ended, context: RowContext) -> str:
    if fact.purpose is Purpose.PARTIAL_PROFIT:
        position_rows.partial_taken(connection, fact.symbol, context)
    return selection_rows.save_exit(connection, fact, context)


def _daily_summary(connection: Connection, fact: ev.DailySummary, context: RowContext) -> str:
    state_rows.daily_summary(connection, fact, context)
    selection_rows.retry_unsaved(connection)
    return ""


_WRITERS: dict[type, Callable[[Connection, Any, RowContext], str]] = {
    ev.OrderAccepted: _order_accepted,
    ev.OrderFilled: _order_filled,
    ev.ForeignFill: _foreign_fill,
    ev.StopLossFilled: _exit_filled,
    ev.TakeProfitFilled: _exit_filled,
    ev.ManualSellFilled: _exit_filled,
    ev.MandateReviewDue: token_rows.reminded,
    ev.DailySummary: _daily_summary,
    ev.PositionGuarded: _position_guarded,
    ev.PositionUnguarded: position_rows.unguarded,
    ev.PositionChanged: position_rows.changed,
    ev.PositionClosed: position_rows.closed,
    ev.TrailingStopRaised: position_rows.stop_raised,
    ev.KillswitchOn: state_rows.kill_on,
    ev.KillswitchOff: state_rows.kill_off,
    ev.KillswitchReleaseRefused: state_rows.actor_row,
    ev.MonitorStarted: state_rows.monitor_started,
    ev.MonitorStopped: state_rows.actor_row,
    ev.SleepLeft: state_rows.actor_row,
    ev.MarketHalted: state_rows.manual_halt,
    ev.MarketResumed: state_rows.manual_halt,
    ev.RecoveryBegan: state_rows.recovery_row,
    ev.RecoveryStepDone: state_rows.recovery_row,
    ev.RecoveryStopped: state_rows.recovery_row,
    ev.RecoveryResumed: state_rows.recovery_row,
    ev.RecoveryCompleted: state_rows.recovery_row,
    ev.OrderResolvedByPerson: state_rows.actor_row,
}
