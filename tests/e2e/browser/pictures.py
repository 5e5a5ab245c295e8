"""Takes the pictures of docs/dashboard.md: a real guard, server and exchange, and a day with something in it.

    python -m tests.e2e.browser.pictures [folder]

The day has a stop that is sold, a cut of the market's line, a proposal that is approved to its fill, one that waits, a
press of the kill switch with its release, and the incident that made.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.arena import HANTU
from tests.e2e.browser.palette import reduced
from tests.e2e.browser.past import fill
from tests.e2e.browser.tab import PHONE, WIDE, Tab
from tests.e2e.browser.town import HYUNDAI, SAMSUNG, Town
from tests.unit.api.site import Surfer

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "docs" / "images" / "dashboard"
BYTES_MAX = 3_000_000
WAIT_S = 180.0
STRATEGY, KIA = "riser", "000270"
SCENARIO = """
name: pictures
extends: quiet
clock: {date: 2026-11-23, start: "08:59:50", speed: 5}
accounts:
  - number: 12345678-01
    hts_id: USER
    cash: 90000000
    holdings:
      - {symbol: "005930", quantity: 10, average_price: 71000}
      - {symbol: "000660", quantity: 5, average_price: 200000}
      - {symbol: "035420", quantity: 7, average_price: 200000}
      - {symbol: "035720", quantity: 20, average_price: 41000}
      - {symbol: "068270", quantity: 8, average_price: 178000}
liquidity: {depth: 500, trade_size: 20, trades_per_second: 3}
stocks:
  - symbol: "005930"
    liquidity: {depth: 200, bid_depth: 6, trade_size: 4, trades_per_second: 3}
    path:
      kind: waypoints
      points:
        - {at: 09:00:00, price: 70900}
        - {at: 09:02:00, price: 71400}
        - {at: 09:04:00, price: 69800}
        - {at: 09:05:00, price: 68700}
        - {at: 09:08:00, price: 69000}
        - {at: 09:12:00, price: 69900}
        - {at: 15:30:00, price: 69600}
  - symbol: "000660"
    path: {kind: waypoints, points: [{at: 09:00:00, price: 206500}, {at: 09:30:00, price: 213000}, {at: 15:30:00, price: 211000}]}
  - symbol: "035420"
    path: {kind: waypoints, points: [{at: 09:00:00, price: 199500}, {at: 09:20:00, price: 195500}, {at: 15:30:00, price: 197500}]}
  - symbol: "035720"
    path: {kind: waypoints, points: [{at: 09:00:00, price: 41800}, {at: 09:40:00, price: 43100}, {at: 15:30:00, price: 42700}]}
  - symbol: "068270"
    path: {kind: waypoints, points: [{at: 09:00:00, price: 178500}, {at: 09:40:00, price: 180500}, {at: 15:30:00, price: 179000}]}
  - symbol: "005380"
    path: {kind: waypoints, points: [{at: 09:00:00, price: 243500}, {at: 09:06:00, price: 247500}, {at: 15:30:00, price: 247000}]}
  - symbol: "000270"
    path: {kind: waypoints, points: [{at: 09:00:00, price: 99500}, {at: 09:07:00, price: 99500}, {at: 09:14:00, price: 100900}, {at: 15:30:00, price: 101000}]}
"""


def wait(condition: Callable[[], object], what: str, pause_s: float = 0.1) -> None:
    end = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"pictures: waited {WAIT_S:.0f} s for {what}")
        time.sleep(pause_s)


def furnish(home: Path) -> None:
    """Have a past, and a strategy that proposes."""
    fill(home)
    done = subprocess.run(
        [*HANTU, "strategies", "new", STRATEGY],
        env={**os.environ, "HANTU_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0


def happen(town: Town) -> dict[str, str]:
    """Let the day happen; returns what the addresses of pages need."""
    otto, arena = town.otto, town.arena
    assert otto.do(f"/strategies/{STRATEGY}/start").status == 200
    arena.wait(lambda: arena.sells(SAMSUNG), "the stop", WAIT_S)
    wait(lambda: all(held["symbol"] != SAMSUNG for held in town.status()["positions"]), "the stop to be sold")
    sold = next(one for one in otto.get("/orders").json["items"] if one["symbol"] == SAMSUNG)
    arena.post("/_sim/fault", {"kind": "refuse_ws", "duration": 10})
    arena.post("/_sim/fault", {"kind": "cut"})
    wait(lambda: not town.status()["connection"]["connected"], "the cut")
    wait(lambda: town.status()["connection"]["connected"], "the line to be back")
    made = town.propose(KIA, 8, price_low=95_000, price_high=105_000, note="점수 82, 지지선 98,000원에서 반등")
    wanted = {"order_hash": made["order_hash"], "quantity": 8, "limit_price": 102_000}
    answer = otto.do(f"/approvals/{made['approval_id']}/approve", wanted, **otto.prove())
    assert answer.status == 200, answer.body
    placed = answer.json["placed"]
    while placed["outcome"] != "accepted":  # so soon after a cut the guard may want to see a price first
        print(f"pictures: {placed['reason']} {placed['detail']}")
        time.sleep(2)
        placed = otto.do(f"/approvals/{made['approval_id']}/place", {"quantity": 8, "limit_price": 102_000}).json
    wait(lambda: any(held["symbol"] == KIA for held in town.status()["positions"]), "the purchase")
    otto.do("/killswitch", {"level": "active", "reason": "호가가 이상해 보여 멈춤"})
    wait(lambda: town.status()["kill"]["level"] == "active", "the switch")
    otto.do("/killswitch/release", {"reason": "거래소 공지 확인, 정상"}, **otto.prove())
    wait(lambda: town.status()["kill"]["level"] == "off", "the release")
    waiting = proposal(otto, HYUNDAI)
    wait(lambda: otto.get("/incidents").json["items"], "the incident")
    otto.do("/checklists/open", {"kind": "daily"})
    return {"order": sold["intent_id"], "approval": waiting["approval_id"], "incident": "1"}


def proposal(otto: Surfer, symbol: str) -> dict[str, Any]:
    """Return what the strategy has proposed for a stock; waits for it."""
    found: list[dict[str, Any]] = []

    def looked() -> bool:
        rows = otto.get("/approvals?status=pending").json["items"]
        found[:] = [row for row in rows if row["terms"]["symbol"] == symbol]
        return bool(found)

    wait(looked, f"a proposal for {symbol}", pause_s=0.5)
    return found[0]


@dataclass(frozen=True)
class Picture:
    """One page as one person sees it."""

    name: str
    address: str
    language: str = "ko"
    theme: str = "light"
    phone: bool = False
    opens: str = ""
    """What is pressed before, once the page is there."""


PICTURES = (
    Picture("now", "/"),
    Picture("positions", "/positions"),
    Picture("orders", "/orders"),
    Picture("order", "/orders/{order}"),
    Picture("chart", "/chart/005930"),
    Picture("alerts", "/alerts"),
    Picture("incident", "/incidents/{incident}"),
    Picture("approval", "/approvals/{approval}"),
    Picture("strategies", "/strategies"),
    Picture("health", "/health"),
    Picture("events", "/events"),
    Picture("trends", "/trends"),
    Picture("audit", "/audit"),
    Picture("checklists", "/checklists"),
    Picture("settings", "/settings"),
    Picture("kill", "/", opens=".bar button.level"),
    Picture("now-dark", "/", theme="dark"),
    Picture("chart-dark", "/chart/005930", theme="dark"),
    Picture("orders-english", "/orders", language="en"),
    Picture("now-phone", "/", phone=True),
    Picture("orders-phone", "/orders", phone=True),
    Picture("approval-phone-dark", "/approvals/{approval}", theme="dark", phone=True),
)
SIGN_IN = Picture("sign-in", "/sign-in")


def take(tab: Tab, folder: Path, picture: Picture, given: dict[str, str]) -> int:
    """Save what is visible as a picture with a palette; returns its bytes."""
    tab.size(*(PHONE if picture.phone else WIDE), phone=picture.phone, scale=2 if picture.phone else 1)
    tab.theme(picture.theme)
    tab.run("(language) => localStorage.setItem('hantu.language', language)", picture.language)
    tab.open(picture.address.format(**given))
    if picture.opens:
        tab.press(picture.opens)
        tab.says("", "[role=dialog]")
    tab.settled()
    tab.drawn()
    path = folder / f"{picture.name}.png"
    tab.picture(path)
    path.write_bytes(reduced(path.read_bytes()))
    return path.stat().st_size


def main(words: list[str]) -> int:
    """Take all pictures."""
    folder = Path(words[0]) if words else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    town = Town(SCENARIO, furnish)
    try:
        town.begin()
        given = happen(town)
        total = sum(take(town.desk, folder, picture, given) for picture in PICTURES)
        town.stranger.open("/")
        total += take(town.stranger, folder, SIGN_IN, given)
    finally:
        town.close()
    print(f"pictures: {len(PICTURES) + 1} in {folder.name}, {total / 1e6:.2f} MB")
    return 0 if total <= BYTES_MAX else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
