"""Ten thousand alerts in one second, raised inside the guard: told as they are, or recorded with their facts.

Most say the same again (late data of one stock), some are as many different troubles,
and twenty are emergencies of twenty stocks, which come last.
"""

import asyncio
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

from hantu.alerting.rules import Context, alerts_of, operations_alert
from hantu.domain import events as ev
from hantu.domain.alert import Alert
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.ports import Batch

EVENTS, EQUAL, EMERGENCIES = 10_000, 8_000, 20
BATCHES = 1_000
"""Ten events a millisecond: a loop cannot be woken much more often."""
SECOND_S = 1.0


def alerts(now: Instant) -> Iterator[Alert]:
    """Yield one alert for every event of the second; each is made when it is raised, not all in one stop of the loop."""
    at = Context(now.wall)
    for number in range(EVENTS):
        if number < EQUAL:
            yield from alerts_of(ev.DataDelay(Symbol("005930"), 9_000), at)
        elif number < EVENTS - EMERGENCIES:
            yield operations_alert("health_degraded", f"part {number}", key=f"part {number}")
        else:
            yield from alerts_of(_failed(f"{900_000 + EVENTS - number:06d}"), at)


async def blow(guard: Any, clock: Any, kind: str) -> dict[str, float]:
    """Raise ten thousand alerts evenly over a second; return how long that took and whether the database kept up.

    ``told``: alerts that are no fact of the trading day, as of health or storage, go to the dispatcher as they
    are. ``recorded``: each is committed with the fact that raised it, in batches, the way the engine's are.
    """
    performer = guard.performer
    store, dispatcher = performer._store, performer._on_alerts.__self__
    everything, size = alerts(clock.now()), EVENTS // BATCHES
    began = time.monotonic()
    for turn in range(BATCHES):
        part = tuple(islice(everything, size))
        if kind == "told":
            for alert in part:
                dispatcher.post(alert)
        else:
            facts = tuple(ev.SubscribeDone(number) for number in range(size))
            store.record(Batch(clock.now(), facts, tuple(enumerate(part)), performer.epoch)).add_done_callback(_seen)
            dispatcher.hint()
        await asyncio.sleep(max(0.0, began + (turn + 1) * SECOND_S / BATCHES - time.monotonic()))
    return {"seconds": time.monotonic() - began, "healthy": float(store.healthy)}


def _seen(done: "asyncio.Future[None]") -> None:
    done.exception()


def _failed(symbol: str) -> ev.OrderFailed:
    return ev.OrderFailed("bench", "bench", Symbol(symbol), symbol, "APBK0400", "bench", 60.0)
