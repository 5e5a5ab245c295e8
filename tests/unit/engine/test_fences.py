"""Between which prices the engine need not see a trade."""

import pytest

from hantu.engine.config import ExitRule, GuardConfig, Partial, Streams, Trailing
from hantu.engine.fences import fences
from tests.unit.engine.world import HYNIX, SAMSUNG, World


def watching(rule: ExitRule) -> World:
    config = GuardConfig(default_rule=rule, streams=Streams(notice_key="USER"))
    world = World(config, holdings={SAMSUNG: (10, 72_000, 10)})
    world.start()
    world.pass_time(60)
    assert SAMSUNG in world.engine.book.positions
    return world


def test_a_position_is_fenced_by_its_levels():
    world = watching(ExitRule())
    position = world.engine.book.positions[SAMSUNG]
    assert fences(world.engine.book, world.engine.desk.config) == {
        SAMSUNG: (position.stop_price, position.target_price)
    }


@pytest.mark.parametrize("rule", [ExitRule(trailing=Trailing(enabled=True)), ExitRule(partial=Partial(enabled=True))])
def test_where_prices_between_the_levels_matter_there_is_no_fence(rule):
    world = watching(rule)
    assert fences(world.engine.book, world.engine.desk.config) == {}


def test_one_position_without_a_fence_leaves_the_others_theirs():
    config = GuardConfig(default_rule=ExitRule(), rules={HYNIX: ExitRule(trailing=Trailing(enabled=True))})
    world = World(config, holdings={HYNIX: (1, 200_000, 1), SAMSUNG: (10, 70_000, 10)})
    world.start()
    assert fences(world.engine.book, config) == {SAMSUNG: (67_900, 75_600)}
