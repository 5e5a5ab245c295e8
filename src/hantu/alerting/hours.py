"""Market hours and quiet hours: from when on an alert may be told, by the Korean trading calendar.

Market hours are 08:30 to 16:00 of a trading day, longer where the exchange closes
later. Outside them normal and high alerts wait for the next 08:00, or for the next
08:30 of a trading day if that is nearer; emergencies and what is about trading never wait.
"""

from datetime import UTC, datetime, time, timedelta

from hantu.alerting.catalogue import unknown
from hantu.alerting.rows import CATALOGUE
from hantu.domain.alert import Alert, Priority
from hantu.domain.session import KST, Calendar

MORNING = time(8, 0)
MARKET_FROM = time(8, 30)
MARKET_UNTIL = time(16, 0)
AFTER_CLOSE = timedelta(minutes=30)
"""From the close of a usual day to 16:00."""


def in_market_hours(wall: datetime, calendar: Calendar) -> bool:
    """Tell whether ``wall`` (aware) lies in market hours; 08:30:00 does, 16:00:00 does not."""
    local = wall.astimezone(KST)
    if not calendar.is_trading_day(local.date()):
        return False
    late = calendar.closing(local.date()).astimezone(KST) + AFTER_CLOSE
    until = max(MARKET_UNTIL, late.time())
    return MARKET_FROM <= local.time() < until


def told_from(alert: Alert, raised: datetime, calendar: Calendar) -> datetime:
    """Return the moment (aware UTC) from which an alert raised at ``raised`` may be told."""
    row = CATALOGUE.get(alert.event_type) or unknown(alert.event_type)
    waits = alert.priority in (Priority.HIGH, Priority.NORMAL) and not row.any_hour
    if not waits or in_market_hours(raised, calendar):
        return raised.astimezone(UTC)
    return next_telling(raised, calendar)


def next_telling(wall: datetime, calendar: Calendar) -> datetime:
    """Return the next 08:00, or the 08:30 of a trading day if that comes first, strictly after ``wall``; aware UTC."""
    today = wall.astimezone(KST).date()
    moments = [datetime.combine(day, MORNING, KST) for day in (today, today + timedelta(days=1))]
    if calendar.is_trading_day(today):
        moments.append(datetime.combine(today, MARKET_FROM, KST))
    return min(moment for moment in moments if moment > wall).astimezone(UTC)
