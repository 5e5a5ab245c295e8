"""The observer beside a guard: it looks, keeps, tells once, shows the same to everybody, and survives its own mistakes."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hantu.domain import events as e
from hantu.domain.errors import BrokenError, RetryableError
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.quote import Trade
from hantu.engine import inputs as inp
from hantu.kis.hot import CalmFrames
from hantu.kis.tokens import Grant
from hantu.operations.exposition import SERIES_MAX, Exposition
from hantu.operations.measures import Measures
from hantu.operations.observer import Observer, Rules
from hantu.operations.observer import World as Around
from hantu.operations.phone_look import PhoneSeen
from hantu.ports import BarRow, HealthRow, MetricRow
from hantu.runtime.delivery import Counts as AlertCounts
from hantu.runtime.guard import Counts
from hantu.runtime.minute_bars import MinuteBars
from tests.unit.engine.world import World, held

INTERVAL_S = 10.0
HELD = Symbol("005930")


@dataclass
class Scene:
    """A guard with its world, and everything the observer did."""

    world: World = field(default_factory=held)
    broker_answers: bool = True
    storage_ok: bool = True
    health: list[HealthRow] = field(default_factory=list)
    metrics: list[MetricRow] = field(default_factory=list)
    bars: list[BarRow] = field(default_factory=list)
    facts: list[e.Fact] = field(default_factory=list)
    well: list[bool] = field(default_factory=list)
    keeps: bool = True
    probes: int = 0
    at: float = 5_000.0
    line: PhoneSeen | None = None
    phone_used: bool = False

    def __post_init__(self) -> None:
        self.world.open()
        self.counts, self.minutes = Counts(), MinuteBars()
        self.alerts = AlertCounts()
        self.page = Exposition("1")
        self.measures = Measures(lambda: self.at, lambda: 1_795_392_000.0 + self.at)
        guard: Any = SimpleNamespace(
            engine=self.world.engine, counts=self.counts, calm=CalmFrames(), minutes=self.minutes
        )
        clock: Any = SimpleNamespace(now=lambda: self.world.now, real_delay=lambda seconds: seconds)
        around = Around(
            guard=guard, clock=clock, measures=self.measures, grants=self.grants, alert_counts=lambda: self.alerts,
            storage_ok=lambda: self.storage_ok, probe=self.probe, keep=self.keep, record=self.record, home=Path("/"),
            mono_s=lambda: self.at, wall_s=lambda: 1_795_392_000.0 + self.at, on_look=self.well.append,
            phone=(lambda: self.line) if self.phone_used else None,
        )  # fmt: skip
        self.observer = Observer(around, Rules(interval_s=INTERVAL_S), self.page)

    def grants(self) -> dict[str, Grant | None]:
        grant = Grant("s", self.world.wall, self.world.wall + timedelta(hours=9))
        return {"token": grant, "approval": grant}

    async def probe(self, _symbol: str) -> None:
        self.probes += 1
        if not self.broker_answers:
            self.measures.answered("price", 1.0, "refused", 0.0)
            raise RetryableError("price: ClientConnectorError", next_step="")
        self.measures.answered("price", 0.01, "", 0.0)

    async def keep(self, health: Any, metrics: Any, bars: Any) -> None:
        if not self.keeps:
            raise BrokenError("locked", next_step="")
        self.health += health
        self.metrics += metrics
        self.bars += bars

    async def record(self, facts: tuple[e.Fact, ...], _now: Instant) -> None:
        self.facts += facts

    def look(self, times: int = 1, *, moving: bool = True) -> None:
        """Let intervals pass, a look at the end of each; prices come and the timer turns unless told otherwise."""
        for _ in range(times):
            self.at += INTERVAL_S
            if moving:
                self.counts.wakes += 40
                self.counts.frames += 30
            asyncio.run(self.observer.look())

    def state(self, component: str) -> str:
        return str(self.observer.picture()["components"][component]["state"])

    def shown(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        families = text_string_to_metric_families(self.page.page().decode())
        return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


@pytest.mark.requirement("OPS-01-6", "OPS-01-1")
def test_n_looks_are_n_rows_for_each_component() -> None:
    scene = Scene()
    scene.look(7)
    per_component: dict[str, int] = {}
    for row in scene.health:
        per_component[row.component] = per_component.get(row.component, 0) + 1
    assert set(per_component.values()) == {7}
    assert len(per_component) == 14
    assert len({row.checked_at for row in scene.health}) == 7
    assert scene.facts == []
    assert scene.well == [True] * 7


@pytest.mark.requirement("OPS-01-3", "OPS-01-7", "OPS-01-9")
def test_ten_looks_without_an_answer_are_one_event_and_so_is_the_return() -> None:
    scene = Scene()
    scene.look()
    scene.broker_answers = False
    scene.look(10)
    assert scene.state("rest") == "down"
    scene.broker_answers = True
    scene.look(5)
    told = [fact for fact in scene.facts if isinstance(fact, e.HealthChanged)]
    assert [(fact.component, fact.before, fact.after, fact.recovered) for fact in told] == [
        ("rest", "ok", "down", False), ("rest", "down", "ok", True),
    ]  # fmt: skip
    assert told[1].lasted_s == 110.0, "ten failing looks and the second good one"
    assert scene.well[1:11] == [False] * 10, "no sign of life to the outside while something is down"


def test_nobody_asks_the_broker_while_others_get_answers() -> None:
    scene = Scene()
    for _ in range(5):
        scene.measures.answered("balance", 0.02, "", 0.0)
        scene.look()
    assert scene.probes == 0
    scene.look()
    assert scene.probes == 1


def test_a_loop_that_stands_still_is_down() -> None:
    scene = Scene()
    scene.look(2)
    scene.look(1, moving=False)
    assert scene.state("guard") == "down"
    scene.look(3)
    assert scene.state("guard") == "ok"


def test_the_picture_says_how_much_patience_is_left() -> None:
    scene = Scene()
    scene.look(2)
    scene.look(1, moving=False)
    scene.look(1)
    one = scene.observer.picture()["components"]["guard"]
    assert (one["state"], one["streak"], one["worse_after"], one["better_after"]) == ("down", -1, 1, 2)


def test_a_silent_stream_is_noticed_after_its_time() -> None:
    scene = Scene()
    scene.look(2)
    for _ in range(8):
        scene.at += INTERVAL_S
        scene.counts.wakes += 40
        asyncio.run(scene.observer.look())
    assert scene.state("stream") == "warn"
    scene.look(2)
    assert scene.state("stream") == "ok"


@pytest.mark.requirement("OPS-01-8", "OPS-02-7")
def test_people_and_programs_see_the_same() -> None:
    scene = Scene()
    scene.measures.counts["orders", "refused|APBK0400"] = 2
    scene.broker_answers = False
    scene.look(2)
    shown, picture = scene.shown(), scene.observer.picture()
    for component, one in picture["components"].items():
        for state in ("ok", "warn", "down", "not_expected"):
            key = ("hantu_component_state", (("component", component), ("state", state)))
            assert shown[key] == float(one["state"] == state)
    assert shown["hantu_health_degraded", ()] == 1.0
    assert picture["status"] == "degraded"
    assert shown["hantu_orders_total", (("code", "APBK0400"), ("result", "refused"))] == 2.0
    assert picture["counts"]["orders{refused|APBK0400}"] == 2
    assert shown["hantu_guard_wakes_total", ()] == picture["counts"]["guard_wakes"]


def test_counters_never_count_twice() -> None:
    scene = Scene()
    scene.measures.counts["signals", "stop_loss"] = 3
    scene.look(4)
    assert scene.shown()["hantu_signals_total", (("kind", "stop_loss"),)] == 3.0
    scene.measures.counts["signals", "stop_loss"] = 5
    scene.look()
    assert scene.shown()["hantu_signals_total", (("kind", "stop_loss"),)] == 5.0


def test_unprotected_and_market_seconds_are_counted_in_session_only() -> None:
    scene = Scene()
    scene.look()
    scene.world.pass_time(30)
    scene.look()
    scene.world.give(inp.FeedClosed("cut"))
    scene.world.pass_time(12)
    scene.look()
    counts = scene.observer.picture()["counts"]
    assert counts["market_seconds"] == pytest.approx(42, abs=1)
    assert counts["unprotected_seconds"] == pytest.approx(12, abs=1)
    scene.world.wall += timedelta(hours=12)
    scene.world.mono += 43_200
    scene.look()
    assert scene.observer.picture()["counts"]["market_seconds"] == pytest.approx(42, abs=1)


def test_samples_that_cannot_be_kept_are_a_warning_and_no_end() -> None:
    scene = Scene()
    scene.look()
    scene.keeps = False
    scene.look(2)
    assert scene.state("database") == "ok", "once is a busy disk"
    scene.look(1)
    assert scene.state("database") == "warn"
    scene.keeps = True
    scene.look(3)
    assert scene.state("database") == "ok"
    assert sum(row.component == "rest" for row in scene.health) == 7, "what could not be kept came with the next"


def test_minutes_of_prices_go_with_the_samples_and_the_last_ones_at_the_end() -> None:
    scene = Scene()

    def trade(price: int) -> None:
        moment = scene.world.wall
        scene.minutes.add(
            Trade(HELD, Price(price), Quantity(1), Price(price), Price(price), Price(0), Price(0), Price(0), Price(0),
                  Quantity(price), moment, 0.0)
        )  # fmt: skip

    trade(65_000)
    scene.keeps = False
    scene.world.wall += timedelta(minutes=2)
    scene.look()
    assert scene.bars == []
    trade(65_100)
    scene.keeps = True
    scene.look()
    assert [row.close for row in scene.bars] == [65_000], "kept when the database takes it"
    asyncio.run(scene.observer.finish())
    assert [row.close for row in scene.bars] == [65_000, 65_100]
    trade(65_200)
    scene.keeps = False
    asyncio.run(scene.observer.finish())
    assert len(scene.bars) == 2


def test_gauges_are_kept_once_a_minute_and_durations_every_time() -> None:
    scene = Scene()
    scene.look(13)
    assert sum(row.name == "market_open" for row in scene.metrics) == 3
    assert sum(row.name == "api_seconds_max" for row in scene.metrics) == 13


async def test_a_mistake_of_the_observer_does_not_end_it() -> None:
    looks = 0

    class Broken(Observer):
        async def look(self) -> None:
            nonlocal looks
            looks += 1
            raise ZeroDivisionError

    around: Any = SimpleNamespace(mono_s=asyncio.get_running_loop().time)
    observer = Broken(around, Rules(interval_s=0.01))
    task = asyncio.create_task(observer.run())
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert looks >= 3


def test_labels_are_bounded() -> None:
    page = Exposition("1")
    page.count({("orders", f"refused|C{number}"): 1.0 for number in range(SERIES_MAX + 50)})
    page.render()
    shown = [line for line in page.page().decode().splitlines() if line.startswith("hantu_orders_total{")]
    assert len(shown) == SERIES_MAX + 1
    assert any('code="other"' in line and line.endswith(" 50.0") for line in shown)


@pytest.mark.requirement("OPS-01-1", "ALR-14")
def test_a_phone_that_nobody_answers_is_told_after_two_looks_and_its_return_after_one() -> None:
    scene = Scene(phone_used=True)
    scene.look()
    assert "phone" not in scene.observer.picture()["components"], "not looked at yet"
    scene.line = PhoneSeen(polled=True)
    scene.look()
    assert scene.state("phone") == "ok"
    scene.line = PhoneSeen(polled=False)
    scene.look()
    assert scene.state("phone") == "ok"
    scene.look()
    assert scene.state("phone") == "down"
    scene.line = PhoneSeen(True, 1.0, 1.0)
    scene.look()
    told = [(fact.component, fact.after) for fact in scene.facts if isinstance(fact, e.HealthChanged)]
    assert told == [("phone", "down"), ("phone", "ok")]
    unused = Scene()
    unused.look()
    assert unused.state("phone") == "not_expected"
