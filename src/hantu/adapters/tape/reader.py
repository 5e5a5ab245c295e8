"""Tapes read back: the parts of a day, each with its header and its rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import msgspec

from hantu.adapters.tape import folder
from hantu.adapters.tape.blocks import Blocks, Kind
from hantu.adapters.tape.codec import Row, decode_rows
from hantu.adapters.tape.header import Header, decode_header
from hantu.domain.errors import BrokenError, UsageError


@dataclass(slots=True)
class Part:
    """One file: one life of a guard on one day. Rows are read once, in order."""

    path: Path
    header: Header
    _blocks: Blocks = field(repr=False)
    ended: str = ""
    """Known after the rows are read: closed, continued (next day), or empty after a kill."""

    @property
    def torn(self) -> int:
        """Bytes at the end that could not be read; known after the rows are read."""
        return self._blocks.torn

    def rows(self) -> Iterator[Row]:
        """Yield every row that was written whole.

        Raises:
            BrokenError: A block is whole and yet makes no sense.
        """
        for kind, data in self._blocks:
            if kind is Kind.ROWS:
                try:
                    yield from decode_rows(data)
                except msgspec.DecodeError as error:
                    raise BrokenError(
                        f"{self.path.name} 을 읽을 수 없습니다: {error}",
                        next_step="파일이 손상되지 않았는지 확인하세요.",
                    ) from error
            elif kind is Kind.END:
                self.ended = data.decode()


def open_part(path: Path) -> Part | None:
    """Return one part, None if its writer died before the header was whole.

    Raises:
        BrokenError: It is no tape, or of another format.
    """
    if path.stat().st_size == 0:
        return None
    blocks = Blocks(path)
    first = next(iter(blocks), None)
    if first is None:
        return None
    kind, data = first
    if kind is not Kind.HEADER:
        raise BrokenError(f"{path.name} 에 머리말이 없습니다.", next_step="파일이 손상되지 않았는지 확인하세요.")
    return Part(path, decode_header(data), blocks)


def parts_of(root: Path, day: date | None) -> list[Part]:
    """Return the parts of a day, the newest recorded one by default.

    Raises:
        UsageError: Nothing was recorded then.
        BrokenError: A part cannot be read.
    """
    known = folder.days(root)
    if not known:
        raise UsageError(f"{root} 에 테이프가 없습니다.", next_step="감시가 한 번이라도 실행됐는지 확인하세요.")
    wanted = day or known[-1]
    if wanted not in known:
        raise UsageError(
            f"{wanted} 의 테이프가 없습니다.", next_step=f"{known[0]} 부터 {known[-1]} 까지 {len(known)}일이 있습니다."
        )
    found = [part for path in folder.parts(root, wanted) if (part := open_part(path)) is not None]
    if not found:
        raise BrokenError(f"{wanted} 의 테이프가 비어 있습니다.", next_step="다른 날을 재생하세요.")
    return found
