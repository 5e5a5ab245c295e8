"""One-time tokens: only our own text, unaltered, in time and for this account is one."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hantu.domain.account import Side
from hantu.domain.approval import Mandate, OrderAsked, OrderTerms, canonical, order_hash, outside
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.order import OrderRequest, OrderType, Purpose
from hantu.domain.order_token import (
    CLOCK_SKEW_S,
    Claims,
    InvalidToken,
    TokenKey,
    audience,
    derive,
    flaw_of,
    terms_of,
    untimely,
)

KEY = TokenKey(b"a secret of this test, 32 bytes long", audience("local", "main"))
NOW = 1_795_000_000
CLAIMS = Claims("operator", "0" * 32, "a" * 64, "A-1", "", NOW, NOW, NOW + 120, 3)
TOKEN = KEY.sign(CLAIMS)
TERMS = OrderTerms("local", "main", "005930", Side.BUY, 10, 70_000, 71_000)
ORDER = OrderRequest(
    "20261123-0001", Symbol("005930"), Side.SELL, Quantity(10), Price(67_800), purpose=Purpose.STOP_LOSS, epoch=3,
    token_id="20261123-0001", mandate="M-1",
)  # fmt: skip


def segment(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()


def forged(header: dict[str, Any], *, digest: str = "sha256", **changes: Any) -> str:
    """A token signed with the right secret, but not of our one form."""
    body = json.loads(base64.urlsafe_b64decode(TOKEN.split(".")[1] + "=="))
    text = f"{segment(header)}.{segment(body | changes)}"
    signature = hmac.digest(KEY.secret, text.encode(), digest)
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


OURS = {"alg": "HS256", "typ": "hantu-order+jwt"}


def test_what_was_signed_is_what_is_read() -> None:
    assert KEY.read(TOKEN) == CLAIMS
    assert KEY.read(forged(OURS)) == CLAIMS, "the forger of these tests makes tokens of the right form"


@pytest.mark.requirement("ALR-18", "DEC-25")
@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(TOKEN.encode()) * 8 - 1))
def test_no_bit_of_a_token_can_change(bit: int) -> None:
    data = bytearray(TOKEN.encode())
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(InvalidToken):
        KEY.read(data.decode("latin-1"))


@pytest.mark.requirement("ALR-18")
@pytest.mark.parametrize(
    "token",
    [
        pytest.param(f"{segment({'alg': 'none', 'typ': 'hantu-order+jwt'})}.{TOKEN.split('.')[1]}.", id="none"),
        pytest.param(forged({"alg": "none", "typ": "hantu-order+jwt"}), id="none, signed"),
        pytest.param(forged({"alg": "RS256", "typ": "hantu-order+jwt"}), id="another algorithm"),
        pytest.param(forged({"alg": "HS512", "typ": "hantu-order+jwt"}, digest="sha512"), id="another digest"),
        pytest.param(forged({"alg": "HS256", "typ": "JWT"}), id="another type"),
        pytest.param(forged({"alg": "HS256", "typ": "hantu-mandate+jwt"}), id="a mandate's type"),
        pytest.param(forged(OURS | {"kid": "../../dev/null"}), id="a key id"),
        pytest.param(forged(OURS | {"jwk": {"kty": "oct", "k": ""}}), id="a key of its own"),
        pytest.param(forged(OURS, aud="hantu-guard:real:main"), id="another environment"),
        pytest.param(forged(OURS, iss="somebody"), id="another issuer"),
        pytest.param(forged(OURS, exp=NOW + 121), id="longer than allowed"),
        pytest.param(forged(OURS, exp=NOW), id="no life at all"),
        pytest.param(forged(OURS, exp=float(NOW + 60)), id="a number of another kind"),
        pytest.param(forged(OURS, iat=True), id="a truth value for a number"),
        pytest.param(forged(OURS, jti=""), id="no id"),
        pytest.param(forged(OURS, admin=True), id="a claim too many"),
        pytest.param(TOKEN + "=", id="padding"),
        pytest.param(TOKEN + ".", id="a fourth part"),
        pytest.param(" " + TOKEN, id="white space"),
        pytest.param("", id="nothing"),
        pytest.param("é.é.é", id="not ASCII"),
        pytest.param("A" * 5_000, id="too long"),
    ],
)
def test_another_form_is_no_token(token: str) -> None:
    with pytest.raises(InvalidToken):
        KEY.read(token)


@pytest.mark.requirement("ALR-18")
def test_another_secret_or_audience_is_no_token() -> None:
    for other in (
        replace(KEY, secret=b"another secret, 32 bytes long as well"),
        replace(KEY, audience="hantu-guard:real:main"),
    ):
        with pytest.raises(InvalidToken):
            other.read(TOKEN)


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=300)
    | st.from_regex(r"[A-Za-z0-9_-]{1,40}\.[A-Za-z0-9_-]{1,40}\.[A-Za-z0-9_-]{1,43}", fullmatch=True)
)
def test_any_other_text_is_refused_and_never_breaks_the_reader(text: str) -> None:
    with pytest.raises(InvalidToken):
        KEY.read(text)


@pytest.mark.requirement("ALR-19")
@pytest.mark.parametrize(
    ("at", "why"),
    [
        (NOW, ""), (NOW + 119, ""), (NOW + 120, "expired"), (NOW + 121, "expired"),
        (NOW - CLOCK_SKEW_S, ""), (NOW - CLOCK_SKEW_S - 1, "not valid yet"),
    ],
)  # fmt: skip
def test_a_token_lives_as_long_as_it_says(at: int, why: str) -> None:
    assert untimely(CLAIMS, at) == why


def test_neither_secret_nor_token_is_in_a_representation() -> None:
    assert "secret" not in repr(KEY)
    assert TOKEN not in repr(replace(ORDER, token=TOKEN))


VARIED = st.builds(
    OrderTerms, st.sampled_from(["local", "real"]), st.sampled_from(["main", 'a"b', "a,b"]),
    st.sampled_from(["005930", "000660"]), st.sampled_from(Side), st.integers(1, 3), st.integers(1, 3),
    st.integers(1, 3), st.sampled_from([("KRX",), ("NXT",), ("KRX", "NXT")]), st.sampled_from(OrderType),
    st.sampled_from(Purpose),
)  # fmt: skip


@pytest.mark.requirement("DEC-25")
@given(VARIED, VARIED)
def test_equal_terms_have_equal_hashes_and_different_ones_do_not(one: OrderTerms, other: OrderTerms) -> None:
    assert (one == other) == (canonical(one) == canonical(other)) == (order_hash(one) == order_hash(other))


def test_the_hash_is_the_documented_one() -> None:
    text = b'["hantu-order/1","local","main","005930","buy",10,70000,71000,["KRX"],"limit","manual"]'
    assert order_hash(TERMS) == hashlib.sha256(text).hexdigest()


@pytest.mark.parametrize(
    ("changes", "term"),
    [
        ({}, ""), ({"quantity": 1}, ""), ({"limit_price": 71_000}, ""), ({"limit_price": 70_000}, ""),
        ({"quantity": 11}, "quantity"), ({"quantity": 0}, "quantity"), ({"quantity": -1}, "quantity"),
        ({"limit_price": 71_001}, "limit_price"), ({"limit_price": 69_999}, "limit_price"),
        ({"symbol": "000660"}, "symbol"), ({"side": Side.SELL}, "side"), ({"account": "other"}, "account"),
        ({"environment": "real"}, "environment"), ({"venue": "NXT"}, "venue"),
        ({"order_type": OrderType.MARKET}, "order_type"), ({"purpose": Purpose.STOP_LOSS}, "purpose"),
    ],
)  # fmt: skip
def test_an_order_outside_its_terms_is_named_by_the_term(changes: dict[str, Any], term: str) -> None:
    asked = OrderAsked("local", "main", "005930", Side.BUY, 10, 70_500)
    assert outside(TERMS, replace(asked, **changes)) == term


@pytest.mark.requirement("DEC-25")
def test_a_derived_token_allows_exactly_its_order() -> None:
    terms = terms_of("local", "main", ORDER)
    order = replace(ORDER, token=derive(KEY, terms, ORDER, "mandate", "", NOW))
    assert flaw_of(KEY, terms, order, NOW) == ""
    for changed in (
        replace(order, quantity=Quantity(11)), replace(order, limit_price=Price(67_700)),
        replace(order, symbol=Symbol("000660")), replace(order, side=Side.BUY), replace(order, token_id="other"),
        replace(order, epoch=2), replace(order, token=""), replace(order, token=TOKEN),
    ):  # fmt: skip
        assert flaw_of(KEY, terms_of("local", "main", changed), changed, NOW) != ""
    assert flaw_of(KEY, terms, order, NOW + 120) == "expired"


@pytest.mark.requirement("DEC-25")
def test_the_token_of_an_exit_is_cheap() -> None:
    terms = terms_of("local", "main", ORDER)
    best = float("inf")
    for _ in range(5):
        begun = time.perf_counter()
        for _ in range(200):
            derive(KEY, terms, ORDER, "mandate", "", NOW)
        best = min(best, (time.perf_counter() - begun) / 200)
    assert best < 100e-6, "the goal is 20 us; a loaded machine has five times that"


def test_a_mandate_is_signed_and_bound_to_its_account() -> None:
    mandate = Mandate("M-1", "operator", "2026-11-23 00:00:00.000000", "f" * 64, 100, (("005930", 10),))
    document = KEY.sign_mandate(mandate)
    assert KEY.read_mandate(document) == mandate
    assert mandate.covers("005930", 10) and not mandate.covers("005930", 11)
    assert mandate.covers("000660", 100) and not mandate.covers("000660", 101)
    with pytest.raises(InvalidToken):
        replace(KEY, audience=audience("real", "main")).read_mandate(document)
    with pytest.raises(InvalidToken):
        KEY.read(document)
    with pytest.raises(InvalidToken):
        KEY.read_mandate(TOKEN)


def test_a_document_that_lacks_its_limits_is_no_mandate() -> None:
    with pytest.raises(InvalidToken):
        KEY.read_mandate(forged({"alg": "HS256", "typ": "hantu-mandate+jwt"}))


def test_an_altered_token_says_why_its_order_does_not_go() -> None:
    altered = replace(ORDER, token=TOKEN[:-1] + ("A" if TOKEN[-1] != "A" else "B"))
    assert flaw_of(KEY, terms_of("local", "main", altered), altered, NOW) == "signature"


def test_no_older_guard_acts_on_a_token() -> None:
    terms = terms_of("local", "main", ORDER)
    stale = replace(ORDER, token=derive(KEY, terms, ORDER, "mandate", "", NOW), epoch=2)
    assert flaw_of(KEY, terms, stale, NOW) == "epoch"
