"""Facts survive storage; ids sort by recording; damaged spill lines are noticed."""

import dataclasses
import json
import typing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hantu.adapters.store.entries import BatchEntry, DeliveryEntry, EventRow, decode_fact, encode_fact
from hantu.adapters.store.event_ids import BLOCK, EventIds
from hantu.adapters.store.spill import SpillFile
from hantu.domain.events import FACTS, Fact, SubscribeDone, event_type

INTEGERS = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)


def fields_of(cls: type) -> dict[str, st.SearchStrategy[object]]:
    kinds = {int: INTEGERS, float: FLOATS}
    hints = typing.get_type_hints(cls)
    return {f.name: kinds.get(hints[f.name], st.from_type(hints[f.name])) for f in dataclasses.fields(cls)}


@pytest.mark.parametrize("name", sorted(FACTS))
def test_every_kind_of_fact_survives_json(name: str) -> None:
    cls = FACTS[name]

    @settings(max_examples=15, deadline=None, database=None)
    @given(st.builds(cls, **fields_of(cls)))
    def survives(fact: Fact) -> None:
        payload = encode_fact(fact)
        assert decode_fact(event_type(fact), payload) == fact
        assert set(json.loads(payload)) == {f.name for f in dataclasses.fields(cls)}

    survives()


def test_a_newer_releases_events_and_fields_are_ignored() -> None:
    assert decode_fact("invented_later", '{"x": 1}') is None
    assert decode_fact("subscribe_done", '{"count": 3, "invented_later": [1]}') == SubscribeDone(3)


def test_a_known_event_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(ValueError, match="count"):
        decode_fact("subscribe_done", '{"count": "three"}')


@given(st.lists(st.integers(0, 2**47), min_size=2, max_size=60))
def test_ids_rise_whatever_the_clock_does(millis: list[int]) -> None:
    ids = EventIds(lambda bits: 2**bits - 1)
    made = [ids.next(moment) for moment in millis]
    later = EventIds(lambda bits: 0)
    later.continue_after(made[-1])
    made.append(later.next(0))

    assert made == sorted(set(made))


def test_ids_are_uuids_of_version_seven_and_carry_the_time() -> None:
    made = EventIds(lambda bits: 0).next(0x0123456789AB)

    assert made == "01234567-89ab-7000-8000-000000000000"


def test_the_random_part_of_ids_never_comes_again() -> None:
    ids = EventIds()
    tails = [ids.next(number)[19:] for number in range(3 * BLOCK)]

    assert len(set(tails)) == len(tails)
    assert {tail[0] for tail in tails} == set("89ab"), "the variant of the standard, everything behind it drawn"


def test_more_ids_in_one_millisecond_than_the_counter_holds_still_rise() -> None:
    ids = EventIds(lambda bits: 5)
    made = [ids.next(1) for _ in range(5_000)]

    assert made == sorted(set(made))


def entry(number: int) -> BatchEntry:
    row = EventRow(f"id{number}", "subscribe_done", "2026-11-23 00:00:00.000000", '{"count": 1}', "", "", "")
    return BatchEntry("2026-11-23 00:00:00.000000", "2026-11-23", "local", "main", "test", 1, (row,), ())


def test_spilled_entries_come_back_in_order_and_by_offset(tmp_path: Path) -> None:
    spill = SpillFile(tmp_path / "spill")
    delivery = DeliveryEntry("2026-11-23 00:00:00.000000", 7, "telegram", sent=True)
    ends = [spill.append(item) for item in (entry(1), delivery, entry(2))]

    assert [line.entry for line in spill.read()] == [entry(1), delivery, entry(2)]
    assert [line.entry for line in spill.read(ends[0])] == [delivery, entry(2)]
    assert [line.end for line in spill.read()] == ends
    assert spill.path.stat().st_mode & 0o777 == 0o600


def test_a_flipped_bit_is_noticed_and_the_rest_is_kept(tmp_path: Path) -> None:
    spill = SpillFile(tmp_path)
    for number in range(3):
        spill.append(entry(number))
    spill.close()
    spill.path.write_bytes(spill.path.read_bytes().replace(b"id1", b"id9"))

    assert [line.entry for line in spill.read()] == [entry(0), None, entry(2)]


def test_a_line_cut_short_by_a_crash_costs_only_itself(tmp_path: Path) -> None:
    first = SpillFile(tmp_path)
    first.append(entry(1))
    first.close()
    with first.path.open("ab") as file:
        file.write(b'{"sha256":"00')
    second = SpillFile(tmp_path)
    assert [line.entry for line in second.read()] == [entry(1)]
    second.append(entry(2))

    assert [line.entry for line in second.read()] == [entry(1), None, entry(2)]


def test_a_cleared_spill_is_gone_and_a_damaged_one_is_kept_beside(tmp_path: Path) -> None:
    spill = SpillFile(tmp_path)
    spill.append(entry(1))
    spill.clear()
    assert list(tmp_path.iterdir()) == []
    spill.append(entry(2))
    spill.clear(keep_as="kept.damaged")

    assert [path.name for path in tmp_path.iterdir()] == ["kept.damaged"]
