"""What each channel to people says of itself, without a message to anybody."""

import asyncio

from hantu.cli.shell import Shell
from hantu.domain.errors import HantuError
from hantu.settings.machine_checks import Check


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
