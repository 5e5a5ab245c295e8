"""Many rejected orders in a short time, by the broker or by ours: one alert per crossing, counted by reason."""

from collections import Counter, deque

from hantu.alerting.rules import operations_alert
from hantu.alerting.wording import duration, plain
from hantu.domain.alert import Alert
from hantu.domain.events import Fact, OrderRejected, OrderRejectedBroker

LIMIT = 10
WINDOW_S = 300.0
CODES_SHOWN = 5


class RejectionBurst:
    """Watches refusals of all types together; holds at most ``limit`` of them."""

    def __init__(self, limit: int = LIMIT, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._recent: deque[tuple[float, str]] = deque(maxlen=limit)
        self._told = False

    def note(self, fact: Fact, mono: float) -> tuple[Alert, ...]:
        """Count a fact at ``mono`` seconds; return the alert when the limit is reached anew.

        The alert is due once until the number within the window falls below the limit.
        """
        if isinstance(fact, OrderRejectedBroker):
            reason = f"{fact.code} {fact.reason}"
        elif isinstance(fact, OrderRejected):
            reason = fact.reason
        else:
            return ()
        self._recent.append((mono, plain(reason)))
        full = len(self._recent) == self._recent.maxlen and mono - self._recent[0][0] <= self._window_s
        due, self._told = full and not self._told, full
        if not due:
            return ()
        reasons = Counter(reason for _, reason in self._recent).most_common(CODES_SHOWN)
        listed = ", ".join(f"{reason} {count}건" for reason, count in reasons)
        return (
            operations_alert(
                "order_rejected_burst", f"{duration(self._window_s)} 동안 {len(self._recent)}건 - {listed}"
            ),
        )
