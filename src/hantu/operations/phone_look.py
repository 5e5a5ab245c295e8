"""What is seen of the conversation with a phone: does anybody ask the messenger for commands, and does it answer?

Pure; ``hantu health`` and ``hantu doctor`` judge by the same rules.
"""

from dataclasses import dataclass
from typing import Final

from hantu.operations.components import Health, Observation

ANSWER_MAX_S: Final = 90.0
"""A question is held for 25 s and a failed one rests for 10 s; much longer than both is silence."""
UNUSED: Final = Observation(Health.NOT_EXPECTED, "텔레그램 명령을 쓰지 않음")


@dataclass(frozen=True, slots=True)
class PhoneSeen:
    """The phone's line as its file shows it; ages in real seconds, None = never."""

    polled: bool
    """Whether a process that lives asks for commands."""
    answered_age_s: float | None = None
    update_age_s: float | None = None
    problem: str = ""
    """Why the last question was not answered, or why nobody can tell."""


def judge_phone(line: PhoneSeen) -> Observation:
    """Return the state of the line, with what came last in words."""
    if not line.polled:
        return Observation(Health.DOWN, line.problem or "텔레그램 명령을 받는 프로세스가 없음")
    age = line.answered_age_s
    if age is not None and age > ANSWER_MAX_S:
        why = f": {line.problem}" if line.problem else ""
        return Observation(Health.DOWN, f"텔레그램이 {ago(age)} 동안 답하지 않음{why}")
    if line.problem:
        return Observation(Health.WARN, f"텔레그램에서 명령을 가져오지 못함: {line.problem}")
    if age is None:
        return Observation(Health.OK, "명령을 기다리기 시작함")
    came = "아직 없음" if line.update_age_s is None else f"{ago(line.update_age_s)} 전"
    return Observation(Health.OK, f"마지막 응답 {ago(age)} 전, 마지막 명령 {came}")


def ago(seconds: float) -> str:
    """Return an age in the largest unit that says enough."""
    for unit, word in ((86_400.0, "일"), (3_600.0, "시간"), (60.0, "분")):
        if seconds >= unit:
            return f"{seconds / unit:.0f}{word}"
    return f"{max(0.0, seconds):.0f}초"
