"""A guard that is told to end takes its leave quietly."""

from typing import Any

import pytest

from hantu.domain import events as ev
from hantu.engine.decision import Decision
from hantu.engine.inputs import FeedClosed
from hantu.runtime.guard import Guard
from tests.unit.engine.world import World, held


class Clock:
    """The clock of a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> Any:
        return self._world.now

    def real_delay(self, market_s: float) -> float:
        return market_s


class Performed:
    """Keeps what a guard would have done."""

    def __init__(self) -> None:
        self.facts: list[ev.Fact] = []

    def perform(self, decision: Decision, _now: object, _tell: object) -> None:
        self.facts += decision.facts


@pytest.mark.parametrize(("ending", "lost"), [("", 1), ("signal", 0)], ids=["running", "ending"])
def test_line_that_closes_because_the_guard_ends_is_no_loss(ending: str, lost: int) -> None:
    world = held()
    world.open()
    guard = Guard(engine=world.engine, clock=Clock(world), announce=lambda _: None, on_kill=lambda _: None)
    performed: Any = Performed()
    guard.performer = performed
    if ending:
        guard.end(ending)
    guard.deliver(FeedClosed("closed", asked=bool(ending)))
    assert len([fact for fact in performed.facts if isinstance(fact, ev.ConnectionLost)]) == lost
