"""What must be true when a day is over: judged after a stretch without faults."""

from collections.abc import Sequence

from hantu.domain.alert import Alert
from hantu.domain.commands import KillLevel
from hantu.engine.book import Book
from hantu.harness.invariants import Judge

NOT_SELLABLE = "매도 가능 수량 없음"
"""What a held-back stop says when the broker lets none of the shares be sold."""


def judge_exits(judge: Judge, book: Book | None, told: Sequence[Alert]) -> None:
    """I4: after minutes without faults, what fell below its stop is out or on its way, or a person was told.

    ``book`` is the living guard's; None if there is none.
    """
    if book is None:
        judge.fail("I4", "no guard lives after minutes without faults")
        return
    if book.kill in (KillLevel.HARD, KillLevel.FLATTEN):
        return
    events = sorted({alert.event_type for alert in told})
    for symbol, position in book.positions.items():
        price = judge.price(symbol)
        if not position.quantity or not position.stop_price or price > position.stop_price:
            continue
        if judge.live(symbol, protective=True) or symbol in judge.with_a_person():
            continue
        if judge.live_of_others(symbol) >= position.quantity and any(
            alert.symbol == symbol and NOT_SELLABLE in alert.short for alert in told
        ):
            continue  # a person's own order holds every share that is left, and that no stop can sell them was told
        judge.fail("I4", f"{symbol}: {position.quantity} held at {price}, stop {position.stop_price}; told {events}")


def judge_the_end(judge: Judge, book: Book | None) -> None:
    """Compare the guard's book with the ledger, and every recorded fill with the exchange's."""
    judge.targets()
    if book is None:
        judge.fail("I4", "no guard lives at the end of the calm stretch")
        return
    for symbol, position in book.positions.items():
        if symbol not in judge.with_a_person() and position.quantity != judge.held(symbol):
            judge.fail("I11", f"{symbol}: the book holds {position.quantity}, the ledger {judge.held(symbol)}")
    for intent_id, filled in judge.filled.items():
        owner = judge.intents.get(intent_id)
        real = judge.filled_at_exchange(intent_id)
        if owner is not None and owner.symbol not in judge.excused and real != filled:
            judge.fail("I11", f"{intent_id}: {filled} recorded as filled, the exchange filled {real}")
