"""What reached the people of a test, over all channels, in order of arrival."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

ACCEPTED = "accepted"
DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message as a channel got it."""

    number: int
    """1, 2, 3 … over all channels."""
    at_s: float
    """Seconds of the loop's clock."""
    channel: str
    verdict: str
    """``accepted``, ``duplicate``, or why it was refused or lost."""
    text: str
    """What a person reads first."""
    silent: bool
    body: Any
    """The message as it came: JSON, form fields or the parsed mail."""


@dataclass
class Journal:
    """Arrivals of every receiver that was given this journal."""

    arrivals: list[Arrival] = field(default_factory=list)
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, channel: str, verdict: str, body: Any, *, text: str = "", silent: bool = False) -> None:
        """Write one arrival down and wake who waits."""
        now = asyncio.get_running_loop().time()
        self.arrivals.append(Arrival(len(self.arrivals) + 1, now, channel, verdict, text, silent, body))
        self._more.set()

    def taken(self, channel: str = "") -> list[Arrival]:
        """Return what was accepted, by one channel or by all."""
        return [one for one in self.arrivals if one.verdict == ACCEPTED and channel in ("", one.channel)]

    def refused(self, channel: str = "") -> list[Arrival]:
        """Return what was not accepted, duplicates among it."""
        return [one for one in self.arrivals if one.verdict != ACCEPTED and channel in ("", one.channel)]

    def texts(self, channel: str = "") -> list[str]:
        """Return what people have read, in order."""
        return [one.text for one in self.taken(channel)]

    async def until(self, count: int, channel: str = "", limit_s: float = 5.0) -> list[Arrival]:
        """Return the accepted arrivals once there are ``count``; TimeoutError after ``limit_s`` real seconds."""
        async with asyncio.timeout(limit_s):
            while len(self.taken(channel)) < count:
                self._more.clear()
                await self._more.wait()
        return self.taken(channel)
