"""Execution notices: whose they are, and how they reach the order they belong to.

A notice may overtake the answer to the order call, carries neither a fill
number nor a running total, and also comes for orders placed by hand.
"""

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.order import TERMINAL, IntentState, Notice, NoticeKind, Outcome
from hantu.domain.session import from_korean_clock
from hantu.engine import fills, results
from hantu.engine.records import Intent
from hantu.engine.turn import Turn, Watch

ORPHAN_LIMIT = 200


def accept(
    turn: Turn, intent: Intent, order_no: str, branch_no: str, ordered_at: str, how: str, outcome: Outcome | None = None
) -> None:
    """Record that an order lives at the broker, and attach what is already known of it."""
    record = intent.record
    watch = turn.desk.watches.setdefault(record.intent_id, Watch(turn.now.mono))
    watch.accepted_mono = turn.now.mono
    # Whoever adopts an order by hand has looked at it.
    watch.compared = how == "person"
    sent_at = turn.wall_text(outcome.sent_mono) if outcome else intent.sent_at
    accepted_at = turn.wall_text(outcome.answered_mono) if outcome else turn.stamp
    turn.record(
        ev.OrderAccepted(record.intent_id, record.symbol, order_no, branch_no, ordered_at, sent_at, accepted_at, how)
    )
    fills.known(turn, record.symbol, record.side).add(order_no)
    attach_orphans(turn, intent)


def noticed(turn: Turn, notice: Notice) -> None:
    """Take an execution notice into account; those of other accounts are not ours."""
    if not notice.account_matches:
        return
    intent = turn.book.by_order_no(notice.order_no, turn.today)
    intent = intent or turn.book.by_order_no(notice.original_order_no, turn.today)
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
        adopt_by_notice(turn, open_intent)
        return
    if notice.kind is NoticeKind.FILL:
        results.foreign_fill(turn, notice)
    # A stranger's order locks shares, or frees them.
    turn.ask_orders()


def attach_orphans(turn: Turn, intent: Intent) -> None:
    desk = turn.desk
    if intent.state is IntentState.UNKNOWN:
        adopt_by_notice(turn, intent)
        return
    mine = [notice for notice in desk.orphans if notice.order_no == intent.order_no]
    others = [notice for notice in desk.orphans if notice.order_no != intent.order_no]
    desk.orphans = []
    for notice in mine:
        _notice_of(turn, intent, notice)
    for notice in others:
        noticed(turn, notice)


def forget_claims(turn: Turn) -> None:
    """An order that might have been theirs does not exist: judge the waiting notices anew."""
    waiting, turn.desk.orphans = turn.desk.orphans, []
    for notice in waiting:
        noticed(turn, notice)


def adopt_by_notice(turn: Turn, intent: Intent) -> None:
    record = intent.record
    numbers = {
        notice.order_no
        for notice in turn.desk.orphans
        if notice.symbol == record.symbol
        and notice.side is record.side
        and notice.order_quantity == record.quantity
        and notice.order_no not in record.baseline
        # An order by hand may be for as many shares; it hardly ever has our limit.
        and notice.order_price in (None, record.limit_price)
    } - {notice.order_no for notice in turn.desk.orphans if _beyond_the_limit(record, notice)}
    if len(numbers) == 1:
        (number,) = numbers
        branch = next((n.branch_no for n in turn.desk.orphans if n.order_no == number and n.branch_no), "")
        accept(turn, intent, number, branch, "", "notice")


def _beyond_the_limit(record: ev.IntentRecorded, notice: Notice) -> bool:
    """A fill below our limit, or above it for a purchase, is another order's."""
    if notice.kind is not NoticeKind.FILL or not record.limit_price:
        return False
    better = notice.price - record.limit_price
    return better < 0 if record.side is Side.SELL else better > 0


def _notice_of(turn: Turn, intent: Intent, notice: Notice) -> None:
    record = intent.record
    if record.kind == "cancel":
        return
    if notice.kind is NoticeKind.FILL:
        _filled(turn, intent, notice)
    elif notice.kind is NoticeKind.CANCELED and intent.open:
        # What was filled before the cancel stands only in the list; it confirms both.
        watch = turn.desk.watches.setdefault(record.intent_id, Watch(turn.now.mono))
        watch.look_until = turn.now.mono + turn.desk.config.pace.quarantine_s
        turn.ask_orders()
    elif notice.kind is NoticeKind.REJECTED and intent.open and notice.order_no == intent.order_no:
        fills.rejected_late(turn, intent, "notice")
        turn.ask_orders()


def _filled(turn: Turn, intent: Intent, notice: Notice) -> None:
    """Take one fill in, unless the list had told of it before.

    Neither the sum of distinct notices nor the list's total is ever ahead of the
    truth, so the larger of the two is believed; adding one to the other is not.
    """
    record = intent.record
    if intent.state in TERMINAL or notice.quantity <= 0:
        return
    if _repeated(turn, notice):
        # Notices carry no fill number: the list decides whether it was one fill or two.
        turn.ask_orders()
        return
    watch = turn.desk.watches.setdefault(record.intent_id, Watch(turn.now.mono))
    watch.noticed += notice.quantity
    more = min(watch.noticed - intent.filled, intent.remaining)
    if more > 0:
        fills.fill(turn, intent, more, notice.price, "notice", _korean_clock(turn, notice.at))
    turn.ask_orders(turn.desk.config.pace.inquiry_every_s)


def _keep_orphan(turn: Turn, notice: Notice) -> None:
    orphans = turn.desk.orphans
    orphans.append(notice)
    del orphans[:-ORPHAN_LIMIT]


def _repeated(turn: Turn, notice: Notice) -> bool:
    """A notice may come again much later, when the server replays after a reconnection."""
    identity = (notice.order_no, notice.kind, notice.quantity, notice.price, notice.at)
    if identity in turn.desk.notices_seen:
        return True
    turn.desk.notices_seen.add(identity)
    return False


def _korean_clock(turn: Turn, hhmmss: str) -> str:
    if len(hhmmss) != 6 or not hhmmss.isdigit():
        return turn.stamp
    try:
        return from_korean_clock(hhmmss, turn.now.wall).strftime("%Y-%m-%d %H:%M:%S.%f")
    except ValueError:
        return turn.stamp
