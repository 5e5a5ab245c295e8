"""What becomes of an order: answers, notices, fills, cancels, second attempts.

Three rules govern this file. An answer that proves nothing is *unknown*, and
an unknown order is resolved by ``unresolved``, never by sending again. Totals
come from the broker's list; notices only make them known sooner. A remainder
is ordered anew only after its cancel is confirmed.
"""

from hantu.domain import events as ev
from hantu.domain.account import BrokerOrder, Side
from hantu.domain.instrument import Symbol
from hantu.domain.order import (
    TERMINAL,
    CancelRequest,
    IntentState,
    Notice,
    NoticeKind,
    OrderType,
    Outcome,
    OutcomeKind,
)
from hantu.domain.session import from_korean_clock, trading_date
from hantu.engine import exits, results
from hantu.engine.book import Intent
from hantu.engine.decision import Cancel
from hantu.engine.turn import Turn, Watch

QUANTITY_CODES = frozenset({"APBK0400", "APBK0401", "40240000"})
"""The broker holds fewer sellable shares than asked for (잔고 부족)."""
HALT_CODES = frozenset({"APBK0066"})
"""The stock is halted; only cancels are taken."""
MAX_ATTEMPTS = 2
DUPLICATE_WINDOW_S = 2.0
ORPHAN_LIMIT = 200


def submitted(turn: Turn, intent_id: str, outcome: Outcome) -> None:
    """Take the answer to an order into account."""
    intent = turn.book.intents[intent_id]
    if intent.state is not IntentState.SENDING:
        _late_answer(turn, intent, outcome)
        return
    watch = turn.desk.watches.setdefault(intent_id, Watch(turn.now.mono))
    watch.sent_mono = outcome.sent_mono
    record = intent.record
    if outcome.kind is OutcomeKind.ACCEPTED:
        accept(turn, intent, outcome.order_no, outcome.branch_no, outcome.ordered_at, "answer", outcome)
    elif outcome.kind is OutcomeKind.UNKNOWN:
        turn.record(
            ev.OrderUnresolved(
                intent_id, record.flow, record.symbol, record.name, outcome.code or outcome.message,
                _wall_text(turn, outcome.sent_mono),
            )
        )  # fmt: skip
        turn.desk.reads.orders_due = turn.now.mono
        turn.desk.reads.balance_due = turn.now.mono
        _attach_orphans(turn, intent)
    elif outcome.kind is OutcomeKind.REFUSED:
        turn.record(
            ev.OrderRejectedBroker(
                intent_id, record.symbol, record.name, outcome.code, outcome.message, outcome.retryable,
                _wall_text(turn, outcome.sent_mono),
            )
        )  # fmt: skip
        _after_failure(turn, intent, outcome)
    else:
        turn.record(ev.OrderNotSent(intent_id, record.symbol, record.name, outcome.code, outcome.message))
        if outcome.code.startswith("denied:kill"):
            turn.record(ev.OrderBlockedKillswitch(record.symbol, record.name, record.purpose, turn.book.kill, "door"))
        _after_failure(turn, intent, outcome)


def _late_answer(turn: Turn, intent: Intent, outcome: Outcome) -> None:
    """An answer after we gave up waiting is still evidence; anything else is ignored."""
    if intent.state not in (IntentState.UNKNOWN, IntentState.ESCALATED):
        return
    if outcome.kind is OutcomeKind.ACCEPTED:
        accept(turn, intent, outcome.order_no, outcome.branch_no, outcome.ordered_at, "answer", outcome)


def accept(
    turn: Turn, intent: Intent, order_no: str, branch_no: str, ordered_at: str, how: str, outcome: Outcome | None = None
) -> None:
    """Record that an order lives at the broker, and attach what is already known of it."""
    record = intent.record
    watch = turn.desk.watches.setdefault(record.intent_id, Watch(turn.now.mono))
    watch.accepted_mono = turn.now.mono
    sent_at = _wall_text(turn, outcome.sent_mono) if outcome else intent.sent_at
    accepted_at = _wall_text(turn, outcome.answered_mono) if outcome else turn.stamp
    turn.record(
        ev.OrderAccepted(record.intent_id, record.symbol, order_no, branch_no, ordered_at, sent_at, accepted_at, how)
    )
    _known(turn, record.symbol, record.side).add(order_no)
    _attach_orphans(turn, intent)


def noticed(turn: Turn, notice: Notice) -> None:
    """Take an execution notice into account; those of other accounts are not ours."""
    if not notice.account_matches:
        return
    intent = turn.book.by_order_no(notice.order_no) or turn.book.by_order_no(notice.original_order_no)
    if intent is not None:
        _notice_of(turn, intent, notice)
        return
    open_intent = turn.book.open_intent(notice.symbol, notice.side)
    if open_intent is not None and open_intent.state is IntentState.SENDING:
        # The notice may overtake the answer to the order call; wait for the number.
        _keep_orphan(turn, notice)
        return
    if open_intent is not None and open_intent.state in (IntentState.UNKNOWN, IntentState.ESCALATED):
        _keep_orphan(turn, notice)
        _adopt_by_notice(turn, open_intent)
        return
    if notice.kind is NoticeKind.FILL:
        results.foreign_fill(turn, notice)


def listed(turn: Turn, orders: tuple[BrokerOrder, ...]) -> None:
    """Take the broker's list of today's orders into account; its totals win."""
    desk = turn.desk
    locked: dict[Symbol, int] = {}
    for order in orders:
        if not order.is_cancel:
            _known(turn, order.symbol, order.side).add(order.order_no)
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


def cancel_ended(turn: Turn, intent_id: str, outcome: Outcome) -> None:
    """Take the answer to a cancel into account; it confirms nothing about the order."""
    intent = turn.book.intents[intent_id]
    if not intent.open:
        return
    states = {
        OutcomeKind.ACCEPTED: IntentState.WORKING,
        OutcomeKind.REFUSED: IntentState.REFUSED,
        OutcomeKind.NOT_SENT: IntentState.NOT_SENT,
        OutcomeKind.UNKNOWN: IntentState.UNKNOWN,
    }
    turn.record(ev.CancelResolved(intent_id, states[outcome.kind], outcome.code, outcome.message))
    turn.desk.reads.orders_due = turn.now.mono


def due(turn: Turn) -> None:
    """Do what waiting orders need at this moment: second attempts, inquiries, alarms."""
    desk, now = turn.desk, turn.now.mono
    for symbol, (at, intent_id) in list(desk.retries.items()):
        if now >= at:
            del desk.retries[symbol]
            _second_attempt(turn, turn.book.intents[intent_id])
    for intent in turn.book.open_intents():
        if intent.record.kind == "order" and intent.state in (IntentState.WORKING, IntentState.PARTIAL):
            _waiting(turn, intent)


def next_due(turn: Turn) -> float | None:
    """Return the monotonic moment at which ``due`` has something to do, or None."""
    desk = turn.desk
    moments = [at for at, _ in desk.retries.values()]
    for intent in turn.book.open_intents():
        watch = desk.watches.get(intent.record.intent_id)
        if watch and intent.record.kind == "order" and watch.accepted_mono and not watch.warned:
            moments.append(watch.accepted_mono + desk.config.pace.fill_wait_s)
    return min(moments, default=None)


# --- leaves ------------------------------------------------------------------------


def _notice_of(turn: Turn, intent: Intent, notice: Notice) -> None:
    record = intent.record
    if record.kind == "cancel":
        return
    if notice.kind is NoticeKind.FILL:
        if intent.state in TERMINAL or notice.quantity <= 0:
            return
        if _repeated(turn, notice) or notice.quantity > intent.remaining:
            # Notices carry no fill number: the list decides whether it was one fill or two.
            turn.desk.reads.orders_due = turn.now.mono
            return
        fill(turn, intent, notice.quantity, notice.price, "notice", _korean_clock(turn, notice.at))
        turn.desk.reads.orders_due = turn.now.mono + turn.desk.config.pace.inquiry_every_s
    elif notice.kind is NoticeKind.CANCELED and intent.remaining > 0 and intent.open:
        canceled(turn, intent, min(notice.quantity or intent.remaining, intent.remaining), "notice")
    elif notice.kind is NoticeKind.REJECTED and intent.open and notice.order_no == intent.order_no:
        _rejected_late(turn, intent, "notice")


def _total_of(turn: Turn, intent: Intent, order: BrokerOrder) -> None:
    if intent.record.kind == "cancel" or not intent.open:
        return
    more = order.filled - intent.filled
    if 0 < more <= intent.remaining:
        amount = order.average_fill_price * order.filled - intent.amount
        price = max(1, (amount + more // 2) // more) if amount > 0 else order.average_fill_price
        fill(turn, intent, more, price, "inquiry", turn.stamp)
    if intent.open and order.rejected > 0 and intent.filled == 0 and order.remaining == 0:
        _rejected_late(turn, intent, "inquiry")
    elif intent.open and order.remaining == 0 and intent.remaining > 0 and order.filled == intent.filled:
        canceled(turn, intent, intent.remaining, "inquiry")


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
        _second_attempt(turn, intent)
    elif intent.filled:
        results.exit_finished(turn, intent)


def _close_cancels(turn: Turn, target: str) -> None:
    for other in turn.book.open_intents():
        if other.record.kind == "cancel" and other.record.parent == target:
            turn.record(ev.CancelResolved(other.record.intent_id, IntentState.FILLED, "", "confirmed"))


def _second_attempt(turn: Turn, before: Intent) -> None:
    record = before.record
    position = turn.book.positions.get(record.symbol)
    if position is None or position.quantity <= record.target:
        return
    price = turn.desk.sight(record.symbol).price or record.limit_price
    exits.send(
        turn, position, record.purpose, record.target, record.flow, price,
        attempt=record.attempt + 1, parent=record.intent_id,
    )  # fmt: skip


def _after_failure(turn: Turn, intent: Intent, outcome: Outcome) -> None:
    desk, record, pace = turn.desk, intent.record, turn.desk.config.pace
    if outcome.code in QUANTITY_CODES and record.attempt < MAX_ATTEMPTS:
        desk.corrections[record.symbol] = record.intent_id
        desk.reads.balance_due = turn.now.mono
        _failed(turn, intent, outcome, 0.0)
        return
    if outcome.code in HALT_CODES:
        turn.record(ev.MarketHalted(record.symbol, record.name, "refusal", outcome.code))
    denied = outcome.code.startswith("denied:")
    if outcome.retryable and not denied and record.attempt < MAX_ATTEMPTS:
        desk.retries[record.symbol] = (turn.now.mono + pace.order_retry_s, record.intent_id)
        return
    desk.rest_until[record.symbol] = turn.now.mono + pace.cooldown_s
    _failed(turn, intent, outcome, pace.cooldown_s)


def _failed(turn: Turn, intent: Intent, outcome: Outcome, next_try_s: float) -> None:
    record = intent.record
    turn.record(
        ev.OrderFailed(
            record.intent_id, record.flow, record.symbol, record.name, outcome.code, outcome.message, next_try_s
        )
    )


def _rejected_late(turn: Turn, intent: Intent, how: str) -> None:
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


def _waiting(turn: Turn, intent: Intent) -> None:
    desk, record = turn.desk, intent.record
    watch = desk.watches.setdefault(record.intent_id, Watch(turn.now.mono, accepted_mono=turn.now.mono))
    waited = turn.now.mono - (watch.accepted_mono or watch.recorded_mono)
    pace = desk.config.pace
    if waited < pace.fill_wait_s:
        return
    if not watch.warned:
        watch.warned = True
        desk.reads.orders_due = turn.now.mono
        watch.complete_reads.clear()
        return
    read = desk.reads.orders_read_mono
    asked_since = read is not None and read >= (watch.accepted_mono or watch.recorded_mono) + pace.fill_wait_s
    if not asked_since:
        return
    told = turn.record_once(
        ("unfilled", record.intent_id),
        ev.FillUnconfirmed(record.intent_id, record.symbol, record.name, waited, intent.filled, record.quantity),
    )
    if told and record.purpose.protective and record.attempt < MAX_ATTEMPTS and not turn.book.halted(record.symbol):
        request_cancel(turn, intent)


def _claimable(turn: Turn, order: BrokerOrder) -> bool:
    """Whether an unknown intent of ours might be this order."""
    intent = turn.book.open_intent(order.symbol, order.side)
    if intent is None or intent.state not in (IntentState.SENDING, IntentState.UNKNOWN, IntentState.ESCALATED):
        return False
    return order.order_no not in intent.record.baseline and order.quantity == intent.record.quantity


def _adopt_by_notice(turn: Turn, intent: Intent) -> None:
    record = intent.record
    numbers = {
        notice.order_no
        for notice in turn.desk.orphans
        if notice.symbol == record.symbol
        and notice.side is record.side
        and notice.order_quantity == record.quantity
        and notice.order_no not in record.baseline
    }
    if len(numbers) == 1:
        number = numbers.pop()
        branch = next((n.branch_no for n in turn.desk.orphans if n.order_no == number and n.branch_no), "")
        accept(turn, intent, number, branch, "", "notice")


def _attach_orphans(turn: Turn, intent: Intent) -> None:
    desk = turn.desk
    if intent.state is IntentState.UNKNOWN:
        _adopt_by_notice(turn, intent)
        return
    mine = [notice for notice in desk.orphans if notice.order_no == intent.order_no]
    others = [notice for notice in desk.orphans if notice.order_no != intent.order_no]
    desk.orphans = []
    for notice in mine:
        _notice_of(turn, intent, notice)
    for notice in others:
        noticed(turn, notice)


def _keep_orphan(turn: Turn, notice: Notice) -> None:
    orphans = turn.desk.orphans
    orphans.append(notice)
    del orphans[:-ORPHAN_LIMIT]


def _repeated(turn: Turn, notice: Notice) -> bool:
    recent = turn.desk.recent_notices
    horizon = turn.now.mono - DUPLICATE_WINDOW_S
    recent[:] = [other for other in recent if other.received_at >= horizon]
    key = _identity(notice)
    seen = any(_identity(other) == key for other in recent)
    recent.append(notice)
    return seen


def _identity(notice: Notice) -> tuple[object, ...]:
    return (notice.order_no, notice.kind, notice.quantity, notice.price, notice.at)


def _known(turn: Turn, symbol: Symbol, side: Side) -> set[str]:
    return turn.desk.known_orders.setdefault((symbol, side.value), set())


def _wall_text(turn: Turn, mono: float) -> str:
    """Return the wall time of a monotonic moment close to now, as stored."""
    if not mono:
        return ""
    return turn.now.after(mono - turn.now.mono).wall.strftime("%Y-%m-%d %H:%M:%S.%f")


def _korean_clock(turn: Turn, hhmmss: str) -> str:
    if len(hhmmss) != 6 or not hhmmss.isdigit():
        return turn.stamp
    try:
        return from_korean_clock(hhmmss, turn.now.wall).strftime("%Y-%m-%d %H:%M:%S.%f")
    except ValueError:
        return turn.stamp
