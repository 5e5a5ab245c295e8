"""``server.db``: people, sessions, programs, commands by key; beside the guard's records, never in their way.

Moments are seconds since 1970 by the clock the book was given; texts are made of
them only for people. Every method opens one short transaction.
"""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from hantu.adapters.store.sqlite import (
    Connection,
    DatabaseError,
    IntegrityError,
    driver,
    require_sound,
    transaction,
    unusable,
)
from hantu.domain.instant import utc_text

LOCK_WAIT_S: Final = 5.0
ACCESS_KEPT_S: Final = 3 * 366 * 86_400.0
"""Access logs stay three years (SVC-45)."""
DETAIL_MAX: Final = 400
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS users (
    user_id         INTEGER PRIMARY KEY,
    name            TEXT NOT NULL UNIQUE,
    role            TEXT NOT NULL CHECK (role IN ('admin', 'operator', 'viewer')),
    state           TEXT NOT NULL CHECK (state IN ('invited', 'active', 'disabled')),
    password_hash   TEXT NOT NULL DEFAULT '',
    totp_sealed     BLOB NOT NULL DEFAULT x'',
    totp_step       INTEGER NOT NULL DEFAULT 0,
    created_at      REAL NOT NULL,
    created_by      TEXT NOT NULL,
    last_sign_in_at REAL NOT NULL DEFAULT 0,
    enrol_hash      TEXT NOT NULL DEFAULT '',
    enrol_sealed    BLOB NOT NULL DEFAULT x'',
    enrol_expires   REAL NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS recovery_codes (
    user_id   INTEGER NOT NULL REFERENCES users (user_id),
    code_hash TEXT NOT NULL,
    used_at   REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, code_hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sessions (
    session_id  TEXT NOT NULL PRIMARY KEY,
    secret_hash TEXT NOT NULL UNIQUE,
    user_id     INTEGER NOT NULL REFERENCES users (user_id),
    csrf        TEXT NOT NULL,
    agent       TEXT NOT NULL,
    source      TEXT NOT NULL,
    created_at  REAL NOT NULL,
    last_seen   REAL NOT NULL,
    expires_at  REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user_id);
CREATE TABLE IF NOT EXISTS clients (
    client_id   TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    scopes      TEXT NOT NULL,
    created_at  REAL NOT NULL,
    created_by  TEXT NOT NULL,
    last_seen   REAL NOT NULL DEFAULT 0,
    revoked_at  REAL NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attempts (
    attempt_id INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    source     TEXT NOT NULL,
    at         REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS attempts_by_name ON attempts (name, at);
CREATE TABLE IF NOT EXISTS known_sources (
    user_id INTEGER NOT NULL REFERENCES users (user_id),
    source  TEXT NOT NULL,
    agent   TEXT NOT NULL,
    at      REAL NOT NULL,
    PRIMARY KEY (user_id, source, agent)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS commands (
    owner     TEXT NOT NULL,
    key       TEXT NOT NULL,
    operation TEXT NOT NULL,
    digest    TEXT NOT NULL,
    life      TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('asked', 'lost', 'done')),
    status    INTEGER NOT NULL DEFAULT 0,
    body      BLOB NOT NULL DEFAULT x'',
    at        REAL NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pairs (
    request_id   TEXT NOT NULL PRIMARY KEY,
    action       TEXT NOT NULL CHECK (action IN ('release', 'flatten')),
    level        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    release_s    INTEGER NOT NULL DEFAULT 0,
    asked_by     TEXT NOT NULL,
    actor        TEXT NOT NULL,
    asked_at     REAL NOT NULL,
    expires_at   REAL NOT NULL,
    confirmed_by TEXT NOT NULL DEFAULT '',
    state        TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checklists (
    checklist_id TEXT NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    result       TEXT NOT NULL,
    items        BLOB NOT NULL,
    checks       BLOB NOT NULL DEFAULT x'7b7d',
    started_by   TEXT NOT NULL,
    actor        TEXT NOT NULL,
    started_at   REAL NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('open', 'finished', 'withdrawn'))
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passkey_owners (
    user_id INTEGER PRIMARY KEY REFERENCES users (user_id),
    handle  BLOB NOT NULL UNIQUE
) STRICT;
CREATE TABLE IF NOT EXISTS passkeys (
    passkey_id    TEXT NOT NULL PRIMARY KEY,
    user_id       INTEGER NOT NULL REFERENCES passkey_owners (user_id),
    credential_id BLOB NOT NULL UNIQUE,
    public_key    BLOB NOT NULL,
    sign_count    INTEGER NOT NULL,
    label         TEXT NOT NULL,
    backed_up     INTEGER NOT NULL,
    created_at    REAL NOT NULL,
    last_used_at  REAL NOT NULL DEFAULT 0,
    blocked_at    REAL NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passkey_challenges (
    challenge_hash TEXT NOT NULL PRIMARY KEY,
    purpose        TEXT NOT NULL CHECK (purpose IN ('sign_in', 'register', 'step_up')),
    owner          TEXT NOT NULL,
    expires_at     REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS passkey_challenges_by_owner ON passkey_challenges (owner, expires_at);
CREATE TABLE IF NOT EXISTS passkey_proofs (
    proof_hash TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL,
    expires_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    at   REAL NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS access_log (
    access_id INTEGER PRIMARY KEY AUTOINCREMENT,
    at        REAL NOT NULL,
    kind      TEXT NOT NULL,
    who       TEXT NOT NULL,
    source    TEXT NOT NULL,
    detail    TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER IF NOT EXISTS access_log_refuses_update BEFORE UPDATE ON access_log
BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END;
"""


class Book:
    """One file, a few connections that wait for their next use."""

    def __init__(self, path: Path, now_s: Callable[[], float]) -> None:
        self.now_s = now_s
        self._path = path
        self._idle: queue.LifoQueue[Connection] = queue.LifoQueue()
        self._opening = threading.Lock()
        self._ready = False

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection for reads.

        Raises:
            BrokenError: The file cannot be used.
        """
        connection = self._taken()
        try:
            yield connection
        except IntegrityError:
            raise  # a rule of the tables said no; the caller knows which
        except DatabaseError as error:
            raise unusable(self._path, error) from error
        finally:
            self._idle.put(connection)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Lend a connection inside a transaction that holds the write lock from its start.

        Raises:
            BrokenError: The file does not take the write.
        """
        with self.reading() as connection, transaction(connection):
            yield connection

    def note(self, connection: Connection, kind: str, who: str, source: str, detail: str = "") -> None:
        """Add one line of the access log, inside a transaction."""
        connection.execute(
            "INSERT INTO access_log (at, kind, who, source, detail) VALUES (?, ?, ?, ?, ?)",
            (self.now_s(), kind, who[:64], source[:64], detail[:DETAIL_MAX]),
        )

    def tidy(self) -> None:
        """Drop what nobody asks for any more: old attempts, keys, ended sessions, access lines beyond three years."""
        now = self.now_s()
        with self.writing() as connection:
            connection.execute("DELETE FROM attempts WHERE at < ?", (now - 86_400,))
            connection.execute("DELETE FROM commands WHERE at < ?", (now - 7 * 86_400,))
            connection.execute("DELETE FROM sessions WHERE expires_at < ?", (now,))
            connection.execute("DELETE FROM passkey_challenges WHERE expires_at < ?", (now,))
            connection.execute("DELETE FROM passkey_proofs WHERE expires_at < ?", (now,))
            connection.execute("DELETE FROM pairs WHERE asked_at < ?", (now - 30 * 86_400,))
            connection.execute("DELETE FROM checklists WHERE started_at < ?", (now - 30 * 86_400,))
            connection.execute("DELETE FROM access_log WHERE at < ?", (now - ACCESS_KEPT_S,))

    def close(self) -> None:
        """Close the connections that nobody uses."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def _taken(self) -> Connection:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return self._opened()

    def _opened(self) -> Connection:
        require_sound(driver.sqlite_version_info)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            connection = driver.connect(
                str(self._path), timeout=LOCK_WAIT_S, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            with self._opening:
                if not self._ready:
                    self._path.chmod(0o600)
                    connection.executescript(SCHEMA)
                    self._ready = True
        except (DatabaseError, OSError) as error:
            raise unusable(self._path, error) from error
        return connection


def text_of(moment_s: float) -> str:
    """Return a moment as people read it; empty for never."""
    return utc_text(datetime.fromtimestamp(moment_s, UTC)) if moment_s else ""


def row_of(cursor: Any) -> dict[str, Any] | None:
    """Return the one row of a question by the names of its columns."""
    row = cursor.fetchone()
    return None if row is None else dict(zip([part[0] for part in cursor.description], row))


def rows_of(cursor: Any) -> list[dict[str, Any]]:
    """Return every row of a question by the names of its columns."""
    names = [part[0] for part in cursor.description]
    return [dict(zip(names, row)) for row in cursor.fetchall()]
