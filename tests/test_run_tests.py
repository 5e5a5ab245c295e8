"""The second look at tests of real time is for a few of them, and for nothing else."""

import pytest

from tools.run_tests import AGAIN_MAX, again

TIMED = "tests/e2e/test_kill.py::test_one"


@pytest.mark.parametrize(
    ("failed", "found"),
    [
        ([TIMED, "tests/chaos/test_notifier.py::test_two"], ["tests/chaos/test_notifier.py::test_two", TIMED]),
        ([TIMED, "tests/unit/engine/test_judge.py::test_three"], []),
        ([TIMED, "tests/e2e/test_broken_import.py"], []),
        ([f"{TIMED}[{number}]" for number in range(AGAIN_MAX + 1)], []),
        ([], []),
    ],
)
def test_only_a_few_tests_of_real_time_are_judged_again(failed: list[str], found: list[str]) -> None:
    assert again(failed) == found
