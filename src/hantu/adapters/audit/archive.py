"""Months of records as compressed files, chained and signed by a manifest, kept for years.

One month, Korean time, is three files: the audit trail, the events, the lines of
errors. The rows stay in the database; the archive is what is handed to an audit
and what outlives the disk.
"""

import gzip
import hashlib
import io
import os
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from hantu.adapters.audit.keys import Signer, fingerprint, signed_by
from hantu.adapters.store.chain import COLUMNS, framed
from hantu.adapters.store.maintenance import reading
from hantu.adapters.store.sqlite import Connection
from hantu.adapters.store.timestamps import day_bounds, from_text
from hantu.domain.errors import BrokenError
from hantu.domain.session import trading_date

MANIFEST = "manifest.jsonl"
WORD = b"hantu/audit/archive/v1"
_EVENTS = """SELECT event_id, event_type, timestamp, payload_json, produced_by, version, correlation_id, causation_id,
    environment, account, category FROM event_log WHERE timestamp >= ? AND timestamp < ? ORDER BY event_id"""
_AUDIT = f"""SELECT audit_id, {", ".join(COLUMNS)}, prev_hash, leaf_hash FROM ops_audit_log
    WHERE event_ts >= ? AND event_ts < ? ORDER BY audit_id"""  # noqa: S608 - our own words
_FIRST = "SELECT min(t) FROM (SELECT min(timestamp) AS t FROM event_log UNION SELECT min(event_ts) FROM ops_audit_log)"
_json = msgspec.json.Encoder()


class File(msgspec.Struct, frozen=True):
    """One file of a month."""

    name: str
    sha256: str
    lines: int


class Month(msgspec.Struct, frozen=True):
    """One line of the manifest."""

    n: int
    month: str
    """``2026-11``, Korean time."""
    files: tuple[File, ...]
    at: str
    prev: str
    """SHA-256 of the line before; empty for the first."""
    key: str
    removed: bool = False
    """The files of the month were removed after their time; the line before that stays."""
    signature: str = ""

    def signed_bytes(self) -> bytes:
        """Return what the signature covers: everything else."""
        files = [part for file in self.files for part in (file.name, file.sha256, str(file.lines))]
        parts = (str(self.n), self.month, self.at, self.prev, self.key, str(self.removed), *files)
        return framed(WORD, (part.encode() for part in parts))


class Flaw(NamedTuple):
    """What is wrong with the archive."""

    name: str
    detail: str


_months = msgspec.json.Decoder(Month)


def archive_due(database: Path, folder: Path, logs: Path, key: Signer, today: date, at: str) -> tuple[str, ...]:
    """Write every whole month before ``today`` that is not archived yet; return their names.

    Raises:
        BrokenError: The records cannot be read, or the folder takes no writes.
    """
    done = {month.month for month in _known(folder)}
    made = []
    with reading(database) as connection:
        first = connection.execute(_FIRST).fetchone()[0]
        month = trading_date(from_text(first)).replace(day=1) if first else today
        while month < today.replace(day=1):
            name, following = f"{month:%Y-%m}", _next(month)
            if name not in done:
                files = _write_month(connection, folder, logs, month, following)
                _add(folder, name, files, key, at)
                made.append(name)
            month = following
    return tuple(made)


def remove_old(folder: Path, key: Signer, today: date, keep_years: int, at: str) -> tuple[str, ...]:
    """Remove the files of months that ended more than ``keep_years`` ago; return their names.

    Raises:
        BrokenError: The folder takes no writes.
    """
    months = _known(folder)
    gone = {month.month for month in months if month.removed}
    removed = []
    for month in months:
        end = _next(date.fromisoformat(f"{month.month}-01"))
        if month.month in gone or end.replace(year=end.year + keep_years) > today:
            continue
        for file in month.files:
            (folder / file.name).unlink(missing_ok=True)
        _add(folder, month.month, month.files, key, at, removed=True)
        removed.append(month.month)
    return tuple(removed)


def check_archive(folder: Path, public: bytes) -> tuple[int, Flaw | None]:
    """Return how many months are in order, and the first flaw.

    Raises:
        BrokenError: The folder cannot be read.
    """
    months: list[Month] = []
    before = b""
    for number, line in enumerate(_lines(folder), start=1):
        month = _whole(line)
        if month is None:
            return 0, Flaw(MANIFEST, f"{number}번째 줄을 읽을 수 없습니다.")
        if month.n != number or month.prev != _hash_of_line(before):
            return 0, Flaw(MANIFEST, f"{number}번째 줄 앞의 줄이 없거나 바뀌었습니다.")
        if not signed_by(public, bytes.fromhex(month.signature), month.signed_bytes()):
            return 0, Flaw(MANIFEST, f"{number}번째 줄의 서명이 틀립니다.")
        months.append(month)
        before = line
    removed = {month.month for month in months if month.removed}
    kept = [month for month in months if month.month not in removed]
    for count, month in enumerate(kept):
        for file in month.files:
            path = folder / file.name
            if not path.is_file():
                return count, Flaw(file.name, "파일이 없습니다.")
            if hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
                return count, Flaw(file.name, "내용이 바뀌었습니다.")
    return len(kept), None


def _whole(line: bytes) -> Month | None:
    """Return a line of the manifest if it is written in the one way lines are written."""
    try:
        month = _months.decode(line)
        same = bytes.fromhex(month.signature).hex() == month.signature and _json.encode(month) == line
    except (msgspec.DecodeError, ValueError):
        return None
    return month if same else None


def _write_month(connection: Connection, folder: Path, logs: Path, month: date, following: date) -> tuple[File, ...]:
    span = (day_bounds(month)[0], day_bounds(following)[0])
    stem = f"{month:%Y-%m}"
    errors = logs / f"errors-{stem}.log"
    parts = {
        f"{stem}-audit.jsonl.gz": _rows(connection, _AUDIT, span),
        f"{stem}-events.jsonl.gz": _rows(connection, _EVENTS, span),
        f"{stem}-errors.log.gz": errors.read_bytes().splitlines() if errors.is_file() else [],
    }
    return tuple(_write(folder, name, lines) for name, lines in parts.items())


def _rows(connection: Connection, query: str, span: tuple[str, str]) -> Iterable[bytes]:
    cursor = connection.execute(query, span)
    names = [column[0] for column in cursor.description]
    return (_json.encode(dict(zip(names, row, strict=True))) for row in cursor)


def _write(folder: Path, name: str, lines: Iterable[bytes]) -> File:
    data, count = io.BytesIO(), 0
    # No name and no time in the head: the same rows are the same bytes.
    with gzip.GzipFile(filename="", fileobj=data, mode="wb", mtime=0) as packed:
        for line in lines:
            packed.write(line + b"\n")
            count += 1
    _write_whole(folder, name, data.getvalue())
    return File(name, hashlib.sha256(data.getvalue()).hexdigest(), count)


def _add(folder: Path, month: str, files: Sequence[File], key: Signer, at: str, *, removed: bool = False) -> None:
    lines = _lines(folder)
    line = Month(
        len(lines) + 1,
        month,
        tuple(files),
        at,
        _hash_of_line(lines[-1] if lines else b""),
        fingerprint(key.public),
        removed,
    )
    signed = msgspec.structs.replace(line, signature=key.sign(line.signed_bytes()).hex())
    _write_whole(folder, MANIFEST, b"".join(line + b"\n" for line in (*lines, _json.encode(signed))))


def _write_whole(folder: Path, name: str, data: bytes) -> None:
    """Write a file such that it is there whole or as it was before."""
    path = folder / name
    part = path.with_name(name + ".part")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError as error:
        raise BrokenError(
            f"보관 폴더에 쓸 수 없습니다: {path} ({error.strerror})", next_step="디스크 공간과 폴더 권한을 확인하세요."
        ) from error


def _lines(folder: Path) -> list[bytes]:
    try:
        return (folder / MANIFEST).read_bytes().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BrokenError(f"보관 목록을 읽을 수 없습니다: {folder}", next_step="폴더 권한을 확인하세요.") from error


def _known(folder: Path) -> list[Month]:
    try:
        return [_months.decode(line) for line in _lines(folder)]
    except msgspec.DecodeError as error:
        raise BrokenError(
            f"보관 목록이 훼손되었습니다: {folder / MANIFEST}", next_step="`hantu audit verify`로 확인하세요."
        ) from error


def _hash_of_line(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest() if line else ""


def _next(month: date) -> date:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1, day=1)
