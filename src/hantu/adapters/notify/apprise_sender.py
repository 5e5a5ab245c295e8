"""Every other service, through Apprise, where somebody has installed it.

An extra for mirrors, never for the emergency path: it answers yes or no only, works in
threads, and goes on sending after we have stopped waiting.
"""

import asyncio
import logging
from typing import Any

from hantu.adapters.notify.telegram_text import to_plain
from hantu.domain.alert import Severity
from hantu.domain.delivery import ChannelHealth, Message, Receipt, accepted, ambiguous, temporary
from hantu.domain.errors import UsageError
from hantu.telemetry import hide, mask

TIMEOUT_S = 15.0
KINDS = {Severity.INFO: "info", Severity.WARN: "warning", Severity.CRITICAL: "failure"}


class AppriseSender:
    """Sends to the services behind some addresses, each of which is a secret; implements ``ports.Sender``."""

    name = "apprise"

    def __init__(self, urls: tuple[str, ...], *, timeout_s: float = TIMEOUT_S) -> None:
        """Load the library; nothing is sent.

        Raises:
            UsageError: It is not installed, or an address is none it knows. No address is repeated.
        """
        try:
            import apprise
        except ImportError as error:
            raise UsageError(
                "apprise 채널을 쓰려면 추가 패키지가 필요합니다.",
                next_step="`pip install 'hantu[apprise]'` 를 실행하세요.",
            ) from error
        # Its log repeats addresses it does not know, secrets and all.
        logging.getLogger("apprise").propagate = False
        logging.getLogger("apprise").addHandler(logging.NullHandler())
        self._services: Any = apprise.Apprise()
        for number, url in enumerate(urls, 1):
            hide(url)
            if not self._services.add(url):
                raise UsageError(
                    f"apprise 의 {number}번째 주소를 알 수 없습니다.",
                    next_step="apprise 문서에서 주소 형식을 확인하세요.",
                )
        if not urls:
            raise UsageError("apprise 주소가 없습니다.", next_step="docs/channels.md를 보고 설정하세요.")
        self._timeout_s = timeout_s

    def __repr__(self) -> str:
        return "AppriseSender(***)"

    async def send(self, message: Message) -> Receipt:
        """Send to all of them; it is accepted when every one took it."""
        title, text = mask(message.short), to_plain(mask(message.long)) or mask(message.short)
        kind = KINDS[message.alert.severity]
        try:
            async with asyncio.timeout(self._timeout_s):
                taken = await self._services.async_notify(body=text, title=title, notify_type=kind, body_format="text")
        except TimeoutError:
            return ambiguous("apprise 가 제때 답하지 않았습니다")
        except Exception as error:  # noqa: BLE001 -- a supervisor boundary: a hundred services behind one call
            return temporary(f"apprise 오류: {type(error).__name__}")
        return accepted() if taken else temporary("apprise 가 모든 곳에 보내지는 못했습니다")

    async def check(self) -> ChannelHealth:
        """Nothing can be asked without sending."""
        return ChannelHealth(reachable=True, detail="apprise 는 보내 보지 않고는 확인할 수 없습니다")

    async def aclose(self) -> None:
        """Nothing is held."""
