"""What becomes of an order call: answers, second attempts, waiting for the fill.

An answer that proves nothing is *unknown*, and an unknown order is resolved by
``unresolved``, never by sending again.
"""

from hantu.domain import events as ev
from hantu.domain.order import IntentState, Outcome, OutcomeKind, Purpose, Refusal
from hantu.engine import day, exits, fills, notices, results
from hantu.engine.fills import MAX_ATTEMPTS
from hantu.engine.records import Intent
from hantu.engine.turn import Turn, Watch


def submitted(turn: Turn, intent_id: str, outcome: Outcome) -> None:
    """Take the answer to an order into account."""
    intent = turn.book.intents.get(intent_id)
    if intent is None:
        # An answer from an earlier day or life; the list tells of the order itself.
        turn.ask_orders()
        return
    if intent.state is not IntentState.SENDING:
        _late_answer(turn, intent, outcome)
        return
    watch = turn.desk.watches.setdefault(intent_id, Watch(turn.now.mono))
    watch.sent_mono = outcome.sent_mono
    record = intent.record
    if outcome.kind is OutcomeKind.ACCEPTED:
        notices.accept(turn, intent, outcome.order_no, outcome.branch_no, outcome.ordered_at, "answer", outcome)
    elif outcome.kind is OutcomeKind.UNKNOWN:
        turn.record(
            ev.OrderUnresolved(
                intent_id, record.flow, record.symbol, record.name, outcome.code or outcome.message,
                turn.wall_text(outcome.sent_mono),
            )
        )  # fmt: skip
        turn.ask_orders()
        turn.ask_balance()
        notices.attach_orphans(turn, intent)
    elif outcome.kind is OutcomeKind.REFUSED:
        turn.record(
            ev.OrderRejectedBroker(
                intent_id, record.symbol, record.name, outcome.code, outcome.message, outcome.retryable,
                turn.wall_text(outcome.sent_mono),
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
        notices.accept(turn, intent, outcome.order_no, outcome.branch_no, outcome.ordered_at, "answer", outcome)


def cancel_ended(turn: Turn, intent_id: str, outcome: Outcome) -> None:
    """Take the answer to a cancel into account; it confirms nothing about the order."""
    intent = turn.book.intents.get(intent_id)
    if intent is None or not intent.open:
        return
    states = {
        OutcomeKind.ACCEPTED: IntentState.WORKING,
        OutcomeKind.REFUSED: IntentState.REFUSED,
        OutcomeKind.NOT_SENT: IntentState.NOT_SENT,
        OutcomeKind.UNKNOWN: IntentState.UNKNOWN,
    }
    turn.record(ev.CancelResolved(intent_id, states[outcome.kind], outcome.code, outcome.message))
    turn.ask_orders()


def due(turn: Turn) -> None:
    """Do what waiting orders need at this moment: second attempts, inquiries, alarms."""
    desk, now = turn.desk, turn.now.mono
    for symbol, (at, intent_id) in list(desk.retries.items()):
        if now >= at:
            del desk.retries[symbol]
            before = turn.book.intents[intent_id]
            if not exits.send_again(turn, before):
                results.exit_finished(turn, before)
    for intent in turn.book.open_intents():
        if intent.record.kind == "order" and intent.state in (IntentState.WORKING, IntentState.PARTIAL):
            _waiting(turn, intent)


def next_due(turn: Turn) -> float | None:
    """Return the monotonic moment at which ``due`` has something to do, or None."""
    desk = turn.desk
    moments = [at for at, _ in desk.retries.values()]
    for intent in turn.book.open_intents():
        watch = desk.watches.get(intent.record.intent_id)
        working = intent.record.kind == "order" and intent.state in (IntentState.WORKING, IntentState.PARTIAL)
        if watch and working and watch.accepted_mono and not watch.warned:
            moments.append(watch.accepted_mono + desk.config.pace.fill_wait_s)
    return min(moments, default=None)


def _after_failure(turn: Turn, intent: Intent, outcome: Outcome) -> None:
    desk, record, pace = turn.desk, intent.record, turn.desk.config.pace
    notices.forget_claims(turn)
    if record.purpose is Purpose.MANUAL:
        # One token, one attempt: who asked is told, and a refusal delays no exit of the stock.
        if outcome.refusal is Refusal.HALTED:
            day.halt(turn, record.symbol, "refusal", outcome.code)
        turn.ask_balance()
        results.exit_finished(turn, intent)
        return
    desk.pending.add(record.symbol)
    if outcome.refusal is Refusal.INSUFFICIENT_QUANTITY and record.attempt < MAX_ATTEMPTS:
        desk.corrections[record.symbol] = record.intent_id
        turn.ask_balance()
        _failed(turn, intent, outcome, 0.0)
        return
    if outcome.refusal is Refusal.HALTED:
        day.halt(turn, record.symbol, "refusal", outcome.code)
    if outcome.retryable and record.attempt < MAX_ATTEMPTS and outcome.retry_s <= pace.order_retry_s:
        desk.retries[record.symbol] = (turn.now.mono + pace.order_retry_s, record.intent_id)
        return
    rest_s = pace.cooldown_s
    if outcome.kind is OutcomeKind.NOT_SENT and outcome.retry_s:
        # Nothing left this machine: what was missing is there then, and the price asked for then decides.
        rest_s = min(rest_s, max(outcome.retry_s, pace.order_retry_s))
        turn.poll_by(turn.now.mono + rest_s)
    desk.rest_until[record.symbol] = turn.now.mono + rest_s
    _failed(turn, intent, outcome, rest_s)
    results.exit_finished(turn, intent)


def _failed(turn: Turn, intent: Intent, outcome: Outcome, next_try_s: float) -> None:
    record = intent.record
    turn.record(
        ev.OrderFailed(
            record.intent_id, record.flow, record.symbol, record.name, outcome.code, outcome.message, next_try_s
        )
    )


def _waiting(turn: Turn, intent: Intent) -> None:
    desk, record = turn.desk, intent.record
    watch = desk.watches.setdefault(record.intent_id, Watch(turn.now.mono, accepted_mono=turn.now.mono))
    since, pace = watch.accepted_mono or watch.recorded_mono, desk.config.pace
    waited = turn.now.mono - since
    if turn.now.mono < since + pace.fill_wait_s:
        return
    if not watch.warned:
        watch.warned = True
        turn.ask_orders()
        return
    read = desk.reads.orders_read_mono
    asked_since = read is not None and read >= since + pace.fill_wait_s
    if not asked_since:
        return
    turn.record_once(
        ("unfilled", record.intent_id),
        ev.FillUnconfirmed(record.intent_id, record.symbol, record.name, waited, intent.filled, record.quantity),
    )
    if fills.replaceable(turn, intent) and exits.closed_to(turn, record.symbol, record.purpose) is None:
        # Only what could be replaced is taken back; a cancel that got lost is asked for again.
        fills.request_cancel(turn, intent)
