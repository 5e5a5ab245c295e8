"""Incidents as people deal with them: who has it, who saw it, what was decided, how it ended.

Every function opens the database for one short transaction of its own, and
every act leaves a row in ``incident_log`` and one in the audit trail.
"""

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from hantu.adapters.store.incident_rows import NOW
from hantu.adapters.store.incident_story import Moment, moments_of
from hantu.adapters.store.maintenance import reading, writing
from hantu.adapters.store.sqlite import Connection
from hantu.adapters.store.state_rows import GUARD, audit
from hantu.domain.errors import DeniedError, UsageError

DECISIONS: Final = {
    "hotfix": "바로 고침", "rollback": "이전 버전으로 되돌림", "restart": "다시 시작", "observe": "지켜봄",
    "none": "조치 불필요",
}  # fmt: skip
"""What may be decided, and its word."""
_json = msgspec.json.Encoder()
_COLUMNS = """incident_id, cause, event_type, symbol, title, event_id, alert_id, correlation_id, opened_at, recorded_at,
    last_at, occurrences, assignee, acked_by, acked_at, escalated_at, decision, decided_by, decided_at, closed_by,
    closed_at, report"""
_ONE = f"SELECT {_COLUMNS} FROM incidents WHERE incident_id = ?"  # noqa: S608 - our own words
_OVERDUE = (
    "closed_at = '' AND acked_at = '' AND escalated_at = '' AND recorded_at <= strftime('%Y-%m-%d %H:%M:%f', 'now', ?)"
)


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident; empty text = not yet. Times are UTC text."""

    incident_id: int
    cause: str
    """Event type and stock."""
    event_type: str
    symbol: str
    title: str
    event_id: str
    alert_id: int
    correlation_id: str
    opened_at: str
    recorded_at: str
    last_at: str
    occurrences: int
    assignee: str
    acked_by: str
    acked_at: str
    escalated_at: str
    decision: str
    """One of DECISIONS and why."""
    decided_by: str
    decided_at: str
    closed_by: str
    closed_at: str
    report: str

    @property
    def state(self) -> str:
        """``open``, ``acknowledged``, ``escalated``, ``decided`` or ``closed``."""
        if self.closed_at:
            return "closed"
        if self.decided_at:
            return "decided"
        return "acknowledged" if self.acked_at else "escalated" if self.escalated_at else "open"


@dataclass(frozen=True, slots=True)
class Escalation:
    """One incident nobody acknowledged in time, and who has it now."""

    incident_id: int
    title: str
    assignee: str


def incidents(database: Path, limit: int = 50, *, every: bool = False) -> tuple[Incident, ...]:
    """Return open incidents, or all, newest first."""
    with reading(database) as connection:
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM incidents WHERE ? OR closed_at = '' ORDER BY incident_id DESC LIMIT ?",  # noqa: S608
            (every, limit),
        ).fetchall()
    return tuple(Incident(*row) for row in rows)


def incident(database: Path, number: int) -> Incident:
    """Return one incident.

    Raises:
        UsageError: There is none of that number.
    """
    with reading(database) as connection:
        return _one(connection, number)


def story(database: Path, number: int) -> tuple[Incident, tuple[Moment, ...]]:
    """Return one incident and its time line.

    Raises:
        UsageError: There is none of that number.
    """
    with reading(database) as connection:
        found = _one(connection, number)
        return found, moments_of(connection, found)


def acknowledge(database: Path, number: int, *, actor: str, note: str = "") -> Incident:
    """Note that a person has seen it; who has none is its assignee from now on.

    Raises:
        UsageError: There is none of that number.
        DeniedError: It is closed, or somebody has acknowledged it.
    """
    with _acting(database, number) as (connection, found):
        if found.acked_at:
            raise DeniedError(
                f"장애 {number}번은 {found.acked_by} 이(가) 이미 확인했습니다.",
                next_step=f"맡으려면 `hantu incidents assign {number} 이름`.",
            )
        connection.execute(
            f"""UPDATE incidents SET acked_by = ?, acked_at = {NOW},
                assignee = CASE assignee WHEN '' THEN ? ELSE assignee END WHERE incident_id = ?""",  # noqa: S608
            (actor, actor, number),
        )
        return _noted(connection, number, "acknowledged", actor, note)


def assign(database: Path, number: int, assignee: str, *, actor: str) -> Incident:
    """Give it to a person.

    Raises:
        UsageError: There is none of that number.
        DeniedError: It is closed.
    """
    with _acting(database, number) as (connection, _):
        _give(connection, number, assignee)
        return _noted(connection, number, "assigned", actor, assignee)


def decide(database: Path, number: int, decision: str, reason: str, *, actor: str) -> Incident:
    """Record what is done about it, and who said so; a later decision replaces it, both stay in the log.

    Raises:
        UsageError: No such decision, no reason, or no such number.
        DeniedError: It is closed.
    """
    if decision not in DECISIONS or not reason.strip():
        words = ", ".join(f"{name}({word})" for name, word in DECISIONS.items())
        raise UsageError("결정과 이유가 필요합니다.", next_step=f"결정은 다음 중 하나입니다: {words}.")
    text = f"{decision}: {reason.strip()}"
    with _acting(database, number) as (connection, _):
        connection.execute(
            f"UPDATE incidents SET decision = ?, decided_by = ?, decided_at = {NOW} WHERE incident_id = ?",  # noqa: S608
            (text, actor, number),
        )
        return _noted(connection, number, "decided", actor, text)


def close(
    database: Path, number: int, summary: str, *, actor: str,
    write: Callable[[Incident, Sequence[Moment], str], str],
) -> Incident:  # fmt: skip
    """End it with a report, which ``write`` makes of the incident, its time line and the summary.

    Raises:
        UsageError: No summary, or no such number.
        DeniedError: It is closed already, or nobody has decided anything.
    """
    if not summary.strip():
        raise UsageError("맺음말이 필요합니다.", next_step='`--summary "원인과 조치"` 를 적어 주세요.')
    with _acting(database, number) as (connection, found):
        if not found.decided_at:
            raise DeniedError(
                f"장애 {number}번은 아직 결정이 없어 닫을 수 없습니다.",
                next_step=f'`hantu incidents decide {number} none --reason "이유"` 처럼 먼저 결정하세요.',
            )
        connection.execute(
            f"UPDATE incidents SET closed_by = ?, closed_at = {NOW} WHERE incident_id = ?",  # noqa: S608
            (actor, number),
        )
        ended = _noted(connection, number, "closed", actor, summary.strip())
        report = write(ended, moments_of(connection, ended), summary.strip())
        connection.execute("UPDATE incidents SET report = ? WHERE incident_id = ?", (report, number))
        return _one(connection, number)


def note_bundle(database: Path, number: int, file: str, *, actor: str) -> None:
    """Record that a diagnostic bundle was made, of a closed incident too."""
    with writing(database) as connection:
        _one(connection, number)
        _noted(connection, number, "bundled", actor, file)


def look_after(database: Path, duty: Sequence[str], after_s: float) -> tuple[Escalation, ...]:
    """Give open incidents to the first on duty, and those nobody acknowledged in time to the next; return the latter.

    ``after_s`` are real seconds since it was recorded. Each incident is escalated once.

    Raises:
        BrokenError: The records cannot be read or written.
    """
    late = f"-{after_s:.3f} seconds"
    with reading(database) as connection:
        wanting = connection.execute(
            f"SELECT 1 FROM incidents WHERE {_OVERDUE} OR (closed_at = '' AND assignee = '' AND ?) LIMIT 1",  # noqa: S608
            (late, bool(duty)),
        ).fetchone()
    if wanting is None:
        return ()
    told = []
    with writing(database) as connection:
        new = connection.execute("SELECT incident_id FROM incidents WHERE closed_at = '' AND assignee = ''").fetchall()
        for (number,) in new if duty else ():
            _give(connection, number, duty[0])
            _noted(connection, number, "assigned", GUARD, duty[0])
        rows = connection.execute(f"SELECT {_COLUMNS} FROM incidents WHERE {_OVERDUE} ORDER BY incident_id", (late,))  # noqa: S608
        for row in rows.fetchall():
            found = Incident(*row)
            heir = _next(duty, found.assignee)
            connection.execute(
                f"UPDATE incidents SET escalated_at = {NOW}, assignee = ? WHERE incident_id = ?",  # noqa: S608
                (heir, found.incident_id),
            )
            _noted(connection, found.incident_id, "escalated", GUARD, heir)
            told.append(Escalation(found.incident_id, found.title, heir))
    return tuple(told)


def _next(duty: Sequence[str], assignee: str) -> str:
    """Return who comes after; the last one keeps it."""
    if assignee not in duty:
        return duty[0] if duty else assignee
    return duty[min(duty.index(assignee) + 1, len(duty) - 1)]


@contextmanager
def _acting(database: Path, number: int) -> Any:
    """Open one incident for an act of a person; a missing database is never made here."""
    incident(database, number)
    with writing(database) as connection:
        found = _one(connection, number)
        if found.closed_at:
            raise DeniedError(
                f"장애 {number}번은 이미 닫혔습니다({found.closed_by}).",
                next_step=f"`hantu incidents show {number}` 로 보고서를 보세요.",
            )
        yield connection, found


def _one(connection: Connection, number: int) -> Incident:
    row = connection.execute(_ONE, (number,)).fetchone()
    if row is None:
        raise UsageError(f"장애 {number}번이 없습니다.", next_step="`hantu incidents list --all` 로 번호를 확인하세요.")
    return Incident(*row)


def _give(connection: Connection, number: int, assignee: str) -> None:
    connection.execute("UPDATE incidents SET assignee = ? WHERE incident_id = ?", (assignee, number))


def _noted(connection: Connection, number: int, kind: str, actor: str, text: str) -> Incident:
    """Write the two rows of an act; return the incident as it is now."""
    found = _one(connection, number)
    at = str(connection.execute(f"SELECT {NOW}").fetchone()[0])
    connection.execute(
        "INSERT INTO incident_log (incident_id, at, kind, actor, text) VALUES (?, ?, ?, ?, ?)",
        (number, at, kind, actor, text),
    )
    details = _json.encode({"incident": number, "cause": found.cause, "text": text}).decode()
    audit(connection, f"incident_{kind}", actor, at, details, found.event_id, found.correlation_id)
    return found
