"""What people type: verbs, their words, codes, spans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.alerting.phone.commands import Command, Typed, Verb, read, span_s


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("/status", Command(Verb.STATUS)),
        ("  /KILL   hard  냄새가 남 ", Command(Verb.KILL, "hard 냄새가 남")),
        ("/kill@hantu_bot", Command(Verb.KILL)),
        ("/kill@HANTU_BOT now", Command(Verb.KILL, "now")),
        ("/kill@other_bot", None),
        ("/start", Command(Verb.HELP)),
        ("/halt 005930", Command(Verb.HALT, "005930")),
        ("123456", Typed("123456")),
        ("123 456", Typed("123456")),
        ("123456 원인\n확인", Typed("123456", "원인 확인")),
        ("12345", None),
        ("1234567", None),
        ("\N{FULLWIDTH DIGIT ONE}23456", None),
        ("kill", None),
        ("/", None),
        ("/killall", None),
        ("", None),
    ],
)
def test_a_message_is_a_command_a_code_or_nothing(text, meant):
    assert read(text, "hantu_bot") == meant


def test_without_a_name_of_our_own_every_name_is_ours():
    assert read("/kill@any_bot") == Command(Verb.KILL)


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text):
    found = read(text)
    assert found is None or isinstance(found, Command | Typed)
    assert read("/kill " + text) == Command(Verb.KILL, " ".join(text.split())[:300])


@pytest.mark.parametrize(
    ("word", "seconds"), [("30m", 1800), ("2h", 7200), ("1d", 86400), ("5s", 5), ("m", 0), ("-5m", 0)]
)
def test_spans(word, seconds):
    assert span_s(word) == seconds
