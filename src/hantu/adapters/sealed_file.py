"""A whole file sealed under the keys of a vault: for copies of the records that leave the machine.

Pieces are sealed one by one, each bound to its file, its place in it and whether it is
the last: none can be changed, moved, repeated or cut off unseen.
"""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from hantu.adapters.vault import Vault
from hantu.domain.errors import BrokenError, UsageError

MARK: Final = b"hantu sealed 1\n"
NAME_BYTES: Final = 16
PIECE_BYTES: Final = 1 << 20
LENGTH_BYTES: Final = 4
_LONGEST: Final = PIECE_BYTES + 64


def seal_file(vault: Vault, source: Path, target: Path) -> int:
    """Write ``source`` sealed to ``target``; return its bytes.

    Raises:
        UsageError: ``target`` exists.
        BrokenError: A file cannot be read or written.
    """
    name = secrets.token_bytes(NAME_BYTES)
    try:
        with source.open("rb") as given, _new(target) as out:
            out.write(MARK + name)
            for number, (piece, last) in enumerate(_pieces(given)):
                sealed = vault.seal(piece, _place(name, number, last=last))
                out.write(len(sealed).to_bytes(LENGTH_BYTES, "big") + bytes((last,)) + sealed)
    except OSError as error:
        raise BrokenError(
            f"암호화한 복사본을 만들 수 없습니다: {error.strerror}", next_step="공간과 권한을 확인하세요."
        ) from error
    return target.stat().st_size


def open_file(vault: Vault, source: Path, target: Path) -> int:
    """Write what was sealed in ``source`` to ``target``; return its bytes.

    Raises:
        UsageError: ``target`` exists, or ``source`` is no sealed file.
        BrokenError: It was changed or cut, its key is gone, or a file cannot be read or written.
    """
    done = False
    try:
        with source.open("rb") as given:
            if given.read(len(MARK)) != MARK:
                raise UsageError(
                    "hantu 가 암호화한 파일이 아닙니다.", next_step="`hantu db backup --seal` 로 만든 파일을 주세요."
                )
            name = given.read(NAME_BYTES)
            with _new(target) as out:
                try:
                    for piece in _opened(vault, given, name):
                        out.write(piece)
                    done = True
                finally:
                    if not done:
                        target.unlink()
    except OSError as error:
        raise BrokenError(
            f"암호화한 복사본을 열 수 없습니다: {error.strerror}", next_step="공간과 권한을 확인하세요."
        ) from error
    return target.stat().st_size


def _opened(vault: Vault, given: BinaryIO, name: bytes) -> Iterator[bytes]:
    number, last = 0, False
    while not last:
        head = given.read(LENGTH_BYTES + 1)
        length = int.from_bytes(head[:LENGTH_BYTES], "big")
        if len(head) != LENGTH_BYTES + 1 or length > _LONGEST:
            raise _cut()
        last, piece = bool(head[LENGTH_BYTES]), given.read(length)
        if len(piece) != length:
            raise _cut()
        yield vault.open(piece, _place(name, number, last=last))
        number += 1
    if given.read(1):
        raise _cut()


def _pieces(given: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    piece = given.read(PIECE_BYTES)
    while True:
        following = given.read(PIECE_BYTES)
        yield piece, not following
        if not following:
            return
        piece = following


def _new(path: Path) -> BinaryIO:
    try:
        found = path.open("xb")
    except FileExistsError:
        raise UsageError(f"이미 있는 파일입니다: {path}", next_step="다른 이름을 지정하세요.") from None
    path.chmod(0o600)
    return found


def _place(name: bytes, number: int, *, last: bool) -> str:
    return f"backup|{name.hex()}|{number}|{int(last)}"


def _cut() -> BrokenError:
    return BrokenError("암호화한 복사본이 잘렸거나 바뀌었습니다.", next_step="다른 복사본을 쓰세요.")
