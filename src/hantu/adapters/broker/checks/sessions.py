"""Does the venue take this kind of order at this moment.

Source: venues' hours since 2026-09-14 (docs/kis); hantu writes only the order
types 00 (limit) and 01 (market), so a session that wants others is closed to
it: NXT's pre-market (27 to 29) and KRX's after-market (41 to 47).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from hantu.adapters.broker.checks.verdict import Denied, Request
from hantu.domain.order import CancelRequest, OrderType
from hantu.domain.session import KST, Calendar, trading_date

OPENING_AUCTION: Final = timedelta(minutes=30)
"""KRX takes orders for the opening from 08:30."""
NXT_OPENS_AFTER: Final = timedelta(seconds=30)
NXT_AFTER_MARKET: Final = (timedelta(minutes=10), timedelta(hours=4, minutes=30))
"""Begin and end after KRX's close."""
_LIMIT: Final = frozenset({OrderType.LIMIT})
_BOTH: Final = frozenset({OrderType.LIMIT, OrderType.MARKET})


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of a day in which a venue takes orders; aware UTC, end excluded."""

    venue: str
    opens: datetime
    closes: datetime
    types: frozenset[OrderType]


def day_of(wall: datetime) -> tuple[datetime, datetime]:
    """Return when the Korean day of ``wall`` begins and ends, aware UTC."""
    begin = datetime.combine(trading_date(wall), time(), KST).astimezone(UTC)
    return begin, begin + timedelta(days=1)


def windows_of(calendar: Calendar, day: date, *, krx_only: bool) -> tuple[Window, ...]:
    """Return when orders are taken on ``day``; empty on a closed day.

    Args:
        calendar: Trading days and their unusual hours.
        day: Korean date.
        krx_only: Paper trading knows no other venue.
    """
    if not calendar.is_trading_day(day):
        return ()
    opens, closes = calendar.opening(day), calendar.closing(day)
    krx = Window("KRX", opens - OPENING_AUCTION, closes, _BOTH)
    if krx_only:
        return (krx,)
    auction = datetime.combine(day, calendar.hours(day).closing_auction, KST).astimezone(UTC)
    begin, end = NXT_AFTER_MARKET
    return (
        krx,
        Window("NXT", opens + NXT_OPENS_AFTER, auction, _LIMIT),
        Window("NXT", closes + begin, closes + end, _LIMIT),
        # The router may choose either venue, so both must be open.
        Window("SOR", opens + NXT_OPENS_AFTER, auction, _BOTH),
    )


def session_open(windows: tuple[Window, ...], request: Request, wall: datetime) -> Denied | None:
    """Deny an order its venue does not take now, or not of this type; cancels always pass."""
    if isinstance(request, CancelRequest):
        return None
    known = not windows
    for window in windows:
        if window.venue == request.venue:
            known = True
            if window.opens <= wall < window.closes:
                if request.order_type in window.types:
                    return None
                return Denied("order_type", f"{window.venue}은(는) 지금 이 주문 유형을 받지 않습니다.")
    if not known:
        return Denied("venue", f"이 환경에서는 {request.venue}에 주문할 수 없습니다.")
    return Denied("session", f"{request.venue}이(가) 주문을 받는 시간이 아닙니다.")


class VenueHours:
    """The windows of the present day, computed once a day."""

    def __init__(self, *, krx_only: bool) -> None:
        self._krx_only = krx_only
        self._calendar: Calendar | None = None
        self._from = self._until = datetime.min.replace(tzinfo=UTC)
        self._windows: tuple[Window, ...] = ()

    def at(self, calendar: Calendar, wall: datetime) -> tuple[Window, ...]:
        """Return the windows of the Korean day of ``wall``."""
        if calendar is not self._calendar or not self._from <= wall < self._until:
            self._from, self._until = day_of(wall)
            self._calendar = calendar
            self._windows = windows_of(calendar, trading_date(wall), krx_only=self._krx_only)
        return self._windows
