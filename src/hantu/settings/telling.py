"""Having people told from a process beside the guard: by the guard, and without one directly."""

import asyncio
from typing import Final

from hantu.adapters.guard_link import GuardLink
from hantu.adapters.notify.last_word import last_word
from hantu.alerting.rules import operations_alert
from hantu.domain.errors import HantuError
from hantu.settings.channels import notifiers_of
from hantu.settings.model import Settings
from hantu.telemetry import get_logger

TellLog = get_logger(__name__, "system")
GUARD_WAIT_S: Final = 2.0


def have_told(settings: Settings, event_type: str, detail: str, key: str, *, sender: str) -> None:
    """Have people told; takes its time, so call it from a thread nobody waits for. What fails is in the log.

    ``event_type`` is one of those the guard tells for others.
    """
    told = {"event_type": event_type, "detail": detail, "key": key}
    try:
        GuardLink(settings.socket, sender, timeout_s=GUARD_WAIT_S).request("tell", **told)
    except (HantuError, ValueError):
        # No guard, or one that has other worries: better twice than never.
        tell_directly(settings, event_type, detail, key)


def tell_directly(settings: Settings, event_type: str, detail: str, key: str = "") -> None:
    """Send by the main channel from here; what fails is in the log."""
    try:
        asyncio.run(last_word(notifiers_of(settings)[0], operations_alert(event_type, detail, key=key)))
    except HantuError as error:
        TellLog.error("알림을 보내지 못함: %s", error)
