"""Commands by idempotency key, and wishes that need a second person; both outlive the server.

A key is written before its command is begun. What a life of the server began and did
not end is ``lost`` for the next one: never done again, never forgotten.
"""

import secrets
from collections.abc import Sequence
from typing import Any, Final

from hantu.adapters.accounts.book import Book, row_of, rows_of, text_of
from hantu.adapters.store.sqlite import Connection
from hantu.domain.access import AccessError, Caller, Remembered
from hantu.domain.errors import DeniedError, NotThereError

PAIR_S: Final = 300.0
"""A second person has so many seconds."""
SHOWN_S: Final = 3_600.0


class CommandBook:
    """Implements the key book of the interface for one life of the server."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._life = secrets.token_hex(8)

    def look(self, caller: Caller, key: str, digest: str) -> Remembered | None:
        """Return what is known of a key."""
        with self._book.reading() as connection:
            return self._known(connection, caller, key, digest)

    def begin(self, caller: Caller, key: str, operation: str, digest: str) -> Remembered | None:
        """Write a command down before it is done; return what is known of the key if it is not new."""
        with self._book.writing() as connection:
            known = self._known(connection, caller, key, digest)
            if known is None:
                connection.execute(
                    "INSERT INTO commands (owner, key, operation, digest, life, state, at) VALUES (?, ?, ?, ?, ?, 'asked', ?)",
                    (caller.owner, key, operation, digest, self._life, self._book.now_s()),
                )
            return known

    def finish(self, caller: Caller, key: str, status: int, body: bytes) -> None:
        """Keep the answer; status 0: nobody knows what came of it."""
        with self._book.writing() as connection:
            connection.execute(
                "UPDATE commands SET state = ?, status = ?, body = ? WHERE owner = ? AND key = ?",
                ("done" if status else "lost", status, body, caller.owner, key),
            )

    def forget(self, caller: Caller, key: str) -> None:
        """Forget a command that was refused before anything happened."""
        with self._book.writing() as connection:
            connection.execute("DELETE FROM commands WHERE owner = ? AND key = ?", (caller.owner, key))

    def _known(self, connection: Connection, caller: Caller, key: str, digest: str) -> Remembered | None:
        row = row_of(connection.execute("SELECT * FROM commands WHERE owner = ? AND key = ?", (caller.owner, key)))
        if row is None:
            return None
        running = row["state"] == "asked" and row["life"] == self._life
        return Remembered(row["digest"] == digest, row["state"] == "done", running, row["status"], bytes(row["body"]))


class PairBook:
    """Implements the pairs of the interface."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def ask(self, action: str, level: str, reason: str, *, by: Caller, release_s: int = 0) -> dict[str, Any]:
        """Write a wish down; it waits for a second person, and replaces an earlier one of that kind by the same."""
        ident, now = secrets.token_hex(8), self._book.now_s()
        with self._book.writing() as connection:
            connection.execute(
                "UPDATE pairs SET state = 'withdrawn' WHERE action = ? AND asked_by = ? AND state = 'waiting'",
                (action, by.name),
            )
            connection.execute(
                """INSERT INTO pairs (request_id, action, level, reason, release_s, asked_by, actor, asked_at, expires_at,
                    state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting')""",
                (ident, action, level, reason, release_s, by.name, by.actor, now, now + PAIR_S),
            )
            self._book.note(connection, f"{action}_asked", by.name, "", reason)
            return _shown(self._one(connection, ident), now)

    def waiting(self) -> Sequence[dict[str, Any]]:
        """Return what waits, and what was decided lately, newest first."""
        now = self._book.now_s()
        with self._book.reading() as connection:
            rows = rows_of(
                connection.execute("SELECT * FROM pairs WHERE asked_at > ? ORDER BY asked_at DESC", (now - SHOWN_S,))
            )
        return [_shown(row, now) for row in rows]

    def confirm(self, request_id: str, *, by: Caller) -> dict[str, Any]:
        """Agree as a second person, once; the row says who asked (``caller``).

        Raises:
            NotThereError: There is no such wish.
            DeniedError: It does not wait any more.
            AccessError: It is the same person.
        """
        now = self._book.now_s()
        with self._book.writing() as connection:
            row = self._one(connection, request_id)
            if row["asked_by"] == by.name:
                raise AccessError(
                    "same_person",
                    "두 번째 사람은 요청한 사람과 달라야 합니다.",
                    next_step="다른 운영자가 확인해야 합니다.",
                )
            if row["state"] != "waiting" or row["expires_at"] <= now:
                raise DeniedError("더 이상 기다리는 요청이 아닙니다.", next_step="필요하면 다시 요청하세요.")
            connection.execute(
                "UPDATE pairs SET state = 'confirmed', confirmed_by = ? WHERE request_id = ?", (by.name, request_id)
            )
            self._book.note(connection, f"{row['action']}_confirmed", by.name, "", f"asked by {row['asked_by']}")
        asked = Caller("person", "", row["asked_by"], row["actor"])
        return {**_shown(row, now), "caller": asked}

    def failed(self, request_id: str) -> None:
        """Note that the guard did not do it."""
        with self._book.writing() as connection:
            connection.execute("UPDATE pairs SET state = 'failed' WHERE request_id = ?", (request_id,))

    def withdraw(self, request_id: str, *, by: Caller) -> dict[str, Any]:
        """Take a wish back.

        Raises:
            NotThereError: There is no such wish.
            DeniedError: It does not wait any more.
        """
        with self._book.writing() as connection:
            if _shown(self._one(connection, request_id), self._book.now_s())["state"] != "waiting":
                raise DeniedError("더 이상 기다리는 요청이 아닙니다.")
            connection.execute("UPDATE pairs SET state = 'withdrawn' WHERE request_id = ?", (request_id,))
            self._book.note(connection, "request_withdrawn", by.name, "", request_id)
            return _shown(self._one(connection, request_id), self._book.now_s())

    def _one(self, connection: Connection, request_id: str) -> dict[str, Any]:
        row = row_of(connection.execute("SELECT * FROM pairs WHERE request_id = ?", (request_id,)))
        if row is None:
            raise NotThereError("그런 요청이 없습니다.", next_step="목록에서 번호를 확인하세요.")
        return row


def _shown(row: dict[str, Any], now: float) -> dict[str, Any]:
    late = row["state"] == "waiting" and row["expires_at"] <= now
    return {
        **row, "asked_at": text_of(row["asked_at"]), "expires_at": text_of(row["expires_at"]),
        "state": "expired" if late else row["state"],
    }  # fmt: skip
