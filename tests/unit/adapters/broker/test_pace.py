"""Waiting for a place among the calls: urgent lanes first, nobody for ever."""

import asyncio

from hantu.adapters.broker.pace import Pacer
from hantu.kis.endpoints import Lane
from hantu.kis.throttle import Limits
from tests.unit.adapters.broker.scripted_broker import FastClock


async def test_place_at_hand_is_taken_without_waiting() -> None:
    pacer = Pacer(Limits(18, 10), FastClock())
    assert await pacer.enter(Lane.EXIT, ledger=True, max_wait_s=0.0)


async def test_wait_ends_when_patience_does() -> None:
    pacer = Pacer(Limits(1, 1), FastClock(100.0))
    assert await pacer.enter(Lane.OTHER, ledger=False, max_wait_s=0.0)
    assert not await pacer.enter(Lane.OTHER, ledger=False, max_wait_s=0.3)
    assert await pacer.enter(Lane.OTHER, ledger=False, max_wait_s=2.0)


async def test_exit_that_came_last_goes_first() -> None:
    pacer, went = Pacer(Limits(1, 1), FastClock(50.0)), []

    async def call(lane: Lane) -> None:
        assert await pacer.enter(lane, ledger=False, max_wait_s=60.0)
        went.append(lane)

    await call(Lane.OTHER)
    waiting = [asyncio.create_task(call(lane)) for lane in (Lane.OTHER, Lane.RECONCILE)]
    await asyncio.sleep(0)
    waiting.append(asyncio.create_task(call(Lane.EXIT)))
    await asyncio.gather(*waiting)
    assert went == [Lane.OTHER, Lane.EXIT, Lane.RECONCILE, Lane.OTHER]


async def test_push_back_holds_other_calls_only() -> None:
    pacer = Pacer(Limits(18, 10), FastClock(1.0))
    pacer.pushed_back()
    assert not await pacer.enter(Lane.OTHER, ledger=False, max_wait_s=0.01)
    assert await pacer.enter(Lane.EXIT, ledger=True, max_wait_s=0.0)


async def test_waiter_that_is_canceled_blocks_nobody() -> None:
    pacer = Pacer(Limits(1, 1), FastClock(100.0))
    assert await pacer.enter(Lane.EXIT, ledger=False, max_wait_s=0.0)
    task = asyncio.create_task(pacer.enter(Lane.EXIT, ledger=False, max_wait_s=60.0))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await pacer.enter(Lane.OTHER, ledger=False, max_wait_s=5.0)
