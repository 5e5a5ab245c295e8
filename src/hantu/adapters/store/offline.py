"""What people record while no guard runs, in the same tables and with the same trail."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from hantu.adapters.store.commit import INSERT_EVENT
from hantu.adapters.store.entries import encode_fact
from hantu.adapters.store.event_ids import EventIds
from hantu.adapters.store.maintenance import NOW, writing
from hantu.adapters.store.row_context import RowContext
from hantu.adapters.store.sqlite import Connection
from hantu.adapters.store.state_rows import audit, audit_fact, kill_off, kill_on
from hantu.domain import events as ev
from hantu.domain.commands import KillLevel

MANUAL_EVENT = "manual_event"
_json = msgspec.json.Encoder()


def record_kill(database: Path, *, level: KillLevel, reason: str, actor: str) -> None:
    """Set the kill switch in the records; the next guard starts with it.

    Raises:
        BrokenError: The database does not take the write.
    """
    with writing(database) as connection:
        if level is KillLevel.OFF:
            released = ev.KillswitchOff(actor, reason)
            context = _insert(connection, ev.event_type(released), encode_fact(released), actor)
            kill_off(connection, released, context)
        else:
            fact = ev.KillswitchOn(level, actor, reason, automatic=False)
            context = _insert(connection, ev.event_type(fact), encode_fact(fact), actor)
            kill_on(connection, fact, context)


def add_manual_event(database: Path, kind: str, text: str, *, actor: str, correlation_id: str = "") -> str:
    """Record an operations event a person reports, marked as manual; return its event id.

    ``correlation_id`` is the flow it belongs to; its own id otherwise.

    Raises:
        BrokenError: The database does not take the write.
    """
    payload = _json.encode({"kind": kind, "text": text, "actor": actor, "manual": True}).decode()
    with writing(database) as connection:
        context = _insert(connection, MANUAL_EVENT, payload, actor, correlation_id)
        audit_fact(connection, actor, context)
    return context.event_id


def record_operation(database: Path, operation: str, details: Mapping[str, object], *, actor: str) -> None:
    """Record what a person did that is no event of the guard: an export, a copy, a refused wish.

    Raises:
        BrokenError: The database does not take the write.
    """
    with writing(database) as connection:
        moment = connection.execute(f"SELECT {NOW}").fetchone()[0]
        audit(connection, operation, actor, moment, _json.encode(details).decode())


def _insert(connection: Connection, event_type: str, payload: str, actor: str, correlation_id: str = "") -> RowContext:
    timestamp, millis, last = connection.execute(
        f"SELECT {NOW}, CAST(unixepoch('subsec') * 1000 AS INTEGER), (SELECT max(event_id) FROM event_log)"  # noqa: S608 - our own words
    ).fetchone()
    ids = EventIds()
    if last:
        ids.continue_after(last)
    event_id = ids.next(millis)
    flow = correlation_id or event_id
    connection.execute(
        INSERT_EVENT, (event_id, event_type, timestamp, payload, actor or "operator", flow, "", "", "", "OPS-06")
    )
    return RowContext(event_id, event_type, timestamp, "", "", "", payload, flow)
