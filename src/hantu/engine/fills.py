"""What the broker has filled, canceled or refused of our orders, and what follows.

Totals come from the broker's list; notices only make them known sooner. A
remainder is ordered anew only after its cancel is confirmed.
"""

from hantu.domain import events as ev
from hantu.domain.account import BrokerOrder, Side
from hantu.domain.instrument import Symbol
from hantu.domain.order import CancelRequest, IntentState, OrderType, Purpose
from hantu.engine import exits, results
from hantu.engine.decision import Cancel
from hantu.engine.records import Intent
from hantu.engine.turn import Turn, Watch

MAX_ATTEMPTS = 2
"""Orders of one exit: the first and one replacement; after that a person decides."""


def listed(turn: Turn, orders: tuple[BrokerOrder, ...]) -> None:
    """Take the broker's list of today's orders into account; its totals win."""
    desk = turn.desk
    desk.listing = orders
    locked: dict[Symbol, int] = {}
    ours: list[tuple[Intent, BrokerOrder]] = []
    for order in orders:
        if not order.is_cancel:
            known(turn, order.symbol, order.side).add(order.order_no)
        intent = turn.book.by_order_no(order.order_no, turn.today)
        if intent is not None:
            ours.append((intent, order))
        lock = _lock(turn, intent, order)
        if lock:
            locked[order.symbol] = locked.get(order.symbol, 0) + lock
    # What others lock is known before anything is ordered anew because of this list.
    desk.foreign_locked = locked
    for intent, order in ours:
        _total_of(turn, intent, order)


def request_cancel(turn: Turn, intent: Intent) -> None:
    """Record and send a cancel of all that remains, unless one is under way."""
    record, now = intent.record, turn.now.mono
    tries, not_before = turn.desk.cancel_rest.get(record.intent_id, (0, now))
    if (
        not intent.order_no
        or now < not_before
        or any(
            other.open and other.record.kind == "cancel" and other.record.parent == record.intent_id
            for other in turn.book.open_intents()
        )
    ):
        return
    pace = turn.desk.config.pace
    rest_s = min(pace.cooldown_s, pace.order_retry_s * 2**tries)
    turn.desk.cancel_rest[record.intent_id] = (tries + 1, now + rest_s)
    cancel_id = turn.new_intent_id()
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
                turn.desk.epoch, turn.desk.config.account, turn.desk.config.environment,
                not_after=turn.now.mono + turn.desk.config.pace.send_within_s,
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
    if source == "inquiry":
        turn.desk.progress.fills.append(
            f"체결 반영: {record.name}({record.symbol}) {quantity:,}주 @ {price:,}원 주문 {intent.order_no}"
        )
    pace = turn.desk.config.pace
    turn.desk.settle_until[record.symbol] = turn.now.mono + pace.settle_s
    if record.side is Side.BUY:
        results.bought(turn, record.symbol, record.name, quantity, price)
    else:
        turn.desk.raise_until[record.symbol] = turn.now.mono + pace.raise_settle_s
    if not intent.open:
        ended(turn, intent)


def canceled(turn: Turn, intent: Intent, how: str) -> None:
    """Record a confirmed cancel of all that remained."""
    turn.record(ev.OrderCanceled(intent.record.intent_id, intent.record.symbol, intent.remaining, how))
    ended(turn, intent)


def ended(turn: Turn, intent: Intent) -> None:
    """An order is over: a protective remainder is ordered once more, else the exit is closed."""
    record = intent.record
    close_cancels(turn, record.intent_id)
    settle_s = turn.desk.config.pace.settle_s
    turn.desk.settle_until[record.symbol] = turn.now.mono + settle_s
    # What was bought or sold beside it could not be compared while it lived; the market may be closed by now.
    turn.ask_balance(settle_s)
    once_more = intent.canceled and replaceable(turn, intent)
    if not (once_more and exits.send_again(turn, intent)):
        results.exit_finished(turn, intent)


def replaceable(turn: Turn, intent: Intent) -> bool:
    """Whether a remainder may be ordered anew; an attempt that was refused is no order of the exit."""
    flow = turn.book.flows[intent.record.flow]
    attempts = [turn.book.intents[key] for key in flow.attempts if key in turn.book.intents]
    return intent.record.purpose.protective and sum(1 for each in attempts if each.order_no) < MAX_ATTEMPTS


def expire(turn: Turn, intent: Intent) -> None:
    """Record that an order ended with its day."""
    record = intent.record
    turn.record(ev.OrderExpired(record.intent_id, record.symbol, intent.remaining))
    close_cancels(turn, record.intent_id)
    results.exit_finished(turn, intent)


def expire_earlier_days(turn: Turn) -> None:
    """End every order of an earlier day: no day order outlives it, and a fresh balance is at hand."""
    for intent in turn.book.open_intents():
        if intent.open and intent.record.kind == "order" and intent.record.trade_date < turn.today:
            if intent.state in (IntentState.UNKNOWN, IntentState.ESCALATED):
                _outlived(turn, intent)
            expire(turn, intent)
    for intent in turn.book.open_intents():
        if intent.record.trade_date < turn.today:
            turn.record(ev.CancelResolved(intent.record.intent_id, IntentState.ABSENT, "", "the day is over"))


def _outlived(turn: Turn, intent: Intent) -> None:
    """The day ended the order, not the question what became of it: that is a person's, before the opening."""
    record = intent.record
    turn.record(
        ev.DoubtOutlivedDay(
            record.intent_id, record.symbol, record.name, record.trade_date, intent.remaining, record.held,
            turn.desk.listed_held.get(record.symbol, 0),
        )
    )  # fmt: skip


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
    if record.purpose is not Purpose.MANUAL:
        desk.rest_until[record.symbol] = turn.now.mono + desk.config.pace.cooldown_s
        turn.record(
            ev.OrderFailed(
                record.intent_id, record.flow, record.symbol, record.name, "RFUS_YN", "거래소가 주문을 거부했습니다",
                desk.config.pace.cooldown_s,
            )
        )  # fmt: skip
        desk.pending.add(record.symbol)
    close_cancels(turn, record.intent_id)
    results.exit_finished(turn, intent)


def _total_of(turn: Turn, intent: Intent, order: BrokerOrder) -> None:
    record = intent.record
    # An order of another stock or side is not ours, whatever number it carries: its fills are no fills of ours.
    if record.kind == "cancel" or not intent.open or (order.symbol, order.side) != (record.symbol, record.side):
        return
    more = order.filled - intent.filled
    if 0 < more <= intent.remaining:
        amount = order.average_fill_price * order.filled - intent.amount
        price = max(1, (amount + more // 2) // more) if amount > 0 else order.average_fill_price
        fill(turn, intent, more, price, "inquiry", turn.stamp)
    if intent.open and order.rejected > 0 and intent.filled == 0 and order.remaining == 0:
        rejected_late(turn, intent, "inquiry")
    elif intent.open and order.remaining == 0 and intent.remaining > 0 and order.filled == intent.filled:
        canceled(turn, intent, "inquiry")


def close_cancels(turn: Turn, target: str) -> None:
    for other in turn.book.open_intents():
        if other.record.kind == "cancel" and other.record.parent == target:
            turn.record(ev.CancelResolved(other.record.intent_id, IntentState.FILLED, "", "confirmed"))


def _lock(turn: Turn, intent: Intent | None, order: BrokerOrder) -> int:
    """Return the shares a listed sell keeps from us: a stranger's, or one of ours believed to be over."""
    if order.side is not Side.SELL or order.is_cancel or order.remaining <= 0:
        return 0
    if intent is not None:
        return 0 if intent.open else min(int(order.remaining), intent.remaining)
    return 0 if claimable(turn, order) else int(order.remaining)


def claimable(turn: Turn, order: BrokerOrder) -> bool:
    """Whether an unknown intent of ours might be this order."""
    intent = turn.book.open_intent(order.symbol, order.side)
    if intent is None or intent.state not in (IntentState.SENDING, IntentState.UNKNOWN, IntentState.ESCALATED):
        return False
    return order.order_no not in intent.record.baseline and order.quantity == intent.record.quantity


def known(turn: Turn, symbol: Symbol, side: Side) -> set[str]:
    return turn.desk.known_orders.setdefault((symbol, side.value), set())
