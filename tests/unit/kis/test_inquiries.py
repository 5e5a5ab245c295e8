"""Account reads, in both directions."""

from datetime import date

import pytest

from hantu.domain.account import BrokerOrder, Holding, Side
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity, Won
from hantu.kis.environment import Credentials, EnvironmentName
from hantu.kis.inquiries import (
    balance_query,
    balance_row,
    balance_summary,
    cancellable_query,
    decode_balance,
    decode_cancellable,
    decode_orders,
    decode_sellable,
    order_row,
    orders_query,
    sellable_query,
)
from hantu.kis.rest import MalformedAnswer

KEYS = Credentials(EnvironmentName.LOCAL, "12345678", "K", "S")
DAY = date(2026, 11, 23)


def holding(symbol: str = "005930", quantity: int = 10, sellable: int = 8, cost: int = 701_234) -> Holding:
    return Holding(
        Symbol(symbol),
        "삼성전자",
        Quantity(quantity),
        Quantity(sellable),
        Price(70_123),
        Won(cost),
        Price(71_000),
    )


def order(**changes: object) -> BrokerOrder:
    values: dict[str, object] = {
        "order_no": "85100",
        "original_order_no": "",
        "branch_no": "03930",
        "symbol": Symbol("005930"),
        "side": Side.SELL,
        "quantity": Quantity(10),
        "limit_price": Price(71_000),
        "filled": Quantity(4),
        "average_fill_price": Price(71_100),
        "remaining": Quantity(6),
        "canceled": Quantity(0),
        "rejected": Quantity(0),
        "ordered_at": "093000",
        **changes,
    }
    return BrokerOrder(**values)  # type: ignore[arg-type]


def test_holdings_round_trip() -> None:
    balance = decode_balance([balance_row(holding())], balance_summary(1_000_000, [holding()]))
    assert balance.holdings == (holding(),)
    assert balance.cash == 1_000_000
    assert balance.equity == 1_710_000


def test_average_has_four_decimals_on_the_wire() -> None:
    assert balance_row(holding())["pchs_avg_pric"] == "70123.4000"


def test_lots_of_one_issue_are_added_up() -> None:
    rows = [balance_row(holding()), balance_row(holding(quantity=5, sellable=5, cost=400_000))]
    merged = decode_balance(rows, balance_summary(0, [])).holdings
    assert len(merged) == 1
    assert (merged[0].quantity, merged[0].sellable, merged[0].cost) == (15, 13, 1_101_234)
    assert merged[0].average_price == 73_416


def test_sold_out_rows_are_left_out() -> None:
    row = balance_row(holding(quantity=0, sellable=0, cost=0))
    assert decode_balance([row], balance_summary(0, [])).holdings == ()


@pytest.mark.parametrize("name", ["pdno", "hldg_qty", "ord_psbl_qty", "pchs_amt", "prpr", "pchs_avg_pric"])
@pytest.mark.parametrize("text", ["", "?"])
def test_damaged_holding_is_not_guessed(name: str, text: str) -> None:
    row = {**balance_row(holding()), name: text}
    if name == "pdno" and text:
        return
    with pytest.raises(MalformedAnswer):
        decode_balance([row], balance_summary(0, []))


def test_missing_cash_is_not_guessed() -> None:
    with pytest.raises(MalformedAnswer):
        decode_balance([], {})


@pytest.mark.parametrize(
    "value",
    [
        order(),
        order(side=Side.BUY, rejected=Quantity(10), filled=Quantity(0), remaining=Quantity(0)),
        order(is_cancel=True, original_order_no="85099", canceled=Quantity(6)),
        order(venue="NXT", limit_price=Price(0)),
    ],
)
def test_orders_round_trip(value: BrokerOrder) -> None:
    assert decode_orders([order_row(value, DAY)]) == (value,)


def test_average_fill_price_may_have_decimals_or_be_absent() -> None:
    row = order_row(order(), DAY)
    assert decode_orders([{**row, "avg_prvs": "71100.5000"}])[0].average_fill_price == 71_101
    assert decode_orders([{**row, "avg_prvs": ""}])[0].average_fill_price == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [("odno", ""), ("odno", "x"), ("sll_buy_dvsn_cd", "03"), ("ord_qty", ""), ("tot_ccld_qty", ""), ("rmn_qty", "-")],
)
def test_damaged_order_is_not_guessed(name: str, text: str) -> None:
    with pytest.raises(MalformedAnswer):
        decode_orders([{**order_row(order(), DAY), name: text}])


def test_queries_name_the_account_and_start_at_the_first_page() -> None:
    for query in (balance_query(KEYS), orders_query(KEYS, DAY), cancellable_query(KEYS)):
        assert (query["CANO"], query["ACNT_PRDT_CD"]) == ("12345678", "01")
        assert (query["CTX_AREA_FK100"], query["CTX_AREA_NK100"]) == ("", "")
    assert sellable_query(KEYS, Symbol("005930"))["PDNO"] == "005930"


def test_todays_orders_are_asked_for_on_every_venue() -> None:
    query = orders_query(KEYS, DAY, order_no="85100")
    assert (query["INQR_STRT_DT"], query["INQR_END_DT"]) == ("20261123", "20261123")
    assert (query["EXCG_ID_DVSN_CD"], query["CCLD_DVSN"], query["ODNO"]) == ("ALL", "00", "0000085100")
    assert orders_query(KEYS, DAY, paper_rules=True)["EXCG_ID_DVSN_CD"] == "KRX"


def test_cancellable_and_sellable_quantities() -> None:
    assert decode_cancellable([{"odno": "0000085100", "psbl_qty": "6"}]) == {"85100": 6}
    assert decode_sellable({"ord_psbl_qty": "8"}) == 8
    with pytest.raises(MalformedAnswer):
        decode_sellable({})
