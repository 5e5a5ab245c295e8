"""How often somebody may be wrong, so that guessing is hopeless and a flood locks nobody out.

1. Five wrong in 15 minutes from one address under one name: that pair waits.
2. Thirty wrong under one name from anywhere: only addresses that have signed in as that name before may go on.
3. Fifty wrong from one address under any names: that address waits.
4. The console (`hantu users unlock`) forgets them; nothing else does but time.
"""

from collections.abc import Callable
from typing import Final

from hantu.adapters.accounts.book import Book
from hantu.adapters.store.sqlite import Connection
from hantu.domain.access import AccessError

WINDOW_S: Final = 900.0
PAIR_MAX, NAME_MAX, SOURCE_MAX = 5, 30, 50


def refuse_if_locked(book: Book, connection: Connection, name: str, source: str) -> None:
    """Stop somebody who was wrong too often.

    Raises:
        AccessError: Locked; says for how long.
    """
    since = book.now_s() - WINDOW_S
    pair, pair_oldest = _count(connection, "name = ? AND source = ?", (name, source), since)
    of_name, name_oldest = _count(connection, "name = ?", (name,), since)
    of_source, source_oldest = _count(connection, "source = ?", (source,), since)
    oldest = 0.0
    if pair >= PAIR_MAX:
        oldest = pair_oldest
    elif of_source >= SOURCE_MAX:
        oldest = source_oldest
    elif of_name >= NAME_MAX and not _known(connection, name, source):
        oldest = name_oldest
    if oldest:
        raise AccessError(
            "locked", "틀린 시도가 너무 많아 잠시 막았습니다.", retry_s=max(1.0, oldest + WINDOW_S - book.now_s()),
            next_step="기다리거나, 서버가 있는 컴퓨터에서 `hantu users unlock 이름` 을 실행하세요.",
        )  # fmt: skip


def note_wrong(book: Book, connection: Connection, name: str, source: str) -> bool:
    """Count one wrong attempt; tell whether the pair is locked from now on."""
    connection.execute(
        "INSERT INTO attempts (name, source, at) VALUES (?, ?, ?)", (name[:64], source[:64], book.now_s())
    )
    pair, _ = _count(connection, "name = ? AND source = ?", (name, source), book.now_s() - WINDOW_S)
    return pair == PAIR_MAX


def count_wrong(book: Book, tell: Callable[[str, str, str], None], name: str, source: str, what: str) -> None:
    """Put one wrong attempt on record and count it; who is locked out by it is told."""
    with book.writing() as connection:
        locked = note_wrong(book, connection, name, source)
        book.note(connection, "refused", name, source, what)
    if locked:
        tell("sign_in_locked", name, source)


def forget(connection: Connection, name: str, source: str = "") -> int:
    """Forget wrong attempts under a name, from one address or from all."""
    return int(
        connection.execute(
            "DELETE FROM attempts WHERE name = ? AND (? = '' OR source = ?)", (name, source, source)
        ).rowcount
    )


def _count(connection: Connection, where: str, values: tuple[str, ...], since: float) -> tuple[int, float]:
    row = connection.execute(
        f"SELECT count(*), coalesce(min(at), 0) FROM attempts WHERE {where} AND at > ?",  # noqa: S608 - our own words
        (*values, since),
    ).fetchone()
    return int(row[0]), float(row[1])


def _known(connection: Connection, name: str, source: str) -> bool:
    return (
        connection.execute(
            "SELECT 1 FROM known_sources JOIN users USING (user_id) WHERE name = ? AND source = ? LIMIT 1",
            (name, source),
        ).fetchone()
        is not None
    )
