"""Small parts of what puts a guard together."""

import logging
from typing import Any

import pytest

from hantu import bootstrap
from hantu.alerting.log_lines import LogLine
from hantu.bootstrap import _say
from hantu.harness.world import run
from hantu.settings.life import Life


def test_a_screen_that_takes_no_line_is_told_in_the_log_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def screen(_text: str) -> None:
        raise OSError(28, "No space left on device")

    with caplog.at_level(logging.INFO, "hantu"):
        _say(screen, LogLine("INFO", "✅ 구독 완료", "system"))
    assert [record.getMessage() for record in caplog.records] == [
        "✅ 구독 완료",
        "화면에 쓸 수 없음: [Errno 28] No space left on device",
    ]


def test_the_orders_of_a_life_have_the_right_of_way_before_its_alerts(monkeypatch: pytest.MonkeyPatch) -> None:
    lives: list[Life] = []
    begin = bootstrap.begin

    async def seen(life: Life, *words: Any, **more: Any) -> None:
        lives.append(life)
        await begin(life, *words, **more)

    monkeypatch.setattr(bootstrap, "begin", seen)
    run(1)
    assert lives
    assert all(life.performer.right_of_way is life.dispatcher.right_of_way for life in lives)
