"""The spill: a second, simpler durable memory for when the database takes no writes.

Append-only JSON lines, each with the SHA-256 of its entry, each synced to disk
before it counts. Lines are replayed into the database in order and then removed.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from hantu.adapters.store.entries import BatchEntry, DeliveryEntry, Entry, PolicyEntry

FILE_NAME = "spill.jsonl"


class _Line(msgspec.Struct, frozen=True):
    sha256: str
    entry: msgspec.Raw


_encoder = msgspec.json.Encoder()
_line_decoder = msgspec.json.Decoder(_Line)
_entry_decoder: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(BatchEntry | DeliveryEntry | PolicyEntry)


@dataclass(frozen=True, slots=True)
class SpilledLine:
    """One line and the offset behind it; ``entry`` is None if it cannot be trusted."""

    entry: Entry | None
    end: int


class SpillFile:
    """The spill of one data directory. Not thread-safe but for ``read``."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._descriptor = -1
        self._size = 0

    def append(self, entry: Entry) -> int:
        """Write one entry durably; return the file's size behind it.

        Raises:
            OSError: It is not durable; nothing of it remains in the file.
        """
        raw = _encoder.encode(entry)
        line = b'{"sha256":"%b","entry":%b}\n' % (hashlib.sha256(raw).hexdigest().encode(), raw)
        try:
            descriptor = self._open()
            _write_whole(descriptor, line)
            os.fsync(descriptor)
        except OSError:
            self._take_back()
            raise
        self._size += len(line)
        return self._size

    def read(self, start: int = 0) -> Iterator[SpilledLine]:
        """Yield lines from offset ``start``, oldest first; a torn last line ends it."""
        try:
            file = self.path.open("rb")
        except (FileNotFoundError, NotADirectoryError):
            return
        with file:
            file.seek(start)
            end = start
            for line in file:
                end += len(line)
                if not line.endswith(b"\n"):
                    return
                yield SpilledLine(_parse(line), end)

    def size(self) -> int:
        """Return the bytes on disk; 0 when there is no spill."""
        try:
            return self.path.stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return 0

    def clear(self, *, keep_as: str = "") -> None:
        """Remove the file after its replay, or rename it to ``keep_as`` beside itself."""
        self.close()
        if keep_as and self.path.exists():
            self.path.rename(self.path.with_name(keep_as))
        self.path.unlink(missing_ok=True)
        self._size = 0

    def close(self) -> None:
        """Close the file; a later append opens it again."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _open(self) -> int:
        if self._descriptor < 0:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            self._size = self._end_torn_line(self._descriptor)
            _sync_folder(self.path.parent)
        return self._descriptor

    @staticmethod
    def _end_torn_line(descriptor: int) -> int:
        """Close off a line that a crash cut short, so that the next one stands alone."""
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            size += os.write(descriptor, b"\n")
        return size

    def _take_back(self) -> None:
        """Cut off a line that did not become durable and start from a fresh descriptor."""
        if self._descriptor >= 0:
            try:
                os.ftruncate(self._descriptor, self._size)
            finally:
                self.close()


def _parse(line: bytes) -> Entry | None:
    try:
        checked = _line_decoder.decode(line)
        if hashlib.sha256(checked.entry).hexdigest() != checked.sha256:
            return None
        return _entry_decoder.decode(checked.entry)
    except msgspec.DecodeError:
        return None


def _write_whole(descriptor: int, line: bytes) -> None:
    written = os.write(descriptor, line)
    if written != len(line):
        raise OSError(f"only {written} of {len(line)} bytes fit")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
