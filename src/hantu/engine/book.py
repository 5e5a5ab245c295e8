"""Everything the guard remembers; it changes only by applying facts.

The same code runs live, at restart and in replay. Invariants kept here:
1. at most one open order intent per stock and side;
2. fills of an intent only move up and never pass what was ordered;
3. an intent moves only along the edges of ``domain.order``.
"""

from collections.abc import Callable
from typing import Any

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.instrument import Symbol
from hantu.domain.order import TERMINAL, IntentState, Purpose, check_edge
from hantu.engine.closed import Closed
from hantu.engine.journey import State
from hantu.engine.records import Flow, Intent, Position
from hantu.engine.recovery_state import Recovery


class Book:
    """State derived from facts, and nothing else."""

    def __init__(self) -> None:
        self.state = State.IDLE
        self.kill = KillLevel.OFF
        self.kill_reason = self.kill_actor = self.kill_cause = self.kill_at = ""
        self.kill_automatic = self.flatten_begun = False
        self.release_until, self.level_released = "", KillLevel.OFF
        self.sleep_cause = ""
        self.line_away = False
        """People were told, by this life or one before, that the line is away, and not yet that it is back."""
        self.positions: dict[Symbol, Position] = {}
        self.unguarded: dict[Symbol, ev.PositionUnguarded] = {}
        self.intents: dict[str, Intent] = {}
        self._open: dict[str, Intent] = {}
        """Those of ``intents`` that are open: a busy day has many that are not."""
        self.flows: dict[str, Flow] = {}
        self.halts: dict[Symbol, ev.MarketHalted] = {}
        """Empty symbol = the whole market."""
        self.closed: list[Closed] = []
        self.trade_date = ""
        self.day_start: ev.DayStartValued | None = None
        """What the day's loss is counted from; None until its first balance."""
        self.started_today = False
        self.stopped = False
        """Stopped by a person; ends with the day or with the next start."""
        self.summary_sent = False
        self.unprotected_s = 0.0
        self.spent_tokens: set[str] = set()
        self.spent_approvals: set[str] = set()
        """Of orders people asked for; they outlive the day, since nothing may make them fresh again."""
        self.recovery: Recovery | None = None
        """The latest one in five steps, over or not."""
        self.mismatched: set[Symbol] = set()
        """Stocks whose shares do not add up at the broker."""
        self._by_type = self._handlers()

    def _handlers(self) -> dict[type, Callable[[Any], None]]:
        return {
            ev.SessionStateChanged: self._session_state_changed,
            ev.TradingDayBegan: self._trading_day_began,
            ev.DayStartValued: self._day_start_valued,
            ev.MonitorStarted: self._monitor_started,
            ev.MonitorStopped: self._monitor_stopped,
            ev.SleepEntered: self._sleep_entered,
            ev.SleepLeft: self._sleep_left,
            ev.BlindPeriodEnded: self._blind_period_ended,
            ev.ConnectionLost: self._line_left,
            ev.ReconnectExhausted: self._line_left,
            ev.ServerMaintenance: self._line_left,
            ev.AuthFailed: self._line_left,
            ev.SessionInUse: self._line_left,
            ev.Reconnected: self._line_back,
            ev.MarketHalted: self._market_halted,
            ev.MarketResumed: self._market_resumed,
            ev.PositionGuarded: self._position_guarded,
            ev.PositionUnguarded: self._position_unguarded,
            ev.PositionChanged: self._position_changed,
            ev.PositionClosed: self._position_closed,
            ev.TrailingStopRaised: self._trailing_stop_raised,
            ev.IntentRecorded: self._intent_recorded,
            ev.IntentVoided: self._intent_voided,
            ev.OrderAccepted: self._order_accepted,
            ev.OrderRejectedBroker: self._order_rejected,
            ev.OrderNotSent: self._order_not_sent,
            ev.OrderUnresolved: self._order_unresolved,
            ev.OrderAbsent: self._order_absent,
            ev.OrderEscalated: self._order_escalated,
            ev.OrderFilled: self._order_filled,
            ev.OrderCanceled: self._order_canceled,
            ev.OrderExpired: self._order_expired,
            ev.CancelResolved: self._cancel_resolved,
            ev.StopLossFilled: self._exit_filled,
            ev.TakeProfitFilled: self._exit_filled,
            ev.ManualSellFilled: self._exit_filled,
            ev.KillswitchOn: self._switched,
            ev.KillswitchOff: self._switched,
            ev.FlattenStarted: self._switched,
            ev.FlattenCompleted: self._switched,
            ev.DailySummary: self._daily_summary,
            ev.RecoveryBegan: self._recovery_began,
            ev.RecoveryStepDone: self._recovery_moved,
            ev.RecoveryStopped: self._recovery_moved,
            ev.RecoveryResumed: self._recovery_moved,
            ev.RecoveryCompleted: self._recovery_moved,
            ev.HoldingMismatch: self._compared,
            ev.HoldingMismatchEnded: self._compared,
        }

    def apply(self, fact: ev.Fact) -> None:
        """Take one fact into account; facts that change nothing are legal."""
        handler = self._by_type.get(type(fact))
        if handler is not None:
            handler(fact)

    # --- questions ---------------------------------------------------------------

    def open_intent(self, symbol: Symbol, side: Side = Side.SELL) -> Intent | None:
        """Return the open order intent of a stock and side; there is at most one."""
        for intent in self._open.values():
            record = intent.record
            if record.kind == "order" and record.symbol == symbol and record.side is side:
                return intent
        return None

    def open_intents(self) -> list[Intent]:
        """Return every open intent, oldest first."""
        return list(self._open.values())

    def by_order_no(self, order_no: str, trade_date: str) -> Intent | None:
        """Return the intent whose order carries this number; numbers begin anew every day."""
        for intent in self.intents.values():
            if order_no and intent.order_no == order_no and intent.record.trade_date == trade_date:
                return intent
        return None

    def halted(self, symbol: Symbol) -> ev.MarketHalted | None:
        """Return the halt that covers a stock, the market's first."""
        return self.halts.get(Symbol("")) or self.halts.get(symbol)

    # --- facts -------------------------------------------------------------------

    def _session_state_changed(self, fact: ev.SessionStateChanged) -> None:
        self.state = State(fact.after)
        if self.state is not State.SLEEPING:
            self.sleep_cause = ""
        if self.state is State.CONNECTING:
            self.stopped = False

    def _trading_day_began(self, fact: ev.TradingDayBegan) -> None:
        """Forget what belongs to one trading day only; exits with an open intent stay."""
        self.trade_date = fact.trade_date
        self.day_start = None
        self.closed.clear()
        self.halts.clear()
        self.started_today = self.stopped = self.summary_sent = False
        self.unprotected_s = 0.0
        self.line_away = False
        self.unguarded.clear()
        kept = {intent.record.flow for intent in self.intents.values() if intent.open}
        self.flows = {key: flow for key, flow in self.flows.items() if key in kept}
        self.intents = {key: intent for key, intent in self.intents.items() if intent.record.flow in kept}
        self._open = {key: intent for key, intent in self.intents.items() if intent.open}

    def _day_start_valued(self, fact: ev.DayStartValued) -> None:
        self.day_start = fact

    def _monitor_started(self, fact: ev.MonitorStarted) -> None:
        self.started_today = True
        self.line_away = False

    def _monitor_stopped(self, fact: ev.MonitorStopped) -> None:
        self.stopped = True
        self.line_away = False

    def _sleep_entered(self, fact: ev.SleepEntered) -> None:
        self.sleep_cause = fact.cause

    def _sleep_left(self, fact: ev.SleepLeft) -> None:
        self.sleep_cause = ""

    def _blind_period_ended(self, fact: ev.BlindPeriodEnded) -> None:
        self.unprotected_s += fact.unprotected_s
        self.line_away = False

    def _line_left(self, fact: ev.Fact) -> None:
        self.line_away = True

    def _line_back(self, fact: ev.Reconnected) -> None:
        self.line_away = False

    def _market_halted(self, fact: ev.MarketHalted) -> None:
        self.halts[fact.symbol] = fact

    def _market_resumed(self, fact: ev.MarketResumed) -> None:
        self.halts.pop(fact.symbol, None)

    def _position_guarded(self, fact: ev.PositionGuarded) -> None:
        before = self.positions.get(fact.symbol)
        position = Position(
            fact.symbol, fact.name, fact.quantity, fact.cost, fact.stop_price, fact.target_price, fact.rule,
            fact.selection_id, fact.held_since, fact.trailing, fact.high, fact.partial_done,
        )  # fmt: skip
        if before is not None and before.average_price == position.average_price:
            position.trailing = before.trailing or fact.trailing
            position.high = max(before.high, fact.high)
            position.partial_done = before.partial_done or fact.partial_done
        self.positions[fact.symbol] = position
        self.unguarded.pop(fact.symbol, None)

    def _position_unguarded(self, fact: ev.PositionUnguarded) -> None:
        self.unguarded[fact.symbol] = fact
        self.positions.pop(fact.symbol, None)

    def _position_changed(self, fact: ev.PositionChanged) -> None:
        position = self.positions.get(fact.symbol)
        if position is not None and position.quantity:
            position.cost = position.cost * fact.after // position.quantity
            position.quantity = fact.after

    def _position_closed(self, fact: ev.PositionClosed) -> None:
        self.positions.pop(fact.symbol, None)
        self.unguarded.pop(fact.symbol, None)

    def _trailing_stop_raised(self, fact: ev.TrailingStopRaised) -> None:
        position = self.positions.get(fact.symbol)
        if position is not None:
            position.trailing, position.high, position.stop_price = True, fact.high, fact.stop_price

    def _intent_recorded(self, fact: ev.IntentRecorded) -> None:
        if fact.kind == "order":
            already = self.open_intent(fact.symbol, fact.side)
            assert already is None, f"second open intent for {fact.symbol}: {already}"
            flow = self.flows.get(fact.flow)
            if flow is None:
                flow = Flow(fact.flow, fact.symbol, fact.name, fact.purpose, fact.average_price, fact.held, fact.target)
                self.flows[fact.flow] = flow
            flow.attempts.append(fact.intent_id)
            if fact.approval:
                self.spent_tokens.add(fact.token_id)
                self.spent_approvals.add(fact.approval)
        assert fact.state not in TERMINAL, f"an intent begins open: {fact}"
        self.intents[fact.intent_id] = self._open[fact.intent_id] = Intent(fact, fact.state)

    def _move(self, intent_id: str, state: IntentState) -> Intent:
        intent = self.intents[intent_id]
        if not (intent.state is state and state in (IntentState.WORKING, IntentState.UNKNOWN)):
            check_edge(intent.state, state)
        intent.state = state
        if not intent.open:
            self._open.pop(intent_id, None)
        return intent

    def _intent_voided(self, fact: ev.IntentVoided) -> None:
        self._move(fact.intent_id, IntentState.VOID)

    def _order_accepted(self, fact: ev.OrderAccepted) -> None:
        intent = self._move(fact.intent_id, IntentState.WORKING)
        intent.order_no, intent.branch_no, intent.sent_at = fact.order_no, fact.branch_no, fact.sent_at

    def _order_rejected(self, fact: ev.OrderRejectedBroker) -> None:
        late = self.intents[fact.intent_id].state is IntentState.WORKING
        intent = self._move(fact.intent_id, IntentState.REJECTED_LATE if late else IntentState.REFUSED)
        intent.sent_at = intent.sent_at or fact.sent_at

    def _order_not_sent(self, fact: ev.OrderNotSent) -> None:
        # An intent that could not be recorded was not sent, and no restart will find it.
        if fact.intent_id in self.intents:
            self._move(fact.intent_id, IntentState.NOT_SENT)

    def _order_unresolved(self, fact: ev.OrderUnresolved) -> None:
        intent = self._move(fact.intent_id, IntentState.UNKNOWN)
        intent.sent_at = intent.sent_at or fact.sent_at

    def _order_absent(self, fact: ev.OrderAbsent) -> None:
        self._move(fact.intent_id, IntentState.ABSENT)

    def _order_escalated(self, fact: ev.OrderEscalated) -> None:
        self._move(fact.intent_id, IntentState.ESCALATED)

    def _order_filled(self, fact: ev.OrderFilled) -> None:
        intent = self.intents[fact.intent_id]
        assert 0 < fact.quantity <= intent.remaining, f"fill beyond the order: {fact}"
        intent.filled += fact.quantity
        intent.amount += fact.quantity * fact.price
        state = IntentState.FILLED if intent.remaining == 0 and not intent.canceled else IntentState.PARTIAL
        if intent.remaining == 0 and intent.canceled:
            state = IntentState.CANCELED
        self._move(fact.intent_id, state)
        position = self.positions.get(fact.symbol)
        if fact.side is Side.SELL and position is not None and position.quantity:
            left = max(0, position.quantity - fact.quantity)
            position.cost = position.cost * left // position.quantity
            position.quantity = left

    def _order_canceled(self, fact: ev.OrderCanceled) -> None:
        intent = self.intents[fact.intent_id]
        intent.canceled += min(fact.quantity, intent.remaining)
        if intent.remaining == 0:
            self._move(fact.intent_id, IntentState.CANCELED)

    def _order_expired(self, fact: ev.OrderExpired) -> None:
        self._move(fact.intent_id, IntentState.EXPIRED)

    def _cancel_resolved(self, fact: ev.CancelResolved) -> None:
        intent = self.intents.get(fact.intent_id)
        if intent is None:
            return  # never durable, so never sent: as with orders
        if intent.state is not fact.state:
            check_edge(intent.state, fact.state, cancel=True)
        intent.state = fact.state
        if not intent.open:
            self._open.pop(fact.intent_id, None)

    def _exit_filled(self, fact: ev.StopLossFilled | ev.TakeProfitFilled | ev.ManualSellFilled) -> None:
        self.closed.append(Closed(fact.symbol, fact.pnl))
        flow = self.flows.get(fact.flow)
        if flow is not None:
            flow.done = True
        position = self.positions.get(fact.symbol)
        if position is not None and fact.purpose is Purpose.PARTIAL_PROFIT:
            position.partial_done = True

    def _switched(self, fact: ev.KillswitchOn | ev.KillswitchOff | ev.FlattenStarted | ev.FlattenCompleted) -> None:
        if isinstance(fact, ev.KillswitchOn):
            self.kill, self.kill_reason, self.kill_actor = fact.level, fact.reason, fact.actor
            self.kill_cause, self.kill_at, self.kill_automatic, self.release_until = (
                fact.cause,
                fact.at,
                fact.automatic,
                "",
            )
        elif isinstance(fact, ev.KillswitchOff):
            self.kill, self.kill_reason, self.kill_actor, self.kill_cause = KillLevel.OFF, "", fact.actor, ""
            self.kill_at, self.kill_automatic = fact.at, False
            self.release_until, self.level_released = fact.until_at, fact.before
        self.flatten_begun = isinstance(fact, ev.FlattenStarted)

    def _recovery_began(self, fact: ev.RecoveryBegan) -> None:
        self.recovery = Recovery(fact.flow, fact.cause, fact.actor, fact.began_at)

    def _recovery_moved(
        self, fact: ev.RecoveryStepDone | ev.RecoveryStopped | ev.RecoveryResumed | ev.RecoveryCompleted
    ) -> None:
        if self.recovery is not None and fact.flow == self.recovery.flow:
            self.recovery.apply(fact)

    def _compared(self, fact: ev.HoldingMismatch | ev.HoldingMismatchEnded) -> None:
        (self.mismatched.add if isinstance(fact, ev.HoldingMismatch) else self.mismatched.discard)(fact.symbol)

    def _daily_summary(self, fact: ev.DailySummary) -> None:
        self.summary_sent = True
