"""One stream session: answers, keys, routing, silence."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.domain.instant import Instant
from hantu.domain.market import OperationKind
from hantu.kis.cipher import NoticeCipher
from hantu.kis.control import Ack
from hantu.kis.frames import render_data
from hantu.kis.layouts import LAYOUTS
from hantu.kis.masking import masked
from hantu.kis.messages import BookRecord, OperationRecord, encode
from hantu.kis.stream import (
    BookDecoded,
    NoticeDecoded,
    OperationDecoded,
    Reply,
    SessionRefused,
    StreamSession,
    Subscribed,
    SubscribeRefused,
    TradesDecoded,
    Unparsable,
    Unsubscribed,
)
from tests.unit.kis.stream_texts import trade_frame, trade_record
from tests.unit.kis.test_translate_stream import notice

WALL = datetime(2026, 11, 23, 1, 15, tzinfo=UTC)
KEY, IV = "K" * 32, "V" * 16
NOW = Instant(WALL, 10.0)


@pytest.fixture
def session():
    return StreamSession("APPROVAL", 0.0, "1234567801")


def ack(code="OPSP0000", tr_id="H0STCNT0", key="005930", rt_cd="0"):
    return Ack(tr_id, key, False, rt_cd, code, "message").render()


def sealed(plain, tr_id="H0STCNI0", key=KEY, iv=IV):
    return render_data(tr_id, [[NoticeCipher(key, iv).encrypt(plain)]], encrypted=True)


PLAIN_NOTICE = "^".join(encode("H0STCNI0", notice().columns()))


def test_requests_carry_the_approval_key(session):
    asked = json.loads(session.subscribe("H0STCNT0", "005930"))
    ended = json.loads(session.unsubscribe("H0STCNT0", "005930"))
    assert (asked["header"]["tr_type"], ended["header"]["tr_type"]) == ("1", "2")
    assert asked["header"]["approval_key"] == "APPROVAL"


@pytest.mark.parametrize(
    "text",
    [
        '{"header":{"tr_id":"PINGPONG","datetime":"20261121090000"}}',
        '{ "header": {"datetime":"20261121090000", "tr_id":"PINGPONG"} }',
    ],
)
def test_pingpong_is_answered_with_the_same_bytes(session, text):
    assert session.receive(text, NOW) == [Reply(text)]


@pytest.mark.parametrize(
    ("code", "rt_cd", "expected"),
    [
        ("OPSP0000", "0", Subscribed("H0STCNT0", "005930")),
        ("OPSP0002", "1", Subscribed("H0STCNT0", "005930")),
        ("OPSP0001", "0", Unsubscribed("H0STCNT0", "005930")),
        ("OPSP0003", "1", Unsubscribed("H0STCNT0", "005930")),
        ("OPSP0008", "1", SubscribeRefused("H0STCNT0", "005930", "OPSP0008", "message")),
        ("OPSP9999", "1", SubscribeRefused("H0STCNT0", "005930", "OPSP9999", "message")),
        ("OPSP0011", "1", SessionRefused("OPSP0011", "message")),
        ("OPSP8996", "9", SessionRefused("OPSP8996", "message")),
    ],
)
def test_answers(session, code, rt_cd, expected):
    session.subscribe("H0STCNT0", "005930")
    assert session.receive(ack(code, rt_cd=rt_cd), NOW) == [expected]


def test_a_session_in_use_is_told_without_names(session):
    session.subscribe("H0STCNT0", "005930")
    text = ack("OPSP8996", tr_id="(null)", key="", rt_cd="9")
    assert session.receive(text, NOW) == [SessionRefused("OPSP8996", "message")]


def test_a_wrong_hts_id_is_the_notices_refusal(session):
    session.subscribe("H0STCNT0", "005930")
    session.subscribe("H0STCNI0", "WRONG")
    text = ack("OPSP0017", tr_id="(null)", key="", rt_cd="9")
    assert session.receive(text, NOW) == [SubscribeRefused("H0STCNI0", "WRONG", "OPSP0017", "message")]
    assert session.receive(ack(), NOW) == [Subscribed("H0STCNT0", "005930")]


def test_an_error_without_names_belongs_to_the_oldest_request(session):
    for code in ("005930", "000660"):
        session.subscribe("H0STCNT0", code)
    session.receive(ack(key="005930"), NOW)
    text = ack("OPSP9991", tr_id="(null)", key="", rt_cd="1")
    assert session.receive(text, NOW) == [SubscribeRefused("H0STCNT0", "000660", "OPSP9991", "message")]
    (nobody,) = session.receive(text, NOW)
    assert isinstance(nobody, Unparsable)


def test_a_success_with_a_new_code_is_what_was_asked(session):
    session.unsubscribe("H0STCNT0", "005930")
    assert session.receive(ack("OPSP0042"), NOW) == [Unsubscribed("H0STCNT0", "005930")]
    session.subscribe("H0STCNT0", "005930")
    assert session.receive(ack("OPSP0042"), NOW) == [Subscribed("H0STCNT0", "005930")]


@pytest.mark.requirement("MON-4.1.06")
@pytest.mark.parametrize(("sent", "asked"), [("H0STCNI0",) * 2, ("H0STCNI9",) * 2, ("K0STCNI9", "H0STCNI9")])
def test_notices_are_opened_with_the_key_of_their_answer(session, sent, asked):
    session.subscribe(asked, "USER")
    answer = Ack(sent, "USER", True, "0", "OPSP0000", "SUBSCRIBE SUCCESS", IV, KEY).render()
    assert session.receive(answer, NOW) == [Subscribed(asked, "USER")]
    (event,) = session.receive(sealed(PLAIN_NOTICE, sent), NOW)
    assert isinstance(event, NoticeDecoded)
    assert (event.notice.order_no, event.notice.quantity, event.notice.received_at) == ("12345", 4, 10.0)


def test_the_key_of_any_answer_of_the_session_will_do(session):
    session.receive(Ack("H0STCNT0", "005930", False, "0", "OPSP0000", "", IV, KEY).render(), NOW)
    assert isinstance(session.receive(sealed(PLAIN_NOTICE), NOW)[0], NoticeDecoded)


def test_the_notices_own_key_is_preferred(session):
    session.receive(Ack("H0STCNI0", "USER", True, "0", "OPSP0000", "", IV, KEY).render(), NOW)
    session.receive(Ack("H0STCNT0", "005930", False, "0", "OPSP0000", "", "w" * 16, "z" * 32).render(), NOW)
    assert isinstance(session.receive(sealed(PLAIN_NOTICE), NOW)[0], NoticeDecoded)


def test_a_useless_key_is_told_and_the_registration_stands(session):
    found = session.receive(Ack("H0STCNI0", "USER", True, "0", "OPSP0000", "", "short", "key").render(), NOW)
    assert isinstance(found[0], Unparsable)
    assert found[1:] == [Subscribed("H0STCNI0", "USER")]


def test_every_stream_reaches_its_reader(session):
    book = render_data("H0STASP0", [encode("H0STASP0", BookRecord("005930", "101500", "0", 2, 1).columns())])
    operation = OperationRecord("005930", "N", "174", "", "55", "N", "N", "1")
    market = render_data("H0STMKO0", [encode("H0STMKO0", operation.columns())])
    kinds = [
        type(event) for text in (trade_frame(trade_record()), book, market) for event in session.receive(text, NOW)
    ]
    assert kinds == [TradesDecoded, BookDecoded, OperationDecoded]
    (halt,) = session.receive(market, NOW)
    assert halt.operation.kind is OperationKind.HALT


@pytest.mark.requirement("MON-3.10")
@pytest.mark.parametrize("tr_id", [*sorted(LAYOUTS), "H0ZZZZZ0"])
def test_every_transaction_id_is_routed_or_reported(session, tr_id):
    session.receive(Ack("H0STCNI0", "USER", True, "0", "OPSP0000", "", IV, KEY).render(), NOW)
    columns = {**notice().columns(), **trade_record().columns(), "VI_CLS_CODE": "N", "OVTM_VI_CLS_CODE": "N"}
    columns["HOUR_CLS_CODE"] = "0"
    layouts = LAYOUTS.get(tr_id)
    fields = encode(tr_id, columns) if layouts else ["1"] * 46
    text = sealed("^".join(fields), tr_id) if layouts and layouts[0].encrypted else render_data(tr_id, [fields])
    events = session.receive(text, NOW)
    used = {
        "CNT0": TradesDecoded,
        "ASP0": BookDecoded,
        "CNI0": NoticeDecoded,
        "CNI9": NoticeDecoded,
        "MKO0": OperationDecoded,
    }
    expected = used.get(tr_id[4:]) if tr_id != "H0UPCNT0" else None
    assert events
    if expected is None:
        assert isinstance(events[0], Unparsable) and tr_id in events[0].reason
    else:
        assert all(isinstance(event, expected) for event in events)


@pytest.mark.requirement("MON-3.20", "MON-E.07")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "{",
        "[]",
        '{"header":{}}',
        '{"header":{"tr_id":"H0STCNT0"},"body":{}}',
        "0|H0STCNT0|001|",
        "0|H0STCNT0|002|005930^101500",
        "0|H0STCNT0|001|" + "^" * 46,
        "0|H0STASP0|001|005930^101500",
        "0|H0STMKO0|001|005930^X^^^^^^^^",
        "1|H0STCNI0|001|not base64",
        "1|H0STCNT0|001|QUJD",
        "\x00\xff",
    ],
)
def test_a_message_that_cannot_be_read_costs_itself_only(session, text):
    session.receive(Ack("H0STCNI0", "USER", True, "0", "OPSP0000", "", IV, KEY).render(), NOW)
    (event,) = session.receive(text, NOW)
    assert isinstance(event, Unparsable) and event.reason
    assert isinstance(session.receive(trade_frame(trade_record()), NOW)[0], TradesDecoded)


@given(st.text(max_size=400), st.sampled_from(["", "{", "0|H0STCNT0|001|", "1|H0STCNI0|001|", "0|H0STASP0|002|"]))
def test_no_text_raises(text, head):
    session = StreamSession("APPROVAL", 0.0)
    for event in session.receive(head + text, NOW):
        assert not isinstance(event, Unparsable) or len(event.text) <= 200


def test_a_notice_before_its_key_is_reported_without_its_content(session):
    text = sealed(PLAIN_NOTICE)
    (event,) = session.receive(text, NOW)
    assert isinstance(event, Unparsable)
    assert event.text == f"1|H0STCNI0|001|***({len(text)})"


SECRET = "96de248bda413d58"


@pytest.mark.requirement("MON-E.08")
@pytest.mark.parametrize(
    "text",
    [
        f'{{"header":{{"approval_key":"{SECRET}"}},"body":"{SECRET}',
        f'{{"output":{{"iv":"{SECRET}","key": "{SECRET}"}}}}',
        f'{{"header":{{"tr_key":"{SECRET}","appkey" : "{SECRET}"}}',
        f'{{"output":{{"k?y":"{SECRET}',
        f"1|H0STCNI0|001|{SECRET}",
        f"0|H0ST|001|{SECRET}",
        f"1|{SECRET}",
        f"0|H0STCNI9|001|USER^{SECRET}",
        f"{'x ' * 5_000}{SECRET}",
    ],
)
def test_what_is_shown_holds_no_secret_and_is_short(text):
    shown = masked(text)
    assert SECRET not in shown
    assert 0 < len(shown) <= 200


@pytest.mark.parametrize("name", ["iv", "key", "tr_key", "approval_key", "appsecret"])
def test_short_secrets_are_known_by_their_names(name):
    assert masked(f'{{"{name}" : "HTSID') == f'{{"{name}" : "***"'


def test_what_is_harmless_is_shown_whole():
    text = trade_frame(trade_record())[:60]
    assert masked(text) == text


def test_what_is_shown_is_one_line():
    assert masked("a\nb\x1b[31m\r") == "a?b?[31m?"


def test_silence_and_pings_are_measured_from_what_was_heard(session):
    assert (session.silence_deadline, session.ping_due) == (60.0, 30.0)
    session.receive("garbage is a sign of life", Instant(WALL, 25.0))
    assert (session.silence_deadline, session.ping_due) == (85.0, 30.0)
    session.pinged(30.0)
    assert (session.silence_deadline, session.ping_due) == (85.0, 60.0)
    session.heard(31.0)
    assert session.silence_deadline == 91.0
