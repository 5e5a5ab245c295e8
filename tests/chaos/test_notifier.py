"""The notifier dies, freezes and comes back: nothing urgent is lost, and the guard waits for none of it."""

import asyncio
import contextlib
import random
import signal
import time
from pathlib import Path

import pytest

from hantu.adapters.store.sqlite import OperationalError, connect
from hantu.domain import events as ev
from hantu.domain.alert import Priority
from hantu.ports import Batch, Presence
from tests.chaos.notifier import STEPS, Death, Watch, die, watch
from tests.contract.lives import intent
from tests.drills import DRILL

KILLS = 12 if DRILL else 4
ATTEMPTS = 5
URGENT_S = 1.0
"""Requirement: accepted by the first channel within a second of the event."""


def frozen(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


async def arrival(place: Watch, text: str, limit_s: float = 6.0) -> float:
    await place.until(lambda: bool(place.arrivals(text)), text, limit_s)
    return float(place.arrivals(text)[0].at_s)


async def lively(place: Watch) -> None:
    await place.start()
    await place.until_here()


@pytest.mark.requirement("SVC-8", "DEC-39")
async def test_no_urgent_alert_is_lost_however_the_notifier_dies() -> None:
    chance = random.Random(39)
    steps = [list(STEPS)[number % len(STEPS)] for number in range(KILLS)]
    async with watch() as place:
        await lively(place)
        deaths = [await die(place, step, chance) for step in steps]
    assert [problem for death in deaths for problem in death.problems] == []
    assert all(set(death.seconds) == {"emergency", "high"} for death in deaths)


@pytest.mark.requirement("SVC-8")
async def test_what_comes_twice_after_a_death_carries_the_same_key() -> None:
    chance = random.Random(1)
    async with watch(("webhook",)) as place:
        await lively(place)
        deaths: list[Death] = []
        # Where the machine is so slow that the guard has stood in, nothing is left to be repeated: another death.
        while sum(death.twice for death in deaths) < 2 and len(deaths) < ATTEMPTS:
            deaths.append(await die(place, "accepted", chance))
    assert [problem for death in deaths for problem in death.problems] == []
    assert sum(death.twice for death in deaths) >= 2, "a death between the channel's yes and the mark repeats"


@pytest.mark.requirement("OPS-04-1", "SVC-8", "DEC-39")
async def test_a_living_notifier_tells_everything_once_and_the_guard_nothing() -> None:
    async with watch() as place:
        await lively(place)
        # A notifier that a busy machine keeps from its work for 0.7 s is rightly stood in for: another attempt.
        for _ in range(ATTEMPTS):
            sent, late, texts = place.guard.counts.sent, 0, []
            for _ in range(5):
                began = asyncio.get_running_loop().time()
                pair = await place.record(Priority.EMERGENCY, Priority.HIGH)
                late += sum([await arrival(place, text) - began >= URGENT_S for text in pair])
                texts += pair
            await place.until(lambda: not place.rows("SELECT 1 FROM alert_events WHERE sent_at = ''"), "the marks")
            await asyncio.sleep(1.2)
            if place.guard.counts.sent == sent and not late:
                break
        assert (place.guard.counts.sent, late) == (sent, 0), "in time, and by the notifier alone"
        counts = [len(place.arrivals(text)) for text in texts]
        assert counts == [2, 1] * 5, "an emergency on both channels, a high alert on the main one"


@pytest.mark.requirement("DEC-39", "OPS-04-1")
async def test_what_a_frozen_notifier_has_not_taken_the_guard_sends_within_a_second() -> None:
    async with watch() as place:
        await lively(place)
        assert place.notifier is not None
        place.notifier.send_signal(signal.SIGSTOP)
        loop = asyncio.get_running_loop()
        began = loop.time()
        emergency, high = await place.record(Priority.EMERGENCY, Priority.HIGH)
        assert await arrival(place, emergency) - began < URGENT_S
        assert await arrival(place, high) - began < URGENT_S
        await place.until(lambda: place.stand_in.presence is Presence.SILENT, "the guard to take over", 4.0)
        began = loop.time()
        [later] = await place.record(Priority.HIGH)
        assert await arrival(place, later) - began < 0.5, "alone, the guard waits for nobody"

        place.notifier.send_signal(signal.SIGCONT)
        await place.until(lambda: place.stand_in.presence is Presence.HERE, "the notifier to be back", 4.0)
        # The first may come a moment before it has caught up, and the guard is right to stand in then.
        for _ in range(3):
            sent = place.guard.counts.sent
            [after] = await place.record(Priority.HIGH)
            await arrival(place, after)
            await asyncio.sleep(1.0)
            if place.guard.counts.sent == sent:
                break
        assert place.guard.counts.sent == sent, "the notifier sends again"
        assert [len(place.arrivals(text)) for text in (emergency, high, later, after)] == [2, 1, 1, 1]


@pytest.mark.requirement("SVC-8")
async def test_a_notifier_frozen_inside_a_commit_costs_the_guard_no_order() -> None:
    async with watch() as place:
        await place.start("tests.chaos.dozing_notifier")
        await place.until_here()
        notifier = place.notifier
        assert notifier is not None
        await place.record(Priority.HIGH)
        await place.until(lambda: frozen(notifier.pid), "the freeze inside the commit")
        with (
            contextlib.closing(connect(place.path, wait_s=0)) as other,
            pytest.raises(OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")

        began = time.monotonic()
        await place.store.record(Batch(place.clock.now(), (intent("i1"),), epoch=place.store.epoch))
        took_s = time.monotonic() - began
        assert took_s < 0.5, "durable in the spill: the order may go"
        assert not place.store.healthy
        loop = asyncio.get_running_loop()
        posted, began = place.alert(Priority.EMERGENCY), loop.time()
        place.guard.post(posted)
        assert await arrival(place, posted.short) - began < URGENT_S
        began = loop.time()
        [spilled] = await place.record(Priority.EMERGENCY)
        assert await arrival(place, spilled) - began < URGENT_S + 0.3

        await place.kill()
        await place.until(lambda: place.store.healthy, "the database to be free", 12.0)
        assert place.rows("SELECT intent_id FROM intents") == [("i1",)]


@pytest.mark.requirement("SVC-8")
async def test_a_second_notifier_says_so_and_a_guard_alone_tells_everything() -> None:
    async with watch() as place:
        [alone] = await place.record(Priority.HIGH)
        await arrival(place, alone, 2.0)
        await lively(place)
        first = place.notifier
        second = await place.start()
        assert await asyncio.wait_for(second.wait(), 10) == 3
        assert "이미 실행 중" in place.said()
        assert f"PID {first.pid}" in place.said()
        first.terminate()
        assert await asyncio.wait_for(first.wait(), 10) == 0
        await place.until(lambda: place.stand_in.presence is Presence.ENDED, "the end in order")
        [after] = await place.record(Priority.NORMAL)
        await arrival(place, after, 2.0)
        await place.store.record(Batch(place.clock.now(), (ev.SubscribeDone(1),)))
