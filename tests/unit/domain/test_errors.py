"""Errors carry what the person can do next, and when a peer may be asked again."""

import pytest

from hantu.domain.errors import BrokenError, DeniedError, HantuError, RetryableError, UsageError


@pytest.mark.parametrize("kind", [UsageError, DeniedError, RetryableError, BrokenError])
def test_error_says_what_happened_and_what_to_do(kind: type[HantuError]) -> None:
    error = kind("설정이 없습니다", next_step="hantu doctor를 실행하세요")
    assert isinstance(error, HantuError)
    assert (str(error), error.next_step) == ("설정이 없습니다", "hantu doctor를 실행하세요")
    assert kind("x").next_step == ""


def test_peer_that_said_how_long_to_wait_is_quoted() -> None:
    assert RetryableError("x", retry_s=2.5).retry_s == 2.5
    assert RetryableError("x").retry_s is None
