"""How each kind of entry is written: alone, beside others in one transaction, or again from the spill."""

from collections.abc import Sequence

from hantu.adapters.store.alert_desk import commit_policy, file_policy
from hantu.adapters.store.commit import commit_batch, commit_delivery, file_batch, file_delivery, replay_batch
from hantu.adapters.store.entries import BatchEntry, Entry, PolicyEntry
from hantu.adapters.store.sqlite import Connection
from hantu.domain import events as ev


def commit_entry(entry: Entry, facts: Sequence[ev.Fact], connection: Connection) -> tuple[str, ...]:
    """Write a new entry in a transaction of its own; return what could not be filed as it should.

    Raises:
        HantuError, DatabaseError: As ``commit_batch``.
    """
    if isinstance(entry, BatchEntry):
        return commit_batch(connection, entry, facts)
    if isinstance(entry, PolicyEntry):
        commit_policy(connection, entry)
    else:
        commit_delivery(connection, entry)
    return ()


def join_entry(entry: Entry, facts: Sequence[ev.Fact], connection: Connection) -> tuple[str, ...]:
    """Write a new entry inside a transaction that others share; whatever is wrong with it ends them all.

    Raises:
        HantuError, DatabaseError: It does not fit, or the database does not take it.
    """
    if isinstance(entry, BatchEntry):
        return file_batch(connection, entry, facts)
    if isinstance(entry, PolicyEntry):
        file_policy(connection, entry)
    else:
        file_delivery(connection, entry)
    return ()


def replay_entry(entry: Entry, connection: Connection) -> None:
    """Write an entry of the spill, which may be in the database already.

    Raises:
        OperationalError, DatabaseError: The database does not take the write.
    """
    if isinstance(entry, BatchEntry):
        replay_batch(connection, entry)
    elif isinstance(entry, PolicyEntry):
        commit_policy(connection, entry)
    else:
        commit_delivery(connection, entry)
