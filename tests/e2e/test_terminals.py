"""Three terminals at real speed: the exchange, the guard, and somebody who looks."""

import json
import signal

import pytest

from tests.e2e.arena import Arena
from tests.e2e.watchlist import write_watchlist


@pytest.mark.requirement("MON-0.03", "MON-0.06", "MON-0.12", "MON-2.03", "MON-3.03", "MON-I.13", "MON-P.01", "MON-P.02")
@pytest.mark.requirement("MON-1.02", "MON-P.03")
def test_guard_at_real_speed_is_shown_live_and_stops_on_command(arena: Arena) -> None:
    arena.start_exchange("s01_opening", "--speed", "1")
    arena.run("db", "init")
    arena.run("watchlist", "import", str(write_watchlist(arena.home)))
    guard = arena.start_guard("--start")
    seen: set[str] = set()
    done = 0

    def monitoring() -> bool:
        nonlocal done
        found = arena.status()
        seen.add(found["state"])
        done = max(done, found["subscriptions"]["done"])
        return bool(found["state"] == "monitoring")

    arena.wait(monitoring, "monitoring at real speed", timeout=30)
    assert "subscribing" in seen, "progress can be watched"
    status = arena.status()
    assert status["subscriptions"]["done"] == 20
    assert status["speed"] == 1.0
    assert {held["symbol"] for held in status["positions"]} >= {"005930", "000660"}
    arena.wait(lambda: arena.status()["positions"][0]["price"], "a price of a held stock", timeout=15)

    log = (arena.home / "logs" / "app.log").read_text()
    places = [log.index(word) for word in ("WebSocket 연결 시도...", "approval_key 발급 (", "WebSocket 연결 수립 (")]
    assert places == sorted(places), "attempt, key and result can be followed"
    assert not arena.events("data_delay"), "no trade came a second late"

    text = arena.run("monitor", "status").stdout
    for word in ("모니터링 중", "삼성전자", "20/20"):
        assert word in text, text
    assert json.loads(arena.run("--json", "positions").stdout)

    arena.run("monitor", "halt")
    assert arena.status()["halted"]["market"] is True
    arena.run("monitor", "resume")
    assert arena.status()["halted"]["market"] is False

    guard.send_signal(signal.SIGINT)
    assert guard.wait(10) == 0, "Ctrl-C is a clean end"
    assert arena.rows("SELECT clean FROM lease") == [(1,)]
    assert not (arena.home / "guard.sock").exists()
