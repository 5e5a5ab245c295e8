"""Looks for damage in the audit trail: the first bad row, and what was done to it.

The chain alone finds a changed, missing or moved row. Heads that were signed
and kept elsewhere also find what a chain cannot: a tail cut off, and rows
rewritten together with all hashes behind them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from hantu.adapters.store.chain import COLUMNS, GENESIS, READ_ROWS, ChainedRow, Head, leaf_of, node_of
from hantu.adapters.store.maintenance import reading
from hantu.adapters.store.sqlite import Connection

LEAF_MARK = 8
"""Bytes of a leaf that a signed head carries for each row since the head before it."""


class Damage(StrEnum):
    """What was done to the trail."""

    ALTERED = "altered"
    MISSING = "missing"
    MOVED = "moved"
    CUT = "cut"
    REWRITTEN = "rewritten"
    SIGNATURE = "signature"
    ANCHORS = "anchors"


class Finding(NamedTuple):
    """The first damage found."""

    damage: Damage
    row: int
    """Number of the first bad row; of the line for a signature or anchor."""
    detail: str
    """Korean sentence."""


class KnownHead(NamedTuple):
    """A head that was signed earlier, with marks of the rows it was the first to cover."""

    rows: int
    hash: bytes
    marks: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at the whole trail found."""

    head: Head
    """As the rows give it, up to the first damage."""
    signed: int
    """Rows covered by a signed head."""
    finding: Finding | None


Read = Callable[[], Iterator[ChainedRow]]


def check_trail(path: Path, heads: Sequence[KnownHead]) -> Verdict:
    """Check every row of a database against itself and against ``heads``.

    Raises:
        BrokenError: The database cannot be read.
    """
    with reading(path) as connection:
        # One moment's state: rows written meanwhile are not half seen.
        connection.execute("BEGIN")
        newest = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'ops_audit_log'").fetchone()
        return check_rows(lambda: rows_of(connection), heads, int(newest[0]) if newest else 0)


def rows_of(connection: Connection, after: int = 0, upto: int | None = None) -> Iterator[ChainedRow]:
    """Yield the rows behind number ``after``, up to and with ``upto``."""
    for row in connection.execute(READ_ROWS, (after,) if after else (-(1 << 63),)):
        if upto is not None and row[0] > upto:
            return
        yield ChainedRow(row[0], tuple(row[1 : 1 + len(COLUMNS)]), row[-2], row[-1])


def check_rows(read: Read, heads: Sequence[KnownHead], newest: int = 0) -> Verdict:
    """Check rows; ``read`` may be called again to tell the kind of a damage, ``newest`` is the last number given."""
    ordered = sorted(heads, key=lambda head: head.rows)
    known: dict[int, set[bytes]] = {}
    for one in ordered:
        known.setdefault(one.rows, set()).add(one.hash)
    marks = _marks(ordered)
    signed = ordered[-1].rows if ordered else 0
    head = Head(0, GENESIS)
    for row in read():
        number = head.rows + 1
        finding = _row_finding(read, row, head, marks.get(number))
        after = Head(number, node_of(head.hash, leaf_of(number, row.columns)))
        if finding is None and known.get(number, {after.hash}) != {after.hash}:
            finding = Finding(Damage.REWRITTEN, number, f"{number}번까지의 기록이 서명된 머리와 다릅니다.")
        if finding is not None:
            return Verdict(head, signed, finding)
        head = after
    last = max(signed, newest)
    if last > head.rows:
        detail = f"{head.rows + 1}번부터 {last}번까지 끝부분이 없습니다."
        return Verdict(head, signed, Finding(Damage.CUT, head.rows + 1, detail))
    return Verdict(head, signed, None)


def _marks(heads: Sequence[KnownHead]) -> dict[int, set[bytes]]:
    """Return the marks of each row; two places that disagree leave two."""
    found: dict[int, set[bytes]] = {}
    for head in heads:
        for place, mark in enumerate(head.marks, start=head.rows - len(head.marks) + 1):
            found.setdefault(place, set()).add(mark)
    return found


def _row_finding(read: Read, row: ChainedRow, head: Head, marks: set[bytes] | None) -> Finding | None:
    number = head.rows + 1
    if row.audit_id != number:
        return _wrong_number(read, row, number)
    leaf = leaf_of(number, row.columns)
    if row.leaf_hash != leaf.hex().encode():
        return _wrong_leaf(read, row, leaf, marks)
    if marks is not None and {leaf[:LEAF_MARK]} != marks:
        return Finding(Damage.REWRITTEN, number, f"{number}번 기록이 서명될 때와 다릅니다(해시까지 다시 계산됨).")
    if row.prev_hash == head.hash.hex().encode():
        return None
    if marks is None and _continues(read, row, leaf):
        # What follows agrees with this row's memory of the head, so the row before it is the changed one.
        guilty = max(number - 1, 1)
        return Finding(Damage.REWRITTEN, guilty, f"{guilty}번 기록이 바뀌었습니다(해시까지 다시 계산됨).")
    return Finding(Damage.ALTERED, number, f"{number}번 기록의 앞 해시가 바뀌었습니다.")


def _wrong_number(read: Read, row: ChainedRow, number: int) -> Finding:
    for other in read():
        if other.leaf_hash == leaf_of(number, other.columns).hex().encode():
            detail = f"{number}번 기록의 번호가 {other.audit_id}번으로 바뀌었습니다."
            return Finding(Damage.MOVED, number, detail)
    if row.audit_id < number:
        return Finding(Damage.ALTERED, number, f"있을 수 없는 번호의 기록이 있습니다: {row.audit_id}")
    return Finding(Damage.MISSING, number, f"{number}번부터 {row.audit_id - 1}번까지 기록이 없습니다.")


def _wrong_leaf(read: Read, row: ChainedRow, leaf: bytes, marks: set[bytes] | None) -> Finding:
    number = row.audit_id
    if marks is not None and {leaf[:LEAF_MARK]} == marks:
        return Finding(Damage.ALTERED, number, f"{number}번 기록의 해시가 바뀌었습니다(내용은 그대로).")
    leaves = {other.audit_id: other.leaf_hash for other in read()}
    for other, stored in leaves.items():
        # Either the words moved and the hashes stayed, or whole rows changed places.
        moved = leaf_of(other, row.columns).hex().encode()
        if other != number and moved in (stored, row.leaf_hash):
            return Finding(Damage.MOVED, number, f"{number}번과 {other}번 기록이 서로 바뀌었습니다.")
    return Finding(Damage.ALTERED, number, f"{number}번 기록이 바뀌었습니다.")


def _continues(read: Read, row: ChainedRow, leaf: bytes) -> bool:
    following = next(islice((other for other in read() if other.audit_id > row.audit_id), 1), None)
    if following is None:
        return False
    try:
        remembered = bytes.fromhex(row.prev_hash.decode("ascii"))
    except ValueError:
        return False
    return following.prev_hash == node_of(remembered, leaf).hex().encode()
