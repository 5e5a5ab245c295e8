"""Mistakes of our own at run time: an order's fate stays unknown, a life ends, and nothing overtakes."""

from datetime import UTC, datetime
from typing import Any

from hantu.domain.account import Side
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.order import OrderRequest, OutcomeKind
from hantu.engine.decision import Decision, Submit
from hantu.engine.inputs import SubmitEnded
from hantu.runtime.guard import Guard
from tests.unit.runtime.test_performer import performer

NOW = Instant(datetime(2026, 11, 23, tzinfo=UTC), 1.0)


class Mistaken:
    """A broker whose own code fails, before or after the bytes: nobody can tell."""

    async def submit(self, _order: OrderRequest) -> Any:
        raise RuntimeError("a mistake of ours")


async def test_an_order_whose_sending_raised_is_unknown_not_unsent() -> None:
    told: list[Any] = []
    order = OrderRequest("20261123-0001", Symbol("005930"), Side.SELL, Quantity(10), Price(67_900))
    worker = performer(Mistaken(), told=told)
    worker.perform(Decision((), (Submit(order),), ()), NOW, lambda: None)
    await worker.drain(1.0)
    (ended,) = told
    assert isinstance(ended, SubmitEnded)
    assert (ended.intent_id, ended.outcome.kind) == ("20261123-0001", OutcomeKind.UNKNOWN)


class Brain:
    """An engine that does what the test wants with each input."""

    def __init__(self, handled: Any) -> None:
        self.handle = handled


class Clock:
    def now(self) -> Instant:
        return NOW


def guard(handled: Any) -> Guard:
    brain: Any = Brain(handled)
    clock: Any = Clock()
    return Guard(engine=brain, clock=clock, announce=lambda _: None, on_kill=lambda _: None)


def test_a_bug_of_ours_ends_the_life_and_nothing_is_handled_any_more() -> None:
    seen: list[Any] = []

    def handled(got: Any, _now: Instant) -> Decision:
        seen.append(got)
        raise KeyError("a state nobody has thought of")

    one = guard(handled)
    one.deliver("first")  # type: ignore[arg-type]
    one.deliver("second")  # type: ignore[arg-type]
    assert one.end_reason == "bug"
    assert seen == ["first"]


def test_what_arrives_while_something_is_handled_is_handled_after_it_in_order() -> None:
    seen: list[Any] = []

    def handled(got: Any, _now: Instant) -> Decision:
        if got == "first":
            one.deliver("second")  # type: ignore[arg-type]
            one.deliver("third")  # type: ignore[arg-type]
        seen.append(got)
        return Decision((), (), ())

    one = guard(handled)
    # A guard that ends sets no timer any more.
    one.end("over")
    one.deliver("first")  # type: ignore[arg-type]
    assert seen == ["first", "second", "third"]
