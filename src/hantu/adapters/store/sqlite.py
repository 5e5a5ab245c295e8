"""Opening SQLite files so that a commit survives a power cut, or saying why not.

SQLite 3.7.0 to 3.51.2 can corrupt a write-ahead log that two connections use at
the same moment, so an interpreter with such a library gets pysqlite3's instead.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from hantu.domain.errors import BrokenError

FIRST_SOUND = (3, 51, 3)
READ_WAIT_S = 1.0


def _choose() -> ModuleType:
    if sqlite3.sqlite_version_info >= FIRST_SOUND:
        return sqlite3
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        return sqlite3  # refused by require_sound, with a sentence instead of a traceback
    return dbapi2  # type: ignore[no-any-return,unused-ignore]


if TYPE_CHECKING:
    driver = sqlite3
else:
    driver = _choose()

Connection = driver.Connection
Cursor = driver.Cursor
DatabaseError = driver.DatabaseError
IntegrityError = driver.IntegrityError
OperationalError = driver.OperationalError


def require_sound(version: tuple[int, ...]) -> None:
    """Refuse a SQLite library that can lose what it has committed.

    Raises:
        BrokenError: ``version`` is older than 3.51.3.
    """
    if version < FIRST_SOUND:
        shown = ".".join(str(part) for part in version)
        raise BrokenError(
            f"SQLite {shown}에는 WAL 손상 결함이 있어 사용할 수 없습니다 (3.51.3 이상 필요).",
            next_step="`pip install pysqlite3`로 최신 SQLite를 설치한 뒤 다시 실행하세요.",
        )


def connect(path: Path, *, wait_s: float) -> Connection:
    """Open ``path`` for writing, creating the file if its folder exists.

    ``wait_s`` is how long a statement waits for another writer's lock. Statements
    run outside transactions unless BEGIN is executed.

    Raises:
        BrokenError: Affected library, no permission, or not a usable database.
    """
    require_sound(driver.sqlite_version_info)
    _check_writable(path)
    try:
        connection = driver.connect(str(path), timeout=wait_s, isolation_level=None, cached_statements=256)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
    except DatabaseError as error:
        raise unusable(path, error) from error
    return connection


def connect_readonly(path: Path, *, any_thread: bool = False) -> Connection:
    """Open an existing database for short reads that never block the guard.

    With ``any_thread`` the caller sees to it that only one thread uses it at a time.

    Raises:
        BrokenError: The file does not exist or is not a usable database.
    """
    require_sound(driver.sqlite_version_info)
    if not path.exists():
        raise BrokenError(
            f"데이터베이스 파일이 없습니다: {path}",
            next_step="`python -m hantu.storage.init_db`로 먼저 만들거나 HANTU_HOME을 확인하세요.",
        )
    try:
        connection = driver.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=READ_WAIT_S, isolation_level=None,
            check_same_thread=not any_thread,
        )  # fmt: skip
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except DatabaseError as error:
        raise unusable(path, error) from error
    return connection


@contextmanager
def transaction(connection: Connection) -> Iterator[Connection]:
    """Run a block as one transaction that holds the write lock from its start."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def file_identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from one put in its place; None if there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def unusable(path: Path, error: Exception) -> BrokenError:
    """Return the error that tells a person what is wrong with the file."""
    text = str(error)
    if "not a database" in text or "malformed" in text:
        return BrokenError(
            f"데이터베이스 파일이 손상되었습니다: {path} ({text})",
            next_step="프로그램을 멈추고 파일을 따로 보관한 뒤 가장 최근 백업을 복원하세요.",
        )
    if "locked" in text or "busy" in text:
        return BrokenError(
            f"다른 프로그램이 데이터베이스를 잠그고 있습니다: {path}",
            next_step="파일을 열어 둔 프로그램을 닫고 다시 시도하세요.",
        )
    if "full" in text:
        return BrokenError(
            f"디스크가 가득 차 기록할 수 없습니다: {path}", next_step="디스크 공간을 확보하고 다시 시도하세요."
        )
    return BrokenError(
        f"데이터베이스를 사용할 수 없습니다: {path} ({text})",
        next_step="디스크 공간과 파일 권한을 확인하고 `hantu doctor`를 실행하세요.",
    )


def _check_writable(path: Path) -> None:
    """Name the file or folder that stands in the way."""
    folder = path.parent
    if not folder.is_dir():
        raise BrokenError(
            f"데이터베이스 폴더가 없습니다: {folder}", next_step=f"`mkdir -p {folder}`로 폴더를 만드세요."
        )
    if path.is_dir():
        raise BrokenError(f"데이터베이스 경로가 폴더입니다: {path}", next_step="파일 경로를 지정하세요.")
    if path.exists() and not os.access(path, os.W_OK):
        raise BrokenError(
            f"데이터베이스 파일에 쓸 수 없습니다: {path}", next_step=f"`chmod u+w {path}`로 쓰기 권한을 주세요."
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BrokenError(
            f"데이터베이스 폴더에 쓸 수 없습니다: {folder}", next_step=f"`chmod u+wx {folder}`로 쓰기 권한을 주세요."
        )
