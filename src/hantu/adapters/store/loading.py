"""What an earlier life left behind, read back."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from hantu.adapters.store.commit import PRODUCED_BY_STORE
from hantu.adapters.store.entries import AlertRow, BatchEntry, decode_fact
from hantu.adapters.store.intent_states import OPEN_STATES
from hantu.adapters.store.outbox import Outbox
from hantu.adapters.store.sqlite import Connection, DatabaseError, connect_readonly, unusable
from hantu.adapters.store.timestamps import day_bounds
from hantu.domain.commands import KillLevel
from hantu.domain.errors import BrokenError
from hantu.domain.events import Fact, IntentRecorded, KillswitchOff, KillswitchOn
from hantu.domain.instrument import Symbol
from hantu.engine.inputs import HeldOrigin, Started, WatchItem

_OPEN = ", ".join(f"'{state.value}'" for state in OPEN_STATES)
_NUMBER = re.compile(r"(\d+)$")
_RECENT_INTENTS = 2_000
_WAITING = """SELECT alert_id, event_id, event_type, alert_key, severity, priority, category, message, long_message,
    event_at, symbol, channel, due_at, attempts, sent_at, given_up
FROM alert_events
WHERE alert_id IN (SELECT alert_id FROM alert_events WHERE sent_at = '' AND given_up = 0)"""
_ASKED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose records are read: those of practice never reach a real account."""

    environment: str
    account: str


@dataclass(frozen=True, slots=True)
class Stored:
    """One event with the fact it holds, if this release knows its type."""

    event_id: str
    correlation_id: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Memory:
    """What the writing side must continue from."""

    flows: tuple[tuple[str, str], ...]
    last_events: tuple[tuple[str, str], ...]
    last_event_id: str
    last_alert: int


def read_started(
    path: Path, owner: Owner, trade_date: date, spilled: Iterable[BatchEntry], epoch: int, clean: bool
) -> Started:
    """Read the first input of a life; ``spilled`` entries count as if committed."""
    connection = connect_readonly(path)
    try:
        connection.execute("BEGIN")  # one snapshot for all reads
        start, end = day_bounds(trade_date)
        stored = {item.event_id: item for item in _events_between(connection, owner, start, end)}
        stored |= {item.event_id: item for item in _open_from_before(connection, owner, start)}
        entries = tuple(spilled)
        for entry in entries:
            stored |= {item.event_id: item for item in _entry_events(entry)}
        facts = [stored[key].fact for key in sorted(stored)]
        if not entries and (kill := _kill_in_force(connection, facts)) is not None:
            facts.append(kill)
        recorded = [fact.intent_id for fact in facts if isinstance(fact, IntentRecorded)]
        return Started(
            facts=tuple(facts),
            watchlist=read_watchlist(connection, trade_date),
            origins=_origins(connection, owner),
            next_intent=_next_intent(connection, recorded),
            epoch=epoch,
            clean=clean,
        )
    finally:
        connection.close()


def read_watchlist(connection: Connection, trade_date: date) -> tuple[WatchItem, ...]:
    """Read the newest selection made on or before a day, best score first.

    Stocks are often selected the evening before, or on Friday for Monday.
    """
    rows = connection.execute(
        """SELECT id, stock_code, stock_name, score, support_price, selection_date FROM selection_results
        WHERE origin = 'watchlist' AND selection_date = (
            SELECT MAX(selection_date) FROM selection_results WHERE origin = 'watchlist' AND selection_date <= ?
        ) ORDER BY score DESC, id""",
        (trade_date.isoformat(),),
    )
    return tuple(WatchItem(row[0], Symbol(row[1]), row[2], row[3], row[4], row[5]) for row in rows)


def watchlist_of(path: Path, trade_date: date) -> tuple[WatchItem, ...]:
    """Open the database for the watch list of a day."""
    connection = connect_readonly(path)
    try:
        return read_watchlist(connection, trade_date)
    finally:
        connection.close()


def read_waiting(path: Path, alert_ids: tuple[int, ...]) -> tuple[frozenset[int], Outbox]:
    """Return which of the alerts are on record at all, and what of them waits by the records.

    Raises:
        BrokenError: The file is missing or unusable.
    """
    connection = connect_readonly(path)
    try:
        left = Outbox(max(1, len(alert_ids)))
        restore_outbox(connection, left, alert_ids)
        recorded = set[int]()
        for start in range(0, len(alert_ids), _ASKED_AT_ONCE):
            some = alert_ids[start : start + _ASKED_AT_ONCE]
            marks = ", ".join("?" * len(some))
            query = f"SELECT DISTINCT alert_id FROM alert_events WHERE alert_id IN ({marks})"  # noqa: S608 - marks only
            recorded.update(row[0] for row in connection.execute(query, some))
    except DatabaseError as error:
        raise unusable(path, error) from error
    finally:
        connection.close()
    return frozenset(recorded), left


def read_memory(connection: Connection) -> Memory:
    """Read where ids, flows and alert numbers must continue."""
    flows = connection.execute(
        f"SELECT intent_id, flow FROM intents WHERE state IN ({_OPEN}) "  # noqa: S608 - our own words
        "UNION SELECT intent_id, flow FROM (SELECT intent_id, flow FROM intents ORDER BY intent_id DESC LIMIT ?)",
        (_RECENT_INTENTS,),
    ).fetchall()
    last = [
        (
            flow,
            connection.execute("SELECT max(event_id) FROM event_log WHERE correlation_id = ?", (flow,)).fetchone()[0]
            or "",
        )
        for flow in {row[1] for row in flows}
    ]
    last_event = connection.execute("SELECT max(event_id) FROM event_log").fetchone()[0]
    last_alert = connection.execute("SELECT max(alert_id) FROM alert_events").fetchone()[0]
    return Memory(tuple((row[0], row[1]) for row in flows), tuple(last), last_event or "", last_alert or 0)


def restore_outbox(connection: Connection, outbox: Outbox, only: tuple[int, ...] | None = None) -> None:
    """Put every undelivered alert back into the outbox, or those of ``only``; what does not fit is left out there."""
    if only is None:
        _restore(outbox, connection.execute(f"{_WAITING} ORDER BY alert_id, channel").fetchall())
        return
    for start in range(0, len(only), _ASKED_AT_ONCE):
        some = only[start : start + _ASKED_AT_ONCE]
        query = f"{_WAITING} AND alert_id IN ({', '.join('?' * len(some))}) ORDER BY alert_id, channel"
        _restore(outbox, connection.execute(query, some).fetchall())


def _restore(outbox: Outbox, rows: Iterable[tuple[object, ...]]) -> None:
    grouped: dict[object, list[tuple[object, ...]]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append(row)
    for group in grouped.values():
        alert = AlertRow(*group[0][:11])  # type: ignore[arg-type]
        due = {str(row[11]): str(row[12]) for row in group if not row[14] and not row[15]}
        delivered = tuple(str(row[11]) for row in group if row[14])
        outbox.restore(alert, max(int(str(row[13])) for row in group), due, delivered)


def _events_between(connection: Connection, owner: Owner, start: str, end: str) -> Iterable[Stored]:
    return _decode(
        connection.execute(
            "SELECT event_id, event_type, payload_json, correlation_id FROM event_log "
            "WHERE timestamp >= ? AND timestamp < ? AND produced_by <> ? AND environment = ? AND account = ?",
            (start, end, PRODUCED_BY_STORE, owner.environment, owner.account),
        )
    )


def _open_from_before(connection: Connection, owner: Owner, start: str) -> Iterable[Stored]:
    """Yield earlier facts that name an intent still open, or its flow."""
    query = (
        f"SELECT intent_id, flow FROM intents WHERE state IN ({_OPEN}) "  # noqa: S608 - our own words
        "AND environment = ? AND account = ?"
    )
    rows = connection.execute(query, (owner.environment, owner.account)).fetchall()
    # The whole flow: without the end of an earlier attempt two would seem open.
    flows = {row[1] for row in rows}
    for flow in flows:
        events = connection.execute(
            "SELECT event_id, event_type, payload_json, correlation_id FROM event_log "
            "WHERE correlation_id = ? AND timestamp < ? AND produced_by <> ?",
            (flow, start, PRODUCED_BY_STORE),
        )
        for item in _decode(events):
            if getattr(item.fact, "flow", "") == flow or hasattr(item.fact, "intent_id"):
                yield item


def _kill_in_force(connection: Connection, facts: list[Fact]) -> Fact | None:
    """Return the fact that is missing for the kill switch to come out as recorded last.

    It does not end at midnight, and a person may have set it while no guard ran.
    """
    row = connection.execute(
        """SELECT s.kill_level, s.reason, s.actor, s.automatic, e.event_type, e.payload_json
        FROM system_state AS s LEFT JOIN event_log AS e ON e.event_id = s.event_id
        ORDER BY s.timestamp DESC LIMIT 1"""
    ).fetchone()
    level = _level_of(row[0]) if row is not None else KillLevel.OFF
    known = KillLevel.OFF
    for fact in facts:
        if isinstance(fact, KillswitchOn):
            known = fact.level
        elif isinstance(fact, KillswitchOff):
            known = KillLevel.OFF
    whole = _recorded_kill(row)
    unsaid = isinstance(whole, KillswitchOff) and whole.until_at and whole not in facts
    if level is known and not unsaid:
        return None
    if whole is not None:
        return whole
    if level is KillLevel.OFF:
        return KillswitchOff(row[2], row[1])
    return KillswitchOn(level, row[2], row[1], bool(row[3]))


def _level_of(text: object) -> KillLevel:
    """A level nobody knows counts as ``active``."""
    try:
        return KillLevel(str(text))
    except ValueError:
        return KillLevel.ACTIVE


def _recorded_kill(row: Any) -> KillswitchOn | KillswitchOff | None:
    """Return the whole fact a state row belongs to; rows written by hand have none."""
    if row is None or row[4] is None:
        return None
    try:
        fact = decode_fact(row[4], row[5])
    except ValueError:
        return None
    return fact if isinstance(fact, KillswitchOn | KillswitchOff) else None


def _decode(rows: Iterable[tuple[str, str, str, str]]) -> Iterable[Stored]:
    for event_id, event_type, payload, correlation_id in rows:
        try:
            fact = decode_fact(event_type, payload)
        except ValueError as error:
            raise BrokenError(
                f"기록된 이벤트를 읽을 수 없습니다: {event_id} ({event_type}: {error})",
                next_step="데이터베이스를 보관하고 가장 최근 백업을 복원하세요.",
            ) from error
        if fact is not None:
            yield Stored(event_id, correlation_id, fact)


def _entry_events(entry: BatchEntry) -> Iterable[Stored]:
    return _decode((row.event_id, row.event_type, row.payload, row.correlation_id) for row in entry.events)


def _origins(connection: Connection, owner: Owner) -> tuple[HeldOrigin, ...]:
    """Return the newest selection of every stock whose exit is not done, and the day of its buy."""
    origins = {
        row[0]: HeldOrigin(Symbol(row[0]), row[1], row[2])
        for row in connection.execute(
            """SELECT stock_code, id, CASE WHEN entry_date <> '' THEN entry_date ELSE selection_date END
            FROM selection_results WHERE NOT is_executed
            ORDER BY stock_code, entry_price IS NOT NULL, selection_date, id"""
        )
    }
    held = connection.execute(
        "SELECT symbol, selection_id, held_since, average_price, stop_price, trailing, high, partial_done "
        "FROM positions WHERE quantity > 0 AND environment = ? AND account = ?",
        (owner.environment, owner.account),
    )
    for symbol, selection_id, held_since, average, stop, trailing, high, partial_done in held:
        known = origins.get(symbol)
        origins[symbol] = HeldOrigin(
            Symbol(symbol),
            selection_id or (known.selection_id if known else 0),
            held_since or (known.bought_on if known else ""),
            average, stop, bool(trailing), high, bool(partial_done),
        )  # fmt: skip
    return tuple(origins[symbol] for symbol in sorted(origins))


def _next_intent(connection: Connection, loaded: Iterable[str]) -> int:
    """Return a number no recent intent ends with; ids are the engine's own."""
    rows = connection.execute("SELECT intent_id FROM intents ORDER BY intent_id DESC LIMIT ?", (_RECENT_INTENTS,))
    ids = [*loaded, *(row[0] for row in rows)]
    numbers = [int(match[1]) for intent_id in ids if (match := _NUMBER.search(intent_id))]
    return max(numbers, default=0) + 1
