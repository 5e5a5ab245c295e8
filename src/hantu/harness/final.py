"""What must be true when a day is over: judged after a stretch without faults."""

from typing import TYPE_CHECKING

from hantu.domain.commands import KillLevel

if TYPE_CHECKING:
    from hantu.harness.world import World


def judge_the_end(world: "World") -> None:
    """Compare the guard's book with the ledger, and every promise with what came of it."""
    judge, life = world.judge, world.life
    judge.targets()
    if life is None:
        judge.fail("I4", "no guard lives at the end of the calm stretch")
        return
    book = life.engine.book
    judge.seen["I11 end"] += 1
    for symbol, position in book.positions.items():
        if symbol in _with_a_person(world):
            continue
        if position.quantity != judge.held(symbol):
            judge.fail("I11", f"{symbol}: the book holds {position.quantity}, the ledger {judge.held(symbol)}")
    for intent_id, filled in judge.filled.items():
        owner = judge.intents.get(intent_id)
        real = sum(
            judge.exchange._desk.orders[number].filled  # noqa: SLF001
            for number, intent in judge.orders.items()
            if intent is not None and intent.intent_id == intent_id
        )
        if owner is not None and owner.symbol not in judge.excused and real != filled:
            judge.fail("I11", f"{intent_id}: {filled} recorded as filled, the exchange filled {real}")


def judge_exits(world: "World") -> None:
    """I4: after minutes without faults, what fell below its stop is out or on its way, or a person was told."""
    judge, life = world.judge, world.life
    if life is None:
        judge.fail("I4", "no guard lives after minutes without faults")
        return
    if life.engine.book.kill is not KillLevel.OFF:
        return
    told = {alert.event_type for alert in world.told}
    for symbol, position in life.engine.book.positions.items():
        record = judge.exchange._market.listings[symbol].record  # noqa: SLF001
        if not position.quantity or not position.stop_price or record.price > position.stop_price:
            continue
        if judge.live(symbol) or symbol in _with_a_person(world):
            continue
        judge.fail(
            "I4",
            f"{symbol}: {position.quantity} held at {record.price}, stop {position.stop_price}; told {sorted(told)}",
        )


def _with_a_person(world: "World") -> set[str]:
    """Stocks with an order whose fate only a person can tell: they were told, and nothing is sent."""
    judge = world.judge
    return {intent.symbol for intent in judge.intents.values() if intent.intent_id in judge.escalated}
