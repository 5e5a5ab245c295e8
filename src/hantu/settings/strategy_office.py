"""The jobs process, put together and run (``hantu run jobs``): strategies live here, beside the guard.

It needs the database and the guard's price socket, no key of the broker and no secret
that signs orders. Its death ends every strategy with it, and the next one goes on.
"""

import asyncio
import os
import signal
from collections.abc import Callable

from hantu.adapters.clock import FollowedClock, SystemClock
from hantu.adapters.practice_clock import practice_clock
from hantu.adapters.process_lock import ProcessLock
from hantu.domain.errors import BrokenError, DeniedError, RetryableError
from hantu.operations.supervisor import Supervisor
from hantu.settings.model import Settings, StrategySettings
from hantu.settings.strategy_records import StrategyRecords
from hantu.strategies.control import JobsControl
from hantu.strategies.desk import Clocks, Terms
from hantu.strategies.job import JobFiles
from hantu.strategies.meter import Bounds
from hantu.strategies.office import Office
from hantu.strategies.supervision import Limits
from hantu.telemetry import configure

MACHINE = SystemClock()
"""Patience is this machine's; a practice market's clock may run faster or jump."""


def run_jobs(settings: Settings, announce: Callable[[str], None]) -> None:
    """Run strategies in this process's care until it is told to end.

    Raises:
        DeniedError: Another jobs process runs for this home.
        BrokenError: There is no database.
    """
    lock = ProcessLock(settings.home / "jobs.lock")
    try:
        lock.acquire()
    except DeniedError as error:
        raise DeniedError(
            f"작업 프로세스가 이미 실행 중입니다: {settings.home}", next_step="`hantu jobs list`로 확인하세요."
        ) from error
    try:
        asyncio.run(_run(settings, announce))
    finally:
        lock.release()


def terms_of(settings: Settings) -> Terms:
    """Return what the configuration says about strategies."""
    wanted: StrategySettings = settings.strategies
    return Terms(
        settings.strategy_dir.absolute(),
        Limits(wanted.check_s, wanted.timeout_s, wanted.restart_wait_s, wanted.restarts_max, wanted.healthy_s),
        Bounds(wanted.memory_mb, wanted.cpu_percent, wanted.cpu_window_s),
        wanted.proposals_per_hour,
    )


async def _run(settings: Settings, announce: Callable[[str], None]) -> None:
    clock = await _clock(settings)
    # A folder of its own: two processes must not rotate one file.
    logs = configure(settings.home / "jobs", service="jobs", level=settings.log.level, now=lambda: clock.now().wall)
    try:
        await _serve(settings, clock, announce)
    finally:
        logs.close()


async def _clock(settings: Settings) -> SystemClock | FollowedClock:
    if settings.environment != "local":
        return MACHINE
    try:
        return await practice_clock(settings.kis.rest_url)
    except RetryableError:
        return MACHINE


async def _serve(settings: Settings, clock: SystemClock | FollowedClock, announce: Callable[[str], None]) -> None:
    if not settings.database.exists():
        # Never a new file: the guard would take it for records that were lost.
        raise BrokenError(
            f"데이터베이스 파일이 없습니다: {settings.database}",
            next_step="`hantu run guard`나 `hantu db init`이 먼저입니다.",
        )
    supervisor = Supervisor(os.environ, lambda: MACHINE.now().mono)
    records = StrategyRecords(settings, clock.now, lambda: MACHINE.now().mono)
    office = Office(
        JobFiles(settings.state_dir), records, terms_of(settings), Clocks(clock.now, MACHINE.now),
        settings.market_socket, settings.strategies.sample_s,
    )  # fmt: skip
    office.on_pulse = supervisor.alive
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    control = JobsControl(settings.jobs_socket, office)
    await office.open()
    await control.open()
    watch = asyncio.create_task(office.run(), name="jobs")
    supervisor.ready(f"{len(office.desks)} jobs")
    announce(f"전략 작업을 돌봅니다 (작업 {len(office.desks)}개, 파일 {settings.strategy_dir}).")
    try:
        await ended.wait()
    finally:
        supervisor.stopping()
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        await control.close()
        await office.close()
