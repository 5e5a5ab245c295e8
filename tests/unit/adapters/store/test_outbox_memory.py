"""The outbox in memory is bounded, and what gives way is never the most urgent."""

from hantu.adapters.store.entries import AlertRow
from hantu.adapters.store.outbox import Outbox


def row(number: int, priority: str) -> AlertRow:
    return AlertRow(number, f"event-{number}", "stop_loss_filled", f"key-{number}", "CRITICAL", priority, "OPS-02",
                    "short", "", "2026-11-23 00:00:00.000000")  # fmt: skip


def test_a_full_outbox_drops_the_least_urgent_and_of_those_the_newest_comes_last() -> None:
    outbox = Outbox(capacity=3)
    outbox.add([row(1, "emergency"), row(2, "low"), row(3, "normal"), row(4, "high")])
    assert [waiting.alert_id for waiting in outbox.pending(10, "2026-11-23 00:00:01.000000")] == [1, 4, 3]
    assert outbox.dropped == 1
