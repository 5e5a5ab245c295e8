"""What the broker has filled, canceled or refused of our orders, and what follows.

Totals come from the broker's list; notices only make them known sooner. A
remainder is ordered anew only after its cancel is confirmed.
"""

from hantu.domain import events as ev
from hantu.domain.account import BrokerOrder, Side
from hantu.domain.instrument import Symbol
from hantu.domain.order import CancelRequest, IntentState, OrderType
from hantu.domain.session import trading_date
from hantu.engine import exits, results
from hantu.engine.book import Intent
from hantu.engine.decision import Cancel
from hantu.engine.turn import Turn, Watch

MAX_ATTEMPTS = 2
"""Orders of one exit: the first and one replacement; after that a person decides."""


def listed(turn: Turn, orders: tuple[BrokerOrder, ...]) -> None:
    """Take the broker's list of today's orders into account; its totals win."""
    desk = turn.desk
    locked: dict[Symbol, int] = {}
    for order in orders:
        if not order.is_cancel:
            known(turn, order.symbol, order.side).add(order.order_no)
        intent = turn.book.by_order_no(order.order_no)
        if intent is not None:
            _total_of(turn, intent, order)
        elif order.side is Side.SELL and not order.is_cancel and order.remaining > 0:
            if not _claimable(turn, order):
                locked[order.symbol] = locked.get(order.symbol, 0) + order.remaining
    desk.foreign_locked = locked


def request_cancel(turn: Turn, intent: Intent) -> None:
    """Record and send a cancel of all that remains, unless one is under way."""
    record = intent.record
    if not intent.order_no or any(
        other.open and other.record.kind == "cancel" and other.record.parent == record.intent_id
        for other in turn.book.open_intents()
    ):
        return
    cancel_id = f"{trading_date(turn.now.wall):%Y%m%d}-{turn.book.next_intent:04d}"
    turn.record(
        ev.IntentRecorded(
            cancel_id, record.flow, "cancel", IntentState.SENDING, record.symbol, record.name, record.side,
            record.purpose, record.target, intent.remaining, record.limit_price, OrderType.LIMIT, record.venue,
            1, record.intent_id, record.held, record.average_price, turn.desk.epoch, (), record.trade_date,
        )
    )  # fmt: skip
    turn.desk.watches[cancel_id] = Watch(turn.now.mono)
    turn.do(
        Cancel(
            CancelRequest(
                cancel_id, record.intent_id, record.symbol, intent.order_no, intent.branch_no, record.venue,
                turn.desk.epoch,
            )
        )
    )  # fmt: skip


def fill(turn: Turn, intent: Intent, quantity: int, price: int, source: str, filled_at: str) -> None:
    """Record one fill, and the end of the exit if it was the last share."""
    record = intent.record
    turn.record(
        ev.OrderFilled(
            record.intent_id, intent.order_no, record.symbol, record.name, record.side, quantity, price,
            intent.filled + quantity, record.quantity, filled_at, turn.stamp, source,
        )
    )  # fmt: skip
    pace = turn.desk.config.pace
    turn.desk.settle_until[record.symbol] = turn.now.mono + pace.settle_s
    turn.desk.raise_until[record.symbol] = turn.now.mono + pace.raise_settle_s
    if not intent.open:
        results.exit_finished(turn, intent)


def canceled(turn: Turn, intent: Intent, quantity: int, how: str) -> None:
    """Record a confirmed cancel; a protective remainder is ordered once more."""
    record = intent.record
    turn.record(ev.OrderCanceled(record.intent_id, record.symbol, quantity, how))
    _close_cancels(turn, record.intent_id)
    if intent.open:
        return
    turn.desk.settle_until[record.symbol] = turn.now.mono + turn.desk.config.pace.settle_s
    if record.purpose.protective and record.attempt < MAX_ATTEMPTS:
        second_attempt(turn, intent)
    elif intent.filled:
        results.exit_finished(turn, intent)


def rejected_late(turn: Turn, intent: Intent, how: str) -> None:
    record = intent.record
    if intent.state is not IntentState.WORKING:
        return
    turn.record(
        ev.OrderRejectedBroker(
            record.intent_id, record.symbol, record.name, "RFUS_YN", f"거래소 거부 ({how})", False, intent.sent_at
        )
    )
    desk = turn.desk
    desk.rest_until[record.symbol] = turn.now.mono + desk.config.pace.cooldown_s
    turn.record(
        ev.OrderFailed(
            record.intent_id, record.flow, record.symbol, record.name, "RFUS_YN", "거래소가 주문을 거부했습니다",
            desk.config.pace.cooldown_s,
        )
    )  # fmt: skip


def second_attempt(turn: Turn, before: Intent) -> None:
    record = before.record
    position = turn.book.positions.get(record.symbol)
    if position is None or position.quantity <= record.target:
        return
    price = turn.desk.sight(record.symbol).price or record.limit_price
    exits.send(
        turn, position, record.purpose, record.target, record.flow, price,
        attempt=record.attempt + 1, parent=record.intent_id,
    )  # fmt: skip


def _total_of(turn: Turn, intent: Intent, order: BrokerOrder) -> None:
    if intent.record.kind == "cancel" or not intent.open:
        return
    more = order.filled - intent.filled
    if 0 < more <= intent.remaining:
        amount = order.average_fill_price * order.filled - intent.amount
        price = max(1, (amount + more // 2) // more) if amount > 0 else order.average_fill_price
        fill(turn, intent, more, price, "inquiry", turn.stamp)
    if intent.open and order.rejected > 0 and intent.filled == 0 and order.remaining == 0:
        rejected_late(turn, intent, "inquiry")
    elif intent.open and order.remaining == 0 and intent.remaining > 0 and order.filled == intent.filled:
        canceled(turn, intent, intent.remaining, "inquiry")


def _close_cancels(turn: Turn, target: str) -> None:
    for other in turn.book.open_intents():
        if other.record.kind == "cancel" and other.record.parent == target:
            turn.record(ev.CancelResolved(other.record.intent_id, IntentState.FILLED, "", "confirmed"))


def _claimable(turn: Turn, order: BrokerOrder) -> bool:
    """Whether an unknown intent of ours might be this order."""
    intent = turn.book.open_intent(order.symbol, order.side)
    if intent is None or intent.state not in (IntentState.SENDING, IntentState.UNKNOWN, IntentState.ESCALATED):
        return False
    return order.order_no not in intent.record.baseline and order.quantity == intent.record.quantity


def known(turn: Turn, symbol: Symbol, side: Side) -> set[str]:
    return turn.desk.known_orders.setdefault((symbol, side.value), set())
