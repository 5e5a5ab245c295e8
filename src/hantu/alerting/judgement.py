"""What the policy is asked and what it answers: a verdict, its reason, and when to look again."""

from dataclasses import dataclass, field
from enum import StrEnum

from hantu.alerting.catalogue import Row, unknown
from hantu.alerting.routes import Channels
from hantu.alerting.rows import CATALOGUE
from hantu.alerting.silences import People
from hantu.domain.alert import Alert
from hantu.domain.krx_calendar import KRX_CALENDAR
from hantu.domain.session import Calendar


class Verdict(StrEnum):
    """What to do with an alert now."""

    SEND = "send"
    WAIT = "wait"
    DROP = "drop"


class Kind(StrEnum):
    """What a message is made of."""

    SINGLE = "single"
    BATCH = "batch"
    DIGEST = "digest"
    GROUP = "group"
    HELD = "held"
    """What the rate of the channel held back."""
    LATE = "late"
    """It came and went before anyone could be told."""
    REPEAT = "repeat"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert of the outbox; ``age_s`` is the time since the event."""

    alert_id: int
    alert: Alert
    age_s: float = 0.0
    durable: bool = True
    """It is on record, so it may wait for the morning."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict on one alert, or on several that become one message."""

    verdict: Verdict
    alert_ids: tuple[int, ...]
    alert: Alert
    reason: str
    wait_s: float = 0.0
    """Look again then; 0: when something changes."""
    code: str = "at_once"
    """The rule that spoke; ``alerting.explain`` has its words."""
    about: str = ""
    """What the rule refers to: another alert, a silence, a situation."""
    kind: Kind = Kind.SINGLE


@dataclass(frozen=True, slots=True)
class Setting:
    """What a judgement depends on besides alerts, time and memory."""

    calendar: Calendar = KRX_CALENDAR
    channels: Channels = field(default_factory=lambda: Channels("main"))
    people: People = field(default_factory=People)
    pace: float = 1.0
    """Seconds of the instants' axis per real second: a practice market may run faster than people."""


def row_for(event_type: str) -> Row:
    """Return the catalogue row of an alert's type."""
    return CATALOGUE.get(event_type) or unknown(event_type)
