"""Exchange faults that wait for an order or a notice to strike."""

from dataclasses import dataclass

from hantu.simulator.scenario import Fault

_FOREVER = float("inf")


@dataclass(slots=True)
class Mishap:
    """A fault that has begun; moments are seconds since the epoch."""

    fault: Fault
    until: float
    left: float

    def strikes(self, kind: str, targets: frozenset[str], now: float) -> bool:
        """Tell whether it hits something of this kind and these names now."""
        if self.fault.kind != kind or now >= self.until or self.left <= 0:
            return False
        return not self.fault.target or self.fault.target in targets


class Mishaps:
    """Every fault that has begun and may still strike."""

    def __init__(self) -> None:
        self._begun: list[Mishap] = []

    def begin(self, fault: Fault, now: float) -> None:
        """Arm a fault from now on."""
        until = now + fault.duration if fault.duration else _FOREVER
        once = 1.0 if not fault.duration else _FOREVER
        self._begun.append(Mishap(fault, until, float(fault.times) or once))

    def strike(self, kind: str, targets: frozenset[str], now: float) -> Mishap | None:
        """Return the first fault that hits and count it, or None."""
        self._begun = [one for one in self._begun if now < one.until and one.left > 0]
        for mishap in self._begun:
            if mishap.strikes(kind, targets, now):
                mishap.left -= 1
                return mishap
        return None
