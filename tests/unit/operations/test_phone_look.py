"""The phone's line is well while somebody asks and the messenger answers; everything else says why it is not."""

import pytest

from hantu.operations.components import Health
from hantu.operations.phone_look import ANSWER_MAX_S, PhoneSeen, ago, judge_phone


@pytest.mark.requirement("OPS-01-1")
@pytest.mark.parametrize(
    ("line", "state", "words"),
    [
        (PhoneSeen(polled=False), Health.DOWN, "받는 프로세스가 없음"),
        (PhoneSeen(polled=False, problem="disk"), Health.DOWN, "disk"),
        (PhoneSeen(polled=True), Health.OK, "기다리기 시작"),
        (PhoneSeen(polled=True, problem="401 Unauthorized"), Health.WARN, "401 Unauthorized"),
        (PhoneSeen(True, ANSWER_MAX_S, None), Health.OK, "마지막 명령 아직 없음"),
        (PhoneSeen(True, 3.0, 7_300.0), Health.OK, "마지막 응답 3초 전, 마지막 명령 2시간 전"),
        (PhoneSeen(True, 3.0, 60.0, "409 Conflict"), Health.WARN, "409 Conflict"),
        (PhoneSeen(True, ANSWER_MAX_S + 1, 60.0, "timed out"), Health.DOWN, "2분 동안 답하지 않음: timed out"),
        (PhoneSeen(True, ANSWER_MAX_S + 1, 60.0), Health.DOWN, "답하지 않음"),
    ],
)
def test_what_is_seen_has_one_state_and_its_reason(line, state, words):
    found = judge_phone(line)
    assert found.state is state
    assert words in found.reason


def test_ages_are_told_in_the_largest_unit():
    assert [ago(seconds) for seconds in (-1.0, 59.0, 60.0, 3_599.0, 86_399.0, 172_800.0)] == [
        "0초", "59초", "1분", "60분", "24시간", "2일",
    ]  # fmt: skip
