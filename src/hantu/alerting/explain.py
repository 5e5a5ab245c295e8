"""Why an alert came when it came, or did not: its judgements in words (Korean)."""

from collections.abc import Sequence
from dataclasses import dataclass

from hantu.alerting.wording import korean_time, plain

_WORDS = {
    "at_once": "바로 알립니다",
    "batch": "5분 동안의 일반 알림과 함께 알립니다",
    "digest": "장 시간 밖의 알림을 모아 아침에 알립니다",
    "group": "같은 원인의 알림과 한 번에 알립니다",
    "held": "채널 속도 제한으로 밀린 알림과 한 번에 알립니다",
    "late": "알리기 전에 끝나서, 시작과 끝을 한 번에 조용히 알립니다",
    "summary": "하나씩 알리지 않은 알림을 건수로 알립니다",
    "repeat": "아직 끝나지 않았고 확인한 사람이 없어 다시 알립니다",
    "closing": "앞서 알린 일이 끝나 조용히 알립니다",
    "closing_waits": "앞선 알림이 아직 전해지지 않아 기다립니다",
    "closing_unasked": "앞선 알림이 전해진 적이 없어 알리지 않습니다",
    "low": "기록만 하는 알림입니다",
    "quiet_hours": "장 시간이 아니어서 기다립니다",
    "rate": "채널이 받을 수 있는 속도를 넘어 기다립니다",
    "expired": "하루 넘게 전하지 못해 건수로만 알립니다",
    "duplicate": "{about}번 알림과 같아 횟수만 셉니다",
    "silenced": "침묵({about}) 중이라 알리지 않습니다",
    "caused": "{about}번 알림이 원인이라 건수만 셉니다",
    "consequence": "{about}번 알림의 결과로 보입니다. 그 일이 끝난 뒤에도 남아 있으면 알립니다",
    "consequence_over": "{about}번 알림과 함께 시작하고 끝나서 기록만 합니다",
    "flapping": "{about}번부터 되풀이되는 중이라 건수만 셉니다",
    "channel": "{about} 채널이 받지 않았습니다",
    "ack": "{about} 님이 확인했습니다",
    "done": "{about} 님이 끝난 일이라고 했습니다",
}
_TOLD = "{about} 채널이 받았습니다"


@dataclass(frozen=True, slots=True)
class Step:
    """One judgement as recorded; times are UTC text, ``next_at`` empty = when something changes."""

    at: str
    verdict: str
    code: str
    about: str
    reason: str
    next_at: str


def explained(steps: Sequence[Step]) -> tuple[str, ...]:
    """Return one line per step, oldest first: when, what was decided and why, and when it is looked at again."""
    return tuple(_line(step) for step in steps)


def _line(step: Step) -> str:
    words = _TOLD if step.verdict == "told" else _WORDS.get(step.code, step.reason or step.code)
    text = f"{korean_time(step.at)}  {words.format(about=plain(step.about))}"
    detail = f" ({plain(step.reason)})" if step.reason and step.verdict in ("drop", "failed") else ""
    again = f" - 다음 확인 {korean_time(step.next_at)}" if step.next_at else ""
    return f"{text}{detail}{again}"
