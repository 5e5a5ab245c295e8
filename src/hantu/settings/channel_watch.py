"""Whether the channels to people would work, asked now and then without a message to anybody."""

import asyncio
from collections.abc import Mapping

from hantu.domain.delivery import ChannelHealth
from hantu.domain.errors import HantuError
from hantu.ports import Sender
from hantu.settings.channels import senders_of
from hantu.settings.model import Settings
from hantu.telemetry import get_logger, mask

SystemLog = get_logger(__name__, "system")
FIRST_S, EVERY_S = 300.0, 900.0
"""Real seconds to the first look of a life, and between looks: gateways count questions, too."""
LIMIT_S = 10.0
"""Real seconds one channel has to answer."""


async def look_at_channels(settings: Settings) -> dict[str, ChannelHealth]:
    """Ask every channel that is set up, all at once.

    Raises:
        UsageError: A channel's settings cannot be used.
    """
    senders = senders_of(settings)

    async def one(sender: Sender) -> ChannelHealth:
        try:
            async with asyncio.timeout(LIMIT_S):
                return await sender.check()
        except TimeoutError:
            return ChannelHealth(reachable=False, detail=f"{LIMIT_S:g}초 동안 응답 없음")
        except Exception as error:  # noqa: BLE001 -- one channel's mistake must not hide the others
            SystemLog.exception("채널 점검 오류")
            return ChannelHealth(reachable=False, detail=mask(str(error) or type(error).__name__))
        finally:
            await sender.aclose()

    found = await asyncio.gather(*map(one, senders))
    return {sender.name: health for sender, health in zip(senders, found, strict=True)}


def words_of(health: ChannelHealth) -> str:
    """Return in Korean what a look found."""
    if not health.reachable:
        state = "닿지 않음"
    elif health.credentials_ok is False:
        state = "열쇠가 거절됨"
    elif health.balance == 0:
        state = "잔액 없음"
    else:
        state = "정상" if health.credentials_ok else "닿음"
    left = f", 남은 것 {health.balance:,}{health.balance_unit}" if health.balance is not None else ""
    return f"{state}{left}" + (f" ({health.detail})" if health.detail else "")


class ChannelWatch:
    """Keeps what the last look found; for a task beside the guard."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.found: Mapping[str, ChannelHealth] = {}

    async def run(self) -> None:
        """Look again and again until cancelled."""
        await asyncio.sleep(FIRST_S)
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Look once; settings that cannot be used are told at the start already."""
        try:
            self.found = await look_at_channels(self._settings)
        except HantuError as error:
            SystemLog.warning("알림 채널을 점검하지 못함: %s", error)

    def troubles(self) -> tuple[str, ...]:
        """Return one line for each channel through which an alert would not get, or soon will not."""
        return tuple(
            f"{name} {words_of(health)}" for name, health in self.found.items() if not health.usable or health.low
        )
