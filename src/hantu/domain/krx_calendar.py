"""The calendar of the Korea Exchange hantu knows without asking anyone.

Days with unusual hours are dated data, because no library and no inquiry of the broker carries them.
"""

from collections.abc import Mapping
from datetime import date, time

from hantu.domain.closed_days import CLOSED_DAYS
from hantu.domain.session import Calendar, Hours

LATE_OPENING = Hours(open=time(10, 0))
"""First trading day of a year: the market opens at 10:00 after the opening ceremony and closes as usual.
Source: the exchange's notice on the opening of the year, each December."""

EXAM_DAY = Hours(open=time(10, 0), closing_auction=time(16, 20), close=time(16, 30))
"""College entrance exam (수능): everything one hour later, so that candidates have the streets.
Source: the exchange's notice on changed trading hours, each November."""

SPECIAL_HOURS: Mapping[date, Hours] = {
    date(2025, 1, 2): LATE_OPENING,
    date(2025, 11, 13): EXAM_DAY,
    date(2026, 1, 2): LATE_OPENING,
    date(2026, 11, 19): EXAM_DAY,
    date(2027, 1, 4): LATE_OPENING,
    date(2028, 1, 3): LATE_OPENING,
}
"""The exam days of 2027 and 2028 are added when the exchange announces them."""

KRX_CALENDAR = Calendar(closed=CLOSED_DAYS, special=SPECIAL_HOURS)
