"""The envelope in both directions, and paging that ends."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.kis.codes import CodeClass
from hantu.kis.endpoints import BALANCE, HOLIDAYS, ORDER_SELL, PRICE
from hantu.kis.environment import Credentials, EnvironmentName, KisEnvironment, local
from hantu.kis.rest import (
    Envelope,
    MalformedAnswer,
    build_get,
    build_post,
    fold_query,
    next_page,
    optional,
    parse_envelope,
    render_failure,
    render_success,
    rounded,
    whole,
)


@pytest.fixture
def environment() -> KisEnvironment:
    keys = Credentials(EnvironmentName.LOCAL, "12345678", "APPKEY", "APPSECRET")
    return local(keys, "http://127.0.0.1:1", "ws://127.0.0.1:2")


def test_request_carries_every_header(environment: KisEnvironment) -> None:
    request = build_get(environment, PRICE, {"FID_INPUT_ISCD": "005930"}, "TOKEN", "N")
    assert dict(request.headers) == {
        "content-type": "application/json; charset=utf-8",
        "authorization": "Bearer TOKEN",
        "appkey": "APPKEY",
        "appsecret": "APPSECRET",
        "tr_id": "FHKST01010100",
        "custtype": "P",
        "tr_cont": "N",
    }
    assert (request.method, request.path) == ("GET", "/uapi/domestic-stock/v1/quotations/inquire-price")


def test_request_shows_no_secret(environment: KisEnvironment) -> None:
    request = build_post(environment, ORDER_SELL, {"CANO": "12345678"}, "TOKEN")
    assert json.loads(request.body) == {"CANO": "12345678"}
    for secret in ("APPKEY", "APPSECRET", "TOKEN", "12345678"):
        assert secret not in repr(request)


def test_success_round_trip() -> None:
    body = render_success("KIOK0510", ledger=True, context={"CTX_AREA_FK100": "a", "CTX_AREA_NK100": ""}, output1=[])
    raw = json.loads(body)
    assert len(raw["msg1"]) == 80
    assert len(raw["ctx_area_fk100"]) == 100
    answer = parse_envelope(200, body, "D")
    assert answer.succeeded
    assert answer.msg1 == "조회가 완료되었습니다"
    assert answer.rows("output1") == ()


def test_flag_alone_is_no_success_and_status_alone_neither() -> None:
    assert not Envelope(500, "0", "", "").succeeded
    assert not Envelope(200, "1", "", "").succeeded


def test_failures_round_trip() -> None:
    status, body = render_failure("EGW00123")
    answer = parse_envelope(status, body)
    assert (status, answer.rt_cd, answer.msg_cd, answer.kind) == (500, "1", "EGW00123", CodeClass.TOKEN)
    status, body = render_failure("EGW00133")
    assert status == 403
    assert set(json.loads(body)) == {"error_code", "error_description"}
    assert parse_envelope(status, body).kind is CodeClass.ISSUE
    assert parse_envelope(*render_failure("APBK0952")).rt_cd == "7"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"3", b"{}", b'{"rt_cd":0}', b"\xff"])
def test_malformed_answers_raise(body: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        parse_envelope(200, body)


def test_rows_accept_both_container_names_and_drop_empty_objects() -> None:
    answer = Envelope(200, "0", "", "", data={"output": [{"a": "1"}, {}, {"a": None}]})
    assert answer.rows("output1", "output") == ({"a": "1"}, {"a": ""})
    assert Envelope(200, "0", "", "", data={"output2": [{"b": "2"}]}).row("output2") == {"b": "2"}


@pytest.mark.parametrize("data", [{}, {"output": "x"}, {"output": [1]}, {"output": [{"a": 1}]}])
def test_rows_of_another_shape_raise(data: dict[str, object]) -> None:
    with pytest.raises(MalformedAnswer):
        Envelope(200, "0", "", "", data=data).rows("output")


@pytest.mark.parametrize("data", [{"output2": []}, {"output2": [{}, {}]}, {"output2": None}])
def test_summary_of_another_shape_raises(data: dict[str, object]) -> None:
    with pytest.raises(MalformedAnswer):
        Envelope(200, "0", "", "", data=data).row("output2")


def page(tr_cont: str, fk: object = "12345678!^01 ", nk: object = "000123 ") -> Envelope:
    return Envelope(200, "0", "", "", tr_cont, {"ctx_area_fk100": fk, "ctx_area_nk100": nk})


@pytest.mark.parametrize("tr_cont", ["D", "E", "", "X"])
def test_paging_ends(tr_cont: str) -> None:
    assert next_page(BALANCE, page(tr_cont)) is None


@pytest.mark.parametrize("tr_cont", ["F", "M"])
def test_next_page_is_asked_for_with_the_keys_returned(tr_cont: str) -> None:
    assert next_page(BALANCE, page(tr_cont)) == {"CTX_AREA_FK100": "12345678!^01", "CTX_AREA_NK100": "000123"}


def test_calendar_uses_keys_of_its_own() -> None:
    answer = Envelope(200, "0", "", "", "M", {"ctx_area_fk": "", "ctx_area_nk": "20261201"})
    assert next_page(HOLIDAYS, answer) == {"CTX_AREA_FK": "", "CTX_AREA_NK": "20261201"}


def test_calls_without_pages_never_have_a_next_one() -> None:
    assert next_page(PRICE, page("M")) is None


@pytest.mark.parametrize(("fk", "nk"), [("", ""), ("  ", " "), (None, "x"), ("x", None)])
def test_promised_page_without_a_beginning_raises(fk: object, nk: object) -> None:
    """It would be the first page again, for ever."""
    with pytest.raises(MalformedAnswer):
        next_page(BALANCE, page("M", fk, nk))


def test_query_keys_are_folded() -> None:
    assert fold_query({"fid_input_iscd": "005930"}) == {"FID_INPUT_ISCD": "005930"}


@pytest.mark.parametrize(("text", "value"), [("5", 5), (" 0012 ", 12), ("-3", -3), ("+3", 3), ("80000.0000", 80_000)])
def test_whole_numbers(text: str, value: int) -> None:
    assert whole({"a": text}, "a") == value


@pytest.mark.parametrize("text", ["", "x", "1.5", "1e3", "--1", "1 000", "\uff11", "."])
def test_other_texts_are_not_whole_numbers(text: str) -> None:
    with pytest.raises(MalformedAnswer):
        whole({"a": text}, "a")


@pytest.mark.parametrize(("text", "value"), [("3145.0000", 3145), ("3145.5", 3146), ("3145.4999", 3145), ("-2.5", -3)])
def test_averages_are_rounded_half_up(text: str, value: int) -> None:
    assert rounded({"a": text}, "a") == value


@pytest.mark.parametrize("text", ["", "x", "1.x", "1.2.3", ".5"])
def test_other_texts_are_not_numbers(text: str) -> None:
    with pytest.raises(MalformedAnswer):
        rounded({"a": text}, "a")


def test_optional_numbers_default_to_zero_but_are_still_numbers() -> None:
    assert optional({}, "a") == 0
    assert optional({"a": " "}, "a") == 0
    with pytest.raises(MalformedAnswer):
        optional({"a": "x"}, "a")


@given(st.binary(max_size=300), st.integers(100, 599))
def test_no_bytes_crash_the_reader(body: bytes, status: int) -> None:
    try:
        parse_envelope(status, body)
    except MalformedAnswer as error:
        assert str(error)
