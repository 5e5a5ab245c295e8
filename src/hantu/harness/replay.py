"""A recorded day decided again: same inputs, same moments, and whether the decisions are the same.

Entry point: ``replay``. Nothing of the present machine reaches the engine, so the
result is the same in any process, at any speed.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hantu.adapters.tape import snapshot
from hantu.adapters.tape.codec import Mask, decision_bytes, decision_values, input_of
from hantu.adapters.tape.header import Header
from hantu.adapters.tape.reader import Part
from hantu.domain.instant import Instant
from hantu.engine.decision import Decision
from hantu.engine.engine import Engine
from hantu.engine.inputs import Input
from hantu.engine.turn import Desk

_NO_MASK = Mask()
"""Private words were masked before the engine saw them again."""


class Resumed(Engine):
    """An engine that goes on from what another had at hand."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.config)
        self._desk = desk


@dataclass(frozen=True, slots=True)
class Step:
    """One input decided again."""

    number: int
    """Counted from one over the whole day; the position on the tape."""
    got: Input
    now: Instant
    recorded: bytes | None
    replayed: bytes | None
    decision: Decision | None
    """What was decided now; None if the engine failed, as it may have when recorded."""
    engine: Engine = field(repr=False)

    @property
    def same(self) -> bool:
        """Whether both decisions are equal, bit for bit."""
        return self.recorded == self.replayed

    @property
    def sides(self) -> tuple[Any, Any]:
        """Both decisions as plain values."""
        return decision_values(self.recorded), decision_values(self.replayed)


@dataclass(slots=True)
class Tally:
    """What a replay came to."""

    inputs: int = 0
    decisions: int = 0
    """Inputs after which something was recorded, done or said."""
    lives: int = 0
    torn: int = 0
    """Bytes at the end of a part that a kill left unreadable."""
    first_difference: Step | None = None
    digest: Any = field(default_factory=lambda: hashlib.blake2b(digest_size=8))

    @property
    def fingerprint(self) -> str:
        """Sixteen digits over every decision and its place; equal for equal replays."""
        return str(self.digest.hexdigest())


def replay(parts: list[Part], tally: Tally, *, until: datetime | None = None) -> Iterator[Step]:
    """Yield every input, decided again; ends at the first difference, or before ``until``.

    Raises:
        BrokenError: A part cannot be read by this release.
    """
    for part in parts:
        engine = engine_of(part.header)
        tally.lives += 1
        for row in part.rows():
            got, now = input_of(row, part.header.layout)
            if until is not None and now.wall >= until:
                break
            step = _step(engine, got, now, row[4], tally.inputs + 1)
            tally.inputs += 1
            if step.replayed is not None:
                tally.decisions += 1
                tally.digest.update(b"%d:" % step.number + step.replayed)
            yield step
            if not step.same:
                tally.first_difference = step
                return
        tally.torn += part.torn


def engine_of(header: Header) -> Engine:
    """Return an engine as it was when a part began."""
    if header.state is not None:
        return Resumed(snapshot.restore(header.state))
    return Engine(header.guard_config())


def _step(engine: Engine, got: Input, now: Instant, recorded: bytes | None, number: int) -> Step:
    try:
        decision = engine.handle(got, now)
    except Exception as error:  # noqa: BLE001 - a failure of the engine is a result to be compared
        return Step(number, got, now, recorded, decision_bytes(error, _NO_MASK), None, engine)
    return Step(number, got, now, recorded, decision_bytes(decision, _NO_MASK), decision, engine)
