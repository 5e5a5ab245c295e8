"""Real alerts of the catalogue as messages, for tests of channels."""

from datetime import UTC, datetime
from typing import Any

from hantu.alerting.rules import Context, alerts_of
from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.delivery import Message
from hantu.domain.events import event_type
from tests.unit.alerting.samples import SAMPLES

AT = datetime(2026, 11, 23, 0, 12, 31, tzinfo=UTC)
ALERTS: dict[str, Alert] = {
    event_type(fact): alert for fact in reversed(SAMPLES) for alert in alerts_of(fact, Context(AT))
}
"""One alert of every kind that is told."""


def of(kind: str, key: str = "k1", **changes: Any) -> Message:
    return Message(ALERTS[kind], key, **changes)


def text(short: str, long: str = "", priority: Priority = Priority.HIGH, key: str = "k1", **changes: Any) -> Message:
    return Message(Alert("order_failed", "k", Severity.CRITICAL, priority, "OPS-02", short, long), key, **changes)
