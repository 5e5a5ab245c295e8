"""The poller's role: who lost it acts on nothing, who gives it up stops first; rates and people who cannot be told."""

import asyncio

from hantu.alerting.phone.policy import Incoming, Kind
from hantu.domain.errors import BrokenError
from hantu.runtime.phone_gate import PhoneGate
from hantu.runtime.phone_line import PhoneLine
from hantu.runtime.phone_ports import LineSeen, Polled

KILL = Incoming(7, Kind.MESSAGE, 1, 1, private=True, text="/kill", sent_s=0.0)


class Turn:
    """A role that is lost or out of reach when the test says so."""

    def __init__(self):
        self.held, self.broken, self.story, self.noted = True, False, [], []

    async def take(self):
        self.story.append("take")
        return self.held

    async def renew(self):
        if self.broken:
            raise BrokenError("disk")
        self.story.append("renew" if self.held else "lost")
        return self.held

    async def note(self, seen):
        if self.broken:
            raise BrokenError("disk")
        self.noted.append(seen)

    async def leave(self):
        self.story.append("leave")


class Bot:
    """Answers a question when it is told to."""

    def __init__(self, turn):
        self.turn, self.answers, self.asked = turn, asyncio.Queue(), []

    async def updates(self, offset, *, away):
        self.asked.append((offset, away))
        self.turn.story.append("ask")
        try:
            return await self.answers.get()
        except asyncio.CancelledError:
            self.turn.story.append("cut")
            raise


class Desk:
    def __init__(self):
        self.took = []

    def urgent(self, _got):
        return True

    async def take(self, got, _now_s):
        self.took.append(got.update_id)


class Notices:
    def __init__(self):
        self.conflicts = 0

    async def look(self):
        """Nothing waits."""

    async def conflict(self, _reason):
        self.conflicts += 1


class Scene:
    def __init__(self):
        self.turn, self.desk, self.notices, self.may, self.now = Turn(), Desk(), Notices(), True, 1_000.0
        self.bot = Bot(self.turn)
        self.line = PhoneLine(
            self.bot, self.desk, self.notices, self.turn, may=lambda: self.may, now_s=lambda: self.now
        )  # fmt: skip

    async def __aenter__(self):
        self.task = asyncio.create_task(self.line.run())
        return self

    async def __aexit__(self, *_error):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def until(self, condition):
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0.01)


async def test_updates_are_handed_on_and_confirmed_by_the_next_question():
    async with Scene() as scene:
        scene.bot.answers.put_nowait(Polled((KILL,), next_offset=8, now_s=5.0))
        await scene.until(lambda: len(scene.bot.asked) == 2)
        assert scene.desk.took == [7]
        assert scene.bot.asked == [(0, True), (8, False)]


async def test_who_was_frozen_asks_whose_turn_it_is_before_acting():
    async with Scene() as scene:
        await scene.until(lambda: scene.bot.asked)
        scene.line._beat_at -= 60  # as after a minute without the processor
        scene.turn.held = False
        scene.bot.answers.put_nowait(Polled((KILL,), next_offset=8))
        await scene.until(lambda: "leave" in scene.turn.story)
        assert scene.desk.took == []
        assert "lost" in scene.turn.story


async def test_who_gives_the_role_up_stops_asking_first():
    async with Scene() as scene:
        await scene.until(lambda: scene.bot.asked)
        scene.may = False
        await scene.until(lambda: "leave" in scene.turn.story)
        assert scene.turn.story.index("cut") < scene.turn.story.index("leave")
        asked = len(scene.bot.asked)
        await asyncio.sleep(0.6)
        assert len(scene.bot.asked) == asked


async def test_records_out_of_reach_take_the_role_from_nobody():
    async with Scene() as scene:
        await scene.until(lambda: scene.bot.asked)
        scene.turn.broken = True
        scene.line._beat_at -= 60
        scene.bot.answers.put_nowait(Polled((KILL,), next_offset=8))
        await scene.until(lambda: scene.desk.took == [7])


async def test_after_a_minute_away_what_waited_is_asked_for_first_until_there_is_no_more():
    async with Scene() as scene:
        scene.bot.answers.put_nowait(Polled((KILL,), next_offset=8, more=True))
        scene.bot.answers.put_nowait(Polled((), next_offset=8))
        scene.bot.answers.put_nowait(Polled((), next_offset=8))
        await scene.until(lambda: len(scene.bot.asked) == 4)
        assert [away for _, away in scene.bot.asked] == [True, True, False, False]
        scene.now += 61
        scene.bot.answers.put_nowait(Polled(problem="연결하지 못했습니다"))
        await scene.until(lambda: len(scene.bot.asked) == 5)
        assert scene.bot.asked[-1][1]


async def test_another_poller_is_told_of():
    async with Scene() as scene:
        scene.bot.answers.put_nowait(Polled(problem="409", conflict=True))
        await scene.until(lambda: scene.notices.conflicts == 1)


def test_a_flood_costs_two_rows_and_never_the_right_to_stop():
    gate = PhoneGate()
    rooms = [gate.listed(1, 0.0, stopping=False) for _ in range(100)]
    assert sum(one.free for one in rooms) == 20
    assert [one.first for one in rooms].count(True) == 1
    assert gate.listed(1, 0.0, stopping=True).free
    assert gate.listed(2, 0.0, stopping=False).free
    assert gate.listed(1, 4.0, stopping=False).free
    strangers = [gate.stranger(0.0) for _ in range(50)]
    assert sum(one.free for one in strangers) == 10
    assert gate.stranger(30.0).missed == 40


async def test_how_it_goes_is_noted_with_the_signs_of_life():
    async with Scene() as scene:
        scene.bot.answers.put_nowait(Polled((KILL,), next_offset=8))
        await scene.until(lambda: scene.turn.noted)
        assert scene.turn.noted == [LineSeen(1_000.0, 1_000.0)]
        scene.now = 1_030.0
        scene.turn.broken = True
        scene.bot.answers.put_nowait(Polled(problem="502 Bad Gateway"))
        await asyncio.sleep(1.2)
        assert len(scene.turn.noted) == 1
        scene.turn.broken = False
        await scene.until(lambda: len(scene.turn.noted) == 2)
        assert scene.turn.noted[1] == LineSeen(1_000.0, 1_000.0, "502 Bad Gateway"), "noted once it can be"
        scene.bot.answers.put_nowait(Polled((), next_offset=8))
        await scene.until(lambda: len(scene.turn.noted) == 3)
        assert scene.turn.noted[2] == LineSeen(1_030.0, 1_000.0), "nothing came, and it answered"
