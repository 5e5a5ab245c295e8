"""Facts that are filed after newer ones get a number of their own, in the transaction that files them."""

from typing import Final

from hantu.adapters.store.sqlite import Connection

KEPT: Final = 10_000


def newest_fact(connection: Connection) -> str:
    """Return the greatest id on record; empty when there is none."""
    return connection.execute("SELECT max(event_id) FROM event_log").fetchone()[0] or ""


def note_late(connection: Connection, event_id: str, newest: str) -> None:
    """Give a fact that is filed behind ``newest`` its number; inside the transaction that files it."""
    connection.execute("INSERT OR IGNORE INTO late_facts (event_id, behind) VALUES (?, ?)", (event_id, newest))
    connection.execute("DELETE FROM late_facts WHERE row_no <= (SELECT max(row_no) FROM late_facts) - ?", (KEPT,))
