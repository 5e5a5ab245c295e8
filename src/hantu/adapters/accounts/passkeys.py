"""Passkeys: registered with a fresh code, then both factors in one touch, for sign-in and for risky wishes.

1. A key belongs to one person; what it signs counts for nobody else.
2. Its counter only goes up. One that does not is a copy: the key is blocked and its owner is told.
3. Enrolling anew, by whatever way, ends every key of a person.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from hantu.adapters.accounts.attempts import count_wrong, refuse_if_locked
from hantu.adapters.accounts.book import Book, row_of, rows_of, text_of
from hantu.adapters.accounts.ceremonies import (
    ALGORITHMS,
    CHALLENGE_S,
    Purpose,
    RelyingParty,
    Use,
    new_challenge,
    new_proof,
    plain_of,
    refusal,
    spend_challenge,
    text_of_bytes,
    verified_new,
    verified_use,
)
from hantu.adapters.store.sqlite import Connection, IntegrityError
from hantu.domain.access import AccessError, Caller, SignedIn
from hantu.domain.errors import DeniedError, NotThereError

KEYS_MAX: Final = 10
"""For one person."""
HANDLE_BYTES: Final = 32
STRANGER: Final = "?passkey"
"""Under what wrong answers of unknown keys are counted; no name of a person looks so."""
Answer = Mapping[str, str]
_KEY: Final = """SELECT k.*, u.name, u.state, h.handle FROM passkeys k JOIN users u USING (user_id)
JOIN passkey_owners h USING (user_id) WHERE credential_id = ?"""


class PasskeyDesk:
    """Implements the passkey desk of the interface; ``opens`` begins a session for the row of a person."""

    def __init__(
        self,
        book: Book,
        party: RelyingParty,
        *,
        opens: Callable[[Mapping[str, Any], str, str], SignedIn],
        tell: Callable[[str, str, str], None],
    ) -> None:
        self._book = book
        self._party = party
        self._opens = opens
        self._tell = tell

    # --- coming in --------------------------------------------------------------------

    def challenge(self) -> dict[str, Any]:
        """Return what a browser lets a device sign; who comes is known by the key, so no name is asked for."""
        return self._asked(new_challenge(self._book, Purpose.SIGN_IN), ())

    def sign_in(self, answer: Answer, *, source: str, agent: str) -> SignedIn:
        """Let a person in by a key and the verification of its device: both factors.

        Raises:
            AccessError: Locked, or something is wrong; not what.
        """
        row = self._known(answer, source)
        who = str(row["name"]) if row is not None else STRANGER
        try:
            self._used(row, answer, Purpose.SIGN_IN, "")
        except AccessError as error:
            count_wrong(self._book, self._tell, who, source, "passkey")
            raise AccessError("wrong_credentials", str(error), next_step=error.next_step) from error
        assert row is not None
        return self._opens(row, source, agent)

    # --- one's own keys ---------------------------------------------------------------

    def listed(self, caller: Caller) -> Sequence[dict[str, Any]]:
        """Return a person's keys, the newest first."""
        with self._book.reading() as connection:
            return [_view(row) for row in _of(connection, caller)]

    def begin(self, caller: Caller) -> dict[str, Any]:
        """Return what a browser lets a device make a key of; only for who has just shown a code."""
        with self._book.writing() as connection:
            known = [text_of_bytes(row["credential_id"]) for row in _of(connection, caller)]
            if len(known) >= KEYS_MAX:
                raise DeniedError(
                    f"패스키는 {KEYS_MAX}개까지입니다.", next_step="쓰지 않는 것을 먼저 지우세요(설정 → 내 로그인)."
                )
            connection.execute(
                """INSERT OR IGNORE INTO passkey_owners (user_id, handle)
                SELECT user_id, ? FROM users WHERE name = ?""",
                (secrets.token_bytes(HANDLE_BYTES), caller.name),
            )
            handle = connection.execute(
                "SELECT handle FROM passkey_owners JOIN users USING (user_id) WHERE name = ?", (caller.name,)
            ).fetchone()[0]
        asked = self._asked(new_challenge(self._book, Purpose.REGISTER, caller.ident), known)
        return {**asked, "user_handle": text_of_bytes(handle), "user": caller.name, "algorithms": list(ALGORITHMS)}

    def register(self, caller: Caller, name: str, answer: Answer, *, source: str) -> dict[str, Any]:
        """Keep a new key.

        Raises:
            AccessError: It was not made for the challenge of this session.
            DeniedError: It is known already.
        """
        challenge = spend_challenge(self._book, Purpose.REGISTER, answer["client_data"], caller.ident)
        made = verified_new(self._party, answer, challenge)
        try:
            with self._book.writing() as connection:
                connection.execute(
                    """INSERT INTO passkeys (passkey_id, user_id, credential_id, public_key, sign_count, label, backed_up,
                        created_at) SELECT ?, user_id, ?, ?, ?, ?, ?, ? FROM users WHERE name = ?""",
                    (
                        secrets.token_hex(6), made.credential_id, made.public_key, made.sign_count, name,
                        made.backed_up, self._book.now_s(), caller.name,
                    ),
                )  # fmt: skip
                self._book.note(connection, "passkey_added", caller.name, source, name)
                row = row_of(connection.execute(_KEY, (made.credential_id,)))
        except IntegrityError:
            raise DeniedError("이미 등록된 패스키입니다.", next_step="다른 기기로 등록하세요.") from None
        self._tell("passkey_added", caller.name, f"{name}, {source}")
        assert row is not None
        return _view(row)

    def remove(self, caller: Caller, passkey_id: str, *, source: str) -> None:
        """Let a key in no more; sessions that it opened go on.

        Raises:
            NotThereError: The person has none such.
        """
        with self._book.writing() as connection:
            row = row_of(
                connection.execute(
                    """DELETE FROM passkeys WHERE passkey_id = ? AND user_id = (SELECT user_id FROM users WHERE name = ?)
                    RETURNING label""",
                    (passkey_id, caller.name),
                )
            )
            if row is None:
                raise NotThereError("그런 패스키가 없습니다.", next_step="목록에서 확인하세요.")
            self._book.note(connection, "passkey_removed", caller.name, source, row["label"])
        self._tell("passkey_removed", caller.name, str(row["label"]))

    # --- risky wishes -----------------------------------------------------------------

    def step_up(self, caller: Caller) -> dict[str, Any]:
        """Return what one of a person's keys is to sign before a risky wish.

        Raises:
            NotThereError: They have none.
        """
        with self._book.reading() as connection:
            known = [text_of_bytes(row["credential_id"]) for row in _of(connection, caller) if not row["blocked_at"]]
        if not known:
            raise NotThereError("등록된 패스키가 없습니다.", next_step="인증 앱의 코드를 쓰세요.")
        return self._asked(new_challenge(self._book, Purpose.STEP_UP, caller.ident), known)

    def prove(self, caller: Caller, answer: Answer, *, source: str) -> str:
        """Return what stands for a code of this session, once.

        Raises:
            AccessError: Locked, another person's key, or something is wrong; not what.
        """
        row = self._known(answer, source, caller.name)
        own = row if row is not None and row["name"] == caller.name else None
        try:
            self._used(own, answer, Purpose.STEP_UP, caller.ident)
        except AccessError:
            count_wrong(self._book, self._tell, caller.name, source, "passkey")
            raise
        with self._book.writing() as connection:
            return new_proof(self._book, connection, caller.ident)

    # --- leaves -----------------------------------------------------------------------

    def _asked(self, challenge: str, known: Sequence[str]) -> dict[str, Any]:
        party = self._party
        return {
            "challenge": challenge, "rp_id": party.rp_id, "origins": list(party.origins), "timeout_s": CHALLENGE_S,
            "credential_ids": list(known),
        }  # fmt: skip

    def _known(self, answer: Answer, source: str, name: str = "") -> dict[str, Any] | None:
        with self._book.reading() as connection:
            row = row_of(connection.execute(_KEY, (plain_of(answer["credential_id"]),)))
            refuse_if_locked(self._book, connection, name or (row["name"] if row else STRANGER), source)
        return row

    def _used(self, row: Mapping[str, Any] | None, answer: Answer, purpose: Purpose, owner: str) -> None:
        """Spend the challenge first, then look at the answer, then move the counter on."""
        challenge = spend_challenge(self._book, purpose, answer["client_data"], owner)
        if row is None or row["state"] != "active" or row["blocked_at"]:
            raise refusal()
        handle = answer["user_handle"]
        # A device that knows whose key it is says so when it was asked for no key by name.
        if (handle or purpose is Purpose.SIGN_IN) and plain_of(handle) != row["handle"]:
            raise refusal()
        self._counted(row, verified_use(self._party, answer, row["public_key"], challenge))

    def _counted(self, row: Mapping[str, Any], use: Use) -> None:
        now, ident = self._book.now_s(), row["passkey_id"]
        with self._book.writing() as connection:
            moved = connection.execute(
                """UPDATE passkeys SET sign_count = ?1, backed_up = ?2, last_used_at = ?3 WHERE passkey_id = ?4
                AND blocked_at = 0 AND (sign_count < ?1 OR (sign_count = 0 AND ?1 = 0))""",
                (use.sign_count, use.backed_up, now, ident),
            ).rowcount
            if moved:
                return
            blocked = connection.execute(
                "UPDATE passkeys SET blocked_at = ? WHERE passkey_id = ? AND blocked_at = 0", (now, ident)
            ).rowcount
            if blocked:
                self._book.note(connection, "passkey_copied", row["name"], "", f"{row['label']} blocked")
        if blocked:
            self._tell("passkey_copied", row["name"], str(row["label"]))
        raise refusal()


def forget_keys(connection: Connection, user_id: int) -> int:
    """End every key of a person, inside a transaction; return how many."""
    return int(connection.execute("DELETE FROM passkeys WHERE user_id = ?", (user_id,)).rowcount)


def _of(connection: Connection, caller: Caller) -> list[dict[str, Any]]:
    return rows_of(
        connection.execute(
            """SELECT k.* FROM passkeys k JOIN users u USING (user_id) WHERE u.name = ?
            ORDER BY k.created_at DESC""",
            (caller.name,),
        )
    )


def _view(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "passkey_id": row["passkey_id"], "name": row["label"], "created_at": text_of(row["created_at"]),
        "last_used_at": text_of(row["last_used_at"]), "blocked_at": text_of(row["blocked_at"]),
        "backed_up": bool(row["backed_up"]),
    }  # fmt: skip
