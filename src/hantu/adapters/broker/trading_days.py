"""Which days the exchange trades: shipped days, the broker's own answer, the person's file on top."""

import asyncio
from datetime import date

from hantu.domain.errors import HantuError
from hantu.domain.krx_calendar import KRX_CALENDAR
from hantu.domain.session import Calendar
from hantu.ports import Broker
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
WAIT_S = 3.0
"""Real seconds the broker may take; the shipped days serve without it."""
SATURDAY = 5


async def trading_calendar(given: Calendar, broker: Broker, today: date) -> Calendar:
    """Return the calendar to open and close by; a disagreement is logged, never decides alone.

    ``given`` holds the days of the override file. A practice exchange that
    trades on any day keeps its own.
    """
    if given.always_open:
        return given
    closed = KRX_CALENDAR.closed | given.closed
    try:
        reported = await asyncio.wait_for(broker.closed_days(today), WAIT_S)
    except (HantuError, TimeoutError) as error:
        SystemLog.warning("휴장일 조회 실패 - 내장 달력 사용: %s", error)
        reported = None
    if reported:
        _compare(reported, today)
        closed |= reported
    return Calendar(closed, {**(KRX_CALENDAR.special or {}), **(given.special or {})})


def _compare(reported: frozenset[date], today: date) -> None:
    ours = {day for day in KRX_CALENDAR.closed if today <= day <= max(reported)}
    theirs = {day for day in reported if day.weekday() < SATURDAY}
    for day in sorted(ours ^ theirs):
        SystemLog.warning("휴장일 불일치: %s (증권사 %s)", day, "휴장" if day in theirs else "개장")
