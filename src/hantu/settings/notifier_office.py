"""The notifier: a process that only tells people, put together and run (``hantu run notifier``).

It needs the database and the channels, no key of the broker and no right to place
orders. It delivers while its sign of life reaches the database; when it does not,
the guard takes it for gone and delivers itself, so this process keeps still.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence

from hantu.adapters.clock import FollowedClock, SystemClock
from hantu.adapters.notify.console import LogNotifier
from hantu.adapters.notify.last_word import close
from hantu.adapters.practice_clock import practice_clock
from hantu.adapters.store.roles import BEAT_S, STALE_S, holder_name
from hantu.adapters.store.shared_outbox import SharedOutbox
from hantu.domain.alert import Priority
from hantu.domain.errors import BrokenError, DeniedError, HantuError, RetryableError
from hantu.operations.supervisor import Supervisor
from hantu.ports import PendingAlert
from hantu.runtime.dispatcher import Dispatcher
from hantu.settings.calendar_file import load_calendar
from hantu.settings.channels import notifiers_of, text_message_of
from hantu.settings.model import Settings
from hantu.settings.phone_office import phone_office
from hantu.telemetry import configure, get_logger

SystemLog = get_logger(__name__, "system")
MACHINE = SystemClock()
"""Signs of life are of this machine; a practice market's clock may run faster or jump."""
POLL_S = 0.05
"""Real seconds between looks at whether somebody wrote."""
MARGIN_S = 0.5
"""It stops that much before the guard may take it for gone."""
STUCK_S = 60.0
"""Real seconds one message may take, all channels of its ladder included, before it counts as standing still."""
DRAIN_S = 2.0
CLAIMED_MAX = 2_000
URGENT = (Priority.EMERGENCY, Priority.HIGH)


class Duty:
    """Implements ``ports.Charge`` for the notifier: everything while its sign of life is on record, else nothing."""

    def __init__(self, outbox: SharedOutbox, mono_s: Callable[[], float]) -> None:
        self.turn = 0
        self._outbox = outbox
        self._mono_s = mono_s
        self._beat_at = self._moved_at = mono_s()
        self._claimed: dict[int, None] = {}
        self._ok = True

    @property
    def whole(self) -> bool:
        """Whether the guard surely sees this process live."""
        return self._mono_s() < self._beat_at + STALE_S - MARGIN_S

    async def ours(self, waiting: Sequence[PendingAlert], _wake: Callable[[], None]) -> tuple[PendingAlert, ...]:
        """Return what waits, marked as taken where it is urgent; nothing while the guard may be sending it."""
        self._moved_at = self._mono_s()
        fresh = [one.alert_id for one in waiting if one.alert.priority in URGENT and one.alert_id not in self._claimed]
        if fresh and self.whole:
            try:
                await self._outbox.claim(tuple(fresh))
            except BrokenError as error:
                # Told twice is better than late: the guard may send it too, with the same key.
                SystemLog.warning("알림을 맡는다고 적지 못함: %s", error)
            else:
                self._claimed |= dict.fromkeys(fresh)
        while len(self._claimed) > CLAIMED_MAX:
            del self._claimed[next(iter(self._claimed))]
        # Asked after the write: what froze meanwhile is not the same any more.
        return tuple(waiting) if self.whole else ()

    async def beat(self) -> None:
        """Show a sign of life, unless delivery stands still.

        Raises:
            DeniedError: Another notifier has taken over.
        """
        asked_at = self._mono_s()
        if asked_at > self._moved_at + STUCK_S:
            return
        try:
            held = await self._outbox.beat(MACHINE.now().wall)
        except BrokenError as error:
            if self._ok:
                SystemLog.error("생존 신호를 적지 못함 - 감시가 직접 알림: %s", error)
            self._ok = False
            return
        if not held:
            raise DeniedError(
                "다른 알림 프로세스가 이어받았습니다.", next_step="`hantu health`로 실행 중인 프로세스를 확인하세요."
            )
        self._ok = True
        if asked_at - self._beat_at > STALE_S:
            SystemLog.warning("%.1f초 동안 멈춰 있었음 - 그사이 감시가 보낸 것을 다시 읽음", asked_at - self._beat_at)
            self.turn += 1
            self._outbox.forget()
        # Counted from before the write: the guard counts from after it.
        self._beat_at = asked_at


def run_notifier(settings: Settings, announce: Callable[[str], None]) -> None:
    """Deliver alerts in this process until it is told to end.

    Raises:
        DeniedError: Another notifier runs, or has taken over.
        BrokenError: There is no usable database.
        UsageError: A channel's settings cannot be used.
    """
    asyncio.run(_run(settings, announce))


async def _run(settings: Settings, announce: Callable[[str], None]) -> None:
    clock = await _clock(settings)
    # A folder of its own: two processes must not rotate one file.
    logs = configure(
        settings.home / "notifier", service="notifier", level=settings.log.level, now=lambda: clock.now().wall
    )
    try:
        await _serve(settings, clock, announce)
    finally:
        logs.close()


async def _clock(settings: Settings) -> SystemClock | FollowedClock:
    """Return the market's clock; telling people does not depend on an exchange that answers."""
    if settings.environment != "local":
        return MACHINE
    try:
        return await practice_clock(settings.kis.rest_url)
    except RetryableError:
        return MACHINE


async def _serve(settings: Settings, clock: SystemClock | FollowedClock, announce: Callable[[str], None]) -> None:
    channels = notifiers_of(settings)
    sms = text_message_of(settings)
    outbox = SharedOutbox(settings.database, clock, holder_name())
    supervisor = Supervisor(os.environ, _mono_s)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    await outbox.open(MACHINE.now().wall)
    duty = Duty(outbox, _mono_s)
    dispatcher = Dispatcher(
        outbox, channels[0], clock, fallbacks=(*channels[1:], LogNotifier()), sms=sms, desk=outbox.desk,
        calendar=load_calendar(settings.calendar.override_file, always_open=settings.calendar.always_open),
        charge=duty,
    )  # fmt: skip
    tasks = [
        asyncio.create_task(dispatcher.run(), name="dispatcher"),
        asyncio.create_task(_listen(outbox, dispatcher), name="outbox"),
        asyncio.create_task(_beats(duty, supervisor), name="beats"),
    ]
    phone = phone_office(settings, lambda: duty.whole)
    if phone is not None:
        tasks.append(asyncio.create_task(phone.run(), name="phone"))
    supervisor.ready(f"telling by {channels[0].name}")
    announce(f"알림을 보냅니다 ({', '.join(one.name for one in channels)}).")
    ending = asyncio.create_task(ended.wait(), name="end")
    try:
        done, _ = await asyncio.wait({*tasks, ending}, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {ending}:
            task.result()
    finally:
        supervisor.stopping()
        for task in (*tasks, ending):
            task.cancel()
        await asyncio.gather(*tasks, ending, return_exceptions=True)
        if ended.is_set():
            await dispatcher.drain(DRAIN_S)
        try:
            await outbox.close()
        except HantuError as error:
            SystemLog.warning("끝을 적지 못함: %s", error)
        for one in (*channels, *((sms,) if sms else ())):
            await close(one)


async def _listen(outbox: SharedOutbox, dispatcher: Dispatcher) -> None:
    while True:
        if outbox.changed():
            dispatcher.hint()
        await asyncio.sleep(POLL_S)


async def _beats(duty: Duty, supervisor: Supervisor) -> None:
    while True:
        await duty.beat()
        if duty.whole:
            supervisor.alive()
        await asyncio.sleep(BEAT_S)


def _mono_s() -> float:
    return MACHINE.now().mono
