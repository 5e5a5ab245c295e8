"""What the broker issued, kept in one private file so that a restart asks for nothing.

Rules of this file: mode 0600, replaced in one step, named by the environment and
a fingerprint of the app key; a file somebody else owns or that cannot be read
counts as empty, and a disk that refuses never stops trading.
"""

import asyncio
import os
import stat
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from hantu.kis.environment import EnvironmentName, KisEnvironment
from hantu.kis.tokens import Grant, IssueLog

PRIVATE: Final = 0o600
SIZE_MAX: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """One issued secret and when it was asked for."""

    grant: Grant | None = None
    log: IssueLog = field(default_factory=IssueLog)


class _GrantRecord(msgspec.Struct):
    secret: str
    issued_at: datetime
    expires_at: datetime
    rejected: bool = False


class _KeptRecord(msgspec.Struct):
    grant: _GrantRecord | None = None
    attempts: tuple[datetime, ...] = ()
    not_before: datetime | None = None


class Keyring:
    """The issued secrets of one app key, by name (``token``, ``approval``)."""

    def __init__(self, folder: Path, environment: KisEnvironment) -> None:
        self._path = folder / f"keys-{environment.name}-{environment.credentials.fingerprint}.json"
        self._kept = self._read()
        if environment.name is EnvironmentName.LOCAL:
            # A practice exchange plays the same minutes again: attempts of an earlier play are not of this one.
            self._kept = {name: Kept(kept.grant) for name, kept in self._kept.items()}
        self._saving = asyncio.Lock()
        self.save_failure = ""
        """Why the file could not be written last time; empty if it could."""

    def get(self, name: str) -> Kept:
        """Return what is kept under ``name``."""
        return self._kept.get(name, Kept())

    def put(self, name: str, kept: Kept) -> None:
        """Keep ``kept`` in memory; ``save`` makes it last."""
        self._kept[name] = kept

    async def save(self) -> None:
        """Write what is kept, one writer at a time; a disk error is noted, not raised."""
        async with self._saving:
            content = msgspec.json.encode({name: _record(kept) for name, kept in self._kept.items()})
            try:
                await asyncio.to_thread(self._write, content)
            except OSError as error:
                self.save_failure = f"{type(error).__name__}: {error.strerror}"
            else:
                self.save_failure = ""

    def _read(self) -> dict[str, Kept]:
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return {}
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
                return {}
            if stat.S_IMODE(status.st_mode) != PRIVATE:
                os.fchmod(file.fileno(), PRIVATE)
            content = file.read(SIZE_MAX)
        try:
            records = msgspec.json.decode(content, type=dict[str, _KeptRecord])
        except msgspec.DecodeError:
            return {}
        return {name: _kept(record) for name, record in records.items()}

    def _write(self, content: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._path.with_suffix(f".{os.getpid()}.new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)


def rejected(kept: Kept) -> Kept:
    """Return ``kept`` with its grant marked as refused by the broker."""
    return kept if kept.grant is None else replace(kept, grant=replace(kept.grant, rejected=True))


def _kept(record: _KeptRecord) -> Kept:
    saved = record.grant
    # Times without a zone cannot be ours.
    moments = [*record.attempts, *([record.not_before] if record.not_before else [])]
    if saved is not None:
        moments += [saved.issued_at, saved.expires_at]
    if any(moment.tzinfo is None for moment in moments):
        return Kept()
    grant = None if saved is None else Grant(saved.secret, saved.issued_at, saved.expires_at, saved.rejected)
    return Kept(grant, IssueLog(record.attempts, record.not_before))


def _record(kept: Kept) -> _KeptRecord:
    grant = kept.grant
    saved = None if grant is None else _GrantRecord(grant.secret, grant.issued_at, grant.expires_at, grant.rejected)
    return _KeptRecord(saved, kept.log.attempts, kept.log.not_before)
