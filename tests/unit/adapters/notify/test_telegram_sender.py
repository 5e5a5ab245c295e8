"""Telegram as a sender: what goes beyond a text, and what a failure half way leaves."""

import io
import logging
import threading

import pytest

from hantu.adapters.notify.telegram import TelegramSender
from hantu.cli.phone import PhoneServer
from hantu.domain.delivery import Button, ReceiptKind
from tests.receivers import telegram
from tests.receivers.faults import RESET_AFTER, delay, limit, markup, moved, refuse
from tests.receivers.journal import Journal
from tests.unit.adapters.notify.messages import ALERTS, of, text

LONG = "\n".join(f"{n:04d} *굵게* {'가' * 90}" for n in range(90))


@pytest.fixture
async def receiver():
    running = telegram.TelegramReceiver(Journal())
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def sender(receiver):
    made = TelegramSender(telegram.TOKEN, telegram.CHAT, api_url=receiver.url)
    yield made
    await made.aclose()


async def test_every_alert_of_the_catalogue_is_taken_with_its_markup(sender, receiver):
    for kind in ALERTS:
        assert (await sender.send(of(kind))).accepted, kind
    assert receiver.journal.refused() == []
    assert all(one.body["parse_mode"] == "HTML" for one in receiver.journal.taken())


async def test_sound_is_the_message_s_choice(sender, receiver):
    await sender.send(of("order_failed"))
    await sender.send(of("order_failed", silent=True))
    assert [one.silent for one in receiver.journal.taken()] == [False, True]


async def test_buttons_stand_under_the_last_part(sender, receiver):
    buttons = (Button("확인했음", "ack:a1b2"), Button("킬 스위치", "kill:c3d4"))
    receipt = await sender.send(text("x", LONG, buttons=buttons))
    arrivals = receiver.journal.taken()
    assert len(arrivals) > 1
    assert ["reply_markup" in one.body for one in arrivals] == [False] * (len(arrivals) - 1) + [True]
    (row,) = arrivals[-1].body["reply_markup"]["inline_keyboard"]
    assert [(one["text"], one["callback_data"]) for one in row] == [
        ("확인했음", "ack:a1b2"), ("킬 스위치", "kill:c3d4"),
    ]  # fmt: skip
    assert receipt.provider_id == str(len(arrivals))


async def test_messages_of_one_thread_answer_the_first(sender, receiver):
    for n in range(3):
        await sender.send(of("connection_lost", key=f"k{n}", thread="outage-1"))
    await sender.send(of("connection_lost", key="k9"))
    replies = [one.body.get("reply_parameters", {}).get("message_id") for one in receiver.journal.taken()]
    assert replies == [None, 1, 1, None]


@pytest.mark.parametrize("fault", [RESET_AFTER, limit(1.0), refuse(502, "x")], ids=lambda one: one.kind.name)
async def test_a_part_that_was_taken_is_not_sent_again(sender, receiver, fault):
    await sender.send(text("x", LONG, key="undisturbed"))
    expected = receiver.journal.texts()
    receiver.journal.arrivals.clear()
    receiver.plan.next(delay(0.0), fault)
    assert not (await sender.send(text("x", LONG))).accepted
    assert len(receiver.journal.taken()) == 1
    assert (await sender.send(text("x", LONG))).accepted
    assert receiver.journal.texts() == expected


async def test_another_message_in_between_does_not_mix_with_the_rest(sender, receiver):
    receiver.plan.next(limit(1.0))
    await sender.send(text("x", LONG, key="a"))
    assert (await sender.send(of("order_failed", key="b"))).accepted
    assert (await sender.send(text("x", LONG, key="a"))).accepted
    assert receiver.journal.texts()[0].startswith("❌ 주문 실패")


async def test_refused_markup_is_the_same_text_at_once(sender, receiver):
    receiver.plan.next(markup())
    assert (await sender.send(of("stop_loss_filled"))).accepted
    (arrival,) = receiver.journal.taken()
    assert "parse_mode" not in arrival.body
    assert arrival.text.startswith("📉 손절 체결\n\n종목: 삼성전자 (005930)")


async def test_a_moved_chat_is_followed_and_told_without_its_number(sender, receiver):
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    logging.getLogger("hantu").addHandler(handler)
    receiver.plan.next(moved("-1007788990011"))
    assert (await sender.send(of("order_failed", key="a"))).accepted
    assert (await sender.send(of("order_failed", key="b"))).accepted
    assert [one.body["chat_id"] for one in receiver.journal.taken()] == ["-1007788990011"] * 2
    logging.getLogger("hantu").removeHandler(handler)
    assert "슈퍼그룹으로 옮겨졌습니다" in output.getvalue()
    assert "7788990011" not in output.getvalue()


async def test_a_wrong_token_or_chat_is_seen_without_sending(receiver):
    for token, chat in (("123456789:wrongwrongwrongwrongwrongwrongwrong", telegram.CHAT), (telegram.TOKEN, "-1")):
        wrong = TelegramSender(token, chat, api_url=receiver.url)
        assert (await wrong.check()).credentials_ok is False
        assert (await wrong.send(of("order_failed"))).kind is ReceiptKind.PERMANENT
        await wrong.aclose()


async def test_the_demo_s_phone_is_a_telegram_too(tmp_path):
    got = []
    server = PhoneServer(0, lambda message: got.append(message) or len(got))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made = TelegramSender(telegram.TOKEN, "1", api_url=f"http://127.0.0.1:{server.server_address[1]}")
    assert (await made.check()).usable
    assert (await made.send(of("order_failed"))).provider_id == "1"
    await made.aclose()
    server.shutdown()
    thread.join(5)
    server.server_close()
    assert got[0]["text"].startswith("❌ 주문 실패")
