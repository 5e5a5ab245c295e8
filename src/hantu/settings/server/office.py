"""The server: put together from the settings, and run (``hantu run server``).

It needs the database, the guard's socket and a folder of its own; no key of the
broker. It may be killed at any moment: what was asked for is written down before.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from hantu.adapters.accounts.book import Book
from hantu.adapters.accounts.ceremonies import RelyingParty
from hantu.adapters.accounts.checklists import ChecklistBook
from hantu.adapters.accounts.commands import CommandBook, PairBook
from hantu.adapters.accounts.doorkeeper import Lifetimes, SignInDesk
from hantu.adapters.accounts.passkeys import PasskeyDesk
from hantu.adapters.accounts.register import AccountRegister
from hantu.adapters.clock import SystemClock
from hantu.adapters.store.maintenance import standing
from hantu.adapters.store.offline import record_operation
from hantu.adapters.tls import has_certificate, server_context
from hantu.adapters.vault import Vault
from hantu.api.app import application
from hantu.api.house import House, Workshop
from hantu.api.serving import Serving, serving
from hantu.api.streams import Hub
from hantu.domain.errors import HantuError, UsageError
from hantu.operations.supervisor import Supervisor
from hantu.settings.checks import is_loopback
from hantu.settings.loading import Sources
from hantu.settings.model import Settings
from hantu.settings.people import actor_of
from hantu.settings.server.alarms import AccessAlarm, TokenAlarm
from hantu.settings.server.desk import OrderCounter
from hantu.settings.server.guard_door import SocketDoor
from hantu.settings.server.keeping import Archive, Housekeeping
from hantu.settings.server.notices import NoticeBoard, Report
from hantu.settings.server.pulse import Pulse
from hantu.settings.server.rounds import Rounds
from hantu.settings.server.workshop import JobsWorkshop
from hantu.telemetry import configure, get_logger

SystemLog = get_logger(__name__, "system")
MACHINE: Final = SystemClock()
TIDY_S: Final = 3_600.0
BEAT_S: Final = 1.0
BACKLOG: Final = 256
BEHIND: Final = 5
"""Niceness: the guard that sells goes before the pages that show it; the units of systemd say the same."""
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Accounts:
    """People and programs of one home, for the server and the console."""

    book: Book
    vault: Vault
    desk: SignInDesk
    passkeys: PasskeyDesk
    register: AccountRegister


def accounts_of(settings: Settings, now_s: Callable[[], float] | None = None) -> Accounts:
    """Return the accounts of one home; ``now_s`` is the machine's time unless a test has its own."""
    folder = settings.home / "server"
    book, vault = Book(folder / "server.db", now_s or _machine_s), Vault(folder / "keys")

    alarm = AccessAlarm(settings, book)

    def tell(kind: str, who: str, detail: str) -> None:
        _audited(settings, kind, who, detail)
        alarm.tell(kind, who, detail)

    lifetimes = Lifetimes(settings.server.idle_s, settings.server.absolute_s)
    desk = SignInDesk(book, vault, lifetimes, actor_of=lambda name: actor_of(settings, name), tell=tell)
    passkeys = PasskeyDesk(
        book, relying_party(settings), opens=partial(desk.begin_session, by="passkey"), tell=tell
    )  # fmt: skip
    return Accounts(book, vault, desk, passkeys, AccountRegister(book, tell))


@dataclass(slots=True)
class Office:
    """One server that is put together and not started."""

    house: House
    accounts: Accounts
    pulse: Pulse
    server: Serving
    url: str


def office_of(
    settings: Settings, sources: Sources, report: Report, *, now_s: Callable[[], float] | None = None,
    workshop: Workshop | None = None, static: Path | None = None,
) -> Office:  # fmt: skip
    """Put a server together.

    Raises:
        UsageError: The address cannot be served as it is wished.
    """
    host, port = address_of(settings)
    context = _context(settings, host)
    accounts, hub = accounts_of(settings, now_s), Hub()
    pairs = PairBook(accounts.book)
    door = SocketDoor(settings, MACHINE, lambda: sum(one["state"] == "waiting" for one in pairs.waiting()))
    house = House(
        doorkeeper=accounts.desk, passkeys=accounts.passkeys, register=accounts.register, keys=CommandBook(accounts.book), pairs=pairs, guard=door,
        desk=OrderCounter(settings, door, TokenAlarm(settings)), records=Archive(settings, door, MACHINE),
        notices=NoticeBoard(settings, report), keeping=Housekeeping(settings, sources, door, MACHINE),
        rounds=Rounds(settings, ChecklistBook(accounts.book), door.status), workshop=workshop or JobsWorkshop(settings), hub=hub, clock=MACHINE, draw=_draw,
    )  # fmt: skip
    hosts = {*LOOPBACK, host.strip("[]"), *settings.server.names}
    extra: dict[str, Any] = {} if static is None else {"static": static}
    _, shield = application(house, mono_s=now_s or _mono_s, hosts=hosts, secure=context is not None, **extra)
    scheme = "http" if context is None else "https"
    url = f"{scheme}://{host}:{port}"
    return Office(
        house,
        accounts,
        Pulse(hub, door, settings.database, settings.socket),
        serving(shield, host.strip("[]"), port, context),
        url,
    )


def run_server(settings: Settings, sources: Sources, report: Report, announce: Callable[[str], None]) -> None:
    """Serve in this process until it is told to end.

    Raises:
        UsageError: The address is in use, or may not be served in clear.
        BrokenError: There is no usable folder for the accounts.
    """
    with contextlib.suppress(PermissionError):  # a unit of systemd forbids it, and has given its own weights
        os.nice(BEHIND)
    asyncio.run(_run(settings, sources, report, announce))


async def _run(settings: Settings, sources: Sources, report: Report, announce: Callable[[str], None]) -> None:
    # A folder of its own: two processes must not rotate one file.
    logs = configure(
        settings.home / "server", service="server", level=settings.log.level, now=lambda: MACHINE.now().wall
    )
    for handler in logging.getLogger("hantu").handlers:
        logging.getLogger("uvicorn.error").addHandler(handler)
    try:
        with standing(settings.database):
            await _serve(settings, office_of(settings, sources, report), announce)
    finally:
        logs.close()


async def _serve(settings: Settings, office: Office, announce: Callable[[str], None]) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    line = _bound(*address_of(settings))
    await asyncio.to_thread(office.accounts.book.tidy)
    supervisor = Supervisor(os.environ, _mono_s)
    office.pulse.begin()
    serving_task = asyncio.create_task(office.server.serve([line]), name="uvicorn")
    beats = asyncio.create_task(_beats(supervisor, office.accounts.book), name="beats")
    host, port = line.getsockname()[:2]
    url = f"{office.url.rpartition(':')[0]}:{port}"
    supervisor.ready(f"serving {url}")
    SystemLog.info("서버 열림: %s:%s", host, port)
    announce(f"대시보드와 API: {url}")
    ending = asyncio.create_task(ended.wait(), name="end")
    try:
        await asyncio.wait({serving_task, ending, beats}, return_when=asyncio.FIRST_COMPLETED)
        if beats.done():
            beats.result()
    finally:
        supervisor.stopping()
        # Streams first: they say why, and a browser comes back by itself.
        office.house.hub.end("shutdown")
        office.server.finish()
        await serving_task
        for task in (ending, beats):
            task.cancel()
        await asyncio.gather(ending, beats, return_exceptions=True)
        await office.pulse.close()
        office.accounts.book.close()


async def _beats(supervisor: Supervisor, book: Book) -> None:
    tidied = _mono_s()
    while True:
        supervisor.alive()
        if _mono_s() - tidied > TIDY_S:
            tidied = _mono_s()
            await asyncio.to_thread(book.tidy)
        await asyncio.sleep(BEAT_S)


def address_of(settings: Settings) -> tuple[str, int]:
    """Return host and port.

    Raises:
        UsageError: Not an address.
    """
    host, _, port = settings.server.address.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        raise UsageError(
            f"server.address 의 값 {settings.server.address!r} 을(를) 읽을 수 없습니다.",
            next_step='"127.0.0.1:8700" 처럼 적어 주세요.',
        )
    return host, int(port)


def tls_dir(settings: Settings) -> Path:
    """Return where certificates are."""
    return settings.server.tls_dir or settings.home / "tls"


def relying_party(settings: Settings) -> RelyingParty:
    """Return what passkeys of this server are bound to. Browsers take no numbers for names: localhost is one."""
    server = settings.server
    name = server.passkey_name or next(iter(server.names), "localhost")
    scheme, port = ("https", 443) if _encrypted(settings) else ("http", 80)
    own = address_of(settings)[1]
    return RelyingParty(name, server.passkey_origins or (f"{scheme}://{name}{'' if own == port else f':{own}'}",))


def _encrypted(settings: Settings) -> bool:
    return has_certificate(tls_dir(settings)) if settings.server.tls is None else settings.server.tls


def _context(settings: Settings, host: str) -> Any:
    folder = tls_dir(settings)
    if _encrypted(settings):
        return server_context(folder)
    if not is_loopback(host.strip("[]")):
        raise UsageError(
            f"{host} 은(는) 다른 컴퓨터에도 열리는 주소라 암호화 없이 열지 않습니다.",
            next_step="`hantu tls init` 으로 인증서를 만들거나 server.address 를 127.0.0.1 로 바꾸세요.",
        )
    return None


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    line = socket.socket(family, socket.SOCK_STREAM)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        line.bind((host.strip("[]"), port))
        # From here on whoever comes waits for the first answer instead of being refused.
        line.listen(BACKLOG)
    except OSError as error:
        line.close()
        raise UsageError(
            f"{host}:{port} 을(를) 열 수 없습니다({error.strerror or error}).",
            next_step="다른 프로그램이 그 포트를 쓰는지 확인하거나 server.address 를 바꾸세요.",
        ) from error
    return line


def _audited(settings: Settings, kind: str, who: str, detail: str) -> None:
    """Put what an auditor asks for into the trail; a trail that cannot be written is no reason to lock people out."""
    SystemLog.info("접근: %s %s %s", kind, who, detail)
    if not settings.database.exists():
        return
    try:
        record_operation(settings.database, kind, {"detail": detail}, actor=actor_of(settings, who))
    except HantuError as error:
        SystemLog.error("감사 기록에 적지 못함 (%s %s): %s", kind, who, error)


def _draw() -> str:
    return f"r{secrets.token_hex(10)}"


def _machine_s() -> float:
    return MACHINE.now().wall.timestamp()


def _mono_s() -> float:
    return MACHINE.now().mono
