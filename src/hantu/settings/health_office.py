"""From settings to everything that watches the guard from inside: observer, metrics, signs of life."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hantu.__about__ import __version__
from hantu.adapters.broker.gateway import KisBroker
from hantu.adapters.clock import SystemClock
from hantu.adapters.dead_man import DeadMan
from hantu.adapters.metrics_http import MetricsHttp
from hantu.adapters.store.samples import write_samples
from hantu.adapters.store.stand_in import StandIn
from hantu.adapters.store.store import SqliteStore
from hantu.alerting.rules import Context, alerts_of, operations_alert
from hantu.domain.alert import Alert
from hantu.domain.errors import UsageError
from hantu.domain.events import AlertTest, Fact
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.session import Calendar
from hantu.operations import machine
from hantu.operations.measures import EXITS, Measures
from hantu.operations.observer import Observer, Rules, World
from hantu.operations.supervisor import Supervisor
from hantu.ports import BarRow, Batch, Clock, HealthRow, MetricRow, Presence
from hantu.runtime.control import Call
from hantu.runtime.dispatcher import Dispatcher
from hantu.runtime.guard import Guard
from hantu.settings.channel_watch import ChannelWatch
from hantu.settings.checks import control_address, metrics_address
from hantu.settings.incident_duty import IncidentDuty
from hantu.settings.model import Settings
from hantu.settings.morning_duty import MorningDuty, wanted
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
MACHINE = SystemClock()
"""Intervals and ages are this machine's; a practice market's clock may run faster or jump."""
RUN_MAX, TEXT_MAX = 64, 200
ORDER = "order"
"""Name of the order call among the endpoints."""


@dataclass(slots=True)
class HealthOffice:
    """Looks, shows and signals; one for each life of a guard."""

    settings: Settings
    observer: Observer
    measures: Measures
    supervisor: Supervisor
    page: Callable[[], bytes] | None
    """The metrics page; None where no address shows it."""
    post: Callable[[Alert], None]
    clock: Clock
    calendar: Callable[[], Calendar]
    record: Callable[[tuple[Fact, ...], Instant], Awaitable[None]]
    """Put facts on record, with the alerts they raise."""
    channels: ChannelWatch
    dead_man: DeadMan | None = None
    _http: MetricsHttp | None = None
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    @property
    def calls(self) -> Mapping[str, Call]:
        """Commands of the control socket."""
        return {"alert_test": self._test_alert}

    async def _test_alert(self, args: dict[str, Any], client: str) -> dict[str, Any]:
        run = str(args.get("run", ""))[:RUN_MAX]
        await self.record((AlertTest(run, str(args.get("text", ""))[:TEXT_MAX], client),), self.clock.now())
        return {"run": run}

    async def open(self) -> None:
        """Begin to look; the service manager hears that the start is done."""
        address = metrics_address(self.settings)
        if address is not None and self.page is not None:
            self._http = MetricsHttp(address, self.page)
            try:
                await self._http.open()
            except UsageError as error:
                # Numbers are no reason not to guard.
                SystemLog.error("측정값을 보여 주지 못함, 감시는 계속합니다: %s", error)
                self.post(operations_alert("health_degraded", str(error), key="health_degraded:metrics"))
        self._tasks.append(asyncio.create_task(self.observer.run(), name="health"))
        duty = IncidentDuty(self.settings, self.post)
        self._tasks.append(asyncio.create_task(duty.run(), name="incidents"))
        self._tasks.append(asyncio.create_task(self.channels.run(), name="channels"))
        if wanted(self.settings):
            morning = MorningDuty(self.settings, self.clock, self.calendar, self.post)
            self._tasks.append(asyncio.create_task(morning.run(), name="morning"))
        self.supervisor.ready(f"guarding {self.settings.account.alias} ({self.settings.environment})")

    async def close(self) -> None:
        """Stop looking; the manager hears of an end that was asked for, not of a new life after a bug."""
        if self.observer.asked_to_end:
            self.supervisor.stopping()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.observer.finish()
        if self.dead_man is not None:
            await self.dead_man.close()
        if self._http is not None:
            await self._http.close()

    def status(self) -> dict[str, Any]:
        """Return the picture for the control socket."""
        return {**self.observer.picture(), "process": machine.identity()}


def health_office(
    settings: Settings, guard: Guard, store: SqliteStore, broker: KisBroker, dispatcher: Dispatcher, clock: Clock
) -> HealthOffice:
    """Return what watches one life of a guard; nothing runs yet, but the guard reports to it from now on."""
    measures = Measures(_mono_s, _wall_s)
    supervisor = Supervisor(os.environ, _mono_s)
    exposition = None
    if settings.metrics.enabled and (control_address(settings) or metrics_address(settings)):
        # Only who shows metrics pays for the library.
        from hantu.operations.exposition import Exposition

        exposition = Exposition(__version__)
    rule = settings.health
    dead_man = DeadMan(rule.ping_url.reveal(), rule.ping_every_s) if rule.ping_url else None

    def looked(well: bool) -> None:
        if well and dead_man is not None:
            dead_man.well()

    record = _recorder(store, dispatcher)
    channels = ChannelWatch(settings)
    world = World(
        guard=guard, clock=clock, measures=measures, channel_troubles=channels.troubles,
        grants=lambda: {name: broker.keyring.get(name).grant for name in ("token", "approval")},
        alert_counts=lambda: dispatcher.counts,
        storage_ok=lambda: store.healthy, notifier=_presence_of(dispatcher),
        probe=lambda symbol: broker.prices((Symbol(symbol),), urgent=False),
        keep=_keeper(settings), record=record,
        home=settings.home, mono_s=_mono_s, wall_s=_wall_s, on_look=looked,
    )  # fmt: skip
    rules = Rules(
        interval_s=rule.interval_s, silent_s=rule.silent_s, backup_dir=rule.backup_dir,
        backup_max_age_s=rule.backup_max_age_s, certificate_file=rule.certificate_file,
        certificate_warn_s=rule.certificate_warn_days * machine.DAY_S, alerts_configured=settings.telegram.enabled,
    )  # fmt: skip
    observer = Observer(world, rules, exposition)

    def woke(took_s: float) -> None:
        measures.ran(EXITS, took_s)
        supervisor.alive()

    def ordered(intent_id: str, send_s: float, answer_s: float, trigger_s: float) -> None:
        measures.ordered(intent_id, send_s, answer_s, trigger_s)
        if answer_s > 0:
            measures.answered(ORDER, answer_s, "", 0.0)

    guard.on_wake, guard.on_order, broker.reads.on_answer = woke, ordered, measures.answered
    page = exposition.page if exposition is not None else None
    return HealthOffice(
        settings, observer, measures, supervisor, page, dispatcher.post, clock,
        lambda: guard.engine.desk.config.calendar, record, channels, dead_man,
    )  # fmt: skip


def _presence_of(dispatcher: Dispatcher) -> Callable[[], Presence]:
    charge = dispatcher.charge
    return (lambda: charge.presence) if isinstance(charge, StandIn) else (lambda: Presence.NEVER)


def told_both(first: Callable[[Fact], None] | None, second: Callable[[Fact], None]) -> Callable[[Fact], None]:
    """Return one listener that tells both."""
    if first is None:
        return second

    def tell(fact: Fact) -> None:
        first(fact)
        second(fact)

    return tell


def _mono_s() -> float:
    return MACHINE.now().mono


def _wall_s() -> float:
    return MACHINE.now().wall.timestamp()


def _keeper(
    settings: Settings,
) -> Callable[[Sequence[HealthRow], Sequence[MetricRow], Sequence[BarRow]], Awaitable[None]]:
    async def keep(health: Sequence[HealthRow], metrics: Sequence[MetricRow], bars: Sequence[BarRow]) -> None:
        days = settings.health.keep_days
        await asyncio.to_thread(write_samples, settings.database, health, metrics, MACHINE.now().wall, days, bars)

    return keep


def _recorder(store: SqliteStore, dispatcher: Dispatcher) -> Callable[[tuple[Fact, ...], Instant], Awaitable[None]]:
    async def record(facts: tuple[Fact, ...], now: Instant) -> None:
        context = Context(now.wall)
        alerts = tuple((index, alert) for index, fact in enumerate(facts) for alert in alerts_of(fact, context))
        await store.record(Batch(now, facts, alerts, store.epoch))
        dispatcher.hint()

    return record
