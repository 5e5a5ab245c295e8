"""What each channel to people, and the line back from a phone, says of itself, without a message to anybody."""

import asyncio
from datetime import UTC, datetime

from hantu.cli.shell import Shell
from hantu.domain.errors import HantuError
from hantu.settings.machine_checks import Check
from hantu.settings.model import Settings

PHONE = "텔레그램 명령"
HOW_TO = "docs/telegram.md 를 따라 주세요."


def channel_checks(shell: Shell) -> list[Check]:
    """Return one check for each channel that is set up; nobody gets a message."""
    from hantu.settings.channel_watch import look_at_channels, words_of

    try:
        found = asyncio.run(look_at_channels(shell.settings))
    except HantuError as error:
        return [Check("알림 채널", "fail", str(error), error.next_step)]
    return [
        Check(
            f"알림 채널 {name}", "ok" if health.usable and not health.low else "warn" if health.usable else "fail",
            words_of(health), "" if health.usable else "docs/channels.md 의 그 채널 부분을 따라 주세요.",
        )
        for name, health in found.items()
    ]  # fmt: skip


def phone_checks(shell: Shell, *, guarded: bool) -> list[Check]:
    """Return how the conversation with a phone stands; ``guarded`` says that a process that should poll is running."""
    from hantu.adapters.second_factor import phone_key
    from hantu.adapters.store.phone_book import FILE_NAME, PhoneBook
    from hantu.operations.components import Health
    from hantu.operations.phone_look import judge_phone
    from hantu.settings.phone_office import heard, listed
    from hantu.settings.phone_watch import look_at_phone

    settings = shell.settings
    if not heard(settings):
        return [Check(PHONE, "note", "받지 않습니다. telegram.people 에 사람을 적으면 켜집니다.")]
    try:
        if (settings.home / FILE_NAME).exists():
            # Looked at only where it has been used: a look makes no key.
            phone_key(settings.audit_dir)
        enrolled = len(PhoneBook(settings.home / FILE_NAME).factors())
        bot = asyncio.run(_name_of(settings))
    except HantuError as error:
        return [Check(PHONE, "fail", str(error), error.next_step)]
    if not bot:
        return [
            Check(
                PHONE, "fail", "토큰으로 봇에게 물었지만 답이 없습니다.", f"telegram.token_file 을 확인하세요. {HOW_TO}"
            )
        ]
    seen = judge_phone(look_at_phone(settings, datetime.now(UTC)))
    text = f"@{bot}, 명령할 수 있는 사람 {len(listed(settings))}명 (2차 인증 {enrolled}명), {seen.reason}"
    if not guarded and seen.state is Health.DOWN:
        return [Check(PHONE, "note", f"{text}. 감시나 알림 프로세스를 켜면 받습니다.")]
    marks = {Health.OK: "ok", Health.WARN: "warn", Health.DOWN: "fail"}
    step = "" if seen.state is Health.OK else f"`hantu logs` 에서 텔레그램 줄을 보세요. {HOW_TO}"
    return [Check(PHONE, marks.get(seen.state, "note"), text, step)]


async def _name_of(settings: Settings) -> str:
    from hantu.adapters.notify.telegram_bot import TelegramBot

    bot = TelegramBot(settings.telegram.token.reveal(), api_url=settings.telegram.api_url)
    try:
        return await bot.name()
    finally:
        await bot.aclose()
