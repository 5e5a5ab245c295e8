"""The account behind the records, sealed; nothing here is ever on the way of an order."""

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hantu.adapters.store.maintenance import NOW, reading, writing
from hantu.adapters.store.sqlite import Connection
from hantu.adapters.vault import Vault

MARK_KEY: Final = "mark"
"""The key of the marks: never that of the seals."""
_COLUMNS: Final = ("number", "hts_id")
_SEALED: Final = "SELECT environment, account, number_sealed, hts_id_sealed FROM accounts"


@dataclass(frozen=True, slots=True)
class Account:
    """One account as the broker knows it."""

    environment: str
    alias: str
    number: str
    """With its product code."""
    hts_id: str


def record_account(database: Path, vault: Vault, account: Account) -> bool:
    """Keep an account, sealed; tell whether anything was new.

    Raises:
        BrokenError: The database does not take the write, or there are no usable keys.
    """
    mark = _mark(vault, account)
    with reading(database) as connection:
        row = _row(connection, account.environment, account.alias)
    if row is not None and hmac.compare_digest(str(row[2]), mark):
        return False  # the usual start takes no lock
    with writing(database) as connection:
        sealed = [
            vault.seal(value.encode(), _place(name, account.environment, account.alias))
            for name, value in zip(_COLUMNS, (account.number, account.hts_id))
        ]
        connection.execute(
            f"INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?, {NOW})",  # noqa: S608 - our own words
            (account.environment, account.alias, *sealed, mark),
        )
    return True


def is_other_account(database: Path, vault: Vault, account: Account) -> bool:
    """Tell whether the records under this alias belong to another account.

    No where nothing is recorded yet, and where the keys are gone: records without them are a restored copy.

    Raises:
        BrokenError: The records or the key of the marks cannot be read.
    """
    if not vault.has(MARK_KEY):
        return False
    with reading(database) as connection:
        if not _there(connection):
            return False
        row = _row(connection, account.environment, account.alias)
    return row is not None and not hmac.compare_digest(str(row[2]), _mark(vault, account))


def open_accounts(database: Path, vault: Vault) -> tuple[Account, ...]:
    """Return every account of the records; none where they are of an earlier release.

    Raises:
        BrokenError: The records cannot be read, were changed, or a key is gone.
    """
    with reading(database) as connection:
        rows = connection.execute(f"{_SEALED} ORDER BY 1, 2").fetchall() if _there(connection) else []
    return tuple(
        Account(
            environment, alias, vault.open(number, _place("number", environment, alias)).decode(),
            vault.open(hts_id, _place("hts_id", environment, alias)).decode(),
        )
        for environment, alias, number, hts_id in rows
    )  # fmt: skip


def reseal_accounts(database: Path, vault: Vault) -> int:
    """Seal every account by the newest key; return how many values were not. Interrupted, it is simply done again."""
    done = 0
    with writing(database) as connection:
        rows = connection.execute(_SEALED).fetchall()
        for environment, alias, *sealed in rows:
            for name, kept in zip(_COLUMNS, sealed):
                if vault.stale(kept):
                    place = _place(name, environment, alias)
                    connection.execute(
                        f"UPDATE accounts SET {name}_sealed = ? WHERE environment = ? AND account = ?",  # noqa: S608
                        (vault.seal(vault.open(kept, place), place), environment, alias),
                    )
                    done += 1
    return done


def _there(connection: Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'accounts'").fetchone() is not None


def _row(connection: Connection, environment: str, alias: str) -> tuple[bytes, bytes, str] | None:
    found: tuple[bytes, bytes, str] | None = connection.execute(
        "SELECT number_sealed, hts_id_sealed, mark FROM accounts WHERE environment = ? AND account = ?",
        (environment, alias),
    ).fetchone()
    return found


def _mark(vault: Vault, account: Account) -> str:
    text = f"{account.environment}|{account.number}".encode()
    return hmac.new(vault.named(MARK_KEY), text, hashlib.sha256).hexdigest()


def _place(name: str, environment: str, alias: str) -> str:
    return f"accounts|{name}_sealed|{environment}|{alias}"
