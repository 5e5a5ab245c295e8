"""The busy market around the guard: prices that touch its levels all day, a person who buys again, halts."""

import json
import random
import threading
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any

from tests.chaos.plan import PARTIAL, STOCKS, STOP, TARGET, Stock
from tests.e2e.arena import Arena

PERSON = "P" * 36
"""App key of a customer who buys by hand in the same account."""
ACCOUNT = "1234567801"
PAUSE_S = (0.05, 0.35)
"""Real seconds between two things that happen."""


class BusyMarket:
    """Moves prices and buys in a thread of its own until told to stop."""

    def __init__(self, arena: Arena, seed: int) -> None:
        self.problem: BaseException | None = None
        self.bought = 0
        self._arena = arena
        self._rng = random.Random(seed)
        self._stopping = threading.Event()
        self._bearer = ""
        self._thread = threading.Thread(target=self._run, name="market", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let nothing happen any more; raises what went wrong in the thread."""
        self._stopping.set()
        self._thread.join(10)
        if self.problem is not None:
            raise RuntimeError("the market's driver failed") from self.problem

    def _run(self) -> None:
        try:
            state = self._arena.get("/_sim/state")
            seen = time.monotonic()
            while not self._stopping.wait(self._rng.uniform(*PAUSE_S)):
                if time.monotonic() - seen > 0.4:
                    state, seen = self._arena.get("/_sim/state"), time.monotonic()
                self._something(state)
        except Exception as error:  # noqa: BLE001 - thread boundary: told by stop()
            self.problem = error

    def _something(self, state: dict[str, Any]) -> None:
        rng, stock = self._rng, self._rng.choice(STOCKS)
        if rng.random() < 0.02:
            self._halt()
        elif stock.part == "calm":
            self._trade(stock, rng.choice((0.99, 1.0, 1.01)))
        elif stock.part == "partial":
            self._trade(stock, rng.choice((1.0, PARTIAL, 1.06, 1.03)))
        else:
            self._busy(stock, state)

    def _busy(self, stock: Stock, state: dict[str, Any]) -> None:
        holding = state["accounts"][ACCOUNT]["holdings"].get(stock.symbol)
        rng = self._rng
        if holding is None or holding["quantity"] == 0:
            self._trade(stock, 1.0)
            self._buy(stock, rng.choice((10, 17, stock.quantity)))
            return
        average = holding["cost"] / holding["quantity"] / stock.average
        if rng.random() < 0.1:
            self._buy(stock, rng.choice((1, 5, 10)))
        # Under a thin book a sell is overtaken by the price, rests and has to be replaced.
        factor = rng.choice((STOP, STOP, STOP - 0.012, PARTIAL, TARGET, TARGET, 0.99, 1.0, 1.02))
        self._trade(stock, min(1.25, max(0.75, average * factor)))

    def _halt(self) -> None:
        kind = self._rng.choice(("halt", "stock_halt", "stock_halt", "vi", "cut"))
        fault: dict[str, Any] = {"kind": kind}
        if kind != "cut":
            fault["duration"] = round(self._rng.uniform(5, 15), 1)
        if kind in ("stock_halt", "vi"):
            fault["target"] = self._rng.choice(STOCKS[:8]).symbol
        self._arena.post("/_sim/fault", fault)

    def _trade(self, stock: Stock, factor: float) -> None:
        try:
            self._arena.post("/_sim/price", {"symbol": stock.symbol, "price": stock.at(factor)})
        except urllib.error.HTTPError as error:
            # A halted or closed market has no price to be moved.
            if error.code != 409:
                raise

    def _buy(self, stock: Stock, quantity: int) -> None:
        body = {
            "CANO": ACCOUNT[:8], "ACNT_PRDT_CD": ACCOUNT[8:], "PDNO": stock.symbol, "ORD_DVSN": "01",
            "ORD_QTY": str(quantity), "ORD_UNPR": "0", "EXCG_ID_DVSN_CD": "KRX", "SLL_TYPE": "", "CNDT_PRIC": "",
        }  # fmt: skip
        if not self._bearer:
            keys = {"grant_type": "client_credentials", "appkey": PERSON, "appsecret": "S" * 180}
            self._bearer = self._call("/oauth2/tokenP", keys, {})["access_token"]
        headers = {"tr_id": "TTTC0012U", "authorization": f"Bearer {self._bearer}"}
        answer = self._call("/uapi/domestic-stock/v1/trading/order-cash", body, headers)
        self.bought += answer.get("rt_cd") == "0"

    def _call(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        request = urllib.request.Request(
            self._arena.rest_url + path, json.dumps(body).encode(),
            {"Content-Type": "application/json", "appkey": PERSON, "appsecret": "S" * 180, "custtype": "P", **headers},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return dict(json.loads(answer.read()))
        except urllib.error.HTTPError as refusal:
            return dict(json.loads(refusal.read()))
        except HTTPException as error:
            raise OSError(str(error)) from error
