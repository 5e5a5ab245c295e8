"""What an exit order says about itself, and what remains of one that is denied at the door."""

from dataclasses import replace

import pytest

from hantu.alerting.rules import Context, alerts_of
from hantu.domain import events as ev
from hantu.domain.alert import Priority
from hantu.domain.order import IntentState, Outcome, OutcomeKind, Purpose
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from tests.unit.engine.world import CONFIG, SAMSUNG, World


def held(config: object = CONFIG) -> World:
    world = World(config=config)  # type: ignore[arg-type]
    world.holdings[SAMSUNG] = (10, 70_000, 10)
    world.open()
    return world


def stopped(**changed: object) -> tuple[World, act.Submit]:
    world = held(replace(CONFIG, **changed))
    world.trade(SAMSUNG, 67_900)
    (submit,) = world.of(act.Submit)
    return world, submit


def denied(world: World, submit: act.Submit, code: str) -> None:
    outcome = Outcome(OutcomeKind.NOT_SENT, code=f"denied:{code}", message="reason")
    world.give(inp.SubmitEnded(submit.order.intent_id, outcome))


def test_an_order_says_for_whom_where_and_on_which_price() -> None:
    world, submit = stopped(account="second", environment="paper")
    order = submit.order
    assert (order.account, order.environment, order.replaces) == ("second", "paper", "")
    assert order.price_mono == world.engine.desk.sight(SAMSUNG).seen_mono
    world.accept(submit)
    world.pass_time(62)
    (cancel,) = world.of(act.Cancel)
    assert (cancel.cancel.account, cancel.cancel.environment) == ("second", "paper")


@pytest.mark.requirement("MON-4.13")
def test_a_second_attempt_names_the_one_it_replaces() -> None:
    world, submit = stopped()
    refusal = Outcome(OutcomeKind.REFUSED, code="EGW00201", message="rate", retryable=True)
    world.give(inp.SubmitEnded(submit.order.intent_id, refusal))
    world.pass_time(2)
    second = world.of(act.Submit)[1].order
    assert second.replaces == submit.order.intent_id


def test_a_new_exit_names_an_earlier_order_that_ended_without_a_fill() -> None:
    world, submit = stopped()
    denied(world, submit, "collar_last")
    world.pass_time(61)
    world.trade(SAMSUNG, 67_800)
    assert world.of(act.Submit)[1].order.replaces == submit.order.intent_id


def test_a_position_larger_than_an_order_may_be_leaves_in_slices() -> None:
    world, first = stopped(order_quantity_max=4)
    assert first.order.quantity == 4
    number = world.accept(first)
    world.trade(SAMSUNG, 67_900)
    assert len(world.of(act.Submit)) == 1, "one after the other"
    world.fill(number, 4, 67_900)
    world.trade(SAMSUNG, 67_900)
    second = world.of(act.Submit)[1]
    assert (second.order.quantity, second.order.limit_price) == (4, first.order.limit_price)
    assert second.order.replaces == first.order.intent_id, "the next slice is no double of the first"
    world.fill(world.accept(second), 4, 67_900)
    world.trade(SAMSUNG, 67_900)
    third = world.of(act.Submit)[2].order
    assert third.quantity == 2


def test_what_was_sold_is_no_reason_to_sell_the_same_again() -> None:
    world, first = stopped()
    world.fill(world.accept(first), 10, 67_900)
    world.holdings[SAMSUNG] = (10, 70_000, 10)
    world.pass_time(70)
    world.trade(SAMSUNG, 67_900)
    again = world.of(act.Submit)[1].order
    assert (again.quantity, again.replaces) == (10, "")


def test_a_slice_is_measured_in_won_too() -> None:
    _, submit = stopped(order_value_max=3 * 67_900)
    assert submit.order.quantity == 3
    _, submit = stopped(order_value_max=1)
    assert submit.order.quantity == 1, "at least one share is asked for; the door decides"


def test_nothing_is_priced_from_memory() -> None:
    world, submit = stopped(stale_exit_price_s=30.0)
    number = world.accept(submit)
    world.pass_time(62)
    world.orders[number] = replace(world.orders[number], remaining=0, canceled=10)  # type: ignore[arg-type]
    world.pass_time(5)
    assert len(world.of(act.Submit)) == 1
    assert [fact.reason for fact in world.facts if isinstance(fact, ev.ExitHeld)] == ["no_price"]
    assert SAMSUNG in world.engine.desk.pending, "its price is asked for"
    world.trade(SAMSUNG, 67_500)
    again = world.of(act.Submit)[1].order
    assert (again.limit_price, again.quantity) == (67_400, 10), "the best bid of now"


@pytest.mark.requirement("DEC-2", "ALR-9")
@pytest.mark.parametrize("code", ["collar_last", "stale_price", "day_count", "repeats_hour", "duplicate", "kill"])
def test_a_denied_stop_is_recorded_and_told_to_a_person(code: str) -> None:
    world, submit = stopped()
    assert submit.order.purpose is Purpose.STOP_LOSS
    denied(world, submit, code)
    assert world.engine.book.intents[submit.order.intent_id].state is IntentState.NOT_SENT
    (not_sent,) = [fact for fact in world.facts if isinstance(fact, ev.OrderNotSent)]
    assert not_sent.code == f"denied:{code}"
    context = Context(world.now.wall)
    alerts = [alert for fact in world.facts for alert in alerts_of(fact, context)]
    assert any(alert.event_type == "order_failed" and alert.priority is Priority.EMERGENCY for alert in alerts)
    blocked = [fact for fact in world.facts if isinstance(fact, ev.OrderBlockedKillswitch)]
    assert bool(blocked) is (code == "kill")
    assert any(alert.event_type == "order_blocked_killswitch" for alert in alerts) is (code == "kill")
    assert SAMSUNG in world.engine.desk.pending, "it is looked at again"
