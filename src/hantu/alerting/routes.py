"""Which channels get an alert, and in which order.

Everything is in the log. The main channel gets every alert that is told; after two
failed tries, three seconds apart, the next of the ladder gets it. An emergency goes
to two channels at once, and while nobody acknowledges it one rung further each time
a deadline passes. SMS is the last rung, for emergencies only.
"""

from dataclasses import dataclass

from hantu.domain.alert import Alert, Priority

TRIES = 2
"""Failed tries of one channel before the next one is asked."""
ESCALATE_S = (300.0, 600.0, 900.0)
"""Seconds an accepted emergency waits for a person before each further rung."""


@dataclass(frozen=True, slots=True)
class Channels:
    """Names of the configured channels; ``ladder`` in the order in which they stand in."""

    main: str
    ladder: tuple[str, ...] = ()
    sms: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """Where one alert goes: all of ``at_once`` together, then ``ladder`` one by one."""

    at_once: tuple[str, ...]
    ladder: tuple[str, ...]
    reason: str


def route_of(alert: Alert, channels: Channels, rung: int = 0) -> Route:
    """Return the route of an alert; ``rung`` is how often its deadline has passed unacknowledged."""
    order = (channels.main, *channels.ladder)
    if alert.priority is not Priority.EMERGENCY:
        return Route(order[:1], order[1:], "main channel, the next one after two failed tries")
    order += (channels.sms,) if channels.sms else ()
    width = min(2 + rung, len(order))
    reason = "emergency: two channels at once" if rung == 0 else f"nobody has acknowledged: rung {rung}"
    return Route(order[:width], order[width:], reason)


def rung_at(waited_s: float, step_s: tuple[float, ...] = ESCALATE_S) -> int:
    """Return the rung of an emergency accepted ``waited_s`` seconds ago and acknowledged by nobody."""
    return sum(waited_s >= deadline for deadline in step_s)
