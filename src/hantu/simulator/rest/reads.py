"""Account and market reads over REST: wire fields in, rows of the exchange out."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from hantu.domain.session import trading_date
from hantu.kis.endpoints import ROUTES as CATALOGUE
from hantu.kis.endpoints import Endpoint, Route
from hantu.kis.quotations import symbols_of_query
from hantu.kis.rest import render_success
from hantu.simulator.gateway import Gateway
from hantu.simulator.rest.orders import place, revise
from hantu.simulator.rest.replies import DONE, PAPER_DONE, Call, Reply, failure, paged, quoted

UNKNOWN_STOCK: Final = "MCA05918"
BAD_ACCOUNT: Final = "OPSQ2000"
MISSING_FIELD: Final = "OPSQ2001"
RECENT_ROWS: Final = 30
HOLIDAY_ROWS: Final = 24

Handler = Callable[[Gateway, Call], Reply]


def _balance(gateway: Gateway, call: Call) -> Reply:
    rows, summary = gateway.exchange.balance(_account(call))
    return paged(call, rows, paper=gateway.paper, summary={"output2": [summary]})


def _daily_orders(gateway: Gateway, call: Call) -> Reply:
    account = _account(call)
    today = trading_date(gateway.wall())
    rows = []
    if _day(call, "INQR_STRT_DT", today) <= today <= _day(call, "INQR_END_DT", today):
        rows = gateway.exchange.orders_today(
            account,
            side=call.text("SLL_BUY_DVSN_CD") or "00",
            symbol=call.text("PDNO"),
            order_no=call.text("ODNO"),
            filled=call.text("CCLD_DVSN") or "00",
            oldest_first=call.text("INQR_DVSN") == "01",
            venue=call.text("EXCG_ID_DVSN_CD") or "ALL",
        )
    summary = {"output2": gateway.exchange.orders_summary(account)}
    return paged(call, rows, paper=gateway.paper, summary=summary)


def _cancellable(gateway: Gateway, call: Call) -> Reply:
    rows = gateway.exchange.cancellable(_account(call), call.text("INQR_DVSN_2") or "0")
    return paged(call, rows, paper=gateway.paper, summary={}, name="output")


def _sellable(gateway: Gateway, call: Call) -> Reply:
    row = gateway.exchange.sellable(_account(call), call.text("PDNO"))
    return _ledger_answer(gateway, output=row)


def _buyable(gateway: Gateway, call: Call) -> Reply:
    price = call.text("ORD_UNPR") or "0"
    if not price.isdigit():
        return failure(MISSING_FIELD, "ERROR : INPUT INVALID_CHECK_ORD_UNPR")
    row = gateway.exchange.buyable(_account(call), call.text("PDNO"), int(price), call.text("ORD_DVSN") or "00")
    return _ledger_answer(gateway, output=row)


def _price(gateway: Gateway, call: Call) -> Reply:
    row = gateway.exchange.price(_symbol(call))
    return quoted(output=row) if row is not None else failure(UNKNOWN_STOCK)


def _price_2(gateway: Gateway, call: Call) -> Reply:
    row = gateway.exchange.price2(_symbol(call))
    return quoted(output=row) if row is not None else failure(UNKNOWN_STOCK)


def _asking(gateway: Gateway, call: Call) -> Reply:
    pair = gateway.exchange.asking(_symbol(call))
    return quoted(output1=pair[0], output2=pair[1]) if pair is not None else failure(UNKNOWN_STOCK)


def _last_trades(gateway: Gateway, call: Call) -> Reply:
    return quoted(output=gateway.exchange.last_trades(_symbol(call)))


def _daily_bars(gateway: Gateway, call: Call) -> Reply:
    today = trading_date(gateway.wall())
    first = _day(call, "FID_INPUT_DATE_1", today)
    pair = gateway.exchange.daily_bars(_symbol(call), first, _day(call, "FID_INPUT_DATE_2", today))
    return quoted(output1=pair[0], output2=pair[1]) if pair is not None else failure(UNKNOWN_STOCK)


def _recent_bars(gateway: Gateway, call: Call) -> Reply:
    today = trading_date(gateway.wall())
    pair = gateway.exchange.daily_bars(_symbol(call), date(today.year - 1, 1, 1), today)
    return quoted(output=pair[1][:RECENT_ROWS]) if pair is not None else failure(UNKNOWN_STOCK)


def _minute_bars(gateway: Gateway, call: Call) -> Reply:
    if "FID_ETC_CLS_CODE" not in call.fields and call.endpoint.name == "minute_bars":
        return failure(MISSING_FIELD, "ERROR : INPUT INVALID_CHECK_FID_ETC_CLS_CODE")
    pair = gateway.exchange.minute_bars(_symbol(call), call.text("FID_INPUT_HOUR_1"))
    return quoted(output1=pair[0], output2=pair[1]) if pair is not None else failure(UNKNOWN_STOCK)


def _multi_price(gateway: Gateway, call: Call) -> Reply:
    symbols = symbols_of_query({key: str(value) for key, value in call.fields.items()})
    return quoted(output=gateway.exchange.multi_price(symbols))


def _holidays(gateway: Gateway, call: Call) -> Reply:
    base = _day(call, "BASS_DT", trading_date(gateway.wall()))
    rows = gateway.exchange.holidays(base)[:HOLIDAY_ROWS]
    return paged(call, rows, paper=gateway.paper, summary={}, name="output")


def _vi_status(gateway: Gateway, call: Call) -> Reply:
    return quoted(output=gateway.exchange.vi_status(_symbol(call)))


def _market_time(gateway: Gateway, _call: Call) -> Reply:
    return quoted(output1=gateway.exchange.market_time())


def _stock_info(gateway: Gateway, call: Call) -> Reply:
    row = gateway.exchange.stock_info(call.text("PDNO"))
    return quoted(output=row) if row is not None else failure(UNKNOWN_STOCK)


def _product(gateway: Gateway, call: Call) -> Reply:
    row = gateway.exchange.stock_info(call.text("PDNO"))
    if row is None or call.text("PRDT_TYPE_CD") != row["prdt_type_cd"]:
        return failure("KIOK0560", rt_cd="7")
    symbol, name = call.text("PDNO"), row["prdt_name"]
    names = dict.fromkeys(("prdt_name", "prdt_name120", "prdt_abrv_name", "prdt_eng_name", "prdt_eng_name120"), name)
    short = {"pdno": symbol, "shtn_pdno": symbol, "std_pdno": f"KR7{symbol}003", "prdt_type_cd": row["prdt_type_cd"]}
    return quoted(output={**short, **names, "prdt_eng_abrv_name": name})


PRODUCT: Final = Endpoint("product", "GET", "/uapi/domestic-stock/v1/quotations/search-info", "CTPF1604R", "CTPF1604R")
"""Basics of any product (상품기본조회): hantu does not ask for it, other clients begin with it."""
ROUTES: Final[Mapping[tuple[str, str], Route]] = {
    **CATALOGUE,
    (PRODUCT.path, PRODUCT.real): Route(PRODUCT, real=True, paper=True, older=False),
}
"""Everything the exchange serves: the shared catalogue and what only others use."""

HANDLERS: Final[Mapping[str, Handler]] = {
    "order_buy": place,
    "order_sell": place,
    "order_revise": revise,
    "balance": _balance,
    "daily_orders": _daily_orders,
    "cancellable": _cancellable,
    "sellable": _sellable,
    "buyable": _buyable,
    "price": _price,
    "price_2": _price_2,
    "asking": _asking,
    "last_trades": _last_trades,
    "daily_bars": _daily_bars,
    "recent_bars": _recent_bars,
    "minute_bars": _minute_bars,
    "day_minute_bars": _minute_bars,
    "multi_price": _multi_price,
    "holidays": _holidays,
    "vi_status": _vi_status,
    "market_time": _market_time,
    "stock_info": _stock_info,
    "product": _product,
}
"""Endpoint name → what answers it; every catalogued call with a TR id is here."""


def answer(gateway: Gateway, call: Call) -> Reply:
    """Answer a call that got past the gate."""
    if call.endpoint.ledger and gateway.exchange.account_of(_account(call)) is None:
        gateway.note("unknown_account", call.endpoint.name)
        return failure(BAD_ACCOUNT, "ERROR : INPUT INVALID_CHECK_ACNO")
    return HANDLERS[call.endpoint.name](gateway, call)


def _ledger_answer(gateway: Gateway, **outputs: Any) -> Reply:
    code = PAPER_DONE if gateway.paper else DONE
    return Reply(200, render_success(code, ledger=True, **outputs), code)


def _account(call: Call) -> str:
    return call.text("CANO") + call.text("ACNT_PRDT_CD")


def _symbol(call: Call) -> str:
    return call.text("FID_INPUT_ISCD")


def _day(call: Call, key: str, default: date) -> date:
    text = call.text(key)
    # The broker takes nonsense dates for "no limit"; a wrong one must not end the server.
    if len(text) != 8 or not text.isdigit():
        return default
    try:
        return datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        return default
