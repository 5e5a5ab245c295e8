"""One fault of the network at the very moment of an exit, through the proxy: sold once, nothing lost."""

import time
from typing import Any

import pytest

from tests.chaos.exits import SAMSUNG, ExitDay
from tests.chaos.proxy import Proxy, Weather
from tests.drills import DRILL
from tests.e2e.arena import Arena

FAULTS: dict[str, tuple[str, dict[str, Any], float]] = {
    "cut before the answer": ("rest", {"reset_after": 0}, 1.0),
    "cut in the middle of the answer": ("rest", {"reset_after": 60}, 1.0),
    "answers lost": ("rest", {"one_way": True}, 1.0),
    "black hole": ("rest", {"swallow": True}, 1.0),
    "order 8 s late": ("rest", {"hold_orders_s": 0.4}, 1.0),
    "order 25 s late": ("rest", {"hold_orders_s": 1.25}, 1.0),
    "captive page": ("rest", {"captive": True}, 0.6),
    "slow and uneven": ("rest", {"delay_s": 0.1, "jitter_s": 0.2}, 2.0),
    "idle lines closed": ("rest", {"idle_s": 0.05}, 1.0),
    "refused": ("rest", {"refuse": True}, 0.6),
    "stream swallowed": ("ws", {"swallow": True}, 1.5),
    "stream narrow": ("ws", {"bytes_per_s": 4_000}, 1.5),
    "stream refused": ("ws", {"refuse": True}, 1.0),
}
"""Side, what, real seconds; at this speed 1 s is 20 s of the market."""
SOME = [("order 25 s late", "partial"), ("cut before the answer", "stop")]
OWN = ("refused_request", "no_upgrade", "malformed_body")


def behind_proxy(arena: Arena, kind: str) -> tuple[ExitDay, Proxy]:
    day = ExitDay(arena, kind)
    proxy = Proxy(arena.rest_url, arena.ws_url)
    arena.extra_env |= {"HANTU_REST_URL": proxy.rest_url, "HANTU_WS_URL": proxy.ws_url}
    return day, proxy


@pytest.mark.requirement("MON-4.17", "OPS-05-1")
@pytest.mark.parametrize(
    ("fault", "kind"), [(f, k) for f in FAULTS for k in ("stop", "partial", "reorder")] if DRILL else SOME
)
def test_bad_network_at_an_exit_sells_once(arena: Arena, fault: str, kind: str) -> None:
    day, proxy = behind_proxy(arena, kind)
    side, knobs, lasts_s = FAULTS[fault]
    try:
        guard = arena.start_guard()
        arena.wait(day.watched, "the stock to be watched", 20)
        for name, value in knobs.items():
            setattr(proxy.weather[side], name, value)
        began = time.monotonic()
        if kind == "reorder":
            arena.post("/_sim/price", {"symbol": SAMSUNG, "price": 67_800})
            time.sleep(0.1)
            arena.post("/_sim/price", {"symbol": SAMSUNG, "price": 66_400})
        else:
            day.go(guard)
        time.sleep(max(0.0, began + lasts_s - time.monotonic()))
        for name in knobs:
            setattr(proxy.weather[side], name, getattr(Weather(), name))
        day.wait_until_sold()
        problems = day.end_and_judge(allowed=OWN)
    finally:
        proxy.close()
    assert problems == [], arena.story()


@pytest.mark.requirement("MON-4.17")
@pytest.mark.skipif(not DRILL, reason="part of make chaos")
def test_network_that_doubles_an_order_sells_no_more_than_is_held(arena: Arena) -> None:
    day, proxy = behind_proxy(arena, "stop")
    try:
        proxy.weather["rest"].duplicate_orders = True
        guard = arena.start_guard()
        day.go(guard)
        day.wait_until_sold()
        time.sleep(2.0)
        calls = [call for call in arena.get("/_sim/state")["order_calls"] if call["tr_id"] == "TTTC0011U"]
        held = arena.get("/_sim/state")["accounts"]["1234567801"]["holdings"][SAMSUNG]["quantity"]
        told = arena.phone.texts()
    finally:
        proxy.close()
    assert held == 0
    assert day.sold() == 40
    assert len(calls) == 2, "the network doubled one order, the guard added none"
    assert told, "somebody was told"
