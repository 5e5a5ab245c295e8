"""One file with everything a home's databases hold at a moment, and one of their keys, which lies elsewhere.

1. A set appears under its name only when it is whole: made beside it, checked, made durable, renamed.
2. Every file in it is named with its SHA-256 in the first member; nothing else is ever taken out of it.
3. What is not in the set is not needed to open what is, except the keys.
"""

import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from hantu.adapters.store.maintenance import backup_database, check_database
from hantu.domain.errors import BrokenError, UsageError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
MANIFEST_MAX: Final = 1_000_000
NAME: Final = "hantu-{at}.tar.gz"
KEYS_NAME: Final = "hantu-{at}.keys.tar.gz"
PATTERN: Final = "hantu-????????T??????Z.tar.gz"
BLOCK: Final = 1 << 20
LEVEL: Final = 3
"""Of compression: half the size at a third of the time."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a home: its name in the set, and where it lies."""

    name: str
    path: Path
    database: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """A set that was opened and found whole."""

    told: Mapping[str, Any]
    """What its maker said of it."""
    files: Mapping[str, Path]
    """Its files by name, in a scratch folder."""


def make_set(parts: Sequence[Part], target: Path, told: Mapping[str, Any]) -> int:
    """Write those of ``parts`` that exist; databases may be in use. Return the set's bytes.

    Raises:
        UsageError: ``target`` exists.
        BrokenError: A database cannot be read or its copy is not sound, or the folder takes no file.
    """
    if target.exists():
        raise UsageError(f"이미 있는 파일입니다: {target}", next_step="다른 폴더를 지정하거나 잠시 뒤에 다시 하세요.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(prefix=".hantu-", dir=target.parent) as scratch:
            files = _copied(parts, Path(scratch))
            part = Path(scratch) / "set"
            _write(part, files, told)
            part.replace(target)
            _durable(target.parent)
        return target.stat().st_size
    except OSError as error:
        raise BrokenError(
            f"백업을 쓸 수 없습니다: {target} ({error.strerror or error}).",
            next_step="폴더의 권한과 남은 공간을 확인하세요.",
        ) from error


@contextmanager
def opened_set(file: Path, scratch_in: Path) -> Iterator[Contents]:
    """Take a set apart in a folder that is gone afterwards; every sum and every database is checked first.

    Raises:
        UsageError: There is no such file.
        BrokenError: It is no set, damaged, or of a newer release.
    """
    if not file.is_file():
        raise UsageError(f"그런 파일이 없습니다: {file}", next_step="`hantu backup list` 로 확인하세요.")
    with tempfile.TemporaryDirectory(prefix=".hantu-", dir=scratch_in) as scratch:
        try:
            told, files = _taken_apart(file, Path(scratch))
        except (OSError, EOFError, tarfile.TarError, zlib.error, ValueError, KeyError, TypeError) as error:
            raise _damaged(file, str(error) or type(error).__name__) from error
        for name, path in files.items():
            if told["files"][name].get("database"):
                check_database(path)
        yield Contents(told, files)


def keep_newest(folder: Path, count: int, keys: Path | None) -> list[str]:
    """Remove all but the newest ``count`` sets of a folder, and the keys that go with them; return their names."""
    sets = sorted(folder.glob(PATTERN))
    gone = sets[: max(0, len(sets) - count)]
    for one in gone:
        one.unlink(missing_ok=True)
        if keys is not None:
            (keys / one.name.replace(".tar.gz", ".keys.tar.gz")).unlink(missing_ok=True)
    return [one.name for one in gone]


# --- leaves ---------------------------------------------------------------------------


def _copied(parts: Sequence[Part], scratch: Path) -> dict[str, tuple[Path, bool]]:
    files: dict[str, tuple[Path, bool]] = {}
    for number, part in enumerate(one for one in parts if one.path.exists()):
        copy = scratch / f"{number}.copy"
        if part.database:
            backup_database(part.path, copy)
        else:
            copy.write_bytes(part.path.read_bytes())
        files[part.name] = (copy, part.database)
    return files


def _write(target: Path, files: Mapping[str, tuple[Path, bool]], told: Mapping[str, Any]) -> None:
    listed = {
        name: {"sha256": _sum(path), "bytes": path.stat().st_size, "database": database}
        for name, (path, database) in files.items()
    }
    head = json.dumps({**told, "format": FORMAT, "files": listed}, ensure_ascii=False, indent=2).encode()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=LEVEL) as made:
            made.addfile(_member(MANIFEST, len(head)), io.BytesIO(head))
            for name, (path, _) in files.items():
                with path.open("rb") as source:
                    made.addfile(_member(name, path.stat().st_size), source)
        raw.flush()
        os.fsync(raw.fileno())


def _member(name: str, size: int) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.size, found.mode = size, 0o600
    return found


def _taken_apart(file: Path, scratch: Path) -> tuple[dict[str, Any], dict[str, Path]]:
    with gzip.open(file) as whole, tarfile.open(fileobj=whole, mode="r:") as archive:
        first = archive.next()
        if first is None or first.name != MANIFEST or not first.isfile() or first.size > MANIFEST_MAX:
            raise ValueError("no manifest")
        source = archive.extractfile(first)
        assert source is not None
        told = json.loads(source.read())
        if told["format"] > FORMAT:
            raise ValueError(f"made by a newer release (format {told['format']})")
        wanted: dict[str, Any] = dict(told["files"])
        files: dict[str, Path] = {}
        for member in archive:
            if member.name == MANIFEST:
                continue
            said = wanted.pop(member.name)
            if not member.isfile() or not _plain(member.name) or member.size != said["bytes"]:
                raise ValueError(f"{member.name} is not what was listed")
            source = archive.extractfile(member)
            assert source is not None
            path = scratch / str(len(files))
            if _copy(source.read, path) != said["sha256"]:
                raise ValueError(f"{member.name} has changed")
            files[member.name] = path
        if wanted:
            raise ValueError(f"{', '.join(sorted(wanted))} missing")
        while whole.read(BLOCK):
            pass  # to the end, where the sum of all stands: no bit of a set may be another one
    return told, files


def _plain(name: str) -> bool:
    """Tell whether a name stays inside the home it is put into."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and bool(path.parts)


def _copy(read: Callable[[int], bytes], target: Path) -> str:
    found = hashlib.sha256()
    with target.open("wb") as file:
        while block := read(BLOCK):
            found.update(block)
            file.write(block)
    target.chmod(0o600)
    return found.hexdigest()


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _durable(folder: Path) -> None:
    with suppress(OSError):  # some file systems have no such thing for folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _damaged(file: Path, why: str) -> BrokenError:
    return BrokenError(
        f"백업을 쓸 수 없습니다: {file} ({why}).", next_step="`hantu backup list` 에서 다른 백업을 고르세요."
    )
