"""The alert policy's memory and the words of people, for the guard; implements ``ports.AlertDesk``.

What is written goes the way of every other entry (database or spill); what is read
is read in a thread, beside the writer.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hantu.adapters.store.entries import AlertRow, JudgementRow, PolicyEntry
from hantu.adapters.store.maintenance import NOW, reading
from hantu.adapters.store.sqlite import Connection, transaction
from hantu.adapters.store.standing_reader import StandingReader
from hantu.adapters.store.timestamps import from_text, to_text
from hantu.alerting.silences import Ack, People, Silence
from hantu.ports import Clock, JudgedAlert, ToldAlert

POLICY = "policy"
DONE_S = 86_400.0
"""How long the word that something is over is read again."""
_LEFT_S = f"(julianday(expires_at) - julianday({NOW})) * 86400.0"
_SINCE_S = f"(julianday(acked_at) - julianday({NOW})) * 86400.0"


class AlertDesk:
    """Keeps what the policy remembers; ``keep`` makes an entry durable."""

    def __init__(
        self, path: Path, clock: Clock, keep: Callable[[PolicyEntry], Awaitable[None]], reader: StandingReader
    ) -> None:
        self._path = path
        self._reader = reader
        self._clock = clock
        self._keep = keep

    async def policy_state(self) -> str:
        """Return the text saved last; empty if there is none."""
        return await asyncio.to_thread(_state, self._path)

    async def judged(self, notes: tuple[JudgedAlert, ...], state: str) -> None:
        """File new steps of alerts and the policy's memory, together."""
        now = self._clock.now().wall
        rows = tuple(
            JudgementRow(one.alert_id, one.verdict, one.code, one.about, one.reason,
                         to_text(now + timedelta(seconds=one.wait_s)) if one.wait_s else "")
            for one in notes
        )  # fmt: skip
        await self._keep(PolicyEntry(to_text(now), rows, state))

    async def told_lately(self, within_s: float) -> tuple[ToldAlert, ...]:
        """Return alerts accepted within the last seconds of market time, oldest first."""
        now = self._clock.now().wall
        rows = await asyncio.to_thread(_told, self._path, to_text(now - timedelta(seconds=within_s)))
        return tuple(
            ToldAlert(row.alert_id, row.pending().alert, max(0.0, (now - from_text(sent_at)).total_seconds()))
            for row, sent_at in rows
        )

    async def words(self) -> People:
        """Return silences and acknowledgements that hold; times are seconds from now."""
        return await asyncio.to_thread(_words, self._reader)


def commit_policy(connection: Connection, entry: PolicyEntry) -> None:
    """File what the policy decided; saying it twice changes nothing."""
    with transaction(connection):
        file_policy(connection, entry)


def file_policy(connection: Connection, entry: PolicyEntry) -> None:
    """File what the policy decided, inside the caller's transaction."""
    connection.executemany(
        """INSERT OR IGNORE INTO alert_judgements (alert_id, judged_at, verdict, code, about, reason, next_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)""",
        [(one.alert_id, entry.at, one.verdict, one.code, one.about, one.reason, one.next_at)
         for one in entry.notes],
    )  # fmt: skip
    if not entry.state:
        return
    connection.execute(
        """INSERT INTO alert_policy_state (name, state_json, saved_at) VALUES (?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET state_json = excluded.state_json, saved_at = excluded.saved_at""",
        (POLICY, entry.state, entry.at),
    )


def _state(path: Path) -> str:
    with reading(path) as connection:
        row = connection.execute("SELECT state_json FROM alert_policy_state WHERE name = ?", (POLICY,)).fetchone()
    return str(row[0]) if row else ""


def _told(path: Path, since: str) -> list[tuple[AlertRow, str]]:
    with reading(path) as connection:
        rows = connection.execute(
            """SELECT alert_id, event_id, event_type, alert_key, severity, priority, category, message, long_message,
                event_at, symbol, max(sent_at)
            FROM alert_events WHERE sent_at >= ? GROUP BY alert_id ORDER BY max(sent_at), alert_id""",
            (since,),
        ).fetchall()
    return [(AlertRow(*row[:11]), str(row[11])) for row in rows]


def _words(reader: StandingReader) -> People:
    with reader.reading() as connection:
        silences = connection.execute(
            f"""SELECT silence_id, {_LEFT_S}, author, comment, event_type, symbol, category, priority, emergency,
                maintenance
            FROM alert_silences WHERE expires_at > {NOW} ORDER BY silence_id"""  # noqa: S608 - our own words
        ).fetchall()
        acks = connection.execute(
            f"""SELECT alert_key, {_LEFT_S}, author, {_SINCE_S}, done FROM alert_acks
            WHERE expires_at > {NOW} OR (done AND {_SINCE_S} > -?) ORDER BY ack_id""",  # noqa: S608 - our own words
            (DONE_S,),
        ).fetchall()
    return People(
        tuple(replace(Silence(*row), emergency=bool(row[8]), maintenance=bool(row[9])) for row in silences),
        tuple(replace(Ack(*row), done=bool(row[4])) for row in acks),
    )
