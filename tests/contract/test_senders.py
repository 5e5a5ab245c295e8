"""What every channel promises, shown on every channel against a server that keeps its real contract."""

import asyncio
import io
import logging
import traceback
from dataclasses import dataclass

import pytest

from hantu.adapters.notify.bridge import SenderNotifier
from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.delivery import Message, ReceiptKind
from hantu.domain.errors import BrokenError, RetryableError
from hantu.telemetry import LineFormatter, hide
from tests.receivers import slack, sms, smtp, telegram, webhook
from tests.receivers.faults import (
    DROP_AFTER_ACCEPT,
    RESET_AFTER,
    RESET_BEFORE,
    SLOW_LORIS,
    delay,
    limit,
    refuse,
)
from tests.receivers.town import Town, town

LONG = "📉 *손절 체결*\n\n종목: 삼성전자 (005930)\n매도가: 64,500원\n수량: 10주\n\n실현손실: -15,180원\n수익률: -2.30%"
CHANNELS = ("telegram", "slack", "slack_webhook", "email", "solapi", "aligo", "webhook")
SECRETS = (
    telegram.TOKEN,
    slack.TOKEN,
    slack.HOOK.rpartition("/")[2],
    sms.KEY,
    sms.SECRET,
    smtp.PASSWORD,
    webhook.SECRET,
)


@dataclass
class Line:
    """One sender and the receiver it talks to."""

    name: str
    sender: object
    receiver: object
    town: Town

    @property
    def journal(self):
        return self.town.journal

    @property
    def plan(self):
        return self.receiver.plan


def receiver_of(place: Town, name: str):
    return {"slack_webhook": place.slack, "email": place.smtp}.get(name) or getattr(place, name)


@pytest.fixture
async def place(tmp_path):
    async with town(tmp_path) as running:
        yield running


@pytest.fixture
def patience_s():
    return 5.0


# Where the sender itself has to give up; anywhere else a busy machine may take its time.
SHORT_OF_PATIENCE = pytest.mark.parametrize("patience_s", [0.4], ids=["hasty"])


@pytest.fixture(params=CHANNELS)
async def line(request, place, patience_s):
    senders = place.senders(timeout_s=patience_s)
    yield Line(request.param, senders[request.param], receiver_of(place, request.param), place)
    for sender in senders.values():
        await sender.aclose()


def alert(short="📉 손절 체결: 삼성전자 (005930) -2.3% / 64,500원 10주", long=LONG, priority=Priority.HIGH):
    return Alert("stop_loss_filled", "stop:005930", Severity.INFO, priority, "OPS-02", short, long)


def message(key="k1", **changes):
    return Message(alert(), key, **changes)


async def test_accepted_is_what_the_channel_has(line):
    receipt = await line.sender.send(message())
    assert (receipt.kind, receipt.reason) == (ReceiptKind.ACCEPTED, "")
    (arrival,) = line.journal.taken()
    assert "손절 체결" in arrival.text
    assert line.journal.refused() == []
    assert receipt.provider_id or line.name == "slack_webhook"


async def test_a_wait_the_channel_asks_for_is_handed_on(line):
    line.plan.next(limit(7.0))
    receipt = await line.sender.send(message())
    if line.name == "email":  # mail servers name no time
        assert (receipt.kind, receipt.retry_s) == (ReceiptKind.TEMPORARY, None)
    else:
        assert (receipt.kind, receipt.retry_s) == (ReceiptKind.RETRY_AT, 7.0)
    assert line.journal.taken() == []
    assert (await line.sender.send(message())).accepted


async def test_trouble_of_the_channel_passes(line):
    line.plan.next(refuse(451, "greylisted") if line.name == "email" else refuse(503, "<html>later</html>"))
    assert (await line.sender.send(message())).kind is ReceiptKind.TEMPORARY
    assert (await line.sender.send(message())).accepted


async def test_a_closed_door_is_temporary_because_nothing_left(line):
    await line.receiver.down()
    assert (await line.sender.send(message())).kind is ReceiptKind.TEMPORARY
    await line.receiver.up()
    assert (await line.sender.send(message())).accepted


async def test_a_refusal_stays(line):
    refusals = {"email": refuse(550, "no such user"), "telegram": refuse(403, {"error_code": 403, "ok": False})}
    line.plan.next(refusals.get(line.name, refuse(403, "no")))
    receipt = await line.sender.send(message())
    assert receipt.kind is ReceiptKind.PERMANENT
    assert receipt.reason


@SHORT_OF_PATIENCE
@pytest.mark.parametrize(
    "fault", [RESET_AFTER, DROP_AFTER_ACCEPT, SLOW_LORIS, delay(2.0)], ids=lambda one: one.kind.name
)
async def test_no_answer_after_the_message_left_is_ambiguous(line, fault):
    line.plan.next(fault)
    began = asyncio.get_running_loop().time()
    receipt = await line.sender.send(message())
    took_s = asyncio.get_running_loop().time() - began
    late_greeting = line.name == "email" and fault.kind.name == "DELAY"  # nothing was said before it
    assert receipt.kind is (ReceiptKind.TEMPORARY if late_greeting else ReceiptKind.AMBIGUOUS)
    assert took_s < 1.9, "the sender's own limit is 0.4 s"


async def test_a_line_cut_before_reading_is_never_called_delivered(line):
    line.plan.next(RESET_BEFORE)
    receipt = await line.sender.send(message())
    # Over HTTP nobody can tell; a mail server that hangs up before DATA has nothing.
    assert receipt.kind is (ReceiptKind.TEMPORARY if line.name == "email" else ReceiptKind.AMBIGUOUS)
    assert line.journal.arrivals == []


async def test_a_cancellation_passes_through_and_leaves_the_sender_usable(line):
    line.plan.next(delay(0.3))
    sending = asyncio.create_task(line.sender.send(message()))
    await asyncio.sleep(0.1)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert (await line.sender.send(message("k2"))).accepted


async def test_ten_at_once_arrive_ten_times(line):
    receipts = await asyncio.gather(*(line.sender.send(message(f"k{n}")) for n in range(10)))
    assert all(one.accepted for one in receipts)
    assert len(line.journal.taken()) == 10


async def test_a_look_at_the_channel_tells_health_and_sends_nothing(line):
    health = await line.sender.check()
    assert health.usable, health
    assert health.credentials_ok is True
    assert line.journal.arrivals == []
    assert (health.balance is not None) is (line.name in ("solapi", "aligo"))
    await line.receiver.down()
    assert not (await line.sender.check()).reachable
    await line.receiver.up()


@SHORT_OF_PATIENCE
@pytest.mark.parametrize(
    "fault", [RESET_BEFORE, SLOW_LORIS, limit(3.0), refuse(500, "x")], ids=lambda one: one.kind.name
)
async def test_a_look_at_a_sick_channel_ends_and_blames_no_key(line, fault):
    line.plan.next(fault)
    async with asyncio.timeout(2.0):
        health = await line.sender.check()
    if line.name == "email" and fault.kind.name != "RESET_BEFORE":
        assert health.usable  # those faults belong to mails, not to a log-in
    else:
        assert health.credentials_ok is not False


@pytest.mark.parametrize(
    ("fault", "error"),
    [(limit(7.0), RetryableError), (RESET_AFTER, RetryableError), (refuse(550, "no"), BrokenError)],
    ids=["limit", "lost", "refused"],
)
async def test_the_bridge_says_it_in_the_words_of_the_dispatcher(line, fault, error):
    if error is BrokenError and line.name != "email":
        fault = refuse(403, {"ok": False, "error_code": 403})
    line.plan.next(fault)
    notifier = SenderNotifier(line.sender)
    with pytest.raises(error) as caught:
        await notifier.send(alert())
    if fault.kind.name == "LIMIT" and line.name != "email":
        assert caught.value.retry_s == 7.0
    await notifier.send(alert())
    assert len(line.journal.taken()) == 1
    await notifier.close()


@SHORT_OF_PATIENCE
async def test_no_secret_chat_number_or_address_is_shown_when_everything_fails(line):
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(LineFormatter("test", None))
    for name in ("", "hantu", "aiohttp", "asyncio"):
        logging.getLogger(name).addHandler(handler)
    level = logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)
    shown = repr(line.sender) + str(line.sender) + repr(SenderNotifier(line.sender))
    # A channel that says our own secrets back to us.
    echo = " ".join((*SECRETS, telegram.CHAT, sms.RECIPIENT, sms.SENDER, smtp.RECIPIENT, smtp.SENDER))
    said = {"ok": False, "error_code": 400, "description": echo, "error": echo, "errorMessage": echo, "message": echo}
    faults = [RESET_BEFORE, RESET_AFTER, SLOW_LORIS, limit(1.0)]
    if line.name == "email":
        faults += [refuse(550, echo), refuse(451, echo)]
    else:
        faults += [refuse(400, said), refuse(500, said)]
    for fault in faults:
        line.plan.next(fault)
        try:
            await SenderNotifier(line.sender).send(alert())
        except (RetryableError, BrokenError) as error:
            shown += "".join(traceback.format_exception(error)) + repr(error.__context__)
    await line.receiver.down()
    shown += repr(await line.sender.send(message())) + repr(await line.sender.check())
    await line.receiver.up()
    logging.getLogger().setLevel(level)
    for name in ("", "hantu", "aiohttp", "asyncio"):
        logging.getLogger(name).removeHandler(handler)
    assert shown.count("Traceback") == 6
    secrets = (*SECRETS, telegram.CHAT, sms.RECIPIENT, sms.SENDER, smtp.RECIPIENT)
    assert [one for one in secrets if one in shown + output.getvalue()] == []


async def test_a_secret_inside_a_text_is_masked_on_every_channel(line):
    hide("alertcanary77")
    told = alert(short="⚠️ 오류 alertcanary77", long="*오류*\n\n응답: alertcanary77\n- alertcanary77")
    assert (await line.sender.send(Message(told, "k1", late_note="(alertcanary77)"))).accepted
    (arrival,) = line.journal.taken()
    shown = arrival.text + str(arrival.body)
    if line.name == "email":
        shown += "".join(arrival.body.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "alertcanary77" not in shown
    assert "***" in shown


async def test_every_channel_of_a_town_tells_the_same_story_in_order(place):
    senders = place.senders()
    for name in CHANNELS:
        assert (await senders[name].send(message(f"key-{name}"))).accepted, name
    for sender in senders.values():
        await sender.aclose()
        await sender.aclose()
    heard = [one.channel for one in place.journal.taken()]
    assert heard == ["telegram", "slack", "slack_webhook", "email", "sms", "sms", "webhook"]
    assert [one.number for one in place.journal.arrivals] == list(range(1, 8))
    assert await place.journal.until(7) == place.journal.taken()
