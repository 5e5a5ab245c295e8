"""Records of the streams hantu uses, typed: trade, book, notice, market operation.

Decoding takes the fields of one record of any known width; encoding takes wire
column names and a generation. Numbers are checked to be what an exchange could
say; meaning is given to them in ``translate_stream``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from hantu.kis.frames import MalformedFrame
from hantu.kis.layouts import DEFAULT_GENERATION, Generation, layout

TRADE_MINIMUM = 46
BOOK_MINIMUM = 59
NOTICE_MINIMUM = 23
OPERATION_MINIMUM = 10

MAX_PRICE = 2**27 - 1
"""134 million won; the dearest share ever listed cost a tenth of this."""
MAX_QUANTITY = 2**37 - 1
"""137 billion shares; no company has issued as many. Both are all ones in
binary, so that several numbers can be checked at once."""
NULL = "(null)"
_FLAGS = ("Y", "N")
_HALT_FLAGS = ("N", "Y", "")
PHASE_LENGTH = 2
RATE_ROUNDING = 0.02
"""Percent; the rate of change is told with two decimals."""
MARKET_CLASS = 46
"""Place of the column appended to the trade record in September 2026."""
DAY_RATIO = 8
"""No share trades at eight times another price of its day: the widest day is
that of a new listing, 60 to 400 % of the base price. Beyond it a digit is lost."""
_EXCHANGE_CLASS = 10


@dataclass(frozen=True, slots=True)
class TradeRecord:
    """One execution; prices in won, ``hour`` HHMMSS and ``date`` YYYYMMDD in Korean time."""

    symbol: str
    hour: str
    price: int
    high: int
    low: int
    ask: int
    bid: int
    quantity: int
    volume: int
    date: str = ""
    phase: str = "20"
    """NEW_MKOP_CLS_CODE."""
    halted: str = "N"
    hour_class: str = "0"
    market_class: str = ""
    """1 pre, 2 regular, 3 after, 5 close; empty before September 2026."""

    def columns(self) -> dict[str, str]:
        """Return what the record says by wire name."""
        return {
            "MKSC_SHRN_ISCD": self.symbol,
            "STCK_CNTG_HOUR": self.hour,
            "STCK_PRPR": str(self.price),
            "STCK_HGPR": str(self.high),
            "STCK_LWPR": str(self.low),
            "ASKP1": str(self.ask),
            "BIDP1": str(self.bid),
            "CNTG_VOL": str(self.quantity),
            "ACML_VOL": str(self.volume),
            "BSOP_DATE": self.date,
            "NEW_MKOP_CLS_CODE": self.phase,
            "TRHT_YN": self.halted,
            "HOUR_CLS_CODE": self.hour_class,
            "MARKET_CLS_CODE": self.market_class,
        }


@dataclass(frozen=True, slots=True)
class BookRecord:
    """Best prices of a book; 0 where a side is empty."""

    symbol: str
    hour: str
    hour_class: str
    ask: int
    bid: int

    def columns(self) -> dict[str, str]:
        """Return what the record says by wire name."""
        return {
            "MKSC_SHRN_ISCD": self.symbol,
            "BSOP_HOUR": self.hour,
            "HOUR_CLS_CODE": self.hour_class,
            "ASKP1": str(self.ask),
            "BIDP1": str(self.bid),
        }


@dataclass(frozen=True, slots=True)
class NoticeRecord:
    """One execution notice; flags are kept as sent, numbers may be padded with zeros."""

    account: str = field(repr=False)
    order_no: str
    original_order_no: str
    side: str
    revision: str
    symbol: str
    quantity: int
    price: int
    hour: str
    refused: str
    filled: str
    accepted: str
    branch_no: str
    order_quantity: int
    name: str
    order_price: int
    customer: str = field(default="", repr=False)

    def columns(self) -> dict[str, str]:
        """Return what the record says by wire name."""
        return {
            "CUST_ID": self.customer,
            "ACNT_NO": self.account,
            "ODER_NO": self.order_no,
            "OODER_NO": self.original_order_no,
            "SELN_BYOV_CLS": self.side,
            "RCTF_CLS": self.revision,
            "STCK_SHRN_ISCD": self.symbol,
            "CNTG_QTY": str(self.quantity),
            "CNTG_UNPR": str(self.price),
            "STCK_CNTG_HOUR": self.hour,
            "RFUS_YN": self.refused,
            "CNTG_YN": self.filled,
            "ACPT_YN": self.accepted,
            "BRNC_NO": self.branch_no,
            "ODER_QTY": str(self.order_quantity),
            "CNTG_ISNM40": self.name,
            "ODER_PRC": str(self.order_price),
        }


@dataclass(frozen=True, slots=True)
class OperationRecord:
    """One market-operation message; ``symbol`` is empty where the frame has no code."""

    symbol: str
    halted: str
    phase: str
    """MKOP_CLS_CODE."""
    expected_phase: str
    status: str
    """ISCD_STAT_CLS_CODE."""
    vi: str
    after_hours_vi: str
    exchange: str = ""

    def columns(self) -> dict[str, str]:
        """Return what the record says by wire name."""
        return {
            "MKSC_SHRN_ISCD": self.symbol,
            "TRHT_YN": self.halted,
            "TR_SUSP_REAS_CNTT": NULL,
            "MKOP_CLS_CODE": self.phase,
            "ANTC_MKOP_CLS_CODE": self.expected_phase,
            "ISCD_STAT_CLS_CODE": self.status,
            "VI_CLS_CODE": self.vi,
            "OVTM_VI_CLS_CODE": self.after_hours_vi,
            "EXCH_CLS_CODE": self.exchange,
        }


def encode(tr_id: str, columns: Mapping[str, str], generation: Generation | str = DEFAULT_GENERATION) -> list[str]:
    """Return the fields of one record in wire order; columns not given are empty.

    Give the columns of the 26-wide notice; the narrower ones are derived.

    Raises:
        KeyError: Unknown transaction id or generation.
    """
    derived = dict(columns)
    if "CNTG_ISNM40" in columns:
        derived.setdefault("CNTG_ISNM", columns["CNTG_ISNM40"][:14])
        derived.setdefault("ORD_EXG_GB_POPUP_YN", columns.get("ORD_EXG_GB", "") + columns.get("POPUP_YN", ""))
    return [derived.get(name, "") for name in layout(tr_id, generation).columns]


def decode_trade(fields: Sequence[str]) -> TradeRecord:
    """Read one trade record of 46 columns or more.

    Raises:
        MalformedFrame: Too narrow, or a value no exchange would send.
    """
    _need(fields, TRADE_MINIMUM)
    price, high, low = number(fields[2]), number(fields[8]), number(fields[9])
    check_prices(price, high, low)
    if not low <= price <= high:
        check_change(price, fields[4], fields[5])
    check_places(fields)
    return TradeRecord(
        symbol=issue_code(fields[0]),
        hour=clock(fields[1]),
        price=price,
        high=high,
        low=low,
        ask=number(fields[10]),
        bid=number(fields[11]),
        quantity=number(fields[12], MAX_QUANTITY),
        volume=number(fields[13], MAX_QUANTITY),
        date=fields[33],
        phase=fields[34],
        halted=fields[35],
        hour_class=fields[43],
        market_class=fields[MARKET_CLASS] if len(fields) > MARKET_CLASS else "",
    )


def decode_book(fields: Sequence[str]) -> BookRecord:
    """Read the best prices of one book record of 59 columns or more.

    Raises:
        MalformedFrame: Too narrow, or a value no exchange would send.
    """
    _need(fields, BOOK_MINIMUM)
    return BookRecord(issue_code(fields[0]), fields[1], fields[2], number(fields[3]), number(fields[13]))


def decode_notice(fields: Sequence[str]) -> NoticeRecord:
    """Read one decrypted notice: columns 1 to 18 by place, name and order price from the end.

    Raises:
        MalformedFrame: Too narrow, or without number, side, code or time.
    """
    _need(fields, NOTICE_MINIMUM)
    if not fields[2].strip("0 "):
        raise MalformedFrame("notice without order number")
    return NoticeRecord(
        customer=fields[0],
        account=fields[1],
        order_no=fields[2].strip(),
        original_order_no=fields[3].strip(),
        side=fields[4],
        revision=fields[5],
        symbol=issue_code(fields[8]),
        quantity=number(fields[9], MAX_QUANTITY),
        price=number(fields[10]),
        hour=clock(fields[11]),
        refused=fields[12],
        filled=fields[13],
        accepted=fields[14],
        branch_no=fields[15],
        order_quantity=number(fields[16], MAX_QUANTITY),
        name=fields[-2].strip(),
        order_price=number(fields[-1]),
    )


def decode_operation(fields: Sequence[str]) -> OperationRecord:
    """Read one market-operation record, with or without the issue code in front.

    Raises:
        MalformedFrame: Too narrow, or the halt flag is not where it must be.
    """
    _need(fields, OPERATION_MINIMUM)
    bare = fields[0] in _FLAGS
    code, rest = ("", fields) if bare else (issue_code(fields[0]), fields[1:])
    if rest[0] not in _FLAGS:
        raise MalformedFrame("market operation without a halt flag")
    values = ["" if value == NULL else value for value in rest]
    return OperationRecord(
        symbol=code,
        halted=values[0],
        phase=values[2],
        expected_phase=values[3],
        status=values[6],
        vi=values[7],
        after_hours_vi=values[8],
        exchange=values[9] if len(values) >= _EXCHANGE_CLASS else "",
    )


@lru_cache(maxsize=128)
def issue_code(text: str) -> str:
    """Return an issue code: six characters, seven for an ETN.

    Raises:
        MalformedFrame: Anything else.
    """
    if len(text) not in (6, 7) or not (text.isascii() and text.isalnum()):
        raise MalformedFrame("issue code is not six or seven letters and digits")
    return text


def clock(text: str) -> str:
    """Return a clock time HHMMSS.

    Raises:
        MalformedFrame: Anything else.
    """
    if (
        len(text) != 6
        or not text.isdecimal()
        or not text.isascii()
        or text > "235959"
        or text[2] > "5"
        or text[4] > "5"
    ):
        raise MalformedFrame("time is not HHMMSS")
    return text


def number(text: str, limit: int = MAX_PRICE) -> int:
    """Return a whole number from 0 to ``limit``; an empty column counts as 0.

    Raises:
        MalformedFrame: Signs, decimals, other characters, or beyond the limit.
    """
    if not text:
        return 0
    if not (text.isdecimal() and text.isascii()):
        raise MalformedFrame("a number has characters other than digits")
    value = int(text) if len(text) <= 18 else limit + 1
    if value > limit:
        raise MalformedFrame("a number is beyond what an exchange could send")
    return value


def check_prices(price: int, high: int, low: int) -> None:
    """Refuse a traded price that is zero, or has lost or gained a digit; 0 = not told.

    A price outside low and high is legal: the columns may lag behind it.

    Raises:
        MalformedFrame: The three cannot belong to one day of one stock.
    """
    if price <= 0:
        raise MalformedFrame("price is zero")
    told = [each for each in (price, high, low) if each]
    if (low > high > 0) or max(told) > min(told) * DAY_RATIO:
        raise MalformedFrame("price, high and low of the day do not belong together")


def check_change(price: int, change: str, rate: str) -> None:
    """Refuse a price outside the day's range whose own change and rate belong to another price.

    Raises:
        MalformedFrame: The price column is damaged.
    """
    try:
        moved, told = int(change), float(rate)
    except ValueError:
        return
    base = price - moved
    if base <= 0 or abs(moved * 100 / base - told) > RATE_ROUNDING:
        raise MalformedFrame("price, change and rate do not belong together")


def check_places(fields: Sequence[str]) -> None:
    """Refuse a record with a separator too many or too few: the later columns stand where they must.

    Raises:
        MalformedFrame: The phase, the halt flag or the class of the hour is not in its place.
    """
    if len(fields[34]) > PHASE_LENGTH or fields[35] not in _HALT_FLAGS or len(fields[43]) > 1:
        raise MalformedFrame("columns are shifted")


def _need(fields: Sequence[str], minimum: int) -> None:
    if len(fields) < minimum:
        raise MalformedFrame(f"record has {len(fields)} columns, at least {minimum} are needed")
