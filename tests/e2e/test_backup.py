"""Records lost with an order half done: restored from before it, and still nothing is sold twice."""

import json
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.e2e.arena import Arena
from tests.e2e.one_stock import HELD, SAMSUNG, one_stock
from tests.e2e.watchlist import write_watchlist

FALLS = one_stock(
    "backup", "09:00:00", speed=1, bid_depth=12, trades_per_second=4, depth=12,
    points=(("09:00:00", 70_500), ("09:00:28", 70_500), ("09:00:30", 67_800), ("15:30:00", 67_800)),
)  # fmt: skip


@pytest.mark.requirement("SVC-38", "SVC-57", "SVC-39", "SVC-15", "DEC-33")
def test_a_home_restored_to_before_its_last_order_sells_nothing_twice(arena: Arena, tmp_path: Path) -> None:
    (arena.home / "day.yaml").write_text(FALLS)
    arena.extra_env["HANTU_GUARD_SUBSCRIBE_PACE_S"] = "0.05"
    arena.start_exchange(str(arena.home / "day.yaml"))
    arena.run("watchlist", "import", str(write_watchlist(arena.home)), "--date", "2026-11-23")
    arena.start_guard()
    arena.wait_event("position_guarded")
    made = json.loads(arena.run("--json", "backup", "make", str(tmp_path / "b"), "--keys", str(tmp_path / "k")).stdout)
    arena.wait_event("order_accepted", timeout=60)
    assert arena.guard is not None
    arena.guard.send_signal(signal.SIGKILL)
    arena.guard.wait()
    # Nothing of the records is left but the backup.
    for path in arena.home.glob("hantu.db*"):
        path.unlink()
    shutil.rmtree(arena.home / "audit")

    began = time.monotonic()
    done = json.loads(arena.run("--json", "backup", "restore", made["path"], "--keys", made["keys"], "--yes").stdout)
    assert time.monotonic() - began < 60, "minutes, where a day is allowed"
    assert (done["lost_events"], done["ok"]) == (-1, True)
    assert arena.events("order_accepted") == []
    assert any("복원 완료" in text for text in arena.phone.texts())

    # The order of before is the broker's alone now: named, told, left alone, and never sold a second time.
    arena.start_guard()
    told = arena.wait_event("recovery_completed", count=2, timeout=40)[-1]
    assert any("hantu 밖의 주문" in one and "005930" in one for one in told["differences"]), told
    held = arena.wait_event("exit_held", timeout=30)[-1]
    assert held["reason"] == "not_sellable", "what the order locks cannot be sold again"
    arena.wait(
        lambda: any("매도할 수 없" in text or "매도 가능" in text for text in arena.phone.texts()), "people to be told"
    )
    [order] = arena.sells(SAMSUNG)
    assert (order["quantity"], 0 < order["filled"] < HELD) == (HELD, True)
    for _ in range(40):
        # Bids come back to its price: the broker fills it, and nothing else is for sale.
        arena.post("/_sim/price", {"symbol": SAMSUNG, "price": order["price"] + 200})
        if arena.sells(SAMSUNG)[0]["filled"] == HELD:
            break
        time.sleep(0.5)
    assert [one["filled"] for one in arena.sells(SAMSUNG)] == [HELD], "once, exactly once"
    assert arena.status()["kill"]["level"] == "active", "what adds risk waits for a person"
