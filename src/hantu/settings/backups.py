"""Backups of a home: what belongs into one, whether its secrets open with their keys, and putting it back.

Never inside: keys of the broker, tokens and other secrets of the configuration, the configuration itself,
tapes and archives. Keys go into a set of their own, for another place.
"""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from hantu.__about__ import __version__
from hantu.adapters.accounts.book import Book
from hantu.adapters.accounts.doorkeeper import readable_secrets
from hantu.adapters.backup_set import KEYS_NAME, NAME, Contents, Part, keep_newest, make_set, opened_set
from hantu.adapters.process_lock import ProcessLock
from hantu.adapters.second_factor import SecondFactors
from hantu.adapters.store.account_rows import open_accounts
from hantu.adapters.store.maintenance import init_database, newest_record
from hantu.adapters.store.offline import record_kill, record_operation
from hantu.adapters.store.phone_book import FILE_NAME
from hantu.adapters.vault import Vault
from hantu.domain.commands import KillLevel
from hantu.domain.errors import BrokenError, HantuError, UsageError
from hantu.settings.model import Settings
from hantu.settings.sealing import keys_dir

DATABASE: Final = "hantu.db"
SERVER: Final = "server/server.db"
ANCHORS: Final = "audit/anchors.jsonl"
BESIDE: Final = ("", "-wal", "-shm")
KILL_REASON: Final = "백업에서 복원함 - 잔고와 주문을 맞출 때까지"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made; texts are paths."""

    path: str
    bytes: int
    keys: str
    """Where the keys lie; empty if they were not wanted."""
    files: tuple[str, ...]
    removed: tuple[str, ...]
    """Older sets that had to go."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look into a set found."""

    told: dict[str, Any]
    secrets: int
    """Sealed secrets that opened; 0 without keys."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what is lost."""

    made_at: str
    newest_record: str
    """Moment of the last event in the backup; UTC text."""
    lost_until: str
    """Moment of the last event the replaced records had; empty where they could not be read."""
    lost_events: int
    """Of those events; -1 where nobody can say."""
    set_aside: str
    """Folder with what lay there before; empty if nothing did."""
    files: tuple[str, ...]
    keys: tuple[str, ...]


def parts_of(settings: Settings) -> tuple[Part, ...]:
    """Return the files of a home that belong into a backup."""
    home = settings.home
    return (
        Part(DATABASE, settings.database, database=True), Part(FILE_NAME, home / FILE_NAME, database=True),
        Part(SERVER, home / SERVER, database=True), Part(ANCHORS, home / ANCHORS),
        Part("audit/audit.pub", settings.audit_dir / "audit.pub"),
    )  # fmt: skip


def keys_of(settings: Settings) -> tuple[Part, ...]:
    """Return the files that open what is sealed in the databases, and sign what is audited."""
    folders = (
        ("audit", settings.audit_dir), ("server/keys", settings.home / "server" / "keys"), ("keys", keys_dir(settings)),
    )  # fmt: skip
    return tuple(
        Part(f"{name}/{path.name}", path) for name, folder in folders for path in sorted(folder.glob("*.key"))
    )  # fmt: skip


def make_backup(settings: Settings, folder: Path, keys: Path | None, keep: int | None, now: datetime) -> Made:
    """Copy the databases into one file of ``folder`` and their keys into one of ``keys``; guard and server may run.

    Raises:
        UsageError: There is nothing to copy, or keys would lie with what they open.
        BrokenError: A database cannot be read, or a folder takes no file.
    """
    if not settings.database.exists():
        raise UsageError(f"백업할 데이터베이스가 없습니다: {settings.database}", next_step="HANTU_HOME 을 확인하세요.")
    if keys is not None and keys.resolve() == folder.resolve():
        raise UsageError(
            "키를 데이터베이스와 같은 폴더에 두지 않습니다. 한 곳을 잃으면 둘 다 잃습니다.",
            next_step="--keys 에 다른 디스크나 다른 기기의 폴더를 적어 주세요.",
        )
    at = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    told = {
        "made_at": now.astimezone(UTC).isoformat(), "version": __version__, "environment": settings.environment,
        "account": settings.account.alias, "newest_record": newest_record(settings.database)[0],
    }  # fmt: skip
    target = folder / NAME.format(at=at)
    key_file = keys / KEYS_NAME.format(at=at) if keys is not None else None
    if key_file is not None:
        # First: a set whose keys could not be kept is not there at all.
        make_set(keys_of(settings), key_file, {"made_at": told["made_at"], "keys_of": target.name})
    size = make_set(parts_of(settings), target, told)
    removed = keep_newest(folder, keep, keys) if keep is not None else []
    files = tuple(part.name for part in parts_of(settings) if part.path.exists())
    return Made(str(target), size, str(key_file or ""), files, tuple(removed))


def check_backup(settings: Settings, file: Path, keys: Path | None) -> Checked:
    """Take a backup apart in a scratch folder; with keys every sealed secret in it is opened.

    Raises:
        UsageError: No such file.
        BrokenError: It is damaged, or its secrets do not open with these keys.
    """
    with opened_set(file, _scratch(settings)) as found:
        if keys is None:
            return Checked(dict(found.told), 0)
        with opened_set(keys, _scratch(settings)) as opening:
            return Checked(dict(found.told), _secrets(found, opening, _scratch(settings)))


def restore_backup(settings: Settings, file: Path, keys: Path | None, actor: str, now: datetime) -> Restored:
    """Put a backup in the place of what lies there, which is set aside; nothing of this home may be running.

    The kill switch is set in the restored records: orders after the backup are unknown to them, so nothing
    is bought until a person has compared and released it. Stops go on.

    Raises:
        DeniedError: A process of this home runs.
        BrokenError: The backup is damaged, its secrets do not open, or the home takes no files.
    """
    home = settings.home
    lock = ProcessLock(settings.lock_file, home / "jobs.lock", home / "up.lock")
    lock.acquire()
    try:
        with opened_set(file, _scratch(settings)) as found:
            if keys is None:
                return _put_back(settings, found, None, actor, now)
            with opened_set(keys, _scratch(settings)) as opening:
                _secrets(found, opening, _scratch(settings))
                return _put_back(settings, found, opening, actor, now)
    finally:
        lock.release()


# --- leaves ---------------------------------------------------------------------------


def _put_back(settings: Settings, found: Contents, keys: Contents | None, actor: str, now: datetime) -> Restored:
    # In the scratch folder: a backup of a newer release is refused before anything was moved.
    init_database(found.files[DATABASE])
    newest, count = newest_record(found.files[DATABASE])
    lost_until, lost = _lost(settings.database, count)
    aside = settings.home / f"before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    places = {part.name: part.path for part in parts_of(settings)}
    key_places = {name: settings.home / name for name in (keys.files if keys is not None else {})}
    # Signed heads are newer than any backup: those that are there stay, so that `audit verify` sees the cut.
    wanted = {name: path for name, path in found.files.items() if name != ANCHORS or not places[ANCHORS].exists()}
    moved = False
    try:
        for name in wanted:
            moved |= _set_aside(places[name], aside / name)
        for name, path in key_places.items():
            moved |= _set_aside(path, aside / name)
        for name, path in wanted.items():
            _put(path, places[name])
        for name, path in (keys.files if keys is not None else {}).items():
            _put(path, key_places[name])
    except OSError as error:
        raise BrokenError(
            f"복원하지 못했습니다: {error.filename} ({error.strerror or error}).",
            next_step=f"남은 공간과 권한을 확인하고 다시 하세요. 있던 파일은 {aside} 에 있습니다.",
        ) from error
    record_kill(settings.database, level=KillLevel.ACTIVE, reason=KILL_REASON, actor=actor)
    details = {
        "made_at": found.told["made_at"], "newest_record": newest, "lost_until": lost_until, "lost_events": lost,
        "files": sorted(wanted),
    }  # fmt: skip
    record_operation(settings.database, "restore_done", details, actor=actor)
    return Restored(
        str(found.told["made_at"]), newest, lost_until, lost, str(aside) if moved else "", tuple(sorted(wanted)),
        tuple(sorted(key_places)),
    )  # fmt: skip


def _lost(database: Path, kept: int) -> tuple[str, int]:
    """Return until when the replaced records went, and how many events of theirs the backup does not have."""
    if not database.exists():
        return "", -1
    try:
        newest, count = newest_record(database)
    except HantuError:
        return "", -1
    return newest, max(0, count - kept)


def _set_aside(path: Path, target: Path) -> bool:
    """Move a file and what SQLite keeps beside it out of the way; tell whether there was one."""
    found = False
    for ending in BESIDE:
        beside = path.with_name(path.name + ending)
        if beside.exists():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside.rename(target.with_name(target.name + ending))
            found = True
    return found


def _put(source: Path, target: Path) -> None:
    """Copy a file to its place in one step, for its owner only, durably."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(target.name + ".part")
    shutil.copyfile(source, part)
    part.chmod(0o600)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.rename(target)


def _secrets(found: Contents, keys: Contents, scratch_in: Path) -> int:
    """Open every sealed secret of a set with the keys of another; return how many there were.

    Raises:
        BrokenError: One does not open: these are not its keys.
    """
    import tempfile

    with tempfile.TemporaryDirectory(prefix=".hantu-", dir=scratch_in) as name:
        scratch = Path(name)
        for group in (found.files, keys.files):
            for part, path in group.items():
                _put(path, scratch / part)
        count = 0
        count += 2 * len(open_accounts(scratch / DATABASE, Vault(scratch / "keys")))
        if SERVER in found.files:
            count += readable_secrets(Book(scratch / SERVER, lambda: 0.0), Vault(scratch / "server" / "keys"))
        if FILE_NAME in found.files:
            count += SecondFactors(scratch, scratch / "audit", lambda: 0.0).readable()
        return count


def _scratch(settings: Settings) -> Path:
    """Return where sets are taken apart: on the disk of the home, which has room for its own databases."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return settings.home
