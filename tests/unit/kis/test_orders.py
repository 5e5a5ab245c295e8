"""Order bodies: complete, textual, and read back as they were meant."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.domain.account import Side
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.order import CancelRequest, OrderRequest, OrderType
from hantu.kis.environment import Credentials, EnvironmentName
from hantu.kis.orders import (
    MalformedBody,
    OrderCash,
    OrderRevise,
    cancel_of,
    order_of,
    order_output,
    parse_order,
    parse_revise,
    unpadded,
)
from hantu.kis.outcomes import classify

KEYS = Credentials(EnvironmentName.LOCAL, "12345678", "K", "S")
SELL = OrderRequest("i1", Symbol("005930"), Side.SELL, Quantity(10), Price(71_500))


def test_sell_body_is_exactly_what_the_official_sample_sends() -> None:
    assert order_of(SELL, KEYS).body() == {
        "CANO": "12345678",
        "ACNT_PRDT_CD": "01",
        "PDNO": "005930",
        "ORD_DVSN": "00",
        "ORD_QTY": "10",
        "ORD_UNPR": "71500",
        "EXCG_ID_DVSN_CD": "KRX",
        "SLL_TYPE": "01",
        "CNDT_PRIC": "",
    }
    assert order_of(SELL, KEYS).endpoint.name == "order_sell"


def test_market_buy_has_no_price_and_no_sell_type() -> None:
    order = OrderRequest("i", Symbol("005930"), Side.BUY, Quantity(1), Price(5), OrderType.MARKET)
    body = order_of(order, KEYS).body()
    assert (body["ORD_DVSN"], body["ORD_UNPR"], body["SLL_TYPE"]) == ("01", "0", "")
    assert order_of(order, KEYS).endpoint.name == "order_buy"


def test_cancel_asks_for_everything_at_the_orders_own_venue() -> None:
    body = cancel_of(CancelRequest("c", "i1", Symbol("005930"), "85100", "03930", "NXT"), KEYS).body()
    assert body == {
        "CANO": "12345678",
        "ACNT_PRDT_CD": "01",
        "KRX_FWDG_ORD_ORGNO": "03930",
        "ORGN_ODNO": "0000085100",
        "ORD_DVSN": "00",
        "RVSE_CNCL_DVSN_CD": "02",
        "ORD_QTY": "0",
        "ORD_UNPR": "0",
        "QTY_ALL_ORD_YN": "Y",
        "EXCG_ID_DVSN_CD": "NXT",
        "CNDT_PRIC": "",
    }


@given(
    st.sampled_from(Side),
    st.integers(1, 10**9),
    st.integers(0, 10**8),
    st.sampled_from(["KRX", "NXT", "SOR"]),
    st.sampled_from(["00", "01", "11"]),
    st.integers(0, 10**8),
)
def test_order_round_trip(side: Side, quantity: int, price: int, venue: str, kind: str, condition: int) -> None:
    order = OrderCash("12345678", "01", "005930", side, kind, quantity, price, venue, "", condition)
    assert parse_order(json.loads(json.dumps(order.body())), side) == order


@given(st.booleans(), st.booleans(), st.integers(0, 10**6), st.integers(1, 10**9))
def test_revise_round_trip(cancel: bool, everything: bool, quantity: int, number: int) -> None:
    revise = OrderRevise("12345678", "01", "03930", str(number), cancel, "00", quantity, 70_000, everything)
    assert parse_revise(revise.body()) == revise


def test_older_clients_may_leave_optional_keys_out() -> None:
    body = {
        k: v for k, v in order_of(SELL, KEYS).body().items() if k not in ("EXCG_ID_DVSN_CD", "SLL_TYPE", "CNDT_PRIC")
    }
    assert parse_order(body, Side.SELL, older=True).venue == "KRX"
    with pytest.raises(MalformedBody):
        parse_order(body, Side.SELL)


@pytest.mark.parametrize(
    "change",
    [
        {"ORD_QTY": 10},
        {"ORD_QTY": "10.0"},
        {"ORD_QTY": "-1"},
        {"ORD_QTY": ""},
        {"ORD_UNPR": "80000.0"},
        {"ORD_UNPR": None},
        {"CANO": "1234"},
        {"EXCG_ID_DVSN_CD": "NASDAQ"},
        {"CNDT_PRIC": "x"},
        {"UNKNOWN": ""},
    ],
)
def test_gateway_refuses_what_it_cannot_build(change: dict[str, object]) -> None:
    with pytest.raises(MalformedBody):
        parse_order({**order_of(SELL, KEYS).body(), **change}, Side.SELL)


@pytest.mark.parametrize("change", [{"RVSE_CNCL_DVSN_CD": "03"}, {"QTY_ALL_ORD_YN": ""}, {"ORGN_ODNO": 5}, {"X": "1"}])
def test_gateway_refuses_a_revise_it_cannot_build(change: dict[str, object]) -> None:
    body = cancel_of(CancelRequest("c", "i1", Symbol("005930"), "85100", "03930"), KEYS).body()
    with pytest.raises(MalformedBody):
        parse_revise({**body, **change})


@given(st.integers(1, 10**10 - 1))
def test_server_answer_is_read_back_with_the_same_number(number: int) -> None:
    body = json.dumps({"rt_cd": "0", "msg_cd": "APBK0013", "output": order_output("03930", str(number), "090000")})
    assert classify(200, body.encode(), True).order_no == str(number)


def test_numbers_compare_without_padding() -> None:
    assert unpadded("0000085100 ") == unpadded("85100") == "85100"
    assert unpadded("") == ""


def test_account_does_not_show() -> None:
    assert "12345678" not in repr(order_of(SELL, KEYS))
    assert "12345678" not in repr(cancel_of(CancelRequest("c", "i1", Symbol("005930"), "1", ""), KEYS))
