"""Errors reach the log with the position they concern."""

import logging

import pytest

from hantu.domain import events as ev
from hantu.runtime.error_log import note_error
from tests.unit.engine.world import SAMSUNG, held


@pytest.mark.requirement("MON-E.24", "MON-E.25", "MON-E.26")
def test_error_when_order_fails_then_log_holds_code_stock_tries_and_position(caplog: pytest.LogCaptureFixture) -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 69_000)
    with caplog.at_level(logging.ERROR, "hantu"):
        note_error(ev.OrderFailed("1", "f", SAMSUNG, "삼성전자", "APBK0400", "잔고 부족", 60.0), world.engine)
    (record,) = caplog.records
    assert record.getMessage() == "에러 발생: order_failed"
    assert record.__dict__["error_code"] == "APBK0400"
    assert record.__dict__["stock_code"] == SAMSUNG
    assert record.__dict__["retry_count"] == 1
    assert record.__dict__["context"] == {"current_price": 69_000, "stop_loss": 67_900, "position_quantity": 10}


def test_ordinary_fact_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    note_error(ev.SubscribeDone(3), held().engine)
    assert not caplog.records
