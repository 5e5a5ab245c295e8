"""The outbox in memory is bounded, and what gives way is never the most urgent."""

import time

from hantu.adapters.store.entries import AlertRow
from hantu.adapters.store.outbox import CAPACITY, Outbox


def row(number: int, priority: str) -> AlertRow:
    return AlertRow(number, f"event-{number}", "stop_loss_filled", f"key-{number}", "CRITICAL", priority, "OPS-02",
                    "short", "", "2026-11-23 00:00:00.000000")  # fmt: skip


def test_a_full_outbox_drops_the_least_urgent_and_of_those_the_newest_comes_last() -> None:
    outbox = Outbox(capacity=3)
    outbox.add([row(1, "emergency"), row(2, "low"), row(3, "normal"), row(4, "high")])
    assert [waiting.alert_id for waiting in outbox.pending(10, "2026-11-23 00:00:01.000000")] == [1, 4, 3]
    assert outbox.dropped == 1


def test_of_one_priority_the_oldest_gives_way_and_comes_first_even_if_it_came_back_late() -> None:
    outbox = Outbox(capacity=3)
    outbox.add([row(5, "high"), row(6, "high")])
    outbox.add([row(4, "high")])
    now = "2026-11-23 00:00:01.000000"
    assert [waiting.alert_id for waiting in outbox.pending(2, now)] == [4, 5]
    outbox.add([row(7, "high")])
    assert [waiting.alert_id for waiting in outbox.pending(10, now)] == [5, 6, 7]


def test_ten_thousand_alerts_are_taken_and_asked_for_in_no_time() -> None:
    outbox = Outbox()
    began = time.perf_counter()
    for start in range(0, 10_000, 100):
        outbox.add([row(start + number, "high") for number in range(1, 101)])
        assert len(outbox.pending(500, "2026-11-23 00:00:01.000000")) == min(500, start + 100)
    assert (len(outbox), outbox.dropped) == (CAPACITY, 10_000 - CAPACITY)
    assert time.perf_counter() - began < 2.0, (
        "each alert over the limit once cost a look at all: 11 s in the guard's loop"
    )
