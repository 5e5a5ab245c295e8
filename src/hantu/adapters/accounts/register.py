"""The register of people, programs and sessions, for administrators and the console."""

import secrets
from collections.abc import Callable, Sequence
from typing import Any, Final

from hantu.adapters.accounts import factors
from hantu.adapters.accounts.attempts import forget
from hantu.adapters.accounts.book import Book, row_of, rows_of, text_of
from hantu.adapters.accounts.doorkeeper import ENROL_S, PROGRAM_MARK, invite
from hantu.adapters.accounts.passkeys import forget_keys
from hantu.adapters.store.sqlite import Connection, IntegrityError
from hantu.domain.access import Caller, Role, Scope
from hantu.domain.errors import DeniedError, NotThereError

CONSOLE: Final = Caller("console", "console", "console", "console")
"""Who sits at the machine itself; the operating system says who that is."""
_USERS: Final = """SELECT u.*, (SELECT count(*) FROM sessions s WHERE s.user_id = u.user_id AND s.expires_at > ?) AS sessions,
    (SELECT count(*) FROM recovery_codes r WHERE r.user_id = u.user_id AND used_at = 0) AS recovery_codes_left
FROM users u"""


class AccountRegister:
    """Implements the register of the interface; what it changes takes effect with the next request."""

    def __init__(self, book: Book, tell: Callable[[str, str, str], None]) -> None:
        self._book = book
        self._tell = tell

    def sessions(self, caller: Caller) -> Sequence[dict[str, Any]]:
        """Return a person's sessions, the newest first."""
        with self._book.reading() as connection:
            rows = rows_of(
                connection.execute(
                    """SELECT session_id, s.created_at, last_seen, expires_at, source, agent FROM sessions s
                    JOIN users USING (user_id) WHERE name = ? AND expires_at > ? ORDER BY s.created_at DESC""",
                    (caller.name, self._book.now_s()),
                )
            )
        return [
            {
                **row, "created_at": text_of(row["created_at"]), "last_seen_at": text_of(row["last_seen"]),
                "expires_at": text_of(row["expires_at"]), "current": row["session_id"] == caller.ident,
            }
            for row in rows
        ]  # fmt: skip

    def end_sessions(self, caller: Caller, session_id: str = "") -> int:
        """End one session of a person, or all of them; another person's is not found."""
        if caller.kind != "person":
            return 0
        with self._book.writing() as connection:
            ended = connection.execute(
                """DELETE FROM sessions WHERE user_id = (SELECT user_id FROM users WHERE name = ?)
                AND (? = '' OR session_id = ?)""",
                (caller.name, session_id, session_id),
            ).rowcount
            if session_id and not ended:
                raise NotThereError("그런 로그인이 없습니다.", next_step="목록에서 번호를 확인하세요.")
            self._book.note(connection, "signed_out", caller.name, "", session_id or "all")
        return int(ended)

    def users(self) -> Sequence[dict[str, Any]]:
        """Return everybody, by name."""
        with self._book.reading() as connection:
            rows = rows_of(connection.execute(f"{_USERS} ORDER BY name", (self._book.now_s(),)))
        return [_user(row) for row in rows]

    def add_user(self, name: str, role: Role, *, by: Caller) -> dict[str, Any]:
        """Invite a person; return the one-time code.

        Raises:
            DeniedError: There is somebody of that name.
        """
        code = secrets.token_urlsafe(24)
        try:
            with self._book.writing() as connection:
                made = connection.execute(
                    "INSERT INTO users (name, role, state, created_at, created_by) VALUES (?, ?, 'invited', ?, ?)",
                    (name, role.value, self._book.now_s(), by.name),
                )
                expires = invite(self._book, connection, int(made.lastrowid or 0), code, ENROL_S)
                self._book.note(connection, "user_added", name, "", f"{role.value} by {by.name}")
        except IntegrityError:
            raise DeniedError(f"{name} 은(는) 이미 있습니다.", next_step="다른 이름을 쓰세요.") from None
        self._tell("user_added", by.name, f"{name} {role.value}")
        return {"name": name, "role": role.value, "enrolment_code": code, "expires_at": text_of(expires)}

    def change_user(
        self, name: str, *, role: Role | None, disabled: bool | None, enrol: bool, by: Caller
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Change a person; their sessions end. Returns the person, and the one-time code if one was made.

        Raises:
            NotThereError: There is nobody of that name.
            DeniedError: It is oneself, or the last administrator.
        """
        invited: dict[str, Any] = {}
        with self._book.writing() as connection:
            row = self._one(connection, name)
            if by.kind == "person" and by.name == name:
                raise DeniedError("자기 자신은 바꿀 수 없습니다.", next_step="다른 관리자에게 부탁하세요.")
            ident, before = int(row["user_id"]), (row["role"], row["state"])
            if role is not None:
                connection.execute("UPDATE users SET role = ? WHERE user_id = ?", (role.value, ident))
            if disabled is not None:
                back = "active" if row["password_hash"] else "invited"
                connection.execute(
                    "UPDATE users SET state = ? WHERE user_id = ?", ("disabled" if disabled else back, ident)
                )
            if enrol:
                code = secrets.token_urlsafe(24)
                expires = invite(self._book, connection, ident, code, ENROL_S)
                connection.execute(
                    "UPDATE users SET state = 'invited', password_hash = '', totp_sealed = x'' WHERE user_id = ?",
                    (ident,),
                )
                forget_keys(connection, ident)
                invited = {"enrolment_code": code, "expires_at": text_of(expires)}
            connection.execute("DELETE FROM sessions WHERE user_id = ?", (ident,))
            if before == ("admin", "active") and not _admins(connection):
                raise DeniedError(
                    "마지막 관리자는 없앨 수 없습니다.", next_step="먼저 다른 관리자를 만드세요(`hantu users add`)."
                )
            what = f"role={role or '-'} disabled={disabled} enrol={enrol} by {by.name}"
            self._book.note(connection, "user_changed", name, "", what)
            found = _user(self._one(connection, name))
        self._tell("user_changed", by.name, f"{name} {what}")
        return found, invited

    def end_user_sessions(self, name: str, *, by: Caller) -> int:
        """End every session of a person.

        Raises:
            NotThereError: There is nobody of that name.
        """
        with self._book.writing() as connection:
            ident = self._one(connection, name)["user_id"]
            ended = int(connection.execute("DELETE FROM sessions WHERE user_id = ?", (ident,)).rowcount)
            self._book.note(connection, "sessions_ended", name, "", f"by {by.name}")
        self._tell("sessions_ended", by.name, name)
        return ended

    def unlock(self, name: str) -> int:
        """Forget wrong attempts under a name; return how many."""
        with self._book.writing() as connection:
            forgotten = forget(connection, name)
            self._book.note(connection, "unlocked", name, "", "console")
        self._tell("user_unlocked", "console", name)
        return forgotten

    def clients(self) -> Sequence[dict[str, Any]]:
        """Return every program, the newest first."""
        with self._book.reading() as connection:
            return [
                _client(row) for row in rows_of(connection.execute("SELECT * FROM clients ORDER BY created_at DESC"))
            ]

    def add_client(self, name: str, scopes: Sequence[Scope], *, by: Caller) -> tuple[dict[str, Any], str]:
        """Let a program in; return it with its token, which is kept nowhere."""
        ident, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        words = " ".join(sorted({one.value for one in scopes}))
        with self._book.writing() as connection:
            connection.execute(
                "INSERT INTO clients (client_id, name, secret_hash, scopes, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?)",
                (ident, name, factors.secret_hash(secret), words, self._book.now_s(), by.name),
            )
            self._book.note(connection, "program_added", name, "", f"{words} by {by.name}")
            row = row_of(connection.execute("SELECT * FROM clients WHERE client_id = ?", (ident,)))
        assert row is not None
        self._tell("program_added", by.name, f"{name} {words}")
        return _client(row), f"{PROGRAM_MARK}{ident}_{secret}"

    def revoke_client(self, client_id: str, *, by: Caller) -> None:
        """Let a program in no more.

        Raises:
            NotThereError: There is none, or it was revoked.
        """
        with self._book.writing() as connection:
            done = connection.execute(
                "UPDATE clients SET revoked_at = ? WHERE client_id = ? AND revoked_at = 0",
                (self._book.now_s(), client_id),
            ).rowcount
            if not done:
                raise NotThereError("그런 프로그램이 없습니다.", next_step="목록에서 번호를 확인하세요.")
            self._book.note(connection, "program_revoked", client_id, "", f"by {by.name}")
        self._tell("program_revoked", by.name, client_id)

    def access(self, limit: int, before: int) -> Sequence[dict[str, Any]]:
        """Return the access log, newest first, older than ``before`` (0 = the newest)."""
        with self._book.reading() as connection:
            rows = rows_of(
                connection.execute(
                    "SELECT * FROM access_log WHERE ? = 0 OR access_id < ? ORDER BY access_id DESC LIMIT ?",
                    (before, before, limit),
                )
            )
        return [{**row, "at": text_of(row["at"])} for row in rows]

    def _one(self, connection: Connection, name: str) -> dict[str, Any]:
        row = row_of(connection.execute(f"{_USERS} WHERE name = ?", (self._book.now_s(), name)))
        if row is None:
            raise NotThereError(f"{name} 이(가) 없습니다.", next_step="`hantu users list` 로 확인하세요.")
        return row


def _user(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"], "role": row["role"], "state": row["state"], "created_at": text_of(row["created_at"]),
        "last_sign_in_at": text_of(row["last_sign_in_at"]), "sessions": row["sessions"],
        "recovery_codes_left": row["recovery_codes_left"],
    }  # fmt: skip


def _client(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "client_id": row["client_id"], "name": row["name"], "scopes": row["scopes"].split(),
        "created_at": text_of(row["created_at"]), "created_by": row["created_by"],
        "last_seen_at": text_of(row["last_seen"]), "revoked_at": text_of(row["revoked_at"]),
    }  # fmt: skip


def _admins(connection: Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM users WHERE role = 'admin' AND state = 'active'").fetchone()[0])
