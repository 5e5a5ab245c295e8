"""One alert without database, policy or loop: for a program that is about to end."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from hantu.alerting.rules import operations_alert
from hantu.domain.alert import Alert
from hantu.domain.errors import BrokenError, HantuError
from hantu.ports import Notifier
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
T = TypeVar("T")
WAIT_S = 5.0
"""Real seconds the channel may take; the program ends all the same."""


async def last_word(notifier: Notifier, alert: Alert) -> None:
    """Send one alert and close the channel; a failure is logged, never raised."""
    try:
        await asyncio.wait_for(notifier.send(alert), WAIT_S)
    except (HantuError, TimeoutError) as failure:
        SystemLog.warning("종료 직전 알림을 보내지 못했습니다: %s", failure)
    await close(notifier)


async def or_told(work: Awaitable[T], notifier: Notifier) -> T:
    """Return what ``work`` returns; records that cannot be used are told to a person without needing them.

    Raises:
        BrokenError: As ``work`` did; nothing starts.
    """
    try:
        return await work
    except BrokenError as error:
        await last_word(notifier, operations_alert("db_init_failed", str(error)))
        raise


async def close(notifier: Notifier) -> None:
    """Close a channel that has something to close."""
    closing = getattr(notifier, "close", None)
    if closing is not None:
        await closing()
