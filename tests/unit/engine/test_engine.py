"""The door of the engine: what each input leads to, and when it wants to be woken."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hantu.domain import events as ev
from hantu.domain.commands import KillLevel, RestartMonitoring, SetKill, StartMonitoring, StopMonitoring
from hantu.domain.instrument import Symbol
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.inputs import FeedFailure
from hantu.engine.journey import State
from tests.unit.engine.test_session import items
from tests.unit.engine.world import CONFIG, OPEN, SAMSUNG, World, held


def released(world: World) -> list[str]:
    return [action.key for action in world.of(act.SendUnsubscribe)]


@pytest.mark.requirement("MON-E.07", "MON-3.20")
def test_unreadable_message_is_told_to_the_operator_and_nothing_else_happens() -> None:
    world = held()
    world.open()
    decision = world.engine.handle(inp.FrameUnparsable("short", "0|H0STCNT0|***"), world.now)
    assert decision.log == (("ERROR", "메시지 파싱 실패: 0|H0STCNT0|***"),)
    assert (decision.facts, decision.actions) == ((), ())


@pytest.mark.requirement("MON-3.23", "MON-E.14")
def test_points_deleted_for_want_of_room_are_told() -> None:
    world = held()
    world.open()
    world.engine.desk.buffer._points_max = 2
    for price in (70_000, 70_100, 70_200, 70_300):
        world.trade(SAMSUNG, price)
    world.pass_time(1.1)
    assert "메모리 정리: 버퍼 2개 삭제" in world.log
    assert world.engine.desk.buffer.points == 2


@pytest.mark.requirement("MON-2.06")
def test_new_watch_list_gives_back_what_left_it_and_asks_for_what_came() -> None:
    world = held()
    world.start(watch=items(3))
    world.to_monitoring()
    world.pass_time(5)
    mark = len(world.actions)
    world.give(inp.WatchlistChanged((items(3)[1], items(5)[4], replace(items(1)[0], symbol=SAMSUNG))))
    world.pass_time(6)
    assert released(world) == ["000001", "000001", "000003", "000003"], "in order, and nothing of what is still wanted"
    asked = {(a.tr_id, a.key) for a in world.actions[mark:] if isinstance(a, act.SendSubscribe)}
    assert asked == {("H0STCNT0", "000005"), ("H0STASP0", "000005")}


def test_held_stock_that_leaves_the_watch_list_is_still_streamed() -> None:
    world = held()
    world.start(watch=(replace(items(1)[0], symbol=SAMSUNG),))
    world.to_monitoring()
    world.give(inp.WatchlistChanged(()))
    world.pass_time(3)
    assert released(world) == []


@pytest.mark.requirement("MON-E.15", "MON-3.24")
def test_storage_that_fails_is_told_once_each_time() -> None:
    world = held()
    world.open()
    for ok in (True, False, False, True, False):
        world.give(inp.StorageHealth(ok=ok, reason="disk full"))
    assert [fact.reason for fact in world.of(ev.EventLogFailed)] == ["disk full"] * 2
    assert not world.engine.desk.storage_ok


def test_line_closed_by_us_is_not_a_loss_unless_we_still_thought_it_open() -> None:
    world = held()
    world.open()
    world.give(inp.FeedClosed("late answer", asked=True))
    assert world.engine.book.state is State.RECONNECTING, "the line we use is gone, whoever meant what"
    world.give(StopMonitoring("op"))
    world.pass_time(60)
    world.give(inp.FeedClosed("closed by us", asked=True))
    assert world.engine.book.state is State.IDLE
    assert len(world.of(ev.ConnectionLost)) == 1


@pytest.mark.requirement("MON-1.08", "MON-E.03")
@pytest.mark.parametrize(
    ("code", "kind"), [("OPSP0011", FeedFailure.AUTH), ("OPSP8996", FeedFailure.IN_USE)], ids=["key", "in use"]
)
def test_refusal_that_concerns_the_session_ends_it_and_not_one_registration(code: str, kind: FeedFailure) -> None:
    world = held(accept_subscriptions=False)
    world.start()
    world.pass_time(31)
    world.give(inp.FeedOpened())
    (sent,) = world.of(act.SendSubscribe)
    world.give(inp.SubscribeRefused(sent.tr_id, sent.key, code, "no"))
    assert not world.of(ev.SubscribeFailed)
    if kind is FeedFailure.AUTH:
        assert world.of(act.OpenFeed)[-1].new_key
    else:
        assert [fact.code for fact in world.of(ev.SessionInUse)] == [code]


@pytest.mark.requirement("MON-0.03", "MON-0.06", "MON-7.1.08")
def test_start_opens_an_idle_session_and_leaves_a_running_one_alone() -> None:
    world = held(wall=OPEN - timedelta(hours=2))
    world.start()
    world.give(StartMonitoring("kim"))
    assert world.of(ev.SessionStateChanged)[-1].cause == "start by kim"
    assert len(world.of(act.OpenFeed)) == 1
    world.give(StartMonitoring("kim"))
    assert len(world.of(act.OpenFeed)) == 1


@pytest.mark.requirement("MON-6.1.03", "MON-6.1.09")
def test_restart_opens_an_idle_session_wakes_a_sleeping_one_and_leaves_a_running_one_alone() -> None:
    world = held(wall=OPEN - timedelta(hours=2))
    world.start()
    world.give(RestartMonitoring("lee"))
    assert world.of(ev.SessionStateChanged)[-1].cause == "restart by lee"
    world.give(RestartMonitoring("lee"))
    assert len(world.of(act.OpenFeed)) == 1
    world.give(inp.FeedFailed(FeedFailure.MAINTENANCE, "점검"))
    world.give(RestartMonitoring("lee"))
    assert [fact.actor for fact in world.of(ev.SleepLeft)] == ["lee"]
    assert len(world.of(act.OpenFeed)) == 2


@pytest.mark.parametrize("wish", [StartMonitoring("kim"), RestartMonitoring("kim")], ids=["start", "restart"])
def test_start_asked_for_while_closing_is_kept_until_the_close_is_done(
    wish: StartMonitoring | RestartMonitoring,
) -> None:
    world = held()
    world.open()
    world.give(StopMonitoring("op"))
    world.give(wish)
    assert world.engine.book.state is State.UNSUBSCRIBING
    world.pass_time(15)
    assert [(f.before, f.after, f.cause) for f in world.of(ev.SessionStateChanged)[-2:]] == [
        ("unsubscribing", "idle", "stopped"),
        ("idle", "connecting", "start by kim"),
    ]


def test_kill_switch_is_told_when_it_changes_and_lets_held_exits_be_judged_anew_when_it_is_off() -> None:
    world = held()
    world.open()
    world.give(SetKill("op", KillLevel.OFF, "same"))
    world.give(SetKill("op", KillLevel.HARD, "why"))
    world.give(SetKill("op", KillLevel.HARD, "again"))
    world.trade(SAMSUNG, 67_000)
    assert [(fact.level, fact.actor, fact.reason, fact.automatic) for fact in world.of(ev.KillswitchOn)] == [
        (KillLevel.HARD, "op", "why", False)
    ]
    world.give(SetKill("op", KillLevel.OFF, "over"))
    assert [(fact.actor, fact.reason) for fact in world.of(ev.KillswitchOff)] == [("op", "over")]
    world.give(SetKill("op", KillLevel.HARD, "again"))
    world.trade(SAMSUNG, 67_000)
    assert [fact.reason for fact in world.of(ev.ExitHeld)] == ["kill", "kill"], "what is held anew is told anew"


def test_engine_wants_to_be_woken_at_least_every_second() -> None:
    world = World(config=replace(CONFIG, scheduled=False), wall=OPEN + timedelta(hours=9))
    world.start()
    world.pass_time(5)
    assert world.engine.next_deadline(world.now) == world.mono + 1.0


def test_end_of_a_registration_needs_no_decision() -> None:
    world = held()
    world.open()
    world.pass_time(10)
    decision = world.engine.handle(inp.Unsubscribed("H0STCNT0", Symbol("000001")), world.now)
    assert (decision.facts, decision.actions, decision.log) == ((), (), ())
