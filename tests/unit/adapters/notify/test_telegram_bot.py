"""The conversation side of the Bot API, against a server that refuses what Telegram refuses."""

import asyncio
import json

import pytest

from hantu.adapters.notify.telegram_bot import TelegramBot
from hantu.adapters.notify.telegram_updates import incoming
from hantu.alerting.phone.policy import Incoming, Kind
from hantu.domain.delivery import Button
from hantu.domain.errors import UsageError
from tests.receivers import telegram
from tests.receivers.faults import RESET_AFTER, limit, refuse
from tests.receivers.journal import Journal
from tests.receivers.telegram_chat import TelegramChat

KIM = 101


@pytest.fixture
async def chat():
    running = TelegramChat(Journal())
    running.people = {KIM: "kim"}
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def bot(chat):
    made = TelegramBot(telegram.TOKEN, api_url=chat.url, poll_s=1)
    yield made
    await made.aclose()


async def test_what_people_do_comes_once_and_is_confirmed_by_the_next_question(bot, chat):
    first = chat.types(KIM, "/status")
    polled = await bot.updates(0, away=True)
    (got,) = polled.updates
    assert (got.update_id, got.kind, got.user_id, got.chat_id, got.private, got.text) == (
        first, Kind.MESSAGE, KIM, KIM, True, "/status",
    )  # fmt: skip
    assert got.waited, "it lay there before anybody asked"
    assert abs((polled.now_s or 0) - (got.sent_s or 0)) < 5, "both are the service's clock"
    assert polled.next_offset == first + 1
    again = await bot.updates(0, away=False)
    assert [one.update_id for one in again.updates] == [first]
    assert not again.updates[0].waited
    empty = await bot.updates(polled.next_offset, away=True)
    assert (empty.updates, empty.problem, empty.next_offset) == ((), "", first + 1)
    assert chat.waiting == []


async def test_who_was_away_first_fetches_what_lies_there_without_waiting(bot, chat):
    for _ in range(25):
        chat.types(KIM, "/status")
    first = await bot.updates(0, away=True)
    assert (len(first.updates), first.more) == (20, True)
    rest = await bot.updates(first.next_offset, away=True)
    assert (len(rest.updates), rest.more, rest.updates[0].waited) == (5, False, True)
    async with asyncio.timeout(0.5):
        assert (await bot.updates(rest.next_offset, away=True)).updates == ()


async def test_a_press_comes_without_a_moment_and_with_its_message(bot, chat):
    number = await bot.say(KIM, "*x*", ((Button("a", "data"),),))
    (bubble,) = chat.bot_said(KIM)
    asked = asyncio.create_task(bot.updates(0, away=False))
    await asyncio.sleep(0.05)
    query = chat.presses(KIM, bubble, "a")
    chat.presses(KIM, bubble, "a")
    (got,) = (await asked).updates[:1]
    assert (got.kind, got.data, got.callback, got.message_id, got.sent_s) == (Kind.BUTTON, "data", query, number, None)
    assert got.text == "x"
    assert got.marks == ({"type": "bold", "offset": 0, "length": 1},)
    await bot.answer(query, "가" * 300)
    assert chat.toasts == ["가" * 200]


@pytest.mark.requirement("DEC-36")
async def test_two_pollers_are_noticed(bot, chat):
    first = asyncio.create_task(bot.updates(0, away=False))
    await asyncio.sleep(0.05)
    other = TelegramBot(telegram.TOKEN, api_url=chat.url, poll_s=1)
    second = asyncio.create_task(other.updates(0, away=False))
    polled = await first
    assert polled.conflict
    assert "terminated by other getUpdates" in polled.problem
    assert not (await second).problem
    await other.aclose()


async def test_trouble_is_a_value_and_shows_no_token(bot, chat):
    chat.plan.next(
        RESET_AFTER, limit(7), refuse(502, "<html>"), refuse(401, {"ok": False, "description": "Unauthorized"})
    )
    problems = [await bot.updates(0, away=False) for _ in range(4)]
    assert all(one.problem and telegram.TOKEN not in one.problem and not one.updates for one in problems)
    assert problems[1].wait_s == 7
    assert telegram.TOKEN not in repr(bot)
    with pytest.raises(UsageError):
        TelegramBot("x", api_url="http://example.com")


async def test_an_answer_that_was_not_taken_is_sent_again_and_one_that_may_have_been_is_not(bot, chat):
    chat.plan.next(refuse(502), limit(0))
    assert await bot.say(KIM, "hello")
    chat.plan.next(RESET_AFTER)
    assert await bot.say(KIM, "lost") == 0
    assert [one.text for one in chat.bot_said(KIM)] == ["hello"]
    chat.plan.next(limit(600))
    assert await bot.say(KIM, "too long a wait") == 0
    assert await bot.say(999, "a stranger") == 0


async def test_long_answers_come_in_parts_with_the_buttons_under_the_last(bot, chat):
    await bot.say(KIM, "\n".join(f"<{n}> & {'가' * 80}" for n in range(100)), ((Button("a", "d"),),))
    said = chat.bot_said(KIM)
    assert len(said) > 1
    assert [bool(one.buttons) for one in said] == [False] * (len(said) - 1) + [True]
    assert chat.journal.refused() == []


async def test_edits_take_the_buttons_and_keep_the_marks(bot, chat):
    number = await bot.say(KIM, "*굵게* 아님", ((Button("a", "d"),),))
    (bubble,) = chat.bot_said(KIM)
    await bot.edit(KIM, number, f"{bubble.text}\n\n끝", bubble.marks)
    assert (bubble.text, bubble.marks[0]["type"], bubble.buttons, bubble.edited) == (
        "굵게 아님\n\n끝",
        "bold",
        [],
        True,
    )
    await bot.edit(KIM, number, "*새* 글")
    assert bubble.text == "새 글"
    await bot.edit(KIM, 12345, "nothing there")
    await bot.answer("unknown", "late")
    assert await bot.name() == "hantu_test_bot"


@pytest.mark.parametrize(
    "nonsense",
    [None, 5, "x", [], {}, {"update_id": "1"}, {"update_id": True}, {"update_id": 2**70}, {"message": {}}],
)
def test_what_is_no_update_is_none(nonsense):
    assert incoming(nonsense) is None


@pytest.mark.parametrize(
    ("update", "changes"),
    [
        ({}, {"kind": Kind.OTHER, "sent_s": None, "bot": False}),
        ({"message": "x"}, {"kind": Kind.OTHER, "sent_s": None, "bot": False}),
        ({"channel_post": {"text": "/kill"}}, {"kind": Kind.OTHER, "sent_s": None, "bot": False}),
        ({"message": {}}, {}),
        ({"message": {"text": 5, "date": "x", "from": [], "chat": {"type": "private", "id": None}}}, {"private": True}),
        ({"edited_message": {"from": {"id": KIM}, "chat": {"id": KIM}}},
         {"kind": Kind.OTHER, "edited": True, "user_id": KIM, "chat_id": KIM, "sent_s": None, "bot": False}),
        ({"callback_query": {"data": ["k"], "message": 7}}, {"kind": Kind.BUTTON, "sent_s": None}),
    ],
)  # fmt: skip
def test_strange_updates_are_somebody_s_who_is_not_heard(update, changes):
    plain = {"update_id": 7, "kind": Kind.MESSAGE, "bot": True, "sent_s": 0.0}
    assert incoming({"update_id": 7, **json.loads(json.dumps(update))}) == Incoming(**(plain | changes))


@pytest.mark.parametrize("field", ["forward_origin", "forward_date", "via_bot", "sender_chat", "forward_sender_name"])
def test_what_somebody_else_wrote_is_marked_so(field):
    message = {"from": {"id": KIM, "is_bot": False}, "chat": {"id": KIM, "type": "private"}, "date": 5, "text": "/kill"}
    assert not incoming({"update_id": 7, "message": message}).forwarded
    assert incoming({"update_id": 7, "message": message | {field: {"x": 1}}}).forwarded
