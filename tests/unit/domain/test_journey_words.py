"""Every visible state of the journey has its word and its moment."""

import pytest

from hantu.domain.journey_words import MOMENTS, STATES, state_word
from hantu.engine.journey import State

DIAGRAM = (
    "대기", "WebSocket 연결 수립", "종목 구독 중", "구독 완료", "모니터링 중", "조건 도달", "주문 실행", "체결 대기",
    "체결 확인", "연결 끊김", "재연결 시도", "긴급 알림", "휴면 모드", "장 마감", "구독 해제", "연결 종료",
)  # fmt: skip


@pytest.mark.requirement("MON-0.20")
def test_every_state_of_the_diagram_can_be_shown() -> None:
    assert set(STATES) == {state.value for state in State}
    assert set(DIAGRAM) <= set(STATES.values()) | set(MOMENTS.values())


def test_unknown_code_stands_for_itself() -> None:
    assert state_word("something") == "something"
