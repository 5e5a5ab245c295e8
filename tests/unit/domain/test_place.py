"""How far somebody has read the facts."""

import pytest

from hantu.domain.place import UNKNOWN, Place, Told


@pytest.mark.parametrize(
    ("text", "place"),
    [("id.7", Place("id", 7)), ("id", Place("id", UNKNOWN)), ("", Place("", UNKNOWN)), ("id.x", Place("id", UNKNOWN)),
     ("id.-1", Place("id", UNKNOWN)), ("id.²", Place("id", UNKNOWN)), ("id." + "9" * 19, Place("id", UNKNOWN))],
)  # fmt: skip
def test_a_place_is_read_as_it_was_kept_and_anything_else_is_an_id(text: str, place: Place) -> None:
    assert Place.of(text) == place
    if place.row_no >= 0:
        assert place.text == text


def test_a_place_knows_what_lies_before_it() -> None:
    place = Place("5", 2)
    assert [place.knows(Told({"event_id": ident}, place)) for ident in ("4", "5", "6")] == [True, True, False]
    assert [place.knows(Told({"event_id": "1"}, place, late)) for late in (2, 3)] == [True, False]


def test_a_place_only_moves_on() -> None:
    place = Place("5", 2)
    assert place.with_(Told({"event_id": "3"}, Place("4", 3), 3)) == Place("5", 3)
    assert place.with_(Told({"event_id": "6"}, Place("6", 1))) == Place("6", 2)
