"""The real guard, killed by itself at one exact step of a sell; the argument names the step.

Only the moment of death is ours: every part is the product's. SIGKILL is used,
so nothing is flushed, closed or told.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from hantu.adapters.broker.gateway import KisBroker
from hantu.adapters.broker.wire import Wire
from hantu.adapters.store.store import SqliteStore
from hantu.bootstrap import run_guard
from hantu.domain.events import IntentRecorded, OrderAccepted, OrderFilled
from hantu.ports import Batch
from hantu.settings.loading import load_settings


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def around_record(before: Callable[[Batch], bool], after: Callable[[Batch], bool]) -> None:
    """Die before or after a batch is durable."""
    record = SqliteStore.record

    async def wrapped(self: SqliteStore, batch: Batch) -> None:
        if before(batch):
            die()
        await record(self, batch)
        if after(batch):
            die()

    SqliteStore.record = wrapped  # type: ignore[method-assign]


def never(_batch: Batch) -> bool:
    return False


def has(kind: type) -> Callable[[Batch], bool]:
    return lambda batch: any(isinstance(fact, kind) for fact in batch.facts)


def partly_filled(batch: Batch) -> bool:
    return any(isinstance(fact, OrderFilled) and fact.cumulative < fact.ordered for fact in batch.facts)


def after_answer() -> None:
    """Die when the broker's answer has been read and nothing of it is on record."""
    submit = KisBroker.submit

    async def wrapped(self: KisBroker, order: Any) -> Any:
        await submit(self, order)
        die()

    KisBroker.submit = wrapped  # type: ignore[method-assign]


def after_bytes() -> None:
    """Die when the bytes of the order have left and no answer has come."""
    send = Wire.send

    def wrapped(self: Wire, *words: Any, **named: Any) -> Any:
        result = send(self, *words, **named)
        asyncio.get_running_loop().call_later(0.0, die)
        return result

    Wire.send = wrapped  # type: ignore[method-assign]


STEPS: dict[str, Callable[[], None]] = {
    "before_intent": lambda: around_record(has(IntentRecorded), never),
    "after_intent": lambda: around_record(never, has(IntentRecorded)),
    "after_send": after_bytes,
    "after_answer": after_answer,
    "after_acknowledgement": lambda: around_record(never, has(OrderAccepted)),
    "before_first_fill": lambda: around_record(has(OrderFilled), never),
    "between_fills": lambda: around_record(never, partly_filled),
}

if __name__ == "__main__":
    STEPS[sys.argv[1]]()
    settings, _ = load_settings(None, os.environ)
    raise SystemExit(run_guard(settings))
