"""What ``hantu up`` and the list of processes say, in Korean and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class UpWords:
    """One language."""

    roles: Mapping[str, str]
    states: Mapping[str, str]
    columns: tuple[str, ...]
    """Process, state, pid, for how long, restarts, last sign of life, its own words."""
    title: str
    story: str
    happenings: Mapping[str, str]
    """``{role}``, ``{pid}``, ``{detail}``, ``{wait_s}``."""
    opening: str
    how_to_end: str
    ending: str
    ended: str
    guard_silent: str
    processes: str
    process_columns: tuple[str, ...]
    """Process, state, pid, restarts, who looks after it, detail."""
    looked_after: str
    alone: str


KOREAN: Final = UpWords(
    roles={"guard": "감시", "notifier": "알림", "server": "서버", "jobs": "전략 작업"},
    states={
        "waiting": "차례 기다림",
        "starting": "시작하는 중",
        "running": "실행 중",
        "again": "다시 시작 대기",
        "ended": "끝냄",
        "refused": "시작 거절",
        "given_up": "중단 (거듭 죽음)",
        "stopping": "끝내는 중",
        "stopped": "끝남",
        "silent": "응답 없음",
        "absent": "꺼짐",
    },
    columns=("프로세스", "상태", "PID>", "이 상태로>", "재시작>", "마지막 신호>", "하는 일"),
    title="hantu up",
    story="최근 일",
    happenings={
        "starting": "{role} 시작 (PID {pid})",
        "ready": "{role} 준비됨",
        "again": "{role}: 끝남 ({detail}), {wait_s:g}초 뒤 다시 시작",
        "ended": "{role}: 누군가 끝냄, 다시 시작하지 않음",
        "refused": "{role}: 시작하지 않겠다고 함 - {detail}",
        "given_up": "{role}: 거듭 끝나({detail}) 더는 시작하지 않음",
        "never_ready": "{role}: {wait_s:g}초 안에 준비되지 않아 끝내고 다시 시작",
        "silent": "{role}: {wait_s:g}초 동안 움직임이 없어 끝내고 다시 시작",
        "stopping": "{role} 끝내는 중 (PID {pid})",
        "stopped": "{role} 끝남",
        "stopped_by_force": "{role}: 제때 끝나지 않아 강제로 끝냄",
    },
    opening="{roles} 을(를) 차례로 시작합니다. 폴더 {home}",
    how_to_end="끝내기: Ctrl-C",
    ending="차례로 끝냅니다. 잠시 기다려 주세요.",
    ended="모두 끝냈습니다.",
    guard_silent="감시의 답을 기다리는 중",
    processes="프로세스",
    process_columns=("프로세스", "상태", "PID>", "재시작>", "돌보는 것", "내용"),
    looked_after="hantu up",
    alone="따로 실행",
)
ENGLISH: Final = UpWords(
    roles={"guard": "guard", "notifier": "notifier", "server": "server", "jobs": "jobs"},
    states={
        "waiting": "waiting",
        "starting": "starting",
        "running": "running",
        "again": "starts again soon",
        "ended": "ended on purpose",
        "refused": "says no",
        "given_up": "given up",
        "stopping": "ending",
        "stopped": "ended",
        "silent": "no answer",
        "absent": "off",
    },
    columns=("process", "state", "PID>", "for>", "restarts>", "last sign>", "says"),
    title="hantu up",
    story="lately",
    happenings={
        "starting": "{role} starts (PID {pid})",
        "ready": "{role} is ready",
        "again": "{role}: ended ({detail}), starts again in {wait_s:g} s",
        "ended": "{role}: somebody ended it, not started again",
        "refused": "{role}: says no - {detail}",
        "given_up": "{role}: ended again and again ({detail}), started no more",
        "never_ready": "{role}: not ready within {wait_s:g} s, ended and started again",
        "silent": "{role}: no sign of life for {wait_s:g} s, ended and started again",
        "stopping": "{role} is ending (PID {pid})",
        "stopped": "{role} ended",
        "stopped_by_force": "{role}: did not end in time, ended by force",
    },
    opening="Starting in order: {roles}. Folder {home}",
    how_to_end="Ctrl-C ends them",
    ending="Ending them in order, one moment.",
    ended="All ended.",
    guard_silent="waiting for the guard's answer",
    processes="processes",
    process_columns=("process", "state", "PID>", "restarts>", "looked after by", "detail"),
    looked_after="hantu up",
    alone="itself",
)


def up_words(lang: str) -> UpWords:
    """Return the words of a language (``ko`` or ``en``)."""
    return ENGLISH if lang == "en" else KOREAN
