"""The time line of an incident: facts, alerts, acknowledgements, kill switch, recovery, and what people did.

It is put together when it is read. What happened belongs to it by its flow, by
its cause (same type and stock), or because it moved the kill switch or a
recovery while the incident was open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hantu.adapters.store.sqlite import Connection
from hantu.alerting.rows import CATALOGUE

FACTS_MAX = 200
"""Facts of one kind of belonging, the oldest ones; the rest is counted."""
MEANWHILE = (
    "killswitch_on", "killswitch_off", "killswitch_release_refused", "recovery_began", "recovery_step_done",
    "recovery_stopped", "recovery_resumed", "recovery_completed",
)  # fmt: skip
_EVENT = "event_id, event_type, timestamp, correlation_id, payload_json"


class Told(Protocol):
    """What a time line needs of an incident."""

    incident_id: int
    event_type: str
    symbol: str
    event_id: str
    correlation_id: str
    opened_at: str
    closed_at: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One line; ``source`` is fact, ended, kill, recovery, alert, ack or person. ``at`` is UTC text."""

    at: str
    source: str
    kind: str
    who: str
    text: str
    event_id: str = ""
    correlation_id: str = ""


def moments_of(connection: Connection, told: Any) -> tuple[Moment, ...]:
    """Return the time line, oldest first."""
    facts = _facts(connection, told)
    found = [_moment(row, told) for row in facts]
    found += _alerts(connection, told)
    found += [
        Moment(str(at), "person", str(kind), str(actor), str(text))
        for at, kind, actor, text in connection.execute(
            "SELECT at, kind, actor, text FROM incident_log WHERE incident_id = ? ORDER BY entry_id",
            (told.incident_id,),
        )
    ]
    return tuple(sorted(found, key=lambda one: one.at))


def _facts(connection: Connection, told: Told) -> list[Sequence[Any]]:
    until = told.closed_at or "9"
    # A practice market's clock is not the machine's: what closed it may lie before what opened it.
    until = "9" if until < told.opened_at else until
    ends = tuple(name for name, row in CATALOGUE.items() if told.event_type in row.ends)
    around = (*MEANWHILE, *ends)
    marks = ", ".join("?" * len(around))
    rows: dict[str, Sequence[Any]] = {}
    for where, values in (
        ("event_id = ?", (told.event_id,)),
        ("correlation_id = ? AND ? <> ''", (told.correlation_id, told.correlation_id)),
        ("event_type = ? AND timestamp BETWEEN ? AND ? AND coalesce(payload_json ->> '$.symbol', '') = ?",
         (told.event_type, told.opened_at, until, told.symbol)),
        (f"event_type IN ({marks}) AND timestamp BETWEEN ? AND ?", (*around, told.opened_at, until)),
    ):  # fmt: skip
        query = f"SELECT {_EVENT} FROM event_log WHERE {where} ORDER BY event_id LIMIT ?"  # noqa: S608 - our own words
        rows |= {str(row[0]): row for row in connection.execute(query, (*values, FACTS_MAX))}
    return list(rows.values())


def _moment(row: Sequence[Any], told: Told) -> Moment:
    event_id, kind, at, flow, payload = (str(value) for value in row)
    if kind.startswith("killswitch"):
        source = "kill"
    elif kind.startswith("recovery"):
        source = "recovery"
    else:
        ended = CATALOGUE.get(kind)
        source = "ended" if ended is not None and told.event_type in ended.ends else "fact"
    return Moment(at, source, kind, "", payload, event_id, flow)


def _alerts(connection: Connection, told: Told) -> list[Moment]:
    """Return what was told of the flow and the cause, and who acknowledged it."""
    rows = connection.execute(
        """SELECT alert_id, event_at, message, channel, sent_at, last_error, event_type FROM alert_events
        WHERE event_id = ?1 OR (event_type = ?2 AND symbol = ?3 AND event_at >= ?4)
            OR (?5 <> '' AND event_id IN (SELECT event_id FROM event_log WHERE correlation_id = ?5))
        ORDER BY alert_id, channel LIMIT ?6""",
        (told.event_id, told.event_type, told.symbol, told.opened_at, told.correlation_id, FACTS_MAX),
    ).fetchall()
    found, numbers = [], []
    for number, at, message, channel, sent_at, error, kind in rows:
        numbers.append(number)
        state = f"보냄({channel})" if sent_at else f"보내지 못함({channel}: {error})" if error else "대기 중"
        found.append(Moment(str(sent_at or at), "alert", str(kind), str(channel), f"{message} - {state}"))
    marks = ", ".join("?" * len(numbers))
    acks = connection.execute(
        f"SELECT acked_at, author, alert_id, done FROM alert_acks WHERE alert_id IN ({marks})",  # noqa: S608
        numbers,
    )
    found += [
        Moment(str(at), "ack", "alert_acknowledged", str(author), f"알림 {number}번" + (", 끝난 일" if done else ""))
        for at, author, number, done in acks
    ]
    return found
