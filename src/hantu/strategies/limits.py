"""What the kernel holds a strategy's process to, and what it uses; Linux without cgroups.

``confine`` is called by the process itself before any foreign line runs. Nothing
here makes a strategy safe that means harm: it makes one that fails fail alone.
"""

import ctypes
import os
import resource
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1024 * 1024
FILES_MAX = 64
FILE_BYTES_MAX = 64 * MEGABYTE
NICE = 10
"""With the batch class, three that spin cost a process that wakes up next to nothing; the idle class would starve a
strategy on a busy machine until it counts as hanging."""
_PR_SET_PDEATHSIG = 1
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process uses now: CPU seconds since its birth, resident bytes."""

    cpu_s: float
    resident: int


def confine(memory_mb: int, cpu_s: float, parent: int) -> None:
    """Bind this process: memory, CPU seconds, files, low priority, death with ``parent``.

    Memory beyond the limit is a MemoryError, CPU beyond it the signal XCPU.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        # It died before the line above could bind us to it.
        os._exit(1)
    data = memory_mb * MEGABYTE
    resource.setrlimit(resource.RLIMIT_DATA, (data, data))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES_MAX, FILE_BYTES_MAX))
    files = min(FILES_MAX, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    grant_cpu(0, cpu_s)
    # A machine that forbids these two has given its own weights; nothing that guards depends on them.
    with suppress(OSError):
        os.nice(NICE)
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def grant_cpu(pid: int, seconds: float) -> None:
    """Let a process (0 = this one) use CPU up to ``seconds`` since its birth; the signal XCPU ends it beyond.

    One that has just ended is none to grant anything.
    """
    with suppress(ProcessLookupError):
        _, hard = resource.prlimit(pid, resource.RLIMIT_CPU)
        soft = max(1, round(seconds))
        resource.prlimit(pid, resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def usage(pid: int) -> Usage | None:
    """Return what a process uses; None once it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        resident = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return None
    if fields[0] in "ZX":
        return None
    return Usage((int(fields[11]) + int(fields[12])) / _TICKS_PER_S, resident)


def kill_group(pid: int) -> None:
    """End a process and all it has started; a group that is gone already is fine."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
