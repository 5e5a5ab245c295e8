"""A guard, an exchange and everybody's phones: what the tests and the picture of the conversation share."""

import json
import re
import secrets
import subprocess
import time
from pathlib import Path
from typing import Any

import pyotp

from hantu.adapters.guard_link import GuardLink
from hantu.adapters.second_factor import SecondFactors, new_secret
from hantu.adapters.store.approvals import propose
from hantu.domain.account import Side
from hantu.domain.approval import OrderTerms
from tests.e2e.arena import HANTU, Arena
from tests.receivers.talk import Talk
from tests.receivers.telegram import TOKEN

SAMSUNG = "005930"
KIM, LEE, PARK, CHOI, STRANGER = 101, 102, 103, 104, 666
NAMES = {"kim": KIM, "lee": LEE, "park": PARK, "choi": CHOI}
GROUP = {"id": -4499, "type": "group", "title": "room"}
KEY = re.compile(r"키   ([A-Z2-7 ]+)")
SCENARIO = """
name: phone
extends: quiet
clock: {date: 2026-11-23, start: "09:00:05", speed: 1}
accounts:
  - number: 12345678-01
    hts_id: USER
    cash: 20000000
    holdings:
      - {symbol: 005930, quantity: 40, average_price: 70500}
stocks:
  - symbol: 005930
    liquidity: {depth: 200, bid_depth: 50, trade_size: 4, trades_per_second: 5}
    path:
      kind: waypoints
      points:
        - {at: 09:00:00, price: 70700}
        - {at: 15:30:00, price: 70700}
"""


class Town:
    """The guard, the exchange, and everybody's phone; each person's codes."""

    def __init__(self, home: Path) -> None:
        self.arena = Arena(home)
        self.talk = Talk(kim=KIM, lee=LEE, park=PARK, choi=CHOI)
        self.secrets: dict[int, str] = {}

    def start(self) -> None:
        (self.arena.home / "phone.yaml").write_text(SCENARIO)
        self.arena.extra_env = {
            "HANTU_TELEGRAM_TOKEN": TOKEN,
            "HANTU_TELEGRAM_CHAT_ID": str(KIM),
            "HANTU_TELEGRAM_API_URL": self.talk.url,
            "HANTU_TELEGRAM_PEOPLE": ",".join(f"{name}:{number}" for name, number in NAMES.items()),
            "HANTU_GUARD_SUBSCRIBE_PACE_S": "0.05",
        }
        self.arena.start_exchange(str(self.arena.home / "phone.yaml"))
        self.arena.start_guard()
        self.enrol()
        self.arena.wait(lambda: self.guard()["state"] == "monitoring", "monitoring", 30)

    def enrol(self) -> None:
        """Enrol one person on the console, as people do it, and the others by what stands behind it.

        Each shows the last code, so that the current one is still to be used.
        """
        process = subprocess.Popen(
            [*HANTU, "phone", "enrol", "kim"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=self.arena.environ(),
        )  # fmt: skip
        factors = SecondFactors(self.arena.home, self.arena.home / "audit", time.time)
        for name, number in list(NAMES.items())[1:]:
            self.secrets[number] = new_secret()
            factors.enrol(name, self.secrets[number], pyotp.TOTP(self.secrets[number]).at(time.time() - 30))
        assert process.stdout is not None
        self.secrets[KIM] = next(found[1].replace(" ", "") for line in process.stdout if (found := KEY.search(line)))
        process.communicate(pyotp.TOTP(self.secrets[KIM]).at(time.time() - 30) + "\n", timeout=20)
        assert process.returncode == 0

    def code(self, user: int) -> str:
        """A person's current code, with a few seconds of its life left."""
        left = 30 - time.time() % 30
        if left < 2:
            time.sleep(left + 0.1)  # codes change with the clock and with nothing else
        return str(pyotp.TOTP(self.secrets[user]).now())

    @property
    def link(self) -> GuardLink:
        """The control socket, as the console has it."""
        return GuardLink(self.arena.home / "guard.sock", "console")

    def guard(self) -> dict[str, Any]:
        return self.link.status() or {}

    def audit(self, event_type: str) -> list[dict[str, Any]]:
        rows = self.arena.rows(
            "SELECT actor, details_json FROM ops_audit_log WHERE event_type = ? ORDER BY audit_id", event_type
        )
        return [{"actor": actor, **json.loads(details)} for actor, details in rows]

    def wait_audit(self, event_type: str, **wanted: Any) -> dict[str, Any]:
        def found() -> list[dict[str, Any]]:
            return [one for one in self.audit(event_type) if wanted.items() <= one.items()]

        self.arena.wait(found, f"{event_type} {wanted}", 10)
        return found()[-1]

    def propose(self) -> str:
        """Put an order before people, as a strategy would."""
        ident = f"A-{secrets.token_hex(4)}"
        terms = OrderTerms("local", "main", SAMSUNG, Side.BUY, 10, 70_000, 71_000)
        propose(self.arena.home / "hantu.db", ident, terms, actor="strategy", note="지지선 근접")
        return ident

    def approval(self, ident: str) -> tuple[str, str]:
        ((status, who),) = self.arena.rows("SELECT status, decided_by FROM approvals WHERE approval_id = ?", ident)
        return status, who

    def close(self) -> None:
        self.arena.close()
        self.talk.close()
