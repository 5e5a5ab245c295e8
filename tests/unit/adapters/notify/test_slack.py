"""Slack: what people see in a channel, and what happens at Slack's borders."""

import pytest

from hantu.adapters.notify.slack import SlackSender, SlackWebhookSender
from hantu.adapters.notify.slack_blocks import FENCE, TEXT_MAX, blocks, cut, full_text
from hantu.domain.delivery import Button, ReceiptKind
from hantu.domain.errors import UsageError
from tests.receivers import slack
from tests.receivers.faults import markup, refuse
from tests.receivers.journal import Journal
from tests.unit.adapters.notify.messages import ALERTS, of, text


@pytest.fixture
async def receiver():
    running = slack.SlackReceiver(Journal())
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def sender(receiver):
    made = SlackSender(slack.TOKEN, slack.CHANNEL, api_url=receiver.url)
    yield made
    await made.aclose()


@pytest.mark.requirement("OPS-04-5")
async def test_a_filled_stop_is_a_title_and_pairs_side_by_side(sender, receiver):
    assert (await sender.send(of("stop_loss_filled"))).accepted
    (arrival,) = receiver.journal.taken()
    title, deal, result, footer = arrival.body["blocks"]
    assert arrival.text == of("stop_loss_filled").short
    assert title["text"]["text"] == "📉 손절 체결"
    assert [one["text"] for one in deal["fields"]] == [
        "*종목*\n삼성전자 (005930)", "*매도가*\n64,500원", "*매수가*\n66,000원", "*수량*\n10주",
    ]  # fmt: skip
    assert [one["text"] for one in result["fields"]] == [
        "*실현손실*\n-15,180원", "*수익률*\n-2.30%", "*보유기간*\n3일",
    ]  # fmt: skip
    assert footer["elements"][0]["text"] == "정보 · OPS-02 · stop_loss_filled"


@pytest.mark.requirement("OPS-04-5")
async def test_the_incoming_webhook_takes_the_same_message(receiver):
    hook = SlackWebhookSender(receiver.hook_url)
    assert (await hook.send(of("order_unresolved", buttons=(Button("확인", "ack:1"),)))).accepted
    await hook.aclose()
    (arrival,) = receiver.journal.taken("slack_webhook")
    assert arrival.text.startswith("🚨 긴급: 주문 응답 없음")
    assert {one["type"] for one in arrival.body["blocks"]} == {"header", "section", "context"}


async def test_every_alert_of_the_catalogue_is_taken_as_blocks(sender, receiver):
    for kind in ALERTS:
        assert blocks(of(kind)), kind
        assert (await sender.send(of(kind))).accepted, kind
    assert receiver.journal.refused() == []


def test_a_mark_that_touches_a_korean_letter_is_still_seen():
    made = str(blocks(of("killswitch_on")))
    assert "원인을 확인한 뒤 `hantu kill off`" + repr(FENCE)[1:-1] + "로 해제하세요." in made
    assert "*중단 범위*: " in made


async def test_only_the_three_signs_are_escaped(sender, receiver):
    await sender.send(text("A<b>&'\"", '*제목* <1>\n\n이름: R&D <x>\n- "a" & b'))
    (arrival,) = receiver.journal.taken()
    shown = str(arrival.body["blocks"])
    assert arrival.body["text"] == "A&lt;b&gt;&amp;'\""
    assert "*이름:* R&amp;D &lt;x&gt;" in shown
    assert '• "a" &amp; b' in shown
    assert "제목 <1>" in shown  # a header is plain text and takes signs as they are


@pytest.mark.parametrize(
    "long",
    [
        "*제목*\n\n" + "\n\n".join(f"문단 {n}" for n in range(60)),
        "*제목*\n\n" + "\n".join("가" * 100 for _ in range(140)),
        "*제목*\n\n" + "\n".join(f"항목{n}: {'나' * 50}" for n in range(400)),
    ],
    ids=["blocks", "characters", "fields"],
)
async def test_what_blocks_cannot_hold_is_sent_as_text_whole(sender, receiver, long):
    assert (await sender.send(text("짧은 글", long))).accepted
    (arrival,) = receiver.journal.taken()
    assert "blocks" not in arrival.body
    assert arrival.text == long


async def test_a_long_list_is_spread_over_sections(sender, receiver):
    assert (await sender.send(text("짧은 글", "*제목*\n\n" + "\n".join(f"- {'가' * 80}" for _ in range(100))))).accepted
    (arrival,) = receiver.journal.taken()
    assert sum(one["type"] == "section" for one in arrival.body["blocks"]) > 2


async def test_refused_blocks_are_sent_as_text_at_once(sender, receiver):
    receiver.plan.next(markup())
    receipt = await sender.send(of("daily_summary"))
    assert receipt.accepted
    (arrival,) = receiver.journal.taken()
    assert "blocks" not in arrival.body
    assert "*오늘의 매매 결과*" in arrival.text


async def test_a_title_too_long_for_a_header_is_a_section(sender, receiver):
    assert (await sender.send(text("가" * 200))).accepted
    assert receiver.journal.taken()[0].body["blocks"][0]["type"] == "section"


async def test_messages_of_one_thread_hang_together(sender, receiver):
    for n in range(3):
        await sender.send(of("connection_lost", key=f"k{n}", thread="outage-1"))
    await sender.send(of("connection_lost", key="k9"))
    assert [one.body.get("thread_ts") for one in receiver.journal.taken()] == [
        None, receiver.posted[0], receiver.posted[0], None,
    ]  # fmt: skip


async def test_buttons_carry_their_data(sender, receiver):
    await sender.send(of("order_unresolved", buttons=(Button("확인했음", "ack:a1"), Button("킬 스위치", "kill:b2"))))
    last = receiver.journal.taken()[0].body["blocks"][-1]
    assert [(one["text"]["text"], one["value"]) for one in last["elements"]] == [
        ("확인했음", "ack:a1"), ("킬 스위치", "kill:b2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("invalid_auth", ReceiptKind.PERMANENT),
        ("channel_not_found", ReceiptKind.PERMANENT),
        ("account_inactive", ReceiptKind.PERMANENT),
        ("something_new", ReceiptKind.PERMANENT),
        ("internal_error", ReceiptKind.TEMPORARY),
        ("ratelimited", ReceiptKind.RETRY_AT),
        ("", ReceiptKind.AMBIGUOUS),
    ],
)
async def test_an_answer_of_200_may_be_a_refusal(sender, receiver, error, kind):
    receiver.plan.next(refuse(200, {"ok": False, "error": error}))
    assert (await sender.send(of("order_failed"))).kind is kind


async def test_a_wrong_token_or_channel_is_seen_without_sending(receiver):
    wrong = SlackSender("xoxb-wrong", slack.CHANNEL, api_url=receiver.url)
    assert (await wrong.check()).credentials_ok is False
    await wrong.aclose()
    dead = SlackWebhookSender(receiver.url + "/services/T/B/gone")
    assert (await dead.check()).credentials_ok is False
    assert (await dead.send(of("order_failed"))).kind is ReceiptKind.PERMANENT
    await dead.aclose()


def test_a_cut_text_says_so_and_breaks_no_escape():
    assert cut("가나다", 3) == "가나다"
    assert cut("가나&amp;다라", 7) == "가나…"
    assert len(full_text(text("x", "*제목*\n" + "가" * 60_000))) == TEXT_MAX


@pytest.mark.parametrize("make", [lambda: SlackSender("", "C1"), lambda: SlackWebhookSender("")])
def test_missing_settings_are_refused(make):
    with pytest.raises(UsageError):
        make()
