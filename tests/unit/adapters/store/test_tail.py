"""Following the facts: every one once, also what another process overtook or what waited in the spill."""

from pathlib import Path
from random import Random

import pytest

from hantu.adapters.store import late_rows
from hantu.adapters.store.late_rows import newest_fact, note_late
from hantu.adapters.store.maintenance import init_database, writing
from hantu.adapters.store.offline import add_manual_event
from hantu.adapters.store.sqlite import Connection
from hantu.adapters.store.store import SqliteStore
from hantu.adapters.store.tail import Tail
from hantu.domain.place import UNKNOWN, Place
from tests.contract.lives import HandClock, batch, guarded
from tests.unit.adapters.store.conftest import make_store

NEWER = "0fffffff-ffff-7000-8000-000000000000"


def put(connection: Connection, number: int) -> None:
    ident, newest = f"{number:06d}", newest_fact(connection)
    connection.execute(
        "INSERT INTO event_log (event_id, event_type, timestamp, payload_json) VALUES (?, 'x', '', '{}')", (ident,)
    )
    if ident < newest:
        note_late(connection, ident, newest)


@pytest.mark.parametrize("seed", range(5))
def test_every_fact_is_told_once_wherever_a_reader_stops(tmp_path: Path, seed: int) -> None:
    """Random orders of filing, random sizes of bites, and readers that go on from any fact they were told."""
    database, draw = tmp_path / "hantu.db", Random(f"tail {seed}")
    init_database(database)
    tail = Tail(database)
    numbers = draw.sample(range(1_000), 40)
    start = tail.end()
    reader, told = start, list[str]()
    while numbers or len(told) < 40:
        with writing(database) as connection:
            for _ in range(min(len(numbers), draw.randrange(6))):
                put(connection, numbers.pop())
        facts, place = tail.after(reader, draw.randrange(1, 8))
        stop = draw.randrange(1, len(facts) + 1) if facts else 0
        told += [str(one.fact["event_id"]) for one in facts[:stop]]
        reader = facts[stop - 1].place if stop else place
    assert len(told) == len(set(told)) == 40
    assert Place.of(reader.text) == reader
    everything, end = tail.after(start, 1_000)
    assert {str(one.fact["event_id"]) for one in everything} == set(told)
    assert end == tail.end()
    assert tail.after(end, 10) == ([], end)
    assert all(end.knows(one) for one in everything)


def test_an_id_alone_is_followed_by_what_was_filed_after_it(tmp_path: Path) -> None:
    database = tmp_path / "hantu.db"
    init_database(database)
    with writing(database) as connection:
        for number in (10, 5, 20, 6):
            put(connection, number)
    facts, _ = Tail(database).after(Place("000010", UNKNOWN), 10)
    assert [str(one.fact["event_id"]) for one in facts] == ["000005", "000006", "000020"]
    facts, _ = Tail(database).after(Place("000020", UNKNOWN), 10)
    assert [str(one.fact["event_id"]) for one in facts] == ["000006"]


def test_the_numbers_are_bounded_and_never_used_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_rows, "KEPT", 3)
    database = tmp_path / "hantu.db"
    init_database(database)
    with writing(database) as connection:
        for number in (900, *range(10)):
            put(connection, number)
        assert connection.execute("SELECT row_no FROM late_facts ORDER BY row_no").fetchall() == [(8,), (9,), (10,)]


async def test_a_fact_of_the_guard_that_a_person_overtook_is_told(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    """The practice market's clock is behind the machine's: what a person records has a later id."""
    await store.record(batch(clock.back(40 * 365 * 86_400), guarded()))
    tail = Tail(database)
    add_manual_event(database, "note", "x", actor="kim")
    place = tail.end()
    await store.record(batch(clock.advance(1), guarded(quantity=11)))
    [told], _ = tail.after(place, 10)
    assert (told.fact["event_type"], told.row_no, told.fact["payload"]["quantity"]) == ("position_guarded", 1, 11)


async def test_facts_that_waited_in_the_spill_are_told_behind_newer_ones(
    store: SqliteStore, tmp_path: Path, database: Path, clock: HandClock
) -> None:
    await store.record(batch(clock.now(), guarded()))
    tail = Tail(database)
    with writing(database) as lock:
        # Nobody else can write while this lasts: the guard's facts go to the spill.
        await store.record(batch(clock.advance(1), guarded(quantity=12)))
        lock.execute(
            "INSERT INTO event_log (event_id, event_type, timestamp, payload_json) VALUES (?, 'x', '', '{}')", (NEWER,)
        )
    place = tail.end()
    await store.close()
    again = make_store(tmp_path, clock)
    await again.open()
    await again.close()
    told = [one for one in tail.after(place, 50)[0] if one.fact["payload"].get("quantity") == 12]
    assert [one.row_no for one in told] == [1]
