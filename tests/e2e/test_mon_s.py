"""The nine scenarios of the monitoring journey, over real sockets, in real processes.

Market time runs fifteen times faster than real time; durations are asserted in
market seconds from the records' own time stamps.
"""

from datetime import datetime

import pytest

from tests.e2e.arena import Arena
from tests.e2e.watchlist import write_watchlist

SAMSUNG = "005930"
HYNIX = "000660"


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f")


def seconds(earlier: str, later: str) -> float:
    return (moment(later) - moment(earlier)).total_seconds()


def begin(arena: Arena, scenario: str) -> None:
    """Exchange up, watch list in, guard running and monitoring."""
    arena.start_exchange(scenario)
    arena.run("db", "init")
    arena.run("watchlist", "import", str(write_watchlist(arena.home)))
    arena.start_guard()


def at(arena: Arena, event_type: str) -> list[str]:
    return [
        row[0]
        for row in arena.rows(
            "SELECT timestamp FROM event_log WHERE event_type = ? ORDER BY timestamp, event_id", event_type
        )
    ]


def states(arena: Arena) -> list[tuple[str, str]]:
    found = arena.rows(
        "SELECT json_extract(payload_json, '$.after'), timestamp FROM event_log"
        " WHERE event_type = 'session_state_changed' ORDER BY event_id"
    )
    return [(str(after), str(stamp)) for after, stamp in found]


def sold(arena: Arena, symbol: str, holding: int) -> None:
    """The exchange's own record: everything sold, nothing twice."""
    orders = arena.sells(symbol)
    assert sum(order["filled"] for order in orders) == holding
    assert sum(order["quantity"] for order in orders if not order["rejected"]) <= holding + sum(
        order["canceled"] for order in orders
    )


@pytest.mark.requirement("MON-S.01", "MON-0.01", "MON-0.11", "MON-0.12", "MON-P.02")
@pytest.mark.requirement("MON-I.01")
def test_s01_opening_is_monitored_within_fifteen_seconds(arena: Arena) -> None:
    begin(arena, "s01_opening")
    (started,) = arena.wait_event("monitor_started")
    assert (started["subscribed"], started["total"]) == (20, 20)
    moves = dict(states(arena))
    assert 9.5 <= seconds(moves["connecting"], moves["monitoring"]) <= 16.5
    assert "🚀 실시간 모니터링 시작 - 20개 종목 구독 완료" in "\n".join(
        arena.wait(arena.phone.texts, "a message on the phone")
    )
    stream = arena.get("/_sim/state")["stream"]
    assert "H0STCNT0" in str(stream)
    arena.wait(lambda: arena.status()["counts"]["trades"] > 20, "prices to flow")


@pytest.mark.requirement("MON-S.02", "MON-3.05", "MON-4.01", "MON-4.09", "MON-4.1.08", "MON-P.04")
@pytest.mark.requirement("MON-4.11", "MON-I.04", "MON-I.05")
def test_s02_stop_loss_is_sold_once_and_filled(arena: Arena) -> None:
    begin(arena, "s02_stop_loss")
    (done,) = arena.wait_event("stop_loss_filled")
    assert (done["symbol"], done["quantity"]) == (SAMSUNG, 100)
    sold(arena, SAMSUNG, 100)
    assert seconds(at(arena, "stop_loss_reached")[0], at(arena, "order_accepted")[0]) <= 1.0 * 15
    assert seconds(at(arena, "order_accepted")[0], at(arena, "stop_loss_filled")[0]) <= 10
    texts = arena.wait(lambda: [t for t in arena.phone.texts() if "손절 체결" in t], "the fill on the phone")
    assert "삼성전자" in texts[0]
    exits = arena.run("--json", "exits").stdout
    assert SAMSUNG in exits


@pytest.mark.requirement("MON-S.03", "MON-4.08")
def test_s03_take_profit_is_sold_once_and_filled(arena: Arena) -> None:
    begin(arena, "s03_take_profit")
    (done,) = arena.wait_event("take_profit_filled")
    assert done["symbol"] == HYNIX
    assert done["pnl"] > 0
    sold(arena, HYNIX, 20)
    (intent,) = arena.rows("SELECT purpose FROM intents WHERE symbol = ? AND kind = 'order'", HYNIX)
    assert intent == ("take_profit",)


@pytest.mark.requirement("MON-S.04", "MON-7.01", "MON-7.04", "MON-7.07", "MON-7.09", "MON-N.12")
@pytest.mark.requirement("MON-7.03", "MON-7.1.03", "MON-I.12")
def test_s04_close_releases_everything_within_fifteen_seconds_and_reports(arena: Arena) -> None:
    begin(arena, "s04_close")
    arena.wait_event("monitor_finished", timeout=40)
    moves = states(arena)
    assert [name for name, _ in moves][-2:] == ["unsubscribing", "idle"]
    # Forty registrations at half a second each; prices and notice are among them.
    assert seconds(moves[-2][1], moves[-1][1]) <= 25
    (summary,) = arena.events("daily_summary")
    assert summary["total_trades"] == 0
    arena.wait(lambda: [t for t in arena.phone.texts() if "실시간 모니터링 종료" in t], "the summary on the phone")
    sessions = arena.get("/_sim/state")["stream"]
    assert "H0STCNT0" not in str(sessions), "nothing is left registered"
    assert "장 마감 - 모든 구독 해제 중" in arena.run("logs", "--limit", "1000").stdout, (
        "the end can be read afterwards"
    )
    assert arena.status()["state"] == "idle"


@pytest.mark.requirement("MON-S.05", "MON-6.04", "MON-6.09", "MON-N.08")
def test_s05_short_cut_is_mended_at_the_first_try(arena: Arena) -> None:
    begin(arena, "s05_short_cut")
    arena.wait_event("connection_lost")
    (back,) = arena.wait_event("reconnected")
    assert back["attempt"] == 1
    moves = states(arena)
    lost = next(stamp for name, stamp in moves if name == "reconnecting")
    again = next(stamp for name, stamp in moves if name == "subscribing" and stamp > lost)
    assert seconds(lost, again) <= 1.0 + 1.0 + 1.0
    assert [t for t in arena.phone.texts() if "연결 끊김" in t]
    assert len(arena.events("monitor_started")) == 1


@pytest.mark.requirement(
    "MON-S.06", "MON-0.09", "MON-6.02", "MON-6.05", "MON-6.1.01", "MON-6.1.06", "MON-N.10", "MON-E.02"
)
def test_s06_five_failed_tries_end_in_sleep_after_31_seconds(arena: Arena) -> None:
    begin(arena, "s06_blocked")
    arena.wait_event("sleep_entered", timeout=30)
    (exhausted,) = arena.events("reconnect_exhausted")
    assert exhausted["attempts"] == 5
    lost, asleep = at(arena, "connection_lost")[0], at(arena, "sleep_entered")[0]
    assert 31 <= seconds(lost, asleep) <= 34
    arena.wait(lambda: [t for t in arena.phone.texts() if "긴급: WebSocket 연결 복구 실패" in t], "the emergency")
    assert arena.status()["state"] == "sleeping"
    arena.run("monitor", "restart")
    arena.wait(lambda: arena.status()["state"] == "monitoring", "monitoring after a restart by hand", timeout=20)


@pytest.mark.requirement("MON-S.07", "MON-4.15", "MON-E.10")
@pytest.mark.requirement("MON-4.11")
def test_s07_refused_for_quantity_is_told_and_others_go_on(arena: Arena) -> None:
    begin(arena, "s07_not_enough_shares")
    arena.wait_event("order_failed")
    arena.wait(lambda: [t for t in arena.phone.texts() if "주문 실패" in t], "the failure on the phone")
    assert not [order for order in arena.sells(SAMSUNG) if order["filled"]]
    assert arena.status()["session_state"] == "monitoring"


@pytest.mark.requirement("MON-S.08", "MON-2.11", "MON-2.13", "MON-E.06")
def test_s08_three_refused_stocks_leave_seventeen(arena: Arena) -> None:
    begin(arena, "s08_partly_refused")
    (started,) = arena.wait_event("monitor_started")
    assert started["subscribed"] == 17
    failed = {event["symbol"] for event in arena.events("subscribe_failed")}
    assert failed == {"247540", "086520", "196170"}
    # The record is durable first; people's line follows it.
    log = arena.home / "logs" / "app.log"
    arena.wait(lambda: "종목 [247540] 구독 실패 (3회) - 건너뛰기" in log.read_text(), "the line in the log", timeout=5)


@pytest.mark.requirement("MON-S.09", "MON-8.01", "MON-8.05", "MON-8.06", "MON-8.07", "MON-8.08", "MON-N.11", "MON-0.19")
@pytest.mark.requirement("MON-8.03", "MON-I.11")
def test_s09_halt_pauses_orders_and_resume_sells(arena: Arena) -> None:
    begin(arena, "s09_circuit_breaker")
    arena.wait_event("market_halted")
    arena.wait_event("market_resumed")
    (done,) = arena.wait_event("stop_loss_filled")
    assert done["symbol"] == SAMSUNG
    halted, resumed = at(arena, "market_halted")[0], at(arena, "market_resumed")[0]
    sent = [
        stamp
        for (stamp,) in arena.rows("SELECT timestamp FROM event_log WHERE event_type = 'intent_recorded' ORDER BY 1")
    ]
    assert not [stamp for stamp in sent if halted <= stamp < resumed], "nothing is sent into a halt"
    held = [event["reason"] for event in arena.events("exit_held")]
    assert "halt" in held
    arena.wait(lambda: [t for t in arena.phone.texts() if "장 중단 (서킷 브레이커)" in t], "the halt on the phone")
    sold(arena, SAMSUNG, 100)
