"""From settings to the conversation with a phone: who is heard, the buttons of alerts, the line that polls."""

import asyncio
import secrets
from collections.abc import Callable

from hantu.adapters.notify.telegram_bot import TelegramBot
from hantu.adapters.second_factor import phone_key
from hantu.adapters.store.phone_book import FILE_NAME, PhoneBook
from hantu.adapters.store.phone_turn import PhoneRole
from hantu.alerting.phone.buttons import NONCE, Press, digest, sealed
from hantu.alerting.phone.wording import wording
from hantu.alerting.rows import CATALOGUE
from hantu.domain.alert import Alert, Priority
from hantu.domain.delivery import Button
from hantu.domain.errors import HantuError
from hantu.runtime.phone_desk import LABELS, PhoneDesk
from hantu.runtime.phone_line import PhoneLine
from hantu.runtime.phone_notices import PhoneNotices
from hantu.runtime.phone_ports import Person
from hantu.settings.model import Settings
from hantu.settings.people import actor_of
from hantu.settings.phone_doors import PhoneDoorsOf, machine_s
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
AGAIN_S = 5.0
ANSWERS = {
    Priority.EMERGENCY: (Press.ACK, Press.DONE), Priority.HIGH: (Press.SILENCE,), Priority.NORMAL: (Press.SILENCE,),
}  # fmt: skip
"""What can be said to an alert with one tap: emergencies cannot be muted, others are not repeated."""


def listed(settings: Settings) -> dict[str, int]:
    """Return name → user id of everybody who is heard."""
    pairs = (one.partition(":") for one in settings.telegram.people)
    return {name.strip(): int(number) for name, _, number in pairs}


def heard(settings: Settings) -> bool:
    """Whether the bot takes commands at all."""
    return settings.telegram.enabled and bool(settings.telegram.people)


class PhoneOffice:
    """One process's side of the conversation; ``may`` says whether it should be the one that polls."""

    def __init__(self, settings: Settings, may: Callable[[], bool]) -> None:
        """Put it together; nothing is asked yet.

        Raises:
            UsageError: The token's or the key's file cannot be used.
            BrokenError: The key cannot be drawn.
        """
        telegram = settings.telegram
        words, doors = wording(telegram.language), PhoneDoorsOf(settings)
        people = tuple(Person(number, name, actor_of(settings, name)) for name, number in listed(settings).items())
        self._bot = TelegramBot(telegram.token.reveal(), api_url=telegram.api_url)
        self._desk = PhoneDesk(
            self._bot, doors, people, words, phone_key(settings.audit_dir), draw=secrets.token_bytes, now_s=machine_s
        )
        notices = PhoneNotices(self._bot, doors, self._desk, people, words)
        self._line = PhoneLine(
            self._bot, self._desk, notices, PhoneRole(PhoneBook(settings.home / FILE_NAME)), may=may, now_s=machine_s
        )

    async def run(self) -> None:
        """Work until canceled; a fault of ours costs the conversation a moment, and nobody else anything."""
        try:
            while True:
                try:
                    await self._line.run()
                except Exception:  # noqa: BLE001 -- a supervisor boundary: guard and notifier outlive any fault here
                    SystemLog.exception("텔레그램 명령을 받는 중 예상하지 못한 오류")
                await asyncio.sleep(AGAIN_S)
        finally:
            self._desk.close()
            await self._bot.aclose()


def phone_office(settings: Settings, may: Callable[[], bool]) -> PhoneOffice | None:
    """Return the office of a process; None where nobody is listed, or its key cannot be used, which is logged."""
    if not heard(settings):
        return None
    try:
        return PhoneOffice(settings, may)
    except HantuError as error:
        SystemLog.error("텔레그램 명령을 받을 수 없음: %s %s", error, error.next_step)
        return None


def alert_buttons(settings: Settings) -> Callable[[Alert], tuple[Button, ...]] | None:
    """Return what puts buttons under alerts: only where the chat is a listed person's own; None elsewhere.

    In a group anybody could press, and nobody there is heard.
    """
    telegram = settings.telegram
    if not heard(settings) or telegram.chat_id not in {str(number) for number in listed(settings).values()}:
        return None
    words, user_id = wording(telegram.language), int(telegram.chat_id)
    try:
        key = phone_key(settings.audit_dir)
    except HantuError as error:
        SystemLog.error("알림에 단추를 달 수 없음: %s %s", error, error.next_step)
        return None

    def buttons(alert: Alert) -> tuple[Button, ...]:
        if alert.event_type not in CATALOGUE:
            return ()  # several alerts in one message have no one answer
        made = []
        for press in ANSWERS.get(alert.priority, ()):
            subject = digest(alert.event_type if press is Press.SILENCE else alert.key)
            data = sealed(key, user_id, press, subject, secrets.token_bytes(NONCE), machine_s())
            made.append(Button(words.say(LABELS[press]), data))
        return tuple(made)

    return buttons
