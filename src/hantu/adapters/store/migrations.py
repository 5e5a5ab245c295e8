"""The schema as numbered files: applied in order, once each, and checked before use."""

import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from hantu.adapters.store.chain import chain_existing
from hantu.adapters.store.sqlite import Connection, DatabaseError, driver, transaction, unusable
from hantu.domain.errors import BrokenError

_VERSIONS = """CREATE TABLE IF NOT EXISTS schema_version (
    version    INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    checksum   TEXT NOT NULL,
    applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now'))
) STRICT"""


_THEN = {"0005_audit.sql": chain_existing}
"""What a step does to rows that SQL cannot; in the same transaction."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of ``schema/``; its name begins with its number."""

    version: int
    name: str
    script: str

    @property
    def checksum(self) -> str:
        """Fingerprint by which an edited file is noticed."""
        return hashlib.sha256(self.script.encode()).hexdigest()[:16]


def migrations() -> tuple[Migration, ...]:
    """Return every migration of this release, lowest number first."""
    folder = resources.files("hantu.adapters.store").joinpath("schema")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    return tuple(Migration(int(name[:4]), name, folder.joinpath(name).read_text("utf-8")) for name in names)


def migrate(connection: Connection, path: Path, steps: tuple[Migration, ...] | None = None) -> int:
    """Bring the database to this release's schema; return how many steps were applied.

    Each step is one transaction. A database that fits already is not written to.

    Raises:
        BrokenError: The existing tables are not ours, were changed by hand, or
            were made by a newer release.
    """
    steps = migrations() if steps is None else steps
    try:
        done = _applied(connection, path)
        _check_history(done, steps, path)
        pending = [step for step in steps if step.version not in done]
        for step in pending:
            _apply(connection, step)
        _check_columns(connection, steps, path)
    except DatabaseError as error:
        raise unusable(path, error) from error
    return len(pending)


def schema_of(connection: Connection) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the columns, name and type, of every table."""
    tables = [
        row[0]
        for row in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    ]
    return {
        table: tuple((row[1], row[2]) for row in connection.execute(f'PRAGMA table_info("{table}")'))
        for table in sorted(tables)
    }


def _applied(connection: Connection, path: Path) -> dict[int, str]:
    tables = schema_of(connection)
    if "schema_version" not in tables:
        if tables:
            raise _conflict(path, f"hantu가 만들지 않은 테이블이 있습니다: {', '.join(list(tables)[:5])}")
        return {}
    return {row[0]: row[1] for row in connection.execute("SELECT version, checksum FROM schema_version")}


def _check_history(done: dict[int, str], steps: tuple[Migration, ...], path: Path) -> None:
    known = {step.version: step for step in steps}
    for version, checksum in sorted(done.items()):
        if version not in known:
            raise BrokenError(
                f"데이터베이스 스키마 {version}은(는) 이 버전의 hantu보다 새것입니다: {path}",
                next_step="데이터베이스를 만든 버전 이상의 hantu를 설치하세요.",
            )
        if known[version].checksum != checksum:
            raise _conflict(path, f"스키마 {known[version].name}의 내용이 다릅니다")


def _apply(connection: Connection, step: Migration) -> None:
    with transaction(connection):
        connection.execute(_VERSIONS)
        for statement in _statements(step.script):
            connection.execute(statement)
        if step.name in _THEN:
            _THEN[step.name](connection)
        connection.execute(
            "INSERT INTO schema_version (version, name, checksum) VALUES (?, ?, ?)",
            (step.version, step.name, step.checksum),
        )


def _statements(script: str) -> list[str]:
    """Split a script; a trigger's body ends with END, which sqlite3 knows to wait for."""
    statements, text = [], ""
    for line in script.splitlines(keepends=True):
        text += line
        if driver.complete_statement(text):
            statements.append(text)
            text = ""
    return statements


def _check_columns(connection: Connection, steps: tuple[Migration, ...], path: Path) -> None:
    model = driver.connect(":memory:", isolation_level=None)
    try:
        for step in steps:
            _apply(model, step)
        expected = schema_of(model)
    finally:
        model.close()
    actual = schema_of(connection)
    for table, columns in expected.items():
        missing = [name for name, kind in columns if (name, kind) not in actual.get(table, ())]
        if missing:
            raise _conflict(path, f"테이블 {table}에 열 {', '.join(missing)}이(가) 없거나 다릅니다")


def _conflict(path: Path, detail: str) -> BrokenError:
    return BrokenError(
        f"데이터베이스 스키마가 맞지 않습니다: {path} ({detail})",
        next_step="백업을 복원하거나, 개발 환경(HANTU_ENV=development)에서만 "
        "`python -m hantu.storage.init_db --recreate`로 다시 만드세요.",
    )
