"""What keeps a storm of alerts from the guard's other work: rests, drops filed later, a bound on what is unrecorded."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable, Sequence
from typing import TypeVar

from hantu.domain.alert import Alert
from hantu.ports import Outbox, PendingAlert

CROWD, REST_S = 50, 0.001
"""From so many waiting alerts on a look at them is followed by a rest of so many real seconds for each …"""
REST_MAX_S = 0.3
"""… and of no more than this: an emergency is out within a second."""
FEW = 250
"""More than these are filed whatever waits: what is dropped and not filed stands before the rest of the outbox."""
UNRECORDED_MAX = 100
SLICE = 5
"""Alerts judged in one turn of the loop; about a quarter of a millisecond."""
LIGHT = 25
"""Items of light work done in one turn of the loop; about as long."""
T = TypeVar("T")
Pause = Callable[[], Awaitable[None]]
"""Lets the loop turn; whoever has the right of way goes first."""


async def in_slices(steps: Generator[None, None, T], pause: Pause) -> T:
    """Run work that stops now and then to its end, and pause after every few steps."""
    count = 0
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        count += 1
        if count % SLICE == 0:
            await pause()


async def gently(items: Iterable[T], pause: Pause) -> AsyncIterator[T]:
    """Yield items, and pause after every few of them."""
    for number, one in enumerate(items, 1):
        yield one
        if number % LIGHT == 0:
            await pause()


def rest_s(waiting: int) -> float:
    """Return the real seconds between two looks at so many alerts; 0 for a few."""
    return min(REST_MAX_S, REST_S * waiting) if waiting >= CROWD else 0.0


class Dropped:
    """Alerts nobody is told of, on purpose, until the records say so too.

    Each is a commit of its own. They are filed one after another when nothing is to be told, so that no
    message and no order waits for more than one; until then they are neither judged nor counted again.
    """

    def __init__(self, outbox: Outbox, pause: Pause) -> None:
        self._outbox = outbox
        self._pause = pause
        self._left: dict[int, tuple[str, str]] = {}

    def __len__(self) -> int:
        return len(self._left)

    def put(self, alert_id: int, channel: str, reason: str) -> None:
        """Take one alert; ``channel`` is the one whose tries end with it."""
        self._left[alert_id] = channel, reason

    def others(self, waiting: Sequence[PendingAlert]) -> tuple[PendingAlert, ...]:
        """Return those that are not among the dropped."""
        return tuple(one for one in waiting if one.alert_id not in self._left)

    async def file(self, wanted: Callable[[], bool], failed: Callable[[Exception], None]) -> bool:
        """File what is left until something else is ``wanted`` and few are left; what fails is tried again next time.

        Returns:
            Whether the next look at the outbox will find what stood behind.
        """
        before = len(self._left)
        for alert_id, (channel, reason) in list(self._left.items()):
            await self._pause()
            try:
                await self._outbox.failed(alert_id, channel, reason, retry_s=None)
            except Exception as error:  # noqa: BLE001 -- an outbox may fail in any way; the caller says so once
                failed(error)
                break
            del self._left[alert_id]
            if len(self._left) < FEW and wanted():
                break
        return len(self._left) < before


class Unrecorded(dict[int, PendingAlert]):
    """Alerts that are in no outbox, by numbers below zero: those of the outbox never meet one."""

    def __init__(self) -> None:
        super().__init__()
        self._last = 0

    def take(self, alert: Alert, event_at: str) -> int:
        """Take one alert; return how many gave way to it."""
        lost = len(self) >= UNRECORDED_MAX
        if lost:
            del self[next(iter(self))]
        self._last -= 1
        self[self._last] = PendingAlert(self._last, alert, event_at, attempts=0)
        return int(lost)
