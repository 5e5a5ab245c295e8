"""What a look makes of the guard: silent streams, keys, clocks, channels, and nights without faults."""

from collections import deque
from datetime import UTC, datetime, timedelta

import pytest

from hantu.domain.commands import StopMonitoring
from hantu.engine import inputs as inp
from hantu.kis.tokens import Grant
from hantu.operations import looks
from hantu.operations.components import Health, Observation
from hantu.operations.looks import Seen
from hantu.operations.measures import Answers
from hantu.operations.skew import Stamp
from hantu.ports import Presence
from hantu.runtime.delivery import Counts
from tests.unit.engine.world import SAMSUNG, World, held

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def watching() -> World:
    world = held()
    world.open()
    return world


def stream(world: World, silent_s: float = 0.0) -> Observation:
    seen = Seen()
    looks.stream(seen, world.engine, world.now, silent_s, 60.0)
    return seen.components["stream"][0]


@pytest.mark.requirement("OPS-01-4")
def test_a_stream_that_stands_is_well_until_it_is_silent() -> None:
    world = watching()
    assert stream(world, 59.9).state is Health.OK
    found = stream(world, 60.0)
    assert (found.state, "60초" in found.reason) == (Health.WARN, True)


@pytest.mark.requirement("OPS-01-4")
def test_a_closed_stream_is_down_in_session_and_no_fault_at_night() -> None:
    world = watching()
    world.give(inp.FeedClosed("cut"))
    assert stream(world).state is Health.DOWN
    world.wall += timedelta(hours=12)
    assert stream(world).state is Health.NOT_EXPECTED
    weekend = held()
    weekend.wall += timedelta(days=5, hours=1)
    assert stream(weekend).state is Health.NOT_EXPECTED


@pytest.mark.requirement("OPS-01-4")
def test_silence_is_no_fault_while_nothing_can_trade() -> None:
    world = watching()
    world.wall = world.wall.replace(hour=6, minute=25)  # 15:25 in Korea: the closing auction
    assert stream(world, 500.0).state is Health.OK


def test_one_who_was_told_to_stop_is_not_expected_to_stream() -> None:
    world = watching()
    world.give(StopMonitoring("operator"))
    world.pass_time(5)
    found = stream(world)
    assert (found.state, found.reason) == (Health.NOT_EXPECTED, "사람이 중지함")


def test_a_guard_that_has_not_begun_in_session_is_down() -> None:
    world = held()
    world.wall += timedelta(hours=1)
    assert stream(world).state is Health.DOWN


@pytest.mark.requirement("OPS-01-5")
def test_every_state_of_a_key_has_its_own_words() -> None:
    def grant(left_s: float, *, rejected: bool = False) -> Grant:
        return Grant("s", NOW, NOW + timedelta(seconds=left_s), rejected)

    cases = {
        "missing": (None, Health.DOWN), "refused": (grant(9_000, rejected=True), Health.DOWN),
        "expired": (grant(0), Health.DOWN), "soon": (grant(599), Health.WARN), "fine": (grant(600), Health.OK),
    }  # fmt: skip
    reasons = set()
    for one, expected in cases.values():
        seen = Seen()
        looks.tokens(seen, {"token": one, "approval": one}, NOW, "")
        assert [seen.components[name][0].state for name in ("token", "approval")] == [expected] * 2
        reasons.add(seen.components["token"][0].reason)
    assert len(reasons) == len(cases)
    seen = Seen()
    looks.tokens(seen, {"token": None, "approval": grant(-5)}, NOW, "장 시간 아님")
    assert {one[0].state for one in seen.components.values()} == {Health.NOT_EXPECTED}


@pytest.mark.parametrize(
    ("answers", "probe", "why_not", "states"),
    [
        (Answers(3, 0), "", "", [Health.OK]),
        (Answers(3, 1, "x"), "", "", [Health.OK]),
        (Answers(1, 3, "x"), "", "", [Health.WARN]),
        (Answers(0, 1, "x"), "", "", [Health.DOWN]),
        (Answers(0, 0), "no answer", "", [Health.DOWN]),
        (Answers(0, 0), "", "", []),
        (Answers(0, 0), "", "night", [Health.NOT_EXPECTED]),
    ],
)
@pytest.mark.requirement("OPS-01-3")
def test_rest_by_its_answers(answers: Answers, probe: str, why_not: str, states: list[Health]) -> None:
    seen = Seen()
    looks.rest(seen, answers, probe, why_not)
    assert [one.state for one in seen.components["rest"]] == states


@pytest.mark.parametrize(("skew", "expected"), [(0.0, Health.OK), (3.0, Health.WARN), (-3.0, Health.WARN)])
def test_a_clock_more_than_a_second_off_is_a_warning(skew: float, expected: Health) -> None:
    seen = Seen()
    looks.clock(seen, deque([Stamp(1000.2, 1000.3, 1000.0 + skew)]), 1001.0)
    assert seen.components["clock"][0].state is expected
    looks.clock(seen, deque(), 1001.0)
    assert seen.components["clock"][0].state is Health.NOT_EXPECTED


@pytest.mark.parametrize(
    ("now", "before", "configured", "expected"),
    [
        (Counts(), Counts(), True, Health.OK), (Counts(), Counts(), False, Health.NOT_EXPECTED),
        (Counts(sent=1, failed=5), Counts(), True, Health.OK), (Counts(failed=1), Counts(), True, Health.WARN),
        (Counts(failed=2), Counts(), True, Health.WARN), (Counts(failed=3), Counts(), True, Health.DOWN),
        (Counts(sent=4, failed=7), Counts(sent=4, failed=4), True, Health.DOWN),
    ],
)  # fmt: skip
def test_the_channel_by_what_became_of_alerts(now: Counts, before: Counts, configured: bool, expected: Health) -> None:
    seen = Seen()
    looks.alerts(seen, now, before, configured=configured)
    assert seen.components["alerts"][0].state is expected


@pytest.mark.parametrize(
    ("presence", "expected"),
    [
        (Presence.NEVER, Health.NOT_EXPECTED), (Presence.ENDED, Health.NOT_EXPECTED), (Presence.HERE, Health.OK),
        (Presence.SILENT, Health.WARN),
    ],
)  # fmt: skip
def test_a_notifier_is_expected_once_it_was_started_and_not_ended(presence: Presence, expected: Health) -> None:
    seen = Seen()
    looks.notifier(seen, presence)
    assert seen.components["notifier"][0].state is expected


@pytest.mark.parametrize(
    ("wakes", "before", "lag_s", "expected"),
    [(5, 4, 0.0, Health.OK), (5, 4, 0.999, Health.OK), (5, 4, 1.0, Health.WARN), (5, 5, 0.0, Health.DOWN)],
)
def test_the_loop_lives_by_its_own_turns(wakes: int, before: int, lag_s: float, expected: Health) -> None:
    seen = Seen()
    looks.guard(seen, wakes=wakes, wakes_before=before, lag_s=lag_s)
    assert seen.components["guard"][0].state is expected


@pytest.mark.parametrize(
    ("healthy", "problem", "expected"), [(True, "", Health.OK), (True, "x", Health.WARN), (False, "", Health.DOWN)]
)
def test_the_records(healthy: bool, problem: str, expected: Health) -> None:
    seen = Seen()
    looks.database(seen, healthy=healthy, problem=problem)
    assert seen.components["database"][0].state is expected


def test_numbers_of_protection() -> None:
    world = watching()
    world.trade(SAMSUNG, 70_000)
    world.pass_time(3)
    seen = Seen()
    looks.protection(seen, world.engine, world.now)
    assert seen.gauges["market_open", ()] == 1.0
    assert seen.gauges["positions", ()] == 1
    assert seen.gauges["price_age_seconds", ()] == pytest.approx(3.0, abs=0.3)
    world.give(inp.FeedClosed("cut"))
    world.pass_time(4)
    assert looks.unprotected_s(world.engine, world.now) == pytest.approx(4.0, abs=0.3)
