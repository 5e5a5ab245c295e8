"""The code table: complete, unambiguous, with a Korean text for every code."""

from hantu.kis.codes import CODES, CodeClass, http_status, korean_text, lookup


def test_every_code_has_a_korean_text() -> None:
    assert len(CODES) == 195
    assert all(korean_text(code) for code in CODES)


def test_broker_wording_wins_over_that_of_the_class() -> None:
    assert korean_text("EGW00201") == "초당 거래건수를 초과하였습니다."
    assert korean_text("APBK0656") == "확인되지 않은 오류"


def test_unlisted_code_is_unproved() -> None:
    assert lookup("NEW00001").kind is CodeClass.UNPROVED
    assert lookup("NEW00001").code == "NEW00001"


def test_statuses_follow_what_was_seen() -> None:
    assert http_status("EGW00123") == 500
    assert http_status("EGW00133") == 403
    assert http_status("APBK0400") == 200
    assert http_status("IGW00002") == 500
    assert http_status("EGW00304") == 500
    assert http_status("OPSQ2001") == 200
