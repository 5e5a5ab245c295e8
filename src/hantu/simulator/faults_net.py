"""Which network and gateway faults are on, and which are still to come.

Pure: the servers ask before they act and carry the fault out themselves. Times
are seconds of the simulated stopwatch, schedules follow the market's wall clock.
"""

from dataclasses import dataclass, field
from datetime import datetime

from hantu.simulator.scenario import EXCHANGE_FAULTS, ClockSpec, Fault, FaultKind

INSTANT_KINDS: frozenset[FaultKind] = frozenset({"cut", "token_expiry"})
"""Kinds that happen at a moment and are over."""
LASTING_KINDS: frozenset[FaultKind] = frozenset({"refuse", "refuse_ws", "delay", "silence", "maintenance"})
"""Kinds for which once makes no sense: without a duration they never end."""


@dataclass(slots=True)
class _Running:
    fault: Fault
    until: float | None
    left: int | None

    def holds(self, mono: float) -> bool:
        return (self.until is None or mono < self.until) and self.left != 0


@dataclass(slots=True)
class NetworkFaults:
    """The servers' share of the scenario's faults."""

    planned: list[tuple[datetime, Fault]] = field(default_factory=list)
    _running: list[_Running] = field(default_factory=list)

    @classmethod
    def of(cls, faults: tuple[Fault, ...], clock: ClockSpec) -> "NetworkFaults":
        """Plan the faults of a scenario that are not the exchange's own."""
        ours = [(clock.moment(fault.at), fault) for fault in faults if fault.kind not in EXCHANGE_FAULTS]
        return cls(planned=sorted(ours, key=lambda pair: pair[0]))

    def due(self, wall: datetime) -> list[Fault]:
        """Take the planned faults whose time has come or was jumped over."""
        ready = [fault for moment, fault in self.planned if moment <= wall]
        self.planned = [pair for pair in self.planned if pair[0] > wall]
        return ready

    def begin(self, fault: Fault, mono: float) -> None:
        """Switch a lasting or counted fault on; instant ones are the caller's to carry out."""
        if fault.kind in INSTANT_KINDS:
            return
        until = mono + fault.duration if fault.duration > 0 else None
        left: int | None = fault.times or None
        if left is None and until is None and fault.kind not in LASTING_KINDS:
            left = 1
        self._running.append(_Running(fault, until, left))

    def active(self, kind: FaultKind, mono: float, *names: str) -> Fault | None:
        """Return a running fault of this kind that aims at everything or at one of ``names``."""
        self._running = [running for running in self._running if running.holds(mono)]
        return next((r.fault for r in self._running if r.fault.kind == kind and _aims(r.fault, names)), None)

    def take(self, kind: FaultKind, mono: float, *names: str) -> Fault | None:
        """Like ``active``, and use up one of its times."""
        for running in self._running:
            if running.fault.kind == kind and running.holds(mono) and _aims(running.fault, names):
                if running.left is not None:
                    running.left -= 1
                return running.fault
        return None

    def listening(self, side: str, mono: float) -> bool:
        """Tell whether the ``rest`` or ``ws`` port takes connections."""
        if side == "ws" and self.active("refuse_ws", mono, side):
            return False
        return self.active("refuse", mono, side) is None

    def running(self, mono: float) -> list[Fault]:
        """Return everything that is on, for the inspection pages."""
        return [running.fault for running in self._running if running.holds(mono)]


def _aims(fault: Fault, names: tuple[str, ...]) -> bool:
    return not fault.target or fault.target in names
