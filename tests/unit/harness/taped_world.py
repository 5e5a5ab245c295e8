"""The hand-driven world of the engine's tests, on tape."""

from hantu.engine import decision as act
from hantu.runtime.taped_engine import TapedEngine
from tests.unit.engine.world import SAMSUNG, World


class TapedWorld(World):
    """Its engine keeps what it handles."""

    def on(self, tape):
        self.engine = TapedEngine(self.config, tape)
        return self


def sold_at_the_stop(made):
    """A day on which 67,500 won touches the stop of 67,900 and everything is filled there."""
    made.open()
    made.trade(SAMSUNG, 69_000)
    made.pass_time(1.0)
    (submit,) = [action for action in made.trade(SAMSUNG, 67_500) if isinstance(action, act.Submit)]
    made.fill(made.accept(submit), 10, 67_500)
    made.pass_time(10.0)
    made.trade(SAMSUNG, 72_000)
    made.pass_time(2.0)
