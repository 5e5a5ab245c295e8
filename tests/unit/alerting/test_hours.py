"""Which alerts wait for the morning: every boundary of the clock and the calendar."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from hantu.alerting.hours import in_market_hours, next_telling, told_from
from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.krx_calendar import KRX_CALENDAR
from hantu.domain.session import KST

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 11, 20) + timedelta(days=n) for n in range(4))
HOLIDAY = date(2026, 12, 25)
EXAM_DAY = date(2026, 11, 19)


def at(day, clock):
    return datetime.combine(day, time.fromisoformat(clock), KST)


def of(kind, priority):
    return Alert(kind, "k", Severity.WARN, priority, "OPS-01", "x")


@pytest.mark.requirement("OPS-04-10")
@pytest.mark.parametrize(
    ("day", "clock", "inside"),
    [
        (MONDAY, "00:00:00", False),
        (MONDAY, "08:00:00", False),
        (MONDAY, "08:29:59.999999", False),
        (MONDAY, "08:30:00", True),
        (MONDAY, "15:59:59.999999", True),
        (MONDAY, "16:00:00", False),
        (MONDAY, "23:59:59.999999", False),
        (SATURDAY, "11:00:00", False),
        (HOLIDAY, "11:00:00", False),
        (EXAM_DAY, "16:59:59", True),
        (EXAM_DAY, "17:00:00", False),
    ],
)
def test_market_hours_are_half_past_eight_to_four_on_trading_days(day, clock, inside):
    assert in_market_hours(at(day, clock), KRX_CALENDAR) is inside


@pytest.mark.parametrize(
    ("day", "clock", "then"),
    [
        (FRIDAY, "16:00:00", at(SATURDAY, "08:00")),
        (FRIDAY, "23:59:59", at(SATURDAY, "08:00")),
        (SATURDAY, "00:00:00", at(SATURDAY, "08:00")),
        (SATURDAY, "07:59:59", at(SATURDAY, "08:00")),
        (SATURDAY, "08:00:00", at(SUNDAY, "08:00")),
        (SUNDAY, "12:00:00", at(MONDAY, "08:00")),
        (MONDAY, "02:00:00", at(MONDAY, "08:00")),
        (MONDAY, "08:00:00", at(MONDAY, "08:30")),
        (MONDAY, "08:29:59", at(MONDAY, "08:30")),
        (HOLIDAY, "08:10:00", at(HOLIDAY + timedelta(days=1), "08:00")),
    ],
)
def test_what_waits_is_told_at_the_next_eight_or_at_half_past_on_a_trading_day(day, clock, then):
    assert next_telling(at(day, clock), KRX_CALENDAR) == then


@pytest.mark.requirement("OPS-04-10")
@pytest.mark.parametrize(
    ("kind", "priority", "waits"),
    [
        ("connection_lost", Priority.HIGH, True),
        ("health_degraded", Priority.HIGH, True),
        ("comet_sighted", Priority.HIGH, True),
        ("stop_loss_filled", Priority.HIGH, False),
        ("alert_test", Priority.HIGH, False),
        ("add_buy_opportunity", Priority.NORMAL, True),
        ("order_failed", Priority.EMERGENCY, False),
        ("reconnected", Priority.LOW, False),
    ],
)
def test_at_night_only_emergencies_and_trading_are_told(kind, priority, waits):
    night, day = at(MONDAY, "02:00"), at(MONDAY, "11:00")
    assert told_from(of(kind, priority), night, KRX_CALENDAR) == (at(MONDAY, "08:00") if waits else night)
    assert told_from(of(kind, priority), day, KRX_CALENDAR) == day
    assert told_from(of(kind, priority), night, KRX_CALENDAR).tzinfo is UTC
