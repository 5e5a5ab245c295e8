"""One entry becomes one transaction: events, projections, alerts, all or nothing."""

from collections.abc import Sequence

import msgspec

from hantu.adapters.store.entries import AlertRow, BatchEntry, DeliveryEntry, EventRow, decode_fact, encode_fact
from hantu.adapters.store.incident_rows import note_incident
from hantu.adapters.store.late_rows import newest_fact, note_late
from hantu.adapters.store.projections import project
from hantu.adapters.store.row_context import RowContext
from hantu.adapters.store.sqlite import Connection, DatabaseError, IntegrityError, OperationalError
from hantu.adapters.store.state_rows import GUARD, audit
from hantu.domain import events as ev
from hantu.domain.errors import DeniedError, FencedError, TokenSpentError

INSERT_EVENT = """INSERT INTO event_log (
    event_id, event_type, timestamp, payload_json, produced_by, version, correlation_id, causation_id,
    environment, account, category)
VALUES (?, ?, ?, ?, ?, '1.0', ?, ?, ?, ?, ?)"""

_INSERT_ALERT = """INSERT INTO alert_events (
    alert_id, severity, category, message, event_id, event_type, alert_key, priority, long_message, event_at,
    symbol)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

PRODUCED_BY_STORE = "store"
"""Marks events the store adds by itself; they are told, not loaded as the guard's facts."""
_json = msgspec.json.Encoder()


def commit_batch(connection: Connection, entry: BatchEntry, facts: Sequence[ev.Fact]) -> tuple[str, ...]:
    """Commit a new entry; return what could not be filed as it should, in words.

    A row that does not fit costs its table, not the events, unless an intent is
    among them: an order nothing guards against repetition must not go out.

    Raises:
        TokenSpentError: The order's one-time token was used before; the events are kept.
        FencedError: The lease is a newer guard's.
        DeniedError: An order for the stock is open already on record.
        OperationalError, DatabaseError: The database does not take the write.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        problems = file_batch(connection, entry, facts)
        connection.execute("COMMIT")
    except TokenSpentError as error:
        _roll_back(connection)
        # The order does not go, and what was decided stays on record: a restart finds the refused intent.
        _events_only(connection, entry, error)
        raise
    except DeniedError:
        _roll_back(connection)
        raise
    except Exception as error:
        _roll_back(connection)
        if is_storage_trouble(error):
            raise
        if has_intent(facts):
            raise DeniedError(
                f"주문 의도를 기록할 수 없어 주문하지 않습니다. ({error})",
                next_step="`hantu orders`로 같은 종목의 진행 중인 주문을 확인하세요.",
            ) from error
        return _events_only(connection, entry, error)
    return problems


def has_intent(facts: Sequence[ev.Fact]) -> bool:
    """Tell whether an order waits for these facts."""
    return any(isinstance(fact, ev.IntentRecorded) for fact in facts)


def file_batch(connection: Connection, entry: BatchEntry, facts: Sequence[ev.Fact]) -> tuple[str, ...]:
    """Write a new entry inside the caller's transaction; return what could not be filed as it should, in words.

    Raises:
        FencedError: An order waits for it, and the lease is a newer guard's.
        DeniedError, DatabaseError: As ``commit_batch``; the caller rolls back.
    """
    if entry.epoch and has_intent(facts):
        require_lease(connection, entry.epoch)
    return _write(connection, entry, facts)


def replay_batch(connection: Connection, entry: BatchEntry) -> tuple[str, ...]:
    """Commit an entry that may be in the database already and whose orders may be out.

    Neither the lease nor a broken projection can refuse it any more: what
    happened is kept, and an audit row says what did not fit.

    Raises:
        OperationalError, DatabaseError: The database does not take the write.
    """
    facts = tuple(_decoded(row.event_type, row.payload) for row in entry.events)
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _known(connection, entry):
            problems: tuple[str, ...] = ()
        else:
            problems = _write(connection, entry, facts)
        connection.execute("COMMIT")
    except Exception as error:
        _roll_back(connection)
        if is_storage_trouble(error):
            raise
        return _events_only(connection, entry, error)
    return problems


def commit_delivery(connection: Connection, entry: DeliveryEntry) -> None:
    """Note what a channel made of an alert; saying it twice changes nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        file_delivery(connection, entry)
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise


def file_delivery(connection: Connection, entry: DeliveryEntry) -> None:
    """Note what a channel made of an alert, inside the caller's transaction."""
    found = connection.execute(
        "SELECT 1 FROM alert_events WHERE alert_id = ? AND channel = ?", (entry.alert_id, entry.channel)
    ).fetchone()
    if found is None:
        renamed = connection.execute(
            "UPDATE alert_events SET channel = ? WHERE alert_id = ? AND channel = ''", (entry.channel, entry.alert_id)
        ).rowcount
        if not renamed:
            connection.execute(
                """INSERT INTO alert_events (alert_id, severity, category, message, channel, event_id, event_type,
                    alert_key, priority, long_message, event_at, due_at, symbol)
                SELECT alert_id, severity, category, message, ?, event_id, event_type, alert_key, priority,
                    long_message, event_at, due_at, symbol
                FROM alert_events WHERE alert_id = ? ORDER BY channel LIMIT 1""",
                (entry.channel, entry.alert_id),
            )
    changed = connection.execute(
        """UPDATE alert_events SET attempts = attempts + 1, last_error = ?, due_at = ?,
            sent_at = CASE WHEN ? THEN ? ELSE sent_at END, given_up = ?
        WHERE alert_id = ? AND channel = ? AND sent_at = ''""",
        (entry.reason, entry.due_at or entry.at, entry.sent, entry.at, int(not entry.sent and not entry.due_at),
         entry.alert_id, entry.channel),
    ).rowcount  # fmt: skip
    if changed:
        _audit_delivery(connection, entry)


def require_lease(connection: Connection, epoch: int) -> None:
    """Refuse unless the lease still has ``epoch``.

    Raises:
        FencedError: A newer guard has taken over.
    """
    row = connection.execute("SELECT epoch, holder FROM lease").fetchone()
    if row is None or row[0] != epoch:
        holder = row[1] if row else "?"
        raise FencedError(
            f"다른 감시 프로세스({holder})가 주문 권한을 이어받아 기록하지 않았습니다.",
            next_step="이 프로세스를 종료하고 `hantu status`로 실행 중인 감시를 확인하세요.",
        )


def is_storage_trouble(error: BaseException) -> bool:
    """Tell a database that takes no writes from a write that does not fit."""
    return isinstance(error, OperationalError | OSError) or (
        isinstance(error, DatabaseError) and not isinstance(error, IntegrityError)
    )


def _write(connection: Connection, entry: BatchEntry, facts: Sequence[ev.Fact | None]) -> tuple[str, ...]:
    problems = []
    newest = newest_fact(connection)
    for row, fact in zip(entry.events, facts, strict=True):
        _insert_event(connection, entry, row, newest)
        if fact is None:
            continue
        context = RowContext(row.event_id, row.event_type, row.timestamp, entry.trade_date, entry.environment,
                             entry.account, row.payload, row.correlation_id)  # fmt: skip
        problem = project(connection, fact, context)
        if problem:
            problems.append(problem)
            _note_unsaved(connection, entry, row, problem, newest)
    for alert in entry.alerts:
        _insert_alert(connection, alert)
    return tuple(problems)


def _insert_event(connection: Connection, entry: BatchEntry, row: EventRow, newest: str) -> None:
    connection.execute(
        INSERT_EVENT,
        (row.event_id, row.event_type, row.timestamp, row.payload, entry.produced_by, row.correlation_id,
         row.causation_id, entry.environment, entry.account, row.category),
    )  # fmt: skip
    if row.event_id < newest:
        note_late(connection, row.event_id, newest)


def _insert_alert(connection: Connection, alert: AlertRow) -> None:
    connection.execute(
        _INSERT_ALERT,
        (alert.alert_id, alert.severity, alert.category, alert.short, alert.event_id, alert.event_type, alert.key,
         alert.priority, alert.long, alert.event_at, alert.symbol),
    )  # fmt: skip
    note_incident(connection, alert)


def _note_unsaved(connection: Connection, entry: BatchEntry, cause: EventRow, problem: str, newest: str) -> None:
    """Record in the same transaction that a trade's result found no row."""
    fact = ev.TradeSaveFailed(attempts=1, reason=problem)
    # the id next to its cause's: same moment and counter, tail one higher
    tail = (int(cause.event_id[24:], 16) + 1) % (1 << 48)
    row = EventRow(f"{cause.event_id[:24]}{tail:012x}", ev.event_type(fact), cause.timestamp, encode_fact(fact),
                   cause.correlation_id, cause.event_id, cause.category)  # fmt: skip
    _insert_event(connection, msgspec.structs.replace(entry, produced_by=PRODUCED_BY_STORE), row, newest)


def _events_only(connection: Connection, entry: BatchEntry, error: Exception) -> tuple[str, ...]:
    problem = f"events kept, tables not updated: {error}"
    connection.execute("BEGIN IMMEDIATE")
    try:
        newest = newest_fact(connection)
        for row in entry.events:
            _insert_event(connection, entry, row, newest)
        for alert in entry.alerts:
            _insert_alert(connection, alert)
        details = _json.encode({"problem": str(error), "events": [row.event_id for row in entry.events]}).decode()
        audit(connection, "projection_failed", GUARD, entry.at, details, entry.events[0].event_id)
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise
    return (problem,)


def _known(connection: Connection, entry: BatchEntry) -> bool:
    first = entry.events[0].event_id
    return connection.execute("SELECT 1 FROM event_log WHERE event_id = ?", (first,)).fetchone() is not None


def _decoded(event_type: str, payload: str) -> ev.Fact | None:
    try:
        return decode_fact(event_type, payload)
    except ValueError:
        return None  # the event is kept as it is; only its projection is lost


def _audit_delivery(connection: Connection, entry: DeliveryEntry) -> None:
    """Record one attempt; the alert's own event leads from it to what was told."""
    event_id, attempts, correlation = connection.execute(
        """SELECT a.event_id, a.attempts, coalesce(e.correlation_id, '')
        FROM alert_events a LEFT JOIN event_log e USING (event_id) WHERE a.alert_id = ? AND a.channel = ?""",
        (entry.alert_id, entry.channel),
    ).fetchone()
    details = {"alert_id": entry.alert_id, "channel": entry.channel, "attempt": attempts}
    if not entry.sent:
        details |= {"reason": entry.reason, "next_try_at": entry.due_at}
    kind = "alert_sent" if entry.sent else "alert_failed" if entry.due_at else "alert_given_up"
    audit(connection, kind, GUARD, entry.at, _json.encode(details).decode(), event_id, correlation)


def _roll_back(connection: Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
