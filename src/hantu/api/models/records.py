"""Bodies of what is on record: orders, fills, exits, events, summaries, selections."""

from typing import Any

from pydantic import Field

from hantu.api.models.shapes import View


class OrderView(View):
    """One attempt at an order or cancel, with what the broker made of it."""

    intent_id: str
    flow: str
    kind: str
    state: str = Field(examples=["filled"])
    symbol: str = Field(examples=["005930"])
    name: str
    side: str
    purpose: str
    quantity: int
    limit_price: int
    filled: int
    canceled: int
    average_fill_price: int
    order_no: str
    branch_no: str
    attempt: int
    parent: str
    code: str
    reason: str
    trade_date: str
    recorded_at: str
    sent_at: str
    accepted_at: str
    updated_at: str


class FillView(View):
    fill_id: int
    event_id: str
    trade_date: str
    intent_id: str | None
    order_no: str
    symbol: str
    name: str
    side: str
    quantity: int
    price: int
    cumulative: int
    filled_at: str
    received_at: str
    source: str


class ExitView(View):
    """One exit from the trade that triggered it to its last fill; empty = not yet."""

    flow: str
    symbol: str
    name: str
    purpose: str
    basis: str
    level: int
    trigger_price: int
    traded_at: str
    received_at: str
    decided_at: str
    sent_at: str
    accepted_at: str
    first_fill_at: str
    last_fill_at: str
    quantity: int
    filled: int
    average_fill_price: int
    slippage: int
    slippage_bps: int
    attempts: int
    pnl: int | None
    return_rate: float | None


class ExitList(View):
    items: list[ExitView]


class EventView(View):
    """One fact; ``event_id`` sorts in the order of recording."""

    event_id: str
    event_type: str
    timestamp: str
    payload: dict[str, Any]
    produced_by: str
    correlation_id: str
    causation_id: str
    environment: str
    account: str
    category: str


class TypeCount(View):
    event_type: str
    count: int
    title: str = ""


class TypeCounts(View):
    items: list[TypeCount]


class ChainStep(View):
    """One step of a flow and whom it was told."""

    event_id: str
    event_type: str
    timestamp: str
    correlation_id: str
    causation_id: str
    payload: dict[str, Any]
    alerts: list["AlertView"]


class Chain(View):
    items: list[ChainStep]


class AlertView(View):
    """One alert on one channel; ``sent_at`` empty = not delivered there."""

    alert_id: int
    severity: str
    priority: str
    category: str
    message: str
    channel: str
    sent_at: str
    event_id: str
    event_type: str
    event_at: str
    attempts: int
    given_up: bool
    last_error: str


class SummaryView(View):
    trade_date: str
    account: str
    total_trades: int
    wins: int
    losses: int
    total_pnl: int
    average_win: int
    average_loss: int
    day_return: float
    position_count: int
    positions: list[str]
    next_opening_at: str
    unsaved: int
    recorded_at: str


class SummaryList(View):
    items: list[SummaryView]


class Selection(View):
    """A stock of the day's watch list."""

    symbol: str
    name: str
    score: float
    support_price: int


class SelectionList(View):
    items: list[Selection]


ChainStep.model_rebuild()
