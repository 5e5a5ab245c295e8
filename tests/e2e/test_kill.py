"""Kill -9 at every step of a sell, and a restart: sold once, nothing lost.

The judge is the exchange's own record.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.arena import Arena
from tests.e2e.crashing_guard import STEPS
from tests.e2e.one_stock import HELD, SAMSUNG, one_stock
from tests.e2e.watchlist import write_watchlist

FALL = (("09:00:00", 70_500), ("09:00:30", 70_000), ("09:00:45", 68_300), ("15:30:00", 68_300))
"""Through the stop within a quarter of a minute."""
SCENARIO = one_stock("kill", "08:59:50", speed=15, bid_depth=9, trades_per_second=3, points=FALL)


def crash(arena: Arena, step: str) -> None:
    """Run a guard that dies at ``step``, and wait for its death."""
    program = [sys.executable, "-m", "tests.e2e.crashing_guard", step]
    with (arena.home / "guard.out").open("ab") as output:
        guard = subprocess.Popen(
            program, stdout=output, stderr=output, env=arena.environ(), cwd=Path(__file__).parents[2]
        )
    try:
        assert guard.wait(25) == -9, arena.story()
    finally:
        guard.kill()
        guard.wait()


@pytest.mark.requirement("OPS-05-1", "MON-4.17", "MON-D.12")
@pytest.mark.parametrize("step", list(STEPS))
def test_kill_at_each_step_never_sells_more_and_loses_no_fill(arena: Arena, step: str) -> None:
    scenario = arena.home / "kill.yaml"
    scenario.write_text(SCENARIO)
    arena.start_exchange(str(scenario))
    arena.run("db", "init")
    arena.run("watchlist", "import", str(write_watchlist(arena.home)))
    crash(arena, step)
    arena.start_guard()
    arena.wait_event("stop_loss_filled", timeout=40)

    orders = arena.sells(SAMSUNG)
    assert sum(order["filled"] for order in orders) == HELD, "everything is sold, and nothing beyond it"
    holdings = arena.get("/_sim/state")["accounts"]["1234567801"]["holdings"]
    assert holdings.get(SAMSUNG, {"quantity": 0})["quantity"] == 0
    ours = arena.rows("SELECT COALESCE(SUM(quantity), 0) FROM fills WHERE symbol = ?", SAMSUNG)[0][0]
    assert ours == HELD, "every fill is in the records"
    numbers = {str(int(order["order_no"])) for order in orders}
    known = {row[0] for row in arena.rows("SELECT order_no FROM orders WHERE symbol = ?", SAMSUNG)}
    assert numbers <= known, "every order at the exchange belongs to an intent"
    still_open = [order for order in orders if order["remaining"] > 0 and not order["rejected"]]
    assert not still_open
    if step in ("after_send", "after_answer", "after_acknowledgement", "before_first_fill", "between_fills"):
        assert len(orders) == 1, "an order that lives is adopted, not repeated"
