"""Trading days and their phases, in Korean time."""

from datetime import UTC, date, datetime, time

import pytest

from hantu.domain.session import Calendar, Hours, Phase, from_korean_clock, trading_date

MONDAY = date(2026, 11, 23)


def korean(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour - 9, minute, tzinfo=UTC)


@pytest.mark.requirement("MON-0.05", "MON-0.11")
@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        (korean(9, 0).replace(microsecond=0), Phase.CONTINUOUS),
        (datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC), Phase.BEFORE_OPEN),
        (korean(15, 19), Phase.CONTINUOUS),
        (korean(15, 20), Phase.CLOSING_AUCTION),
        (korean(15, 30), Phase.AFTER_CLOSE),
        (korean(12, 0, day=22), Phase.CLOSED_DAY),
    ],
)
def test_phase_at_each_border(moment: datetime, phase: Phase) -> None:
    assert Calendar().phase(moment) is phase


def test_late_opening_moves_the_phases() -> None:
    calendar = Calendar(special={MONDAY: Hours(open=time(10), closing_auction=time(16, 20), close=time(16, 30))})
    assert calendar.phase(korean(9, 30)) is Phase.BEFORE_OPEN
    assert calendar.phase(korean(16, 0)) is Phase.CONTINUOUS


@pytest.mark.requirement("MON-7.1.06", "MON-7.1.07")
def test_next_opening_skips_weekend_and_holidays() -> None:
    calendar = Calendar(closed=frozenset({date(2026, 11, 30)}))
    friday_evening = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)
    assert calendar.next_opening(friday_evening) == datetime(2026, 12, 1, 0, 0, tzinfo=UTC)


def test_next_opening_of_a_calendar_without_days_is_an_error() -> None:
    closed = frozenset(date.fromordinal(MONDAY.toordinal() + n) for n in range(60))
    with pytest.raises(LookupError):
        Calendar(closed=closed).next_opening(korean(16))


def test_trading_date_is_the_korean_one_before_nine_in_utc() -> None:
    assert trading_date(datetime(2026, 11, 22, 23, 0, tzinfo=UTC)) == MONDAY


@pytest.mark.parametrize("text", ["", "9:00", "246060", "12345", "1234567", "aaaaaa"])
def test_clock_text_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"clock|hour|minute|second"):
        from_korean_clock(text, korean(10))
