"""What the phone must not forget: sealed secrets, used codes and buttons, shown proposals, who polls and how that goes.

A file of its own beside the records: a flood of messages never takes the guard's
write lock, and a code can be judged while the records are out of reach. Every
method opens it for one short transaction.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from hantu.adapters.store.roles import Role, read_role
from hantu.adapters.store.sqlite import Connection, DatabaseError, connect, transaction, unusable
from hantu.alerting.phone.policy import Came, Factor, judged
from hantu.domain.errors import BrokenError

T = TypeVar("T")
FILE_NAME = "phone.db"
WAIT_S = 2.0
KEEP_S = 8 * 86_400
"""Seconds a used key is kept; no button lives longer, and Telegram forgets updates after a day."""
_RECORDS = (
    """CREATE TABLE factors (
        person TEXT NOT NULL PRIMARY KEY, sealed BLOB NOT NULL, enrolled_s REAL NOT NULL,
        last_step INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0, locked_until_s REAL NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID""",
    "CREATE TABLE used (key TEXT NOT NULL PRIMARY KEY, at_s REAL NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE shown (
        subject TEXT NOT NULL, chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL, text TEXT NOT NULL,
        open INTEGER NOT NULL DEFAULT 1, at_s REAL NOT NULL, PRIMARY KEY (subject, chat_id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE roles (
        role TEXT NOT NULL PRIMARY KEY, holder TEXT NOT NULL, heartbeat TEXT NOT NULL, beats INTEGER NOT NULL DEFAULT 0,
        started_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
)
_LINE = (
    """CREATE TABLE line (
        role TEXT NOT NULL PRIMARY KEY, answered_s REAL NOT NULL, update_s REAL NOT NULL, problem TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
)
_STEPS = (_RECORDS, _LINE)
"""What each version added, the first one from nothing."""
VERSION = len(_STEPS)


@dataclass(frozen=True, slots=True)
class FactorRow:
    """One person's second factor, without its secret."""

    person: str
    enrolled_s: float
    failures: int
    locked_until_s: float


@dataclass(frozen=True, slots=True)
class Shown:
    """A message about a subject that still has its buttons."""

    subject: str
    chat_id: int
    message_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one code; ``failures`` counts this one, ``before`` those it ends."""

    came: Came
    failures: int = 0
    before: int = 0
    locked_s: float = 0.0


@dataclass(frozen=True, slots=True)
class LineRow:
    """Who polls, by its last sign of life, and what its questions brought; moments are seconds since 1970, 0 = never."""

    role: Role | None
    answered_s: float = 0.0
    update_s: float = 0.0
    problem: str = ""


class PhoneBook:
    """The file of one home; made on the first write.

    Every method raises BrokenError when the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def enrol(self, person: str, sealed: bytes, step: int, now_s: float) -> None:
        """File a person's secret, sealed; codes up to ``step`` are used up. An earlier secret is forgotten."""
        with self._writing() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute(
                "INSERT OR REPLACE INTO factors (person, sealed, enrolled_s, last_step) VALUES (?, ?, ?, ?)",
                (person, sealed, now_s, step),
            )

    def revoke(self, person: str) -> bool:
        """Forget a person's secret; tell whether there was one."""
        with self._writing() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            return bool(connection.execute("DELETE FROM factors WHERE person = ?", (person,)).rowcount)

    def factors(self) -> tuple[FactorRow, ...]:
        """Return who has a second factor."""
        if not self._path.exists():
            return ()
        with self._writing() as connection:
            rows = connection.execute(
                "SELECT person, enrolled_s, failures, locked_until_s FROM factors ORDER BY person"
            ).fetchall()
        return tuple(FactorRow(*row) for row in rows)

    def sealed(self) -> tuple[tuple[str, bytes], ...]:
        """Return every person's secret, sealed."""
        if not self._path.exists():
            return ()
        with self._writing() as connection:
            rows = connection.execute("SELECT person, sealed FROM factors ORDER BY person").fetchall()
        return tuple((person, bytes(sealed)) for person, sealed in rows)

    def judge(self, person: str, matched: Callable[[bytes], int | None], now_s: float) -> Judged:
        """Judge one code and remember what came of it, in one step: two at once cannot both be right.

        ``matched`` is given the sealed secret and returns the step whose code it is.
        """
        with self._writing() as connection:
            row = connection.execute(
                "SELECT sealed, last_step, failures, locked_until_s FROM factors WHERE person = ?", (person,)
            ).fetchone()
            if row is None:
                return Judged(Came.NONE)
            before = Factor(*row[1:])
            step = None if now_s < before.locked_until_s else matched(bytes(row[0]))
            after, came = judged(before, now_s, step)
            connection.execute(
                "UPDATE factors SET last_step = ?, failures = ?, locked_until_s = ? WHERE person = ?",
                (after.last_step, after.failures, after.locked_until_s, person),
            )
        return Judged(came, after.failures, before.failures, max(0.0, after.locked_until_s - now_s))

    def use(self, *keys: str, now_s: float) -> bool:
        """Mark keys as used; False, and nothing marked, when one of them was."""
        with self._writing() as connection:
            connection.execute("DELETE FROM used WHERE at_s < ?", (now_s - KEEP_S,))
            if _used(connection, keys):
                return False
            connection.executemany("INSERT INTO used (key, at_s) VALUES (?, ?)", [(key, now_s) for key in keys])
        return True

    def used(self, *keys: str) -> bool:
        """Tell whether one of the keys was used."""
        if not self._path.exists():
            return False
        with self._writing() as connection:
            return _used(connection, keys)

    def show(self, shown: Shown, now_s: float) -> None:
        """Note a message with buttons about a subject."""
        with self._writing() as connection:
            connection.execute("DELETE FROM shown WHERE at_s < ?", (now_s - KEEP_S,))
            connection.execute(
                "INSERT OR REPLACE INTO shown (subject, chat_id, message_id, text, at_s) VALUES (?, ?, ?, ?, ?)",
                (shown.subject, shown.chat_id, shown.message_id, shown.text, now_s),
            )

    def shown(self) -> tuple[Shown, ...]:
        """Return the messages about subjects, those whose buttons are gone included, as ``(subject, chat)``."""
        if not self._path.exists():
            return ()
        with self._writing() as connection:
            rows = connection.execute("SELECT subject, chat_id, message_id * open, text FROM shown").fetchall()
        return tuple(Shown(*row) for row in rows)

    def close(self, shown: Shown) -> None:
        """Note that a message has no buttons any more; it then stands with number 0."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE shown SET open = 0 WHERE subject = ? AND chat_id = ?", (shown.subject, shown.chat_id)
            )

    def line(self, role: str) -> LineRow:
        """Return how the conversation stands; nothing is made where there is no file."""
        if not self._path.exists():
            return LineRow(None)
        with self._open() as connection:
            found = connection.execute(
                "SELECT answered_s, update_s, problem FROM line WHERE role = ?", (role,)
            ).fetchone()
            return LineRow(read_role(connection, role), *(found or ()))

    def at_work(self, work: Callable[[Connection], T]) -> T:
        """Run work that begins transactions of its own; its commits do not wait for the disk the guard writes to."""
        with self._open() as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            return work(connection)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._open() as connection, transaction(connection):
            yield connection

    @contextmanager
    def _open(self) -> Iterator[Connection]:
        try:
            with closing(connect(self._path, wait_s=WAIT_S)) as connection:
                _prepare(connection, self._path)
                yield connection
        except DatabaseError as error:
            raise unusable(self._path, error) from error


def _used(connection: Connection, keys: tuple[str, ...]) -> bool:
    marks = ", ".join("?" * len(keys))
    query = f"SELECT 1 FROM used WHERE key IN ({marks})"  # noqa: S608 - question marks only
    return connection.execute(query, keys).fetchone() is not None


def _prepare(connection: Connection, path: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == VERSION:
        return
    if version > VERSION:
        raise BrokenError(
            f"{path} 은(는) 이 버전의 hantu보다 새것입니다.", next_step="이 파일을 만든 버전 이상의 hantu를 설치하세요."
        )
    path.chmod(0o600)
    with transaction(connection):
        # Two processes may be here at once; the first one does it.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for statement in (one for step in _STEPS[version:] for one in step):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
