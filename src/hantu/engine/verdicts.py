"""A person's word about an order nobody could find out about; the broker's record outweighs it."""

from hantu.domain import events as ev
from hantu.domain.account import BrokerOrder, Side
from hantu.domain.commands import ResolveOrder, Verdict
from hantu.domain.order import IntentState
from hantu.engine import fills, notices, results, unresolved
from hantu.engine.records import Intent
from hantu.engine.turn import Turn


def resolve(turn: Turn, wish: ResolveOrder) -> None:
    """End the doubt as told, unless the evidence says otherwise; either way it is on record."""
    denied = objection(turn, wish)
    intent = turn.book.intents.get(wish.intent_id)
    symbol, name = (intent.record.symbol, intent.record.name) if intent is not None else (unresolved.NO_SYMBOL, "")
    turn.record(
        ev.OrderResolvedByPerson(
            wish.intent_id, symbol, name, wish.actor, wish.verdict.value, wish.order_no, wish.reason, denied
        )
    )
    if denied or intent is None:
        return
    record = intent.record
    if wish.verdict is Verdict.ADOPTED:
        listed = _listed(turn, wish.order_no)
        branch, ordered_at = (listed.branch_no, listed.ordered_at) if listed else ("", "")
        notices.accept(turn, intent, wish.order_no, branch, ordered_at, "person")
        fills.listed(turn, turn.desk.listing)
    elif wish.verdict is Verdict.FILLED:
        fills.fill(turn, intent, intent.remaining, record.limit_price, "person", turn.stamp)
    else:
        turn.record(ev.OrderAbsent(record.intent_id, record.symbol, f"{wish.actor}: {wish.reason}"))
        turn.desk.rest_until.pop(record.symbol, None)
        turn.desk.pending.add(record.symbol)
        notices.forget_claims(turn)
        results.exit_finished(turn, intent)
    turn.ask_orders()
    turn.ask_balance()


def objection(turn: Turn, wish: ResolveOrder) -> str:
    """Return why a word is not taken: not needed, no reason given, or against the evidence."""
    intent = turn.book.intents.get(wish.intent_id)
    if intent is None or intent.record.kind != "order":
        return "그런 주문이 없습니다."
    if intent.state is not IntentState.ESCALATED:
        still = (
            "아직 자동으로 확인하고 있습니다."
            if intent.state is IntentState.UNKNOWN
            else "이미 끝났거나 확인된 주문입니다."
        )
        return f"사람의 확인이 필요한 주문이 아닙니다({intent.state}). {still}"
    if not wish.reason.strip():
        return "무엇으로 확인했는지 사유가 필요합니다."
    checks = {Verdict.FILLED: _against_filled, Verdict.ABSENT: _against_absent, Verdict.ADOPTED: _against_adopted}
    return checks[wish.verdict](turn, intent, wish)


def _against_filled(turn: Turn, intent: Intent, _: ResolveOrder) -> str:
    unfilled = [order for order in _candidates(turn, intent) if order.filled < intent.record.quantity]
    if unfilled:
        number, filled = unfilled[0].order_no, unfilled[0].filled
        return f"증권사 목록의 주문 {number}는 {filled:,}/{intent.record.quantity:,}주만 체결되었습니다."
    position, record = turn.book.positions.get(intent.record.symbol), intent.record
    if record.side is Side.SELL and position is not None and _balance_since(turn, intent):
        shown = turn.desk.listed_held.get(record.symbol, 0)
        if shown > position.quantity - intent.remaining:
            return f"증권사 잔고에 아직 {shown:,}주가 있습니다. 체결되었다면 {position.quantity - intent.remaining:,}주여야 합니다."
    return ""


def _against_absent(turn: Turn, intent: Intent, _: ResolveOrder) -> str:
    candidates = _candidates(turn, intent)
    if candidates:
        numbers = ", ".join(order.order_no for order in candidates)
        return f"증권사 목록에 같은 내용의 주문이 있습니다: {numbers}."
    position, record = turn.book.positions.get(intent.record.symbol), intent.record
    if record.side is Side.SELL and position is not None and _balance_since(turn, intent):
        shown, free = turn.desk.listed_held.get(record.symbol, 0), turn.desk.sellable.get(record.symbol, 0)
        locked = turn.desk.foreign_locked.get(record.symbol, 0)
        if shown < position.quantity:
            return f"증권사 잔고가 {position.quantity:,}주에서 {shown:,}주로 줄었습니다."
        if free < shown - locked:
            return (
                f"매도 가능 수량이 {free:,}주뿐입니다. 보이지 않는 주문이 {shown - locked - free:,}주를 잡고 있습니다."
            )
    return ""


def _against_adopted(turn: Turn, intent: Intent, wish: ResolveOrder) -> str:
    record, order = intent.record, _listed(turn, wish.order_no)
    if order is None:
        return f"증권사 목록에 주문 {wish.order_no or '(번호 없음)'}가 없습니다."
    owner = turn.book.by_order_no(order.order_no, turn.today)
    if owner is not None:
        return f"주문 {order.order_no}는 이미 {owner.record.intent_id}의 주문입니다."
    if (order.symbol, order.side, order.quantity) != (record.symbol, record.side, record.quantity):
        return f"주문 {order.order_no}의 종목·구분·수량이 다릅니다({order.symbol} {order.side} {order.quantity:,}주)."
    if order.order_no in record.baseline:
        return f"주문 {order.order_no}는 이 주문을 보내기 전부터 있었습니다."
    return ""


def _candidates(turn: Turn, intent: Intent) -> list[BrokerOrder]:
    return [order for order in turn.desk.listing if unresolved.fits(turn, intent, order)]


def _listed(turn: Turn, order_no: str) -> BrokerOrder | None:
    return next((order for order in turn.desk.listing if order.order_no == order_no and not order.is_cancel), None)


def _balance_since(turn: Turn, intent: Intent) -> bool:
    """Whether the latest balance was asked for after the order was on its way."""
    watch, read = turn.desk.watches.get(intent.record.intent_id), turn.desk.reads.balance_read_mono
    return read is not None and (watch is None or read > watch.recorded_mono)
