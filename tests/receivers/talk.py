"""A conversation for tests that are no coroutines: the receiver lives in a thread of its own."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from tests.receivers.journal import Journal
from tests.receivers.telegram_chat import Bubble, TelegramChat

T = TypeVar("T")
WAIT_S = 10.0
POLL_S = 0.02


class Talk:
    """What people do on their phones, and what they see there."""

    def __init__(self, **people: int) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.chat = self.call(lambda: TelegramChat(Journal()))
        self.chat.people = {number: name for name, number in people.items()}
        self._now(self.chat.start())

    @property
    def url(self) -> str:
        return self.chat.url

    def call(self, work: Callable[[], T]) -> T:
        """Run something in the receiver's thread."""

        async def done() -> T:
            return work()

        return self._now(done())

    def _now(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WAIT_S)

    def types(self, user: int, text: str, **extra: Any) -> int:
        return self.call(lambda: self.chat.types(user, text, **extra))

    def presses(self, user: int, bubble: Bubble, label: str = "", **extra: Any) -> str:
        return self.call(lambda: self.chat.presses(user, bubble, label, **extra))

    def said(self, user: int) -> list[Bubble]:
        return self.call(lambda: list(self.chat.bot_said(user)))

    def asks(self, user: int, text: str, until: str = "", **extra: Any) -> Bubble:
        """Type, and wait for an answer that holds ``until``."""
        before = len(self.said(user))
        self.types(user, text, **extra)
        return self.hears(user, until, after=before)

    def taps(self, user: int, bubble: Bubble, label: str, until: str = "") -> Bubble:
        """Press, and wait for an answer."""
        before = len(self.said(user))
        self.presses(user, bubble, label)
        return self.hears(user, until, after=before)

    def hears(self, user: int, words: str, *, after: int = 0, timeout_s: float = WAIT_S) -> Bubble:
        """Wait for a message of the bot that holds ``words``, beyond the first ``after``."""
        end = time.monotonic() + timeout_s
        while True:
            found = [one for one in self.said(user)[after:] if words in one.text]
            if found:
                return found[0]
            if time.monotonic() > end:
                raise AssertionError(f"{user} waited for {words!r} and has {[one.text for one in self.said(user)]}")
            time.sleep(POLL_S)

    def down(self) -> None:
        """Telegram cannot be reached."""
        self._now(self.chat.down())

    def up(self) -> None:
        self._now(self.chat.up())

    async def _end(self) -> None:
        await self.chat.stop()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def close(self) -> None:
        self._now(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WAIT_S)
        self._loop.close()
