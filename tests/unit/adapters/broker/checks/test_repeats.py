"""The same intent, the same content, too often."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hantu.adapters.broker.checks.repeats import Attempt, Memory, Repeats, duplicate, not_too_often, sent_once
from hantu.domain.account import Side
from hantu.domain.money import Price, Quantity
from hantu.domain.order import OrderRequest, Outcome, OutcomeKind
from tests.unit.adapters.broker.checks.cases import CANCEL, NOW, SELL, code

REPEATS = Repeats(window_s=60.0, per_hour=3)
EARLIER = Attempt("i0", 90.0)


def test_an_intent_leaves_once() -> None:
    assert sent_once(seen=False, request=SELL) is None
    assert code(sent_once(seen=True, request=SELL)) == "repeated"
    assert code(sent_once(seen=True, request=CANCEL)) == "repeated"


@given(st.floats(0, 200), st.sampled_from(["", "i0", "i7"]))
def test_a_double_passes_only_when_it_replaces_the_earlier_one(age: float, replaces: str) -> None:
    denied = duplicate(REPEATS, EARLIER, replace(SELL, replaces=replaces), replace(NOW, mono=90.0 + age))
    assert (denied is None) is (90.0 + age - 90.0 >= 60.0 or replaces == "i0")
    assert duplicate(REPEATS, None, SELL, NOW) is None
    assert duplicate(REPEATS, EARLIER, CANCEL, NOW) is None


@given(st.integers(0, 10), st.integers(1, 10))
def test_an_hour_holds_so_many_and_no_more(count: int, per_hour: int) -> None:
    assert code(not_too_often(Repeats(per_hour=per_hour), count, SELL)) == (
        "repeats_hour" if count >= per_hour else None
    )
    assert not_too_often(Repeats(per_hour=per_hour), count, CANCEL) is None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (OutcomeKind.REFUSED, None),
        (OutcomeKind.NOT_SENT, None),
        (OutcomeKind.ACCEPTED, "duplicate"),
        (OutcomeKind.UNKNOWN, "duplicate"),
    ],
)
def test_only_an_order_that_provably_never_lived_is_forgotten(kind: OutcomeKind, expected: str | None) -> None:
    memory = Memory(REPEATS)
    memory.note(SELL, NOW)
    memory.ended(SELL, Outcome(kind))
    assert code(memory.deny(replace(SELL, intent_id="i2"), NOW.after(5))) == expected


@pytest.mark.parametrize(
    "other",
    [
        replace(SELL, intent_id="i2", quantity=Quantity(11)),
        replace(SELL, intent_id="i2", limit_price=Price(71_400)),
        replace(SELL, intent_id="i2", side=Side.BUY),
        replace(SELL, intent_id="i2", account="other"),
    ],
)
def test_another_order_is_no_double(other: OrderRequest) -> None:
    memory = Memory(REPEATS)
    memory.note(SELL, NOW)
    assert memory.deny(other, NOW) is None


def test_two_cannot_replace_the_same_order() -> None:
    memory = Memory(REPEATS)
    memory.note(SELL, NOW)
    second, third = (replace(SELL, intent_id=name, replaces="i1") for name in ("i2", "i3"))
    assert memory.deny(second, NOW.after(1)) is None
    memory.note(second, NOW.after(1))
    assert code(memory.deny(third, NOW.after(2))) == "duplicate"


def test_the_hour_slides_and_refusals_do_not_count() -> None:
    memory = Memory(REPEATS)
    for number in range(3):
        order = replace(SELL, intent_id=f"r{number}", limit_price=Price(60_000 + number * 100))
        memory.note(order, NOW.after(number))
        memory.ended(order, Outcome(OutcomeKind.REFUSED))
    for number in range(3):
        memory.note(replace(SELL, intent_id=f"i{number}", limit_price=Price(70_000 + number * 100)), NOW.after(number))
    late = replace(SELL, intent_id="i9")
    assert code(memory.deny(late, NOW.after(3_599))) == "repeats_hour"
    assert memory.deny(replace(late, side=Side.BUY), NOW.after(3_599)) is None
    assert memory.deny(late, NOW.after(3_600)) is None


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 100), st.integers(1, 2), st.integers(0, 1), st.sampled_from(OutcomeKind)), max_size=60
    )
)
def test_no_double_within_a_minute_and_no_more_than_so_many_an_hour(
    sends: list[tuple[float, int, int, OutcomeKind]],
) -> None:
    memory, mono = Memory(REPEATS), 0.0
    lived: list[tuple[float, int, int]] = []
    for number, (pause, quantity, step, kind) in enumerate(sends):
        mono += pause
        now = replace(NOW, mono=mono)
        order = replace(SELL, intent_id=f"i{number}", quantity=Quantity(quantity), limit_price=Price(70_000 + step))
        if memory.deny(order, now) is not None:
            continue
        assert not any(mono - at < 60.0 and (q, s) == (quantity, step) for at, q, s in lived)
        assert sum(1 for at, _, _ in lived if mono - at < 3_600.0) < 3
        memory.note(order, now)
        memory.ended(order, Outcome(kind))
        if kind in (OutcomeKind.ACCEPTED, OutcomeKind.UNKNOWN):
            lived.append((mono, quantity, step))
