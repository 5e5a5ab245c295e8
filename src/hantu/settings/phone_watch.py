"""How the phone's line stands, read from its own file; beside the guard in a task that never holds up its loop."""

import asyncio
from datetime import datetime

from hantu.adapters.clock import SystemClock
from hantu.adapters.store.phone_book import FILE_NAME, PhoneBook
from hantu.adapters.store.phone_turn import PHONE
from hantu.adapters.store.roles import gone
from hantu.domain.errors import HantuError
from hantu.operations.phone_look import PhoneSeen
from hantu.settings.model import Settings
from hantu.settings.phone_office import heard

MACHINE = SystemClock()


def look_at_phone(settings: Settings, now: datetime) -> PhoneSeen:
    """Return what the file says; blocks for as long as a busy disk takes."""
    try:
        row = PhoneBook(settings.home / FILE_NAME).line(PHONE)
    except HantuError as error:
        return PhoneSeen(polled=False, problem=str(error))
    polled = row.role is not None and row.role.fresh(now) and not gone(row.role.holder)
    answered, update = (now.timestamp() - at if at else None for at in (row.answered_s, row.update_s))
    return PhoneSeen(polled, answered, update, row.problem if polled else "")


class PhoneWatch:
    """Keeps what the last look found."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen: PhoneSeen | None = None

    @property
    def used(self) -> bool:
        """Whether anybody may command the bot at all."""
        return heard(self._settings)

    def seen(self) -> PhoneSeen | None:
        """Return what was found last; None before the first look."""
        return self._seen

    async def run(self) -> None:
        """Look once an interval of health until cancelled."""
        while self.used:
            self._seen = await asyncio.to_thread(look_at_phone, self._settings, MACHINE.now().wall)
            await asyncio.sleep(self._settings.health.interval_s)
