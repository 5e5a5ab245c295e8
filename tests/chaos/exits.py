"""Short days with one exit of one kind, and the judgement over them; for faults that are aimed at one moment."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.chaos import checker
from tests.chaos.checker import Evidence, Notes
from tests.e2e.arena import Arena

SAMSUNG = "005930"
HELD = 40
ROOT = Path(__file__).resolve().parents[2]
SPEED = 20.0
SETTLE_S = 12.0
"""Real seconds the records may take to catch up with the exchange."""
PRICES = {
    "stop": (67_700,),
    "partial": (73_700,),
    # Overtaken by the price under thin bids, the first order rests; it is cancelled and replaced.
    "reorder": (67_800, 66_400),
}
"""Prices that bring about each kind of exit, the second once an order is there."""
EXPECTED = {"stop": HELD, "partial": HELD // 2, "reorder": HELD}
SETTINGS = {"HANTU_EXITS_PARTIAL_ENABLED": "true", "HANTU_GUARD_FILL_WAIT_S": "10", "HANTU_GUARD_COOLDOWN_S": "8"}


def scenario() -> str:
    """Return a quiet day with one holding."""
    return (
        f'name: exit\nextends: quiet\nclock: {{date: 2026-11-23, start: "08:59:58", speed: {SPEED}}}\n'
        "accounts:\n  - number: 12345678-01\n    hts_id: USER\n    cash: 20000000\n    holdings:\n"
        f"      - {{symbol: {SAMSUNG}, quantity: {HELD}, average_price: 70000}}\n"
        f"stocks:\n  - symbol: {SAMSUNG}\n"
        "    liquidity: {depth: 200, bid_depth: 5, trade_size: 2, trades_per_second: 1}\n"
        "    path:\n      kind: waypoints\n      points:\n        - {at: 09:00:00, price: 70000}\n"
        "        - {at: 15:30:00, price: 70000}\n"
    )


class ExitDay:
    """One such day in an arena."""

    def __init__(self, arena: Arena, kind: str) -> None:
        self.arena = arena
        self.kind = kind
        path = arena.home / "exit.yaml"
        path.write_text(scenario())
        arena.extra_env |= SETTINGS
        arena.start_exchange(str(path))

    def start_strange(self, program: str, *words: str, env: dict[str, str] | None = None) -> "subprocess.Popen[bytes]":
        """Start the guard inside another program of this folder; the caller ends it."""
        with (self.arena.home / "guard.out").open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", program, *words],
                stdout=output, stderr=output, env=self.arena.environ() | (env or {}), cwd=ROOT,
            )  # fmt: skip

    def watched(self) -> bool:
        """Whether somebody has subscribed the stock."""
        sessions = self.arena.get("/_sim/state")["stream"]["sessions"]
        return any(f"H0STCNT0:{SAMSUNG}" in session["registrations"] for session in sessions)

    def go(self, guard: "subprocess.Popen[bytes]") -> None:
        """Let the price bring about the exit once the guard watches, or has died."""
        self.arena.wait(lambda: guard.poll() is not None or self.watched(), "the stock to be watched", 20)
        first, *later = PRICES[self.kind]
        self.arena.post("/_sim/price", {"symbol": SAMSUNG, "price": first})
        for price in later:
            self.arena.wait(lambda: guard.poll() is not None or self.arena.sells(SAMSUNG), "an order", 10)
            self.arena.post("/_sim/price", {"symbol": SAMSUNG, "price": price})

    def sold(self) -> int:
        """Return shares sold at the exchange."""
        return sum(order["filled"] for order in self.arena.sells(SAMSUNG))

    def wait_until_sold(self, shares: int | None = None, timeout: float = 40.0) -> None:
        """Wait until the exit is done at the exchange."""
        wanted = EXPECTED[self.kind] if shares is None else shares
        self.arena.wait(lambda: self.sold() >= wanted or self._released(), f"{wanted} sold", timeout)
        self.arena.wait(lambda: self.sold() >= wanted, f"{wanted} sold", timeout)

    def _released(self) -> bool:
        """Let profits go again, as a person does: after a death in session they wait for a release."""
        if self.kind != "partial" or not self.arena.events("recovery_completed"):
            return False
        return self.arena.run("kill", "off", "--reason", "checked", check=False).returncode == 0

    def end_and_judge(self, **notes: Any) -> list[str]:
        """End the guard once its records have caught up; return every broken rule."""
        end = time.monotonic() + SETTLE_S
        while self._behind() and time.monotonic() < end:
            time.sleep(0.1)
        guard = self.arena.guard
        assert guard is not None
        guard.terminate()
        guard.wait(30)
        return self.judge(**notes)

    def judge(self, **notes: Any) -> list[str]:
        """Return every broken rule, ``notes`` as of the checker; nobody may be writing to the records."""
        arena = self.arena
        tables = checker.read_tables(arena.home / "hantu.db", arena.home / "spill")
        known: dict[str, Any] = {"opening": {SAMSUNG: HELD}, "most_sold": {SAMSUNG: EXPECTED[self.kind]}}
        evidence = Evidence(arena.get("/_sim/state"), arena.get("/_sim/anomalies"), tables, Notes(**(known | notes)))
        return [f"{rule}: {each}" for rule, found in checker.judge(evidence).items() for each in found]

    def _behind(self) -> bool:
        recorded = self.arena.rows("SELECT COALESCE(SUM(quantity), 0) FROM fills WHERE symbol = ?", SAMSUNG)[0][0]
        doubts = self.arena.rows("SELECT 1 FROM intents WHERE state IN ('sending', 'unknown', 'working', 'partial')")
        return recorded != self.sold() or bool(doubts)


def end(process: "subprocess.Popen[bytes]", others: Sequence["subprocess.Popen[bytes]"] = ()) -> None:
    """End processes a test started, whatever state they are in."""
    for each in (process, *others):
        each.kill()
        each.wait()
