"""The state of a component from what was observed of it: four words, and no flutter between them.

Pure. A fault counts once it was seen ``Patience.worse`` times in a row, a recovery
once it was seen ``Patience.better`` times; what is not expected now is no fault.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Health(StrEnum):
    """What a component can be."""

    OK = "ok"
    WARN = "warn"
    DOWN = "down"
    NOT_EXPECTED = "not_expected"

    @property
    def trouble(self) -> bool:
        """Whether a person should look."""
        return self in (Health.WARN, Health.DOWN)


RANK = {Health.NOT_EXPECTED: 0, Health.OK: 0, Health.WARN: 1, Health.DOWN: 2}
"""How bad a state is; what is not expected is as good as what works."""
UNSEEN = "아직 확인 전"


@dataclass(frozen=True, slots=True)
class Observation:
    """What one look showed, and why in words for people."""

    state: Health
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Patience:
    """Looks in a row before a component is called worse, and before it is called better."""

    worse: int = 1
    better: int = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """A component between two looks."""

    state: Health = Health.NOT_EXPECTED
    reason: str = UNSEEN
    since: float = 0.0
    """When ``state`` began, seconds of the clock ``judge`` is called with."""
    streak: int = 0
    """Looks in a row that showed something worse, or (below zero) something better."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A standing, and whether it is news."""

    standing: Standing
    changed: bool
    """The state is another one than before."""
    before: Standing

    @property
    def event(self) -> bool:
        """Whether people are told: trouble began, ended, or became another trouble."""
        return self.changed and (self.standing.state.trouble or self.before.state.trouble)


NEW = Standing()


def judge(
    previous: Standing, observations: Sequence[Observation], now: float, patience: Patience = Patience()
) -> Judgement:
    """Return what becomes of a component after one look.

    The worst of ``observations`` counts; without any the standing stays as it is.
    """
    if not observations:
        return Judgement(previous, False, previous)
    seen = max(observations, key=lambda one: RANK[one.state])
    if seen.state is previous.state:
        return Judgement(replace(previous, reason=seen.reason, streak=0), False, previous)
    streak = _streak(previous, seen.state)
    needed = patience.worse if streak > 0 else patience.better
    at_once = streak == 0 or seen.state is Health.NOT_EXPECTED
    if at_once or abs(streak) >= needed:
        return Judgement(Standing(seen.state, seen.reason, now), True, previous)
    return Judgement(replace(previous, streak=streak), False, previous)


def _streak(previous: Standing, seen: Health) -> int:
    """Count on in the direction of ``seen``; 0 where both are as good."""
    step = RANK[seen] - RANK[previous.state]
    if step > 0:
        return max(previous.streak, 0) + 1
    return min(previous.streak, 0) - 1 if step < 0 else 0


def total(states: Sequence[Health]) -> str:
    """Return ``healthy`` or ``degraded`` for all components together."""
    return "degraded" if any(state.trouble for state in states) else "healthy"
