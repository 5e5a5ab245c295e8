"""The chain of the audit trail: every row is bound to all rows before it.

A row's leaf is the hash of its own columns, the head after it the hash of the
head before it and its leaf. The two carry different words in front, and every
column its length, so that no row can be read as another or as a head.
"""

import hashlib
import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hantu.adapters.store.sqlite import Connection

LEAF_WORD = b"hantu/audit/leaf/v1"
NODE_WORD = b"hantu/audit/node/v1"
GENESIS = bytes(32)
"""Head of a trail without rows."""
COLUMNS = ("event_type", "actor", "event_ts", "details_json", "event_id", "correlation_id")
"""What a leaf covers besides the number of the row, in this order."""

_NAMES = ", ".join(COLUMNS)
_LAST = "SELECT audit_id, prev_hash, leaf_hash FROM ops_audit_log ORDER BY audit_id DESC LIMIT 1"
_INSERT = f"INSERT INTO ops_audit_log (audit_id, {_NAMES}, prev_hash, leaf_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own words
_BYTES = ", ".join(f"CAST({name} AS BLOB)" for name in (*COLUMNS, "prev_hash", "leaf_hash"))
READ_ROWS = f"SELECT audit_id, {_BYTES} FROM ops_audit_log WHERE audit_id > ? ORDER BY audit_id"  # noqa: S608 - our own words
"""Rows behind a number, every column as the bytes in the file, so that no damage can hide in a decoding."""
_LENGTH = struct.Struct(">Q")


class Head(NamedTuple):
    """Where the chain ends: the number of the last row and the hash over all up to it."""

    rows: int
    hash: bytes


class ChainedRow(NamedTuple):
    """One row as it lies in the file."""

    audit_id: int
    columns: tuple[bytes, ...]
    prev_hash: bytes
    """Hexadecimal, like ``leaf_hash``; anything at all after damage."""
    leaf_hash: bytes


def framed(word: bytes, parts: Iterable[bytes]) -> bytes:
    """Return the bytes that are hashed or signed: a word, then every part after its length."""
    return word + b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def leaf_of(audit_id: int, columns: Sequence[bytes]) -> bytes:
    """Return the hash of one row's own columns."""
    return hashlib.sha256(framed(LEAF_WORD, (b"%d" % audit_id, *columns))).digest()


def node_of(prev: bytes, leaf: bytes) -> bytes:
    """Return the head after a row."""
    return hashlib.sha256(framed(NODE_WORD, (prev, leaf))).digest()


def head_of(connection: Connection) -> Head:
    """Return where the chain ends now."""
    row = connection.execute(_LAST).fetchone()
    if row is None:
        return Head(0, GENESIS)
    return Head(int(row[0]), node_of(_unhex(row[1]), _unhex(row[2])))


def append(connection: Connection, columns: tuple[str, ...]) -> int:
    """Add the next row inside the caller's transaction; return its number.

    The transaction holds the write lock, so nobody comes between reading the
    head and writing behind it. ``columns`` are those of ``COLUMNS``.
    """
    head = head_of(connection)
    audit_id = head.rows + 1
    leaf = leaf_of(audit_id, [column.encode() for column in columns])
    connection.execute(_INSERT, (audit_id, *columns, head.hash.hex(), leaf.hex()))
    return audit_id


def chain_existing(connection: Connection) -> None:
    """Chain the rows of earlier releases, once, in the transaction of the schema step."""
    head = GENESIS
    hashes = []
    for row in connection.execute(READ_ROWS, (0,)):
        leaf = leaf_of(row[0], row[1 : 1 + len(COLUMNS)])
        hashes.append((head.hex(), leaf.hex(), row[0]))
        head = node_of(head, leaf)
    if not hashes:
        return
    name = "ops_audit_log_refuses_update"
    (trigger,) = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?", (name,)
    ).fetchone()
    connection.execute(f"DROP TRIGGER {name}")
    connection.executemany("UPDATE ops_audit_log SET prev_hash = ?, leaf_hash = ? WHERE audit_id = ?", hashes)
    connection.execute(trigger)


def _unhex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        # A damaged hash must not stop the guard from recording; `hantu audit verify` names the row.
        return hashlib.sha256(text.encode(errors="surrogatepass")).digest()
