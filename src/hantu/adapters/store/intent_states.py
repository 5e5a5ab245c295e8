"""How far an intent got, by the facts about it; totals and finished states never go back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hantu.domain import events as ev
from hantu.domain.order import TERMINAL, IntentState

_S = IntentState
OPEN_STATES = tuple(state for state in IntentState if state not in TERMINAL)
_BEFORE_WORKING = frozenset({_S.TRIGGERED, _S.PREPARED, _S.SENDING, _S.UNKNOWN, _S.ESCALATED})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an intent got."""

    state: IntentState
    quantity: int
    filled: int = 0
    canceled: int = 0


@dataclass(frozen=True, slots=True)
class IntentChange:
    """What one fact says about one existing intent; empty fields say nothing."""

    intent_id: str
    state: IntentState | None
    """None: follows from the totals."""
    filled: int = 0
    """Running total."""
    canceled: int = 0
    """Of this event only."""
    order_no: str = ""
    branch_no: str = ""
    sent_at: str = ""
    code: str = ""
    reason: str = ""


def advance(now: Progress, change: IntentChange) -> Progress:
    """Return the progress after a change."""
    filled = min(now.quantity, max(now.filled, change.filled))
    canceled = min(now.quantity - filled, now.canceled + change.canceled)
    return replace(
        now,
        state=_state(now.state, change, now.quantity - filled - canceled, filled, canceled),
        filled=filled,
        canceled=canceled,
    )


def _state(before: IntentState, change: IntentChange, remaining: int, filled: int, canceled: int) -> IntentState:
    if before in TERMINAL:
        return before
    if change.state is _S.WORKING:
        return _S.WORKING if before in _BEFORE_WORKING else before
    if change.state is _S.REFUSED and before is _S.WORKING:
        return _S.REJECTED_LATE
    if change.state is not None:
        return change.state
    if remaining == 0:
        return _S.CANCELED if canceled else _S.FILLED
    return _S.PARTIAL if filled else before


def change_of(fact: ev.Fact) -> IntentChange | None:
    """Return what a fact says about an existing intent; None if nothing."""
    reading = _READINGS.get(type(fact))
    return reading(fact) if reading is not None else None


_READINGS: dict[type, Callable[[Any], IntentChange]] = {
    ev.OrderAccepted: lambda fact: IntentChange(
        fact.intent_id, _S.WORKING, order_no=fact.order_no, branch_no=fact.branch_no, sent_at=fact.sent_at
    ),
    ev.OrderFilled: lambda fact: IntentChange(fact.intent_id, None, filled=fact.cumulative, order_no=fact.order_no),
    ev.OrderCanceled: lambda fact: IntentChange(fact.intent_id, None, canceled=fact.quantity),
    ev.OrderExpired: lambda fact: IntentChange(fact.intent_id, _S.EXPIRED),
    ev.OrderRejectedBroker: lambda fact: IntentChange(
        fact.intent_id, _S.REFUSED, sent_at=fact.sent_at, code=fact.code, reason=fact.reason
    ),
    ev.OrderNotSent: lambda fact: IntentChange(fact.intent_id, _S.NOT_SENT, code=fact.code, reason=fact.reason),
    ev.OrderUnresolved: lambda fact: IntentChange(fact.intent_id, _S.UNKNOWN, sent_at=fact.sent_at, reason=fact.reason),
    ev.OrderAbsent: lambda fact: IntentChange(fact.intent_id, _S.ABSENT, reason=fact.evidence),
    ev.OrderEscalated: lambda fact: IntentChange(fact.intent_id, _S.ESCALATED, reason=fact.reason),
    ev.IntentVoided: lambda fact: IntentChange(fact.intent_id, _S.VOID, reason=fact.reason),
    ev.CancelResolved: lambda fact: IntentChange(fact.intent_id, fact.state, code=fact.code, reason=fact.reason),
}
