"""A whole server on a real socket in this process, with a clock that can be wound and people of every kind."""

import asyncio
import atexit
import contextlib
import functools
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyotp
from argon2 import PasswordHasher

from hantu.adapters.accounts import factors
from hantu.adapters.accounts.register import CONSOLE
from hantu.adapters.store.maintenance import init_database, writing
from hantu.api.house import Workshop
from hantu.domain.access import Role, Scope
from hantu.settings.loading import Sources, load_settings
from hantu.settings.model import Settings
from hantu.settings.server.office import Office, office_of
from tests.e2e.web import Answer, Browser

PASSWORD = "ponds of quiet carp at dusk"
TOML = """environment = "local"
[server]
address = "127.0.0.1:0"
"""
EVENTS = 57
LIGHT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""A good hash takes a tenth of a second of both processors, at every sign-in of every test."""


class Wound:
    """The machine's time as the accounts see it; it stands until it is moved on by hand."""

    def __init__(self) -> None:
        self._now_s = time.time() // factors.STEP_S * factors.STEP_S

    def now_s(self) -> float:
        return self._now_s

    def wind(self, seconds: float) -> None:
        self._now_s += seconds


class Site:
    """One server with its accounts; people are made on demand."""

    def __init__(
        self,
        home: Path,
        toml: str = TOML,
        workshop: Workshop | None = None,
        static: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home
        file = home / "hantu.toml"
        if toml:
            file.write_text(toml)
        given = {"HANTU_HOME": str(home), **(env or {})}
        self.settings: Settings
        self.sources: Sources
        self.settings, self.sources = load_settings(file if toml else None, given)
        self.clock = Wound()
        self.seeds: dict[str, str] = {}
        self.office: Office
        self._workshop, self._static = workshop, static
        self._thread: threading.Thread | None = None
        self.port = 0

    @property
    def accounts(self) -> Any:
        return self.office.accounts

    def start(self) -> None:
        self.office = office_of(
            self.settings, self.sources, lambda found, moments, summary: f"report: {summary}", now_s=self.clock.now_s,
            workshop=self._workshop, static=self._static,
        )  # fmt: skip
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind(("127.0.0.1", self.port))
        self.port = line.getsockname()[1]
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(line, ready)), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        end = time.monotonic() + 10
        while not self.office.server.started:
            assert time.monotonic() < end
            time.sleep(0.01)

    async def _serve(self, line: socket.socket, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self.office.pulse.begin()
        ready.set()
        try:
            await self.office.server.serve([line])
        finally:
            await self.office.pulse.close()
            line.close()

    def stop(self) -> None:
        """End in order, as the program does."""
        self._loop.call_soon_threadsafe(self.office.house.hub.end, "shutdown")
        self.office.server.finish()
        assert self._thread is not None
        self._thread.join(10)
        assert not self._thread.is_alive()
        self.office.accounts.book.close()

    # --- people -----------------------------------------------------------------------

    def code(self, name: str) -> str:
        """A code nobody has used: time moves on by a step for it."""
        self.clock.wind(factors.STEP_S)
        return str(pyotp.TOTP(self.seeds[name]).generate_otp(int(self.clock.now_s()) // factors.STEP_S))

    def enrol(self, name: str, role: Role) -> list[str]:
        made = self.accounts.register.add_user(name, role, by=CONSOLE)
        offer = self.accounts.desk.enrol_begin(name, made["enrolment_code"], source="console")
        self.seeds[name] = offer["secret"]
        with patch.object(factors, "_hasher", LIGHT):
            found: list[str] = self.accounts.desk.enrol_complete(
                name, made["enrolment_code"], PASSWORD, self.code(name), source="console"
            )
        return found

    def browser(self, name: str = "", **given: Any) -> "Surfer":
        found = Surfer("127.0.0.1", self.port, site=self, **given)
        if name:
            answer = found.enter(name)
            assert answer.status == 200, answer.body
        return found

    def program(self, *scopes: Scope) -> "Surfer":
        name = f"bot-{len(self.accounts.register.clients())}"
        _, token = self.accounts.register.add_client(name, scopes, by=CONSOLE)
        return Surfer("127.0.0.1", self.port, bearer=token, site=self)


class Surfer(Browser):
    """A browser whose codes come from the site's clock."""

    def __init__(self, *words: Any, site: Site, **given: Any) -> None:
        super().__init__(*words, **given)
        self.site = site
        self.name = ""

    def enter(self, name: str, password: str = PASSWORD, **more: Any) -> Answer:
        code = more.pop("code") if "code" in more else self.site.code(name)
        body = {"user": name, "password": password, "code": code} | more
        found = self.ask("POST", "/session", {key: value for key, value in body.items() if value is not None})
        if found.status == 200 and found.json["status"] == "signed_in":
            self.csrf, self.name = found.json["csrf"], name
        return found

    def prove(self) -> dict[str, str]:
        return {"X_Hantu_Code": self.site.code(self.name)}


PEOPLE = (("ann", Role.ADMIN), ("otto", Role.OPERATOR), ("olga", Role.OPERATOR), ("vera", Role.VIEWER))


@functools.cache
def _furnished() -> tuple[Path, dict[str, str], float]:
    """A home with records and one person of each role, made once: a good password hash takes its time."""
    folder = tempfile.TemporaryDirectory(prefix="hantu-")
    atexit.register(folder.cleanup)
    home = Path(folder.name)
    init_database(home / "hantu.db")
    fill(home / "hantu.db")
    site = Site(home)
    site.office = office_of(site.settings, site.sources, lambda *_: "", now_s=site.clock.now_s)
    for name, role in PEOPLE:
        site.enrol(name, role)
    site.office.accounts.book.close()
    return home, site.seeds, site.clock.now_s()


@contextlib.contextmanager
def opened(home: Path, **given: Any) -> Iterator[Site]:
    """A site with records and people, serving."""
    source, seeds, now_s = _furnished()
    shutil.copytree(source, home, dirs_exist_ok=True)
    site = Site(home, **given)
    site.seeds = dict(seeds)
    site.clock.wind(now_s + factors.STEP_S - site.clock.now_s())
    site.start()
    try:
        yield site
    finally:
        site.stop()


def fill(database: Path) -> None:
    """Put a few facts, alerts and an incident into the records."""
    with writing(database) as connection:
        for number in range(EVENTS):
            connection.execute(
                "INSERT INTO event_log (event_id, event_type, timestamp, payload_json, correlation_id, category)"
                " VALUES (?, ?, ?, ?, ?, 'OPS-02')",
                (
                    f"0198c0de-7b1a-7c3e-9d55-{number:012d}", "order_filled" if number % 3 else "order_accepted",
                    f"2026-11-20 00:{number:02d}:00.000000", f'{{"symbol":"005930","text":"=HYPERLINK(1)","n":{number}}}',
                    f"flow-{number % 5}",
                ),
            )  # fmt: skip
        for number in range(1, 8):
            for channel in ("telegram", "slack"):
                connection.execute(
                    "INSERT INTO alert_events (alert_id, severity, category, message, channel, sent_at, event_type,"
                    " alert_key, priority, event_at) VALUES (?, 'CRITICAL', 'OPS-01', ?, ?, ?, 'reconnect_exhausted', ?,"
                    " 'emergency', ?)",
                    (
                        number, f"alert {number}", channel, "2026-11-20 00:01:00.000000" if channel == "slack" else "",
                        f"key-{number}", f"2026-11-20 00:0{number}:00.000000",
                    ),
                )  # fmt: skip
        connection.execute(
            "INSERT INTO incidents (cause, event_type, title, opened_at, recorded_at, last_at) VALUES"
            " ('reconnect_exhausted', 'reconnect_exhausted', 'line lost', '2026-11-20 00:01:00.000000',"
            " '2026-11-20 00:01:00.000000', '2026-11-20 00:01:00.000000')"
        )
