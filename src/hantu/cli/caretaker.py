"""Looks after the processes of one home: starts them in order, again where they die, and ends them in order.

Each next one is started once it is known what came of those before it. The guard is started
again only after its handle says that the last one is gone; its start is a recovery, and the
lock of the account and the lease of the records stand behind that.
"""

import time
from collections.abc import Callable, Sequence
from typing import Final

from hantu.cli.wards import Happening, State, Ward
from hantu.operations.restarts import Exit

STEP_S: Final = 0.1
"""Between two looks."""
SLEPT_S: Final = 1.0
"""A look that comes so much late was this process's own sleep, which no child answers for."""
GUARD: Final = "guard"


class Caretaker:
    """Runs in one thread until it is told to end; ``tell`` hears everything, ``show`` is called after each look."""

    def __init__(
        self,
        wards: Sequence[Ward],
        last: Sequence[str],
        tell: Callable[[Happening], None],
        show: Callable[[], None],
        *,
        now: Callable[[], float] = time.monotonic,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        """``wards`` in the order of their start; ``last`` names them in the order of their end."""
        self.wards = wards
        self._last = [next(ward for ward in wards if ward.role.name == name) for name in last]
        self._tell, self._show, self._now, self._rest = tell, show, now, rest

    @property
    def code(self) -> int:
        """What became of them as one exit code: the guard's no, a failure, or all is well."""
        for ward in self.wards:
            if ward.role.name == GUARD and ward.state is State.REFUSED:
                return ward.code
        lost = any(ward.state in (State.REFUSED, State.GIVEN_UP) for ward in self.wards)
        return 1 if lost else Exit.DONE

    def run(self, ended: Callable[[], bool]) -> int:
        """Look after them until ``ended``, or until there is nothing left to look after; return the exit code."""
        looked = self._now()
        try:
            while not ended() and not self._over():
                now = self._now()
                if now - looked > STEP_S + SLEPT_S:
                    for ward in self.wards:
                        ward.excuse(now - looked)
                looked = now
                self._look(now)
                self._show()
                self._rest(STEP_S)
            return self.code
        finally:
            # An error of ours ends them in order, too: nobody would look after them.
            self._end()

    def _look(self, now: float) -> None:
        for ward in self.wards:
            if ward.state is State.WAITING:
                self._tell(ward.begin(now))
            for happening in ward.look(now):
                self._tell(happening)
            if self._holds_up(ward):
                return

    def _holds_up(self, ward: Ward) -> bool:
        """Tell whether those after it wait: for what it prepares, or for good when the guard says no.

        Once they have begun they do not wait for its next start.
        """
        place = self.wards.index(ward)
        if any(after.state is not State.WAITING for after in self.wards[place + 1 :]):
            return False
        return not ward.state.answered or (ward.role.name == GUARD and ward.state is State.REFUSED)

    def _over(self) -> bool:
        """Tell whether nothing is left to look after, or nothing will begin because the guard says no."""
        begun = [ward for ward in self.wards if ward.state is not State.WAITING]
        if not all(ward.state.over for ward in begun):
            return False
        return len(begun) == len(self.wards) or (bool(begun) and self._holds_up(begun[-1]))

    def _end(self) -> None:
        for ward in self._last:
            told = ward.stop(self._now())
            if told is not None:
                self._tell(told)
                while (gone := ward.stopped(self._now())) is None:
                    self._show()
                    self._rest(STEP_S)
                self._tell(gone)
            ward.line.close()
        self._show()
