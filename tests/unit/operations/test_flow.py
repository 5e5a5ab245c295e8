"""From facts and outcomes to numbers: equal counts, each order's own times, one event for each crossing."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from hantu.domain import events as e
from hantu.domain.instant import Instant
from hantu.domain.order import Outcome, OutcomeKind
from hantu.domain.quote import Trade
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.operations.flow import Flow
from hantu.operations.looks import Seen
from hantu.operations.measures import Measures, Wait
from hantu.ports import MetricRow
from hantu.runtime.guard import Guard
from tests.unit.alerting.samples import SAMPLES
from tests.unit.engine.world import SAMSUNG, World, held


def measures() -> Measures:
    return Measures(lambda: 100.0, lambda: 1_000_000.0)


def filled(source: str, received: str = "2026-11-23 00:12:34.000000") -> e.OrderFilled:
    sample = next(fact for fact in SAMPLES if isinstance(fact, e.OrderFilled))
    return replace(sample, filled_at="2026-11-23 00:12:31.000000", received_at=received, source=source)


@pytest.mark.requirement("OPS-02-2", "OPS-02-3", "OPS-02-4", "OPS-02-5")
def test_a_scripted_day_gives_equal_counts() -> None:
    counted = measures()
    by_type = {type(fact): fact for fact in SAMPLES}
    refused = by_type[e.OrderRejectedBroker]
    day: list[Any] = [
        *[by_type[e.StopLossReached]] * 3, *[by_type[e.TakeProfitReached]] * 2, by_type[e.AddBuyOpportunity],
        by_type[e.FlattenStarted], *[by_type[e.OrderAccepted]] * 5, replace(refused, code="APBK0400"),
        replace(refused, code="APBK0400"), replace(refused, code="APBK0919"), by_type[e.OrderNotSent],
        by_type[e.OrderUnresolved], filled("notice"), filled("notice"), filled("inquiry"), by_type[e.FillUnconfirmed],
        by_type[e.MonitorStarted],
    ]  # fmt: skip
    for fact in day:
        counted.note(fact)
    not_sent = by_type[e.OrderNotSent].code
    assert dict(counted.counts) == {
        ("signals", "stop_loss"): 3, ("signals", "take_profit"): 2, ("signals", "add_buy"): 1, ("signals", "other"): 1,
        ("orders", "accepted|"): 5, ("orders", "refused|APBK0400"): 2, ("orders", "refused|APBK0919"): 1,
        ("orders", f"not_sent|{not_sent}"): 1, ("orders", "unknown|"): 1, ("fills", "notice"): 2, ("fills", "inquiry"): 1,
        ("notices_missed", ""): 1, ("fills_late", ""): 1,
    }  # fmt: skip
    assert [failed for _, failed in counted.take_ends()] == [False] * 5 + [True] * 5
    assert counted.take_ends() == ()


@pytest.mark.requirement("OPS-03-4", "MON-4.1.04")
def test_a_notice_three_seconds_late_is_recorded_as_three_seconds() -> None:
    counted = measures()
    counted.note(filled("notice"))
    (wait,) = counted.take_waits()
    assert (wait.metric, wait.seconds) == ("fill_notice_delay_seconds", 3.0)
    assert Flow().rows([wait], "t") == [MetricRow("fill_notice_delay_seconds", 3.0, "t", wait.label)]


@pytest.mark.requirement("OPS-03-2")
def test_a_run_of_300_ms_is_recorded_as_such() -> None:
    counted = measures()
    counted.ran("momentum", 0.3)
    rows = {row.name: row.value for row in Flow().rows(counted.take_waits(), "t")}
    assert rows == {"strategy_run_seconds_count": 1, "strategy_run_seconds_mean": 0.3, "strategy_run_seconds_max": 0.3}


class Clock:
    """The world's own clock."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> Instant:
        return self._world.now

    def real_delay(self, market_s: float) -> float:
        return market_s


class Performer:
    """Takes decisions and does nothing."""

    def __init__(self) -> None:
        self.actions: list[Any] = []

    def perform(self, decision: Any, _now: Instant, afterwards: Any) -> None:
        self.actions += decision.actions
        afterwards()


@pytest.mark.requirement("OPS-03-3")
def test_an_order_that_waits_200_ms_shows_them_and_no_other_does() -> None:
    async def play() -> tuple[list[tuple[str, float, float, float]], str]:
        world = held()
        world.open()
        told: list[tuple[str, float, float, float]] = []
        guard = Guard(
            engine=world.engine, clock=Clock(world), announce=lambda _: None, on_kill=lambda _: None
        )  # fmt: skip
        performer = Performer()
        guard.performer = performer  # type: ignore[assignment]
        guard.on_order = lambda *words: told.append(words)
        base = Trade(
            SAMSUNG, 67_000, 10, 67_000, 67_000, 0, 0, 67_100, 66_900, 1000, world.wall.replace(microsecond=0), world.mono
        )  # type: ignore[arg-type]  # fmt: skip
        guard.deliver(base)
        for _ in range(8):
            world.pass_time(0.25)
            guard.deliver(replace(base, received_at=world.mono, traded_at=world.wall.replace(microsecond=0)))
        order = next(action.order for action in performer.actions if isinstance(action, act.Submit))
        created = world.engine.desk.watches[order.intent_id].recorded_mono
        sent = Outcome(
            OutcomeKind.ACCEPTED, "1", "00950", "090100", sent_mono=created + 0.2, answered_mono=created + 0.25
        )
        guard.deliver(inp.SubmitEnded(order.intent_id, sent))
        guard.deliver(inp.SubmitEnded("nobody's", sent))
        guard.end("done")
        return told, order.intent_id

    told, intent = asyncio.run(play())
    assert len(told) == 1
    assert told[0][0] == intent
    assert told[0][1:3] == (pytest.approx(0.2), pytest.approx(0.05))
    counted = measures()
    counted.ordered(*told[0])
    kept = {row.name: (row.label, row.value) for row in Flow().rows(counted.take_waits(), "t")}
    assert kept["order_send_seconds"] == (intent, pytest.approx(0.2))


@pytest.mark.requirement("OPS-03-5")
def test_only_the_slow_endpoint_s_series_rises() -> None:
    counted = measures()
    for _ in range(3):
        counted.answered("balance", 0.01, "", 0.0)
        counted.answered("multi_price", 2.0, "", 0.0)
    rows = {(row.name, row.label): row.value for row in Flow().rows(counted.take_waits(), "t")}
    assert rows["api_seconds_max", "balance"] == 0.01
    assert rows["api_seconds_max", "multi_price"] == 2.0


def crossed(flow: Flow, world: World, now: float, *waits: Wait, ends: Any = ()) -> list[e.Fact]:
    return flow.judge(waits, ends, world.engine, Seen(), now)


@pytest.mark.requirement("OPS-02-6", "OPS-03-6", "PR-1")
def test_a_slow_call_is_one_event_with_rule_value_and_threshold() -> None:
    flow, world = Flow(), held()
    slow = Wait("api_seconds", "balance", 1.0)
    assert crossed(flow, world, 0.0, Wait("api_seconds", "balance", 0.999)) == []
    (fact,) = crossed(flow, world, 1.0, slow)
    assert fact == e.MeasureCrossed(
        "api", "API 응답", "normal", "warning", 1.0, 1.0, 3.0, "s", eased=False, subject="balance"
    )
    assert crossed(flow, world, 11.0, slow) == []
    (eased,) = crossed(flow, world, 80.0)
    assert isinstance(eased, e.MeasureCrossed)
    assert (eased.after, eased.eased) == ("normal", True)


def test_failing_orders_are_told_from_ten_on() -> None:
    flow, world = Flow(), held()
    assert crossed(flow, world, 0.0, ends=[(0.0, True)] * 9) == []
    (fact,) = crossed(flow, world, 1.0, ends=[(1.0, False)])
    assert isinstance(fact, e.MeasureCrossed)
    assert (fact.measure, fact.after, fact.value) == ("order_failures", "danger", 0.9)


@pytest.mark.requirement("OPS-IF-3")
def test_a_price_that_jumps_is_one_shock_with_amounts() -> None:
    flow, world = Flow(), held()
    world.open()
    start = world.engine.book.day_start
    assert start is not None
    position = world.engine.book.positions[SAMSUNG]
    sight = world.engine.desk.sight(SAMSUNG)
    sight.price = position.average_price
    assert crossed(flow, world, 0.0) == []
    fall = -(-start.equity * 25 // 1000 // position.quantity)
    sight.price = position.average_price - fall
    facts = crossed(flow, world, 10.0)
    assert [(fact.rule, fact.grade) for fact in facts if isinstance(fact, e.PnlShock)] == [
        ("day_loss", "warning"), ("minute_change", "warning"),
    ]  # fmt: skip
    first = facts[0]
    assert isinstance(first, e.PnlShock)
    assert (first.result, first.limit, first.equity) == (-fall * position.quantity, 0.02, start.equity)
    assert crossed(flow, world, 20.0) == []


def test_the_summary_is_for_people() -> None:
    flow, world = Flow(), held()
    crossed(flow, world, 0.0, *[Wait("order_send_seconds", str(n), n / 100) for n in range(1, 101)])
    found = flow.summary(0.0)["order_send_seconds"]
    assert (found["last"], found["median"], found["p95"], found["max"], found["grade"]) == (
        1.0,
        0.505,
        0.96,
        1.0,
        "danger",
    )
