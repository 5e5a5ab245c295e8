"""The local calendar file: closed days and unusual hours."""

from datetime import UTC, date, datetime

import pytest

from hantu.domain.errors import UsageError
from hantu.domain.session import KST
from hantu.settings.calendar_file import load_calendar


@pytest.mark.requirement("DEC-22")
def test_file_closes_days_and_moves_hours(tmp_path):
    file = tmp_path / "calendar.toml"
    file.write_text('closed = [2026-12-31]\n[hours."2027-01-04"]\nopen = 10:00:00\n')
    calendar = load_calendar(file)
    before = datetime(2026, 12, 30, 8, tzinfo=UTC)
    assert not calendar.is_trading_day(date(2026, 12, 31))
    assert calendar.next_opening(before).astimezone(KST).date() == date(2027, 1, 1)
    assert calendar.opening(date(2027, 1, 4)).astimezone(KST).hour == 10


def test_without_file_weekends_are_closed_unless_practice():
    assert not load_calendar(None).is_trading_day(date(2026, 11, 22))
    assert load_calendar(None, always_open=True).is_trading_day(date(2026, 11, 22))


@pytest.mark.parametrize(
    "text",
    ["close = [2026-12-31]", "closed = 3", "closed = ['x']", "[hours.someday]\nopen=10:00:00",
     "[hours.2027-01-04]\nstart=10:00:00", "[hours.2027-01-04]\nopen=16:00:00", "closed = [2026-12-31T00:00:00]", "not toml"],
)  # fmt: skip
def test_file_with_a_mistake_is_refused(tmp_path, text):
    file = tmp_path / "calendar.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        load_calendar(file)
    assert caught.value.next_step


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(UsageError):
        load_calendar(tmp_path / "none.toml")
