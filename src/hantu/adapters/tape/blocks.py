"""How a tape lies on disk: a head, then blocks that each stand for themselves.

A block is compressed, has its length and a checksum, and is written by one call;
what a dying process leaves half done is found and passed over.

    file   "HANTU-TAPE", format (2 bytes)
    block  "HT", kind (1), spare (1), length (4), CRC-32 (4), zlib of chunks
    chunk  length (4), msgpack
"""

import struct
import zlib
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path

from hantu.domain.errors import BrokenError

MAGIC = b"HANTU-TAPE"
FORMAT = 1
_HEAD = struct.Struct("<10sH")
_BLOCK = struct.Struct("<2sBxII")
_CHUNK = struct.Struct("<I")
_BLOCK_MAGIC = b"HT"
LEVEL = 1
"""Repeated names and numbers shrink to about a tenth even at the fastest level."""


class Kind(IntEnum):
    """What a block holds."""

    HEADER = 1
    ROWS = 2
    END = 3
    """Why the part ends; absent after a kill."""


def head() -> bytes:
    """Return the beginning of a file."""
    return _HEAD.pack(MAGIC, FORMAT)


def chunk(data: bytes) -> bytes:
    """Return one chunk of a block."""
    return _CHUNK.pack(len(data)) + data


def block(kind: Kind, payload: bytes | bytearray) -> bytes:
    """Return a block around its chunks."""
    packed = zlib.compress(payload, LEVEL)
    return _BLOCK.pack(_BLOCK_MAGIC, kind, len(packed), zlib.crc32(packed)) + packed


class Blocks:
    """The blocks of one file; after iteration ``torn`` tells how many bytes at the end could not be read."""

    def __init__(self, path: Path) -> None:
        """Open a tape.

        Raises:
            BrokenError: It is none, or of a newer format.
        """
        self._path = path
        self._data = path.read_bytes()
        self.torn = 0
        if not self._data.startswith(MAGIC) or len(self._data) < _HEAD.size:
            raise BrokenError(f"테이프 파일이 아닙니다: {path}", next_step="파일이 손상되지 않았는지 확인하세요.")
        version = _HEAD.unpack_from(self._data)[1]
        if version != FORMAT:
            raise BrokenError(
                f"{path.name} 은 형식 {version} 의 테이프입니다. 이 hantu 는 형식 {FORMAT} 만 읽습니다.",
                next_step="기록한 판의 hantu 로 재생하세요.",
            )

    def __iter__(self) -> Iterator[tuple[Kind, bytes]]:
        """Yield (kind, chunk) until the end or the first damage."""
        at, size = _HEAD.size, len(self._data)
        while at < size:
            found = self._payload(at)
            if found is None:
                self.torn = size - at
                return
            kind, payload, at = found
            place = 0
            while place < len(payload):
                (length,) = _CHUNK.unpack_from(payload, place)
                place += _CHUNK.size
                yield kind, payload[place : place + length]
                place += length

    def _payload(self, at: int) -> tuple[Kind, bytes, int] | None:
        if at + _BLOCK.size > len(self._data):
            return None
        magic, kind, length, crc = _BLOCK.unpack_from(self._data, at)
        start, end = at + _BLOCK.size, at + _BLOCK.size + length
        if magic != _BLOCK_MAGIC or end > len(self._data) or zlib.crc32(self._data[start:end]) != crc:
            return None
        return Kind(kind), zlib.decompress(self._data[start:end]), end
