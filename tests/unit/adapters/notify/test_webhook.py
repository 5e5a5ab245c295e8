"""The user's own program: signature, clock, key, and what a status means."""

import json

import pytest

from hantu.adapters.notify.webhook import WebhookSender, signature
from hantu.domain.delivery import Button, ReceiptKind
from hantu.domain.errors import UsageError
from tests.receivers.faults import refuse, slow_refusal
from tests.receivers.journal import Journal
from tests.receivers.webhook import SECRET, WebhookReceiver
from tests.unit.adapters.notify.messages import of


@pytest.fixture
async def receiver():
    running = WebhookReceiver(Journal())
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def sender(receiver):
    made = WebhookSender(f"{receiver.url}/alerts", SECRET)
    yield made
    await made.aclose()


async def test_a_program_gets_everything_it_may_want_to_sort_by(sender, receiver):
    message = of("order_unresolved", thread="flow-1", late_note="(지연)", buttons=(Button("확인", "ack:1"),))
    assert (await sender.send(message)).accepted
    body = receiver.journal.taken()[0].body
    assert body["short"] == "🚨 긴급: 주문 응답 없음 - 삼성전자 수동 확인 필요 (지연)"
    assert "*" not in body["long"]
    assert body["long"].endswith("(지연)")
    assert (body["severity"], body["priority"], body["category"]) == ("CRITICAL", "emergency", "OPS-02")
    assert (body["key"], body["thread"], body["buttons"]) == ("k1", "flow-1", [{"label": "확인", "data": "ack:1"}])


async def test_the_same_message_again_is_seen_as_the_same(sender, receiver):
    for key in ("k1", "k1", "k2"):
        assert (await sender.send(of("order_failed", key=key))).accepted
    assert [one.verdict for one in receiver.journal.arrivals] == ["accepted", "duplicate", "accepted"]


async def test_another_secret_or_a_clock_that_is_off_is_refused(sender, receiver):
    receiver.offset_s = 600
    assert (await sender.send(of("order_failed"))).kind is ReceiptKind.PERMANENT
    receiver.offset_s = 0
    wrong = WebhookSender(receiver.url, "x" * 32)
    assert (await wrong.send(of("order_failed"))).kind is ReceiptKind.PERMANENT
    assert (await wrong.check()).credentials_ok is False
    await wrong.aclose()
    assert receiver.journal.arrivals == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [(200, ReceiptKind.ACCEPTED), (202, ReceiptKind.ACCEPTED), (204, ReceiptKind.ACCEPTED)]
    + [(status, ReceiptKind.TEMPORARY) for status in (408, 425, 429, 500, 502, 503, 504)]
    + [(status, ReceiptKind.PERMANENT) for status in (301, 307, 400, 401, 403, 404, 410, 413, 422)],
)
async def test_what_a_status_means(sender, receiver, status, kind):
    receiver.plan.next(refuse(status))
    assert (await sender.send(of("order_failed"))).kind is kind
    assert receiver.requests == 1


@pytest.mark.parametrize(
    ("after", "date", "wait_s"),
    [
        ("7", "", 7.0),
        ("0.5", "", 0.5),
        ("100000", "", 3_600.0),
        ("Mon, 23 Nov 2026 00:12:41 GMT", "Mon, 23 Nov 2026 00:12:31 GMT", 10.0),
        ("Mon, 23 Nov 2026 00:12:21 GMT", "Mon, 23 Nov 2026 00:12:31 GMT", 0.0),
    ],
)
async def test_a_wait_is_obeyed_in_seconds_or_as_a_date(sender, receiver, after, date, wait_s):
    receiver.plan.next(refuse(503, "", Retry_After=after, **({"Date": date} if date else {})))
    receipt = await sender.send(of("order_failed"))
    assert (receipt.kind, receipt.retry_s) == (ReceiptKind.RETRY_AT, wait_s)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (slow_refusal(429, Retry_After="7"), ReceiptKind.RETRY_AT),
        (slow_refusal(503), ReceiptKind.TEMPORARY),
        (slow_refusal(403), ReceiptKind.PERMANENT),
    ],
)
async def test_a_refusal_whose_words_never_end_is_a_refusal(receiver, fault, kind):
    sender = WebhookSender(receiver.url, SECRET, timeout_s=0.2)
    receiver.plan.next(fault)
    assert (await sender.send(of("order_failed"))).kind is kind
    await sender.aclose()


@pytest.mark.parametrize("after", ["soon", "-5", "1e9", "٣"])
async def test_a_wait_nobody_can_read_is_none(sender, receiver, after):
    receiver.plan.next(refuse(429, "", Retry_After=after))
    assert (await sender.send(of("order_failed"))).kind is ReceiptKind.TEMPORARY


def test_the_documented_example_of_a_signature():
    body = json.dumps({"kind": "ping", "version": 1}, separators=(",", ":")).encode()
    # openssl dgst -sha256 -hmac 0123456789abcdef <<< '1763856000.{"kind":"ping","version":1}' (without the line end)
    assert signature(b"0123456789abcdef", "1763856000", body) == EXAMPLE


EXAMPLE = "bd410ec6df48dd6920f507b3cc706b5e2192318fdb024bc0e268db95b24ab1ff"


@pytest.mark.parametrize(
    ("url", "secret"),
    [("", "x" * 32), ("http://example.com", "x" * 32), ("https://example.com", "short"), ("https://", "x" * 32)],
)
def test_bad_settings_are_refused(url, secret):
    with pytest.raises(UsageError):
        WebhookSender(url, secret)
