"""When a channel is left alone: as long as it asked for, and while the main channel is known to be down.

What failed twice on the main channel has been told elsewhere and hangs: from then on the
channel is tried with one message now and then, not with each of those that hang. The
first one it takes lets all of them go, the most urgent first.
"""

from collections.abc import Callable

KEPT = 500
RETRY_S = (3.0, 10.0, 30.0, 60.0)
"""Real seconds after the first, second … failed try; the last one repeats."""


class Rests:
    """Times are market seconds of the dispatcher's clock; ``market_s`` turns real ones into them."""

    def __init__(self, market_s: Callable[[float], float]) -> None:
        self._market_s = market_s
        self._asked: dict[str, float] = {}
        self._again_at: dict[str, float] = {}
        """Messages of the policy's own that failed, and when they are tried again."""
        self._fails = 0
        self._closed_until = 0.0
        self._lead_from = 0.0

    def ask(self, channel: str, now: float, real_s: float) -> None:
        """Note that a channel wants to be left alone for so many real seconds."""
        self._asked[channel] = now + self._market_s(real_s)

    def asked_s(self, channel: str, now: float) -> float:
        """Return the market seconds a channel still wants to be left alone; 0 if it does not."""
        return max(0.0, self._asked.get(channel, now) - now)

    def failed(self, now: float, *, hangs: bool) -> None:
        """Note a failed try of the main channel; one of a message that ``hangs`` closes it for a longer while."""
        self._lead_from = now + self._market_s(RETRY_S[0])
        if hangs and now >= self._closed_until:
            self._fails += 1
            self._closed_until = now + self._market_s(RETRY_S[min(self._fails, len(RETRY_S) - 1)])

    def well(self) -> None:
        """Note that the main channel has taken something."""
        self._fails, self._closed_until, self._lead_from = 0, 0.0, 0.0

    def closed(self, now: float) -> bool:
        """Tell whether what hangs is not to be tried yet."""
        return now < self._closed_until

    def leads(self, now: float) -> bool:
        """Tell whether the most urgent of what hangs may be tried before a message that is due."""
        return now >= self._lead_from

    def again(self, message: str, now: float) -> None:
        """Note that a message of the policy's own failed; it is tried again in a minute."""
        self._again_at[message] = now + self._market_s(RETRY_S[-1])
        while len(self._again_at) > KEPT:
            del self._again_at[next(iter(self._again_at))]

    def told(self, message: str) -> None:
        """Note that a message of the policy's own was taken."""
        self._again_at.pop(message, None)

    def waits(self, message: str, now: float) -> bool:
        """Tell whether a message of the policy's own failed less than a minute ago."""
        return now < self._again_at.get(message, now)
