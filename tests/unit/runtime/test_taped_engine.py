"""The engine that keeps what it handled: everything, in order, in parts of one day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from hantu.domain.instant import Instant
from hantu.engine.config import GuardConfig
from hantu.engine.inputs import FeedClosed, Started, Woken
from hantu.runtime.taped_engine import TapedEngine


class ListTape:
    """Keeps in a list."""

    def __init__(self):
        self.days = []
        self.kept = []

    def begin(self, day, desk, *, fresh):
        self.days.append((day, desk, fresh))

    def keep(self, got, now, came):
        self.kept.append((got, now, came))

    def close(self):
        """There is nothing to write."""


def at(text):
    return Instant(datetime.fromisoformat(text).replace(tzinfo=UTC), 1000.0)


def test_what_went_in_and_what_came_out_is_kept():
    tape = ListTape()
    engine = TapedEngine(GuardConfig(), tape)
    now = at("2026-11-22 23:59:00")
    decision = engine.handle(Started(), now)
    assert tape.kept == [(Started(), now, decision)]
    assert tape.days == [(date(2026, 11, 23), engine.desk, True)]


def test_a_korean_midnight_begins_a_part_that_is_not_fresh():
    tape = ListTape()
    engine = TapedEngine(GuardConfig(), tape)
    first = at("2026-11-23 14:59:59")
    engine.handle(Started(), first)
    engine.handle(Woken(), Instant(first.wall + timedelta(microseconds=999_999), 1001.0))
    assert len(tape.days) == 1
    engine.handle(Woken(), Instant(first.wall + timedelta(seconds=1), 1001.1))
    engine.handle(FeedClosed("x"), Instant(first.wall + timedelta(seconds=2), 1002.0))
    assert [(day, fresh) for day, _, fresh in tape.days] == [(date(2026, 11, 23), True), (date(2026, 11, 24), False)]
    assert len(tape.kept) == 4


def test_an_input_that_makes_the_engine_fail_is_kept_too():
    tape = ListTape()
    engine = TapedEngine(GuardConfig(), tape)
    now = at("2026-11-23 00:00:00")
    with pytest.raises(KeyError):
        engine.handle("no input", now)  # type: ignore[arg-type]
    (kept,) = tape.kept
    assert kept[:2] == ("no input", now)
    assert isinstance(kept[2], KeyError)
