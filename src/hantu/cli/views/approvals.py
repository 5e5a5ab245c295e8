"""Approvals and the standing mandate as people read them."""

from collections.abc import Sequence
from typing import Any

from hantu.cli.views.tables import table
from hantu.cli.views.wording import korean_time
from hantu.domain.approval import Approval

STATUS_WORDS = {"pending": "대기", "approved": "승인", "denied": "거절", "used": "사용됨", "expired": "만료"}
SIDE_WORDS = {"buy": "매수", "sell": "매도"}
REASON_WORDS = {
    "none": "서명된 상시 승인이 없습니다",
    "revoked": "취소되었습니다",
    "rules_changed": "서명한 뒤 청산 규칙이 바뀌었습니다",
    "invalid_signature": "서명이 맞지 않습니다(EXECUTION_JWT_SECRET 확인)",
}


def approvals_table(rows: Sequence[Approval]) -> Any:
    """Return approvals as a table."""
    shown = table("주문 승인", "번호", "상태", "주문", "가격 범위", "올린 사람", "결정한 사람", "유효", "주문 의도")
    for row in rows:
        terms = row.terms
        shown.add_row(
            row.approval_id, STATUS_WORDS[row.status.value],
            f"{SIDE_WORDS[terms.side.value]} {terms.symbol} {terms.quantity_max:,}주 이하",
            f"{terms.price_low:,}~{terms.price_high:,}원", row.proposed_by, row.decided_by,
            korean_time(row.expires_at), row.intent_id,
        )  # fmt: skip
    return shown


def mandate_lines(found: dict[str, Any]) -> str:
    """Return the standing approval in words."""
    mandate = found["mandate"]
    if mandate is None:
        return f"자동 매도 상시 승인: 없음 - {REASON_WORDS.get(found['reason'], found['reason'])}. 익절은 보류, 손절은 계속합니다."
    lines = [
        f"자동 매도 상시 승인: 유효 ({mandate.mandate_id})",
        f"서명: {mandate.signed_by} {korean_time(mandate.signed_at)}",
        f"한도: 주문당 {mandate.default_limit:,}주",
        *(f"  {symbol}: {limit:,}주" for symbol, limit in mandate.limits),
        f"사용: {found['uses']:,}회"
        + (f", 마지막 {korean_time(found['last_used_at'])}" if found["last_used_at"] else ""),
    ]
    return "\n".join(lines)
