"""``hantu up``: guard, notifier, server and jobs together, looked after in one terminal."""

import json
import os
import signal
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, Final

import typer

from hantu.adapters.process_lock import ProcessLock
from hantu.cli.background import hantu_command
from hantu.cli.caretaker import GUARD, Caretaker
from hantu.cli.processes import running, up_file, up_lock, up_owner
from hantu.cli.shell import Shell
from hantu.cli.texts.up_words import up_words
from hantu.cli.up_clerk import clerk_of
from hantu.cli.up_view import view_of
from hantu.cli.wards import Happening, NotifyLine, Role, Ward
from hantu.domain.errors import DeniedError, HantuError, UsageError
from hantu.operations.supervisor import Supervisor
from hantu.telemetry import configure, get_logger, mask

SystemLog = get_logger(__name__, "system")
ROLES: Final = (
    # As the units in deploy/systemd have it; a start of the guard may include the wait for a busy disk.
    Role(GUARD, watchdog_s=30.0, start_s=120.0, stop_s=30.0, always=False),
    Role("notifier", watchdog_s=120.0),
    Role("server", watchdog_s=60.0),
    Role("jobs", watchdog_s=60.0, stop_s=20.0),
)
"""In the order of their start: the guard makes the records the others read."""
END_ORDER: Final = ("jobs", "server", GUARD, "notifier")
"""Nothing new is proposed or asked for, then the guard ends, and what it says last is still delivered."""
Without = Annotated[list[str] | None, typer.Option("--without", show_default=False)]


def up(ctx: typer.Context, without: Without = None) -> int:
    """Start everything in order, look after it, and end it in order."""
    shell: Shell = ctx.obj
    roles = wanted(without or [])
    settings = shell.settings
    _check(shell, [role.name for role in roles])
    lock = ProcessLock(up_lock(settings.home))
    try:
        lock.acquire()
    except DeniedError as error:
        raise DeniedError(
            f"`hantu up` 이 이미 실행 중입니다 (PID {up_owner(settings.home)}).",
            next_step="`hantu status` 로 확인하거나, 그 터미널에서 Ctrl-C 로 끝낸 뒤 다시 실행하세요.",
        ) from error
    logs = configure(settings.home / "up", service="up", level=settings.log.level, now=lambda: datetime.now(UTC))
    try:
        with tempfile.TemporaryDirectory(prefix="hantu-up-") as folder:
            return _run(shell, roles, Path(folder))
    finally:
        up_file(settings.home).unlink(missing_ok=True)
        logs.close()
        lock.release()


def wanted(without: list[str]) -> list[Role]:
    """Return the roles to start.

    Raises:
        UsageError: A role that does not exist, or nothing is left.
    """
    known = [role.name for role in ROLES]
    foreign = [name for name in without if name not in known]
    if foreign:
        raise UsageError(
            f"그런 프로세스는 없습니다: {foreign[0]}", next_step=f"다음 중에서 고르세요: {', '.join(known)}"
        )
    roles = [role for role in ROLES if role.name not in without]
    if not roles:
        raise UsageError("시작할 프로세스가 없습니다.", next_step="--without 을 줄이세요.")
    return roles


def _check(shell: Shell, names: list[str]) -> None:
    """Refuse before anything is started: what is missing, or runs already.

    Raises:
        UsageError: The broker cannot be talked to as configured.
        DeniedError: One of them runs for this home.
    """
    settings = shell.settings
    if up_owner(settings.home):
        return  # its lock says so, better than a list of its processes
    # Whatever listens at the server's address without a word may be anybody; the server itself says so then.
    held = [one for one in running(settings) if one.state == "running" or (one.state == "silent" and one.pid)]
    found = [one for one in held if one.role in names]
    if found:
        words = up_words(shell.lang)
        there = ", ".join(words.roles[one.role] + (f" (PID {one.pid})" if one.pid else "") for one in found)
        raise DeniedError(
            f"이미 실행 중입니다: {there}.",
            next_step="그것을 끝낸 뒤 다시 실행하세요(감시는 `hantu monitor stop`). 그대로 두려면: hantu up "
            + " ".join(f"--without {one.role}" for one in found),
        )
    if GUARD in names:
        from hantu.cli.monitor import check_practice
        from hantu.settings.checks import check_ready

        check_practice(shell)
        check_ready(settings)


def _run(shell: Shell, roles: list[Role], folder: Path) -> int:
    settings, words = shell.settings, up_words(shell.lang)
    named = ("--config", str(shell.config)) if shell.config is not None else ()
    wards = [
        Ward(
            role, hantu_command("run", role.name, *named), shell.environ,
            settings.home / "logs" / f"{role.name}.out", NotifyLine(folder / role.name),
        )
        for role in roles
    ]  # fmt: skip
    manager = Supervisor(os.environ, time.monotonic)
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    with clerk_of(shell) as clerk, view_of(shell, words, wards) as view:
        view.say(words.opening.format(roles=", ".join(words.roles[role.name] for role in roles), home=settings.home))
        clerk.note("up_started", {"processes": [role.name for role in roles]})

        def tell(told: Happening) -> None:
            told = Happening(told.role, told.kind, mask(told.detail), mask(told.step), told.wait_s, told.pid)
            view.tell(told)
            clerk.tell(told)
            _write_down(settings.home, wards, told)
            if told.kind == "ready" and all(ward.state.answered for ward in wards):
                manager.ready(f"{len(wards)} processes")

        def show() -> None:
            manager.alive()
            view.show(time.monotonic())

        def asked_to_end() -> bool:
            if ended.is_set():
                manager.stopping()
                view.say(words.ending)
            return ended.is_set()

        ours = [role.name for role in roles]
        code = Caretaker(wards, [name for name in END_ORDER if name in ours], tell, show).run(asked_to_end)
        clerk.note("up_ended", {"code": code})
    if code in (2, 3):
        # The guard said no before anything else began: its words and its code are ours.
        guard = wards[0]
        _raise_as(code, guard)
    shell.note(words.ended)
    return code


def _raise_as(code: int, guard: Ward) -> None:
    from hantu.cli.background import last_error

    message, step = last_error(guard.output)
    kind: type[HantuError] = UsageError if code == 2 else DeniedError
    raise kind(
        message or f"감시가 시작하지 않겠다고 했습니다(종료 코드 {code}).",
        next_step=step or f"`tail {guard.output}` 을 확인하세요.",
    )


def _write_down(home: Path, wards: list[Ward], told: Happening) -> None:
    """Let `hantu status` know what is looked after; a disk that does not take it costs only that."""
    now = time.monotonic()
    shown = {
        ward.role.name: {
            "state": ward.state.value, "pid": ward.pid, "restarts": ward.restarts.total, "for_s": round(now - ward.since, 1),
            "detail": told.detail if told.role == ward.role.name else "",
        }
        for ward in wards
    }  # fmt: skip
    part = up_file(home).with_suffix(".part")
    try:
        part.write_text(json.dumps({"pid": os.getpid(), "processes": shown}, ensure_ascii=False), encoding="utf-8")
        part.replace(up_file(home))
    except OSError as error:
        SystemLog.warning("돌보는 프로세스의 목록을 적지 못함: %s", error)
