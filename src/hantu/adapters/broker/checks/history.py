"""What left through the door on a day, from the records of an earlier life of the same day.

An intent on record whose order was neither voided nor known never to have left counts as sent: after a
crash nobody knows better, and the other way the day's limits would begin anew with every restart.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hantu.adapters.broker.checks.verdict import Request
from hantu.domain import events as ev
from hantu.domain.money import Price, Quantity
from hantu.domain.order import CancelRequest, OrderRequest


@dataclass(frozen=True, slots=True)
class Sent:
    """One request that left; ``lived`` is false where the broker refused it; ``value`` in won, 0 of a cancel."""

    request: Request
    lived: bool = True
    value: int = 0


def sent_on(facts: Iterable[ev.Fact], day: str) -> tuple[Sent, ...]:
    """Return what left on ``day`` (ISO date in Korea), oldest first.

    A market order counts at the highest price it was filled at; without a fill at what the holding cost.
    """
    intents: dict[str, ev.IntentRecorded] = {}
    never, refused, prices = set[str](), set[str](), dict[str, int]()
    for fact in facts:
        match fact:
            case ev.IntentRecorded():
                intents[fact.intent_id] = fact
            case ev.IntentVoided() | ev.OrderNotSent():
                never.add(fact.intent_id)
            case ev.OrderRejectedBroker():
                refused.add(fact.intent_id)
            case ev.OrderFilled():
                prices[fact.intent_id] = max(fact.price, prices.get(fact.intent_id, 0))
            case _:
                pass
    return tuple(
        _sent(one, prices.get(one.intent_id, 0), lived=one.intent_id not in refused)
        for one in intents.values()
        if one.intent_id not in never and one.trade_date in ("", day)
    )


def _sent(one: ev.IntentRecorded, filled_at: int, *, lived: bool) -> Sent:
    if one.kind == "cancel":
        return Sent(CancelRequest(one.intent_id, one.parent, one.symbol, "", "", one.venue), lived)
    order = OrderRequest(
        one.intent_id, one.symbol, one.side, Quantity(one.quantity), Price(one.limit_price), one.order_type, one.venue,
        one.purpose,
    )  # fmt: skip
    return Sent(order, lived, (one.limit_price or filled_at or one.average_price) * one.quantity if lived else 0)
