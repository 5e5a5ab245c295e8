"""The Telegram channel against a local server that keeps the Bot API's contract."""

import io
import logging
import traceback
from collections.abc import AsyncIterator

import pytest

from hantu.adapters.notify.telegram import TelegramNotifier
from hantu.adapters.notify.telegram_text import LIMIT, parts, to_html, to_plain
from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.errors import BrokenError, RetryableError, UsageError
from hantu.telemetry import LineFormatter
from tests.unit.adapters.notify.bot_api import TOKEN, Sink, refusal, serve


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with serve() as running:
        yield running


@pytest.fixture
async def telegram(sink) -> AsyncIterator[TelegramNotifier]:
    notifier = TelegramNotifier(TOKEN, sink.chat_id, api_url=sink.url)
    yield notifier
    await notifier.close()


def alert(priority=Priority.HIGH, short="⚠️ 손절 조건 도달: 삼성전자 (005930)", long=""):
    return Alert("stop_loss_reached", "k", Severity.WARN, priority, "OPS-02", short, long)


@pytest.mark.requirement("MON-N.01", "MON-N.03", "MON-I.08")
@pytest.mark.parametrize(
    ("priority", "silent"),
    [(Priority.EMERGENCY, False), (Priority.HIGH, False), (Priority.NORMAL, True), (Priority.LOW, True)],
)
async def test_sound_is_on_for_emergency_and_high_only(telegram, sink, priority, silent):
    await telegram.send(alert(priority))
    (body,) = sink.received
    assert body["disable_notification"] is silent
    assert body["text"] == "⚠️ 손절 조건 도달: 삼성전자 (005930)"
    assert body["chat_id"] == "42"


@pytest.mark.requirement("MON-N.13", "MON-N.15")
async def test_long_form_is_sent_with_bold_marks_as_tags_and_values_escaped(telegram, sink):
    await telegram.send(alert(long="📉 *손절 체결*\n\n종목: A<b>&B\n- ⚠️ **영향**: `hantu monitor restart`"))
    assert sink.texts == [
        "📉 <b>손절 체결</b>\n\n종목: A&lt;b&gt;&amp;B\n- ⚠️ <b>영향</b>: <code>hantu monitor restart</code>"
    ]


async def test_short_form_takes_every_sign_literally(telegram, sink):
    await telegram.send(alert(short="a *b* `c` <d> & e"))
    assert sink.texts == ["a *b* `c` &lt;d&gt; &amp; e"]


async def test_rate_limit_tells_how_long_to_wait_and_sends_nothing_more(telegram, sink):
    sink.answers.append((429, refusal(429, "Too Many Requests: retry after 7", retry_after=7)))
    with pytest.raises(RetryableError) as caught:
        await telegram.send(alert())
    assert caught.value.retry_s == 7.0
    assert len(sink.asked) == 1
    await telegram.send(alert())
    assert len(sink.received) == 1


async def test_refused_markup_is_sent_again_as_plain_text(telegram, sink):
    sink.answers.append((400, refusal(400, "Bad Request: can't parse entities: unsupported tag")))
    await telegram.send(alert(long="*굵게* `코드` <값>"))
    assert sink.texts == ["굵게 코드 <값>"]
    assert "parse_mode" not in sink.received[0]


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (401, refusal(401, "Unauthorized"), BrokenError),
        (404, refusal(404, "Not Found"), BrokenError),
        (403, refusal(403, "Forbidden: bot was blocked by the user"), BrokenError),
        (400, refusal(400, "Bad Request: chat not found"), BrokenError),
        (200, refusal(403, "Forbidden: bot was kicked"), BrokenError),
        (500, refusal(500, "Internal Server Error"), RetryableError),
        (502, "<html>Bad Gateway</html>", RetryableError),
        (200, "not json", RetryableError),
        (200, {"ok": "yes"}, RetryableError),
        (429, "slow down", RetryableError),
    ],
)
async def test_refusals_are_told_apart(telegram, sink, status, answer, error):
    sink.answers.append((status, answer))
    with pytest.raises(error):
        await telegram.send(alert())


async def test_a_redirect_is_not_followed(telegram, sink):
    sink.answers.append((307, ""))
    with pytest.raises(RetryableError):
        await telegram.send(alert())
    assert len(sink.asked) == 1


async def test_a_moved_chat_is_followed_and_remembered(telegram, sink):
    sink.chat_id = "-100777"
    sink.answers.append((400, refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100777)))
    await telegram.send(alert())
    await telegram.send(alert())
    assert [body["chat_id"] for body in sink.asked] == ["42", "-100777", "-100777"]
    assert len(sink.received) == 2


async def test_a_silent_server_is_a_failure_that_may_be_tried_again(sink):
    sink.hang = True
    notifier = TelegramNotifier(TOKEN, "42", api_url=sink.url, timeout_s=0.05)
    with pytest.raises(RetryableError):
        await notifier.send(alert())
    await notifier.close()


@pytest.mark.requirement("MON-N.16")
async def test_a_text_over_the_limit_is_cut_between_lines_and_loses_nothing(telegram, sink):
    lines = [f"- **종목{n:03d}** & <{n}> {'가' * 60}" for n in range(150)]
    await telegram.send(alert(long="\n".join(lines)))
    assert len(sink.received) >= 2
    assert all(len(text) <= LIMIT for text in sink.texts)
    assert "\n".join(sink.texts).split("\n") == [to_html(line) for line in lines]


async def test_a_long_text_that_failed_half_way_continues_where_it_stopped(telegram, sink):
    text = "\n".join(f"{n:04d} {'가' * 90}" for n in range(90))
    sink.answers += [(200, {}), (503, refusal(503, "later"))]
    with pytest.raises(RetryableError):
        await telegram.send(alert(long=text))
    assert len(sink.received) == 1
    await telegram.send(alert(long=text))
    assert "\n".join(sink.texts) == text


def test_one_endless_line_is_cut_without_breaking_marks():
    text = "**" + "<&" * 6_000 + "**"
    messages = parts(text, html=True)
    assert all(len(message) <= LIMIT for message in messages)
    assert "".join(messages) == "&lt;&amp;" * 6_000


def test_signs_outside_the_first_plane_count_twice():
    assert all(len(message.encode("utf-16-le")) // 2 <= LIMIT for message in parts("📉" * 4_000, html=True))


def test_a_hidden_secret_is_no_mark():
    assert to_html("*키* *** **값** *** `a`") == "<b>키</b> *** <b>값</b> *** <code>a</code>"
    assert to_plain("(***) 그리고 (***)") == "(***) 그리고 (***)"


def test_plain_text_is_what_a_person_sees():
    assert to_plain("📉 *손절* **굵게** `코드`") == "📉 손절 굵게 코드"


@pytest.mark.parametrize("address", ["http://api.telegram.org", "http://10.0.0.1:8081", "ftp://127.0.0.1", "nonsense"])
def test_an_unencrypted_address_off_this_machine_is_refused(address):
    with pytest.raises(UsageError):
        TelegramNotifier(TOKEN, "42", api_url=address)


@pytest.mark.parametrize("address", ["https://api.telegram.org", "http://localhost:1", "http://[::1]:1"])
def test_encrypted_or_local_addresses_are_taken(address):
    TelegramNotifier(TOKEN, "42", api_url=address)


@pytest.mark.parametrize(("token", "chat"), [("", "42"), (TOKEN, "")])
def test_missing_settings_are_refused(token, chat):
    with pytest.raises(UsageError):
        TelegramNotifier(token, chat)


async def test_the_token_is_in_no_error_trace_log_or_representation(sink):
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(LineFormatter("test", None))
    logging.getLogger().addHandler(handler)
    notifier = TelegramNotifier(TOKEN, "1", api_url=sink.url, timeout_s=0.3)
    nowhere = TelegramNotifier(TOKEN, "1", api_url="http://127.0.0.1:1")
    shown = repr(notifier)
    sink.answers += [(400, refusal(400, f"Bad Request: {TOKEN}")), (500, refusal(500, f"x {TOKEN}"))]
    for one in (notifier, notifier, nowhere):
        try:
            await one.send(alert())
        except (RetryableError, BrokenError) as error:
            shown += "".join(traceback.format_exception(error)) + repr(error.__context__)
            logging.getLogger("hantu.test").exception("failed %s", one._sender._url)
    logging.getLogger().removeHandler(handler)
    await notifier.close()
    await nowhere.close()
    assert shown.count("Traceback") >= 3
    assert "canary" not in shown + output.getvalue()
