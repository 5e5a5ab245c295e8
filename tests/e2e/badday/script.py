"""The script of the bad day: one exchange, one guard, every channel, and everything that goes wrong, by market time."""

import asyncio
import json
import re
import resource
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hantu.domain.market_clock import MarketClock
from hantu.domain.session import KST
from tests.e2e.arena import Arena
from tests.e2e.storm.day import LOCKER
from tests.receivers import slack, sms, smtp, telegram
from tests.receivers.faults import limit
from tests.receivers.town import Town

SPEED = 30.0
"""Market seconds per real second."""
DAY = "2026-11-23"
CLIENT = "a-program-of-this-test-and-nothing-else-01"
FULL_BYTES = 4_096
"""A file may not grow beyond this while the disk counts as full.

Records, their log of changes, the tape and the guard's output are longer; the spill begins empty and has room for
a few facts, not for the memory of the alert policy.
"""
SETTLE_S = 15.0
SLACK_QUIET_S = 2.0
"""Real seconds Slack asks for."""
SCENARIO = f"""
name: bad-day
clock: {{date: {DAY}, start: "08:58:00", speed: {SPEED:g}}}
gateway: {{lenient_keys: true}}
accounts:
  - number: 12345678-01
    hts_id: USER
    cash: 90000000
    holdings:
      - {{symbol: 005930, quantity: 40, average_price: 70000}}
      - {{symbol: 000660, quantity: 10, average_price: 200000}}
      - {{symbol: 035420, quantity: 20, average_price: 200000}}
      - {{symbol: 035720, quantity: 50, average_price: 41000}}
      - {{symbol: 005380, quantity: 10, average_price: 245000}}
liquidity: {{depth: 500, bid_depth: 500, trade_size: 50, trades_per_second: 0.5}}
stocks:
  - symbol: 005930
    name: 삼성전자
    base_price: 70000
    path:
      kind: waypoints
      # A cliff: on a slope the price is below the order's limit before a stalled machine has sent it.
      points: [{{at: 09:00:00, price: 70000}}, {{at: 09:02:56.100, price: 69500}}, {{at: 09:02:56.200, price: 67500}},
               {{at: 15:30:00, price: 67500}}]
  - symbol: 000660
    name: SK하이닉스
    base_price: 205000
    path:
      kind: waypoints
      points: [{{at: 09:00:00, price: 205000}}, {{at: 09:05:10, price: 210000}}, {{at: 09:05:20, price: 217000}},
               {{at: 15:30:00, price: 217000}}]
  - symbol: 035420
    name: NAVER
    base_price: 200000
    path:
      kind: waypoints
      points: [{{at: 09:00:00, price: 199000}}, {{at: 09:07:29.500, price: 197000}}, {{at: 09:07:30.600, price: 193000}},
               {{at: 15:30:00, price: 193000}}]
  - symbol: 035720
    name: 카카오
    base_price: 41000
    path:
      kind: waypoints
      points: [{{at: 09:00:00, price: 41000}}, {{at: 09:12:55, price: 40700}}, {{at: 09:13:00, price: 39500}},
               {{at: 15:30:00, price: 39500}}]
  - symbol: 005380
    name: 현대차
    base_price: 246000
    path:
      kind: waypoints
      points: [{{at: 09:00:00, price: 246500}}, {{at: 09:16:00, price: 245500}}, {{at: 09:16:50, price: 242000}},
               {{at: 15:30:00, price: 242000}}]
faults:
  - {{at: 09:01:00, kind: refuse_ws, duration: 2}}
  - {{at: 09:01:00, kind: cut}}
  - {{at: 09:02:55, kind: hold_notices, target: 005930, duration: 90, params: {{fill: 1}}}}
  - {{at: 09:07:30, kind: halt, duration: 20, params: {{late_trades: 1.5}}}}
  - {{at: 09:12:50, kind: reject_order, target: 035720, code: APBK0400, duration: 600, times: 1}}
  - {{at: 09:14:30, kind: refuse, duration: 40}}
  - {{at: 09:14:30, kind: silence, target: rest, duration: 40}}
  - {{at: 09:14:30, kind: cut}}
"""


def at(text: str) -> datetime:
    """Return the moment of a Korean time of that day."""
    return datetime.fromisoformat(f"{DAY}T{text}+09:00").astimezone(UTC)


@dataclass(slots=True)
class BadDay:
    """Plays the script; what people got is in the journal of ``town``."""

    arena: Arena
    town: Town
    clock: MarketClock | None = None
    locker: "subprocess.Popen[bytes] | None" = None

    async def play(self) -> None:
        """Play the whole day, from before the opening until nothing waits to be told."""
        await asyncio.to_thread(self._begin)
        for moment, act in self._acts():
            await self._until(moment)
            await act()
        await asyncio.to_thread(self._settle)

    def market(self, loop_s: float) -> datetime:
        """Return the Korean time of a moment of the event loop's clock."""
        assert self.clock is not None
        return self.clock.wall(loop_s).astimezone(KST)

    def _acts(self) -> tuple[tuple[str, Callable[[], Awaitable[object]]], ...]:
        return (
            ("09:02:00", lambda: asyncio.to_thread(self._twenty_rejections)),
            ("09:05:00", self._lock_database),
            ("09:06:15", self._disk_full),
            ("09:07:00", self._disk_free),
            ("09:09:00", self.town.telegram.down),
            ("09:12:45", self._slack_limited),
            ("09:15:20", lambda: asyncio.to_thread(self.arena.run, "monitor", "restart")),
            ("09:19:00", self.town.telegram.up),
        )

    def _begin(self) -> None:
        arena, town = self.arena, self.town
        path = arena.home / "bad-day.yaml"
        path.write_text(SCENARIO, encoding="utf-8")
        selection = [
            {
                "stock_code": "005380",
                "stock_name": "현대차",
                "selection_date": DAY,
                "score": 90,
                "support_price": 240_000,
            }
        ]
        (arena.home / "watchlist.json").write_text(json.dumps(selection, ensure_ascii=False), encoding="utf-8")
        arena.extra_env = environment(town)
        # Before the clock runs: the guard has four real seconds to be up at the opening.
        arena.run("db", "init")
        arena.run("watchlist", "import", str(arena.home / "watchlist.json"))
        arena.start_exchange(str(path))
        self.clock = MarketClock.from_json(arena.get("/_sim/clock"))
        arena.start_guard()

    async def _until(self, moment: str) -> None:
        assert self.clock is not None
        await asyncio.sleep(max(0.0, self.clock.real_at(at(moment)) - time.monotonic()))

    def _twenty_rejections(self) -> None:
        log = (self.arena.home / "logs" / "app.log").read_text(encoding="utf-8")
        port = re.findall(r"제어 주소 열림: 127\.0\.0\.1:(\d+)", log)[-1]
        order = {"token": "not.a.token", "symbol": "005930", "side": "buy", "quantity": 5, "limit_price": 70_000}
        for _ in range(20):
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/place_order",
                json.dumps(order).encode(),
                {"Authorization": f"Bearer {CLIENT}"},
            )
            try:
                urllib.request.urlopen(request, timeout=5).close()
                raise AssertionError("an order without a token was taken")
            except urllib.error.HTTPError as refused:
                assert refused.code == 403
                refused.close()

    async def _lock_database(self) -> None:
        database = str(self.arena.home / "hantu.db")
        self.locker = subprocess.Popen([sys.executable, "-c", LOCKER, database, "1.5"])

    async def _disk_full(self) -> None:
        self._limit_files(FULL_BYTES)

    async def _disk_free(self) -> None:
        self._limit_files(resource.RLIM_INFINITY)

    def _limit_files(self, most: int) -> None:
        guard = self.arena.guard
        assert guard is not None
        resource.prlimit(guard.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

    async def _slack_limited(self) -> None:
        self.town.slack.plan.next(limit(SLACK_QUIET_S))

    def _settle(self) -> None:
        """Wait until every alert is told or given up on purpose."""
        self.arena.wait(lambda: self.now() > at("09:19:05"), "the last act")
        end = time.monotonic() + SETTLE_S
        # What still waits then is told by the comparison, with all the rest.
        while self.waiting() and time.monotonic() < end:
            time.sleep(0.05)
        if self.locker is not None:
            self.locker.wait(10)

    def now(self) -> datetime:
        """Return the market's present time."""
        assert self.clock is not None
        return self.clock.wall(time.monotonic())

    def waiting(self) -> list[str]:
        """Return what is neither told nor given up; a verdict that could not be filed yet counts as given up."""
        try:
            rows = self.arena.rows(
                "SELECT alert_id || ' ' || channel || ' ' || message FROM alert_events a WHERE sent_at = '' AND given_up = 0"
                " AND NOT EXISTS (SELECT 1 FROM alert_judgements j WHERE j.alert_id = a.alert_id AND verdict = 'drop')"
            )
        except sqlite3.OperationalError as error:
            return [str(error)]
        return [str(text) for (text,) in rows]


def environment(town: Town) -> dict[str, str]:
    """Return the settings of the guard: its channels are the receivers of ``town``."""
    return {
        "EXECUTION_JWT_SECRET": "of-this-test-and-of-nothing-else-0123456789",
        "HANTU_CLIENT_SECRET": CLIENT,
        "HANTU_GUARD_CONTROL_ADDRESS": "127.0.0.1:0",
        "HANTU_GUARD_SUBSCRIBE_PACE_S": "0.5",
        # A stall of this machine counts thirty-fold in market time; late data is not what this day is about.
        "HANTU_GUARD_DELAY_WARN_S": "120",
        "HANTU_GUARD_DELAY_ALERT_S": "240",
        # Whether it calls the dead channel down before or after the line goes is a race: tests/e2e/test_health.py.
        "HANTU_HEALTH_INTERVAL_S": "300",
        "HANTU_TELEGRAM_TOKEN": telegram.TOKEN,
        "HANTU_TELEGRAM_CHAT_ID": telegram.CHAT,
        "HANTU_TELEGRAM_API_URL": town.telegram.url,
        "HANTU_SLACK_TOKEN": slack.TOKEN,
        "HANTU_ALERTS_SLACK_CHANNEL": slack.CHANNEL,
        "HANTU_ALERTS_SLACK_API_URL": town.slack.url,
        "HANTU_ALERTS_EMAIL_HOST": "127.0.0.1",
        "HANTU_ALERTS_EMAIL_PORT": str(town.smtp.port),
        "HANTU_ALERTS_EMAIL_SENDER": smtp.SENDER,
        "HANTU_ALERTS_EMAIL_RECIPIENT": smtp.RECIPIENT,
        "HANTU_ALERTS_EMAIL_USERNAME": smtp.USER,
        "HANTU_SMTP_PASSWORD": smtp.PASSWORD,
        "HANTU_ALERTS_EMAIL_CA_FILE": str(town.smtp.ca_file),
        "HANTU_ALERTS_SMS_SENDER": sms.SENDER,
        "HANTU_ALERTS_SMS_RECIPIENT": sms.RECIPIENT,
        "HANTU_SMS_KEY": sms.KEY,
        "HANTU_SMS_SECRET": sms.SECRET,
        "HANTU_ALERTS_SMS_API_URL": town.solapi.url,
    }


def clock_text(moment: datetime) -> str:
    """Return the Korean time of day to a tenth of a second."""
    return f"{moment.astimezone(KST) + timedelta(seconds=0.05):%H:%M:%S.%f}"[:10]
