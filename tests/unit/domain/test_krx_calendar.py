"""The offline calendar equals its source and knows the days with unusual hours."""

from datetime import UTC, date, datetime, timedelta

import pytest
from holidays import financial_holidays

from hantu.domain.closed_days import CLOSED_DAYS, FIRST_YEAR, LAST_YEAR
from hantu.domain.krx_calendar import EXAM_DAY, KRX_CALENDAR, LATE_OPENING, SPECIAL_HOURS
from hantu.domain.session import Phase


def test_closed_days_are_the_weekdays_of_the_library():
    known = financial_holidays("XKRX", years=range(FIRST_YEAR, LAST_YEAR + 1))
    assert {day for day in known if day.weekday() < 5} == CLOSED_DAYS


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 6, 3),  # local elections
        date(2026, 7, 17),  # Constitution Day, a day off again since 2026
        date(2026, 12, 31),  # the exchange's own
        date(2027, 5, 3),  # substitute of Labour Day
    ],
)
def test_days_that_other_calendars_get_wrong_are_closed(day):
    assert not KRX_CALENDAR.is_trading_day(day)


@pytest.mark.parametrize("year", range(FIRST_YEAR, LAST_YEAR + 1))
def test_the_first_trading_day_of_each_year_opens_late(year):
    day = date(year, 1, 1)
    while not KRX_CALENDAR.is_trading_day(day):
        day += timedelta(days=1)
    assert SPECIAL_HOURS[day] == LATE_OPENING


def test_special_hours_lie_on_trading_days():
    assert all(KRX_CALENDAR.is_trading_day(day) for day in SPECIAL_HOURS)


def test_exam_day_runs_one_hour_later():
    assert SPECIAL_HOURS[date(2026, 11, 19)] == EXAM_DAY
    at_0930, at_1600 = datetime(2026, 11, 19, 0, 30, tzinfo=UTC), datetime(2026, 11, 19, 7, 0, tzinfo=UTC)
    assert KRX_CALENDAR.phase(at_0930) is Phase.BEFORE_OPEN
    assert KRX_CALENDAR.phase(at_1600) is Phase.CONTINUOUS
    assert KRX_CALENDAR.phase(at_1600 + timedelta(minutes=20)) is Phase.CLOSING_AUCTION
