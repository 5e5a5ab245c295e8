"""What people say about alerts: silences, maintenance windows and acknowledgements.

Every silence ends by itself, names who made it and why, and never touches an
emergency unless it says so; then it lasts an hour at most. ``until`` is on the same
axis as the ``mono`` of the instants the policy is called with.
"""

from dataclasses import dataclass

from hantu.domain.alert import Alert, Priority

MAX_S = 30 * 86_400.0
"""Longest silence."""
EMERGENCY_MAX_S = 3_600.0
ACK_S = 1_800.0
"""An acknowledgement holds this long unless it is given again."""
ANY = "*"


@dataclass(frozen=True, slots=True)
class Silence:
    """Alerts a person does not want to hear for a while; empty matchers match everything."""

    silence_id: int
    until: float
    author: str
    comment: str
    event_type: str = ""
    """May end in ``*``."""
    symbol: str = ""
    category: str = ""
    priority: str = ""
    emergency: bool = False
    """Emergencies, too."""
    maintenance: bool = False
    """Its end is told with a summary of what it muted."""

    def matches(self, alert: Alert, now: float) -> bool:
        """Tell whether this silence holds ``alert`` back at ``now``."""
        if now >= self.until or (alert.priority is Priority.EMERGENCY and not self.emergency):
            return False
        pairs = ((self.symbol, alert.symbol), (self.category, alert.category), (self.priority, alert.priority.value))
        return _fits(self.event_type, alert.event_type) and all(not asked or asked == is_ for asked, is_ in pairs)

    @property
    def name(self) -> str:
        """How reasons call it."""
        return f"{'maintenance' if self.maintenance else 'silence'} {self.silence_id}"


@dataclass(frozen=True, slots=True)
class Ack:
    """A person has seen an emergency; it is not repeated until ``until``."""

    key: str
    until: float
    author: str
    at: float = 0.0
    """When it was given."""
    done: bool = False
    """What began before ``at`` is over."""


@dataclass(frozen=True, slots=True)
class People:
    """Everything people have said that may still hold."""

    silences: tuple[Silence, ...] = ()
    acks: tuple[Ack, ...] = ()

    def silence_of(self, alert: Alert, now: float) -> Silence | None:
        """Return the oldest silence that holds ``alert`` back."""
        return next((one for one in self.silences if one.matches(alert, now)), None)

    def ack_of(self, keys: tuple[str, ...], now: float) -> Ack | None:
        """Return an acknowledgement of one of ``keys`` that still holds."""
        return next((one for one in self.acks if one.key in keys and now < one.until), None)


def flaw_of(silence: Silence, length_s: float) -> str:
    """Return why a silence may not be made, for people (Korean); empty if it may."""
    narrowed = silence.event_type or silence.symbol or silence.category or silence.priority
    if length_s <= 0:
        return "기간은 0보다 길어야 합니다."
    if not silence.author or not silence.comment:
        return "누가 왜 끄는지 적어야 합니다."
    if silence.emergency and length_s > EMERGENCY_MAX_S:
        return "긴급 알림은 1시간까지만 끌 수 있습니다."
    if length_s > MAX_S:
        return "알림은 30일까지만 끌 수 있습니다."
    if silence.emergency and silence.event_type in ("", ANY):
        return "긴급 알림을 끄려면 이벤트 종류를 적어야 합니다."
    if not narrowed and not silence.maintenance:
        return "무엇을 끌지 적어야 합니다(종류, 종목, 분류, 우선순위 가운데 하나 이상)."
    return ""


def _fits(asked: str, event_type: str) -> bool:
    if asked.endswith(ANY):
        return event_type.startswith(asked[:-1])
    return not asked or asked == event_type
