"""Moments and how they are stored."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.domain.instant import Instant, utc_text


@given(st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)))
def test_stored_text_is_what_strftime_writes(moment: datetime) -> None:
    assert utc_text(moment) == moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def test_whole_second_keeps_its_six_places() -> None:
    assert utc_text(datetime(2026, 11, 23, 0, 30, tzinfo=UTC)) == "2026-11-23 00:30:00.000000"


@pytest.mark.parametrize("seconds", [0.0, 1.5, -3.0])
def test_both_clocks_go_together(seconds: float) -> None:
    at = Instant(datetime(2026, 11, 23, tzinfo=UTC), 10.0)
    later = at.after(seconds)
    assert later == Instant(at.wall + timedelta(seconds=seconds), 10.0 + seconds)
    assert len({at, later}) == (1 if seconds == 0.0 else 2)
