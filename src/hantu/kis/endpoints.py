"""The catalogue of REST calls: address, transaction ids, paging, cost.

Source: broker's portal (workbook of 2026-09-11) and its public samples; older
transaction ids still answered in 2025 and are what other clients send.
See docs/kis/rest.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

_STOCK: Final = "/uapi/domestic-stock/v1"
CTX_100: Final = ("CTX_AREA_FK100", "CTX_AREA_NK100")
CTX: Final = ("CTX_AREA_FK", "CTX_AREA_NK")


class Lane(StrEnum):
    """Who waits for whom when calls are scarce."""

    EXIT = "exit"
    """Orders and cancels."""
    RECONCILE = "reconcile"
    """Reads that end a doubt: balance, today's orders."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One REST call; a TR id is empty where the environment does not offer it."""

    name: str
    method: str
    path: str
    real: str = ""
    paper: str = ""
    older: tuple[str, str] = ("", "")
    """(real, paper) ids of the generation before; accepted by servers, never sent."""
    page_keys: tuple[str, str] | None = None
    lane: Lane = Lane.OTHER
    ledger: bool = False
    """Served by the ledger, which has a limiter of its own."""
    trading: bool = True
    """False for the calls that issue keys; they carry no TR id."""


def _quotation(name: str, path: str, tr_id: str, *, paper: bool) -> Endpoint:
    return Endpoint(name, "GET", f"{_STOCK}/quotations/{path}", tr_id, tr_id if paper else "")


TOKEN: Final = Endpoint("token", "POST", "/oauth2/tokenP", trading=False)
REVOKE: Final = Endpoint("revoke", "POST", "/oauth2/revokeP", trading=False)
APPROVAL: Final = Endpoint("approval", "POST", "/oauth2/Approval", trading=False)
HASHKEY: Final = Endpoint("hashkey", "POST", "/uapi/hashkey", trading=False)

ORDER_BUY: Final = Endpoint(
    "order_buy",
    "POST",
    f"{_STOCK}/trading/order-cash",
    "TTTC0012U",
    "VTTC0012U",
    ("TTTC0802U", "VTTC0802U"),
    lane=Lane.EXIT,
    ledger=True,
)
ORDER_SELL: Final = Endpoint(
    "order_sell",
    "POST",
    f"{_STOCK}/trading/order-cash",
    "TTTC0011U",
    "VTTC0011U",
    ("TTTC0801U", "VTTC0801U"),
    lane=Lane.EXIT,
    ledger=True,
)
ORDER_REVISE: Final = Endpoint(
    "order_revise",
    "POST",
    f"{_STOCK}/trading/order-rvsecncl",
    "TTTC0013U",
    "VTTC0013U",
    ("TTTC0803U", "VTTC0803U"),
    lane=Lane.EXIT,
    ledger=True,
)
CANCELLABLE: Final = Endpoint(
    "cancellable",
    "GET",
    f"{_STOCK}/trading/inquire-psbl-rvsecncl",
    "TTTC0084R",
    "",
    ("TTTC8036R", ""),
    CTX_100,
    Lane.RECONCILE,
    ledger=True,
)
BALANCE: Final = Endpoint(
    "balance",
    "GET",
    f"{_STOCK}/trading/inquire-balance",
    "TTTC8434R",
    "VTTC8434R",
    page_keys=CTX_100,
    lane=Lane.RECONCILE,
    ledger=True,
)
DAILY_ORDERS: Final = Endpoint(
    "daily_orders",
    "GET",
    f"{_STOCK}/trading/inquire-daily-ccld",
    "TTTC0081R",
    "VTTC0081R",
    ("TTTC8001R", "VTTC8001R"),
    CTX_100,
    Lane.RECONCILE,
    ledger=True,
)
BUYABLE: Final = Endpoint(
    "buyable", "GET", f"{_STOCK}/trading/inquire-psbl-order", "TTTC8908R", "VTTC8908R", ledger=True
)
SELLABLE: Final = Endpoint(
    "sellable", "GET", f"{_STOCK}/trading/inquire-psbl-sell", "TTTC8408R", lane=Lane.RECONCILE, ledger=True
)

PRICE: Final = _quotation("price", "inquire-price", "FHKST01010100", paper=True)
PRICE_2: Final = _quotation("price_2", "inquire-price-2", "FHPST01010000", paper=False)
ASKING: Final = _quotation("asking", "inquire-asking-price-exp-ccn", "FHKST01010200", paper=True)
LAST_TRADES: Final = _quotation("last_trades", "inquire-ccnl", "FHKST01010300", paper=True)
DAILY_BARS: Final = _quotation("daily_bars", "inquire-daily-itemchartprice", "FHKST03010100", paper=True)
RECENT_BARS: Final = _quotation("recent_bars", "inquire-daily-price", "FHKST01010400", paper=True)
MINUTE_BARS: Final = _quotation("minute_bars", "inquire-time-itemchartprice", "FHKST03010200", paper=True)
DAY_MINUTE_BARS: Final = _quotation("day_minute_bars", "inquire-time-dailychartprice", "FHKST03010230", paper=False)
MULTI_PRICE: Final = _quotation("multi_price", "intstock-multprice", "FHKST11300006", paper=False)
HOLIDAYS: Final = Endpoint(
    "holidays", "GET", f"{_STOCK}/quotations/chk-holiday", "CTCA0903R", page_keys=CTX, lane=Lane.OTHER
)
VI_STATUS: Final = _quotation("vi_status", "inquire-vi-status", "FHPST01390000", paper=False)
MARKET_TIME: Final = _quotation("market_time", "market-time", "HHMCM000002C0", paper=False)
STOCK_INFO: Final = _quotation("stock_info", "search-stock-info", "CTPF1002R", paper=False)

ALL: Final[tuple[Endpoint, ...]] = (
    TOKEN,
    REVOKE,
    APPROVAL,
    HASHKEY,
    ORDER_BUY,
    ORDER_SELL,
    ORDER_REVISE,
    CANCELLABLE,
    BALANCE,
    DAILY_ORDERS,
    BUYABLE,
    SELLABLE,
    PRICE,
    PRICE_2,
    ASKING,
    LAST_TRADES,
    DAILY_BARS,
    RECENT_BARS,
    MINUTE_BARS,
    DAY_MINUTE_BARS,
    MULTI_PRICE,
    HOLIDAYS,
    VI_STATUS,
    MARKET_TIME,
    STOCK_INFO,
)


@dataclass(frozen=True, slots=True)
class Route:
    """What a TR id stands for on the server's side."""

    endpoint: Endpoint
    real: bool
    """The real host serves it."""
    paper: bool
    """The paper host serves it."""
    older: bool
    """It is of the generation before: optional keys may be missing."""


def _routes() -> dict[tuple[str, str], Route]:
    found: dict[tuple[str, str], Route] = {}
    for endpoint in ALL:
        for older, pair in ((False, (endpoint.real, endpoint.paper)), (True, endpoint.older)):
            for tr_id in pair:
                if tr_id:
                    key = (endpoint.path, tr_id)
                    found[key] = Route(endpoint, tr_id == pair[0], tr_id == pair[1], older)
    return found


ROUTES: Final[Mapping[tuple[str, str], Route]] = MappingProxyType(_routes())
"""(path, TR id) → what is asked for."""
