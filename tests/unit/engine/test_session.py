"""The session's life: opening, subscribing, losing the line, sleeping, closing."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product

import pytest

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.commands import RestartMonitoring, StartMonitoring, StopMonitoring
from hantu.domain.instrument import Symbol
from hantu.domain.order import NoticeKind
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.inputs import FeedFailure, WatchItem
from hantu.engine.journey import ADDITIONS, ALLOWED, MATRIX, IllegalMove, State, check_move
from tests.unit.engine.world import CONFIG, HYNIX, OPEN, SAMSUNG, World, held


def items(count: int) -> tuple[WatchItem, ...]:
    return tuple(WatchItem(n, Symbol(f"{n:06d}"), f"W{n}", 80.0, 10_000, "2026-11-20") for n in range(1, count + 1))


@pytest.mark.requirement("MON-T.01", "MON-T.02", "MON-T.03", "MON-T.04", "MON-T.05", "MON-T.06", "MON-T.07")
@pytest.mark.requirement("MON-T.08", "MON-T.09", "MON-T.10", "MON-T.11")
def test_every_pair_of_states_is_allowed_or_refused_as_the_matrix_says() -> None:
    assert len(MATRIX) == 18
    assert len(ADDITIONS) == 11
    for before, after in product(State, State):
        if (before, after) in ALLOWED:
            check_move(before, after)
        else:
            with pytest.raises(IllegalMove):
                check_move(before, after)


@pytest.mark.requirement("MON-0.02", "MON-0.05", "MON-0.14", "MON-N.05")
@pytest.mark.requirement("MON-1.07", "MON-2.10")
def test_opening_connects_by_itself_and_reaches_monitoring() -> None:
    world = held()
    world.start()
    world.pass_time(29)
    assert not world.of(act.OpenFeed)
    world.to_monitoring()
    assert world.states() == ["connecting", "subscribing", "monitoring"]
    (started,) = world.of(ev.MonitorStarted)
    assert (started.subscribed, started.total) == (1, 1)


@pytest.mark.requirement("MON-0.05")
def test_weekend_and_holiday_do_not_open() -> None:
    world = held(wall=OPEN - timedelta(days=1, seconds=10))
    world.start()
    world.pass_time(60)
    assert not world.of(act.OpenFeed)


@pytest.mark.requirement("MON-2.04", "MON-2.08", "MON-0.12", "MON-2.05", "MON-2.06", "MON-2.07")
@pytest.mark.requirement("MON-C.02")
def test_subscriptions_go_one_by_one_in_order_of_worth() -> None:
    world = World(holdings={SAMSUNG: (10, 70_000, 10)})
    world.start(watch=items(19))
    times: list[float] = []
    world.pass_time(31)
    before = len(world.actions)
    world.give(inp.FeedOpened())
    started = world.mono
    while world.engine.book.state.value != "monitoring":
        count = len(world.of(act.SendSubscribe))
        world.pass_time(0.05, step=0.05)
        times += [world.mono] * (len(world.of(act.SendSubscribe)) - count)
    assert 9.5 <= world.mono - started <= 11.5
    assert all(b - a >= 0.499 for a, b in pairwise(times))
    sent = [(a.tr_id, a.key) for a in world.actions[before:] if isinstance(a, act.SendSubscribe)]
    assert sent[0] == ("H0STCNI0", "USER")
    assert sent[1][0] == "H0STMKO0"
    assert sent[2] == ("H0STCNT0", SAMSUNG)
    assert [tr for tr, _ in sent[2:]] == ["H0STCNT0"] * 20
    world.pass_time(20)
    sent = [(a.tr_id, a.key) for a in world.actions[before:] if isinstance(a, act.SendSubscribe)]
    assert len(sent) == 41, "quotes fill what is left of the 41 registrations"


@pytest.mark.requirement("MON-2.11", "MON-2.13", "MON-E.05", "MON-S.08")
def test_refused_stock_is_tried_three_times_more_and_left_out() -> None:
    world = held(accept_subscriptions=False)
    world.start(watch=items(3))
    world.pass_time(31)
    world.give(inp.FeedOpened())
    asked: dict[tuple[str, str], int] = {}
    for _ in range(400):
        if world.engine.book.state.value == "monitoring":
            break
        count = len(world.of(act.SendSubscribe))
        world.pass_time(0.25)
        for action in world.of(act.SendSubscribe)[count:]:
            asked[(action.tr_id, action.key)] = asked.get((action.tr_id, action.key), 0) + 1
            if action.key == "000002":
                world.give(inp.SubscribeRefused(action.tr_id, action.key, "OPSP9999", "no"))
            else:
                world.give(inp.Subscribed(action.tr_id, action.key))
    assert asked[("H0STCNT0", "000002")] == 4
    assert asked[("H0STCNT0", "000001")] == 1
    failed = [fact for fact in world.of(ev.SubscribeFailed) if fact.tr_id == "H0STCNT0"]
    assert [(fact.symbol, fact.held) for fact in failed] == [("000002", False)]
    assert world.of(ev.MonitorStarted)[0].subscribed == 3


@pytest.mark.requirement("MON-6.01", "MON-6.06", "MON-6.07", "MON-6.10", "MON-6.12", "MON-6.1.02", "MON-S.06")
@pytest.mark.requirement("MON-E.01", "MON-E.21", "MON-E.22", "MON-E.23", "MON-6.1.08")
@pytest.mark.requirement("MON-0.13", "MON-0.17", "MON-6.08", "MON-C.03", "MON-I.06", "MON-B.03")
def test_five_failed_tries_on_fixed_offsets_then_sleep_and_no_further_attempt() -> None:
    world = held()
    world.open()
    lost = world.mono
    world.give(inp.FeedClosed("cut"))
    tries: list[float] = []
    while world.engine.book.state.value != "sleeping":
        count = len(world.of(act.OpenFeed))
        world.pass_time(0.1, step=0.1)
        if len(world.of(act.OpenFeed)) > count:
            tries.append(round(world.mono - lost, 0))
            world.give(inp.FeedFailed(FeedFailure.NETWORK, "refused"))
    assert tries == [1, 3, 7, 15, 31]
    assert world.mono - lost <= 33
    assert [line for line in world.log if line.startswith("WebSocket 연결 끊김 감지")] == [
        f"WebSocket 연결 끊김 감지 - 재연결 시도 {n}/5" for n in range(1, 6)
    ]
    assert len(world.of(ev.ReconnectFailed)) == 5
    assert len(world.of(ev.ReconnectExhausted)) == 1
    opened = len(world.of(act.OpenFeed))
    world.pass_time(3_600, step=5.0)
    assert len(world.of(act.OpenFeed)) == opened


@pytest.mark.requirement("MON-6.04", "MON-6.09", "MON-S.05", "MON-N.08", "MON-N.09")
@pytest.mark.requirement("MON-0.17", "MON-3.17", "MON-6.11")
def test_line_that_comes_back_is_subscribed_again_and_caught_up_first() -> None:
    world = held()
    world.open()
    world.pass_time(3)
    before = {(a.tr_id, a.key) for a in world.of(act.SendSubscribe)}
    world.give(inp.FeedClosed("cut"))
    world.pass_time(1.1)
    mark = len(world.actions)
    world.give(inp.FeedOpened())
    first = world.actions[mark:]
    assert any(isinstance(action, act.ReadPrices) for action in first), "prices are asked before the first trade"
    world.pass_time(6)
    after = {(a.tr_id, a.key) for a in world.actions[mark:] if isinstance(a, act.SendSubscribe)}
    assert after == before
    assert world.states()[-4:] == ["reconnecting", "connecting", "subscribing", "monitoring"]
    assert len(world.of(ev.ConnectionLost)) == len(world.of(ev.Reconnected)) == 1
    assert len(world.of(ev.MonitorStarted)) == 1
    assert world.of(ev.BlindPeriodEnded)[0].unprotected_s > 1


def test_blind_longer_than_five_seconds_polls_and_sells_on_confirmed_prices() -> None:
    world = held()
    world.open()
    world.give(inp.FeedClosed("cut"))
    world.pass_time(1.1)
    world.give(inp.FeedFailed(FeedFailure.NETWORK, "refused"))
    assert not world.of(act.ReadPrices)
    world.pass_time(4.1)
    assert world.of(act.ReadPrices)[0].urgent
    world.poll(SAMSUNG, 67_000)
    assert world.of(act.Submit)[0].order.quantity == 10
    assert world.of(ev.StopLossReached)[0].basis == "poll"


@pytest.mark.requirement("MON-6.1.04")
def test_sleep_polls_and_tells_but_does_not_sell_by_default() -> None:
    world = held()
    world.open()
    world.give(inp.FeedFailed(FeedFailure.MAINTENANCE, "서버 점검"))
    assert world.engine.book.state is State.SLEEPING
    assert world.of(ev.ServerMaintenance)
    world.poll(SAMSUNG, 67_000)
    assert world.of(ev.StopLossReached)
    assert not world.of(act.Submit)


def test_sleep_sells_when_that_is_chosen() -> None:
    world = held(config=replace(CONFIG, sell_while_sleeping=True))
    world.open()
    world.give(inp.FeedFailed(FeedFailure.MAINTENANCE, "서버 점검"))
    world.poll(SAMSUNG, 67_000)
    assert world.of(act.Submit)


@pytest.mark.requirement("MON-1.08", "MON-6.13", "MON-E.03")
def test_refused_key_is_renewed_once_and_then_a_person_is_called() -> None:
    world = held()
    world.open()
    world.give(inp.FeedClosed("cut"))
    world.pass_time(1.1)
    world.give(inp.FeedFailed(FeedFailure.AUTH, "invalid approval", "OPSP0011"))
    assert world.of(act.OpenFeed)[-1].new_key
    world.give(inp.FeedFailed(FeedFailure.AUTH, "invalid approval", "OPSP0011"))
    assert world.of(ev.AuthFailed)
    assert world.engine.book.state is State.SLEEPING


def test_session_in_use_elsewhere_is_not_retried_in_a_loop() -> None:
    world = held()
    world.open()
    world.give(inp.FeedClosed("cut"))
    world.pass_time(1.1)
    world.give(inp.FeedOpened())
    opened = len(world.of(act.OpenFeed))
    world.give(inp.SubscribeRefused("H0STCNI0", "USER", "OPSP8996", "ALREADY IN USE appkey"))
    assert world.of(ev.SessionInUse)
    world.pass_time(89, step=1.0)
    assert len(world.of(act.OpenFeed)) == opened
    world.pass_time(2)
    assert len(world.of(act.OpenFeed)) == opened + 1
    world.give(inp.FeedOpened())
    world.give(inp.SubscribeRefused("H0STCNI0", "USER", "OPSP8996", "ALREADY IN USE appkey"))
    assert world.engine.book.state is State.SLEEPING


@pytest.mark.requirement("MON-6.1.03", "MON-6.1.09")
def test_restart_leaves_sleep() -> None:
    world = held()
    world.open()
    world.give(inp.FeedFailed(FeedFailure.MAINTENANCE, "서버 점검"))
    world.give(RestartMonitoring("op"))
    world.give(inp.FeedOpened())
    world.pass_time(8)
    assert world.engine.book.state is State.MONITORING


@pytest.mark.requirement("MON-6.1.05")
def test_sleep_survives_a_restart_of_the_process() -> None:
    world = held()
    world.open()
    world.give(inp.FeedFailed(FeedFailure.MAINTENANCE, "서버 점검"))
    again = held(wall=world.wall)
    again.start(*world.facts)
    again.pass_time(120)
    assert again.engine.book.state is State.SLEEPING
    assert not again.of(act.OpenFeed)


@pytest.mark.requirement("MON-7.01", "MON-7.05", "MON-7.06", "MON-7.08", "MON-7.10", "MON-S.04", "MON-0.08")
@pytest.mark.requirement("MON-0.18", "MON-3.18")
def test_close_gives_everything_back_and_reports_the_day() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    number = world.accept(world.of(act.Submit)[0])
    world.fill(number, 10, 67_800)
    world.wall = OPEN + timedelta(hours=6, minutes=29, seconds=58)
    world.pass_time(30)
    assert "장 마감 - 모든 구독 해제 중" in world.log
    released = [(a.tr_id, a.key) for a in world.of(act.SendUnsubscribe)]
    asked = {(a.tr_id, a.key) for a in world.of(act.SendSubscribe)}
    assert set(released) == asked
    assert released[-1][0] == "H0STCNI0", "the notice last: fills of the closing auction still come"
    (summary,) = world.of(ev.DailySummary)
    assert (summary.total_trades, summary.losses) == (1, 1)
    assert world.of(act.CloseFeed)
    assert world.engine.book.state is State.IDLE
    assert world.of(ev.MonitorFinished)[0].next_opening_at.startswith("2026-11-24 00:00:00")


@pytest.mark.requirement("MON-6.1.10")
def test_close_during_sleep_still_reports_the_day() -> None:
    world = held()
    world.open()
    world.give(inp.FeedFailed(FeedFailure.MAINTENANCE, "서버 점검"))
    world.wall = OPEN + timedelta(hours=6, minutes=29, seconds=59)
    world.pass_time(30)
    assert world.of(ev.DailySummary)
    assert world.engine.book.state is State.IDLE


@pytest.mark.requirement("MON-7.1.07")
def test_next_day_opens_again() -> None:
    world = held()
    world.open()
    world.wall = OPEN + timedelta(hours=6, minutes=29, seconds=59)
    world.pass_time(30)
    world.wall = OPEN + timedelta(days=1) - timedelta(seconds=2)
    count = len(world.of(act.OpenFeed))
    world.pass_time(5)
    assert len(world.of(act.OpenFeed)) == count + 1


@pytest.mark.requirement("MON-0.10", "MON-3.04")
@pytest.mark.requirement("MON-0.18", "MON-7.1.08")
def test_stop_by_hand_in_every_state_ends_idle() -> None:
    world = held()
    world.open()
    world.give(StopMonitoring("op"))
    world.pass_time(15)
    assert world.engine.book.state is State.IDLE
    opened = len(world.of(act.OpenFeed))
    world.pass_time(60)
    assert len(world.of(act.OpenFeed)) == opened, "stopped means stopped"
    released = {(action.tr_id, action.key) for action in world.of(act.SendUnsubscribe)}
    assert released == {(action.tr_id, action.key) for action in world.of(act.SendSubscribe)}
    assert world.of(act.CloseFeed)
    assert world.of(ev.MonitorFinished)
    world.give(StartMonitoring("op"))
    assert len(world.of(act.OpenFeed)) == opened + 1


@pytest.mark.requirement("MON-0.07", "MON-5.08")
def test_foreign_buy_is_guarded_and_subscribed_at_once() -> None:
    world = held()
    world.open()
    world.pass_time(3)
    notice = world.notice(
        "555", NoticeKind.FILL, 5, 200_000, symbol=HYNIX, side=Side.BUY, order_quantity=5, name="SK하이닉스"
    )
    world.holdings[HYNIX] = (5, 200_000, 5)
    asked = world.mono
    world.give(notice)
    guarded = [fact for fact in world.of(ev.PositionGuarded) if fact.symbol == HYNIX]
    assert guarded[0].stop_price == 194_000
    while not any(a.key == HYNIX for a in world.of(act.SendSubscribe)):
        world.pass_time(0.1)
    assert world.mono - asked <= 1.5
    world.trade(HYNIX, 193_900)
    assert world.of(act.Submit)[0].order.symbol == HYNIX


@pytest.mark.requirement("MON-3.21", "MON-3.22", "MON-E.11")
@pytest.mark.requirement("MON-I.14")
def test_delay_warns_at_one_second_and_alarms_at_five_once() -> None:
    world = held()
    world.open()
    world.wall = world.wall.replace(microsecond=0)
    world.trade(SAMSUNG, 70_000, traded_at=world.wall - timedelta(milliseconds=1_900))
    assert not world.of(ev.DataDelay), "cut to whole seconds, 1.9 s may be 0.9 s"
    world.trade(SAMSUNG, 70_000, traded_at=world.wall - timedelta(seconds=2))
    assert [fact.delay_ms for fact in world.of(ev.DataDelay)] == [1_001]
    world.trade(SAMSUNG, 70_000, traded_at=world.wall - timedelta(seconds=7))
    world.trade(SAMSUNG, 70_000, traded_at=world.wall - timedelta(seconds=8))
    assert len([fact for fact in world.of(ev.DataDelay) if fact.delay_ms >= 5_000]) == 1


def test_price_older_than_the_limit_never_sells() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 60_000, traded_at=world.wall - timedelta(seconds=7))
    assert not world.of(act.Submit)


@pytest.mark.requirement("OPS-05-1")
def test_restart_after_sending_doubts_the_order_and_does_not_send_again() -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 67_900)
    recorded = list(world.facts)
    again = held(wall=world.wall, answer_reads=True)
    again.start(*recorded, next_intent=2)
    assert again.of(ev.OrderUnresolved)
    again.to_monitoring()
    again.trade(SAMSUNG, 67_000)
    assert not again.of(act.Submit)


def test_holding_without_a_rule_is_reported_once_and_left_alone() -> None:
    world = held(config=replace(CONFIG, default_rule=None))
    world.open()
    world.trade(SAMSUNG, 60_000)
    world.pass_time(700, step=5.0)
    assert len(world.of(ev.PositionUnguarded)) == 1
    assert not world.of(act.Submit)


@pytest.mark.requirement("MON-6.1.03", "MON-6.07")
@pytest.mark.requirement("MON-1.09")
def test_restart_by_hand_begins_a_schedule_of_its_own() -> None:
    """The tries of a restart used to be made all at once: the offsets of the old outage had passed."""
    world = held()
    world.open()
    world.give(inp.FeedClosed("cut"))
    while world.engine.book.state is not State.SLEEPING:
        count = len(world.of(act.OpenFeed))
        world.pass_time(0.1, step=0.1)
        if len(world.of(act.OpenFeed)) > count:
            world.give(inp.FeedFailed(FeedFailure.NETWORK, "refused"))
    world.pass_time(60, step=1.0)
    world.give(RestartMonitoring("op"))
    world.give(inp.FeedFailed(FeedFailure.NETWORK, "refused"))
    count = len(world.of(act.OpenFeed))
    world.pass_time(0.9, step=0.1)
    assert len(world.of(act.OpenFeed)) == count
    world.pass_time(0.3, step=0.1)
    assert len(world.of(act.OpenFeed)) == count + 1


def test_blind_period_tells_how_often_prices_were_asked_instead() -> None:
    """The summary used to name the number of holdings as the number of inquiries."""
    world = held()
    world.open()
    world.give(inp.FeedClosed("cut"))
    world.pass_time(1.1)
    world.give(inp.FeedFailed(FeedFailure.NETWORK, "refused"))
    world.pass_time(1.95)
    world.give(inp.FeedOpened())
    world.poll(SAMSUNG, 70_000)
    world.pass_time(8)
    assert [fact.polled for fact in world.of(ev.BlindPeriodEnded)] == [1]


def test_subscribe_churn_has_an_hourly_budget_and_prices_are_polled_beyond_it() -> None:
    """A line that is cut all day must not resubscribe all day: KIS blocks keys that do."""
    world = held(config=replace(CONFIG, pace=replace(CONFIG.pace, subscribes_per_hour=10)))
    world.open()
    world.pass_time(3)
    for _ in range(4):
        world.give(inp.FeedClosed("cut"))
        world.pass_time(1.1)
        world.give(inp.FeedOpened())
        world.pass_time(6)
    assert len(world.of(act.SendSubscribe)) == 10
    assert world.engine.desk.line.polled == (SAMSUNG,)
    assert any("구독 요청 한도" in line for line in world.log)
    world.poll(SAMSUNG, 67_000)
    assert world.of(act.Submit), "still guarded"
