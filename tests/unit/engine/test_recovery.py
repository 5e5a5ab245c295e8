"""Start is recovery: what the last life left is believed, doubted or void."""

from datetime import timedelta

import pytest

from hantu.domain import events as ev
from hantu.domain.instrument import Symbol
from hantu.domain.order import IntentState
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.journey import State
from tests.unit.engine.test_accidents import stopped
from tests.unit.engine.test_book import GUARDED, accepted, filled, recorded
from tests.unit.engine.world import HYNIX, OPEN, SAMSUNG, World, held

NOON = OPEN + timedelta(hours=3)
TODAY = ev.TradingDayBegan("2026-11-23")


def restarted(*facts: ev.Fact, **changes: object) -> World:
    world = held(wall=NOON, answer_reads=False)
    world.give(inp.Started(facts=(TODAY, GUARDED, *facts), **changes))  # type: ignore[arg-type]
    return world


@pytest.mark.requirement("MON-6.05", "MON-4.17")
@pytest.mark.parametrize(
    ("facts", "told", "state"),
    [
        ((recorded(state=IntentState.PREPARED),), ev.IntentVoided("20261123-0001", "전송 전 재시작"), "void"),
        ((recorded(state=IntentState.TRIGGERED),), ev.IntentVoided("20261123-0001", "전송 전 재시작"), "void"),
        (
            (recorded(),),
            ev.OrderUnresolved("20261123-0001", "F", SAMSUNG, "N005930", "보낸 뒤 답을 받기 전에 감시가 꺼짐", ""),
            "unknown",
        ),
        (
            (recorded(kind="cancel"),),
            ev.CancelResolved("20261123-0001", IntentState.UNKNOWN, "restart", "취소 중 재시작"),
            "unknown",
        ),
        ((recorded(), accepted()), None, "working"),
        ((recorded(), accepted(), filled(4)), None, "partial"),
        ((recorded(), ev.OrderUnresolved("20261123-0001", "F", SAMSUNG, "N", "x", "")), None, "unknown"),
    ],
    ids=["prepared", "triggered", "sending", "canceling", "working", "partial", "unknown"],
)
def test_order_of_the_last_life_is_void_in_doubt_or_adopted(
    facts: tuple[ev.Fact, ...], told: ev.Fact | None, state: str
) -> None:
    world = restarted(*facts)
    assert world.engine.book.intents["20261123-0001"].state == state
    assert [fact for fact in world.facts if fact == told] == ([told] if told else [])
    assert not world.of(act.Submit)


def test_order_adopted_after_a_restart_has_its_minute_anew() -> None:
    world = restarted(recorded(), accepted())
    assert world.engine.desk.watches["20261123-0001"].accepted_mono == world.mono
    doubtful = restarted(recorded())
    assert doubtful.engine.desk.watches["20261123-0001"].accepted_mono == 0.0


@pytest.mark.parametrize(("next_intent", "first"), [(1, 8), (8, 8), (20, 20)])
def test_numbers_of_intents_go_on_beyond_every_one_that_was_used(next_intent: int, first: int) -> None:
    world = restarted(recorded(7, symbol=HYNIX, flow="H"), next_intent=next_intent)
    assert world.engine.desk.next_intent == first
    assert World().engine.desk.next_intent == 1


def test_start_takes_over_epoch_watch_list_and_origins() -> None:
    watch = inp.WatchItem(1, Symbol("000001"), "W", 80.0, 10_000, "2026-11-20")
    world = restarted(epoch=5, watchlist=(watch,), origins=(inp.HeldOrigin(SAMSUNG, 7, "2026-11-19"),))
    desk = world.engine.desk
    assert (desk.epoch, desk.watchlist, desk.origins[SAMSUNG].selection_id) == (5, {watch.symbol: watch}, 7)


@pytest.mark.requirement("MON-6.05")
def test_nothing_is_over_before_orders_and_holdings_were_both_read() -> None:
    for first in ("orders", "balance"):
        world = restarted(recorded(), accepted())
        answers = {"orders": inp.OrdersRead((), world.mono), "balance": inp.BalanceRead(world.balance(), world.mono)}
        assert world.of(act.ReadOrders)
        assert world.of(act.ReadBalance)
        world.give(answers.pop(first))
        assert not world.of(ev.RecoveryCompleted)
        world.give(answers.popitem()[1])
        world.give(inp.OrdersRead((), world.mono))
        (told,) = world.of(ev.RecoveryCompleted)
        assert (told.open_intents, told.adopted) == (1, 1)


@pytest.mark.parametrize(("ago_s", "believed"), [(59, False), (61, True)])
def test_balance_is_not_believed_about_shares_sold_in_the_last_minute_of_the_last_life(
    ago_s: int, believed: bool
) -> None:
    """It may still show what was sold; guarding that anew would sell shares nobody has."""
    at = (NOON - timedelta(seconds=ago_s)).strftime("%Y-%m-%d %H:%M:%S.%f")
    sale = ev.OrderFilled("20261123-0001", "101", SAMSUNG, "N", recorded().side, 10, 1, 10, 10, at, at, "notice")
    world = restarted(recorded(), accepted(), sale, ev.PositionClosed(SAMSUNG, "N", "stop_loss"))
    world.give(inp.BalanceRead(world.balance(), world.mono))
    assert (SAMSUNG in world.engine.book.positions) is believed


@pytest.mark.requirement("MON-6.1.05", "MON-6.1.08")
def test_sleep_is_kept_and_prices_are_asked_for() -> None:
    world = restarted(
        ev.SessionStateChanged("idle", "connecting", "x"), ev.SessionStateChanged("connecting", "sleeping", "x"),
        ev.SleepEntered("auth_failed: x"),
    )  # fmt: skip
    assert world.engine.book.state is State.SLEEPING
    assert world.states() == []
    assert [action.urgent for action in world.of(act.ReadPrices)] == [True]
    world.pass_time(120)
    assert not world.of(act.OpenFeed)


@pytest.mark.parametrize("state", ["monitoring", "sleeping", "unsubscribing"])
def test_session_ends_with_the_process_that_held_it(state: str) -> None:
    """Asleep without a cause is what a process leaves that died between two records."""
    world = restarted(ev.SessionStateChanged("idle", state, "x"))
    assert [(f.before, f.after, f.cause) for f in world.of(ev.SessionStateChanged)][:1] == [
        (state, "idle", "process restart")
    ]


def test_halt_of_the_last_life_counts_from_the_start_of_this_one() -> None:
    world = restarted(ev.MarketHalted(SAMSUNG, "N", "vi", "VI"))
    assert world.engine.desk.halted_at == {SAMSUNG: world.now}


def test_second_start_of_the_same_records_decides_the_same() -> None:
    world, _ = stopped()
    lives = [held(wall=world.wall, orders=dict(world.orders)) for _ in range(2)]
    for life in lives:
        life.start(*world.facts, next_intent=2)
    assert lives[0].facts == lives[1].facts
    assert lives[0].actions == lives[1].actions
