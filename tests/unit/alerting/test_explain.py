"""Every rule of the policy has words for people."""

import re
from pathlib import Path

import pytest

from hantu.alerting import explain, owed, policy, rate
from hantu.alerting.explain import Step, explained

AT = "2026-11-23 00:12:31.000000"
CODES = sorted(
    {
        found
        for module in (policy, owed, rate)
        for found in re.findall(
            r'(?:code=|_SEND, item, |_WAIT, item, |_DROP, item, |_SEND, items\[0\], )"(\w+)"',
            Path(module.__file__).read_text(encoding="utf-8"),
        )
    }
)


def test_the_codes_are_found():
    assert {"quiet_hours", "duplicate", "repeat", "late", "low"} <= set(CODES)


@pytest.mark.parametrize("code", [*CODES, "batch", "group", "rate", "channel", "ack", "done"])
def test_every_rule_has_words(code):
    (line,) = explained((Step(AT, "wait", code, "7", "because", ""),))
    assert line.startswith("2026-11-23 09:12:31  ")
    assert "because" not in line
    assert code not in line
    assert code in explain._WORDS


def test_a_rule_of_another_release_is_told_by_its_reason():
    assert explained((Step(AT, "wait", "new_rule", "", "because of it", ""),))[0].endswith("because of it")


def test_drops_name_their_reason_and_waits_when_they_are_looked_at_again():
    steps = (
        Step(AT, "drop", "duplicate", "3", "duplicate of alert 3 within 300 s", ""),
        Step(AT, "wait", "quiet_hours", "", "", "2026-11-23 23:00:00.000000"),
        Step(AT, "told", "single", "slack", "accepted by the channel", ""),
    )
    first, second, third = explained(steps)
    assert first.endswith("3번 알림과 같아 횟수만 셉니다 (duplicate of alert 3 within 300 s)")
    assert second.endswith("다음 확인 2026-11-24 08:00:00")
    assert third.endswith("slack 채널이 받았습니다")
