"""Hours and order types of the venues."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.adapters.broker.checks.sessions import VenueHours, session_open, windows_of
from hantu.domain.order import OrderType
from hantu.domain.session import KST, Calendar, Hours
from tests.unit.adapters.broker.checks.cases import BUY, CANCEL, SELL, code

DAY = date(2026, 11, 23)
LATE = Calendar(special={DAY: Hours(time(10), time(16, 20), time(16, 30))})
MOMENTS = st.datetimes(datetime(2026, 11, 16), datetime(2026, 11, 30)).map(lambda at: at.replace(tzinfo=UTC))


def asked(at: str, venue: str, kind: OrderType = OrderType.LIMIT, *, calendar: Calendar | None = None) -> str | None:
    wall = datetime.combine(DAY, time.fromisoformat(at), KST)
    windows = windows_of(calendar or Calendar(), DAY, krx_only=False)
    return code(session_open(windows, replace(SELL, venue=venue, order_type=kind), wall.astimezone(UTC)))


@pytest.mark.parametrize(
    ("at", "venue", "kind", "expected"),
    [
        ("08:29:59", "KRX", OrderType.LIMIT, "session"),
        ("08:30:00", "KRX", OrderType.LIMIT, None),
        ("12:00:00", "KRX", OrderType.MARKET, None),
        ("15:29:59", "KRX", OrderType.LIMIT, None),
        ("15:30:00", "KRX", OrderType.LIMIT, "session"),
        ("17:00:00", "KRX", OrderType.LIMIT, "session"),
        ("08:10:00", "NXT", OrderType.LIMIT, "session"),
        ("09:00:29", "NXT", OrderType.LIMIT, "session"),
        ("09:00:30", "NXT", OrderType.LIMIT, None),
        ("12:00:00", "NXT", OrderType.MARKET, "order_type"),
        ("15:20:00", "NXT", OrderType.LIMIT, "session"),
        ("15:39:59", "NXT", OrderType.LIMIT, "session"),
        ("15:40:00", "NXT", OrderType.LIMIT, None),
        ("17:00:00", "NXT", OrderType.MARKET, "order_type"),
        ("20:00:00", "NXT", OrderType.LIMIT, "session"),
        ("12:00:00", "SOR", OrderType.MARKET, None),
        ("15:25:00", "SOR", OrderType.LIMIT, "session"),
        ("12:00:00", "NYSE", OrderType.LIMIT, "venue"),
    ],
)
def test_hours_of_a_usual_day(at: str, venue: str, kind: OrderType, expected: str | None) -> None:
    assert asked(at, venue, kind) == expected


def test_everything_moves_with_a_late_opening() -> None:
    assert asked("09:15:00", "KRX", calendar=LATE) == "session"
    assert asked("09:30:00", "KRX", calendar=LATE) is None
    assert asked("16:29:59", "KRX", calendar=LATE) is None
    assert asked("10:00:00", "NXT", calendar=LATE) == "session"
    assert asked("16:10:00", "NXT", calendar=LATE) is None


def test_paper_trading_knows_one_venue() -> None:
    windows = windows_of(Calendar(), DAY, krx_only=True)
    noon = datetime(2026, 11, 23, 3, tzinfo=UTC)
    assert session_open(windows, SELL, noon) is None
    for venue in ("NXT", "SOR"):
        assert code(session_open(windows, replace(SELL, venue=venue), noon)) == "venue"


def test_closed_days_and_cancels() -> None:
    saturday = datetime(2026, 11, 21, 3, tzinfo=UTC)
    for calendar, wall in ((Calendar(), saturday), (Calendar(closed=frozenset({DAY})), saturday + timedelta(days=2))):
        windows = VenueHours(krx_only=False).at(calendar, wall)
        assert code(session_open(windows, SELL, wall)) == "session"
        assert session_open(windows, CANCEL, wall) is None
    always = VenueHours(krx_only=False).at(Calendar(always_open=True), saturday)
    assert session_open(always, SELL, saturday) is None


@given(MOMENTS, st.sampled_from(["KRX", "NXT", "SOR"]), st.sampled_from(OrderType), st.booleans())
def test_no_order_leaves_while_its_venue_is_closed(wall: datetime, venue: str, kind: OrderType, krx_only: bool) -> None:
    windows = VenueHours(krx_only=krx_only).at(LATE, wall)
    if session_open(windows, replace(BUY, venue=venue, order_type=kind), wall) is None:
        local = wall.astimezone(KST)
        assert local.weekday() < 5
        assert time(8, 30) <= local.time() < time(21)
        assert venue == "KRX" or not krx_only
        assert not (venue == "NXT" and kind is OrderType.MARKET)


@given(st.lists(MOMENTS, min_size=1, max_size=20))
def test_remembered_windows_are_those_of_the_day(walls: list[datetime]) -> None:
    hours = VenueHours(krx_only=False)
    for wall in walls:
        day = wall.astimezone(KST).date()
        assert hours.at(LATE, wall) == windows_of(LATE, day, krx_only=False)
    assert hours.at(Calendar(always_open=True), walls[-1]), "another calendar is another day's plan"
