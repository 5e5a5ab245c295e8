"""Every kind of answer to an order, and what may be concluded from it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.domain.order import OutcomeKind, Refusal
from hantu.kis.codes import CODES, PROVES_NOT_TAKEN, REPEATABLE, CodeClass
from hantu.kis.outcomes import classify

ACCEPTED = {
    "rt_cd": "0",
    "msg_cd": "APBK0013",
    "msg1": "주문 전송 완료 되었습니다.",
    "output": {"KRX_FWDG_ORD_ORGNO": "03930", "ODNO": "0000085100", "ORD_TMD": "094414", "SOR_ODNO": ""},
}
VERIFIED = sorted(code for code, known in CODES.items() if known.kind in PROVES_NOT_TAKEN)


def body(**changes: object) -> bytes:
    return json.dumps({**ACCEPTED, **changes}).encode()


def refusal(code: str, rt_cd: str = "1", text: str = "사유 ") -> bytes:
    return json.dumps({"rt_cd": rt_cd, "msg_cd": code, "msg1": text}).encode()


def test_accepted_with_number_is_accepted() -> None:
    outcome = classify(200, body(), True)
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert (outcome.order_no, outcome.branch_no, outcome.ordered_at) == ("85100", "03930", "094414")
    assert outcome.code == "APBK0013"
    assert not outcome.retryable


def test_paper_number_without_padding_is_accepted() -> None:
    answer = body(msg_cd="40590000", output={"KRX_FWDG_ORD_ORGNO": "00950", "ODNO": "51378", "ORD_TMD": "100001"})
    assert classify(200, answer, True).order_no == "51378"


def test_output_as_one_element_list_is_accepted() -> None:
    assert classify(200, body(output=[ACCEPTED["output"]]), True).order_no == "85100"


@pytest.mark.parametrize("number", ["", "   ", "0000000000", "12a4", "-5", "12345678901", "\uff11\uff12"])
def test_acceptance_without_a_usable_number_is_unknown(number: str) -> None:
    answer = body(output={"ODNO": number})
    assert classify(200, answer, True).kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize("output", [None, [], {}])
def test_acceptance_without_output_is_unknown(output: object) -> None:
    assert classify(200, body(output=output), True).kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize("status", [201, 202, 302, 400, 500, 502])
def test_acceptance_with_another_status_is_unknown(status: int) -> None:
    assert classify(status, body(), True).kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("code", VERIFIED)
def test_verified_refusal_is_refused(code: str, status: int) -> None:
    outcome = classify(status, refusal(code), True)
    assert outcome.kind is OutcomeKind.REFUSED
    assert outcome.code == code
    assert outcome.message == "사유"
    assert outcome.retryable is (CODES[code].kind in REPEATABLE)


@pytest.mark.requirement("MON-4.13")
@pytest.mark.parametrize("code", ["EGW00201", "EGW00215", "EGW00123", "EGW00121"])
def test_rate_limit_and_token_refusals_may_be_repeated(code: str) -> None:
    outcome = classify(500, refusal(code), True)
    assert (outcome.kind, outcome.retryable) == (OutcomeKind.REFUSED, True)


@pytest.mark.requirement("MON-4.15")
@pytest.mark.parametrize("code", ["APBK0400", "APBK0952", "APBK0918", "APBK0506", "40240000"])
def test_business_refusals_may_not_be_repeated(code: str) -> None:
    outcome = classify(200, refusal(code, "7"), True)
    assert (outcome.kind, outcome.retryable) == (OutcomeKind.REFUSED, False)


def test_the_verified_list_is_exactly_what_was_measured() -> None:
    """A code joins this list by evidence from the wire; the list is repeated here on purpose."""
    assert set(VERIFIED) == {
        "EGW00121",
        "EGW00123",
        "EGW00201",
        "EGW00215",
        "EGW02004",
        "EGW02006",
        "IGW00002",
        "IGW00007",
        "OPSQ2000",
        "OPSQ2001",
        "APBK0066",
        "APBK0344",
        "APBK0400",
        "APBK0406",
        "APBK0506",
        "APBK0918",
        "APBK0919",
        "APBK0927",
        "APBK0952",
        "APBK0963",
        "APBK0988",
        "APBK1943",
        "APBK3009",
        "APBK3013",
        "APBK3026",
        "40030000",
        "40070000",
        "40100000",
        "40240000",
        "40270000",
        "40330000",
        "40570000",
        "40580000",
    }


@pytest.mark.parametrize("code", [*sorted(set(CODES) - set(VERIFIED)), "", "APBK9999", "egw00201"])
def test_every_other_code_leaves_the_order_in_doubt(code: str) -> None:
    for status in (200, 500):
        outcome = classify(status, refusal(code), True)
        assert (outcome.kind, outcome.retryable) == (OutcomeKind.UNKNOWN, False)


@pytest.mark.parametrize("code", ["EGW00301", "EGW00302"])
def test_codes_that_ask_to_check_the_last_order_are_unknown(code: str) -> None:
    assert classify(500, refusal(code), True).kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize("status", [302, 401, 403, 404, 429, 502, 503, 504])
def test_refusal_from_something_in_between_is_unknown(status: int) -> None:
    assert classify(status, refusal("APBK0400"), True).kind is OutcomeKind.UNKNOWN


def test_refusal_that_carries_an_order_number_is_unknown() -> None:
    assert classify(200, body(rt_cd="1", msg_cd="APBK0400"), True).kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b" ",
        b"<html><body>502 Bad Gateway</body></html>",
        b"\xff\xfe\x00garbage",
        b"null",
        b"[]",
        b"{}",
        b'{"rt_cd":0}',
        b'{"rt_cd":null}',
        b'{"rt_cd":"1"}',
        b'{"rt_cd":"","msg_cd":"APBK0400"}',
        b'{"rt_cd":"1","msg_cd":"APBK0400"',
        b'{"rt_cd":"0","msg_cd":"APBK0013","output":"0000085100"}',
        b'{"error_code":"EGW00133","error_description":"x"}',
    ],
)
@pytest.mark.parametrize("status", [200, 403, 500])
def test_anything_unreadable_is_unknown(answer: bytes, status: int) -> None:
    assert classify(status, answer, True).kind is OutcomeKind.UNKNOWN


@pytest.mark.requirement("MON-4.17")
@pytest.mark.parametrize("error", ["timeout", "reset", "closed", "garbled"])
def test_error_after_the_first_byte_is_unknown_whatever_was_read(error: str) -> None:
    outcome = classify(200, body(), True, error)
    assert (outcome.kind, outcome.code, outcome.retryable) == (OutcomeKind.UNKNOWN, error, False)


@pytest.mark.parametrize("error", ["connect_refused", "connect_timeout", "dns", "tls"])
def test_error_before_the_first_byte_is_not_sent(error: str) -> None:
    outcome = classify(None, b"", False, error)
    assert (outcome.kind, outcome.code, outcome.retryable) == (OutcomeKind.NOT_SENT, error, True)


def test_silence_without_an_error_is_unknown_once_a_byte_left() -> None:
    assert classify(None, b"", True).kind is OutcomeKind.UNKNOWN
    assert classify(None, b"", False).kind is OutcomeKind.NOT_SENT


def test_long_texts_are_cut() -> None:
    assert len(classify(200, refusal("APBK0400", text="가" * 5_000), True).message) == 200


@given(st.one_of(st.none(), st.integers(100, 599)), st.binary(max_size=200), st.text(max_size=8))
def test_no_bytes_are_taken_for_a_refusal_or_acceptance(status: int | None, answer: bytes, error: str) -> None:
    assert classify(status, answer, True, error).kind is OutcomeKind.UNKNOWN


@given(st.integers(1, 300))
def test_no_truncated_acceptance_is_taken_for_one(cut: int) -> None:
    whole = body()
    if cut < len(whole):
        assert classify(200, whole[:-cut], True).kind is OutcomeKind.UNKNOWN


@given(
    st.sampled_from(["0", "1", "2", "7", "9", ""]),
    st.sampled_from(sorted(CODES)),
    st.sampled_from([200, 500]),
    st.sampled_from(["", "0000085100"]),
)
def test_acceptance_needs_flag_and_number_and_refusal_needs_proof(
    rt_cd: str, code: str, status: int, number: str
) -> None:
    kind = classify(status, body(rt_cd=rt_cd, msg_cd=code, output={"ODNO": number}), True).kind
    if kind is OutcomeKind.ACCEPTED:
        assert (rt_cd, status, bool(number)) == ("0", 200, True)
    elif kind is OutcomeKind.REFUSED:
        assert rt_cd not in ("0", "") and code in VERIFIED and not number
    else:
        assert kind is OutcomeKind.UNKNOWN


def test_stream_and_success_codes_prove_nothing() -> None:
    for kind in (CodeClass.STREAM, CodeClass.SUCCESS, CodeClass.DOUBT, CodeClass.UNPROVED, CodeClass.ISSUE):
        assert kind not in PROVES_NOT_TAKEN


@pytest.mark.requirement("MON-4.15")
@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("APBK0400", Refusal.INSUFFICIENT_QUANTITY),
        ("APBK0988", Refusal.INSUFFICIENT_QUANTITY),
        ("40240000", Refusal.INSUFFICIENT_QUANTITY),
        ("APBK0066", Refusal.HALTED),
        ("APBK0918", Refusal.MARKET_CLOSED),
        ("APBK0506", Refusal.OTHER),
    ],
)
def test_refusal_is_named_by_what_it_changes(code: str, named: Refusal) -> None:
    outcome = classify(200, refusal(code), True)
    assert (outcome.kind, outcome.refusal) == (OutcomeKind.REFUSED, named)
