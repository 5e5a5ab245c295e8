"""The dispatcher with a memory: restarts, two channels at once, escalation, words of people."""

import pytest

from hantu.alerting.silences import Ack, People, Silence
from hantu.domain import events as ev
from hantu.domain.alert import Priority
from hantu.domain.errors import BrokenError, RetryableError
from hantu.harness.memory_store import MemoryDisk, MemoryStore
from hantu.ports import Batch
from hantu.runtime.alert_memory import WORDS_S
from hantu.runtime.dispatcher import Dispatcher
from tests.unit.runtime.delivery import FakeChannel, FakeClock, alert


class Notifying:
    """Lives of one dispatcher on the same disk."""

    def __init__(self):
        self.clock, self.disk = FakeClock(), MemoryDisk()
        self.telegram, self.slack, self.email, self.sms = (
            FakeChannel(name) for name in ("telegram", "slack", "email", "sms")
        )

    async def life(self, **given):
        self.store = MemoryStore(self.clock, self.disk)
        await self.store.open()
        self.dispatcher = Dispatcher(
            self.store, self.telegram, self.clock, fallbacks=(self.slack, self.email), sms=self.sms,
            desk=self.store.desk, **given,
        )  # fmt: skip
        return self.dispatcher

    async def raised(self, *alerts):
        facts = tuple(ev.SubscribeDone(1) for _ in alerts)
        await self.store.record(Batch(self.clock.now(), facts, tuple(enumerate(alerts)), epoch=self.store.epoch))

    async def after(self, seconds):
        self.clock.advance(seconds)
        await self.dispatcher.step()

    @property
    def counts(self):
        return [len(channel.sent) for channel in (self.telegram, self.slack, self.email, self.sms)]


@pytest.fixture
def world():
    return Notifying()


@pytest.mark.requirement("ALR-47", "SVC-36")
async def test_an_emergency_goes_to_two_channels_at_once_and_others_to_one(world):
    await world.life()
    await world.raised(alert("e", Priority.EMERGENCY, "order_blocked_killswitch"), alert("h"))
    await world.dispatcher.step()
    assert (world.telegram.texts, world.slack.texts, world.email.texts) == (["e", "h"], ["e"], [])
    assert world.disk.alerts == {}


async def test_a_second_channel_that_fails_does_not_make_the_first_tell_again(world):
    await world.life()
    world.slack.errors = [BrokenError("no such channel")]
    await world.raised(alert("e", Priority.EMERGENCY, "flatten_started"))
    await world.dispatcher.step()
    await world.after(10.0)
    assert world.counts == [1, 0, 0, 0]


async def test_while_the_main_channel_wants_quiet_an_emergency_goes_to_the_second(world):
    await world.life()
    world.telegram.errors = [RetryableError("slow down", retry_s=60.0)]
    await world.raised(alert("h"))
    await world.dispatcher.step()
    await world.raised(alert("e", Priority.EMERGENCY))
    await world.after(1.0)
    assert (world.telegram.texts, world.slack.texts) == ([], ["e"])
    await world.after(59.0)
    assert world.telegram.texts[0].startswith("e")
    assert world.slack.texts == ["e"]


@pytest.mark.requirement("OPS-04-9")
async def test_an_unacknowledged_emergency_climbs_a_rung_every_five_minutes(world):
    await world.life()
    await world.raised(alert("e", Priority.EMERGENCY, "killswitch_on"))
    await world.dispatcher.step()
    for counts in ([2, 2, 1, 0], [3, 3, 2, 1], [4, 4, 3, 2]):
        await world.after(300.0)
        assert world.counts == counts


async def test_an_acknowledged_emergency_is_quiet_and_comes_back_when_that_expires(world):
    await world.life()
    await world.raised(alert("e", Priority.EMERGENCY, "killswitch_on", key="k"))
    await world.dispatcher.step()
    world.disk.people = People(acks=(Ack("k", 400.0, "kim"),))
    await world.after(WORDS_S)
    world.disk.people = People(acks=())
    await world.after(300.0)
    assert world.counts[0] == 2, "the words are read anew; the acknowledgement is gone"


async def test_a_silence_of_a_person_is_heard_within_seconds(world):
    await world.life()
    await world.dispatcher.step()
    world.disk.people = People((Silence(1, 3_600.0, "kim", "why", "order_failed"),))
    world.clock.advance(WORDS_S)
    await world.raised(alert("h"))
    await world.dispatcher.step()
    assert world.counts == [0, 0, 0, 0]
    assert [(one.verdict, one.code, one.about) for one in world.disk.judged] == [("drop", "silenced", "silence 1")]


@pytest.mark.requirement("OPS-04-9")
async def test_a_restart_takes_the_memory_up_again(world):
    await world.life()
    await world.raised(alert("e", Priority.EMERGENCY, "killswitch_on", key="k"))
    await world.dispatcher.step()
    await world.life()
    await world.raised(alert("e", Priority.EMERGENCY, "killswitch_on", key="k"))
    await world.after(100.0)
    assert world.counts[0] == 1
    await world.after(200.0)
    assert "2번째 알림" in world.telegram.texts[1]


async def test_a_death_between_accepting_and_marking_tells_again_with_the_same_key(world):
    await world.life()
    await world.raised(alert("h", key="k"), alert("h", key="k"))

    async def dies(*_args):
        raise BrokenError("the process is gone")

    world.store.delivered = dies
    await world.dispatcher._one()
    await world.life()
    await world.dispatcher.step()
    assert [one.key for one in world.telegram.sent] == ["k", "k"]
    assert world.disk.alerts == {}


async def test_a_death_after_marking_and_before_saving_does_not_tell_the_next_equal_one(world):
    await world.life()
    await world.raised(alert("h", key="k"))

    async def dies(*_args):
        raise BrokenError("the process is gone")

    world.dispatcher._memory._desk.judged = dies
    await world.dispatcher.step()
    assert world.disk.policy_state == ""
    await world.life()
    await world.raised(alert("h", key="k"))
    await world.after(10.0)
    assert world.counts[0] == 1


async def test_a_memory_that_cannot_be_read_is_begun_anew_and_alerts_go_on(world):
    world.disk.policy_state = "{"
    await world.life()
    await world.raised(alert("h"))
    await world.dispatcher.step()
    assert world.telegram.texts == ["h"]


async def test_a_desk_that_fails_does_not_stop_telling_and_what_it_missed_is_saved_later(world):
    await world.life()
    desk = world.dispatcher._memory._desk
    real, desk.judged = desk.judged, None
    desk.words = None
    await world.raised(alert("h"))
    await world.dispatcher.step()
    assert world.telegram.texts == ["h"]
    desk.judged = real
    await world.after(10.0)
    assert [one.verdict for one in world.disk.judged] == ["send", "told"]


async def test_a_repeat_no_channel_takes_is_tried_again_after_a_minute(world):
    await world.life()
    await world.raised(alert("e", Priority.EMERGENCY, "killswitch_on"))
    await world.dispatcher.step()
    for channel in (world.telegram, world.slack, world.email):
        channel.errors = [RetryableError("down")]
    await world.after(300.0)
    await world.after(59.0)
    assert world.counts == [1, 1, 0, 0]
    await world.after(1.0)
    assert world.counts == [2, 2, 1, 0]
