"""Checklists people are going through: begun, checked item by item, finished or taken back; they outlive the server.

What an item showed is kept as it was when the list was begun. Several people may check one list.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from hantu.adapters.accounts.book import Book, row_of, rows_of, text_of
from hantu.adapters.store.sqlite import Connection
from hantu.domain.access import Caller
from hantu.domain.errors import DeniedError, NotThereError

OPEN_S: Final = 86_400.0
"""What nobody finished in a day is not gone on with: its numbers are old."""
OPEN_MAX: Final = 20
_json: Final = msgspec.json.Encoder()


class ChecklistBook:
    """Lists under way, in the accounts' own file: checking takes no lock of the guard's records."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def begin(self, kind: str, result: str, items: Sequence[Any], *, by: Caller) -> dict[str, Any]:
        """Keep a new list with what its items showed.

        Raises:
            DeniedError: Too many are under way.
        """
        ident, now = f"C-{secrets.token_hex(6)}", self._book.now_s()
        with self._book.writing() as connection:
            if len(self._open(connection)) >= OPEN_MAX:
                raise DeniedError("진행 중인 점검이 너무 많습니다.", next_step="끝내거나 취소한 뒤 시작하세요.")
            connection.execute(
                "INSERT INTO checklists (checklist_id, kind, result, items, started_by, actor, started_at, state)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 'open')",
                (ident, kind, result, _json.encode(items), by.name, by.actor, now),
            )
            return _shown(self._one(connection, ident))

    def under_way(self) -> Sequence[dict[str, Any]]:
        """Return the lists that can be gone on with, newest first."""
        with self._book.reading() as connection:
            return [_shown(row) for row in self._open(connection)]

    def one(self, checklist_id: str) -> dict[str, Any]:
        """Return one list.

        Raises:
            NotThereError: There is none of that number.
        """
        with self._book.reading() as connection:
            return _shown(self._one(connection, checklist_id))

    def check(self, checklist_id: str, item: str, *, checked: bool, note: str, by: Caller) -> dict[str, Any]:
        """Say that one item was looked at, or take that back.

        Raises:
            NotThereError: There is no such list, or no such item in it.
            DeniedError: The list is not under way any more.
        """
        with self._book.writing() as connection:
            row = self._going(connection, checklist_id)
            if item not in {str(one["name"]) for one in msgspec.json.decode(row["items"])}:
                raise NotThereError(f"그런 항목이 없습니다: {item}", next_step="목록의 name 을 쓰세요.")
            checks: dict[str, Any] = msgspec.json.decode(row["checks"])
            if checked:
                checks[item] = {"by": by.name, "actor": by.actor, "at": text_of(self._book.now_s()), "note": note}
            else:
                checks.pop(item, None)
            connection.execute(
                "UPDATE checklists SET checks = ? WHERE checklist_id = ?", (_json.encode(checks), checklist_id)
            )
            return _shown(self._one(connection, checklist_id))

    def end(self, checklist_id: str, state: str) -> dict[str, Any]:
        """Let a list end, once; return it as it was.

        Raises:
            NotThereError: There is none of that number.
            DeniedError: It is not under way any more, or is to be finished with items nobody looked at.
        """
        with self._book.writing() as connection:
            row = self._going(connection, checklist_id)
            shown = _shown(row)
            missing = [str(item["title"]) for item in shown["items"] if not item["checked"]]
            if state == "finished" and missing:
                raise DeniedError(
                    f"아직 확인하지 않은 항목이 있습니다: {', '.join(missing)}",
                    next_step="모든 항목을 확인한 뒤 끝내세요. 정상이 아닌 항목에는 메모를 남길 수 있습니다.",
                )
            connection.execute("UPDATE checklists SET state = ? WHERE checklist_id = ?", (state, checklist_id))
            return shown

    def reopen(self, checklist_id: str) -> None:
        """Take an end back: it could not be put on record."""
        with self._book.writing() as connection:
            connection.execute("UPDATE checklists SET state = 'open' WHERE checklist_id = ?", (checklist_id,))

    def _open(self, connection: Connection) -> list[dict[str, Any]]:
        return rows_of(
            connection.execute(
                "SELECT * FROM checklists WHERE state = 'open' AND started_at > ? ORDER BY started_at DESC",
                (self._book.now_s() - OPEN_S,),
            )
        )

    def _going(self, connection: Connection, checklist_id: str) -> dict[str, Any]:
        row = self._one(connection, checklist_id)
        if row["state"] != "open" or row["started_at"] <= self._book.now_s() - OPEN_S:
            raise DeniedError("더 이상 진행 중인 점검이 아닙니다.", next_step="새로 시작하세요.")
        return row

    def _one(self, connection: Connection, checklist_id: str) -> dict[str, Any]:
        row = row_of(connection.execute("SELECT * FROM checklists WHERE checklist_id = ?", (checklist_id,)))
        if row is None:
            raise NotThereError(f"점검 {checklist_id} 이(가) 없습니다.", next_step="목록에서 번호를 확인하세요.")
        return row


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    checks: dict[str, Any] = msgspec.json.decode(row["checks"])
    items: list[dict[str, Any]] = msgspec.json.decode(row["items"])
    blank = {"by": "", "actor": "", "at": "", "note": ""}
    return {
        "checklist_id": row["checklist_id"], "kind": row["kind"], "result": row["result"], "state": row["state"],
        "started_by": row["started_by"], "actor": row["actor"], "started_at": text_of(row["started_at"]),
        "items": [
            {**item, "checked": item["name"] in checks}
            | {f"checked_{name}": value for name, value in checks.get(item["name"], blank).items() if name != "note"}
            | {"note": checks.get(item["name"], blank)["note"]}
            for item in items
        ],
    }  # fmt: skip
