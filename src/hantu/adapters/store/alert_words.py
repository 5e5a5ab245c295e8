"""What people say about alerts and ask of them: silences, acknowledgements, stories, counts.

Every function opens the database for one short transaction. Moments are of the
machine's clock, by the database itself, so that two processes agree.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from hantu.adapters.store.answers import AlertRecord
from hantu.adapters.store.maintenance import NOW, reading, writing
from hantu.adapters.store.queries import ALERTS
from hantu.adapters.store.sqlite import Connection
from hantu.adapters.store.state_rows import audit
from hantu.alerting.explain import Step
from hantu.alerting.silences import ACK_S, Silence, flaw_of
from hantu.domain.errors import DeniedError, UsageError

_json = msgspec.json.Encoder()
_AFTER = "strftime('%Y-%m-%d %H:%M:%f', 'now', ?) || '000'"
_KST = "datetime(event_at, '+9 hours')"
_EACH_ALERT = "(SELECT DISTINCT alert_id, event_type, event_at FROM alert_events)"


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """One silence as it was made; times are UTC text."""

    silence_id: int
    event_type: str
    symbol: str
    category: str
    priority: str
    emergency: int
    maintenance: int
    author: str
    comment: str
    created_at: str
    expires_at: str
    active: int
    muted: int
    """Alerts it has held back."""


@dataclass(frozen=True, slots=True)
class Stats:
    """How often alerts came, each alert once whatever its channels; hours and weekdays are Korean (0 = Sunday)."""

    total: int
    per_type: dict[str, int]
    per_hour: dict[str, int]
    per_weekday: dict[str, int]


def add_silence(database: Path, wanted: Silence, length_s: int) -> int:
    """File a silence that ends after ``length_s`` seconds; return its number.

    Raises:
        DeniedError: It would hide more, or for longer, than the rules allow.
        BrokenError: The database does not take the write.
    """
    flaw = flaw_of(wanted, length_s)
    if flaw:
        raise DeniedError(flaw, next_step="`hantu alerts silence --help` 의 예를 보세요.")
    with writing(database) as connection:
        row = connection.execute(
            f"""INSERT INTO alert_silences (event_type, symbol, category, priority, emergency, maintenance, author,
                comment, created_at, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, {NOW}, {_AFTER}) RETURNING silence_id""",  # noqa: S608 - our own words
            (wanted.event_type, wanted.symbol, wanted.category, wanted.priority, wanted.emergency, wanted.maintenance,
             wanted.author, wanted.comment, f"{length_s:+d} seconds"),
        ).fetchall()  # fmt: skip
        _audit(connection, "alert_silenced", wanted.author, row[0][0], wanted.comment)
    return int(row[0][0])


def end_silence(database: Path, silence_id: int, *, actor: str) -> None:
    """End a silence now.

    Raises:
        UsageError: There is none of that number.
        DeniedError: It has ended already.
    """
    with writing(database) as connection:
        known = connection.execute(
            f"SELECT expires_at > {NOW} FROM alert_silences WHERE silence_id = ?",  # noqa: S608 - our own words
            (silence_id,),
        ).fetchone()
        step = "`hantu alerts silences` 로 번호를 확인하세요."
        if known is None:
            raise UsageError(f"{silence_id}번 침묵이 없습니다.", next_step=step)
        if not known[0]:
            raise DeniedError(f"{silence_id}번 침묵은 이미 끝났습니다.", next_step=step)
        connection.execute(
            f"UPDATE alert_silences SET expires_at = max({NOW}, created_at || '0') WHERE silence_id = ?",  # noqa: S608 - our own words
            (silence_id,),
        )
        _audit(connection, "alert_unsilenced", actor, silence_id, "")


def silences(database: Path, *, every: bool = False) -> tuple[SilenceRow, ...]:
    """Return the silences that hold, or all of them, newest first."""
    with reading(database) as connection:
        rows = connection.execute(
            f"""SELECT silence_id, event_type, symbol, category, priority, emergency, maintenance, author, comment,
                created_at, expires_at, expires_at > {NOW} AS active,
                (SELECT count(DISTINCT alert_id) FROM alert_judgements j WHERE j.code = 'silenced'
                    AND j.about IN ('silence ' || silence_id, 'maintenance ' || silence_id))
            FROM alert_silences WHERE ? OR expires_at > {NOW} ORDER BY silence_id DESC""",  # noqa: S608 - our own words
            (every,),
        ).fetchall()
    return tuple(SilenceRow(*row) for row in rows)


def acknowledge(database: Path, alert_id: int, *, actor: str, length_s: int = int(ACK_S), done: bool = False) -> str:
    """Note that a person has seen an alert, or that what it told of is over; return its text.

    Raises:
        UsageError: There is no such alert.
        DeniedError: It is no emergency, so nothing is repeated.
    """
    with writing(database) as connection:
        row = connection.execute(
            "SELECT alert_key, message, priority FROM alert_events WHERE alert_id = ? LIMIT 1", (alert_id,)
        ).fetchone()
        if row is None:
            raise UsageError(f"{alert_id}번 알림이 없습니다.", next_step="`hantu alerts list` 로 번호를 확인하세요.")
        if row[2] != "emergency":
            raise DeniedError(
                f"{alert_id}번은 긴급 알림이 아니어서 되풀이되지 않습니다.", next_step="확인할 필요가 없습니다."
            )
        connection.execute(
            f"""INSERT INTO alert_acks (alert_id, alert_key, author, acked_at, expires_at, done)
            VALUES (?, ?, ?, {NOW}, {_AFTER}, ?)""",  # noqa: S608 - our own words
            (alert_id, row[0], actor, f"{length_s:+d} seconds", done),
        )
        _audit(connection, "alert_acknowledged", actor, alert_id, "done" if done else "")
    return str(row[1])


def rows_of(database: Path, alert_id: int) -> tuple[AlertRecord, ...]:
    """Return one alert, one record per channel."""
    with reading(database) as connection:
        rows = connection.execute(f"{ALERTS} WHERE alert_id = ? ORDER BY channel", (alert_id,)).fetchall()
    return tuple(AlertRecord(*row) for row in rows)


def newest_keys(database: Path, limit: int) -> tuple[tuple[int, str], ...]:
    """Return number and key of the newest emergencies, newest first, each key once."""
    with reading(database) as connection:
        rows = connection.execute(
            """SELECT max(alert_id), alert_key FROM (
                SELECT alert_id, alert_key FROM alert_events WHERE priority = 'emergency' ORDER BY alert_id DESC LIMIT ?
            ) GROUP BY alert_key ORDER BY 1 DESC""",
            (limit,),
        ).fetchall()
    return tuple((int(row[0]), str(row[1])) for row in rows)


def story_of(database: Path, alert_id: int) -> tuple[Step, ...]:
    """Return the judgements of one alert, oldest first, and who acknowledged it."""
    with reading(database) as connection:
        rows = connection.execute(
            """SELECT judged_at, verdict, code, about, reason, next_at FROM alert_judgements WHERE alert_id = ?
            UNION ALL SELECT acked_at, 'ack', CASE WHEN done THEN 'done' ELSE 'ack' END, author, '', expires_at
            FROM alert_acks WHERE alert_id = ? ORDER BY 1""",
            (alert_id, alert_id),
        ).fetchall()
    return tuple(Step(*row) for row in rows)


def stats(database: Path, *, since: str = "") -> Stats:
    """Count alerts per type, Korean hour and weekday from ``since`` (UTC text) on."""
    with reading(database) as connection:

        def counted(what: str) -> dict[str, int]:
            rows: list[Any] = connection.execute(
                f"SELECT {what}, count(*) FROM {_EACH_ALERT} WHERE event_at >= ? GROUP BY 1 ORDER BY 1",  # noqa: S608 - our own words
                (since,),
            ).fetchall()
            return {str(row[0]): int(row[1]) for row in rows}

        per_type = counted("event_type")
        hours, days = counted(f"strftime('%H', {_KST})"), counted(f"strftime('%w', {_KST})")
    return Stats(sum(per_type.values()), per_type, hours, days)


def _audit(connection: Connection, event_type: str, actor: str, number: int, comment: str) -> None:
    moment = connection.execute(f"SELECT {NOW}").fetchone()[0]
    audit(connection, event_type, actor, moment, _json.encode({"id": number, "comment": comment}).decode())
