"""Rows about the operation itself: kill switch states, the audit trail, daily summaries."""

from datetime import timedelta

import msgspec

from hantu.adapters.store.chain import append
from hantu.adapters.store.row_context import RowContext
from hantu.adapters.store.sqlite import Connection, transaction
from hantu.adapters.store.timestamps import from_text, to_text
from hantu.domain import events as ev
from hantu.domain.commands import KillLevel

GUARD = "guard"
_json = msgspec.json.Encoder()


def audit(
    connection: Connection,
    event_type: str,
    actor: str,
    timestamp: str,
    details: str,
    event_id: str = "",
    correlation_id: str = "",
) -> None:
    """Add one row of ops_audit_log, chained to those before it; ``details`` is JSON text."""
    columns = (event_type, actor or GUARD, timestamp, details, event_id, correlation_id)
    if connection.in_transaction:
        append(connection, columns)
        return
    with transaction(connection):
        append(connection, columns)


def audit_fact(connection: Connection, actor: str, context: RowContext) -> None:
    """Add the row of a fact that is an operation of ``actor``."""
    audit(
        connection, context.event_type, actor, context.timestamp, context.payload, context.event_id,
        context.correlation_id,
    )  # fmt: skip


def kill_on(connection: Connection, fact: ev.KillswitchOn, context: RowContext) -> str:
    """File a kill switch state and who set it."""
    return _kill(connection, fact.level, fact.reason, fact.actor, fact.automatic, context)


def kill_off(connection: Connection, fact: ev.KillswitchOff, context: RowContext) -> str:
    """File the release of the kill switch and who released it."""
    return _kill(connection, KillLevel.OFF, fact.reason, fact.actor, False, context)


def _kill(
    connection: Connection, level: KillLevel, reason: str, actor: str, automatic: bool, context: RowContext
) -> str:
    last = connection.execute("SELECT max(timestamp) FROM system_state").fetchone()[0]
    moment = context.timestamp
    if last is not None and last >= moment:
        # two changes in one instant, or a clock that went back: the newest row must sort last
        moment = to_text(from_text(last) + timedelta(microseconds=1))
    connection.execute(
        "INSERT INTO system_state (timestamp, kill_level, reason, actor, automatic, event_id) VALUES (?, ?, ?, ?, ?, ?)",
        (moment, level.value, reason, actor, int(automatic), context.event_id),
    )
    audit_fact(connection, actor, context)
    return ""


def monitor_started(connection: Connection, _fact: ev.MonitorStarted, context: RowContext) -> str:
    """File that monitoring began."""
    audit_fact(connection, GUARD, context)
    return ""


def actor_row(
    connection: Connection,
    fact: ev.MonitorStopped | ev.SleepLeft | ev.OrderResolvedByPerson | ev.KillswitchReleaseRefused,
    context: RowContext,
) -> str:
    """File what a person or program had the guard do."""
    audit_fact(connection, fact.actor, context)
    return ""


def recovery_row(
    connection: Connection,
    fact: ev.RecoveryBegan | ev.RecoveryStepDone | ev.RecoveryStopped | ev.RecoveryResumed | ev.RecoveryCompleted,
    context: RowContext,
) -> str:
    """File one step of a recovery; a plain start is filed by the lease already."""
    if fact.flow:
        audit_fact(connection, fact.actor, context)
    return ""


def manual_halt(connection: Connection, fact: ev.MarketHalted | ev.MarketResumed, context: RowContext) -> str:
    """File a pause of orders only if a person made it."""
    if fact.source == "manual":
        audit_fact(connection, "operator", context)
    return ""


def daily_summary(connection: Connection, fact: ev.DailySummary, context: RowContext) -> None:
    """File one row a day and account; a later summary of the day replaces it."""
    connection.execute(
        """INSERT OR REPLACE INTO daily_summaries (
            trade_date, account, total_trades, wins, losses, total_pnl, average_win, average_loss, day_return,
            position_count, positions_json, next_opening_at, unsaved, recorded_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            fact.trade_date, context.account, fact.total_trades, fact.wins, fact.losses, fact.total_pnl,
            fact.average_win, fact.average_loss, fact.day_return, fact.position_count,
            _json.encode(fact.positions).decode(), fact.next_opening_at, fact.unsaved, context.timestamp,
        ),
    )  # fmt: skip
