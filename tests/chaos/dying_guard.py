"""The real guard, killed or frozen by itself at one exact durable boundary of one kind of intent.

Arguments: how it ends (kill, stop), boundary, kind. Only the moment is ours;
every part is the product's. SIGKILL flushes, closes and tells nothing.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from hantu.adapters.broker.gateway import KisBroker
from hantu.adapters.broker.keyring import Keyring
from hantu.adapters.broker.orders import OrderSender
from hantu.adapters.broker.wire import Wire
from hantu.adapters.store import spill, store
from hantu.adapters.store.sqlite import OperationalError
from hantu.adapters.store.store import SqliteStore
from hantu.bootstrap import run_guard
from hantu.domain import events as ev
from hantu.ports import Batch
from hantu.settings.loading import load_settings

KINDS: dict[str, Callable[[ev.IntentRecorded], bool]] = {
    "stop": lambda fact: fact.kind == "order" and fact.purpose == "stop_loss" and fact.attempt == 1,
    "partial": lambda fact: fact.kind == "order" and fact.purpose == "partial_profit",
    "cancel": lambda fact: fact.kind == "cancel",
    "reorder": lambda fact: fact.kind == "order" and fact.attempt == 2,
}
DAYS = {"stop": "stop", "partial": "partial", "cancel": "reorder", "reorder": "reorder"}
"""Which day of ``exits`` shows a kind."""


class Boundary:
    """Follows the intents of one kind and ends the process at one step of theirs."""

    def __init__(self, how: str, step: str, kind: str) -> None:
        self._signal = signal.SIGKILL if how == "kill" else signal.SIGSTOP
        self.step = step
        self._fits = KINDS[kind]
        self.ours: set[str] = set()
        self._done = False

    def at(self, step: str) -> None:
        """End here if this is the step; once."""
        if step == self.step and not self._done:
            self._done = True
            os.kill(os.getpid(), self._signal)

    def intends(self, batch: Batch) -> bool:
        """Whether a batch holds an intent of the kind; remembers it."""
        found = [f.intent_id for f in batch.facts if isinstance(f, ev.IntentRecorded) and self._fits(f)]
        self.ours.update(found)
        return bool(found)

    def tells(self, batch: Batch, *kinds: type) -> bool:
        """Whether a batch tells of one of them."""
        return any(isinstance(fact, kinds) and fact.intent_id in self.ours for fact in batch.facts)


def around_records(boundary: Boundary) -> None:
    """Before and after each batch is durable, whatever it tells."""
    record = SqliteStore.record

    async def wrapped(self: SqliteStore, batch: Batch) -> None:
        names = [
            name
            for name, tells in (
                ("intent", boundary.intends(batch)),
                ("acceptance", boundary.tells(batch, ev.OrderAccepted)),
                ("fill", boundary.tells(batch, ev.OrderFilled)),
                ("end of cancel", boundary.tells(batch, ev.CancelResolved)),
            )
            if tells
        ]
        for name in names:
            boundary.at(f"before {name}")
        await record(self, batch)
        for name in names:
            boundary.at(f"after {name}")

    SqliteStore.record = wrapped  # type: ignore[method-assign]


def around_commits(boundary: Boundary) -> None:
    """In the writer's thread: committed, and nobody has heard of it; or not committable, so that it is spilled."""
    commit, join = store.commit_entry, store.join_entry

    def is_ours(facts: Any) -> bool:
        return any(isinstance(fact, ev.IntentRecorded) and fact.intent_id in boundary.ours for fact in facts)

    def wrapped(entry: Any, facts: Any, connection: Any) -> Any:
        if is_ours(facts) and boundary.step.startswith("spill"):
            raise OperationalError("database is locked")
        result = commit(entry, facts, connection)
        if is_ours(facts):
            boundary.at("committed, unheard")
        return result

    def joined(entry: Any, facts: Any, connection: Any) -> Any:
        if is_ours(facts):
            raise ValueError("alone: the boundary is behind its own commit")
        return join(entry, facts, connection)

    store.commit_entry, store.join_entry = wrapped, joined


def around_spill(boundary: Boundary) -> None:
    """Around each line of the spill: before it, written but not synced, durable."""
    append, write = spill.SpillFile.append, spill._write_whole

    def appended(self: spill.SpillFile, entry: Any) -> int:
        boundary.at("spill before")
        size = append(self, entry)
        boundary.at("spill durable")
        return size

    def written(descriptor: int, line: bytes) -> None:
        write(descriptor, line)
        boundary.at("spill written")

    spill.SpillFile.append = appended  # type: ignore[method-assign]
    spill._write_whole = written


def around_sending(boundary: Boundary) -> None:
    """Between commit and send, between the last check and the bytes, after the bytes, after the answer."""
    armed: list[str] = []

    def wrap(name: str) -> None:
        inner = getattr(KisBroker, name)

        async def wrapped(self: KisBroker, request: Any) -> Any:
            if request.intent_id not in boundary.ours:
                return await inner(self, request)
            boundary.at("before send")
            armed.append(request.intent_id)
            outcome = await inner(self, request)
            boundary.at("after answer")
            return outcome

        setattr(KisBroker, name, wrapped)

    wrap("submit")
    wrap("cancel")
    at_hand, send = OrderSender._at_hand, Wire.send

    def ready(self: OrderSender, request: Any, *rest: Any) -> Any:
        found = at_hand(self, request, *rest)
        if request.intent_id in boundary.ours:
            boundary.at("before last check")
        return found

    def written(self: Wire, *words: Any, **named: Any) -> Any:
        if armed:
            boundary.at("after last check")
        result = send(self, *words, **named)
        if armed:
            asyncio.get_running_loop().call_later(0.0, boundary.at, "after bytes")
        return result

    OrderSender._at_hand = ready  # type: ignore[method-assign]
    Wire.send = written  # type: ignore[method-assign]


def around_keys(boundary: Boundary) -> None:
    """Around the file of tokens, whatever is ordered."""
    write = Keyring._write

    def wrapped(self: Keyring, content: bytes) -> None:
        boundary.at("before token file")
        write(self, content)
        boundary.at("after token file")

    Keyring._write = wrapped  # type: ignore[method-assign]


ORDER_STEPS = (
    "before intent", "committed, unheard", "after intent", "before send", "after bytes", "after answer",
    "before acceptance", "after acceptance", "before fill", "after fill", "spill before", "spill written",
    "spill durable",
)  # fmt: skip
CANCEL_STEPS = (
    "before intent", "committed, unheard", "after intent", "before send", "after bytes", "after answer",
    "before end of cancel", "after end of cancel", "spill before", "spill written", "spill durable",
)  # fmt: skip
TOKEN_STEPS = ("before token file", "after token file")
BOUNDARIES = (
    *((kind, step) for kind in ("stop", "partial", "reorder") for step in ORDER_STEPS),
    *(("cancel", step) for step in CANCEL_STEPS),
    *(("stop", step) for step in TOKEN_STEPS),
)

if __name__ == "__main__":
    chosen = Boundary(*sys.argv[1:4])
    around_records(chosen)
    around_commits(chosen)
    around_spill(chosen)
    around_sending(chosen)
    around_keys(chosen)
    settings, _ = load_settings(None, os.environ)
    raise SystemExit(run_guard(settings))
