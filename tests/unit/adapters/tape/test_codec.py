"""Every input the engine takes survives the tape; what is private does not get on it."""

import types
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hantu.adapters.tape.codec import (
    INPUTS,
    LAYOUT,
    Mask,
    decision_bytes,
    decision_values,
    decode_rows,
    encode_rows,
    input_of,
    row_of,
)
from hantu.domain import events as ev
from hantu.domain.errors import BrokenError
from hantu.domain.instant import Instant
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.config import GuardConfig
from hantu.engine.decision import NOTHING, Action, Decision
from hantu.engine.engine import Engine
from hantu.engine.inputs import Woken

NOW = Instant(datetime(2026, 11, 23, 0, 0, 1, 123_456, tzinfo=UTC), 1234.567_890_123)
NO_MASK = Mask()
WHOLE = st.integers(min_value=-(2**62), max_value=2**62)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(fold=0)
)
PLAIN: dict[Any, Any] = {
    int: WHOLE,
    float: st.floats(allow_nan=False),
    str: st.text(max_size=20),
    bool: st.booleans(),
    datetime: MOMENTS,
    type(None): st.none(),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of an annotation as they stand in inputs and facts; an unknown kind fails."""
    if isinstance(kind, NewType):
        return values(kind.__supertype__)
    if kind in PLAIN:
        return PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{field.name: values(hints[field.name]) for field in fields(kind)})
    if get_origin(kind) is tuple:
        args = get_args(kind)
        if args[1:] == (...,):
            return st.lists(values(args[0]), max_size=3).map(tuple)
        return st.tuples(*map(values, args))
    if get_origin(kind) in (Union, types.UnionType):
        return st.one_of(*map(values, get_args(kind)))
    raise AssertionError(f"no values for {kind}: the codec must be shown to carry it")


def through_the_tape(got: Any) -> tuple[Any, Instant]:
    (row,) = decode_rows(encode_rows([row_of((got, NOW, NOTHING), NO_MASK)]))
    return input_of(row, LAYOUT)


def test_the_tape_knows_exactly_what_the_engine_handles():
    assert set(INPUTS.values()) == set(Engine(GuardConfig())._handlers)


@pytest.mark.parametrize(
    "kind", [kind for kind in INPUTS.values() if kind is not inp.Started], ids=lambda kind: kind.__name__
)
@settings(max_examples=30)
@given(data=st.data())
def test_every_input_comes_back_as_it_was(kind, data):
    got = data.draw(values(kind))
    back, now = through_the_tape(got)
    assert back == got
    assert repr(back) == repr(got), "also the types of what is inside"
    assert now == NOW


@pytest.mark.parametrize("kind", ev.FACTS.values(), ids=lambda kind: kind.__name__)
@settings(max_examples=15)
@given(data=st.data())
def test_a_start_brings_every_fact_back(kind, data):
    hints = get_type_hints(inp.Started)
    got = inp.Started(
        facts=tuple(data.draw(st.lists(values(kind), max_size=2))),
        watchlist=data.draw(values(hints["watchlist"])),
        origins=data.draw(values(hints["origins"])),
        next_intent=data.draw(WHOLE),
        clean=data.draw(st.booleans()),
    )
    back, _ = through_the_tape(got)
    assert back == got
    assert repr(back) == repr(got)


@given(data=st.data())
def test_decisions_are_equal_exactly_when_their_bytes_are(data):
    part = st.lists(values(data.draw(st.sampled_from(list(ev.FACTS.values())))), max_size=2).map(tuple)
    deeds = st.lists(values(data.draw(st.sampled_from(get_args(Action)))), max_size=2).map(tuple)
    one = Decision(data.draw(part), data.draw(deeds), data.draw(st.just(()) | st.just((("INFO", "x"),))))
    other = Decision(data.draw(part), data.draw(deeds))
    assert (decision_bytes(one, NO_MASK) == decision_bytes(other, NO_MASK)) == (repr(one) == repr(other))


def test_nothing_decided_takes_no_room_and_a_failure_has_its_name():
    assert decision_bytes(NOTHING, NO_MASK) is None
    assert decision_values(None) == [[], [], []]
    assert decision_values(decision_bytes(KeyError("x"), NO_MASK)) == {"failed": "KeyError"}


def test_a_field_added_later_takes_its_default_and_one_taken_away_is_passed_over():
    row = ("FeedClosed", 1.0, NOW.wall, ["cut", "gone"], None)
    assert input_of(row, {"FeedClosed": ("reason", "no_longer_there")})[0] == inp.FeedClosed("cut")


@pytest.mark.parametrize(
    ("row", "layout"),
    [
        (("Unheard", 1.0, NOW.wall, [], None), {"Unheard": ()}),
        (("FeedClosed", 1.0, NOW.wall, [5], None), {"FeedClosed": ("reason",)}),
        (("FeedClosed", 1.0, NOW.wall, [False], None), {"FeedClosed": ("asked",)}),
        (("Started", 1.0, NOW.wall, [[["no_such_fact", {}]]], None), {"Started": ("facts",)}),
    ],
)
def test_what_this_release_does_not_know_is_refused_in_words(row, layout):
    with pytest.raises(BrokenError, match="테이프") as caught:
        input_of(row, layout)
    assert "기록한 판" in caught.value.next_step


def test_private_words_are_masked_wherever_they_stand():
    mask = Mask({"trader7": "(hts id)", "": "never"})
    got = inp.SubscribeRefused("H0STCNI0", "trader7", "OPSP0008", "limit of trader7")
    assert mask.value(got) == inp.SubscribeRefused("H0STCNI0", "(hts id)", "OPSP0008", "limit of (hts id)")
    decision = Decision(actions=(act.SendSubscribe("H0STCNI0", "trader7"),), log=(("INFO", "trader7 기다림"),))
    assert b"trader7" not in (decision_bytes(decision, mask) or b"")
    woken = Woken()
    assert mask.value(woken) is woken
