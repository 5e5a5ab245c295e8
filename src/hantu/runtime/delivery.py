"""The dispatcher's border to its channels: one alert is handed over, and what came of it is a value.

Nothing else of the runtime calls a channel, so other kinds of channels are plugged in here.
"""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from hantu.alerting.wording import korean_time
from hantu.domain.alert import Alert, Priority
from hantu.domain.errors import BrokenError, RetryableError
from hantu.domain.instant import Instant
from hantu.ports import Notifier
from hantu.telemetry import get_logger, mask

SEND_TIMEOUT_S = 20.0
"""Real seconds a channel may take for one alert, all parts included."""
LATE_S = 60.0
"""From this age on a message says when its event was."""
PARKED = "parked"
"""Reason of what was not tried because the channel asked for quiet."""
POLICY = "policy"
"""Named as the channel of what was not sent on purpose."""
_log = get_logger(__name__)


class Came(StrEnum):
    """What a channel made of an alert."""

    ACCEPTED = "accepted"
    AGAIN = "again"
    """Not delivered, or not known to be; it may be tried again."""
    REFUSED = "refused"
    """Not for this alert or not for this configuration; trying again is of no use now."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer of one channel."""

    channel: str
    came: Came
    reason: str = ""
    asked_s: float | None = None
    """Real seconds the channel asked to be left alone."""


@dataclass(slots=True)
class Counts:
    """What became of alerts in this life."""

    sent: int = 0
    failed: int = 0
    dropped: int = 0
    lost: int = 0
    """Direct alerts pushed out of a full queue."""


async def hand_over(notifier: Notifier, alert: Alert) -> Receipt:
    """Give one alert to one channel; never raises for what the channel does."""
    name = notifier.name
    try:
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await notifier.send(alert)
    except RetryableError as error:
        return Receipt(name, Came.AGAIN, str(error), error.retry_s)
    except TimeoutError:
        return Receipt(name, Came.AGAIN, "timeout")
    except BrokenError as error:
        return Receipt(name, Came.REFUSED, str(error))
    except Exception as error:  # noqa: BLE001 -- a supervisor boundary: a channel may fail in any way
        _log.exception("알림 채널 오류: %s", name)
        return Receipt(name, Came.AGAIN, type(error).__name__)
    return Receipt(name, Came.ACCEPTED)


def keyed(alert: Alert, occurrence: str) -> Alert:
    """Return the alert with the delivery key of one occurrence: equal words told twice have two keys."""
    whole = f"{alert.event_type}\n{alert.key}\n{occurrence}"
    return replace(alert, delivery=hashlib.sha256(whole.encode()).hexdigest()[:32])


def outgoing(alert: Alert, event_at: str, now: Instant) -> Alert:
    """Return the alert as people read it: a late one says when it was, and no secret leaves."""
    short, long = alert.short, alert.long
    if alert.priority in (Priority.EMERGENCY, Priority.HIGH) and age_s(event_at, now) >= LATE_S:
        note = f"(지연 전달 - 발생 시각 {korean_time(event_at)})"
        short, long = f"{short} {note}", f"{long}\n\n{note}" if long else ""
    return masked(replace(alert, short=short, long=long))


def masked(alert: Alert) -> Alert:
    """Return the alert without secrets."""
    return replace(alert, short=mask(alert.short), long=mask(alert.long))


def age_s(event_at: str, now: Instant) -> float:
    """Return the seconds since an event; 0 for a moment nobody can read."""
    try:
        moment = datetime.fromisoformat(event_at)
    except ValueError:
        return 0.0
    return (now.wall - moment.replace(tzinfo=moment.tzinfo or UTC)).total_seconds()
