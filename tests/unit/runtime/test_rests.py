"""Channels that are down or want quiet: who is told meanwhile, and in which order things go on."""

import pytest

from hantu.domain.alert import Priority
from hantu.domain.errors import RetryableError
from hantu.runtime.dispatcher import Dispatcher
from tests.unit.runtime.delivery import FakeChannel, FakeClock, FakeOutbox, alert

DOWN = RetryableError("down")


class World:
    """One dispatcher with a main channel and three that stand in."""

    def __init__(self):
        self.clock = FakeClock()
        self.outbox = FakeOutbox(self.clock)
        self.telegram, self.slack, self.email, self.log = map(FakeChannel, ("telegram", "slack", "email", "log"))
        self.others = (self.slack, self.email, self.log)
        self.dispatcher = Dispatcher(self.outbox, self.telegram, self.clock, fallbacks=self.others)

    def raised(self, short, priority=Priority.HIGH):
        self.outbox.add(alert(short, priority))

    async def after(self, seconds):
        self.clock.advance(seconds)
        await self.dispatcher.step()

    def tries(self, channel):
        """Count the requests one channel gets from now on."""
        count = []
        channel.before = lambda: count.append(1)
        return count


@pytest.fixture
def world():
    return World()


@pytest.mark.requirement("OPS-04-1", "SVC-36")
async def test_an_emergency_neither_of_two_channels_takes_goes_down_the_ladder_at_once(world):
    world.telegram.errors, world.slack.errors = [DOWN], [RetryableError("slow down", retry_s=30.0)]
    world.raised("e", Priority.EMERGENCY)
    await world.dispatcher.step()
    assert (world.telegram.texts, world.slack.texts, world.email.texts, world.log.texts) == ([], [], ["e"], [])
    await world.after(3.0)
    assert world.telegram.texts == ["e"]
    assert world.email.texts == ["e"], "told once"


async def test_a_channel_that_stands_in_gets_the_quiet_it_asked_for(world):
    world.telegram.errors = [DOWN] * 4
    world.slack.errors = [RetryableError("slow down", retry_s=30.0)]
    world.raised("e", Priority.EMERGENCY)
    await world.dispatcher.step()
    asked = world.tries(world.slack)
    world.raised("another", Priority.EMERGENCY)
    await world.after(29.9)
    assert asked == []
    assert world.email.texts == ["e", "another"]
    world.telegram.errors = [DOWN]
    world.raised("third", Priority.EMERGENCY)
    await world.after(0.1)
    assert world.slack.texts == ["third"]


async def test_a_failure_of_another_channel_does_not_count_as_one_of_the_main_channel(world):
    world.telegram.errors, world.slack.errors = [DOWN, DOWN], [DOWN]
    world.raised("e", Priority.EMERGENCY)
    await world.dispatcher.step()
    await world.after(3.0)
    await world.after(9.9)
    assert world.telegram.texts == []
    await world.after(0.1)
    assert world.telegram.texts == ["e"], "after 3 and 10 seconds, not after 3 and 30"


@pytest.mark.requirement("SVC-35")
async def test_when_the_main_channel_is_back_all_that_hangs_goes_the_most_urgent_first(world):
    world.telegram.errors = [DOWN] * 100
    for short, priority in (("h1", Priority.HIGH), ("e1", Priority.EMERGENCY), ("h2", Priority.HIGH)):
        world.raised(short, priority)
        await world.after(1.0)
        await world.after(3.0)
    await world.after(1.0)
    assert world.slack.texts == ["h1", "e1", "h2"]
    world.telegram.errors = []
    await world.after(60.0)
    assert [text.split()[0] for text in world.telegram.texts] == ["e1", "h1", "h2"]
    assert world.slack.texts == ["h1", "e1", "h2"], "told once"


async def test_a_new_message_that_finds_the_channel_back_lets_the_more_urgent_go_first(world):
    world.telegram.errors = [DOWN] * 3
    world.raised("e", Priority.EMERGENCY)
    await world.dispatcher.step()
    await world.after(3.0)
    await world.after(10.0)
    assert world.telegram.errors == []
    await world.after(4.0)
    assert world.telegram.texts == [], "thirty seconds more"
    world.raised("h")
    await world.after(1.0)
    assert world.telegram.texts == ["e", "h"]


async def test_a_channel_that_is_down_is_tried_with_one_message_not_with_all_that_hang(world):
    world.telegram.errors = [DOWN] * 1_000
    for number in range(20):
        world.raised(f"h{number}")
    for _ in range(4):
        await world.after(3.0)
    count = world.tries(world.telegram)
    for _ in range(60):
        await world.after(1.0)
    assert 1 <= len(count) <= 3
    assert len(world.slack.texts) == 20


async def test_what_lasts_is_told_again_elsewhere_while_the_main_channel_is_down(world):
    world.telegram.errors = [DOWN] * 1_000
    world.outbox.add(alert("e", Priority.EMERGENCY, "killswitch_on"))
    for _ in range(31):
        await world.after(10.0)
    assert [text[:8] for text in world.slack.texts][1:] == ["e (🔁 2번째"]


async def test_who_reads_the_main_channel_is_told_of_the_end_although_another_channel_told_it_first(world):
    world.telegram.errors = [DOWN] * 100
    world.outbox.add(alert("lost", Priority.EMERGENCY, "reconnect_exhausted"))
    await world.dispatcher.step()
    world.outbox.add(alert("over", Priority.LOW, "blind_period_ended"))
    await world.after(3.0)
    await world.after(3.0)
    assert world.slack.texts == ["lost", "over"]
    world.telegram.errors = []
    await world.after(60.0)
    assert [text.split()[0] for text in world.telegram.texts] == ["lost", "over"]
    assert world.slack.texts == ["lost", "over"], "told once"
