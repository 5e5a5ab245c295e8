"""Outbox, channel and clock of memory, as the ports promise them."""

from dataclasses import replace
from datetime import UTC, datetime

from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.errors import BrokenError
from hantu.domain.instant import Instant
from hantu.ports import PendingAlert

START = Instant(datetime(2026, 11, 23, 0, 12, 31, tzinfo=UTC), 1_000.0)
_ORDER = list(Priority)


class FakeClock:
    def __init__(self):
        self.instant = START
        self.speed = 1.0

    def now(self):
        return self.instant

    def real_delay(self, market_s):
        return market_s / self.speed

    def advance(self, seconds):
        self.instant = self.instant.after(seconds)


class FakeOutbox:
    """Keeps the contract of ports.Outbox: due on any channel, most urgent first, then oldest."""

    def __init__(self, clock):
        self.clock = clock
        self.alerts = {}
        self.due = {}
        self.done = {}
        self.took = []
        self.dropped = {}
        self.broken = False

    def add(self, alert):
        alert_id = len(self.alerts) + 1
        at = f"{self.clock.now().wall:%Y-%m-%d %H:%M:%S.%f}"
        self.alerts[alert_id] = PendingAlert(alert_id, alert, at, 0)
        self.due[alert_id] = {"": 0.0}
        return alert_id

    async def pending(self, limit):
        self._check()
        now = self.clock.now().mono
        waiting = [one for number, one in self.alerts.items() if any(at <= now for at in self.due[number].values())]
        waiting.sort(key=lambda one: (_ORDER.index(one.alert.priority), one.alert_id))
        return tuple(waiting[:limit])

    async def delivered(self, alert_id, channel):
        self._check()
        self._tried(alert_id, channel)
        self.took.append((alert_id, channel))
        if not self.due[alert_id]:
            self.done.setdefault(alert_id, channel)

    async def failed(self, alert_id, channel, reason, *, retry_s):
        self._check()
        self._tried(alert_id, channel)
        one = self.alerts[alert_id]
        if retry_s is None:
            self.dropped[alert_id] = (channel, reason)
        else:
            self.alerts[alert_id] = replace(one, attempts=one.attempts + 1)
            self.due[alert_id][channel] = self.clock.now().mono + retry_s

    def _tried(self, alert_id, channel):
        self.due[alert_id].pop("", None)
        self.due[alert_id].pop(channel, None)

    def _check(self):
        if self.broken:
            raise BrokenError("database is locked")


class FakeChannel:
    def __init__(self, name="telegram"):
        self.name = name
        self.sent = []
        self.errors = []
        self.before = None

    async def send(self, alert):
        if self.before:
            self.before()
        if self.errors:
            error = self.errors.pop(0)
            if error:
                raise error
        self.sent.append(alert)

    @property
    def texts(self):
        return [alert.short for alert in self.sent]


def alert(short, priority=Priority.HIGH, event_type="order_failed", key=""):
    return Alert(event_type, key or short, Severity.WARN, priority, "OPS-02", short)
