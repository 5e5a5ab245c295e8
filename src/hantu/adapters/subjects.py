"""People in the records: a pseudonym everywhere, the name only here, under a key of its own.

A pseudonym is drawn by chance, so nothing can be computed from a name. The name
is encrypted by the subject's own key, that key is wrapped by the home's key
file. Erasing a subject destroys both ciphertexts and the index; the records
that carry the pseudonym stay as they are, and so does their chain.
"""

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hantu.adapters.audit.keys import SUBJECTS_FILE, secret_key
from hantu.adapters.store.maintenance import LOCK_WAIT_S, NOW, reading, writing
from hantu.adapters.store.sqlite import DatabaseError, connect, unusable
from hantu.adapters.store.state_rows import audit
from hantu.domain.errors import BrokenError, UsageError

MARK = "P-"
NONCE = 12
_json = msgspec.json.Encoder()


class Subject(NamedTuple):
    """One person; ``name`` is empty after erasure."""

    pseudonym: str
    name: str
    created_at: str
    erased_at: str


class Subjects:
    """The people of one database."""

    def __init__(self, database: Path, key_dir: Path) -> None:
        self._database = database
        self._key_dir = key_dir

    def pseudonym(self, name: str) -> str:
        """Return the pseudonym of a person, drawing one for a new person; a pseudonym stays itself.

        Raises:
            BrokenError: The database or the key file cannot be used.
        """
        if not name or name.startswith(MARK):
            return name
        master = secret_key(self._key_dir, SUBJECTS_FILE)
        lookup = _lookup(master, name)
        # A reader never waits for the guard; only somebody new is written.
        known = self._known(lookup)
        if known:
            return known
        with writing(self._database) as connection:
            row = connection.execute("SELECT pseudonym FROM subjects WHERE lookup = ?", (lookup,)).fetchone()
            if row is not None:
                return str(row[0])
            pseudonym = MARK + secrets.token_hex(4)
            key = os.urandom(32)
            connection.execute(
                f"INSERT INTO subjects (pseudonym, lookup, wrapped_key, secret, created_at) VALUES (?, ?, ?, ?, {NOW})",  # noqa: S608 - our own words
                (pseudonym, lookup, _seal(master, key, pseudonym), _seal(key, name.encode(), pseudonym)),
            )
        return pseudonym

    def _known(self, lookup: str) -> str:
        with reading(self._database) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'subjects'").fetchone():
                return ""  # a database of an earlier release; the write brings it up
            row = connection.execute("SELECT pseudonym FROM subjects WHERE lookup = ?", (lookup,)).fetchone()
        return str(row[0]) if row else ""

    def all(self) -> tuple[Subject, ...]:
        """Return every subject, oldest first.

        Raises:
            BrokenError: The database or the key file cannot be used.
        """
        with reading(self._database) as connection:
            rows = connection.execute(
                "SELECT pseudonym, wrapped_key, secret, created_at, erased_at FROM subjects ORDER BY created_at"
            ).fetchall()
        if not rows:
            return ()
        master = secret_key(self._key_dir, SUBJECTS_FILE)
        return tuple(Subject(row[0], _name(master, *row[:3]), row[3], row[4]) for row in rows)

    def find(self, who: str) -> Subject:
        """Return a subject by name or pseudonym.

        Raises:
            UsageError: There is none.
            BrokenError: The database or the key file cannot be used.
        """
        found = next((one for one in self.all() if who and who in (one.pseudonym, one.name)), None)
        if found is None:
            raise UsageError(
                f"{who} 에 해당하는 사람이 없습니다.", next_step="`hantu privacy show` 로 목록을 확인하세요."
            )
        return found

    def records(self, pseudonym: str) -> int:
        """Return in how many rows of the audit trail a subject acts.

        Raises:
            BrokenError: The database cannot be read.
        """
        with reading(self._database) as connection:
            row = connection.execute("SELECT count(*) FROM ops_audit_log WHERE actor = ?", (pseudonym,)).fetchone()
        return int(row[0])

    def erase(self, who: str, *, actor: str) -> Subject:
        """Destroy a subject's key, name and index; the erasure itself is recorded.

        The freed pages are overwritten and the log of the database emptied.

        Raises:
            UsageError: There is no such subject.
            BrokenError: The database does not take the write, or is read by somebody for too long.
        """
        found = self.find(who)
        with writing(self._database) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            changed = connection.execute(
                f"""UPDATE subjects SET lookup = '', wrapped_key = x'', secret = x'', erased_at = {NOW}
                WHERE pseudonym = ? AND erased_at = ''""",  # noqa: S608 - our own words
                (found.pseudonym,),
            ).rowcount
            if changed:
                moment = connection.execute(f"SELECT {NOW}").fetchone()[0]
                acting = found.pseudonym if actor in (found.name, found.pseudonym) else actor
                details = _json.encode({"subject": found.pseudonym}).decode()
                audit(connection, "subject_erased", acting, moment, details)
        _empty_log(self._database)
        return found


def _empty_log(database: Path) -> None:
    """Move the write-ahead log into the file and cut it: it held the row as it was.

    Raises:
        BrokenError: A reader keeps the log from being cut.
    """
    connection = connect(database, wait_s=LOCK_WAIT_S)
    try:
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except DatabaseError as error:
        raise unusable(database, error) from error
    finally:
        connection.close()
    if busy:
        raise BrokenError(
            "지운 값이 아직 데이터베이스의 로그 파일(-wal)에 남아 있습니다.",
            next_step="감시를 끝낸 뒤 같은 명령을 한 번 더 실행하세요.",
        )


def _lookup(master: bytes, name: str) -> str:
    return hmac.new(master, b"hantu/subject/lookup/v1" + name.encode(), sha256).hexdigest()


def _seal(key: bytes, plain: bytes, pseudonym: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, pseudonym.encode())


def _name(master: bytes, pseudonym: str, wrapped: bytes, secret: bytes) -> str:
    if not wrapped:
        return ""
    try:
        key = AESGCM(master).decrypt(wrapped[:NONCE], wrapped[NONCE:], pseudonym.encode())
        return AESGCM(key).decrypt(secret[:NONCE], secret[NONCE:], pseudonym.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise BrokenError(
            f"{pseudonym} 의 이름을 풀 수 없습니다.",
            next_step="데이터 폴더의 subjects.key 가 이 데이터베이스의 것인지 확인하세요.",
        ) from error
