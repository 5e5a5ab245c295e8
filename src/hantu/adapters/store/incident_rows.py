"""A critical alert opens an incident, or joins the one its cause has open; in the alert's own transaction.

That is cheap: nothing happens unless an alert is critical, and then it is one
indexed statement in the writer's thread. The savepoint sees to it that an
incident that cannot be filed never costs the fact, the alert or an order.
"""

import msgspec

from hantu.adapters.store.entries import AlertRow
from hantu.adapters.store.sqlite import Connection, DatabaseError
from hantu.adapters.store.state_rows import GUARD, audit
from hantu.domain.alert import Severity
from hantu.telemetry import get_logger

NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
_json = msgspec.json.Encoder()
_log = get_logger(__name__, "system")


def note_incident(connection: Connection, alert: AlertRow) -> None:
    """File what a critical alert means for people; others pass. To be called inside a transaction.

    Raises:
        DatabaseError: The transaction itself is lost, as with a full disk.
    """
    if alert.severity != Severity.CRITICAL.value:
        return
    connection.execute("SAVEPOINT incident")
    try:
        _join_or_open(connection, alert)
    except DatabaseError as error:
        # Fails too where the whole transaction is gone; that is for the caller.
        connection.execute("ROLLBACK TO incident")
        _log.error("장애를 기록하지 못했습니다(사실과 알림은 남음): %s", error)
    connection.execute("RELEASE incident")


def _join_or_open(connection: Connection, alert: AlertRow) -> None:
    cause = f"{alert.event_type}:{alert.symbol}"
    joined = connection.execute(
        "UPDATE incidents SET occurrences = occurrences + 1, last_at = ? WHERE cause = ? AND closed_at = ''",
        (alert.event_at, cause),
    ).rowcount
    if joined:
        return
    found = connection.execute("SELECT correlation_id FROM event_log WHERE event_id = ?", (alert.event_id,)).fetchone()
    flow = str(found[0]) if found else ""
    number = connection.execute(
        f"""INSERT INTO incidents (cause, event_type, symbol, title, event_id, alert_id, correlation_id, opened_at,
            recorded_at, last_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, {NOW}, ?)""",  # noqa: S608 - our own words
        (cause, alert.event_type, alert.symbol, alert.short, alert.event_id, alert.alert_id, flow, alert.event_at,
         alert.event_at),
    ).lastrowid  # fmt: skip
    connection.execute(
        "INSERT INTO incident_log (incident_id, at, kind, actor, text) VALUES (?, ?, 'opened', ?, ?)",
        (number, alert.event_at, GUARD, alert.short),
    )
    details = _json.encode({"incident": number, "cause": cause, "alert_id": alert.alert_id}).decode()
    audit(connection, "incident_opened", GUARD, alert.event_at, details, alert.event_id, flow)
