"""Ending a doubt: an order whose fate is unknown is resolved by evidence only.

Positive evidence is a notice or a listed order that fits and was not known
before; exactly one candidate is adopted. Negative evidence needs at least two
complete lists some seconds apart, an age beyond the quarantine and holdings
that add up. Otherwise a person is asked, and the looking goes on.
Source: reliability protocol, resolution of UNKNOWN.
"""

from datetime import datetime, timedelta

from hantu.domain import events as ev
from hantu.domain.account import BrokerOrder, Side
from hantu.domain.instrument import Symbol
from hantu.domain.order import IntentState
from hantu.domain.session import from_korean_clock
from hantu.engine import fills, notices, results
from hantu.engine.journey import State
from hantu.engine.records import Intent
from hantu.engine.turn import Turn, Watch

DOUBTFUL = (IntentState.UNKNOWN, IntentState.ESCALATED)
SNAPSHOTS = 2
NO_SYMBOL = Symbol("")
CLOCK_SKEW_S = 10
"""How far the broker's clock may be behind ours."""


def doubtful(turn: Turn) -> list[Intent]:
    """Return order intents whose fate is unknown, oldest first."""
    return [i for i in turn.book.open_intents() if i.record.kind == "order" and i.state in DOUBTFUL]


def listed(turn: Turn, listing: tuple[BrokerOrder, ...], asked_mono: float) -> None:
    """Look for each doubtful order in a complete list of today's orders."""
    for intent in doubtful(turn):
        candidates = [order for order in listing if fits(turn, intent, order)]
        if len(candidates) == 1:
            order = candidates[0]
            notices.accept(turn, intent, order.order_no, order.branch_no, order.ordered_at, "inquiry")
            fills.listed(turn, listing)
        elif candidates:
            _escalate(turn, intent, f"후보 주문 {len(candidates)}건: 직접 확인 필요")
        else:
            watch = _watch(turn, intent)
            if asked_mono > watch.left_mono:
                # The first and the last are the evidence; those between add nothing.
                watch.complete_reads[SNAPSHOTS - 1 :] = [asked_mono]
    _resolve_cancels(turn, listing, asked_mono)


def balanced(turn: Turn, asked_mono: float) -> None:
    """With fresh holdings, declare orders absent whose absence is proved."""
    desk, pace = turn.desk, turn.desk.config.pace
    for intent in doubtful(turn):
        watch, record = _watch(turn, intent), intent.record
        age = turn.now.mono - watch.left_mono
        reads = watch.complete_reads
        apart = len(reads) >= SNAPSHOTS and reads[-1] - reads[0] >= pace.snapshots_apart_s
        late_enough = bool(reads) and reads[-1] - watch.left_mono >= pace.quarantine_s
        if not (apart and late_enough and asked_mono - watch.left_mono >= pace.quarantine_s):
            continue
        if _conserved(turn, intent):
            turn.record(
                ev.OrderAbsent(
                    record.intent_id, record.symbol,
                    f"complete lists over {reads[-1] - reads[0]:.0f} s without it, age {age:.0f} s, "
                    "held equals sellable plus visible working sells",
                )
            )  # fmt: skip
            desk.rest_until.pop(record.symbol, None)
            if record.side is Side.SELL:
                desk.pending.add(record.symbol)
            if record.symbol not in turn.book.positions:
                # Left alone while the doubt lasted; it is guarded again from the next reading on.
                turn.ask_balance()
            notices.forget_claims(turn)
            results.exit_finished(turn, intent)
        else:
            _escalate(turn, intent, "보유 수량이 맞지 않아 자동 판단 불가")


def due(turn: Turn) -> None:
    """Keep asking while a doubt is open, and call a person when it lasts."""
    desk, pace = turn.desk, turn.desk.config.pace
    for intent in doubtful(turn):
        watch = _watch(turn, intent)
        if turn.now.mono - watch.recorded_mono >= pace.quarantine_s + pace.snapshots_apart_s * SNAPSHOTS * 2:
            _escalate(turn, intent, "30초 조회로 확인되지 않음")
    every = _pace(turn)
    if every is not None:
        _ask(turn, every)
    for intent in turn.book.open_intents():
        if intent.state is IntentState.SENDING and desk.storage_ok and _lost_answer(turn, intent):
            _give_up_waiting(turn, intent)


def next_due(turn: Turn) -> float | None:
    """Return when ``due`` has something to do, or None."""
    every, last = _pace(turn), turn.desk.reads.doubt_asked
    if every is None:
        return None
    return turn.now.mono if last is None else last + every


def _pace(turn: Turn) -> float | None:
    """Return how often the broker is asked because of what is open; None if nothing is in doubt."""
    pace = turn.desk.config.pace
    opened = turn.book.open_intents()
    if turn.book.state is State.IDLE and not turn.desk.config.calendar.in_session(turn.now.wall):
        return pace.reconcile_every_s if any(i.state in DOUBTFUL or i.record.kind == "cancel" for i in opened) else None
    if any(i.state is IntentState.UNKNOWN or i.record.kind == "cancel" for i in opened):
        return pace.inquiry_every_s
    if any(turn.now.mono < _watch(turn, i).look_until for i in opened):
        return pace.inquiry_every_s
    return pace.escalated_inquiry_s if any(i.state is IntentState.ESCALATED for i in opened) else None


def _ask(turn: Turn, every_s: float) -> None:
    reads, now = turn.desk.reads, turn.now.mono
    if reads.doubt_asked is not None and now < reads.doubt_asked + every_s:
        return
    reads.doubt_asked = now
    turn.ask_orders()
    turn.ask_balance()


def _lost_answer(turn: Turn, intent: Intent) -> bool:
    """An answer that never came back from our own sender: treat as unknown after a minute."""
    return turn.now.mono - _watch(turn, intent).recorded_mono >= turn.desk.config.pace.fill_wait_s


def _give_up_waiting(turn: Turn, intent: Intent) -> None:
    record = intent.record
    if record.kind == "cancel":
        turn.record(ev.CancelResolved(record.intent_id, IntentState.UNKNOWN, "no_answer", "no outcome"))
        return
    turn.record(ev.OrderUnresolved(record.intent_id, record.flow, record.symbol, record.name, "응답 없음", ""))


def _resolve_cancels(turn: Turn, listing: tuple[BrokerOrder, ...], asked_mono: float) -> None:
    """A cancel is over when its order is; refused or lost ones leave the order as it is."""
    by_number = {order.order_no: order for order in listing}
    for cancel in list(turn.book.open_intents()):
        if cancel.record.kind != "cancel":
            continue
        target = turn.book.intents.get(cancel.record.parent)
        if target is None or not target.open:
            turn.record(ev.CancelResolved(cancel.record.intent_id, IntentState.FILLED, "", "order ended"))
            continue
        seen = by_number.get(target.order_no)
        old = asked_mono - _watch(turn, cancel).recorded_mono >= turn.desk.config.pace.quarantine_s
        if seen is not None and seen.remaining > 0 and old:
            turn.record(ev.CancelResolved(cancel.record.intent_id, IntentState.ABSENT, "", "order still works"))


def fits(turn: Turn, intent: Intent, order: BrokerOrder) -> bool:
    """Whether a listed order may be the one whose fate is unknown."""
    record = intent.record
    taken = turn.book.by_order_no(order.order_no, turn.today)
    return (
        not order.is_cancel
        and order.symbol == record.symbol
        and order.side is record.side
        and order.quantity == record.quantity
        and order.limit_price == record.limit_price
        and order.order_no not in record.baseline
        and taken is None
        and not_before_sending(turn, intent, order)
    )


def not_before_sending(turn: Turn, intent: Intent, order: BrokerOrder) -> bool:
    """An order entered before ours was sent is a person's, however alike it looks."""
    try:
        ordered = from_korean_clock(order.ordered_at, turn.now.wall).strftime("%Y-%m-%d %H:%M:%S.%f")
        sent = datetime.strptime(intent.sent_at, "%Y-%m-%d %H:%M:%S.%f")
    except ValueError:
        return True
    return ordered >= f"{sent - timedelta(seconds=CLOCK_SKEW_S):%Y-%m-%d %H:%M:%S.%f}"


def _conserved(turn: Turn, intent: Intent) -> bool:
    """No share is missing, and those held equal sellable ones plus what visible working sells lock.

    More than we know of is a purchase by hand, which cannot be compared while the doubt lasts.
    A holding whose record was lost is as large as its order says that it was.
    """
    symbol = intent.record.symbol
    position = turn.book.positions.get(symbol)
    held = turn.desk.listed_held.get(symbol, 0)
    if intent.record.side is Side.BUY:
        # A purchase that went through shows as more shares than are known of.
        return held == (position.quantity if position else 0)
    before = position.quantity if position is not None else intent.record.held
    locked = turn.desk.foreign_locked.get(symbol, 0)
    return held >= before and turn.desk.sellable.get(symbol) == held - locked


def _escalate(turn: Turn, intent: Intent, reason: str) -> None:
    watch = _watch(turn, intent)
    if watch.escalated or intent.state is IntentState.ESCALATED:
        return
    watch.escalated = True
    record = intent.record
    turn.record(ev.OrderEscalated(record.intent_id, record.symbol, record.name, reason))


def _watch(turn: Turn, intent: Intent) -> Watch:
    return turn.desk.watches.setdefault(intent.record.intent_id, Watch(turn.now.mono))
