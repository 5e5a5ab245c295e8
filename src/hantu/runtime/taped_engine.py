"""The engine that puts on tape what it handled, so that a day can be decided again.

It decides nothing itself. An input that makes the engine fail is on the tape
too: it is the one most worth replaying.
"""

from datetime import UTC, datetime, time, timedelta

from hantu.domain.instant import Instant
from hantu.domain.session import KST, trading_date
from hantu.engine.config import GuardConfig
from hantu.engine.decision import Decision
from hantu.engine.engine import Engine
from hantu.engine.inputs import Input
from hantu.ports import Tape

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class TapedEngine(Engine):
    """An engine whose inputs are kept, in one part a trading day."""

    def __init__(self, config: GuardConfig, tape: Tape) -> None:
        super().__init__(config)
        self._tape = tape
        self._day_ends = _LONG_AGO

    def handle(self, got: Input, now: Instant) -> Decision:
        """Decide as ``Engine`` does, and keep what went in and what came out."""
        if now.wall >= self._day_ends:
            self._begin_day(now)
        try:
            decision = super().handle(got, now)
        except Exception as error:
            self._tape.keep(got, now, error)
            raise
        self._tape.keep(got, now, decision)
        return decision

    def _begin_day(self, now: Instant) -> None:
        fresh, day = self._day_ends is _LONG_AGO, trading_date(now.wall)
        self._day_ends = datetime.combine(day + timedelta(days=1), time(), KST).astimezone(UTC)
        self._tape.begin(day, self.desk, fresh=fresh)
