"""How hantu is doing, for the interface: alive, the machine, histories, the trail, the settings; records by day."""

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from hantu.adapters.audit.check import verify
from hantu.adapters.checklist.trends import Series, daily_series
from hantu.adapters.store.chart import Charts
from hantu.adapters.store.checklist_rows import Run, runs
from hantu.adapters.store.offline import record_operation
from hantu.adapters.store.pages import Page, Pages
from hantu.adapters.store.queries import Queries
from hantu.alerting.rows import CATALOGUE
from hantu.domain.access import Caller
from hantu.domain.instant import utc_text
from hantu.operations import machine
from hantu.operations.safety import dangers
from hantu.operations.trends import DAYS_MIN, METHOD, outlook_of, trend_of
from hantu.ports import Clock
from hantu.settings.audit_trail import places
from hantu.settings.effective import effective
from hantu.settings.loading import Sources
from hantu.settings.market_time import market_day, market_now
from hantu.settings.model import Settings
from hantu.settings.server.guard_door import SocketDoor

API_VERSION: Final = "v1"
VERDICT_S: Final = 60.0
"""A look at the whole trail holds so long; it reads every row."""


class Housekeeping:
    """Implements the keeping of the interface."""

    def __init__(self, settings: Settings, sources: Sources, door: SocketDoor, clock: Clock) -> None:
        self._settings = settings
        self._sources = sources
        self._door = door
        self._clock = clock
        self._pages = Pages(settings.database)
        self._began = clock.now()
        self._verdict: tuple[float, dict[str, Any]] | None = None
        self._verifying = threading.Lock()

    def alive(self) -> dict[str, Any]:
        """Return that the server lives; answered from memory."""
        age = self._door.age_s
        silent = age is None or age > self._settings.health.interval_s
        return {
            "status": "degraded" if silent or self._door.unsafe else "healthy", "version": API_VERSION,
            "uptime_s": round(self._uptime_s(), 1), "guard": "silent" if silent else "running",
            "time": utc_text(self._clock.now().wall),
        }  # fmt: skip

    def detailed(self) -> dict[str, Any]:
        """Return machine and components."""
        status = self._door.status()
        components = dict((status or {}).get("health") or {}).get("components", {})
        bad = status is None or bool(dangers(status)) or any(one["state"] == "down" for one in components.values())
        return {
            "status": "degraded" if bad else "healthy", "version": API_VERSION,
            "uptime": {"seconds": round(self._uptime_s(), 1), "started_at": utc_text(self._began.wall)},
            "system": self._machine(), "components": components,
        }  # fmt: skip

    def metrics(self) -> dict[str, Any]:
        """Return the machine and this process."""
        now = machine.usage(self._settings.home)
        return {
            "time": utc_text(self._clock.now().wall), "system": self._machine(now),
            "process": {
                "cpu_seconds": round(now.cpu_s, 2), "resident_bytes": now.resident_bytes, "threads": now.threads,
                "uptime_seconds": round(self._uptime_s(), 1),
            },
        }  # fmt: skip

    def health_rows(self, component: str, since: str, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return what the checks found."""
        return self._pages.health(component, since, limit)

    def series_names(self) -> Sequence[Mapping[str, Any]]:
        """Return the measured series."""
        return self._pages.series_names()

    def series(self, name: str, label: str, since: str, limit: int) -> Sequence[Mapping[str, Any]]:
        """Return one series."""
        return self._pages.series(name, label, since, limit)

    def audit_verdict(self) -> dict[str, Any]:
        """Check the whole trail, at most once a minute whoever asks."""
        with self._verifying:
            now = self._clock.now()
            if self._verdict is None or now.mono - self._verdict[0] > VERDICT_S:
                settings = self._settings
                found = verify(settings.database, settings.audit_dir, places(settings))
                told = {
                    "ok": found.finding is None, "rows": found.head.rows, "head": found.head.hash.hex(),
                    "signed": found.signed, "checked_at": utc_text(now.wall),
                    "finding": "" if found.finding is None else f"{found.finding.row}: {found.finding.detail}",
                }  # fmt: skip
                self._verdict = (now.mono, told)
            return self._verdict[1]

    def checklists(self, kind: str, limit: int) -> Sequence[Run]:
        """Return what was gone through."""
        return runs(self._settings.database, limit, kind)

    def trends(self, days: int) -> Sequence[Mapping[str, Any]]:
        """Return the daily numbers of the last days with their trend and forecast."""
        now = market_now(self._door.status(), self._clock.now().wall)
        return [_trend(one) for one in daily_series(self._settings.database, now, days)]

    def settings(self) -> Sequence[Mapping[str, Any]]:
        """Return the effective configuration."""
        return effective(self._settings, self._sources)

    def note_export(self, what: str, rows: int, *, by: Caller) -> None:
        """Record that somebody took a copy."""
        record_operation(self._settings.database, "records_exported", {"what": what, "up_to": rows}, actor=by.actor)

    def _uptime_s(self) -> float:
        return self._clock.now().mono - self._began.mono

    def _machine(self, now: machine.Usage | None = None) -> dict[str, Any]:
        now = now or machine.usage(self._settings.home)
        return {
            "cpu": {"load": round(now.load, 3)}, "memory": {"used": round(now.memory_used, 4)},
            "disk": {"used": round(now.disk_used, 4)},
        }  # fmt: skip


class Archive:
    """Implements the records of the interface: pages, chains, days."""

    def __init__(self, settings: Settings, door: SocketDoor, clock: Clock) -> None:
        self._queries = Queries(settings.database)
        self._pages = Pages(settings.database)
        self._charts = Charts(settings.database)
        self._door = door
        self._clock = clock
        pages, queries = self._pages, self._queries
        self.positions: Callable[[], Sequence[Any]] = queries.positions
        self.orders = pages.orders
        self.order: Callable[[str], Any] = queries.order
        self.fills = pages.fills
        self.events = pages.events
        self.events_after = pages.events_after
        self.newest_event = pages.newest_event
        self.event = pages.event
        self.kill_history = pages.kill_history
        self.audit: Callable[[Mapping[str, str], int, str], Page] = pages.audit
        self.summaries = pages.summaries
        self.exits: Callable[[int], Sequence[Any]] = queries.exits
        self.chain: Callable[[str], Sequence[Any]] = queries.explain

    def event_types(self) -> Sequence[Mapping[str, Any]]:
        """Return the types on record with what the catalogue calls them."""
        return [
            {**row, "title": CATALOGUE[row["event_type"]].condition if row["event_type"] in CATALOGUE else ""}
            for row in self._pages.event_types()
        ]

    def watchlist(self, day: str) -> Sequence[Any]:
        """Return the selections of a Korean day; the market's today by default."""
        wanted = day or market_day(self._door.status(), self._clock.now().wall)
        try:
            return self._queries.watchlist(date.fromisoformat(wanted))
        except ValueError:
            return ()

    def chart(self, symbol: str, day: str) -> Mapping[str, Any]:
        """Return the picture of one stock; a running guard adds the price of now to the one of its own day."""
        status = self._door.status()
        today = market_day(status, self._clock.now().wall)
        found = self._charts.of_day(symbol, day or today)
        if found["day"] != today:
            return found
        seen = [*(status or {}).get("positions", ()), *(status or {}).get("watch", ())]
        live: Mapping[str, Any] = next((row for row in seen if row["symbol"] == symbol), {})
        return {**found, "price": live.get("price"), "price_age_s": live.get("price_age_s")}

    def sparks(self, minutes: int) -> Sequence[Mapping[str, Any]]:
        """Return the newest minutes of everything held."""
        held = dict.fromkeys(row.symbol for row in self.positions())
        return self._charts.sparks(list(held), minutes)


def _trend(series: Series) -> dict[str, Any]:
    """Return one number a day, where it leads and how sure that is; nothing below what the number can be."""
    trend, floor = trend_of(series.values), -math.inf if series.floor is None else series.floor
    return {
        "name": series.name, "title": series.title, "unit": series.unit, "days": series.days, "values": series.values,
        "trend": trend, "too_few": trend is None, "days_min": DAYS_MIN, "method": METHOD,
        "forecast": [
            {"ahead": day.ahead, "value": max(floor, day.value), "low": max(floor, day.low), "high": max(floor, day.high)}
            for day in outlook_of(series.values)
        ],
    }  # fmt: skip
