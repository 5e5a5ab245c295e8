"""Stream records into the nouns of the domain; where wire codes get their meaning."""

from datetime import UTC, datetime
from functools import lru_cache

from hantu.domain.account import Side
from hantu.domain.instrument import Symbol
from hantu.domain.market import MarketOperation, OperationKind
from hantu.domain.money import Price, Quantity
from hantu.domain.order import Notice, NoticeKind
from hantu.domain.quote import BookTop
from hantu.domain.session import CLOSING_AUCTION, KST, from_korean_clock
from hantu.kis.frames import MalformedFrame
from hantu.kis.messages import BookRecord, NoticeRecord, OperationRecord, clock

_PHASES = {
    "112": OperationKind.OPEN,
    "129": OperationKind.CLOSE,
    "164": OperationKind.HALT,
    "174": OperationKind.HALT,
    "175": OperationKind.RESUME,
    "182": OperationKind.RESUME,
    "184": OperationKind.HALT,
    "185": OperationKind.RESUME,
}
"""MKOP_CLS_CODE of the whole market; sidecars (387 …) bind program trading only."""
_ISSUE_PHASES = ("", "AB1")
"""What frames about one issue carry instead of a phase of the market."""
_STATUS_HALTED = "58"
_EXPECTATION_ENDS = "112"
"""ANTC_MKOP_CLS_CODE at the end of the auction of a VI."""
_EXPECTED = frozenset("ABC")
"""HOUR_CLS_CODE while the price is an expected one."""
_OUTSIDE = ("1", "3")
"""MARKET_CLS_CODE before and after the regular market."""
_SIDES = {"01": Side.SELL, "1": Side.SELL, "02": Side.BUY, "2": Side.BUY}


@lru_cache(maxsize=64)
def _moment(date: str, hour: str) -> datetime | None:
    clock(hour)
    if len(date) != 8 or not (date.isascii() and date.isdigit()):
        return None
    try:
        # Not strptime: it takes five times as long, and the first trade of every second pays it.
        local = datetime(
            int(date[:4]), int(date[4:6]), int(date[6:]), int(hour[:2]), int(hour[2:4]), int(hour[4:]), tzinfo=KST
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def traded_at(date: str, hour: str, near: datetime) -> datetime:
    """Return the exchange time as aware UTC; without a usable date, that of ``near``.

    Raises:
        MalformedFrame: ``hour`` is not HHMMSS.
    """
    # Trades of one second share one value: parsing it costs more than the rest of a record.
    return _moment(date, hour) or from_korean_clock(hour, near)


@lru_cache(maxsize=64)
def session_flags(phase: str, hour_class: str, market_class: str) -> tuple[bool, bool]:
    """Return whether a trade is of the regular session, and whether its price is an expected one.

    ``phase`` is NEW_MKOP_CLS_CODE; a column that says nothing excludes nothing.
    """
    regular = market_class not in _OUTSIDE and phase[:1] in ("2", "")
    return regular, hour_class in _EXPECTED or phase[:1] == "4"


def to_book_top(record: BookRecord, received_at: float) -> BookTop:
    """Return the best prices of a book."""
    return BookTop(Symbol(record.symbol), Price(record.ask), Price(record.bid), received_at)


def to_notice(record: NoticeRecord, account: str, received_at: float) -> Notice:
    """Return an execution notice; ``account`` is ours, ten digits (empty = any is ours).

    Raises:
        MalformedFrame: No side, or a fill without shares or price.
    """
    kind = notice_kind(record)
    side = _SIDES.get(record.side)
    if side is None:
        raise MalformedFrame("notice has neither sell nor buy side")
    if kind is NoticeKind.FILL and not (record.quantity and record.price):
        raise MalformedFrame("fill without shares or price")
    return Notice(
        kind=kind,
        order_no=record.order_no.lstrip("0"),
        original_order_no=record.original_order_no.lstrip("0"),
        symbol=Symbol(record.symbol),
        side=side,
        quantity=Quantity(record.quantity),
        price=Price(record.price),
        order_quantity=Quantity(record.order_quantity),
        at=record.hour,
        branch_no=record.branch_no,
        account_matches=not account or record.account == account,
        name=record.name,
        received_at=received_at,
        order_price=Price(record.order_price),
    )


def notice_kind(record: NoticeRecord) -> NoticeKind:
    """Return what a notice reports; flags nobody documented never become a fill."""
    if record.refused in ("1", "Y"):
        return NoticeKind.REJECTED
    if record.refused not in ("0", "N", ""):
        return NoticeKind.OTHER
    match record.filled, record.accepted, record.revision:
        case "2", "2", _:
            return NoticeKind.FILL
        case "1", "1", "0":
            return NoticeKind.ACCEPTED
        case "1", "2", "1":
            return NoticeKind.AMENDED
        case ("1", "2", "2") | ("1", "3", _):
            return NoticeKind.CANCELED
        case _:
            # Among others an amend or cancel that was received but not yet done.
            return NoticeKind.OTHER


def to_operations(record: OperationRecord, wall: datetime) -> tuple[MarketOperation, ...]:
    """Return what a message says about the market, then about its issue.

    A closing message before the closing auction of any day is an early close:
    the third stage of the circuit breaker ends the session.
    """
    code, issue = record.phase, Symbol(record.symbol)
    found: list[MarketOperation] = []
    whole = None
    if code not in _ISSUE_PHASES:
        whole = _PHASES.get(code, OperationKind.OTHER)
        if whole is OperationKind.CLOSE and wall.astimezone(KST).time() < CLOSING_AUCTION:
            whole = OperationKind.EARLY_CLOSE
        found.append(MarketOperation(issue, whole, market_wide=True, code=code))
    kind = _issue_kind(record, whole)
    if issue and kind is not None:
        found.append(MarketOperation(issue, kind, market_wide=False, code=code))
    return tuple(found)


def _issue_kind(record: OperationRecord, whole: OperationKind | None) -> OperationKind | None:
    if record.halted == "Y" or record.status == _STATUS_HALTED:
        # During a halt of the market every issue says it is halted; only the market's end counts then.
        return None if whole is OperationKind.HALT else OperationKind.HALT
    if "Y" in (record.vi, record.after_hours_vi):
        return OperationKind.VI_ON
    if whole is OperationKind.RESUME:
        return OperationKind.RESUME
    if whole is None:
        return OperationKind.VI_OFF if record.expected_phase == _EXPECTATION_ENDS else OperationKind.RESUME
    return None
