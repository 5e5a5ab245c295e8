"""Orders people ask for: every check in the documented order, then the same path as an exit.

Entry point: ``placed``. Kill switch first, then signature, expiry, approval
record, hash, single use; what the guard itself knows comes last and spends
nothing. An order that passes is an intent like any other: recorded before the
first byte, one of its stock and side at a time, its outcome one of three.
"""

from collections.abc import Set as AbstractSet

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.approval import REASONS, ApprovalStatus, Rejection, order_hash, outside
from hantu.domain.commands import KillLevel
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.order import IntentState, OrderRequest, OrderType, Purpose
from hantu.domain.order_token import untimely
from hantu.engine import exits
from hantu.engine.config import Mode
from hantu.engine.decision import Submit
from hantu.engine.inputs import OrderPlaced
from hantu.engine.journey import State
from hantu.engine.turn import Turn, Watch

HINTS: dict[Rejection, str] = {
    Rejection.INVALID_SIGNATURE: "EXECUTION_JWT_SECRET(JWT_SECRET)가 양쪽에서 같은지, 토큰이 변조되지 않았는지 확인하세요.",
    Rejection.EXPIRED: "승인·주문 흐름의 시각 설정을 확인하고 토큰을 다시 발급받으세요.",
    Rejection.APPROVAL_NOT_FOUND: "승인 절차와 DB 상태를 확인하세요. `hantu approvals list`",
    Rejection.HASH_MISMATCH: "승인받은 조건(종목, 방향, 수량, 가격 범위)과 같은 주문인지 확인하세요.",
    Rejection.ALREADY_USED: "정상적인 방어입니다. 주문 프로그램이 같은 토큰을 다시 쓰지 않는지 확인하세요.",
    Rejection.NOT_ALLOWED: "토큰은 쓰이지 않았습니다. 사유가 풀린 뒤 다시 요청하세요.",
}
_FACTS: dict[Rejection, type[ev.OrderRejected]] = {
    Rejection.INVALID_SIGNATURE: ev.OrderRejectedInvalidSignature,
    Rejection.EXPIRED: ev.OrderRejectedExpired,
    Rejection.APPROVAL_NOT_FOUND: ev.OrderRejectedApprovalNotFound,
    Rejection.HASH_MISMATCH: ev.OrderRejectedHashMismatch,
    Rejection.ALREADY_USED: ev.OrderRejectedAlreadyUsed,
    Rejection.NOT_ALLOWED: ev.OrderRejectedNotAllowed,
}
_KNOWN = (ApprovalStatus.APPROVED, ApprovalStatus.USED, ApprovalStatus.EXPIRED)
"""States of an approval that was given at some time; one that was not does not exist for an order."""


def placed(turn: Turn, got: OrderPlaced) -> None:
    """Reject an order a client asks for, or record its intent and send it."""
    asked = got.asked
    level = got.kill if turn.book.kill is KillLevel.OFF else turn.book.kill
    if level is not KillLevel.OFF:
        symbol = Symbol(asked.symbol)
        turn.record(
            ev.OrderBlockedKillswitch(symbol, _name(turn, symbol), Purpose.MANUAL, level, got.client, got.request_id)
        )
        return
    found = token_rejection(got, turn.book.spent_tokens | turn.book.spent_approvals) or _rule_against(turn, got)
    if found is not None:
        _reject(turn, got, *found)
        return
    _send(turn, got)


def token_rejection(got: OrderPlaced, spent_ids: AbstractSet[str] = frozenset()) -> tuple[Rejection, str] | None:
    """Return why the token does not allow the order: signature, expiry, record, hash, single use.

    ``spent_ids`` are the tokens and approvals known to be used beside what the records said.
    """
    claims, approval = got.claims, got.approval
    if claims is None:
        return Rejection.INVALID_SIGNATURE, got.flaw
    late = untimely(claims, got.at_s)
    if late:
        return Rejection.EXPIRED, late
    if approval is None or approval.status not in _KNOWN or approval.approval_id != claims.approval:
        return Rejection.APPROVAL_NOT_FOUND, approval.status.value if approval else ""
    terms, spent = approval.terms, got.spent or approval.status is ApprovalStatus.USED
    if not spent and (approval.status is ApprovalStatus.EXPIRED or got.approval_left_s <= 0):
        return Rejection.EXPIRED, "approval"
    if order_hash(terms) != claims.order_hash or approval.order_hash != claims.order_hash:
        return Rejection.HASH_MISMATCH, "terms"
    broken = outside(terms, got.asked)
    if broken:
        return Rejection.HASH_MISMATCH, broken
    if spent or not spent_ids.isdisjoint((claims.jti, approval.approval_id)):
        return Rejection.ALREADY_USED, ""
    return None


def _rule_against(turn: Turn, got: OrderPlaced) -> tuple[Rejection, str] | None:
    reason = _held_by(turn, got)
    return None if reason is None else (Rejection.NOT_ALLOWED, reason)


def _held_by(turn: Turn, got: OrderPlaced) -> str | None:
    """Return which rule of the guard forbids the order now, or None."""
    desk, book, asked, symbol = turn.desk, turn.book, got.asked, Symbol(got.asked.symbol)
    assert got.claims is not None
    if got.claims.epoch_min > desk.epoch:
        return "stale_guard"
    if desk.config.mode is Mode.WATCH:
        return "watch_only"
    if not desk.storage_ok:
        return "storage"
    reason = exits.closed_to(turn, symbol, Purpose.MANUAL)
    if reason is not None:
        return reason
    if any(book.open_intent(symbol, side) is not None for side in Side):
        return "open_order"
    if asked.side is Side.BUY:
        # New risk is taken only while what is bought would be watched at once.
        return None if book.state is State.MONITORING else "not_monitoring"
    if symbol in desk.retries or symbol in desk.corrections:
        return "exit_under_way"
    return None if asked.quantity <= exits.sellable_now(turn, symbol) else exits.NOT_SELLABLE


def _reject(turn: Turn, got: OrderPlaced, rejection: Rejection, detail: str) -> None:
    asked = got.asked
    turn.record(
        _FACTS[rejection](
            got.request_id, got.client, Symbol(asked.symbol), asked.side, asked.quantity, asked.limit_price,
            REASONS[rejection], detail, HINTS[rejection], got.claims.jti if got.claims else "",
            got.claims.approval if got.claims else "",
        )
    )  # fmt: skip


def _send(turn: Turn, got: OrderPlaced) -> None:
    desk, asked, claims, symbol = turn.desk, got.asked, got.claims, Symbol(got.asked.symbol)
    assert claims is not None
    position = turn.book.positions.get(symbol)
    held = position.quantity if position else 0
    intent_id = turn.new_intent_id()
    baseline = tuple(sorted(desk.known_orders.get((symbol, asked.side.value), set())))
    target = held + asked.quantity if asked.side is Side.BUY else held - asked.quantity
    turn.record(
        ev.IntentRecorded(
            intent_id, flow_of(got.request_id), "order", IntentState.SENDING, symbol, _name(turn, symbol), asked.side,
            Purpose.MANUAL, target, asked.quantity, asked.limit_price, OrderType.LIMIT, asked.venue, 1, "", held,
            position.average_price if position else 0, desk.epoch, baseline, turn.today, claims.jti, claims.approval,
        )
    )  # fmt: skip
    desk.watches[intent_id] = Watch(turn.now.mono)
    turn.do(
        Submit(
            OrderRequest(
                intent_id, symbol, asked.side, Quantity(asked.quantity), Price(asked.limit_price), OrderType.LIMIT,
                asked.venue, Purpose.MANUAL, desk.epoch, turn.now.mono + desk.config.pace.send_within_s,
                token_id=claims.jti, account=desk.config.account, environment=desk.config.environment,
                price_mono=desk.sight(symbol).seen_mono,
            )
        )
    )  # fmt: skip


def flow_of(request_id: str) -> str:
    """Return the flow under which everything about one request is recorded."""
    return f"manual-{request_id}"


def _name(turn: Turn, symbol: Symbol) -> str:
    position, watched = turn.book.positions.get(symbol), turn.desk.watchlist.get(symbol)
    return position.name if position else watched.name if watched else symbol
