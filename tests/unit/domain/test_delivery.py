"""What came of a send, and what a channel is handed."""

import pytest

from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.delivery import (
    WAIT_MAX_S,
    Button,
    ChannelHealth,
    Message,
    ReceiptKind,
    accepted,
    ambiguous,
    left_over,
    permanent,
    retry_at,
    temporary,
)


def alert(long="📉 *손절 체결*\n\n종목: 삼성전자"):
    return Alert("stop_loss_filled", "k", Severity.INFO, Priority.HIGH, "OPS-02", "📉 손절 체결: 삼성전자", long)


def test_only_an_accepted_receipt_is_accepted():
    receipts = [accepted("17"), retry_at(3.0, "429"), temporary("502"), permanent("403"), ambiguous("timeout")]
    assert [one.kind for one in receipts] == list(ReceiptKind)
    assert [one.accepted for one in receipts] == [True, False, False, False, False]
    assert receipts[0].provider_id == "17"
    assert [one.reason for one in receipts] == ["", "429", "502", "403", "timeout"]


@pytest.mark.parametrize(("asked", "kept"), [(7.0, 7.0), (-1.0, 0.0), (1e9, WAIT_MAX_S)])
def test_a_channel_may_ask_for_a_wait_within_reason(asked, kept):
    assert retry_at(asked, "").retry_s == kept


def test_a_late_note_stands_behind_both_texts():
    late = Message(alert(), "k1", late_note="(지연 전달 - 발생 시각 09:12:31)")
    assert late.short == "📉 손절 체결: 삼성전자 (지연 전달 - 발생 시각 09:12:31)"
    assert late.long == "📉 *손절 체결*\n\n종목: 삼성전자\n\n(지연 전달 - 발생 시각 09:12:31)"


def test_without_a_note_the_texts_are_the_alert_s():
    message = Message(alert(), "k1")
    assert (message.short, message.long) == (message.alert.short, message.alert.long)


def test_an_alert_without_long_text_gets_none_from_a_note():
    assert Message(alert(long=""), "k1", late_note="(지연)").long == ""


def test_button_data_counts_in_bytes():
    assert Button("확인", "가" * 21).data == "가" * 21
    for label, data in (("확인", "가" * 22), ("확인", ""), ("", "x")):
        with pytest.raises(ValueError, match="64 bytes"):
            Button(label, data)


@pytest.mark.parametrize(
    ("health", "usable"),
    [
        (ChannelHealth(reachable=True), True),
        (ChannelHealth(reachable=True, credentials_ok=True, balance=5, low=True), True),
        (ChannelHealth(reachable=True, credentials_ok=True, balance=0), False),
        (ChannelHealth(reachable=True, credentials_ok=False), False),
        (ChannelHealth(reachable=False), False),
    ],
)
def test_a_channel_without_line_key_or_money_is_not_usable(health, usable):
    assert health.usable is usable


@pytest.mark.parametrize(("balance", "low"), [(49, True), (50, False)])
def test_a_balance_below_its_border_is_low_and_says_so(balance: int, low: bool) -> None:
    health = left_over(balance, "건", border=50, what="보낼 수 있는 문자가")
    assert (health.usable, health.balance, health.balance_unit, health.low) == (True, balance, "건", low)
    assert health.detail == ("보낼 수 있는 문자가 50건보다 적습니다" if low else "")
