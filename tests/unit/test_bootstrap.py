"""Small parts of what puts a guard together."""

import logging

import pytest

from hantu.alerting.log_lines import LogLine
from hantu.bootstrap import _say


def test_a_screen_that_takes_no_line_is_told_in_the_log_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def screen(_text: str) -> None:
        raise OSError(28, "No space left on device")

    with caplog.at_level(logging.INFO, "hantu"):
        _say(screen, LogLine("INFO", "✅ 구독 완료", "system"))
    assert [record.getMessage() for record in caplog.records] == [
        "✅ 구독 완료",
        "화면에 쓸 수 없음: [Errno 28] No space left on device",
    ]
