"""A peer that says anything at all: no sender raises, waits beyond its limit, or calls it delivered."""

import asyncio
import gzip
import resource
from contextlib import asynccontextmanager

import pytest

from hantu.adapters.notify.aligo import AligoSender
from hantu.adapters.notify.email import EmailSender
from hantu.adapters.notify.slack import SlackSender, SlackWebhookSender
from hantu.adapters.notify.solapi import SolapiSender
from hantu.adapters.notify.telegram import TelegramSender
from hantu.adapters.notify.webhook import WebhookSender
from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.delivery import ChannelHealth, Message, Receipt
from tests.receivers import slack, sms, smtp, telegram, webhook

ALERT = Alert(
    "order_failed", "k", Severity.CRITICAL, Priority.EMERGENCY, "OPS-02", "❌ 주문 실패", "*주문 실패*\n\n종목: 삼성"
)
TIMEOUT_S = 0.5
NUMBERS = {"sender": sms.SENDER, "recipient": sms.RECIPIENT}


def http(body: bytes, head: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode() + body


ANSWERS = {
    "nothing": b"",
    "noise": b"\x00\xff\x16\x03\x01 not http\r\n\r\n",
    "another protocol": b"220 smtp.example.com ESMTP\r\n",
    "short body": b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{}",
    "broken chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "not gzip": http(b"plain", "Content-Encoding: gzip\r\n"),
    "a bomb": http(gzip.compress(b" " * 50_000_000), "Content-Encoding: gzip\r\n"),
    "long header": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
    "deep lists": http(b"[" * 60_000),
    "deep objects": http(b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
    "long number": http(b'{"ok":false,"error_code":' + b"9" * 20_000 + b"}"),
    "out of range": http(b'{"ok":false,"parameters":{"retry_after":1e999},"balance":1e999,"result_code":1e999}'),
    "wrong types": http(b'{"ok":"yes","parameters":[],"error":{},"result":7,"messageList":{},"result_code":[]}'),
    "true for a number": http(b'{"ok":false,"result":{"message_id":true},"error_code":true,"failedMessageList":[7]}'),
    "moved nowhere": http(b'{"ok":false,"error_code":400,"parameters":{"migrate_to_chat_id":{"a":[1]}}}'),
    "half a letter": http(b'{"ok":false,"description":"\xed\x95'),
    "not utf-8": http(b'{"ok":false,"error":"\xff\xfe"}'),
    "a list": http(b"[1,2,3]"),
    "null": http(b"null"),
    "100 for ever": b"HTTP/1.1 100 Continue\r\n\r\n" * 500,
    "away": b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n",
}
SENDERS = {
    "telegram": lambda url: TelegramSender(telegram.TOKEN, telegram.CHAT, api_url=url, timeout_s=TIMEOUT_S),
    "slack": lambda url: SlackSender(slack.TOKEN, slack.CHANNEL, api_url=url, timeout_s=TIMEOUT_S),
    "solapi": lambda url: SolapiSender(sms.KEY, sms.SECRET, **NUMBERS, api_url=url, timeout_s=TIMEOUT_S),
    "aligo": lambda url: AligoSender(sms.KEY, "me", **NUMBERS, api_url=url, timeout_s=TIMEOUT_S),
}
BY_STATUS = {
    "slack_webhook": lambda url: SlackWebhookSender(url + slack.HOOK, timeout_s=TIMEOUT_S),
    "webhook": lambda url: WebhookSender(url, webhook.SECRET, timeout_s=TIMEOUT_S),
}
"""Channels that judge by the status alone."""


@asynccontextmanager
async def peer(answer: bytes, *, endless: bytes = b"", hang: bool = False):
    async def meet(reader, writer):
        try:
            if not endless and not hang:
                await reader.read(65_536)
            writer.write(answer)
            await writer.drain()
            while endless:
                writer.write(endless)
                await writer.drain()
            if hang:
                await asyncio.sleep(30)
        except OSError:
            pass  # the client had enough
        finally:
            writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def outcome(sender) -> tuple[Receipt, ChannelHealth]:
    async with asyncio.timeout(4 * TIMEOUT_S + 1.0):
        receipt = await sender.send(Message(ALERT, "k1"))
        health = await sender.check()
    await sender.aclose()
    return receipt, health


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("name", [*SENDERS, *BY_STATUS])
async def test_no_answer_makes_a_sender_raise_or_believe(name, answer):
    async with peer(ANSWERS[answer]) as port:
        receipt, health = await outcome((SENDERS | BY_STATUS)[name](f"http://127.0.0.1:{port}"))
    assert isinstance(health, ChannelHealth)
    if name in SENDERS:
        assert not receipt.accepted
        assert receipt.reason
        assert not health.usable
    else:
        assert isinstance(receipt, Receipt)


@pytest.mark.parametrize("name", [*SENDERS, *BY_STATUS])
async def test_an_answer_without_end_costs_neither_time_nor_memory(name):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with peer(head, endless=b"10000\r\n" + b" " * 65_536 + b"\r\n") as port:
        await outcome((SENDERS | BY_STATUS)[name](f"http://127.0.0.1:{port}"))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000, "kilobytes"


@pytest.mark.parametrize(
    ("answer", "endless"),
    [(b"", b""), (b"\xff\xfe\x00\r\n", b""), (b"554 go away\r\n", b""), (b"99999 what\r\n", b""), (b"220", b""),
     (b"220 hi\r\n220 again\r\n250 what\r\n", b""), (b"", b"220-and more\r\n" * 100), (b"", b"x" * 65_536)],
    ids=["nothing", "noise", "refused", "no code", "half", "too many", "lines without end", "one line without end"],
)  # fmt: skip
async def test_no_mail_server_makes_the_sender_raise_or_believe(answer, endless):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with peer(answer, endless=endless, hang=not endless) as port:
        sender = EmailSender(
            "127.0.0.1", port, sender=smtp.SENDER, recipient=smtp.RECIPIENT, encryption="none", timeout_s=TIMEOUT_S
        )
        receipt, health = await outcome(sender)
    assert not receipt.accepted
    assert not health.usable
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000, "kilobytes"
