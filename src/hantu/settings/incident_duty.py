"""Who has an incident, and who hears of one that nobody acknowledges: a task beside the guard.

It looks at committed records in a thread, once an interval. Nothing here is on
the way of an order, and no failure here ends the guard.
"""

import asyncio
from collections.abc import Callable

from hantu.adapters.store.incidents import Escalation, look_after
from hantu.alerting.rules import operations_alert
from hantu.domain.alert import Alert
from hantu.domain.errors import HantuError
from hantu.settings.model import Settings
from hantu.settings.people import actor_of, name_of
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")


class IncidentDuty:
    """Assigns and escalates; ``tell`` sends an alert to people and returns at once."""

    def __init__(self, settings: Settings, tell: Callable[[Alert], None]) -> None:
        self._settings = settings
        self._tell = tell
        self._failed = ""

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await asyncio.sleep(self._settings.health.interval_s)
            await self.look()

    async def look(self) -> None:
        """Look once; what cannot be read now is read the next time."""
        try:
            found = await asyncio.to_thread(self._look)
        except (HantuError, OSError) as error:
            if str(error) != self._failed:
                SystemLog.warning("장애 담당을 확인하지 못함, 다음 주기에 다시 확인: %s", error)
            self._failed = str(error)
            return
        self._failed = ""
        for one in found:
            self._tell(alert_of(self._settings, one))

    def _look(self) -> tuple[Escalation, ...]:
        wanted = self._settings.incidents
        duty = tuple(actor_of(self._settings, name) for name in wanted.duty)
        return look_after(self._settings.database, duty, wanted.escalate_after_s)


def alert_of(settings: Settings, one: Escalation) -> Alert:
    """Return what people are told of an incident that nobody acknowledged in time."""
    late_s = settings.incidents.escalate_after_s
    waited = f"{late_s / 60:.0f}분" if late_s >= 60 else f"{late_s:g}초"
    who = f", 담당 {name_of(settings, one.assignee)}" if one.assignee else ", 담당 없음"
    text = f"{one.incident_id}번을 {waited} 동안 아무도 확인하지 않음{who} - {one.title}"
    return operations_alert("incident_escalated", text, key=f"incident_escalated:{one.incident_id}")
