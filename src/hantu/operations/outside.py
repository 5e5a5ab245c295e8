"""The guard as seen from outside: dead, frozen, standing still, or well.

Pure; ``hantu health watch`` asks the questions and hands the answers over.
"""

from dataclasses import dataclass

from hantu.operations.components import Health, Observation

STOPPED = ("T", "t")
"""States of a process that was stopped by a signal or a debugger."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one look from outside found out."""

    listening: bool
    """Somebody took the connection at the guard's socket."""
    wakes: int | None = None
    """Turns of its timer; None when it did not answer in time."""
    process: str = ""
    """Letter of the process's state; empty when it is gone or unknown."""
    ended_clean: bool = False
    """Its records say that it ended on purpose."""
    degraded: str = ""
    """Components it says are down."""


def observe(answer: Answer, before: int | None, *, in_session: bool) -> Observation:
    """Judge one look; ``before`` is the count of the look before, None without one."""
    if not answer.listening:
        if answer.ended_clean:
            state = Health.WARN if in_session else Health.NOT_EXPECTED
            return Observation(state, "감시가 정상 종료되어 실행 중이 아님")
        return Observation(Health.DOWN, "감시 프로세스가 없음 (비정상 종료)")
    if answer.wakes is None:
        frozen = answer.process in STOPPED
        return Observation(Health.DOWN, "감시 프로세스가 정지됨 (SIGSTOP)" if frozen else "감시 프로세스가 답하지 않음")
    if before is not None and answer.wakes == before:
        return Observation(Health.DOWN, "감시 루프가 진행하지 않음")
    if answer.degraded:
        return Observation(Health.WARN, f"감시는 살아 있고 장애 구성 요소가 있음: {answer.degraded}")
    return Observation(Health.OK, "감시 진행 중")
