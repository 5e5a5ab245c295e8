"""Columns of the exchange's stream messages, newest layout, as text.

Names and meaning follow H0STCNT0 (47), H0STASP0 (63) and H0STMKO0 (11) of the
reform of 2026-09-14; servers narrow them for older layouts.
"""

from hantu.domain.account import Side
from hantu.simulator.venue.auction import clearing
from hantu.simulator.venue.listing import Listing, Mode
from hantu.simulator.venue.maker import LEVELS

SESSION_SECONDS = 23_400
REGULAR_MARKET = "2"
_OPENS_AT = 9 * 3600


def sign(price: int, reference: int, lower: int = -1, upper: int = -1) -> str:
    """Return the change code: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down."""
    if price == reference:
        return "3"
    if price > reference:
        return "1" if price == upper else "2"
    return "4" if price == lower else "5"


def percent(part: int, whole: int) -> str:
    """Return ``part`` of ``whole`` in percent with two decimals."""
    return f"{part / whole * 100:.2f}" if whole else "0.00"


def trade_columns(
    listing: Listing, hhmmss: str, day: str, price: int, quantity: int, taker: Side, halted: bool
) -> dict[str, str]:
    """Return the columns of a trade message; ``quantity`` 0 repeats the last trade."""
    record, book, ladder = listing.record, listing.book, listing.ladder
    base, volume = record.base, record.volume
    ask, bid = book.best(Side.SELL), book.best(Side.BUY)
    elapsed = int(hhmmss[:2]) * 3600 + int(hhmmss[2:4]) * 60 + int(hhmmss[4:]) - _OPENS_AT
    before = round(listing.spec.previous_volume * min(max(elapsed, 1) / SESSION_SECONDS, 1.0))
    opened, high, low = record.open or price, record.high or price, record.low or price
    return {
        "MKSC_SHRN_ISCD": listing.spec.symbol,
        "STCK_CNTG_HOUR": hhmmss,
        "STCK_PRPR": str(price),
        "PRDY_VRSS_SIGN": sign(price, base, ladder.lower, ladder.upper),
        "PRDY_VRSS": str(price - base),
        "PRDY_CTRT": percent(price - base, base),
        "WGHN_AVRG_STCK_PRC": f"{record.value / volume:.2f}" if volume else f"{price}.00",
        "STCK_OPRC": str(opened),
        "STCK_HGPR": str(high),
        "STCK_LWPR": str(low),
        "ASKP1": str(ask),
        "BIDP1": str(bid),
        "CNTG_VOL": str(quantity),
        "ACML_VOL": str(volume),
        "ACML_TR_PBMN": str(record.value),
        "SELN_CNTG_CSNU": str(record.sells),
        "SHNU_CNTG_CSNU": str(record.buys),
        "NTBY_CNTG_CSNU": str(record.buys - record.sells),
        "CTTR": record.strength,
        "SELN_CNTG_SMTN": str(record.sell_volume),
        "SHNU_CNTG_SMTN": str(record.buy_volume),
        "CCLD_DVSN": "1" if taker is Side.BUY else "5",
        "SHNU_RATE": f"{record.buy_volume / volume:.2f}" if volume else "0.00",
        "PRDY_VOL_VRSS_ACML_VOL_RATE": percent(volume, listing.spec.previous_volume),
        "OPRC_HOUR": record.open_at,
        "OPRC_VRSS_PRPR_SIGN": sign(price, opened),
        "OPRC_VRSS_PRPR": str(price - opened),
        "HGPR_HOUR": record.high_at,
        "HGPR_VRSS_PRPR_SIGN": sign(price, high),
        "HGPR_VRSS_PRPR": str(price - high),
        "LWPR_HOUR": record.low_at,
        "LWPR_VRSS_PRPR_SIGN": sign(price, low),
        "LWPR_VRSS_PRPR": str(price - low),
        "BSOP_DATE": day,
        "NEW_MKOP_CLS_CODE": "20" if listing.mode is not Mode.CLOSED else "32",
        "TRHT_YN": "Y" if halted else "N",
        "ASKP_RSQN1": str(book.at(Side.SELL, ask)),
        "BIDP_RSQN1": str(book.at(Side.BUY, bid)),
        "TOTAL_ASKP_RSQN": str(book.total(Side.SELL)),
        "TOTAL_BIDP_RSQN": str(book.total(Side.BUY)),
        "VOL_TNRT": percent(volume, listing.spec.listed_shares),
        "PRDY_SMNS_HOUR_ACML_VOL": str(before),
        "PRDY_SMNS_HOUR_ACML_VOL_RATE": percent(volume, before),
        "HOUR_CLS_CODE": listing.hour_class,
        "MRKT_TRTM_CLS_CODE": "",
        "VI_STND_PRC": str(listing.vi_reference or record.open or base),
        "MARKET_CLS_CODE": REGULAR_MARKET,
    }


def book_columns(listing: Listing, hhmmss: str) -> dict[str, str]:
    """Return the columns of a book message, with the expected price during an auction."""
    record, book, shown = listing.record, listing.book, listing.shown
    asks, bids = book.levels(Side.SELL, LEVELS), book.levels(Side.BUY, LEVELS)
    total_asks, total_bids = book.total(Side.SELL), book.total(Side.BUY)
    columns = {"MKSC_SHRN_ISCD": listing.spec.symbol, "BSOP_HOUR": hhmmss, "HOUR_CLS_CODE": listing.hour_class}
    for name, levels, part in (("ASKP", asks, 0), ("BIDP", bids, 0), ("ASKP_RSQN", asks, 1), ("BIDP_RSQN", bids, 1)):
        for place in range(LEVELS):
            columns[f"{name}{place + 1}"] = str(levels[place][part]) if place < len(levels) else "0"
    expected, shares = clearing(book, record.price) if listing.mode is Mode.AUCTION else (0, 0)
    middle = (asks[0][0] + bids[0][0]) // 2 if asks and bids else 0
    columns |= {
        "TOTAL_ASKP_RSQN": str(total_asks),
        "TOTAL_BIDP_RSQN": str(total_bids),
        "OVTM_TOTAL_ASKP_RSQN": "0",
        "OVTM_TOTAL_BIDP_RSQN": "0",
        "ANTC_CNPR": str(expected),
        "ANTC_CNQN": str(shares),
        "ANTC_VOL": str(record.auction_volume),
        "ANTC_CNTG_VRSS": str(expected - record.base),
        "ANTC_CNTG_VRSS_SIGN": sign(expected, record.base),
        "ANTC_CNTG_PRDY_CTRT": percent(expected - record.base, record.base),
        "ACML_VOL": str(record.volume),
        "TOTAL_ASKP_RSQN_ICDC": str(total_asks - shown.asks),
        "TOTAL_BIDP_RSQN_ICDC": str(total_bids - shown.bids),
        "OVTM_TOTAL_ASKP_ICDC": "0",
        "OVTM_TOTAL_BIDP_ICDC": "0",
        "STCK_DEAL_CLS_CODE": "0",
        "MID_PRC": str(middle),
        "MIDP_TOTAL_RSQN": "0",
        "MIDP_CLS_CODE": "0",
        "MARKET_CLS_CODE": REGULAR_MARKET,
    }
    shown.asks, shown.bids = total_asks, total_bids
    return columns


def operation_columns(
    symbol: str, code: str, *, halted: bool = False, vi: bool = False, expected: str = "", status: str = "55"
) -> dict[str, str]:
    """Return the columns of a market-operation message; ``symbol`` empty = whole market."""
    return {
        "MKSC_SHRN_ISCD": symbol,
        "TRHT_YN": "Y" if halted else "N",
        "TR_SUSP_REAS_CNTT": "(null)",
        "MKOP_CLS_CODE": code,
        "ANTC_MKOP_CLS_CODE": expected,
        "MRKT_TRTM_CLS_CODE": "",
        "DIVI_APP_CLS_CODE": "",
        "ISCD_STAT_CLS_CODE": "58" if halted and symbol else status,
        "VI_CLS_CODE": "Y" if vi else "N",
        "OVTM_VI_CLS_CODE": "N",
        "EXCH_CLS_CODE": "1",
    }
