"""What an answer, or its absence, says about an order.

Three rules. Only a well-formed acceptance with an order number is ACCEPTED. Only
a code of the verified list, in a well-formed envelope, is REFUSED. Everything
else is UNKNOWN once a byte has left, and NOT_SENT if provably none has.
"""

from typing import Final

import msgspec

from hantu.domain.order import Outcome, OutcomeKind, Refusal
from hantu.kis.codes import HALTED, INSUFFICIENT_QUANTITY, MARKET_CLOSED, PROVES_NOT_TAKEN, REPEATABLE, lookup

ORDER_NO_DIGITS_MAX: Final = 10
MESSAGE_LENGTH_MAX: Final = 200
_ENVELOPE_STATUSES: Final = frozenset({200, 500})
"""The broker itself answers with these two; anything else comes from something in between."""


class _Ordered(msgspec.Struct):
    KRX_FWDG_ORD_ORGNO: str = ""
    ODNO: str = ""
    ORD_TMD: str = ""


class _Answer(msgspec.Struct):
    rt_cd: str
    msg_cd: str = ""
    msg1: str = ""
    output: _Ordered | list[_Ordered] | None = None


_DECODER: Final = msgspec.json.Decoder(_Answer)


def classify(http_status: int | None, body: bytes, first_byte_left: bool, error: str = "") -> Outcome:
    """Say what became of an order request.

    Args:
        http_status: Status of a completely received answer; None without one.
        body: Its complete body.
        first_byte_left: Whether any byte of the request may have left this host.
        error: What the connection reported (``timeout``, ``reset`` …); it makes
            the answer incomplete, whatever was received of it.

    Returns:
        The outcome, without times.
    """
    if error or http_status is None:
        if not first_byte_left:
            return Outcome(OutcomeKind.NOT_SENT, code=error or "not_sent", retryable=True)
        return _unknown(error or "no_answer")
    try:
        answer = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _unknown("unreadable_answer", f"HTTP {http_status}")
    text = answer.msg1.strip()[:MESSAGE_LENGTH_MAX]
    ordered = answer.output[0] if isinstance(answer.output, list) and answer.output else answer.output
    order_no = _order_no(ordered.ODNO) if isinstance(ordered, _Ordered) else ""
    if answer.rt_cd == "0":
        if http_status != 200 or not order_no or not isinstance(ordered, _Ordered):
            return _unknown(answer.msg_cd or "accepted_without_number", text)
        return Outcome(
            OutcomeKind.ACCEPTED,
            order_no=order_no,
            branch_no=ordered.KRX_FWDG_ORD_ORGNO.strip(),
            ordered_at=ordered.ORD_TMD.strip(),
            code=answer.msg_cd,
            message=text,
        )
    known = lookup(answer.msg_cd)
    # A refusal that carries an order number contradicts itself and proves nothing.
    if known.kind in PROVES_NOT_TAKEN and answer.rt_cd and http_status in _ENVELOPE_STATUSES and not order_no:
        return Outcome(
            OutcomeKind.REFUSED,
            code=answer.msg_cd,
            message=text or known.text,
            retryable=known.kind in REPEATABLE,
            refusal=_refusal(answer.msg_cd),
        )
    return _unknown(answer.msg_cd or "no_code", text)


def _refusal(code: str) -> Refusal:
    if code in INSUFFICIENT_QUANTITY:
        return Refusal.INSUFFICIENT_QUANTITY
    if code in HALTED:
        return Refusal.HALTED
    return Refusal.MARKET_CLOSED if code in MARKET_CLOSED else Refusal.OTHER


def _order_no(text: str) -> str:
    """Return an order number without its leading zeros, empty if it is none."""
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > ORDER_NO_DIGITS_MAX:
        return ""
    return digits.lstrip("0")


def _unknown(code: str, message: str = "") -> Outcome:
    return Outcome(OutcomeKind.UNKNOWN, code=code, message=message)
