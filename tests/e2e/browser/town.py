"""A small town for browsers: a practice exchange, a guard, a jobs process, and a server in this process.

The server's accounts have a clock that can be wound, so that a fresh code needs no waiting. Everything else
is the program as people run it. The records are read through hantu's own library: this process has them open.
"""

import functools
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hantu.adapters.accounts import factors
from hantu.adapters.guard_link import GuardLink, NotRunning
from hantu.domain.access import Role, Scope
from tests.e2e.arena import HANTU, Arena
from tests.e2e.browser.chromium import Chromium
from tests.e2e.browser.tab import Tab
from tests.e2e.watchlist import write_watchlist
from tests.programs import missing
from tests.unit.api.site import PASSWORD, Site, Surfer, Wound
from tests.unit.api.waiting import until
from tools import dashboard

STARTED_S = 90.0
"""A machine with more to do than it has processors for takes its time; a day that goes well takes five seconds."""
SAMSUNG, NAVER, HYUNDAI = "005930", "035420", "005380"
SCENARIO = """
name: town
extends: quiet
clock: {date: 2026-11-23, start: "09:05:00", speed: 1}
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
liquidity: {depth: 500, trade_size: 20, trades_per_second: 1}
stocks:
  - {symbol: "005930", path: {kind: waypoints, points: [{at: 09:00:00, price: 70400}, {at: 15:30:00, price: 70500}]}}
  - {symbol: "000660", path: {kind: waypoints, points: [{at: 09:00:00, price: 208500}, {at: 15:30:00, price: 209000}]}}
  - {symbol: "035420", path: {kind: waypoints, points: [{at: 09:00:00, price: 196500}, {at: 15:30:00, price: 197000}]}}
  - {symbol: "035720", path: {kind: waypoints, points: [{at: 09:00:00, price: 42600}, {at: 15:30:00, price: 42700}]}}
  - {symbol: "068270", path: {kind: waypoints, points: [{at: 09:00:00, price: 179500}, {at: 15:30:00, price: 179000}]}}
"""
STRATEGIES = Path(__file__).parents[1] / "strategies"
ENTER = """async (user, password, code) => {
  const answer = await fetch('/api/v1/session', {
    method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({user, password, code}),
  })
  return answer.status
}"""


class Running(Wound):
    """The accounts' clock: it goes on like any other, and is wound to the beginning of a later step of the codes."""

    def __init__(self) -> None:
        super().__init__()
        self._since = time.monotonic()

    def now_s(self) -> float:
        return super().now_s() + time.monotonic() - self._since

    def wind(self, seconds: float) -> None:
        self._now_s = (self.now_s() + seconds) // factors.STEP_S * factors.STEP_S
        self._since = time.monotonic()


def bundle() -> Path:
    """Return the built dashboard; skips where there is none of these very sources, unless it is needed."""
    if not dashboard.is_fresh():
        missing("browser", "the dashboard is not built from these sources (make ui)")
    return dashboard.STATIC


def axe() -> str:
    """Return the accessibility checker, which comes with the packages of ui/."""
    path = dashboard.MODULES / "axe-core" / "axe.min.js"
    if not path.is_file():
        missing("browser", "axe-core is not installed (make ui)")
    return path.read_text(encoding="utf-8")


class Town:
    """Everything a browser of this town talks to; ends what it started."""

    def __init__(self, scenario: str = SCENARIO, furnish: Callable[[Path], None] | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="hantu-")
        home = Path(self._folder.name)
        self.arena = Arena(home / "home")
        self.arena.home.mkdir()
        (home / "town.yaml").write_text(scenario)
        self._scenario = str(home / "town.yaml")
        self._furnish = furnish
        self.link = GuardLink(self.arena.home / "guard.sock", "tester")
        self.site: Site | None = None
        self._chromium: Chromium | None = None
        self._folder_of_browser = home / "browser"
        self._folder_of_browser.mkdir()

    def begin(self) -> None:
        """Start everything; what does not need another part starts beside it."""
        arena = self.arena
        arena.extra_env |= {
            "HANTU_GUARD_SUBSCRIBE_PACE_S": "0.05", "HANTU_STRATEGIES_CHECK_S": "0.25", "HANTU_LIMITS_ORDERS_PER_STOCK_HOUR": "100",
        }  # fmt: skip
        (arena.home / "strategies").mkdir()
        (arena.home / "strategies" / "good.py").write_bytes((STRATEGIES / "good.py").read_bytes())
        if self._furnish is not None:
            self._furnish(arena.home)
        both(
            lambda: arena.start_exchange(self._scenario),
            lambda: arena.run(
                "watchlist", "import", str(write_watchlist(arena.home)), "--date", "2026-11-23", timeout=90
            ),
            self._open_browser,
        )
        both(self._start_guard, self._open_server, self._begin_jobs)
        arena.wait(lambda: self.status()["state"] == "monitoring", "the guard to watch", STARTED_S)
        arena.wait(lambda: self.status()["counts"]["trades"] > 0, "the first trade", STARTED_S)

    def _start_guard(self) -> None:
        self.arena.start_guard("--start", wait=False)
        self.arena.wait((self.arena.home / "guard.sock").exists, "the guard to listen", STARTED_S)

    def _open_browser(self) -> None:
        self._chromium = Chromium(self._folder_of_browser)

    def _open_server(self) -> None:
        env = {**self.arena.environ(), "HANTU_SERVER_ADDRESS": "127.0.0.1:0"}
        self.site = Site(self.arena.home, "", env=env, static=bundle())
        self.site.clock = Running()
        self.site.start()
        for name, role in (("otto", Role.OPERATOR), ("olga", Role.OPERATOR), ("ann", Role.ADMIN)):
            self.site.enrol(name, role)

    def _begin_jobs(self) -> None:
        with (self.arena.home / "jobs.out").open("ab") as output:
            jobs = subprocess.Popen([*HANTU, "run", "jobs"], stdout=output, stderr=output, env=self.arena.environ())
        self.arena._processes.append(jobs)
        self.arena.wait((self.arena.home / "jobs.sock").exists, "the jobs process", STARTED_S)
        self.jobs = GuardLink(self.arena.home / "jobs.sock", "tester")

    # --- what is there -------------------------------------------------------------

    @property
    def server(self) -> Site:
        """The server, which is there once the town has begun."""
        assert self.site is not None
        return self.site

    def status(self) -> dict[str, Any]:
        """What the guard says of itself; empty while it does not listen."""
        try:
            return dict(self.link.request("status"))
        except NotRunning:
            return {"state": "", "counts": {"trades": 0}}

    @functools.cached_property
    def otto(self) -> Surfer:
        """An operator without a screen, to ask the server what the page should show."""
        return self.server.browser("otto")

    @functools.cached_property
    def bot(self) -> Surfer:
        """A program that proposes orders."""
        return self.server.program(Scope.READ, Scope.PROPOSE)

    def spent_code(self, name: str) -> str:
        """Return a code this person has just used elsewhere, to sign in."""
        code = self.server.code(name)
        assert self.server.browser().enter(name, code=code).status == 200
        return code

    def propose(self, symbol: str = HYUNDAI, quantity: int = 3, **more: Any) -> dict[str, Any]:
        """File a proposal around the price of now; it waits for a person."""
        order = {"side": "buy", "symbol": symbol, "quantity": quantity, "price_low": 200_000, "price_high": 290_000}
        answer = self.bot.do("/approvals", {**order, "note": "점수 82, 지지선 반등", **more})
        assert answer.status in {200, 201}, answer.body
        return dict(answer.json)

    @functools.cache  # noqa: B019  (one town for a run)
    def something_on_every_page(self) -> None:
        """Have a sale, an incident with its alert, a strategy and a proposal that waits on record."""
        self.arena.post("/_sim/price", {"symbol": NAVER, "price": 190_000})
        self.otto.do("/killswitch", {"level": "active", "reason": "looked wrong"})
        self.otto.do("/killswitch/release", {"reason": "was not"}, **self.otto.prove())
        self.otto.do("/strategies/good/start")
        self.otto.do("/checklists/open", {"kind": "daily"})
        self.propose()
        until(lambda: self.arena.sells(NAVER), "the sale")
        until(lambda: self.otto.get("/incidents").json["items"], "the incident")

    # --- browsers ------------------------------------------------------------------

    def tab(self, name: str = "") -> Tab:
        """Open a tab, signed in where a name is given."""
        assert self._chromium is not None
        found = Tab(self._chromium, f"http://127.0.0.1:{self.server.port}")
        if name:
            # A picture of the server's is a page of its origin, and needs no second start of the dashboard.
            found.call("Page.navigate", url=f"{found.origin}/favicon.svg")
            found.until("() => location.pathname === '/favicon.svg' && document.readyState === 'complete'")
            assert found.run(ENTER, name, PASSWORD, self.server.code(name)) == 200
            found.open("/")
            found.says("보호", "dl dt")
        return found

    @functools.cached_property
    def desk(self) -> Tab:
        """The operator's tab, open all day."""
        return self.tab("otto")

    @functools.cached_property
    def stranger(self) -> Tab:
        """A tab nobody has signed in at."""
        return self.tab()

    def close(self) -> None:
        """End everything that was started."""
        if self._chromium is not None:
            self._chromium.close()
        if self.site is not None:
            self.site.stop()
        self.arena.close()
        self._folder.cleanup()


def both(*acts: Callable[[], object]) -> None:
    """Do these at the same time and raise what the first one raised."""
    raised: list[BaseException] = []

    def guarded(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001  (told below, on the thread that asked)
            raised.append(error)

    threads = [threading.Thread(target=guarded, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]
