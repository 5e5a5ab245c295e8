"""Spending a token: the row that makes it impossible to spend it again."""

import msgspec

from hantu.adapters.store.row_context import RowContext
from hantu.adapters.store.sqlite import Connection, IntegrityError
from hantu.adapters.store.state_rows import GUARD, audit
from hantu.domain import events as ev
from hantu.domain.errors import TokenSpentError

_SPEND = "INSERT INTO order_tokens (jti, intent_id, approval_id, mandate_id, used_at) VALUES (?, ?, ?, ?, ?)"
_USE_APPROVAL = """UPDATE approvals SET status = 'used', used_at = ?, intent_id = ?
WHERE approval_id = ? AND status = 'approved'"""
_USE_MANDATE = "UPDATE mandates SET uses = uses + 1, last_used_at = ? WHERE mandate_id = ?"
_json = msgspec.json.Encoder()


def spend(connection: Connection, fact: ev.IntentRecorded, context: RowContext) -> None:
    """Spend the token of an intent inside the transaction that records it.

    Raises:
        TokenSpentError: A person's token or approval was used before. An exit is never stopped here.
    """
    if not fact.token_id:
        return
    if not fact.approval:
        connection.execute(
            f"{_SPEND} ON CONFLICT DO NOTHING", (fact.token_id, fact.intent_id, "", fact.mandate, context.timestamp)
        )
        if fact.mandate:
            connection.execute(_USE_MANDATE, (context.timestamp, fact.mandate))
        return
    used = connection.execute(_USE_APPROVAL, (context.timestamp, fact.intent_id, fact.approval)).rowcount
    try:
        connection.execute(_SPEND, (fact.token_id, fact.intent_id, fact.approval, "", context.timestamp))
    except IntegrityError as error:
        raise _spent() from error
    if used != 1:
        raise _spent()
    details = _json.encode({"id": fact.approval, "intent_id": fact.intent_id}).decode()
    audit(connection, "approval_used", GUARD, context.timestamp, details, context.event_id, context.correlation_id)


def reminded(connection: Connection, fact: ev.MandateReviewDue, context: RowContext) -> str:
    """Note when people were last reminded of a mandate."""
    connection.execute("UPDATE mandates SET reminded_at = ? WHERE mandate_id = ?", (context.timestamp, fact.mandate_id))
    return ""


def _spent() -> TokenSpentError:
    return TokenSpentError(
        "이미 사용한 승인 토큰이어서 주문하지 않습니다.", next_step="새로 승인을 받아 토큰을 다시 발급받으세요."
    )
