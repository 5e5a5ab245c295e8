"""Signed heads of the audit trail, kept outside the database: one JSON line each, only ever appended.

A line holds how many rows there are, the head over all of them, a mark of every
row since the line before, and the hash of the line before. Whoever changes the
database cannot change these without the key, nor all the places they lie in.
"""

import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from hantu.adapters.audit.keys import PUBLIC_FILE, Signer, fingerprint, signed_by
from hantu.adapters.store.chain import GENESIS, Head, framed, head_of, leaf_of, node_of
from hantu.adapters.store.chain_check import LEAF_MARK, Damage, Finding, KnownHead, rows_of
from hantu.adapters.store.maintenance import reading
from hantu.domain.errors import BrokenError, UsageError

FILE = "anchors.jsonl"
HEAD_WORD = b"hantu/audit/head/v1"
TAIL = 1 << 16
"""Bytes first looked at for the last line: the file grows for years and is asked every minute."""
MARKS_MAX = 200_000
"""Rows marked in one line; a trail that is longer when it is first signed is marked from there on."""


class Place(Protocol):
    """Where signed heads are kept: a folder here, another disk, one day another host."""

    @property
    def name(self) -> str:
        """What people call it."""

    def lines(self) -> list[bytes]:
        """Return every line that is kept, oldest first."""

    def newest(self) -> bytes:
        """Return the last line that is whole; empty without one."""

    def add(self, line: bytes, public: bytes) -> None:
        """Keep one more line; ``public`` is the key it was signed by."""


class Anchor(msgspec.Struct, frozen=True):
    """One signed head."""

    n: int
    """Number of the line, from 1."""
    count: int
    head: str
    at: str
    marks: str
    """First bytes of the leaves since the line before, hexadecimal."""
    prev: str
    """SHA-256 of the line before; empty for the first."""
    key: str
    """Fingerprint of the public key."""
    signature: str = ""

    def known(self) -> KnownHead:
        """Return what rows are compared with."""
        data = bytes.fromhex(self.marks)
        marks = tuple(data[start : start + LEAF_MARK] for start in range(0, len(data), LEAF_MARK))
        return KnownHead(self.count, bytes.fromhex(self.head), marks)

    def signed_bytes(self) -> bytes:
        """Return what the signature covers: everything else."""
        parts = (str(self.n), str(self.count), self.head, self.at, self.marks, self.prev, self.key)
        return framed(HEAD_WORD, (part.encode() for part in parts))


_anchors = msgspec.json.Decoder(Anchor)


class Folder:
    """Keeps signed heads in a file of a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self._path / FILE)

    def lines(self) -> list[bytes]:
        """Return every whole line; a missing file has none, and what a crash cut short is none.

        Raises:
            BrokenError: It cannot be read.
        """
        try:
            return (self._path / FILE).read_bytes().split(b"\n")[:-1]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unusable(self.name, error) from error

    def newest(self) -> bytes:
        """Return the last line that is whole, reading from the end; empty without one.

        Raises:
            BrokenError: It cannot be read.
        """
        try:
            with (self._path / FILE).open("rb") as file:
                size, span = file.seek(0, os.SEEK_END), TAIL
                while True:
                    file.seek(max(0, size - span))
                    lines = file.read(span).split(b"\n")[:-1]
                    # The first piece may be the end of a line that began earlier.
                    whole = lines if span >= size else lines[1:]
                    found = next((line for line in reversed(whole) if _parsed(line) is not None), b"")
                    if found or span >= size:
                        return found
                    span *= 8
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise _unusable(self.name, error) from error

    def add(self, line: bytes, public: bytes) -> None:
        """Append a line and make it durable.

        Raises:
            BrokenError: The folder takes no writes.
        """
        try:
            self._path.mkdir(parents=True, exist_ok=True, mode=0o700)
            key = self._path / PUBLIC_FILE
            if not key.exists():
                key.write_text(public.hex() + "\n", encoding="ascii")
            descriptor = os.open(self._path / FILE, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                size = os.fstat(descriptor).st_size
                # A line that a crash cut short ends here and is passed over by the reader.
                torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
                os.write(descriptor, (b"\n" if torn else b"") + line + b"\n")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise _unusable(self.name, error) from error

    def set_aside(self) -> Path | None:
        """Begin anew: keep the lines so far under a number of their own; return where, None without lines.

        Raises:
            BrokenError: The folder takes no changes.
        """
        path = self._path / FILE
        target = self._path / f"anchors-{len(self.earlier()) + 1:03d}.jsonl"
        try:
            if not path.exists():
                return None
            path.rename(target)
        except OSError as error:
            raise _unusable(self.name, error) from error
        return target

    def earlier(self) -> list[Path]:
        """Return the files that were set aside, oldest first."""
        return sorted(self._path.glob("anchors-*.jsonl"))

    def public(self) -> bytes | None:
        """Return the public key that lies beside the heads, None without one."""
        try:
            return bytes.fromhex((self._path / PUBLIC_FILE).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None


def read_anchors(lines: Sequence[bytes], public: bytes) -> tuple[list[Anchor], Finding | None]:
    """Return the signed heads up to the first line that is not as it was signed, and that line."""
    found: list[Anchor] = []
    before = b""
    for number, line in enumerate(lines, start=1):
        anchor = _parsed(line)
        if anchor is None:
            if number < len(lines) and _follows(_parsed(lines[number]), found, before):
                continue  # cut short by a crash while it was written; the next one went on behind it
            return found, Finding(Damage.ANCHORS, number, f"서명된 머리 {number}번째 줄을 읽을 수 없습니다.")
        if not _follows(anchor, found, before):
            return found, Finding(Damage.ANCHORS, number, f"서명된 머리 {number}번째 줄 앞의 줄이 없거나 바뀌었습니다.")
        if not signed_by(public, bytes.fromhex(anchor.signature), anchor.signed_bytes()):
            return found, Finding(Damage.SIGNATURE, number, f"서명된 머리 {number}번째 줄의 서명이 틀립니다.")
        found.append(anchor)
        before = line
    return found, None


def sign_head(database: Path, places: Sequence[Place], key: Signer, at: str) -> Anchor | None:
    """Sign the present head and keep it in every place; None if nothing is new anywhere.

    Every place goes on behind its own last line, so that one that was away catches up.

    Raises:
        BrokenError: The rows cannot be read, are fewer than were signed, or a place takes no writes.
    """
    newest: Anchor | None = None
    problems = []
    for place in places:
        try:
            newest = _sign_for(database, place, key, at) or newest
        except BrokenError as error:
            problems.append(error)
    if problems:
        raise problems[0]
    return newest


def current_head(database: Path) -> Head:
    """Return where the chain ends now.

    Raises:
        BrokenError: The rows cannot be read.
    """
    with reading(database) as connection:
        return head_of(connection)


def head_line(head: Head, at: str) -> str:
    """Return the head in one short line, for the message a person keeps every day."""
    return f"감사 기록 {head.rows:,}건, 머리 {head.hash.hex()[:16]} ({at[:16]} UTC)"


def message_lines(place: Place) -> str:
    """Return the newest signed head for the message of the day; empty without one.

    Whoever kept the message gives its second line to ``hantu audit verify --noted``.

    Raises:
        BrokenError: The place cannot be read.
    """
    found = _parsed(place.newest())
    if found is None:
        return ""
    return f"🔏 **감사 기록**: {found.count:,}건까지 서명 (서명 목록 {found.n}번, 키 {found.key})\n`{found.count}:{found.head}`"


def noted_head(text: str) -> KnownHead:
    """Return the head a person kept, ``COUNT:64 hexadecimal digits``.

    Raises:
        UsageError: It is not one.
    """
    count, _, head = text.strip().strip("`").partition(":")
    try:
        known = KnownHead(int(count), bytes.fromhex(head), ())
    except ValueError:
        known = KnownHead(-1, b"", ())
    if known.rows < 1 or len(known.hash) != hashlib.sha256().digest_size:
        raise UsageError(
            f"적어 둔 머리가 아닙니다: {text!r}", next_step="하루 요약의 마지막 줄 `건수:64자리`를 그대로 넣어 주세요."
        )
    return known


def _sign_for(database: Path, place: Place, key: Signer, at: str) -> Anchor | None:
    before = place.newest()
    last = _parsed(before)
    count, hash_ = (last.count, bytes.fromhex(last.head)) if last else (0, GENESIS)
    leaves = []
    with reading(database) as connection:
        end = head_of(connection)
        if end.rows < count:
            raise BrokenError(
                f"감사 기록이 서명된 것보다 적습니다({end.rows} < {count}).",
                next_step="`hantu audit verify`로 무엇이 없어졌는지 확인하세요. 백업을 복원했다면 `hantu audit restart`.",
            )
        for row in rows_of(connection, count, end.rows):
            leaf = leaf_of(row.audit_id, row.columns)
            if (row.audit_id, row.prev_hash, row.leaf_hash) != (count + 1, hash_.hex().encode(), leaf.hex().encode()):
                raise BrokenError(
                    f"감사 기록 {count + 1}번이 훼손되어 서명하지 않았습니다.",
                    next_step="`hantu audit verify`로 확인하고 데이터베이스를 따로 보관하세요.",
                )
            leaves.append(leaf[:LEAF_MARK])
            hash_ = node_of(hash_, leaf)
            count = row.audit_id
    if not leaves:
        return None
    marks = b"".join(leaves[-MARKS_MAX:]).hex()
    prev = hashlib.sha256(before).hexdigest() if before else ""
    number = last.n + 1 if last else 1
    anchor = Anchor(number, count, hash_.hex(), at, marks, prev, fingerprint(key.public))
    anchor = msgspec.structs.replace(anchor, signature=key.sign(anchor.signed_bytes()).hex())
    place.add(msgspec.json.encode(anchor), key.public)
    return anchor


def _parsed(line: bytes) -> Anchor | None:
    try:
        anchor = _anchors.decode(line)
        same = bytes.fromhex(anchor.signature).hex() == anchor.signature and msgspec.json.encode(anchor) == line
        bytes.fromhex(anchor.head + anchor.marks)
    except (msgspec.DecodeError, ValueError):
        return None
    # One way to write a line, so that not even the case of a digit can be changed unseen.
    return anchor if same else None


def _follows(anchor: Anchor | None, found: Sequence[Anchor], before: bytes) -> bool:
    if anchor is None:
        return False
    prev = hashlib.sha256(before).hexdigest() if before else ""
    return anchor.n == len(found) + 1 and anchor.prev == prev


def heads_of(anchors: Iterable[Anchor]) -> list[KnownHead]:
    """Return what rows are compared with."""
    return [anchor.known() for anchor in anchors]


def _unusable(name: str, error: OSError) -> BrokenError:
    return BrokenError(
        f"서명된 머리를 {name} 에 둘 수 없습니다: {error.strerror or error}",
        next_step="audit.anchor_dir 의 폴더와 권한, 디스크 공간을 확인하세요.",
    )
