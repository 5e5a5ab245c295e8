"""Sign-in: passwords, codes that count once, recovery, enrolment, sessions and tokens.

1. A code's step is spent in the transaction that reads it: two at one moment, one wins.
2. Unknown name, wrong password and wrong code look alike and take as long.
3. A recovery code opens no session; it lets its owner enrol a new authenticator.
4. What an auditor asks for is told to ``tell`` (kind, name, detail); refusals stay in the access log alone.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hantu.adapters.accounts import factors
from hantu.adapters.accounts.attempts import count_wrong, forget, note_wrong, refuse_if_locked
from hantu.adapters.accounts.book import Book, row_of, text_of
from hantu.adapters.accounts.ceremonies import PROOF_MARK, spend_proof
from hantu.adapters.accounts.passkeys import forget_keys
from hantu.adapters.store.sqlite import Connection
from hantu.adapters.vault import Vault
from hantu.domain.access import AccessError, Caller, Role, Scope, SignedIn

ENROL_S: Final = 86_400.0
REENROL_S: Final = 900.0
TOUCH_S: Final = 30.0
"""A session's last use is written down this often at most."""
SECRET_BYTES: Final = 32
AGENT_MAX: Final = 300
PROGRAM_MARK: Final = "hantu_"
WRONG: Final = "이름, 비밀번호 또는 코드가 맞지 않습니다."
_SESSION: Final = """SELECT session_id, csrf, s.agent, last_seen, expires_at, user_id, name, role,
    (SELECT count(*) FROM recovery_codes r WHERE r.user_id = u.user_id AND used_at = 0) AS codes_left,
    (SELECT count(*) FROM passkeys k WHERE k.user_id = u.user_id AND blocked_at = 0) AS passkeys
FROM sessions s JOIN users u USING (user_id) WHERE secret_hash = ? AND state = 'active'"""
_USER: Final = "SELECT * FROM users WHERE name = ?"


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lives, in seconds."""

    idle_s: float
    absolute_s: float


class SignInDesk:
    """Implements the doorkeeper of the interface."""

    def __init__(
        self,
        book: Book,
        vault: Vault,
        lifetimes: Lifetimes,
        *,
        actor_of: Callable[[str], str],
        tell: Callable[[str, str, str], None],
    ) -> None:
        self._book = book
        self._vault = vault
        self._lifetimes = lifetimes
        self._actor_of = actor_of
        self._tell = tell

    # --- people -----------------------------------------------------------------------

    def sign_in(self, user: str, password: str, *, code: str, recovery_code: str, source: str, agent: str) -> SignedIn:
        """Let a person in.

        Raises:
            AccessError: Locked, or something is wrong; not what.
        """
        with self._book.reading() as connection:
            refuse_if_locked(self._book, connection, user, source)
            row = row_of(connection.execute(_USER, (user,)))
        known = row if row is not None and row["state"] == "active" else None
        right = factors.password_right(known["password_hash"] if known else "", password)
        if known is None or not right:
            raise self._wrong(user, source, "password")
        if recovery_code:
            return self._recovered(known, recovery_code, source)
        try:
            self._spend(known, code)
        except AccessError:
            raise self._wrong(user, source, "code") from None
        return self.begin_session(known, source, agent)

    def begin_session(self, row: Mapping[str, Any], source: str, agent: str, by: str = "") -> SignedIn:
        """Begin a session of a person who has shown both factors; ``by`` says how, where it was not by code."""
        now, secret, agent = self._book.now_s(), secrets.token_urlsafe(SECRET_BYTES), agent[:AGENT_MAX]
        ident = secrets.token_hex(8)
        with self._book.writing() as connection:
            connection.execute(
                """INSERT INTO sessions (session_id, secret_hash, user_id, csrf, agent, source, created_at, last_seen,
                    expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (ident, factors.secret_hash(secret), row["user_id"], secrets.token_urlsafe(24), agent, source, now, now,
                 now + self._lifetimes.absolute_s),
            )  # fmt: skip
            new_place = connection.execute(
                "INSERT OR IGNORE INTO known_sources (user_id, source, agent, at) VALUES (?, ?, ?, ?)",
                (row["user_id"], source, agent, now),
            ).rowcount
            failed = forget(connection, row["name"], source)
            connection.execute("UPDATE users SET last_sign_in_at = ? WHERE user_id = ?", (now, row["user_id"]))
            self._book.note(connection, "signed_in", row["name"], source, f"{by}, {agent}" if by else agent)
            found = row_of(connection.execute(_SESSION, (factors.secret_hash(secret),)))
        if found is None:
            raise AccessError("wrong_credentials", WRONG)  # disabled between the look and the session
        marks = (by, "new browser" if new_place else "", f"after {failed} wrong" if failed else "")
        self._tell("user_signed_in", row["name"], ", ".join((source, *(mark for mark in marks if mark))))
        return SignedIn(self._person(found), secret)

    def by_cookie(self, secret: str, *, agent: str, touch: bool = True) -> Caller | None:
        """Return who holds a session; None when there is none, it has ended, or another browser shows it."""
        now = self._book.now_s()
        with self._book.reading() as connection:
            row = row_of(connection.execute(_SESSION, (factors.secret_hash(secret),)))
        if row is None or now >= row["expires_at"] or now >= row["last_seen"] + self._lifetimes.idle_s:
            return None
        if not hmac.compare_digest(row["agent"].encode(), agent[:AGENT_MAX].encode()):
            self._stolen(row)
            return None
        if touch and now - row["last_seen"] > min(TOUCH_S, self._lifetimes.idle_s / 4):
            with self._book.writing() as connection:
                connection.execute("UPDATE sessions SET last_seen = ? WHERE session_id = ?", (now, row["session_id"]))
            row["last_seen"] = now
        return self._person(row)

    def spend_code(self, caller: Caller, code: str, *, source: str) -> None:
        """Take a fresh code of a person who is signed in, or the proof that one of their passkeys gave.

        Raises:
            AccessError: Wrong or used; too many wrong ones end the session.
        """
        with self._book.reading() as connection:
            refuse_if_locked(self._book, connection, caller.name, source)
            row = row_of(connection.execute(_USER, (caller.name,)))
        assert row is not None
        try:
            if code.startswith(PROOF_MARK):
                spend_proof(self._book, caller.ident, code)
            else:
                self._spend(row, code)
        except AccessError as error:
            with self._book.writing() as connection:
                locked = error.code == "code_wrong" and note_wrong(self._book, connection, caller.name, source)
                self._book.note(connection, error.code, caller.name, source)
                if locked:
                    connection.execute("DELETE FROM sessions WHERE session_id = ?", (caller.ident,))
            if locked:
                self._tell("sign_in_locked", caller.name, source)
            raise

    def note_refusal(self, caller: Caller, kind: str, detail: str, *, source: str) -> None:
        """Write a refusal down."""
        with self._book.writing() as connection:
            self._book.note(connection, kind, caller.owner, source, detail)

    # --- enrolment --------------------------------------------------------------------

    def enrol_begin(self, user: str, enrolment_code: str, *, source: str) -> Mapping[str, Any]:
        """Return the authenticator's secret to who holds the one-time code; the same until it is used.

        Raises:
            AccessError: Unknown, used or expired; not which.
        """
        row = self._invited(user, enrolment_code, source)
        if row["enrol_sealed"]:
            seed = self._vault.open(row["enrol_sealed"], _place("enrol", row["user_id"])).decode()
        else:
            seed = factors.new_seed()
            sealed = self._vault.seal(seed.encode(), _place("enrol", row["user_id"]))
            with self._book.writing() as connection:
                connection.execute("UPDATE users SET enrol_sealed = ? WHERE user_id = ?", (sealed, row["user_id"]))
        return {
            "user": user, "role": row["role"], "secret": seed, "otpauth_uri": factors.seed_uri(seed, user),
            "expires_at": text_of(row["enrol_expires"]),
        }  # fmt: skip

    def enrol_complete(self, user: str, enrolment_code: str, password: str, code: str, *, source: str) -> list[str]:
        """Make an account active with a password and an authenticator; return the recovery codes.

        Raises:
            AccessError: The one-time code or the code of the authenticator is wrong.
            UsageError: The password is too weak.
        """
        row = self._invited(user, enrolment_code, source)
        if not row["enrol_sealed"]:
            raise self._wrong(user, source, "enrolment")
        ident = int(row["user_id"])
        seed = self._vault.open(row["enrol_sealed"], _place("enrol", ident))
        kept = factors.hash_password(password, user)
        step = factors.step_of(seed.decode(), code, self._book.now_s())
        if not step:
            raise self._wrong(user, source, "enrolment")
        codes = factors.new_recovery_codes()
        with self._book.writing() as connection:
            done = connection.execute(
                """UPDATE users SET state = 'active', password_hash = ?, totp_sealed = ?, totp_step = ?, enrol_hash = '',
                    enrol_sealed = x'', enrol_expires = 0 WHERE user_id = ? AND enrol_hash = ?""",
                (kept, self._vault.seal(seed, _place("totp", ident)), step, ident, row["enrol_hash"]),
            ).rowcount
            if not done:
                raise AccessError("wrong_credentials", WRONG)
            connection.execute("DELETE FROM recovery_codes WHERE user_id = ?", (ident,))
            connection.execute("DELETE FROM sessions WHERE user_id = ?", (ident,))
            forget_keys(connection, ident)  # whatever was lost, they were on it
            connection.executemany(
                "INSERT INTO recovery_codes (user_id, code_hash) VALUES (?, ?)",
                [(ident, factors.code_hash(one)) for one in codes],
            )
            forget(connection, user)
            self._book.note(connection, "enrolled", user, source)
        self._tell("user_enrolled", user, source)
        return codes

    # --- programs ---------------------------------------------------------------------

    def by_token(self, token: str, *, source: str) -> Caller | None:
        """Return the program a token belongs to; None when it is none or was revoked."""
        mark, _, rest = token.partition(PROGRAM_MARK)
        ident, _, secret = rest.partition("_")
        if mark or not secret:
            return None
        with self._book.reading() as connection:
            row = row_of(connection.execute("SELECT * FROM clients WHERE client_id = ? AND revoked_at = 0", (ident,)))
        if row is None or not hmac.compare_digest(row["secret_hash"].encode(), factors.secret_hash(secret).encode()):
            return None
        now = self._book.now_s()
        if now - row["last_seen"] > TOUCH_S:
            with self._book.writing() as connection:
                connection.execute("UPDATE clients SET last_seen = ? WHERE client_id = ?", (now, ident))
                if now - row["last_seen"] > 86_400:
                    self._book.note(connection, "program_seen", row["name"], source)
        scopes = frozenset(Scope(word) for word in row["scopes"].split())
        return Caller("program", ident, row["name"], f"program:{row['name']}", scopes=scopes)

    # --- leaves -----------------------------------------------------------------------

    def _spend(self, row: Mapping[str, Any], code: str) -> None:
        ident = int(row["user_id"])
        seed = self._vault.open(row["totp_sealed"], _place("totp", ident)).decode()
        step = factors.step_of(seed, code, self._book.now_s())
        if not step:
            raise AccessError("code_wrong", "코드가 맞지 않습니다.", next_step="인증 앱의 지금 코드를 확인하세요.")
        with self._book.writing() as connection:
            won = connection.execute(
                "UPDATE users SET totp_step = ? WHERE user_id = ? AND totp_step < ?", (step, ident, step)
            ).rowcount
        if not won:
            raise AccessError(
                "code_used", "이미 쓴 코드입니다.", next_step="인증 앱에 다음 코드가 나올 때까지 기다리세요(최대 30초)."
            )

    def _recovered(self, row: Mapping[str, Any], recovery_code: str, source: str) -> SignedIn:
        fresh = secrets.token_urlsafe(24)
        now = self._book.now_s()
        with self._book.writing() as connection:
            used = connection.execute(
                "UPDATE recovery_codes SET used_at = ? WHERE user_id = ? AND code_hash = ? AND used_at = 0",
                (now, row["user_id"], factors.code_hash(recovery_code)),
            ).rowcount
            if used:
                invite(self._book, connection, int(row["user_id"]), fresh, REENROL_S)
                self._book.note(connection, "recovery_code_used", row["name"], source)
        if not used:
            raise self._wrong(str(row["name"]), source, "recovery code")
        self._tell("recovery_code_used", row["name"], source)
        return SignedIn(None, "", fresh)

    def _invited(self, user: str, enrolment_code: str, source: str) -> dict[str, Any]:
        with self._book.reading() as connection:
            refuse_if_locked(self._book, connection, user, source)
            row = row_of(connection.execute(_USER, (user,)))
        shown = factors.code_hash(enrolment_code).encode()
        right = row is not None and bool(row["enrol_hash"]) and hmac.compare_digest(row["enrol_hash"].encode(), shown)
        if row is None or not right or row["state"] == "disabled" or row["enrol_expires"] < self._book.now_s():
            raise self._wrong(user, source, "enrolment")
        return row

    def _wrong(self, user: str, source: str, what: str) -> AccessError:
        count_wrong(self._book, self._tell, user, source, what)
        return AccessError("wrong_credentials", WRONG, next_step="다시 확인하고 입력하세요.")

    def _stolen(self, row: Mapping[str, Any]) -> None:
        """A session shown by another browser than it was made for is over."""
        with self._book.writing() as connection:
            connection.execute("DELETE FROM sessions WHERE session_id = ?", (row["session_id"],))
            self._book.note(connection, "session_moved", row["name"], "", "shown by another browser")
        self._tell("session_moved", row["name"], "")

    def _person(self, row: Mapping[str, Any]) -> Caller:
        idle_s, now = self._lifetimes.idle_s, self._book.now_s()
        return Caller(
            "person", row["session_id"], row["name"], self._actor_of(row["name"]), Role(row["role"]),
            csrf=row["csrf"], expires_at=text_of(row["expires_at"]), idle_s=idle_s,
            idle_left_s=max(0.0, row["last_seen"] + idle_s - now), left_s=max(0.0, row["expires_at"] - now),
            recovery_codes_left=row["codes_left"], passkeys=row["passkeys"],
        )  # fmt: skip


def invite(book: Book, connection: Connection, user_id: int, code: str, valid_s: float) -> float:
    """Have a person enrol with a code, once; return when it expires."""
    expires = book.now_s() + valid_s
    connection.execute(
        "UPDATE users SET enrol_hash = ?, enrol_sealed = x'', enrol_expires = ? WHERE user_id = ?",
        (factors.code_hash(code), expires, user_id),
    )
    return expires


def _place(column: str, user_id: int) -> str:
    return f"users|{column}_sealed|{user_id}"


def readable_secrets(book: Book, vault: Vault) -> int:
    """Open every secret to see whether its key is there; return how many there are.

    Raises:
        BrokenError: One does not open.
    """
    with book.reading() as connection:
        rows = connection.execute("SELECT user_id, totp_sealed, enrol_sealed FROM users").fetchall()
    book.close()
    sealed = [
        (column, ident, kept) for ident, *both in rows for column, kept in zip(("totp", "enrol"), both, strict=True)
    ]
    for column, ident, kept in (one for one in sealed if one[2]):
        vault.open(bytes(kept), _place(column, ident))
    return sum(bool(kept) for _, _, kept in sealed)


def reseal(book: Book, vault: Vault) -> int:
    """Seal every secret by the newest key; return how many were not. Interrupted, it is simply done again."""
    with book.reading() as connection:
        idents = [int(row[0]) for row in connection.execute("SELECT user_id FROM users")]
    done = 0
    for ident in idents:
        with book.writing() as connection:
            row = row_of(connection.execute("SELECT totp_sealed, enrol_sealed FROM users WHERE user_id = ?", (ident,)))
            for column in ("totp", "enrol"):
                kept = bytes(row[f"{column}_sealed"]) if row else b""
                if kept and vault.stale(kept):
                    fresh = vault.seal(vault.open(kept, _place(column, ident)), _place(column, ident))
                    connection.execute(
                        f"UPDATE users SET {column}_sealed = ? WHERE user_id = ?",  # noqa: S608 - our own words
                        (fresh, ident),
                    )
                    done += 1
    return done
