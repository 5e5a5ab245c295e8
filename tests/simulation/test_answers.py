"""The simulated world itself is sound: without trouble everything a guard asks is answered, and no mistake of ours is lost."""

import asyncio
from random import Random

import pytest

from hantu.harness.loop import Node, SimLoop
from hantu.harness.workload import draw
from hantu.harness.world import run

CALM_DAYS = (14, 19)
"""Days without any kind of trouble."""


@pytest.mark.parametrize("number", CALM_DAYS)
def test_on_a_day_without_trouble_every_order_is_answered(number: int) -> None:
    assert not draw(number).swarm
    seen = run(number).seen
    assert seen["I3"] > 0
    # Once every answer was lost on its way to the guard, and no promise was broken by it.
    assert seen["unknown"] == seen["adopted"] == 0
    assert seen["fault A1 channel fails"] == 0


def test_a_task_that_ends_with_a_mistake_of_ours_fails_the_day() -> None:
    loop = SimLoop(Random("mistake"))

    async def mistaken() -> None:
        raise AttributeError("nobody reads the log")

    async def whole() -> None:
        task = loop.run_node(Node("guard"), mistaken(), "mistaken")
        await asyncio.wait([task])

    loop.run_until_complete(whole())
    assert isinstance(loop.failure, AttributeError)
    loop.close()
