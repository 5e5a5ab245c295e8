"""What a strategy's process may use, and whether it uses more; judged from outside, without a clock of its own."""

from collections import deque
from dataclasses import dataclass

from hantu.strategies.limits import MEGABYTE, Usage


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one process may use."""

    memory_mb: int = 512
    cpu_percent: float = 50.0
    """Of one core, over ``cpu_window_s``."""
    cpu_window_s: float = 60.0

    @property
    def cpu_allowance_s(self) -> float:
        """CPU seconds the kernel grants ahead; generous, since it must hold for a whole window."""
        return max(2.0, 2 * self.cpu_window_s * self.cpu_percent / 100)


class Meter:
    """Measures of one process, as long as a window looks back."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._cpu: deque[tuple[float, float]] = deque()

    def take(self, now: float, used: Usage) -> str:
        """Take one measure at ``now`` (monotonic seconds); return what is too much, in words, else empty."""
        bounds, cpu = self._bounds, self._cpu
        if used.resident > bounds.memory_mb * MEGABYTE:
            return f"메모리 한도 초과 ({used.resident // MEGABYTE}MB > {bounds.memory_mb}MB)"
        cpu.append((now, used.cpu_s))
        while len(cpu) > 1 and now - cpu[1][0] >= bounds.cpu_window_s:
            cpu.popleft()
        since, before = cpu[0]
        passed, spent = now - since, used.cpu_s - before
        if passed >= bounds.cpu_window_s and spent > passed * bounds.cpu_percent / 100:
            return f"CPU 사용 과다 ({passed:.0f}초 동안 {100 * spent / passed:.0f}%)"
        return ""
