"""Looks at everything once an interval, beside the guard: judges, keeps, tells, shows.

Runs as one task of the guard's loop because what it looks at lives there; what it
writes goes to a thread. It is never on the way of an order and no error of it ends it.
Entry points: ``run`` (the task), ``picture`` (for people and programs).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from hantu.domain import events as e
from hantu.domain.errors import HantuError
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.kis.tokens import Grant
from hantu.operations import looks, machine
from hantu.operations.components import NEW, Health, Judgement, Patience, Standing, judge, total
from hantu.operations.flow import Flow
from hantu.operations.looks import Seen
from hantu.operations.measures import EXITS, Measures, Wait
from hantu.operations.phone_look import UNUSED, PhoneSeen, judge_phone
from hantu.ports import BarRow, Clock, HealthRow, MetricRow, Presence
from hantu.runtime.delivery import Counts as AlertCounts
from hantu.runtime.guard import Guard
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
PROBE_S, PROBE_SHARE = 5.0, 0.5
"""Real seconds the REST probe may take, and the share of an interval."""
PROBED = Symbol("005930")
"""Asked for when nothing is held."""
GAUGES_EVERY_S = 60.0
"""Numbers that only stand for a moment are kept this often; durations and counts every interval."""
FINISH_S = 1.0
"""Real seconds the last minutes may take at the end of a life."""
UNKEPT_MAX = 30
"""Looks whose rows wait for a database that does not take them; the oldest are lost."""
PATIENCE = {
    "stream": Patience(worse=2),
    "token": Patience(worse=2),
    "approval": Patience(worse=2),
    "alerts": Patience(worse=2, better=1),
    "phone": Patience(worse=2, better=1),
    "memory": Patience(better=3),
    "disk": Patience(better=3),
}
"""A line that is cut for a moment is the guard's to mend; two looks in a row are a state."""
USUAL = Patience()


@dataclass(frozen=True, slots=True)
class Rules:
    """What the observer is told; seconds."""

    interval_s: float = 10.0
    silent_s: float = 60.0
    backup_dir: Path | None = None
    backup_max_age_s: float = 90_000.0
    certificate_file: Path | None = None
    certificate_warn_s: float = 14 * 86_400.0
    alerts_configured: bool = True


class Page(Protocol):
    """Where numbers are shown to programs."""

    def set(self, gauges: Mapping[tuple[str, tuple[str, ...]], float]) -> None: ...
    def states(self, states: Mapping[str, Health]) -> None: ...
    def count(self, totals: Mapping[tuple[str, str], float]) -> None: ...
    def observe(self, waits: Iterable[Wait]) -> None: ...
    def render(self) -> None: ...


@dataclass(frozen=True, slots=True)
class World:
    """What the observer may touch of the world around it."""

    guard: Guard
    clock: Clock
    measures: Measures
    grants: Callable[[], Mapping[str, Grant | None]]
    alert_counts: Callable[[], AlertCounts]
    storage_ok: Callable[[], bool]
    probe: Callable[[Symbol], Awaitable[object]]
    """Ask the REST side something cheap; raises HantuError when it does not answer."""
    keep: Callable[[Sequence[HealthRow], Sequence[MetricRow], Sequence[BarRow]], Awaitable[None]]
    """Write samples; raises BrokenError."""
    record: Callable[[tuple[e.Fact, ...], Instant], Awaitable[None]]
    """Put facts on record, with the alerts they raise; raises HantuError."""
    home: Path
    mono_s: Callable[[], float]
    """This machine's monotonic seconds: intervals and ages are real, not the market's."""
    wall_s: Callable[[], float]
    notifier: Callable[[], Presence] = lambda: Presence.NEVER
    """Whether another process delivers alerts."""
    phone: Callable[[], PhoneSeen | None] | None = None
    """How the conversation with a phone was seen last, None before the first look; None itself where there is none."""
    channel_troubles: Callable[[], Sequence[str]] = tuple
    """What channels said of themselves when they were last asked, one line each."""
    on_look: Callable[[bool], None] = lambda _: None
    """Called after each look: True while the loop progresses and no component is down."""


@dataclass(slots=True)
class _Before:
    """What the last look left for this one."""

    wakes: int = -1
    frames: int = 0
    frames_at: float = 0.0
    cpu_s: float = 0.0
    at: float = 0.0
    market_mono: float = 0.0
    unprotected_s: float = 0.0
    alerts: AlertCounts = field(default_factory=AlertCounts)
    gauges_at: float = float("-inf")


class Observer:
    """The health of one life of a guard."""

    def __init__(self, world: World, rules: Rules, page: Page | None = None) -> None:
        self._world, self._rules, self._page = world, rules, page
        self._flow = Flow()
        self._standings: dict[str, Standing] = {}
        self._gauges: dict[tuple[str, tuple[str, ...]], float] = {}
        self._before = _Before()
        self._totals: dict[tuple[str, str], float] = {("market_seconds", ""): 0.0, ("unprotected_seconds", ""): 0.0}
        self._trouble = ""
        self._unkept: list[tuple[list[HealthRow], list[MetricRow], list[BarRow]]] = []
        self._looked = ""
        self._looked_mono = world.mono_s()
        self._asleep_s = 0.0

    @property
    def asked_to_end(self) -> bool:
        """Whether the guard's life ends because somebody said so, not because of a bug."""
        return self._world.guard.end_reason not in ("", "bug")

    async def run(self) -> None:
        """Look again and again, at a steady pace, until cancelled."""
        due = self._world.mono_s()
        while True:
            try:
                await self.look()
            except Exception:  # noqa: BLE001 - supervisor boundary: a flaw of the observer must not cost the guard
                SystemLog.exception("점검 중 오류 - 다음 주기에 다시 점검")
            due = max(due + self._rules.interval_s, self._world.mono_s())
            await asyncio.sleep(due - self._world.mono_s())
            self._asleep_s = max(0.0, self._world.mono_s() - due)

    async def look(self) -> None:
        """Look at everything once."""
        world = self._world
        problem = await self._probe()
        now, mono, wall_s = world.clock.now(), world.mono_s(), world.wall_s()
        seen = self._see(problem, now, mono, wall_s)
        judged = {
            name: judge(self._standings.get(name, NEW), observed, mono, PATIENCE.get(name, USUAL))
            for name, observed in seen.components.items()
        }
        facts: list[e.Fact] = [self._told(name, one, mono, wall_s) for name, one in judged.items() if one.event]
        self._standings |= {name: one.standing for name, one in judged.items()}
        waits = world.measures.take_waits()
        facts += self._flow.judge(waits, world.measures.take_ends(), world.guard.engine, seen, mono)
        self._count(seen, now, facts)
        self._gauges, self._looked, self._looked_mono = seen.gauges, machine.now_text(wall_s), mono
        self._show(waits)
        await self._keep(waits, now, mono)
        if facts:
            try:
                await world.record(tuple(facts), now)
            except HantuError as error:
                SystemLog.error("상태 변화를 기록하지 못함: %s", error)
        down = any(one.state is Health.DOWN for one in self._standings.values())
        world.on_look(not down)

    async def finish(self) -> None:
        """Hand over the minutes that still grow, at the end of a life; a disk that hangs does not hold it up."""
        try:
            async with asyncio.timeout(FINISH_S):
                await self._world.keep([], [], self._world.guard.minutes.take(None))
        except (HantuError, TimeoutError) as error:
            SystemLog.warning("마지막 분봉을 기록하지 못함: %s", error)

    def picture(self) -> dict[str, Any]:
        """Return everything that was seen last, for people and programs."""
        mono = self._world.mono_s()
        states = {name: one.state for name, one in self._standings.items()}
        return {
            "status": total(list(states.values())),
            "checked_at": self._looked,
            "age_s": round(mono - self._looked_mono, 1),
            "interval_s": self._rules.interval_s,
            "components": {
                name: {
                    "state": one.state.value, "reason": one.reason, "for_s": round(mono - (one.since or mono), 1),
                    "checked_at": self._looked, "streak": one.streak,
                    "worse_after": PATIENCE.get(name, USUAL).worse, "better_after": PATIENCE.get(name, USUAL).better,
                }
                for name, one in sorted(self._standings.items())
            },
            "measures": self._flow.summary(mono),
            "gauges": {
                name + (f"{{{','.join(labels)}}}" if labels else ""): value
                for (name, labels), value in sorted(self._gauges.items())
            },
            "counts": {
                f"{name}{{{label}}}" if label else name: value for (name, label), value in sorted(self._totals.items())
            },
        }  # fmt: skip

    # --- leaves --------------------------------------------------------------------

    async def _probe(self) -> str:
        """Ask the broker something unless somebody got an answer since the last look; return why it did not answer.

        It asks more than once by itself, so that a failure of it is more than one lost packet.
        """
        world, engine = self._world, self._world.guard.engine
        if world.measures.answers.good or looks.wanted(engine, world.clock.now()):
            return ""
        symbol = next(iter(sorted(engine.book.positions)), PROBED)
        limit_s, began = min(PROBE_S, PROBE_SHARE * self._rules.interval_s), world.mono_s()
        try:
            async with asyncio.timeout(limit_s):
                await world.probe(symbol)
        except TimeoutError:
            # Where far more time passed, it was this process that slept, not the broker.
            return "REST 응답 없음" if world.mono_s() - began < 2 * limit_s else ""
        except HantuError as error:
            return str(error)
        return ""

    def _see(self, problem: str, now: Instant, mono: float, wall_s: float) -> Seen:
        world, rules, before, seen = self._world, self._rules, self._before, Seen()
        engine, counts = world.guard.engine, world.guard.counts
        frames = counts.frames + world.guard.calm.frames_dropped
        if frames != before.frames or not engine.desk.line.open:
            before.frames, before.frames_at = frames, mono
        why_not = looks.wanted(engine, now)
        looks.guard(seen, wakes=counts.wakes, wakes_before=before.wakes, lag_s=self._asleep_s)
        looks.stream(seen, engine, now, mono - before.frames_at, rules.silent_s)
        looks.rest(seen, world.measures.take_answers(), problem, why_not)
        looks.tokens(seen, world.grants(), now.wall, why_not)
        looks.clock(seen, world.measures.stamps, wall_s)
        alerts = replace(world.alert_counts())
        looks.alerts(seen, alerts, before.alerts, configured=rules.alerts_configured, troubles=world.channel_troubles())
        if alerts.sent > before.alerts.sent:
            before.alerts = alerts
        looks.notifier(seen, world.notifier())
        self._see_phone(seen)
        looks.database(seen, healthy=world.storage_ok(), problem=self._trouble)
        looks.protection(seen, engine, now)
        read = machine.usage(world.home)
        share = (read.cpu_s - before.cpu_s) / (mono - before.at) if before.at and mono > before.at else 0.0
        machine.shares(seen, read, share)
        machine.backup(seen, rules.backup_dir, rules.backup_max_age_s, wall_s)
        machine.certificate(seen, rules.certificate_file, rules.certificate_warn_s, wall_s)
        before.wakes, before.cpu_s, before.at = counts.wakes, read.cpu_s, mono
        return seen

    def _see_phone(self, seen: Seen) -> None:
        if self._world.phone is None:
            seen.components["phone"] = (UNUSED,)
        elif (line := self._world.phone()) is not None:
            seen.components["phone"] = (judge_phone(line),)

    def _told(self, component: str, one: Judgement, mono: float, wall_s: float) -> e.HealthChanged:
        before, after = one.before, one.standing
        began = before.since or mono
        eased = list(Health).index(after.state) < list(Health).index(before.state)
        return e.HealthChanged(
            component, before.state.value, after.state.value, after.reason,
            machine.now_text(wall_s - (mono - began)), round(mono - began, 1),
            recovered=not after.state.trouble or (before.state.trouble and eased),
        )  # fmt: skip

    def _count(self, seen: Seen, now: Instant, facts: Sequence[e.Fact]) -> None:
        """Bring the totals up to now."""
        guard, before, totals = self._world.guard, self._before, self._totals
        counts = guard.counts
        if before.market_mono and seen.gauges["market_open", ()]:
            totals["market_seconds", ""] += max(0.0, now.mono - before.market_mono)
        before.market_mono = now.mono
        blind = looks.unprotected_s(guard.engine, now)
        totals["unprotected_seconds", ""] += max(0.0, blind - before.unprotected_s)
        before.unprotected_s = blind
        for fact in facts:
            if isinstance(fact, e.HealthChanged):
                key = ("health_changes", fact.component)
                totals[key] = totals.get(key, 0.0) + 1
        totals |= self._world.measures.counts
        frames = counts.frames + guard.calm.frames_dropped
        alerts = self._world.alert_counts()
        totals |= {
            ("guard_wakes", ""): counts.wakes, ("strategy_runs", EXITS): counts.inputs, ("trades", ""): counts.trades,
            ("stream_frames", ""): frames, ("parse_errors", ""): counts.parse_errors,
            ("prices_rejected", ""): counts.rejected_prices, ("alerts", "sent"): alerts.sent,
            ("alerts", "failed"): alerts.failed, ("alerts", "dropped"): alerts.dropped, ("alerts", "lost"): alerts.lost,
        }  # fmt: skip

    def _show(self, waits: Sequence[Wait]) -> None:
        page = self._page
        if page is None:
            return
        states = {name: one.state for name, one in self._standings.items()}
        degraded = float(total(list(states.values())) == "degraded")
        page.set({**self._gauges, ("health_degraded", ()): degraded,
                  ("observation_timestamp_seconds", ()): self._world.wall_s()})  # fmt: skip
        page.states(states)
        page.count(self._totals)
        page.observe(waits)
        page.render()

    async def _keep(self, waits: Sequence[Wait], now: Instant, mono: float) -> None:
        at = self._looked
        health = [HealthRow(name, one.state.value, at, one.reason) for name, one in self._standings.items()]
        rows = self._flow.rows(waits, at)
        if mono - self._before.gauges_at >= GAUGES_EVERY_S:
            self._before.gauges_at = mono
            rows += [MetricRow(name, value, at, ",".join(labels)) for (name, labels), value in self._gauges.items()]
            rows += [MetricRow(name, value, at, label) for (name, label), value in self._totals.items()]
        bars = self._world.guard.minutes.take(now.wall)
        self._unkept = [*self._unkept[-(UNKEPT_MAX - 1) :], (health, rows, bars)]
        unkept = self._unkept
        try:
            await self._world.keep(
                [row for looked, _, _ in unkept for row in looked],
                [row for _, measured, _ in unkept for row in measured],
                [row for _, _, minutes in unkept for row in minutes],
            )
        except HantuError as error:
            # Once is a busy disk: what was not kept goes with the next.
            self._trouble = str(error) if len(self._unkept) > 1 else ""
        else:
            self._trouble, self._unkept = "", []
