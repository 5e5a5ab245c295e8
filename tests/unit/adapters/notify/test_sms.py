"""SMS: what fits a carrier, what is cut and how, and two gateways."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.adapters.notify.aligo import AligoSender
from hantu.adapters.notify.sms_text import LMS_BYTES, SMS_BYTES, cut, size, sms, to_euc_kr
from hantu.adapters.notify.solapi import SolapiSender
from hantu.domain.alert import Priority
from hantu.domain.delivery import ReceiptKind
from hantu.domain.errors import UsageError
from tests.receivers.faults import refuse
from tests.receivers.journal import Journal
from tests.receivers.sms import KEY, RECIPIENT, SECRET, SENDER, AligoReceiver, SolapiReceiver, carried
from tests.unit.adapters.notify.messages import ALERTS, of, text

NUMBERS = {"sender": SENDER, "recipient": RECIPIENT}


@pytest.fixture
async def solapi():
    running = SolapiReceiver(Journal())
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def aligo():
    running = AligoReceiver(Journal())
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def sender(solapi):
    made = SolapiSender(KEY, SECRET, **NUMBERS, api_url=solapi.url)
    yield made
    await made.aclose()


@pytest.fixture
async def second(aligo):
    made = AligoSender(KEY, aligo.user, **NUMBERS, api_url=aligo.url)
    yield made
    await made.aclose()


@pytest.mark.requirement("OPS-04-7")
async def test_the_gateway_receives_the_short_text(sender, solapi):
    assert (await sender.send(of("stop_loss_filled"))).accepted
    (arrival,) = solapi.journal.taken()
    assert arrival.text == of("stop_loss_filled").short.replace("📉", "▼")
    assert (arrival.body["type"], arrival.body["to"], arrival.body["from"]) == ("SMS", RECIPIENT, SENDER)


async def test_every_alert_of_the_catalogue_can_be_carried(sender, solapi):
    for kind in ALERTS:
        assert (await sender.send(of(kind))).accepted, kind
    assert solapi.journal.refused() == []
    assert not [one.text for one in solapi.journal.taken() if "?" in one.text]


def test_an_emergency_is_one_sms_and_anything_else_may_be_long():
    long = "⚠️ " + "가나다라 " * 30
    emergency, other = sms(text(long, priority=Priority.EMERGENCY)), sms(text(long))
    assert (emergency.kind, other.kind) == ("SMS", "LMS")
    assert emergency.text.endswith("…")
    assert size(emergency.text) <= SMS_BYTES
    assert other.text == to_euc_kr(long)
    assert sms(text("가" * 45)).kind == "SMS"
    assert sms(text("가" * 45 + "a")).kind == "LMS"


def test_an_emergency_that_comes_late_says_when_it_happened():
    note = "(지연 전달 - 발생 시각 2026-11-23 09:12:31)"
    made = sms(of("order_escalated", late_note=note))
    assert (made.kind, made.text.endswith(f"… {note}")) == ("SMS", True)
    assert made.text.startswith("[긴급] 주문 결과 확인")
    assert size(made.text) <= SMS_BYTES
    assert sms(text("가" * 50, priority=Priority.EMERGENCY, late_note="나" * 60)).text == "가" * 44 + "…"


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("🚨 긴급: 주문 응답 없음 - 삼성전자", "[긴급] 주문 응답 없음 - 삼성전자"),
        ("⚠️ 손절 조건 도달", "※ 손절 조건 도달"),
        ("🛠️ KIS 서버 점검", "KIS 서버 점검"),
        ("₩64,500 \u2013 \u22122.3% • a\u00a0b", "￦64,500 - -2.3% · a b"),
        ("10주 → 7주 ≠ 3주", "10주 → 7주 ≠ 3주"),
        ("뷁 펲시 똠방", "? ?시 ?방"),
        ("日本 é 漢字", "日本 ? 漢字"),
        ("첫 줄 👀\n둘째  줄", "첫 줄\n둘째 줄"),
        ("👨‍👩‍👧 가족 1️⃣", "가족 1"),
        ("\u1112\u1161\u11ab\u1103\u116e", "한두"),
        ("a\x00b\tc \u2139\ufe0f ™", "ab c ™"),
    ],
)
def test_signs_no_phone_shows_are_replaced_or_left_out(given_text, shown):
    assert to_euc_kr(given_text) == shown


@given(st.text(max_size=400))
def test_whatever_the_text_a_carrier_takes_it(anything):
    made = sms(text(f"알림 {anything}", priority=Priority.EMERGENCY))
    assert carried(made.kind, made.text) == ""
    made = sms(text(f"알림 {anything * 10}"))
    assert carried(made.kind, made.text) == ""


@pytest.mark.parametrize("price", ["64,500", "-2.30%", "1,234,567", "+8.2%"])
def test_a_number_is_shown_whole_or_not_at_all(price):
    for before in range(70, 90):
        made = cut("x" * before + f" {price}원 나머지 글", SMS_BYTES)
        left = made.replace("x", "").rstrip("…").split()
        assert (left[:1] or ["원"])[0] in (price, f"{price}원", "원"), (before, made)
        assert size(made) <= SMS_BYTES


def test_a_long_message_ends_at_its_border():
    made = sms(text("가" * 1_500))
    assert (made.kind, size(made.text)) == ("LMS", LMS_BYTES)


async def test_a_clock_that_is_off_is_told_apart(sender, solapi):
    solapi.offset = timedelta(hours=1)
    receipt = await sender.send(of("order_failed"))
    assert receipt.kind is ReceiptKind.PERMANENT
    assert "RequestTimeTooSkewed" in receipt.reason
    assert (await sender.check()).credentials_ok is False


async def test_an_empty_balance_is_seen_before_it_is_needed(sender, solapi):
    assert (await sender.check()).low is False
    solapi.balance = 999
    health = await sender.check()
    assert (health.balance, health.balance_unit, health.low, health.usable) == (999, "원", True, True)
    assert "1,000원" in health.detail
    solapi.balance = 0
    assert not (await sender.check()).usable
    receipt = await sender.send(of("order_failed"))
    assert (receipt.kind, "NotEnoughBalance" in receipt.reason) == (ReceiptKind.PERMANENT, True)


async def test_status_200_may_hold_a_refusal(solapi):
    wrong = SolapiSender(KEY, SECRET, sender="02-9999-8888", recipient=RECIPIENT, api_url=solapi.url)
    receipt = await wrong.send(of("order_failed"))
    await wrong.aclose()
    assert receipt.kind is ReceiptKind.PERMANENT
    assert "발신번호 미등록" in receipt.reason
    assert "0299998888" not in receipt.reason


@pytest.mark.parametrize("body", [{}, {"messageList": []}, {"messageList": ["x"]}, "no json"])
async def test_an_unreadable_yes_is_ambiguous(sender, solapi, body):
    solapi.plan.next(refuse(200, body))
    assert (await sender.send(of("order_failed"))).kind is ReceiptKind.AMBIGUOUS


async def test_a_message_that_was_listed_but_not_taken_is_refused(sender, solapi):
    solapi.plan.next(refuse(200, {"messageList": [{"statusCode": "3040", "statusMessage": "전송시간 초과"}]}))
    assert (await sender.send(of("order_failed"))).kind is ReceiptKind.PERMANENT


@pytest.mark.requirement("OPS-04-7")
async def test_the_second_gateway_takes_the_same_text(second, aligo):
    assert (await second.send(of("reconnect_exhausted"))).accepted
    assert (await second.send(text("가나 " * 40, key="k2"))).accepted
    first, long = aligo.journal.taken()
    assert first.text == "[긴급] WebSocket 연결 복구 실패 - 수동 확인 필요"
    assert (long.body["msg_type"], long.body["title"]) == ("LMS", "hantu 알림")


async def test_the_second_gateway_counts_what_is_left(second, aligo):
    aligo.left = 3
    health = await second.check()
    assert (health.balance, health.balance_unit, health.low) == (3, "건", True)
    aligo.left = 0
    assert (await second.send(of("order_failed"))).kind is ReceiptKind.PERMANENT


async def test_a_rehearsal_is_taken_and_not_paid(aligo):
    rehearsal = AligoSender(KEY, aligo.user, **NUMBERS, rehearsal=True, api_url=aligo.url)
    assert (await rehearsal.send(of("order_failed"))).accepted
    await rehearsal.aclose()
    assert aligo.left == 500


async def test_a_wrong_key_of_the_second_gateway_is_seen_without_sending(aligo):
    wrong = AligoSender("wrong-key-0000", aligo.user, **NUMBERS, api_url=aligo.url)
    assert (await wrong.check()).credentials_ok is False
    assert (await wrong.send(of("order_failed"))).kind is ReceiptKind.PERMANENT
    await wrong.aclose()


async def test_an_unreadable_answer_of_the_second_gateway_is_ambiguous(second, aligo):
    aligo.plan.next(refuse(200, "<html>"), refuse(200, {"result_code": "x"}))
    for _ in range(2):
        assert (await second.send(of("order_failed"))).kind is ReceiptKind.AMBIGUOUS


@pytest.mark.parametrize("number", ["", "112", "+82-10-1234-5678", "010-1234-567890", "01012345678,01099999999"])
def test_a_number_that_is_none_is_refused_and_not_repeated(number):
    for make in (
        lambda: SolapiSender(KEY, SECRET, sender=SENDER, recipient=number),
        lambda: AligoSender(KEY, "me", sender=SENDER, recipient=number),
    ):
        with pytest.raises(UsageError) as caught:
            make()
        assert not number or number not in str(caught.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: SolapiSender("", SECRET, **NUMBERS),
        lambda: SolapiSender(KEY, "", **NUMBERS),
        lambda: AligoSender(KEY, "", **NUMBERS),
        lambda: AligoSender(KEY, "me", **NUMBERS, api_url="http://apis.aligo.in"),
    ],
)
def test_missing_settings_are_refused(make):
    with pytest.raises(UsageError):
        make()
