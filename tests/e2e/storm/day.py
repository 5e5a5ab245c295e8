"""One stormy day with real processes: the plan is carried out from outside, then the sky clears."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

from tests.e2e.arena import Arena
from tests.e2e.storm.plan import SPEED, STORM_S, Gust, calm_prices, climate, scenario

ACCOUNT = "1234567801"
PERSON = "P" * 36
"""App key of a customer who trades by hand in the same account."""
TR_IDS = {"sell": "TTTC0011U", "buy": "TTTC0012U"}
CALM_LIMIT_S = 420.0
"""Market seconds within which everything must be in order again."""
LOCKER = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], timeout=5, isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
time.sleep(float(sys.argv[2]))
held.execute("ROLLBACK")
"""


@dataclass(slots=True)
class Diary:
    """What the driver did that the judge must know."""

    switched_real: float | None = None
    switched_level: str = ""
    deaths: int = 0
    """Times the guard was ended without warning."""
    own_ends: list[str] = field(default_factory=list)
    """Ends of the guard nobody asked for."""
    failed_starts: list[int] = field(default_factory=list)
    second_codes: list[int] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    """What was still not in order when the calm ended."""
    calm_at: str = ""
    """Market time of the exchange's record by which the calm was judged."""
    slept: bool = False
    last_exit: int | None = None
    person: list[str] = field(default_factory=list)


class Day:
    """Drives one day; ``arena`` owns the processes."""

    def __init__(self, arena: Arena, seed: int, gusts: tuple[Gust, ...], speed: float = SPEED) -> None:
        self.arena = arena
        self.diary = Diary()
        self.climate = climate(seed)
        self._seed = seed
        self._gusts = gusts
        self._speed = speed
        self._lockers: list[subprocess.Popen[bytes]] = []
        self._later: list[tuple[float, Callable[[], None]]] = []
        self._bearer = ""
        self._down = False
        """The guard is away because we ended it."""

    def play(self) -> Diary:
        """Storm, calm, and an orderly end."""
        arena = self.arena
        path = arena.home / "storm.yaml"
        path.write_text(scenario(self.climate, self._speed))
        arena.extra_env |= self.climate.rules
        arena.start_exchange(str(path), "--seed", str(self._seed))
        arena.run("db", "init")
        arena.start_guard()
        blow: dict[str, Callable[..., None]] = {
            "fault": self._fault, "price": self._price, "kill9": self._kill9, "terminate": self._terminate,
            "freeze": self._freeze, "lock": self._lock, "second": self._second, "phone": self._phone,
            "switch": self._switch, "manual": self._manual,
        }  # fmt: skip
        start = time.monotonic()
        for gust in self._gusts:
            self._wait_until(start + gust.at / self._speed)
            blow[gust.what](**gust.args)
        self._wait_until(start + STORM_S / self._speed)
        self._calm()
        self._end()
        return self.diary

    # --- gusts -------------------------------------------------------------------

    def _fault(self, **fault: Any) -> None:
        self._patient(lambda: self.arena.post("/_sim/fault", fault))

    def _price(self, symbol: str, price: int) -> None:
        try:
            self._patient(lambda: self.arena.post("/_sim/price", {"symbol": symbol, "price": price}))
        except urllib.error.HTTPError as error:
            # A halted stock has no price to be moved.
            assert error.code == 409, error

    def _kill9(self, lasts: float) -> None:
        guard = self.arena.guard
        assert guard is not None
        if guard.poll() is None:
            self.diary.deaths += 1
            self._down = True
            guard.kill()
            guard.wait()
        self._after(lasts, self._ensure_guard)

    def _terminate(self, lasts: float) -> None:
        guard = self.arena.guard
        assert guard is not None
        if guard.poll() is None:
            self._down = True
            guard.send_signal(signal.SIGTERM)
            self.diary.last_exit = self._exit_code()
        self._after(lasts, self._ensure_guard)

    def _freeze(self, lasts: float) -> None:
        guard = self.arena.guard
        assert guard is not None
        if guard.poll() is None:
            guard.send_signal(signal.SIGSTOP)
            self._after(lasts, lambda: guard.send_signal(signal.SIGCONT) if guard.poll() is None else None)

    def _lock(self, lasts: float) -> None:
        database = str(self.arena.home / "hantu.db")
        self._lockers.append(subprocess.Popen([sys.executable, "-c", LOCKER, database, str(lasts / self._speed)]))

    def _second(self, lasts: float) -> None:
        guard = self.arena.guard
        assert guard is not None
        if guard.poll() is None:
            self.diary.second_codes.append(self.arena.run("run", "guard", check=False).returncode)

    def _phone(self, lasts: float) -> None:
        self.arena.phone.status = 500
        self._after(lasts, lambda: setattr(self.arena.phone, "status", 200))

    def _switch(self, level: str) -> None:
        (self.arena.home / "KILL").write_text(json.dumps({"level": level, "reason": "storm"}))
        self.diary.switched_real, self.diary.switched_level = time.monotonic(), level

    def _manual(self, symbol: str, side: str, price: int, quantity: int) -> None:
        body = {"PDNO": symbol, "ORD_QTY": str(quantity), "ORD_UNPR": str(price), "SLL_TYPE": "01", "CNDT_PRIC": ""}
        self._by_hand("order-cash", TR_IDS[side], body)

    def _by_hand(self, page: str, tr_id: str, body: dict[str, str]) -> None:
        """Let the person's own program order; the storm hits it too."""
        whole = {"CANO": ACCOUNT[:8], "ACNT_PRDT_CD": ACCOUNT[8:], "ORD_DVSN": "00", "EXCG_ID_DVSN_CD": "KRX", **body}
        try:
            if not self._bearer:
                keys = {"grant_type": "client_credentials", "appkey": PERSON, "appsecret": "S" * 180}
                self._bearer = self._call("/oauth2/tokenP", keys, {})["access_token"]
            headers = {"tr_id": tr_id, "authorization": f"Bearer {self._bearer}"}
            answer = self._call(f"/uapi/domestic-stock/v1/trading/{page}", whole, headers)
            if answer.get("msg_cd") == "EGW00123":
                self._bearer = ""
            self.diary.person.append(str(answer.get("msg_cd")))
        except (OSError, HTTPException, KeyError, ValueError) as error:
            self._bearer = ""
            self.diary.person.append(repr(error))

    # --- the calm ----------------------------------------------------------------

    def _calm(self) -> None:
        self._wait_for_the_last()
        self._ensure_guard()
        self._take_back_by_hand()
        for symbol, price in calm_prices(self._seed).items():
            self._price(symbol, price)
        end = time.monotonic() + CALM_LIMIT_S / self._speed
        while time.monotonic() < end:
            self.diary.unsettled = self._unsettled()
            if not self.diary.unsettled:
                return
            time.sleep(0.15)

    def _wait_for_the_last(self) -> None:
        """Let every fault and every absence end by itself."""
        while self._later:
            self._wait_until(min(moment for moment, _ in self._later))
        for locker in self._lockers:
            locker.wait()
        self._patient(lambda: self._quiet() or time.sleep(0.05), limit=120 / self._speed + 5)

    def _take_back_by_hand(self) -> None:
        """The person cancels every order of theirs that still rests."""
        state = self._patient(lambda: self.arena.get("/_sim/state"))
        theirs = {call["order_no"] for call in state["order_calls"] if call["client"].startswith(PERSON[:4])}
        for order in state["orders"]:
            if order["order_no"] in theirs and order["kind"] == "new" and order["remaining"] and not order["rejected"]:
                cancel = {
                    "KRX_FWDG_ORD_ORGNO": "", "ORGN_ODNO": order["order_no"], "RVSE_CNCL_DVSN_CD": "02",
                    "ORD_QTY": "0", "ORD_UNPR": "0", "QTY_ALL_ORD_YN": "Y",
                }  # fmt: skip
                for _ in range(3):
                    self._by_hand("order-rvsecncl", "TTTC0013U", cancel)
                    if self.diary.person[-1] != "EGW00123" and self._bearer:
                        break

    def _quiet(self) -> bool:
        state = self.arena.get("/_sim/state")
        if state["faults"] or state["halts"]["market"] or state["halts"]["stocks"] or state["halts"]["vi"]:
            raise OSError("not yet")
        return True

    def _unsettled(self) -> list[str]:
        """Return what is not in order yet; what needs a person gets one (a restart out of sleep)."""
        guard = self.arena.guard
        if guard is None or guard.poll() is not None:
            return ["the guard is gone"]
        try:
            status, state = self.ask("status"), self.arena.get("/_sim/state")
            open_rows = self.arena.rows(
                "SELECT intent_id, state FROM intents WHERE state IN ('triggered','prepared','sending','unknown')"
            )
            filled = dict(
                self.arena.rows(
                    "SELECT order_no, SUM(quantity) FROM fills WHERE intent_id IS NOT NULL GROUP BY order_no"
                )
            )
            numbers = [number for (number,) in self.arena.rows("SELECT order_no FROM orders")]
            ((waiting,),) = self.arena.rows(
                "SELECT count(*) FROM alert_events"
                " WHERE sent_at = '' AND given_up = 0 AND priority IN ('high', 'emergency')"
            )
        except (OSError, ValueError, sqlite3.Error) as error:
            return [repr(error)]
        self.diary.calm_at = state["now"]
        if status["state"] == "sleeping":
            self.diary.slept = True
            self.ask("restart")
        found = [f"intent {row}" for row in open_rows]
        if self.climate.evening and state["phase"] == "closing_auction":
            found.append("the market has not closed")
        theirs = {int(order["order_no"]): order["filled"] for order in state["orders"]}
        found += [
            f"order {number}: {theirs.get(int(number))} filled, {filled.get(number, 0)} on record"
            for number in numbers
            if theirs.get(int(number), 0) > filled.get(number, 0)
        ]
        normal = ("idle",) if self.climate.evening else ("monitoring", "ordering", "awaiting_fill")
        if self.climate.start > "15":
            # A halt whose end was missed is proved over by a trade, and an auction has none.
            normal = (*normal, "market_halted")
        if status["state"] not in normal or (self.climate.evening and not status["recovered"]):
            found.append(f"state {status['state']}")
        held = {s: h["quantity"] for s, h in state["accounts"][ACCOUNT]["holdings"].items() if h["quantity"] > 0}
        seen = {p["symbol"]: p["quantity"] for p in status["positions"]}
        # While an order of a stock rests, the guard does not compare its quantity.
        resting = {p["symbol"] for p in status["positions"] if p["order"]}
        if any(held.get(symbol, 0) != seen.get(symbol, 0) for symbol in (held.keys() | seen.keys()) - resting):
            found.append(f"holdings {held}, guard believes {seen}")
        if self.diary.switched_level != "hard" and self.climate.start < "15":
            found += [
                f"below stop: {p['symbol']} {p['state']}"
                for p in status["positions"]
                if state["prices"][p["symbol"]] <= p["stop_price"]
            ]
        if not status["storage_ok"]:
            found.append("records wait beside the database")
        if waiting:
            found.append(f"{waiting} urgent alerts wait")
        return found

    def _end(self) -> None:
        guard = self.arena.guard
        assert guard is not None
        if guard.poll() is None:
            guard.terminate()
            self.diary.last_exit = self._exit_code()

    # --- leaves ------------------------------------------------------------------

    def ask(self, command: str) -> dict[str, Any]:
        """Ask the guard over its control socket."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(str(self.arena.home / "guard.sock"))
            line.sendall(json.dumps({"command": command, "args": {}, "actor": "storm"}).encode() + b"\n")
            with line.makefile("rb") as answers:
                answer = json.loads(answers.readline())
        assert answer["ok"], answer
        return dict(answer["result"])

    def _exit_code(self) -> int:
        assert self.arena.guard is not None
        # A frozen one ends when it thaws.
        self.arena.guard.send_signal(signal.SIGCONT)
        try:
            return self.arena.guard.wait(10)
        except subprocess.TimeoutExpired:
            self.diary.own_ends.append("did not end within 10 s of SIGTERM")
            self.arena.guard.kill()
            return self.arena.guard.wait()

    def _ensure_guard(self) -> None:
        guard = self.arena.guard
        if guard is not None and guard.poll() is None:
            return
        socket_path: Path = self.arena.home / "guard.sock"
        socket_path.unlink(missing_ok=True)
        again = self.arena.start_guard()
        self._down = again.poll() is not None
        if self._down:
            # As a service manager would: again, a little later.
            self.diary.failed_starts.append(again.returncode)
            self._after(10.0, self._ensure_guard)

    def _after(self, market_s: float, act: Callable[[], None]) -> None:
        self._later.append((time.monotonic() + market_s / self._speed, act))

    def _wait_until(self, moment: float) -> None:
        """Sleep, and do on the way what was put off."""
        while True:
            ready = [item for item in self._later if item[0] <= time.monotonic()]
            self._later = [item for item in self._later if item not in ready]
            for _, act in ready:
                act()
            self._look_after_guard()
            if time.monotonic() >= moment:
                return
            time.sleep(max(0.0, min([moment, *(at for at, _ in self._later)]) - time.monotonic()))

    def _look_after_guard(self) -> None:
        guard = self.arena.guard
        if guard is not None and guard.poll() is not None and not self._down:
            self.diary.own_ends.append(f"ended by itself with {guard.returncode}")
            self._ensure_guard()

    def _patient(self, act: Callable[[], Any], limit: float = 8.0) -> Any:
        """Do what a refused port may hinder for a while."""
        end = time.monotonic() + limit
        while True:
            try:
                return act()
            except urllib.error.HTTPError:
                raise
            except (OSError, HTTPException) as error:
                if time.monotonic() > end:
                    raise AssertionError(f"the exchange does not answer: {error}") from error
                time.sleep(0.03)

    def _call(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        request = urllib.request.Request(
            self.arena.rest_url + path, json.dumps(body).encode(),
            {"Content-Type": "application/json", "appkey": PERSON, "appsecret": "S" * 180, "custtype": "P", **headers},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=2) as answer:
            return dict(json.loads(answer.read()))
