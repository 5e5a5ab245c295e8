"""The guard as its watcher sees it."""

import pytest

from hantu.operations.components import Health
from hantu.operations.outside import Answer, observe


@pytest.mark.requirement("OPS-01-2")
@pytest.mark.parametrize(
    ("answer", "before", "in_session", "state"),
    [
        (Answer(listening=False), 5, True, Health.DOWN),
        (Answer(listening=False), 5, False, Health.DOWN),
        (Answer(listening=False, ended_clean=True), 5, False, Health.NOT_EXPECTED),
        (Answer(listening=False, ended_clean=True), 5, True, Health.WARN),
        (Answer(listening=True), 5, True, Health.DOWN),
        (Answer(listening=True, process="T"), None, True, Health.DOWN),
        (Answer(listening=True, wakes=5), 5, True, Health.DOWN),
        (Answer(listening=True, wakes=5), None, True, Health.OK),
        (Answer(listening=True, wakes=6), 5, True, Health.OK),
        (Answer(listening=True, wakes=1), 5, True, Health.OK),
        (Answer(listening=True, wakes=6, degraded="디스크"), 5, True, Health.WARN),
    ],
)
def test_every_answer(answer: Answer, before: int | None, in_session: bool, state: Health) -> None:
    found = observe(answer, before, in_session=in_session)
    assert found.state is state
    assert found.reason


def test_a_stopped_process_is_named() -> None:
    assert "SIGSTOP" in observe(Answer(listening=True, process="T"), 5, in_session=True).reason
