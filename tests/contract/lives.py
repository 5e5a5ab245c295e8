"""Stores that live one after another on the same records, and a clock moved by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.order import IntentState, OrderType, Purpose
from hantu.ports import Batch

MORNING = datetime(2026, 11, 23, 0, 12, 31, tzinfo=UTC)
"""09:12:31 in Seoul, a Monday."""


class HandClock:
    """A market clock that moves only when told."""

    def __init__(self, wall: datetime = MORNING) -> None:
        self._now = Instant(wall, 100.0)

    def now(self) -> Instant:
        return self._now

    def real_delay(self, market_s: float) -> float:
        return market_s

    def advance(self, seconds: float) -> Instant:
        self._now = self._now.after(seconds)
        return self._now

    def turn_to(self, wall: datetime) -> Instant:
        self._now = Instant(wall, self._now.mono + 1)
        return self._now

    def back(self, seconds: float) -> Instant:
        self._now = Instant(self._now.wall - timedelta(seconds=seconds), self._now.mono)
        return self._now


class Lives:
    """Opens a new store on the same records; an unclosed one counts as killed."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._opened: list[Any] = []

    async def next(self) -> Any:
        store = self._make()
        await store.open()
        self._opened.append(store)
        return store

    async def end(self) -> None:
        for store in reversed(self._opened):
            await store.close()


SAMSUNG = Symbol("005930")
HYNIX = Symbol("000660")


def reached(flow: str = "f1", symbol: Symbol = SAMSUNG, name: str = "삼성전자") -> ev.StopLossReached:
    return ev.StopLossReached(
        flow=flow, symbol=symbol, name=name, price=64_400, level=64_500, basis="trade", purpose=Purpose.STOP_LOSS,
        quantity=10, average_price=66_500, traded_at="2026-11-23 00:12:31.000000",
        received_at="2026-11-23 00:12:31.120000",
    )  # fmt: skip


def intent(
    intent_id: str = "20261123-0001", flow: str = "f1", symbol: Symbol = SAMSUNG, *, side: Side = Side.SELL,
    state: IntentState = IntentState.SENDING, kind: str = "order", quantity: int = 10, epoch: int = 0,
) -> ev.IntentRecorded:  # fmt: skip
    return ev.IntentRecorded(
        intent_id=intent_id, flow=flow, kind=kind, state=state, symbol=symbol, name="삼성전자", side=side,
        purpose=Purpose.STOP_LOSS, target=0, quantity=quantity, limit_price=64_300, order_type=OrderType.LIMIT,
        venue="KRX", attempt=1, parent="", held=quantity, average_price=66_500, epoch=epoch,
        baseline=("117057",), trade_date="2026-11-23",
    )  # fmt: skip


def accepted(intent_id: str = "20261123-0001", order_no: str = "117058", symbol: Symbol = SAMSUNG) -> ev.OrderAccepted:
    return ev.OrderAccepted(
        intent_id=intent_id, symbol=symbol, order_no=order_no, branch_no="00950", ordered_at="091231",
        sent_at="2026-11-23 00:12:31.130000", accepted_at="2026-11-23 00:12:31.180000", how="answer",
    )  # fmt: skip


def filled(
    intent_id: str = "20261123-0001", quantity: int = 10, cumulative: int = 10, *, ordered: int = 10,
    price: int = 64_400, side: Side = Side.SELL, symbol: Symbol = SAMSUNG, order_no: str = "117058",
) -> ev.OrderFilled:  # fmt: skip
    return ev.OrderFilled(
        intent_id=intent_id, order_no=order_no, symbol=symbol, name="삼성전자", side=side, quantity=quantity,
        price=price, cumulative=cumulative, ordered=ordered, filled_at="2026-11-23 00:12:32.000000",
        received_at="2026-11-23 00:12:32.050000", source="notice",
    )  # fmt: skip


def stop_loss_filled(
    flow: str = "f1", selection_id: int = 0, symbol: Symbol = SAMSUNG, purpose: Purpose = Purpose.STOP_LOSS
) -> ev.StopLossFilled:
    return ev.StopLossFilled(
        flow=flow, symbol=symbol, name="삼성전자", exit_price=64_400, entry_price=66_500, quantity=10, pnl=-22_000,
        return_rate=-3.31, hold_days=3, exit_at="2026-11-23 00:12:32.000000", selection_id=selection_id,
        purpose=purpose,
    )  # fmt: skip


def guarded(
    symbol: Symbol = SAMSUNG, selection_id: int = 0, quantity: int = 10, held_since: str = ""
) -> ev.PositionGuarded:
    return ev.PositionGuarded(
        symbol=symbol, name="삼성전자", quantity=quantity, cost=66_500 * quantity, average_price=66_500,
        stop_price=64_500, target_price=71_800, rule="fixed", reason="start", selection_id=selection_id,
        held_since=held_since,
    )  # fmt: skip


def alert(key: str = "stop:005930", priority: Priority = Priority.HIGH, event_type: str = "stop_loss_reached") -> Alert:
    return Alert(event_type, key, Severity.WARN, priority, "OPS-02", f"⚠️ {key}", f"*{key}*")


def batch(at: Instant, *facts: ev.Fact, alerts: tuple[tuple[int, Alert], ...] = (), epoch: int = 0) -> Batch:
    return Batch(at, facts, alerts, epoch)
