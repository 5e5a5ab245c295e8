"""The one place that knows concrete classes: puts a guard together and runs it.

Entry point: ``run_guard``. A guard that meets a bug of its own ends its life
and begins a new one, which starts with recovery; after too many lives in an
hour it stays down and says so.
"""

import asyncio
import gc
import logging
import math
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from hantu.adapters.broker.checks.authority import Lease
from hantu.adapters.broker.door import Door
from hantu.adapters.broker.trading_days import trading_calendar
from hantu.adapters.clock import FollowedClock, SystemClock
from hantu.adapters.kill_switch import Switch
from hantu.adapters.kill_watch import KillRows
from hantu.adapters.market_tap import MarketTap
from hantu.adapters.notify.console import LogNotifier
from hantu.adapters.notify.last_word import close, last_word, or_told
from hantu.adapters.practice_clock import practice_clock
from hantu.adapters.process_lock import ProcessLock, account_lock
from hantu.adapters.store.recoveries import left_stopped
from hantu.adapters.store.stand_in import StandIn
from hantu.adapters.store.store import SqliteStore
from hantu.adapters.tape.writer import FileTape
from hantu.adapters.watches import watch_kill_file, watch_watchlist
from hantu.alerting.bursts import RejectionBurst
from hantu.alerting.moments import LogLine
from hantu.alerting.rules import Context, alerts_of, category_of, operations_alert, unrecordable
from hantu.domain.alert import Alert
from hantu.domain.commands import StartMonitoring
from hantu.domain.errors import BrokenError, DeniedError, FencedError, HantuError
from hantu.domain.events import Fact
from hantu.domain.instant import Instant
from hantu.domain.session import Calendar, trading_date
from hantu.engine.engine import Engine
from hantu.engine.journey import State
from hantu.kis.environment import EnvironmentName, KisEnvironment
from hantu.ports import Clock, Notifier
from hantu.runtime.dispatcher import Dispatcher
from hantu.runtime.guard import Guard
from hantu.runtime.performer import Performer
from hantu.runtime.record_watch import RecordWatch
from hantu.runtime.taped_engine import TapedEngine
from hantu.settings.audit_trail import AuditTrail, SignedHead
from hantu.settings.calendar_file import load_calendar
from hantu.settings.channels import notifiers_of, text_message_of
from hantu.settings.day_tape import day_tape
from hantu.settings.engine_config import engine_config
from hantu.settings.guard_control import all_calls, control_socket
from hantu.settings.health_office import health_office, told_both
from hantu.settings.kis_environment import kis_environment
from hantu.settings.life import Life, Makers
from hantu.settings.model import Settings
from hantu.settings.order_door import order_door
from hantu.settings.order_office import Guarded, order_office
from hantu.settings.order_secret import token_key
from hantu.settings.people import actor_of
from hantu.settings.phone_office import phone_office
from hantu.settings.sealing import keep_account, require_own_records
from hantu.telemetry import Logs, configure, get_logger

SystemLog = get_logger(__name__, "system")
LIVES_PER_HOUR = 5
HOUR_S = 3_600.0
DRAIN_S = 2.0
GC_THRESHOLD = 20_000
"""New objects between two looks for cycles: an order must rarely meet one."""
SWITCH_S = 0.0005
"""A thread that holds the interpreter gives way after so long: an order's loop waits for the store's thread, and it for
the loop. Python's own five milliseconds are longer than an order takes."""
EXIT_DONE, EXIT_DENIED = 0, 3


def run_guard(settings: Settings, *, start_now: bool = False, announce: Callable[[str], None] | None = None) -> int:
    """Run the guard in this process until it is told to end; return the exit code.

    Raises:
        DeniedError: Another guard runs for this account, or the records are of another account.
        UsageError: The secret that signs order tokens is missing or too short.
        HantuError: Something must be put right first; says what.
    """
    environment = kis_environment(settings)
    host = urlsplit(environment.rest_url).netloc
    lock = ProcessLock(settings.lock_file, account_lock(environment.credentials.account, host))
    lock.acquire()
    try:
        # After the lock, which says in words what is wrong with the folder.
        token_key(settings)
        require_own_records(settings, environment)
        sys.setswitchinterval(SWITCH_S)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(_lives(settings, environment, start_now, announce or (lambda _: None)))
    finally:
        lock.release()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return the faster event loop where it is installed."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _lives(
    settings: Settings, environment: KisEnvironment, start_now: bool, announce: Callable[[str], None]
) -> int:
    clock = await practice_clock(environment.rest_url) if environment.name is EnvironmentName.LOCAL else SystemClock()
    logs = configure(settings.home, service="guard", level=settings.log.level, now=lambda: clock.now().wall)
    try:
        births: list[float] = []
        while True:
            births = [at for at in births if at > time.monotonic() - HOUR_S]
            if len(births) >= LIVES_PER_HOUR:
                told = operations_alert(
                    "health_degraded", f"감시가 한 시간에 {LIVES_PER_HOUR}번 오류로 끝나 멈췄습니다"
                )
                await last_word(notifiers_of(settings)[0], told)
                raise BrokenError(
                    f"감시가 한 시간에 {LIVES_PER_HOUR}번 오류로 끝나 다시 시작하지 않습니다.",
                    next_step="`hantu logs --level ERROR`로 원인을 확인한 뒤 `hantu monitor start`로 시작하세요.",
                )
            births.append(time.monotonic())
            reason = await _one_life(settings, environment, clock, logs, start_now, announce)
            if reason != "bug":
                return EXIT_DENIED if reason == "fenced" else EXIT_DONE
            announce("내부 오류로 감시를 다시 시작합니다 - 복구부터 진행")
    finally:
        logs.close()


async def _one_life(
    settings: Settings,
    environment: KisEnvironment,
    clock: SystemClock | FollowedClock,
    logs: Logs,
    start_now: bool,
    announce: Callable[[str], None],
) -> str:
    life = await build(settings, environment, clock, logs, announce)
    trail = AuditTrail(settings, clock, life.dispatcher.post, life.signed).begin()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, life.guard.end, "signal")
    try:
        await begin(life, settings, start_now=start_now)
        life.tasks.append(asyncio.create_task(asyncio.to_thread(keep_account, settings, environment), name="account"))
        # After start-up nothing old is ever garbage: spare the loop those collections.
        gc.collect()
        gc.freeze()
        gc.set_threshold(GC_THRESHOLD)
        return await life.guard.run()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        await end(life)
        await trail.close()


async def begin(life: Life, settings: Settings, *, start_now: bool) -> None:
    """Start a life: recovery first, then everything that runs beside the guard."""
    clock = life.clock
    await life.control.open()
    started = await or_told(life.store.load(trading_date(clock.now().wall)), life.notifiers[0])
    life.performer.epoch = started.epoch
    life.door.recall(started.facts, clock.now())
    looks = life.looks
    rows = KillRows(
        life.store, settings.database, life.switch, life.guard.deliver,
        look_s=looks.kill_rows_s, read_anyway_s=looks.kill_rows_anyway_s, copy_s=looks.kill_copy_s,
    )  # fmt: skip
    await rows.begin()
    life.guard.deliver(started)
    rows.compare(life.engine.book.kill, records_existed=life.switch.records_existed)
    life.switch.level = life.engine.book.kill
    if life.office is not None:
        await life.office.open()
    if life.health is not None:
        await life.health.open()
    if life.stand_in is not None:
        await life.stand_in.begin()
    if life.tap is not None:
        life.tap.open()
    life.tasks = [
        asyncio.create_task(life.dispatcher.run(), name="dispatcher"),
        asyncio.create_task(
            watch_kill_file(
                settings.kill_file, lambda: life.engine.book.kill, life.guard.deliver, every_s=looks.kill_file_s
            ),
            name="kill file",
        ),
        asyncio.create_task(rows.watch(), name="kill rows"),
        asyncio.create_task(rows.keep_copy(life.engine.book), name="kill copy"),
        asyncio.create_task(
            watch_watchlist(
                life.store,
                lambda: trading_date(clock.now().wall),
                life.engine.desk.watchlist,
                life.guard.deliver,
                every_s=looks.watchlist_s,
            ),
            name="watch list",
        ),
        asyncio.create_task(_warm(life), name="warm"),
        asyncio.create_task(life.records.begin(), name="records"),
    ]
    stand_in = life.stand_in
    if stand_in is not None:
        life.tasks.append(asyncio.create_task(stand_in.watch(life.dispatcher.hint), name="stand-in"))
        # Where a notifier lives it takes the commands: with it they work beside a guard that hangs.
        phone = phone_office(settings, lambda: stand_in.whole)
        if phone is not None:
            life.tasks.append(asyncio.create_task(phone.run(), name="phone"))
    if start_now and life.engine.book.state is State.IDLE:
        life.guard.deliver(StartMonitoring(actor_of(settings)))


async def build(
    settings: Settings,
    environment: KisEnvironment,
    clock: SystemClock | FollowedClock,
    logs: Logs,
    announce: Callable[[str], None],
    makers: Makers | None = None,
) -> Life:
    """Put one life together; nothing runs yet.

    Raises:
        BrokenError: The database cannot be used.
    """
    # Looked up now: a benchmark puts its own classes in the place of guard and store.
    made = Makers(
        store=SqliteStore, guard=Guard, tape=FileTape, office=order_office, health=health_office, stand_in=StandIn,
        tap=MarketTap,
    )  # fmt: skip
    makers = makers or made
    store = makers.store(
        settings.database, clock, holder=f"{socket.gethostname()}:{os.getpid()}", account_alias=settings.account.alias,
        environment=settings.environment, spill_dir=settings.spill_dir, category_of=category_of,
    )  # fmt: skip
    switch = Switch(settings.kill_file, records_existed=settings.database.exists())
    await _open_store(store, settings)
    calendar = load_calendar(settings.calendar.override_file, always_open=settings.calendar.always_open)
    engine_box: list[Engine] = []
    door = _door(settings, environment, store, switch, engine_box)
    broker = makers.broker(environment, door, clock, settings.token_dir)
    config = engine_config(
        settings, environment, await trading_calendar(calendar, broker, trading_date(clock.now().wall))
    )
    config = replace(config, mandate_required=makers.office is not None)
    troubles: list[Callable[[str], object]] = []
    tape = day_tape(settings, environment, makers.tape, troubles)
    engine = Engine(config) if tape is None else TapedEngine(config, tape)
    engine_box.append(engine)
    guard = makers.guard(
        engine=engine, clock=clock, announce=partial(_say, announce),
        on_kill=lambda level: setattr(switch, "level", level),
    )  # fmt: skip
    tap = makers.tap(settings.market_socket) if makers.tap else None
    feed = makers.feed(environment, clock, guard.deliver, calm=guard.calm, tap=tap and tap.offer)
    notifiers = (makers.notifier(settings),) if makers.notifier else notifiers_of(settings)
    stand_in = makers.stand_in(settings.database, store) if makers.stand_in else None
    dispatcher = _dispatcher(settings, makers, store, clock, config.calendar, notifiers, stand_in)
    burst, signed = RejectionBurst(), SignedHead()

    def alerts(fact: Fact, now: Instant) -> tuple[Alert, ...]:
        return alerts_of(fact, Context(now.wall, signed.line)) + burst.note(fact, now.mono)

    around = Guarded(engine, broker, clock, guard.deliver, switch.now, dispatcher.post, announce)
    office = makers.office and makers.office(settings, around)
    if office is not None:
        guard.on_fact, door.token_flaw = office.desk.note, office.desk.flaw
    health = makers.health and makers.health(settings, guard, store, broker, dispatcher, clock)
    if health is not None:
        guard.on_fact = told_both(guard.on_fact, health.measures.note)
    if office is not None and health is not None:
        office.metrics = health.page
    performer = Performer(
        store=store, broker=broker, feed=feed, clock=clock, alerts_of=alerts, deliver=guard.deliver,
        on_alerts=dispatcher.hint, on_denied=lambda error: _denied(guard, switch, error),
        on_unrecordable=lambda reason: dispatcher.post(unrecordable(reason)),
        authorize=office.desk.authorize if office else None,
    )  # fmt: skip
    guard.performer, switch.deliver, performer.right_of_way = performer, guard.deliver, dispatcher.right_of_way
    watch = RecordWatch(store, clock, guard.deliver, dispatcher.hint, partial(left_stopped, settings.database))
    make = partial(makers.control, calls=all_calls(office, health, clock, dispatcher.post))
    control = control_socket(settings, clock, logs, guard, dispatcher, make, health.status if health else None)
    loop = asyncio.get_running_loop()
    troubles.append(lambda reason: loop.call_soon_threadsafe(_tape_stopped, dispatcher, reason))
    parts = (guard, engine, performer, store, broker, feed, dispatcher, control, notifiers, clock, switch, watch, door)
    return Life(*parts, signed, tape=tape, office=office, health=health, looks=makers.looks, stand_in=stand_in, tap=tap)


def _say(announce: Callable[[str], None], line: LogLine) -> None:
    get_logger("hantu.guard", line.kind).log(logging.getLevelNamesMapping()[line.level], line.text)
    if line.level == "DEBUG":
        return
    try:
        announce(line.text)
    except OSError as error:
        # A full disk or a terminal that is gone; whatever follows the line, an order's end among it, goes on.
        get_logger("hantu.guard", "system").warning("화면에 쓸 수 없음: %s", error)


def _dispatcher(
    settings: Settings,
    makers: Makers,
    store: SqliteStore,
    clock: Clock,
    calendar: Calendar,
    told: Sequence[Notifier],
    stand_in: StandIn | None,
) -> Dispatcher:
    return Dispatcher(
        store, told[0], clock, fallbacks=(*told[1:], LogNotifier()), sms=text_message_of(settings), desk=store.desk,
        calendar=calendar, poll_s=makers.looks.outbox_s, charge=stand_in,
    )  # fmt: skip


def _tape_stopped(dispatcher: Dispatcher, reason: str) -> None:
    SystemLog.warning("테이프 중단 - 감시는 계속합니다: %s", reason)
    dispatcher.post(operations_alert("health_degraded", f"테이프 기록 중단, 감시는 계속합니다: {reason}", key="tape"))


async def _open_store(store: SqliteStore, settings: Settings) -> None:
    """Open the database; a failure is told to a person without needing it (ALR-23)."""
    try:
        await store.open()
    except BrokenError as error:
        SystemLog.error("[ERROR] Database initialization failed: %s", error)
        await last_word(notifiers_of(settings)[0], operations_alert("db_init_failed", str(error)))
        raise


def _door(
    settings: Settings, environment: KisEnvironment, store: SqliteStore, switch: Switch, engine_box: list[Engine]
) -> Door:
    return order_door(
        settings, environment, kill=switch.now,
        # One machine, one lock: the operating system's lock is the fence, a newer epoch ends us.
        lease=lambda: Lease(store.epoch, 0.0 if switch.fenced else math.inf),
        desk=lambda: engine_box[0].desk if engine_box else None, on_breach=switch.breached,
    )  # fmt: skip


async def end(life: Life) -> None:
    """End a life in order: no new work, the line closed, everything recorded."""
    for task in life.tasks:
        task.cancel()
    await asyncio.gather(*life.tasks, return_exceptions=True)
    if life.health is not None:
        await life.health.close()
    if life.office is not None:
        await life.office.close()
    await life.feed.close()
    if life.tap is not None:
        life.tap.close()
    await life.performer.drain(DRAIN_S)
    await life.performer.cancel_all()
    await life.dispatcher.drain(DRAIN_S)
    await life.control.close()
    await life.broker.close()
    for notifier in life.notifiers:
        await close(notifier)
    if life.tape is not None:
        life.tape.close()
    # A life that a bug ended is one to recover from, however orderly its parts were closed.
    await life.store.close(clean=life.guard.end_reason != "bug")


async def _warm(life: Life) -> None:
    try:
        await life.broker.warm()
    except HantuError as error:
        SystemLog.warning("사전 연결 실패: %s", error)


def _denied(guard: Guard, switch: Switch, error: DeniedError) -> None:
    if isinstance(error, FencedError):
        switch.fenced = True
        SystemLog.error("권한 상실 - 다른 감시가 이어받았습니다: %s", error)
        guard.end("fenced")
        return
    # A commit that failed may have left its row. The record is believed, not our memory: the next life reads it.
    SystemLog.error("기록과 판단이 다릅니다 - 복구부터 다시 시작: %s", error)
    guard.end("bug")
