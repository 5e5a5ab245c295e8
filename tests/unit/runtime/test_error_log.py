"""Errors reach the log with the position they concern."""

import logging
from collections.abc import Iterator

import pytest

from hantu.domain import events as ev
from hantu.runtime.error_log import note_error
from tests.unit.engine.world import SAMSUNG, held


class Kept(logging.Handler):
    """Keeps what it is given."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def kept() -> Iterator[Kept]:
    handler, logger = Kept(), logging.getLogger("hantu.runtime.error_log")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


@pytest.mark.requirement("MON-E.24", "MON-E.25", "MON-E.26")
@pytest.mark.requirement("MON-I.07")
def test_error_when_order_fails_then_log_holds_code_stock_tries_and_position(kept: Kept) -> None:
    world = held()
    world.open()
    world.trade(SAMSUNG, 69_000)
    note_error(ev.OrderFailed("1", "f", SAMSUNG, "삼성전자", "APBK0400", "잔고 부족", 60.0), world.engine)
    (record,) = kept.records
    assert record.getMessage() == "에러 발생: order_failed"
    assert record.__dict__["error_code"] == "APBK0400"
    assert record.__dict__["stock_code"] == SAMSUNG
    assert record.__dict__["retry_count"] == 1
    assert record.__dict__["context"] == {"current_price": 69_000, "stop_loss": 67_900, "position_quantity": 10}


def test_ordinary_fact_is_no_error(kept: Kept) -> None:
    note_error(ev.SubscribeDone(3), held().engine)
    assert not kept.records
