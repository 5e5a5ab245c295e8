"""A process frozen between commit and send (SIGSTOP, a suspended machine) sends nothing late when it thaws."""

import signal
import time
from pathlib import Path

import pytest

from tests.chaos.dying_guard import DAYS
from tests.chaos.exits import SAMSUNG, SPEED, ExitDay, end
from tests.drills import DRILL
from tests.e2e.arena import Arena

SEND_WITHIN_S = 15.0
"""Market seconds after which an order that was held up must not leave (requirement, not read from the product)."""
ALL = [
    (kind, step, frozen_s)
    for kind in ("stop", "partial", "reorder")
    for step in ("after intent", "before send", "before last check")
    for frozen_s in (5.0, 20.0, 60.0)
]
SOME = [("stop", "before send", 20.0), ("partial", "before last check", 60.0)]


def frozen(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@pytest.mark.requirement("OPS-05-1", "MON-4.17")
@pytest.mark.parametrize(("kind", "step", "frozen_s"), ALL if DRILL else SOME)
def test_what_was_committed_before_a_freeze_does_not_leave_late(
    arena: Arena, kind: str, step: str, frozen_s: float
) -> None:
    day = ExitDay(arena, DAYS[kind])
    guard = day.start_strange("tests.chaos.dying_guard", "stop", step, kind)
    arena.guard = guard
    try:
        day.go(guard)
        arena.wait(lambda: frozen(guard.pid), "the freeze", 20)
        ((name,),) = arena.rows("SELECT max(intent_id) FROM intents WHERE kind = 'order' AND symbol = ?", SAMSUNG)
        asleep = time.monotonic()
        calls = len(arena.get("/_sim/state")["order_calls"])
        time.sleep(frozen_s / SPEED)
        assert len(arena.get("/_sim/state")["order_calls"]) == calls, "a frozen process sends nothing"
        thawed = time.monotonic()
        guard.send_signal(signal.SIGCONT)
        day.wait_until_sold()
        ((state, code, order_no),) = arena.rows("SELECT state, code, order_no FROM intents WHERE intent_id = ?", name)
        problems = day.end_and_judge()
    finally:
        end(guard)
    assert problems == [], arena.story()
    if (thawed - asleep) * SPEED > SEND_WITHIN_S:
        assert (state, code, order_no) == ("not_sent", "denied:late", ""), "it was decided anew, not sent late"


@pytest.mark.requirement("OPS-05-1")
@pytest.mark.skipif(not DRILL, reason="part of make chaos: documents the gap of microseconds that no program can close")
@pytest.mark.parametrize("kind", ["stop", "partial"])
def test_freeze_after_the_last_check_sends_late_and_once(arena: Arena, kind: str) -> None:
    day = ExitDay(arena, kind)
    guard = day.start_strange("tests.chaos.dying_guard", "stop", "after last check", kind)
    arena.guard = guard
    try:
        day.go(guard)
        arena.wait(lambda: frozen(guard.pid), "the freeze", 20)
        time.sleep(60.0 / SPEED)
        guard.send_signal(signal.SIGCONT)
        day.wait_until_sold()
        problems = day.end_and_judge()
    finally:
        end(guard)
    assert problems == [], arena.story()
