"""Live data for browsers: one hub, a bounded queue for each, ids that outlive the server.

1. A fact's id on the stream is the place behind it (``hantu.domain.place``): what a browser missed is read from the
   records from there on, also what was filed late. An ``event_id`` alone is understood, too.
2. A state is whole: only the newest counts, and a browser that fell behind gets that one.
3. Every stream ends with a word: ``end`` and why.
4. Something is said at least every two seconds, so that silence is noticed within five.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hantu.domain.place import Place, Told
from hantu.telemetry import get_logger

StreamLog = get_logger(__name__, "system")
BEAT_S: Final = 2.0
VALID_EVERY_S: Final = 2.0
"""A session that has ended is noticed within so many seconds, and two more when nothing happens."""
QUEUE_MAX: Final = 512
"""Facts a browser may be behind."""
CAUGHT_UP_MAX: Final = 1_000
"""Facts that are told again after a cut; who missed more reads the pages."""
STREAMS_MAX: Final = 200
STREAMS_PER_CALLER: Final = 8
RETRY_MS: Final = 1_000
Facts = Sequence[Told]
START: Final = Place("", 0)
"""Of who has missed nothing: everything that is told from now on is new."""


@dataclass(eq=False, slots=True)
class Listener:
    """One browser."""

    caller: str
    queue: "asyncio.Queue[Told]" = field(default_factory=lambda: asyncio.Queue(QUEUE_MAX))
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    late: bool = False
    seen: int = 0


class Full(Exception):
    """No more streams for this caller, or at all."""


class Hub:
    """Tells every browser what the guard and the records say."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._state = ""
        self._turn = 0
        self._ending = ""

    @property
    def listening(self) -> int:
        """How many browsers there are."""
        return len(self._listeners)

    @property
    def ending(self) -> str:
        """Why everything ends; empty while nothing does."""
        return self._ending

    def tell_state(self, state: Mapping[str, Any]) -> None:
        """Have everybody see a new state."""
        self._state = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
        self._turn += 1
        for one in self._listeners:
            one.wake.set()

    def tell_facts(self, facts: Facts) -> None:
        """Have everybody see new facts, in the order they were filed; who does not read is let go."""
        for one in self._listeners:
            for fact in facts:
                if one.queue.full():
                    one.late = True
                    break
                one.queue.put_nowait(fact)
            one.wake.set()

    def end(self, reason: str) -> None:
        """End every stream."""
        self._ending = reason
        for one in self._listeners:
            one.wake.set()

    async def listen(
        self,
        caller: str,
        last_id: str,
        missed: Callable[[Place, int], Awaitable[tuple[Facts, Place]]],
        end: Callable[[], Awaitable[Place]],
        valid: Callable[[], Awaitable[bool]],
    ) -> AsyncIterator[bytes]:
        """Yield the messages of one browser; ``valid`` says whether its session still is.

        Who has missed too much reads the pages, and is told only what comes after the ``end`` of now.

        Raises:
            Full: Too many streams.
        """
        if len(self._listeners) >= STREAMS_MAX or self._of(caller) >= STREAMS_PER_CALLER:
            raise Full
        listener = Listener(caller)
        self._listeners.add(listener)
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            place = START
            if last_id:
                found, place = await missed(Place.of(last_id), CAUGHT_UP_MAX + 1)
                if len(found) > CAUGHT_UP_MAX:
                    yield message("reset", {"reason": "too_far_behind"})
                    found, place = (), await end()
                for one in found:
                    yield message("fact", one.fact, one.place.text)
            async for part in self._live(listener, place, valid):
                yield part
        finally:
            self._listeners.discard(listener)

    async def _live(
        self, listener: Listener, place: Place, valid: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        checked = loop.time()
        while True:
            while not listener.queue.empty():
                told = listener.queue.get_nowait()
                if not place.knows(told):
                    place = place.with_(told)
                    yield message("fact", told.fact, place.text)
            if listener.seen != self._turn:
                listener.seen = self._turn
                yield f"event: state\ndata: {self._state}\n\n".encode()
            if self._ending or listener.late:
                yield message("end", {"reason": self._ending or "too_slow"})
                return
            listener.wake.clear()
            if listener.queue.empty() and listener.seen == self._turn:
                try:
                    await asyncio.wait_for(listener.wake.wait(), BEAT_S)
                except TimeoutError:
                    yield message("beat", {})
            if loop.time() - checked < VALID_EVERY_S:
                continue
            checked = loop.time()
            if not await valid():
                yield message("end", {"reason": "session_ended"})
                return

    def _of(self, caller: str) -> int:
        return sum(one.caller == caller for one in self._listeners)


def message(kind: str, data: Mapping[str, Any], ident: str = "") -> bytes:
    """Return one server-sent event."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    first = f"id: {ident}\n" if ident else ""
    return f"{first}event: {kind}\ndata: {text}\n\n".encode()
