"""The connection: what a loss, a refusal and a silence lead to, and what is told of the time without it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hantu.domain import events as ev
from hantu.domain.commands import RestartMonitoring, StopMonitoring
from hantu.domain.instrument import Symbol
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine import line
from hantu.engine.inputs import FeedFailure
from hantu.engine.journey import State
from hantu.engine.turn import Turn
from tests.unit.engine.world import CONFIG, HYNIX, OPEN, SAMSUNG, World, held


def connecting() -> World:
    """A world whose first attempt of the day is under way."""
    world = held()
    world.start()
    world.pass_time(31)
    assert world.engine.book.state is State.CONNECTING
    return world


def network(world: World, reason: str = "refused") -> None:
    world.give(inp.FeedFailed(FeedFailure.NETWORK, reason))


@pytest.mark.requirement("MON-1.01", "MON-1.02")
def test_attempt_and_its_duration_are_told_to_the_operator() -> None:
    world = connecting()
    world.mono += 1.25
    world.give(inp.FeedOpened())
    assert "WebSocket 연결 시도..." in world.log
    duration_s = world.mono - world.engine.desk.line.opening_mono
    assert f"WebSocket 연결 수립 ({duration_s:.1f}초)" in world.log


def test_line_told_open_twice_is_opened_once() -> None:
    world = held()
    world.open()
    assert world.give(inp.FeedOpened()) == []


def test_line_nobody_asked_for_is_closed() -> None:
    world = held(wall=OPEN - timedelta(hours=2))
    world.start()
    assert world.give(inp.FeedOpened()) == [act.CloseFeed()]
    assert not world.engine.desk.line.open


def test_end_of_a_line_that_was_not_open_is_no_loss() -> None:
    world = held(wall=OPEN - timedelta(hours=2))
    world.start()
    world.give(inp.FeedClosed("cut"))
    assert not world.of(ev.ConnectionLost)


def test_line_that_ends_while_the_session_is_being_closed_is_not_restored() -> None:
    world = held()
    world.open()
    world.give(StopMonitoring("op"))
    world.give(inp.FeedClosed("cut"))
    assert not world.of(ev.ConnectionLost)
    assert world.engine.book.state in (State.UNSUBSCRIBING, State.IDLE)


def test_failure_told_while_asleep_changes_nothing() -> None:
    world = held()
    world.open()
    world.give(inp.FeedFailed(FeedFailure.MAINTENANCE, "점검"))
    facts = len(world.facts)
    network(world)
    assert len(world.facts) == facts


@pytest.mark.requirement("MON-6.01", "MON-1.09", "MON-1.11")
def test_first_attempt_of_a_day_that_fails_is_a_loss_and_follows_the_schedule() -> None:
    world = connecting()
    network(world, "no route")
    assert [(fact.reason, fact.held) for fact in world.of(ev.ConnectionLost)] == [("no route", 1)]
    assert not world.of(ev.ReconnectFailed), "no try of the schedule has failed yet"
    lost = world.mono
    world.pass_time(0.99, step=0.33)
    assert len(world.of(act.OpenFeed)) == 1
    world.pass_time(0.1, step=0.05)
    assert len(world.of(act.OpenFeed)) == 2
    network(world, "no route")
    assert [(f.attempt, f.limit, f.reason) for f in world.of(ev.ReconnectFailed)] == [(1, 5, "no route")]
    assert world.engine.desk.line.next_try_mono == lost + 3.0


@pytest.mark.requirement("MON-1.11")
def test_attempt_whose_end_nobody_tells_is_over_after_twenty_seconds() -> None:
    world = connecting()
    began = world.engine.desk.line.opening_mono
    world.mono = began + 19.75
    world.give(inp.Woken())
    assert world.engine.book.state is State.CONNECTING
    world.mono = began + 20
    world.give(inp.Woken())
    assert [fact.reason for fact in world.of(ev.ConnectionLost)] == ["no answer"]


def test_line_that_is_cut_before_it_was_told_open_counts_as_a_failed_try() -> None:
    world = connecting()
    world.give(inp.FeedClosed("cut at once"))
    assert [fact.reason for fact in world.of(ev.ConnectionLost)] == ["cut at once"]
    world.pass_time(1.1)
    world.give(inp.FeedClosed("cut again"))
    assert [fact.reason for fact in world.of(ev.ReconnectFailed)] == ["cut again"]


@pytest.mark.requirement("MON-2.14", "MON-6.07")
def test_line_cut_again_while_its_streams_are_restored_keeps_the_first_loss() -> None:
    world = held()
    world.open()
    world.give(inp.FeedClosed("first"))
    lost = world.mono
    world.pass_time(1.1)
    world.give(inp.FeedOpened())
    assert world.engine.book.state is State.SUBSCRIBING
    world.give(inp.FeedClosed("second"))
    assert [fact.reason for fact in world.of(ev.ConnectionLost)] == ["first"]
    assert world.engine.desk.line.next_try_mono == lost + 3.0


def test_registrations_asked_for_on_a_lost_line_are_not_waited_for() -> None:
    world = held(accept_subscriptions=False)
    world.start()
    world.pass_time(31)
    world.give(inp.FeedOpened())
    assert world.engine.desk.line.waiting
    world.give(inp.FeedClosed("cut"))
    assert not world.engine.desk.line.waiting
    assert world.engine.desk.line.open is False


# --- refusals of the session ---------------------------------------------------------------------


@pytest.mark.requirement("MON-1.08", "MON-6.13", "MON-E.03")
def test_refused_key_is_renewed_once_and_a_second_refusal_sleeps() -> None:
    world = connecting()
    world.give(inp.FeedFailed(FeedFailure.AUTH, "bad key", "OPSP0011"))
    assert [action.new_key for action in world.of(act.OpenFeed)] == [False, True]
    assert [fact.cause for fact in world.of(ev.SessionStateChanged)][-2:] == ["key refused", "new approval key"]
    assert not world.of(ev.ConnectionLost), "the network is fine"
    assert world.engine.book.state is State.CONNECTING
    world.give(inp.FeedFailed(FeedFailure.AUTH, "bad key", "OPSP0011"))
    assert [(fact.code, fact.message) for fact in world.of(ev.AuthFailed)] == [("OPSP0011", "bad key")]
    assert [fact.cause for fact in world.of(ev.SleepEntered)] == ["auth_failed: bad key"]
    assert world.engine.book.state is State.SLEEPING
    assert len(world.of(act.OpenFeed)) == 2


def test_try_after_a_renewal_that_met_a_dead_network_asks_for_a_new_key_again() -> None:
    world = connecting()
    world.give(inp.FeedFailed(FeedFailure.AUTH, "bad key", "OPSP0011"))
    network(world)
    world.pass_time(1.1)
    network(world)
    world.pass_time(2.1)
    assert [action.new_key for action in world.of(act.OpenFeed)] == [False, True, True, False]


@pytest.mark.requirement("MON-E.03", "MON-1.08")
def test_key_refused_again_while_nothing_is_held_is_told_too() -> None:
    """A line on which no price is asked for was taken for restored as it opened, and keys were asked for on and on."""
    world = World(accept_subscriptions=False)
    world.start()
    world.pass_time(31)
    for _ in range(2):
        world.give(inp.FeedOpened())
        world.pass_time(0.5)
        assert world.engine.book.state is State.SUBSCRIBING, "nobody has answered yet"
        world.give(inp.FeedFailed(FeedFailure.AUTH, "bad key", "OPSP0011"))
    assert [action.new_key for action in world.of(act.OpenFeed)] == [False, True]
    assert len(world.of(ev.AuthFailed)) == 1
    assert world.engine.book.state is State.SLEEPING


@pytest.mark.requirement("MON-6.12")
def test_session_in_use_is_waited_out_once_and_then_sleeps() -> None:
    world = connecting()
    world.give(inp.FeedFailed(FeedFailure.IN_USE, "in use", "OPSP8996"))
    assert world.engine.desk.line.next_try_mono == world.mono + 90.0
    assert world.of(ev.SessionStateChanged)[-1].cause == "session in use"
    world.pass_time(89, step=1.0)
    assert len(world.of(act.OpenFeed)) == 1
    world.pass_time(2, step=0.5)
    assert len(world.of(act.OpenFeed)) == 2
    world.give(inp.FeedFailed(FeedFailure.IN_USE, "in use", "OPSP8996"))
    assert [fact.code for fact in world.of(ev.SessionInUse)] == ["OPSP8996"], "told once"
    assert [fact.cause for fact in world.of(ev.SleepEntered)] == ["session_in_use: OPSP8996"]


def test_try_that_met_a_session_in_use_is_not_used_up() -> None:
    world = held()
    world.open()
    world.give(inp.FeedClosed("cut"))
    world.pass_time(1.1)
    network(world)
    world.pass_time(2.1)
    assert world.engine.desk.line.attempt == 2
    world.give(inp.FeedFailed(FeedFailure.IN_USE, "in use", "OPSP8996"))
    assert world.engine.desk.line.attempt == 1


def test_key_refused_in_the_middle_of_a_session_closes_the_line_before_it_sleeps() -> None:
    world = held()
    world.open()
    world.engine.desk.line.key_renewed = True
    world.give(inp.FeedFailed(FeedFailure.AUTH, "bad key", "OPSP0011"))
    assert act.CloseFeed() in world.actions
    assert world.states()[-2:] == ["reconnecting", "sleeping"]


@pytest.mark.requirement("MON-6.1.03", "MON-6.1.09")
def test_restart_from_sleep_has_a_schedule_of_its_own() -> None:
    world = held()
    world.open()
    world.engine.desk.line.key_renewed = True
    world.give(inp.FeedFailed(FeedFailure.AUTH, "bad key", "OPSP0011"))
    world.pass_time(600, step=30.0)
    world.give(RestartMonitoring("op"))
    state = world.engine.desk.line
    assert (state.attempt, state.lost_mono, state.in_use_seen, state.key_renewed) == (0, None, 0, False)
    assert [action.new_key for action in world.of(act.OpenFeed)][-1] is False
    assert world.of(ev.SessionStateChanged)[-1].cause == "restart by op"
    world.give(inp.FeedFailed(FeedFailure.AUTH, "bad key", "OPSP0011"))
    assert world.of(act.OpenFeed)[-1].new_key, "the key may be renewed again"


@pytest.mark.requirement("MON-6.02", "MON-6.1.01")
@pytest.mark.parametrize("state", [State.IDLE, State.MONITORING], ids=["at the opening", "in the session"])
def test_connections_beyond_the_hourly_budget_are_not_made(state: State) -> None:
    world = held(config=replace(CONFIG, sell_while_sleeping=True))
    if state is State.MONITORING:
        world.open()
    else:
        world.start()
    made = 40 - len(world.engine.desk.line.connects)
    world.engine.desk.line.connects += [world.mono] * made
    opened = len(world.of(act.OpenFeed))
    if state is State.MONITORING:
        world.give(inp.FeedClosed("cut"))
        world.pass_time(1.1)
    else:
        world.pass_time(31)
    assert world.engine.book.state is State.SLEEPING
    assert len(world.of(act.OpenFeed)) == opened
    (told,) = world.of(ev.ReconnectExhausted)
    assert (told.attempts, told.position_count, told.sells_while_sleeping) == (40, 1, True)
    assert [fact.cause for fact in world.of(ev.SleepEntered)] == ["connect_budget: 한 시간 40회 접속 한도"]
    world.mono += 3_601
    world.give(RestartMonitoring("op"))
    assert len(world.of(act.OpenFeed)) == opened + 1, "an hour later there is room again"


@pytest.mark.requirement("MON-6.06")
def test_three_outages_in_five_minutes_are_told_once() -> None:
    world = held()
    world.open()
    for _ in range(4):
        world.give(inp.FeedClosed("cut"))
        world.pass_time(1.1)
        world.give(inp.FeedOpened())
        world.pass_time(10)
    assert [(fact.outages, fact.window_s) for fact in world.of(ev.ConnectionFlapping)] == [(3, 300)]
    assert [fact.attempt for fact in world.of(ev.Reconnected)] == [1] * 4


def test_outages_far_apart_are_not_flapping() -> None:
    world = held()
    world.open()
    for _ in range(4):
        world.give(inp.FeedClosed("cut"))
        world.pass_time(1.1)
        world.give(inp.FeedOpened())
        world.pass_time(160)
    assert not world.of(ev.ConnectionFlapping)


# --- the time without a stream ---------------------------------------------------------------------


@pytest.mark.requirement("MON-6.04", "MON-N.09")
def test_time_without_a_stream_is_told_with_the_inquiries_that_stood_in() -> None:
    world = held()
    world.open()
    world.give(inp.FeedClosed("cut"))
    lost = world.mono
    world.pass_time(5.1)
    polls = [action for action in world.of(act.ReadPrices) if action.urgent]
    assert [action.symbols for action in polls] == [(SAMSUNG,)]
    world.poll(SAMSUNG, 70_000)
    world.pass_time(2)
    world.give(inp.FeedOpened())
    world.pass_time(5)
    (told,) = world.of(ev.BlindPeriodEnded)
    (back,) = world.of(ev.Reconnected)
    assert told.polled == 1
    assert told.unprotected_s == round(back.outage_s, 3)
    assert 7.0 < back.outage_s <= world.mono - lost
    assert world.engine.desk.line.lost_mono is None


def test_time_without_a_stream_is_nobodys_risk_while_nothing_is_held() -> None:
    world = World()
    world.open()
    world.give(inp.FeedClosed("cut"))
    world.pass_time(1.1)
    world.give(inp.FeedOpened())
    world.pass_time(5)
    assert world.of(ev.Reconnected)
    assert not world.of(ev.BlindPeriodEnded)
    assert world.engine.desk.line.blind_mono is None


def test_stock_nearest_to_its_stop_is_asked_about_first() -> None:
    third = Symbol("000001")
    world = World(holdings={SAMSUNG: (10, 70_000, 10), HYNIX: (5, 200_000, 5), third: (1, 10_000, 1)})
    world.open()
    world.trade(SAMSUNG, 70_000)
    world.trade(HYNIX, 195_000)
    world.trade(third, 10_500)
    assert line.nearest_to_stop(Turn(world.engine.desk, world.now)) == (HYNIX, SAMSUNG, third)
    world.engine.desk.sight(third).price = 0
    assert line.nearest_to_stop(Turn(world.engine.desk, world.now)) == (third, HYNIX, SAMSUNG), "unseen ones first"


@pytest.mark.requirement("MON-3.09")
@pytest.mark.parametrize(("after_s", "asked"), [(29.0, False), (30.0, True)])
def test_prices_are_caught_up_on_when_the_first_line_of_the_day_comes_late(after_s: float, asked: bool) -> None:
    world = held()
    world.start()
    world.pass_time(31)
    world.wall = OPEN + timedelta(seconds=after_s)
    world.give(inp.FeedOpened())
    world.pass_time(0.1)
    assert bool(world.of(act.ReadPrices)) is asked


def test_extremes_seen_before_a_gap_are_forgotten() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 70_000, day_low=69_000, day_high=71_000)
    world.give(inp.FeedClosed("cut"))
    world.pass_time(1.1)
    world.give(inp.FeedOpened())
    sight = world.engine.desk.sight(SAMSUNG)
    assert (sight.day_low, sight.day_high) == (0, 0)


def test_nothing_is_watched_before_the_broker_told_what_is_held() -> None:
    world = held(answer_reads=False)
    world.start()
    world.engine.book.state = State.SUBSCRIBING
    line.subscribed(Turn(world.engine.desk, world.now))
    assert world.engine.book.state is State.SUBSCRIBING


def test_wake_for_the_next_try_is_asked_for_only_while_reconnecting() -> None:
    world = held()
    world.open()
    assert line.next_due(Turn(world.engine.desk, world.now)) is None
    world.give(inp.FeedClosed("cut"))
    assert line.next_due(Turn(world.engine.desk, world.now)) == world.mono + 1.0
