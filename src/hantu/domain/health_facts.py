"""Facts of operation: what hantu noticed about itself.

See ``hantu.domain.events`` for the rules all facts follow. Each names its rule,
the value that was measured and the threshold it met.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HealthChanged:
    """A component is in another state than before."""

    component: str
    before: str
    """ok, warn, down, not_expected"""
    after: str
    reason: str
    since: str
    """When ``before`` began, or ``after`` where it is the first."""
    lasted_s: float
    """How long ``before`` lasted."""
    recovered: bool
    """Trouble is over, or became less."""


@dataclass(frozen=True, slots=True)
class MeasureCrossed:
    """A measured value went into another class."""

    measure: str
    """Rule: strategy_run, order_send, fill_notice, api, data_delay, order_failures"""
    name: str
    """Of the measure, in Korean."""
    before: str
    """normal, warning, danger"""
    after: str
    value: float
    warning: float
    danger: float
    unit: str
    """s, or share of 1"""
    eased: bool
    """Into a milder class."""
    subject: str = ""
    """What was slow last: the endpoint, order or strategy."""


@dataclass(frozen=True, slots=True)
class AlertTest:
    """Somebody asked whether alerts arrive; goes the way of every alert."""

    run: str
    """What asked recognises its own alert by it."""
    text: str
    actor: str


@dataclass(frozen=True, slots=True)
class PnlShock:
    """Profit and loss moved too far or too fast; money in won."""

    rule: str
    """day_loss or minute_change"""
    grade: str
    result: int
    """Of the day so far, realised and not."""
    change: int
    """That raised it: of one minute, or the day's result."""
    limit: float
    """Share of ``equity`` that was reached."""
    equity: int
    """At the day's first balance."""
