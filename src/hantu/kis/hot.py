"""The short way from a trade frame to a decision; everything else may be slow.

Nearly every frame carries one record, and nearly every record changes nothing.
``calm`` therefore reads only what decides that; ``decode_trades`` reads the
record, and all of them where a frame has several.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias, cast

from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.quote import Trade
from hantu.kis.frames import FIELD_SEPARATOR, MalformedFrame, parse_data, split_records
from hantu.kis.messages import (
    DAY_RATIO,
    MARKET_CLASS,
    MAX_PRICE,
    MAX_QUANTITY,
    TRADE_MINIMUM,
    decode_trade,
    issue_code,
)
from hantu.kis.translate_stream import session_flags, traded_at

TRADE_TR_IDS = ("H0STCNT0", "H0UNCNT0", "H0NXCNT0")
"""KRX, combined and Nextrade; their columns have the same places."""
_ONE_RECORD = "0|H0STCNT0|001|"
_HEAD = len(_ONE_RECORD)
_TRADES = _ONE_RECORD[:-4]
_COUNT = slice(_HEAD - 4, _HEAD - 1)
_CHECKED = 14
"""Columns up to the accumulated volume; all numbers a decision can need are among them."""
Numbers: TypeAlias = tuple[int, int, int, int, int, int, int]
"""Price, high, low, ask, bid, quantity, volume."""
_Typed: TypeAlias = tuple[Price, Price, Price, Price, Price, Quantity, Quantity]


def fence(levels: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Return ``levels``, (stop, target) in won by issue code, keyed by all that stands before the first separator."""
    return {_ONE_RECORD + code: pair for code, pair in levels.items()}


def calm(text: str, fenced: Mapping[str, tuple[int, int]]) -> bool:
    """Tell whether a frame provably changes nothing for the levels of ``fenced``.

    True only for a frame of one record whose price lies strictly between both;
    False means "decode it", be it a crossing, a stranger, several records or
    garbage. The low and high of the day are not looked at: whoever skips calm
    frames must decode the last one of each stock in every look.
    """
    head = text.split(FIELD_SEPARATOR, 3)
    # One lookup compares the transaction id, the count and the issue code.
    level = fenced.get(head[0])
    if level is None or len(head) != 4 or not head[2].isdecimal():
        return False
    return level[0] < int(head[2]) < level[1]


class CalmFrames:
    """Frames that change nothing, held back until the socket's present bytes are read.

    In a burst only the last frame of a stock is decoded: each one held back had its
    price strictly between both levels, and the last carries the day's low, high and
    volume of them all, so no crossing is lost. ``levels`` empty holds nothing back.
    """

    __slots__ = ("_fenced", "_held", "frames_dropped", "records_dropped")

    def __init__(self) -> None:
        self._fenced: dict[str, tuple[int, int]] = {}
        self._held: dict[str, str] = {}
        self.frames_dropped = 0
        """Frames a later one of their stock made superfluous, since this was last set to zero."""
        self.records_dropped = 0

    def set_levels(self, levels: Mapping[str, tuple[int, int]]) -> None:
        """Judge by (stop, target) in won of these stocks from now on; all others are not held back."""
        self._fenced = fence(levels)

    def hold(self, text: str) -> bool:
        """Keep a calm frame; False means "read it now", and a held frame of its stock has become old."""
        head = text.split(FIELD_SEPARATOR, 3)
        code = head[0]
        level = self._fenced.get(code)
        if level is None:
            return text.startswith(_TRADES) and self._hold_several(text)
        if code in self._held:
            self._drop(code)
        if len(head) == 4 and head[2].isdecimal() and level[0] < int(head[2]) < level[1]:
            self._held[code] = text
            return True
        return False

    def _hold_several(self, text: str) -> bool:
        """Keep a frame of several records of one stock if every price in it is calm."""
        fields = text.split(FIELD_SEPARATOR)
        count = text[_COUNT]
        records = int(count) if count.isdecimal() else 0
        code = _ONE_RECORD + fields[0][_HEAD:]
        level = self._fenced.get(code)
        if level is None or records < 1 or len(fields) % records:
            return False
        width = len(fields) // records
        if set(fields[width::width]) - {code[_HEAD:]} or width < TRADE_MINIMUM:
            return False
        for price in fields[2::width]:
            if not (price.isdecimal() and level[0] < int(price) < level[1]):
                return False
        if code in self._held:
            self._drop(code)
        self._held[code] = text
        return True

    def _drop(self, code: str) -> None:
        self.frames_dropped += 1
        self.records_dropped += int(self._held.pop(code)[_COUNT])

    def older_than(self, text: str) -> list[str]:
        """Take out what must be read before ``text``, a trade frame not of the usual form: its stocks' frames."""
        if not self._held or text.startswith(_ONE_RECORD) or text[2:10] not in TRADE_TR_IDS:
            return []
        return [self._held.pop(code) for code in list(self._held) if code[_HEAD:] in text]

    def take(self) -> list[str]:
        """Return what is held and hold it no longer."""
        texts = list(self._held.values())
        self._held.clear()
        return texts


def all_calm(text: str, fenced: Mapping[str, tuple[int, int]]) -> bool:
    """Tell the same of any trade frame, checking every number of every record.

    The low and high of the day are looked at too: a record whose day has
    touched a level is not calm.
    """
    fields = text.split(FIELD_SEPARATOR, _CHECKED)
    level = fenced.get(fields[0])
    if level is None or len(fields) <= _CHECKED:
        return _all_calm_of_several(text, fenced)
    numbers = "".join(fields[1:3] + fields[8:_CHECKED])
    width = _CHECKED + 1 + fields[_CHECKED].count(FIELD_SEPARATOR)
    if not (numbers.isdecimal() and numbers.isascii() and TRADE_MINIMUM <= width < 2 * TRADE_MINIMUM):
        return False
    try:
        price, high, low = int(fields[2]), int(fields[8]), int(fields[9])
    except ValueError:
        return False
    return level[0] < low <= price <= high < level[1] and high <= low * DAY_RATIO and len(fields[1]) == 6


def _all_calm_of_several(text: str, fenced: Mapping[str, tuple[int, int]]) -> bool:
    try:
        for fields in _records(text):
            price, high, low, _, _, _, _ = scan(fields)
            stop, target = fenced[_ONE_RECORD + fields[0]]
            if not (stop < low <= price <= high < target):
                return False
    except (MalformedFrame, KeyError):
        return False
    return True


def decode_trades(text: str, received_at: float, near: datetime) -> list[Trade]:
    """Return the trades of one frame; consecutive records of one stock are one trade.

    ``received_at`` is monotonic seconds, ``near`` the present as aware time, for
    records without a date. Records are merged only when they agree on session,
    auction and halt, so an expected price never widens the span of traded ones.

    Raises:
        MalformedFrame: Any record is not one; nothing of the frame is used then.
    """
    records = _records(text)
    if len(records) == 1:
        fields = records[0]
        price, high, low, ask, bid, quantity, volume = cast(_Typed, scan(fields))
        code, halted, regular, auction = _kind(fields)
        return [
            Trade(
                cast("Symbol", code), price, quantity, price, price, low, high, ask, bid, volume,
                traded_at(fields[33], fields[1], near), received_at, halted, regular, auction,
            )
        ]  # fmt: skip
    scanned = [(fields, scan(fields), _kind(fields)) for fields in records]
    trades: list[Trade] = []
    run: list[Numbers] = []
    for place, (fields, numbers, kind) in enumerate(scanned, 1):
        run.append(numbers)
        if place < len(scanned) and scanned[place][2] == kind:
            continue
        prices = [each[0] for each in run]
        shares = sum(each[5] for each in run)
        trades.append(_trade(fields, kind, numbers, (min(prices), max(prices)), shares, len(run), received_at, near))
        run = []
    return trades


def scan(fields: Sequence[str]) -> Numbers:
    """Return price, high, low, ask, bid, quantity and volume of one record, checked.

    Raises:
        MalformedFrame: A value no exchange would send.
    """
    try:
        price = int(fields[2])
        high, low, ask, bid, quantity, volume = map(int, fields[8:14])
    except ValueError:
        return _careful(fields)
    # int() lets signs and blanks pass: a sign is caught here, a blank changes no value. The
    # limits are all ones in binary, so "or" exceeds one exactly if a number does, or is negative.
    if (
        0 < low <= price <= high <= MAX_PRICE
        and high <= low * DAY_RATIO
        and 0 <= ask | bid <= MAX_PRICE
        and 0 <= quantity | volume <= MAX_QUANTITY
    ):
        return price, high, low, ask, bid, quantity, volume
    return _careful(fields)


def _careful(fields: Sequence[str]) -> Numbers:
    """Read a record the quick way would not vouch for; it may be unusual or broken."""
    record = decode_trade(fields)
    return record.price, record.high, record.low, record.ask, record.bid, record.quantity, record.volume


def _records(text: str) -> list[list[str]]:
    # Underscores and foreign digits would pass int().
    if not text.isascii() or "_" in text:
        raise MalformedFrame("a trade frame has characters no number or code has")
    if text.startswith(_ONE_RECORD):
        fields = text[_HEAD:].split(FIELD_SEPARATOR)
        if TRADE_MINIMUM <= len(fields) < 2 * TRADE_MINIMUM:
            return [fields]
    frame = parse_data(text)
    if frame.encrypted or frame.tr_id not in TRADE_TR_IDS:
        raise MalformedFrame("not a plain trade frame")
    return split_records(frame, TRADE_MINIMUM)


def _kind(fields: Sequence[str]) -> tuple[str, bool, bool, bool]:
    """Return code, halted, regular and auction: what must agree for records to be merged."""
    market_class = fields[MARKET_CLASS] if len(fields) > MARKET_CLASS else ""
    regular, auction = session_flags(fields[34], fields[43], market_class)
    return issue_code(fields[0]), fields[35] == "Y", regular, auction


def _trade(
    fields: Sequence[str],
    kind: tuple[str, bool, bool, bool],
    numbers: Numbers,
    span: tuple[int, int],
    shares: int,
    count: int,
    received_at: float,
    near: datetime,
) -> Trade:
    code, halted, regular, auction = kind
    # Casts, because calling NewTypes would cost as much as reading the numbers.
    price, high, low, ask, bid, quantity, volume = cast(_Typed, (*numbers[:5], shares, numbers[6]))
    lowest, highest = cast("tuple[Price, Price]", span)
    return Trade(
        cast(Symbol, code),
        price,
        quantity,
        lowest,
        highest,
        low,
        high,
        ask,
        bid,
        volume,
        traded_at(fields[33], fields[1], near),
        received_at,
        halted,
        regular,
        auction,
        count,
    )
