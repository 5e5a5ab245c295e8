"""What the guard remembers: one fact after the other, live, at restart and in replay."""

from dataclasses import replace
from typing import Any

import pytest

from hantu.alerting.rows import CATALOGUE
from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.instrument import Symbol
from hantu.domain.order import IllegalEdge, IntentState, OrderType, Purpose
from hantu.engine.book import Book
from hantu.engine.journey import State
from tests.unit.engine.world import HYNIX, SAMSUNG

TODAY = "2026-11-23"
GUARDED = ev.PositionGuarded(SAMSUNG, "N005930", 10, 700_000, 70_000, 67_900, 75_600, "fixed", "start", 7, "2026-11-20")


def recorded(number: int = 1, **changes: Any) -> ev.IntentRecorded:
    fields: dict[str, Any] = {
        "intent_id": f"20261123-{number:04d}", "flow": "F", "kind": "order", "state": IntentState.SENDING,
        "symbol": SAMSUNG, "name": "N005930", "side": Side.SELL, "purpose": Purpose.STOP_LOSS, "target": 0,
        "quantity": 10, "limit_price": 67_800, "order_type": OrderType.LIMIT, "venue": "KRX", "attempt": 1,
        "parent": "", "held": 10, "average_price": 70_000, "epoch": 1, "trade_date": TODAY,
    }  # fmt: skip
    return ev.IntentRecorded(**{**fields, **changes})


def accepted(number: int = 1, order_no: str = "101", sent_at: str = "sent") -> ev.OrderAccepted:
    return ev.OrderAccepted(f"20261123-{number:04d}", SAMSUNG, order_no, "00950", "090100", sent_at, "", "answer")


def filled(quantity: int, price: int = 67_800, number: int = 1, symbol: Symbol = SAMSUNG) -> ev.OrderFilled:
    return ev.OrderFilled(
        f"20261123-{number:04d}", "101", symbol, "N", Side.SELL, quantity, price, quantity, 10, "", "", "notice"
    )


def sold(purpose: Purpose, flow: str = "F", pnl: int = 5) -> ev.StopLossFilled:
    return ev.StopLossFilled(flow, SAMSUNG, "N", 67_800, 70_000, 10, pnl, 0.0, 0, "", 0, purpose)


def told(*facts: ev.Fact) -> Book:
    book = Book()
    for fact in facts:
        book.apply(fact)
    return book


def test_guarded_holding_is_kept_with_all_it_was_told_with() -> None:
    position = told(GUARDED).positions[SAMSUNG]
    assert (position.quantity, position.cost, position.average_price) == (10, 700_000, 70_000)
    assert (position.stop_price, position.target_price, position.rule) == (67_900, 75_600, "fixed")
    assert (position.selection_id, position.held_since, position.partial_done) == (7, "2026-11-20", False)


@pytest.mark.requirement("OPS-04-1")
def test_what_ends_a_lost_line_for_people_ends_it_in_the_book() -> None:
    """Else an alert of the line lasts for ever, or one is told back that nobody was told of."""
    away = [ev.ConnectionLost("cut", 1), ev.ReconnectExhausted(5, "", 1, False), ev.ServerMaintenance("점검"),
            ev.AuthFailed("code", "why"), ev.SessionInUse("code")]  # fmt: skip
    back = [ev.MonitorStarted(1, 1), ev.Reconnected(1, 2.0), ev.MonitorStopped("op", 0), ev.BlindPeriodEnded(1.0, 0)]
    names = {ev.event_type(fact) for fact in away}
    assert {name for name, row in CATALOGUE.items() if names & set(row.ends)} == {ev.event_type(fact) for fact in back}
    for lost in away:
        assert told(lost).line_away
        for fact in (*back, ev.TradingDayBegan(TODAY)):
            assert not told(lost, fact).line_away
            assert told(fact, lost).line_away


@pytest.mark.parametrize(("cost", "quantity", "average"), [(10, 4, 3), (9, 4, 2), (11, 4, 3), (100, 0, 0)])
def test_average_price_is_rounded_to_the_nearest_won(cost: int, quantity: int, average: int) -> None:
    book = told(ev.PositionGuarded(SAMSUNG, "N", quantity, cost, 0, 1, 2, "fixed", "start"))
    assert book.positions[SAMSUNG].average_price == average


def test_guarding_again_keeps_what_was_reached_while_the_average_is_the_same() -> None:
    book = told(GUARDED, ev.TrailingStopRaised(SAMSUNG, 74_000, 72_500), sold(Purpose.PARTIAL_PROFIT))
    book.apply(ev.PositionGuarded(SAMSUNG, "N", 5, 350_000, 70_000, 67_900, 75_600, "fixed", "reconcile"))
    kept = book.positions[SAMSUNG]
    assert (kept.trailing, kept.high, kept.partial_done, kept.quantity) == (True, 74_000, True, 5)
    book.apply(ev.PositionGuarded(SAMSUNG, "N", 6, 430_000, 71_667, 69_500, 77_400, "fixed", "bought"))
    anew = book.positions[SAMSUNG]
    assert (anew.trailing, anew.high, anew.partial_done) == (False, 0, False)


def test_trailing_stop_is_raised_as_told() -> None:
    position = told(GUARDED, ev.TrailingStopRaised(SAMSUNG, 74_000, 72_500)).positions[SAMSUNG]
    assert (position.trailing, position.high, position.stop_price) == (True, 74_000, 72_500)


def test_changed_quantity_changes_the_cost_in_proportion() -> None:
    position = told(GUARDED, ev.PositionChanged(SAMSUNG, "N", 10, 4, "sold elsewhere")).positions[SAMSUNG]
    assert (position.quantity, position.cost) == (4, 280_000)
    odd = told(replace(GUARDED, cost=700_001), ev.PositionChanged(SAMSUNG, "N", 10, 3, "x")).positions[SAMSUNG]
    assert repr(odd.cost) == "210000", "whole won"


def test_facts_about_a_stock_that_is_not_held_any_more_change_nothing() -> None:
    """A replay meets them after a holding was dropped by the broker's balance."""
    book = told(
        ev.PositionChanged(HYNIX, "N", 10, 4, "x"),
        ev.TrailingStopRaised(HYNIX, 9, 8),
        sold(Purpose.PARTIAL_PROFIT, flow="forgotten"),
        ev.PositionClosed(HYNIX, "N", "x"),
        ev.MarketResumed(HYNIX, "N", "stream", "175"),
    )
    assert (book.positions, book.flows, book.halts) == ({}, {}, {})
    assert [closed.pnl for closed in book.closed] == [5]


def test_holding_is_either_guarded_or_not() -> None:
    unguarded = ev.PositionUnguarded(SAMSUNG, "N", 10, "no_rule")
    book = told(GUARDED, unguarded)
    assert (SAMSUNG in book.positions, SAMSUNG in book.unguarded) == (False, True)
    book.apply(GUARDED)
    assert (SAMSUNG in book.positions, SAMSUNG in book.unguarded) == (True, False)
    book.apply(unguarded)
    book.apply(ev.PositionClosed(SAMSUNG, "N", "x"))
    assert (SAMSUNG in book.positions, SAMSUNG in book.unguarded) == (False, False)


def test_second_open_order_of_a_stock_and_side_is_a_bug() -> None:
    book = told(GUARDED, recorded(1), accepted(1))
    with pytest.raises(AssertionError, match="second open intent"):
        book.apply(recorded(2))
    book.apply(recorded(3, side=Side.BUY, flow="B"))
    book.apply(recorded(4, symbol=HYNIX, flow="H"))
    book.apply(recorded(5, kind="cancel", parent="20261123-0001"))
    assert [intent.record.intent_id[-1] for intent in book.open_intents()] == ["1", "3", "4", "5"]


def test_exit_remembers_its_attempts_and_how_it_began() -> None:
    book = told(GUARDED, recorded(1, target=3, quantity=7))
    book.apply(ev.OrderNotSent("20261123-0001", SAMSUNG, "N", "x", "x"))
    book.apply(recorded(2, target=3, quantity=5, held=9, average_price=1))
    flow = book.flows["F"]
    assert flow.attempts == ["20261123-0001", "20261123-0002"]
    assert (flow.held, flow.target, flow.entry_price, flow.purpose) == (10, 3, 70_000, Purpose.STOP_LOSS)
    assert not flow.done
    book.apply(sold(Purpose.STOP_LOSS))
    assert flow.done


@pytest.mark.requirement("MON-4.1.05", "MON-4.1.12")
def test_fills_add_up_and_take_the_cost_with_them() -> None:
    book = told(GUARDED, recorded(), accepted(), filled(4, 67_800))
    intent, position = book.intents["20261123-0001"], book.positions[SAMSUNG]
    assert (intent.state, intent.filled, intent.amount, intent.remaining) == (IntentState.PARTIAL, 4, 271_200, 6)
    assert (position.quantity, position.cost) == (6, 420_000)
    book.apply(filled(6, 67_000))
    assert (intent.state, intent.amount, intent.open) == (IntentState.FILLED, 271_200 + 402_000, False)
    assert (position.quantity, position.cost) == (0, 0)
    assert book.open_intent(SAMSUNG) is None


def test_fill_of_a_stock_the_balance_dropped_counts_for_the_order_only() -> None:
    book = told(recorded(), accepted(), filled(4))
    assert book.intents["20261123-0001"].filled == 4
    assert book.positions == {}


def test_fill_beyond_the_holding_leaves_nothing_and_not_less() -> None:
    book = told(GUARDED, ev.PositionChanged(SAMSUNG, "N", 10, 3, "sold elsewhere"), recorded(), accepted(), filled(10))
    assert book.positions[SAMSUNG].quantity == 0


@pytest.mark.parametrize("quantity", [0, -1, 11])
def test_fill_of_nothing_or_of_more_than_ordered_is_a_bug(quantity: int) -> None:
    book = told(recorded(), accepted())
    with pytest.raises(AssertionError, match="fill beyond the order"):
        book.apply(filled(quantity))


def test_cancel_of_a_part_leaves_the_rest_alive_until_it_is_filled() -> None:
    book = told(recorded(), accepted(), ev.OrderCanceled("20261123-0001", SAMSUNG, 4, "inquiry"))
    intent = book.intents["20261123-0001"]
    assert (intent.state, intent.remaining, intent.open) == (IntentState.WORKING, 6, True)
    book.apply(filled(6))
    assert (intent.state, intent.filled, intent.canceled) == (IntentState.CANCELED, 6, 4)


def test_cancel_of_more_than_remains_takes_what_remains() -> None:
    book = told(recorded(), accepted(), filled(4), ev.OrderCanceled("20261123-0001", SAMSUNG, 10, "inquiry"))
    intent = book.intents["20261123-0001"]
    assert (intent.state, intent.canceled, intent.committed) == (IntentState.CANCELED, 6, 4)


@pytest.mark.parametrize(
    ("fact", "state"),
    [
        (ev.OrderRejectedBroker("20261123-0001", SAMSUNG, "N", "X", "x", False, ""), IntentState.REFUSED),
        (ev.OrderNotSent("20261123-0001", SAMSUNG, "N", "X", "x"), IntentState.NOT_SENT),
    ],
)
def test_order_that_provably_does_not_live_blocks_and_binds_nothing(fact: ev.Fact, state: IntentState) -> None:
    book = told(recorded(), fact)
    intent = book.intents["20261123-0001"]
    assert (intent.state, intent.open, intent.committed) == (state, False, 0)
    assert book.open_intents() == []


@pytest.mark.requirement("MON-4.17")
def test_order_in_doubt_counts_in_full_until_the_doubt_ends() -> None:
    unresolved = ev.OrderUnresolved("20261123-0001", "F", SAMSUNG, "N", "timeout", "first")
    book = told(recorded(), unresolved)
    intent = book.intents["20261123-0001"]
    assert (intent.state, intent.committed, intent.sent_at) == (IntentState.UNKNOWN, 10, "first")
    book.apply(ev.OrderUnresolved("20261123-0001", "F", SAMSUNG, "N", "again", "second"))
    assert intent.sent_at == "first", "a second doubt is the same doubt"
    book.apply(ev.OrderEscalated("20261123-0001", SAMSUNG, "N", "x"))
    assert (intent.state, intent.committed) == (IntentState.ESCALATED, 10)
    book.apply(ev.OrderAbsent("20261123-0001", SAMSUNG, "x"))
    assert (intent.state, intent.committed, book.open_intents()) == (IntentState.ABSENT, 0, [])


def test_prepared_order_of_a_dead_process_is_void() -> None:
    book = told(recorded(state=IntentState.PREPARED), ev.IntentVoided("20261123-0001", "x"))
    assert (book.intents["20261123-0001"].state, book.open_intents()) == (IntentState.VOID, [])


def test_acceptance_told_twice_is_one_and_from_nowhere_is_a_bug() -> None:
    book = told(recorded(), accepted(), accepted(order_no="102"))
    intent = book.intents["20261123-0001"]
    assert (intent.order_no, intent.branch_no, intent.sent_at) == ("102", "00950", "sent")
    book.apply(ev.OrderExpired("20261123-0001", SAMSUNG, 10))
    assert intent.state is IntentState.EXPIRED
    with pytest.raises(IllegalEdge):
        book.apply(accepted())


def test_cancel_request_ends_without_touching_its_order() -> None:
    book = told(recorded(), accepted(), recorded(2, kind="cancel", parent="20261123-0001"))
    for state, is_open in ((IntentState.WORKING, True), (IntentState.FILLED, False)):
        book.apply(ev.CancelResolved("20261123-0002", state, "", ""))
        assert (book.intents["20261123-0002"].state, book.intents["20261123-0002"].open) == (state, is_open)
    assert [intent.record.kind for intent in book.open_intents()] == ["order"]


def test_order_is_found_by_its_number_on_its_own_day_only() -> None:
    book = told(recorded(), accepted(order_no="101"), recorded(2, symbol=HYNIX, flow="H"))
    found = book.by_order_no("101", TODAY)
    assert found is not None
    assert found.record.intent_id == "20261123-0001"
    assert book.by_order_no("101", "2026-11-24") is None
    assert book.by_order_no("102", TODAY) is None
    assert book.by_order_no("", TODAY) is None, "an order without a number is nobody's"


def test_new_day_keeps_exits_with_an_open_order_and_forgets_the_rest() -> None:
    cancel = recorded(2, kind="cancel", parent="20261123-0001")
    book = told(
        GUARDED, recorded(1), accepted(1), cancel, recorded(3, symbol=HYNIX, flow="H"),
        ev.OrderNotSent("20261123-0003", HYNIX, "N", "x", "x"), sold(Purpose.STOP_LOSS, flow="H"),
        ev.CancelResolved("20261123-0002", IntentState.REFUSED, "", ""), ev.MarketHalted(Symbol(""), "", "stream", "1"),
        ev.MonitorStopped("op", 0), ev.BlindPeriodEnded(3.0, 1), ev.PositionUnguarded(HYNIX, "N", 1, "no_rule"),
        ev.MonitorStarted(1, 1),
    )  # fmt: skip
    assert (book.stopped, book.started_today, book.unprotected_s) == (True, True, 3.0)
    book.apply(ev.TradingDayBegan("2026-11-24"))
    assert sorted(book.intents) == ["20261123-0001", "20261123-0002"]
    assert [intent.record.intent_id for intent in book.open_intents()] == ["20261123-0001"]
    assert (list(book.flows), book.halts, book.closed, book.unguarded) == (["F"], {}, [], {})
    assert (book.stopped, book.started_today, book.summary_sent, book.unprotected_s) == (False, False, False, 0.0)
    assert SAMSUNG in book.positions
    assert book.trade_date == "2026-11-24"


def test_blind_periods_of_a_day_add_up() -> None:
    assert told(ev.BlindPeriodEnded(3.0, 1), ev.BlindPeriodEnded(2.5, 0)).unprotected_s == 5.5


@pytest.mark.requirement("MON-6.1.05")
def test_sleep_ends_with_the_move_or_the_wish_that_leaves_it() -> None:
    asleep = (ev.SessionStateChanged("reconnecting", "sleeping", "x"), ev.SleepEntered("auth_failed: x"))
    book = told(*asleep)
    assert (book.state, book.sleep_cause) == (State.SLEEPING, "auth_failed: x")
    book.apply(ev.SleepLeft("op"))
    assert book.sleep_cause == ""
    book = told(*asleep, ev.MonitorStopped("op", 0), ev.SessionStateChanged("sleeping", "unsubscribing", "x"))
    assert (book.sleep_cause, book.stopped) == ("", True)
    book.apply(ev.SessionStateChanged("idle", "connecting", "x"))
    assert not book.stopped, "a new session is a new wish"


@pytest.mark.requirement("MON-8.04")
def test_halt_of_the_market_covers_every_stock() -> None:
    book = told(ev.MarketHalted(HYNIX, "N", "vi", "1"))
    assert (book.halted(SAMSUNG), book.halted(HYNIX)) == (None, ev.MarketHalted(HYNIX, "N", "vi", "1"))
    book.apply(ev.MarketHalted(Symbol(""), "", "stream", "174"))
    for symbol in (SAMSUNG, HYNIX):
        halt = book.halted(symbol)
        assert halt is not None
        assert halt.code == "174"
    book.apply(ev.MarketResumed(Symbol(""), "", "stream", "175"))
    assert (book.halted(SAMSUNG), book.halted(HYNIX) is None) == (None, False)


def test_kill_switch_is_as_told_last() -> None:
    book = told(ev.KillswitchOn(KillLevel.HARD, "op", "why", automatic=False))
    assert (book.kill, book.kill_reason) == (KillLevel.HARD, "why")
    book.apply(ev.KillswitchOff("op", "over"))
    assert (book.kill, book.kill_reason) == (KillLevel.OFF, "")


@pytest.mark.requirement("MON-D.12", "OPS-05-1")
@pytest.mark.parametrize(
    "outcome",
    [
        ev.OrderNotSent("20261123-0007", SAMSUNG, "N005930", "no_durable_intent", "disk"),
        ev.CancelResolved("20261123-0007", IntentState.NOT_SENT, "no_durable_intent", "disk"),
    ],
)
def test_outcome_of_an_intent_that_never_became_durable_is_no_obstacle_to_a_restart(outcome: ev.Fact) -> None:
    book = told(GUARDED, recorded(), outcome)
    assert list(book.intents) == ["20261123-0001"]
    assert book.open_intent(SAMSUNG) is not None
