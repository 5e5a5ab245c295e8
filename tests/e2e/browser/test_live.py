"""What is shown is live, or says at once that it is not: a cut of the market's line, a silent server, a dead one."""

import time

import pytest

from tests.e2e.browser.tab import Tab
from tests.e2e.browser.town import SAMSUNG, Town

BANNER_S = 5.0
STALL_S = 5.5
SHOWN = "() => document.querySelector('.banner') !== null"
CONNECTION = ".bar dl > div:nth-of-type(4)"


@pytest.mark.requirement("ALR-68")
def test_cuts_show_by_themselves_and_heal_by_themselves(town: Town, desk: Tab) -> None:
    tab = desk
    tab.run("() => { window.neverReloaded = true }")
    tab.says("정상", CONNECTION)
    town.arena.post("/_sim/fault", {"kind": "refuse_ws", "duration": 1})
    town.arena.post("/_sim/fault", {"kind": "cut"})
    tab.until(
        "(css) => !document.querySelector(css).innerText.includes('정상')", CONNECTION, what="the cut of the market"
    )
    tab.says("정상", CONNECTION)

    # The server says nothing any more on an open line.
    began = time.monotonic()
    town.server._loop.call_soon_threadsafe(time.sleep, STALL_S)
    tab.until(SHOWN, what="the banner", within=STALL_S)
    silent_s = time.monotonic() - began
    print(f"the banner stood {silent_s:.1f} s after the server fell silent")
    assert silent_s < BANNER_S
    assert tab.run("() => document.querySelector('.bar dl').classList.contains('stale')"), "what is old greys"
    tab.until("() => document.querySelector('.banner') === null", what="the line to be back")

    # The server dies; the stop is sold meanwhile, and told once the server is there again.
    began = time.monotonic()
    town.server.stop()
    tab.until(SHOWN, what="the banner", within=BANNER_S)
    assert time.monotonic() - began < BANNER_S
    town.arena.post("/_sim/price", {"symbol": SAMSUNG, "price": 68_000})
    town.arena.wait(lambda: town.arena.sells(SAMSUNG), "the stop to be sold without a server")
    town.server.start()
    tab.until("() => document.querySelector('.banner') === null", what="the line to be back", within=30)
    tab.says("손절", ".latest, main")
    assert tab.run("() => window.neverReloaded"), "the page was not loaded anew"
