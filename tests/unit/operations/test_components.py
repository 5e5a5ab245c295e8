"""A component's state: patient on both edges, one event for each change, silent about what nobody expects."""

import pytest

from hantu.operations.components import NEW, Health, Observation, Patience, Standing, judge, total

OK, WARN, DOWN, AWAY = (Observation(state, state.value) for state in Health)
TWO = Patience(worse=2, better=2)


def play(looks: list[Observation], patience: Patience = TWO) -> tuple[Standing, list[str], int]:
    """Return the last standing, the states in order of change, and how many events there were."""
    standing, changes, events = NEW, [], 0
    for second, look in enumerate(looks, start=1):
        found = judge(standing, [look], float(second), patience)
        standing = found.standing
        changes += [standing.state.value] if found.changed else []
        events += found.event
    return standing, changes, events


@pytest.mark.requirement("OPS-01-7")
def test_ten_failing_looks_are_one_change_and_one_event_and_so_is_the_recovery() -> None:
    standing, changes, events = play([OK, *[DOWN] * 10])
    assert (standing.state, changes, events) == (Health.DOWN, ["ok", "down"], 1)
    standing, changes, events = play([OK, *[DOWN] * 10, *[OK] * 10])
    assert (standing.state, changes, events) == (Health.OK, ["ok", "down", "ok"], 2)


@pytest.mark.parametrize(
    ("looks", "state"),
    [
        ([OK, DOWN], "ok"),
        ([OK, DOWN, DOWN], "down"),
        ([OK, DOWN, OK, DOWN], "ok"),
        ([OK, DOWN, WARN], "warn"),
        ([OK, DOWN, DOWN, OK], "down"),
        ([OK, DOWN, DOWN, OK, OK], "ok"),
        ([OK, DOWN, DOWN, OK, DOWN, OK], "down"),
        ([OK, DOWN, DOWN, WARN, WARN], "warn"),
        ([OK, WARN, WARN, DOWN], "warn"),
        ([OK, WARN, WARN, DOWN, DOWN], "down"),
        ([DOWN], "not_expected"),
        ([DOWN, DOWN], "down"),
        ([OK, DOWN, DOWN, AWAY], "not_expected"),
        ([AWAY, OK], "ok"),
        ([OK, AWAY], "not_expected"),
    ],
)
def test_hysteresis_on_both_edges(looks: list[Observation], state: str) -> None:
    assert play(looks)[0].state == state


def test_what_is_not_expected_comes_and_goes_without_an_event() -> None:
    assert play([OK, AWAY, OK, AWAY, AWAY, OK])[2] == 0
    assert play([OK, DOWN, DOWN, AWAY])[2] == 2, "a fault that ends with the session ends for those who were told"


def test_the_worst_observation_counts_and_none_changes_nothing() -> None:
    found = judge(Standing(Health.OK), [OK, WARN, DOWN], 5.0, Patience())
    assert found.standing == Standing(Health.DOWN, "down", 5.0)
    assert judge(found.standing, [], 6.0).standing is found.standing


def test_a_state_keeps_its_beginning_and_takes_the_newest_reason() -> None:
    first = judge(NEW, [Observation(Health.WARN, "a")], 1.0, Patience()).standing
    again = judge(first, [Observation(Health.WARN, "b")], 9.0, Patience()).standing
    assert (again.since, again.reason) == (1.0, "b")


@pytest.mark.parametrize(
    ("states", "word"),
    [([], "healthy"), ([Health.OK, Health.NOT_EXPECTED], "healthy"), ([Health.OK, Health.WARN], "degraded"),
     ([Health.DOWN], "degraded")],
)  # fmt: skip
@pytest.mark.requirement("REL-39")
def test_all_components_together(states: list[Health], word: str) -> None:
    assert total(states) == word
