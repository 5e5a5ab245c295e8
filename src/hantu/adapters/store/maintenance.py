"""What people do with the database as a whole: create, check, copy, fill in a watch list."""

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import msgspec

from hantu.adapters.store.migrations import migrate
from hantu.adapters.store.sqlite import (
    Connection,
    DatabaseError,
    connect,
    connect_readonly,
    driver,
    transaction,
    unusable,
)
from hantu.adapters.store.standing_readers import StandingReaders
from hantu.adapters.store.state_rows import GUARD, audit
from hantu.adapters.store.timestamps import from_text, to_text
from hantu.domain.errors import BrokenError, UsageError

LOCK_WAIT_S = 5.0
NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
"""SQL for the present moment as stored; for acts of people, outside the guard's clock."""
_json = msgspec.json.Encoder()


class WatchRow(Protocol):
    """One stock of a watch list, read from a file."""

    @property
    def symbol(self) -> str:
        """Short code."""

    @property
    def name(self) -> str:
        """Name people know."""

    @property
    def score(self) -> float:
        """0 to 100."""

    @property
    def support_price(self) -> int:
        """Won."""


def init_database(path: Path) -> int:
    """Create the database or bring it to this release's schema; return the steps applied.

    Raises:
        BrokenError: It cannot be written, is damaged, or is not ours.
    """
    connection = connect(path, wait_s=LOCK_WAIT_S)
    try:
        return migrate(connection, path)
    finally:
        connection.close()


def check_database(path: Path) -> None:
    """Check every page and every reference.

    Raises:
        BrokenError: Missing, damaged, or references that lead nowhere.
    """
    with reading(path) as connection:
        problems = [row[0] for row in connection.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
        problems += [f"{row[0]} -> {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")]
    if problems:
        raise unusable(path, RuntimeError(f"malformed: {'; '.join(problems[:5])}"))


def backup_database(source: Path, target: Path) -> int:
    """Copy the database while it may be in use; return the copy's bytes.

    The copy is one moment's state, complete in one file, and was checked.

    Raises:
        UsageError: ``target`` exists.
        BrokenError: The copy could not be made or is not sound.
    """
    if target.exists():
        raise UsageError(f"이미 있는 파일입니다: {target}", next_step="다른 이름을 지정하세요.")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with reading(source) as connection, contextlib.closing(driver.connect(str(part))) as copy:
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        check_database(part)
    except (DatabaseError, OSError) as error:
        part.unlink(missing_ok=True)
        raise unusable(target, error) from error
    except BrokenError:
        part.unlink(missing_ok=True)
        raise
    part.chmod(0o600)
    part.rename(target)
    return target.stat().st_size


def newest_record(path: Path) -> tuple[str, int]:
    """Return the moment of the last event, UTC text, and how many events there are.

    Raises:
        BrokenError: Missing or damaged.
    """
    with reading(path) as connection:
        newest, count = connection.execute("SELECT max(timestamp), count(*) FROM event_log").fetchone()
    return newest or "", count


def import_watchlist(database: Path, day: date, rows: Sequence[WatchRow], *, actor: str = "") -> int:
    """Make ``rows`` the watch list of a day; return how many there are.

    Stocks no longer listed go, unless they were bought; listed ones keep their
    row and get the new score and support price.

    Raises:
        BrokenError: The database does not take the write.
    """
    selection_date = day.isoformat()
    with writing(database) as connection:
        listed = {row.symbol for row in rows}
        known = connection.execute(
            "SELECT id, stock_code FROM selection_results "
            "WHERE selection_date = ? AND origin = 'watchlist' AND entry_price IS NULL AND NOT is_executed",
            (selection_date,),
        ).fetchall()
        gone = [(row_id,) for row_id, code in known if code not in listed]
        connection.executemany("DELETE FROM selection_results WHERE id = ?", gone)
        connection.executemany(
            """INSERT INTO selection_results (stock_code, stock_name, selection_date, score, support_price)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (stock_code, selection_date) WHERE origin = 'watchlist' DO UPDATE SET
                stock_name = excluded.stock_name, score = excluded.score, support_price = excluded.support_price""",
            [(row.symbol, row.name or row.symbol, selection_date, row.score, row.support_price) for row in rows],
        )
        moment = connection.execute(f"SELECT {NOW}").fetchone()[0]
        details = _json.encode({"date": selection_date, "stocks": len(rows)}).decode()
        audit(connection, "watchlist_imported", actor or GUARD, moment, details)
    return len(rows)


def set_practice_aside(database: Path, now: datetime) -> Path | None:
    """Move practice records of a later moment than ``now`` aside; return where to, or None.

    A practice exchange begins its day anew each time, and sells of its last day
    would be believed over its balance. Records of a real or paper account are
    never moved, nor is a kill switch that is on. No guard may be running.

    Raises:
        BrokenError: The database cannot be read.
    """
    with reading(database) as connection:
        newest, accounts, level = connection.execute(
            """SELECT (SELECT max(timestamp) FROM event_log),
                (SELECT count(*) FROM event_log WHERE environment IN ('real', 'paper')),
                (SELECT kill_level FROM system_state ORDER BY timestamp DESC LIMIT 1)"""
        ).fetchone()
    if newest is None or newest <= to_text(now) or accounts or level not in (None, "off"):
        return None
    last = from_text(newest).strftime("%Y%m%d-%H%M%S")
    marks = itertools.chain([""], (f"-{number}" for number in itertools.count(2)))
    names = (database.with_name(f"practice-{last}{mark}.db") for mark in marks)
    target = next(name for name in names if not name.exists())
    for ending in ("-wal", "-shm", ""):
        part = database.with_name(database.name + ending)
        if part.exists():
            part.rename(target.with_name(target.name + ending))
    return target


_STANDING: dict[Path, StandingReaders] = {}
"""Of the databases whose readers stay open in this process; empty in one that asks now and then."""


@contextlib.contextmanager
def standing(path: Path) -> Iterator[None]:
    """Keep connections for the reads of ``path`` open while this lasts: opening costs several times what a read does."""
    _STANDING[path] = readers = StandingReaders(path)
    try:
        yield
    finally:
        del _STANDING[path]
        readers.close()


@contextlib.contextmanager
def reading(path: Path) -> Iterator[Connection]:
    """Open for a short read, or lend what stands open; a failing read becomes a BrokenError with a next step."""
    readers = _STANDING.get(path)
    if readers is not None:
        with readers.reading() as connection:
            yield connection
        return
    connection = connect_readonly(path)
    try:
        yield connection
    except DatabaseError as error:
        raise unusable(path, error) from error
    finally:
        connection.close()


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Connection]:
    """Run a short transaction from outside the guard; waits for its lock at most 5 s."""
    connection = connect(path, wait_s=LOCK_WAIT_S)
    try:
        migrate(connection, path)
        with transaction(connection):
            yield connection
    except DatabaseError as error:
        raise unusable(path, error) from error
    finally:
        connection.close()
