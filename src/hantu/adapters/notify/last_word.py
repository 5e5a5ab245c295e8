"""One alert without database, policy or loop: for a program that is about to end."""

import asyncio

from hantu.domain.alert import Alert
from hantu.domain.errors import HantuError
from hantu.ports import Notifier
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
WAIT_S = 5.0
"""Real seconds the channel may take; the program ends all the same."""


async def last_word(notifier: Notifier, alert: Alert) -> None:
    """Send one alert and close the channel; a failure is logged, never raised."""
    try:
        await asyncio.wait_for(notifier.send(alert), WAIT_S)
    except (HantuError, TimeoutError) as failure:
        SystemLog.warning("종료 직전 알림을 보내지 못했습니다: %s", failure)
    await close(notifier)


async def close(notifier: Notifier) -> None:
    """Close a channel that has something to close."""
    closing = getattr(notifier, "close", None)
    if closing is not None:
        await closing()
