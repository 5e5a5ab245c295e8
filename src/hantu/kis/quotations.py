"""Market reads: current prices one by one and thirty at once, the book, holidays."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.quote import BookTop, PolledPrice
from hantu.kis.rest import MalformedAnswer, Row, optional, whole

KRX: Final = "J"
"""FID_COND_MRKT_DIV_CODE of the exchange itself; NX is Nextrade, UN both."""
MULTI_PRICE_MAX: Final = 30
HALTED_STATUS: Final = "58"
"""ISCD_STAT_CLS_CODE of an issue whose trading is suspended."""
VOLUME_DIGITS: Final = 18
SATURDAY: Final = 5


def price_query(symbol: Symbol, market: str = KRX) -> dict[str, str]:
    """Return the query of the price, the book or the last trades of one issue."""
    return {"FID_COND_MRKT_DIV_CODE": market, "FID_INPUT_ISCD": symbol}


def decode_price(symbol: Symbol, row: Row) -> PolledPrice:
    """Return the price out of ``output`` of inquire-price; it names no best quotes.

    Raises:
        MalformedAnswer: The price or a limit is missing.
    """
    return PolledPrice(
        symbol=symbol,
        price=Price(whole(row, "stck_prpr")),
        day_low=Price(optional(row, "stck_lwpr")),
        day_high=Price(optional(row, "stck_hgpr")),
        ask=Price(0),
        bid=Price(0),
        lower_limit=Price(whole(row, "stck_llam")),
        upper_limit=Price(whole(row, "stck_mxpr")),
        halted=row.get("temp_stop_yn") == "Y" or row.get("iscd_stat_cls_code") == HALTED_STATUS,
        vi_active=row.get("vi_cls_code", "N") not in ("N", "", "0"),
        untraded=_untraded(row, "stck"),
        volume=_volume(row),
    )


def multi_price_query(symbols: Sequence[Symbol], market: str = KRX) -> dict[str, str]:
    """Return the query of up to thirty prices (관심종목 멀티시세, real only).

    Raises:
        ValueError: None or more than thirty symbols.
    """
    if not 1 <= len(symbols) <= MULTI_PRICE_MAX:
        raise ValueError(f"{len(symbols)} symbols in one call")
    query: dict[str, str] = {}
    for position, symbol in enumerate(symbols, start=1):
        query[f"FID_COND_MRKT_DIV_CODE_{position}"] = market
        query[f"FID_INPUT_ISCD_{position}"] = symbol
    return query


def symbols_of_query(query: dict[str, str]) -> list[str]:
    """Return the symbols a multi-price query asks for, in order; keys in upper case."""
    texts = (query.get(f"FID_INPUT_ISCD_{position}", "") for position in range(1, MULTI_PRICE_MAX + 1))
    return [text for text in texts if text]


def decode_multi_price(rows: Iterable[Row]) -> tuple[PolledPrice, ...]:
    """Return the prices of a multi-price answer; it does not tell halts.

    Raises:
        MalformedAnswer: A row lacks its code or price.
    """
    return tuple(_multi(row) for row in rows)


def decode_book(symbol: Symbol, row: Row, received_at: float) -> BookTop:
    """Return the best quotes out of ``output1`` of the asking-price call.

    Raises:
        MalformedAnswer: A quote is missing.
    """
    return BookTop(symbol, Price(whole(row, "askp1")), Price(whole(row, "bidp1")), received_at)


def holidays_query(start: date) -> dict[str, str]:
    """Return the query of the exchange's calendar (국내휴장일조회, real only), first page."""
    return {"BASS_DT": f"{start:%Y%m%d}", "CTX_AREA_NK": "", "CTX_AREA_FK": ""}


def decode_closed_days(rows: Iterable[Row]) -> frozenset[date]:
    """Return the weekdays on which the exchange does not open.

    Raises:
        MalformedAnswer: A row lacks its date or says neither open nor closed.
    """
    closed = set()
    for row in rows:
        opens = row.get("opnd_yn")
        if opens not in ("Y", "N"):
            raise MalformedAnswer("opnd_yn is neither Y nor N")
        day = day_of(row, "bass_dt")
        if opens == "N" and day.weekday() < SATURDAY:
            closed.add(day)
    return frozenset(closed)


def last_day(rows: Sequence[Row]) -> date:
    """Return the last day a calendar answer reaches.

    Raises:
        MalformedAnswer: It has no rows.
    """
    if not rows:
        raise MalformedAnswer("the calendar is empty")
    return max(day_of(row, "bass_dt") for row in rows)


def day_of(row: Row, name: str) -> date:
    """Return the date in column ``name``, written YYYYMMDD.

    Raises:
        MalformedAnswer: It is missing or is none.
    """
    try:
        return datetime.strptime(row.get(name, ""), "%Y%m%d").date()
    except ValueError as error:
        raise MalformedAnswer(f"{name} is not a date") from error


def _multi(row: Row) -> PolledPrice:
    symbol = row.get("inter_shrn_iscd", "").strip()
    if not symbol:
        raise MalformedAnswer("inter_shrn_iscd is empty")
    return PolledPrice(
        symbol=Symbol(symbol),
        price=Price(whole(row, "inter2_prpr")),
        day_low=Price(optional(row, "inter2_lwpr")),
        day_high=Price(optional(row, "inter2_hgpr")),
        ask=Price(optional(row, "inter2_askp")),
        bid=Price(optional(row, "inter2_bidp")),
        lower_limit=Price(optional(row, "inter2_llam")),
        upper_limit=Price(optional(row, "inter2_mxpr")),
        untraded=_untraded(row, "inter2"),
        flags_told=False,
        volume=_volume(row),
    )


def _untraded(row: Row, prefix: str) -> bool:
    """Tell whether a row says that nobody has traded today; a missing column says nothing.

    Either there is no volume, or neither opening, high nor low: shares that change hands at yesterday's close
    before the opening are volume, too.
    """
    day = [f"{prefix}_{name}" for name in ("oprc", "hgpr", "lwpr")]
    return _says_zero(row, "acml_vol") or all(_says_zero(row, name) for name in day)


def _volume(row: Row) -> Quantity:
    text = row.get("acml_vol", "").strip()
    return Quantity(int(text) if text.isdecimal() and len(text) < VOLUME_DIGITS else -1)


def _says_zero(row: Row, name: str) -> bool:
    text = row.get(name, "").strip()
    return text != "" and not text.strip("0")
