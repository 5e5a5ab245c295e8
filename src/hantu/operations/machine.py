"""What the operating system says of this process and its machine (Linux)."""

import os
import platform
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from hantu.domain.instant import utc_text
from hantu.operations.components import Health, Observation
from hantu.operations.looks import Seen

HIGH: Final = 0.90
"""From this share of memory or disk on a person is told."""
FULL: Final = 0.98
"""From here nothing more may fit."""
PROC: Final = Path("/proc")
DAY_S: Final = 86_400.0
BACKUP_SUFFIXES: Final = (".db", ".tar", ".gz", ".zst", ".age", ".bak")


@dataclass(frozen=True, slots=True)
class Usage:
    """One reading of the machine."""

    cpu_s: float
    """Processor seconds of this process since its start."""
    resident_bytes: int
    threads: int
    memory_used: float
    load: float
    """Waiting programs per processor, last minute."""
    disk_used: float
    uptime_s: float


def usage(folder: Path) -> Usage:
    """Read the machine; ``folder`` lies on the disk that is meant.

    Raises:
        OSError: The system does not tell.
    """
    own = _pairs(PROC / "self" / "status")
    memory = _pairs(PROC / "meminfo")
    disk = shutil.disk_usage(folder)
    total = memory["MemTotal"] or 1
    return Usage(
        cpu_s=time.process_time(),
        resident_bytes=own["VmRSS"] * 1024,
        threads=own["Threads"],
        memory_used=1.0 - memory["MemAvailable"] / total,
        load=os.getloadavg()[0] / (os.cpu_count() or 1),
        disk_used=disk.used / ((disk.used + disk.free) or 1),
        uptime_s=_uptime_s(),
    )


def identity() -> dict[str, Any]:
    """Return what never changes: process, platform, interpreter."""
    return {
        "pid": os.getpid(), "platform": platform.system(), "release": platform.release(),
        "architecture": platform.machine(), "processors": os.cpu_count(), "python": platform.python_version(),
    }  # fmt: skip


def state_of(pid: int) -> str:
    """Return the letter Linux gives a process (R, S, D, T = stopped, Z); empty when it is gone."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def shares(seen: Seen, now: Usage, cpu_share: float) -> None:
    """Judge memory and disk; take the rest as numbers."""
    seen.components["memory"] = (_share("메모리", now.memory_used),)
    seen.components["disk"] = (_share("디스크", now.disk_used),)
    seen.gauge("process_cpu_ratio", round(cpu_share, 4))
    seen.gauge("process_resident_memory_bytes", now.resident_bytes)
    seen.gauge("process_threads", now.threads)
    seen.gauge("system_cpu_ratio", round(now.load, 3))
    seen.gauge("system_memory_used_ratio", round(now.memory_used, 4))
    seen.gauge("disk_used_ratio", round(now.disk_used, 4))
    seen.gauge("uptime_seconds", round(now.uptime_s, 1))


def backup(seen: Seen, folder: Path | None, limit_s: float, now_s: float) -> None:
    """Look at the newest file of the backup folder."""
    if folder is None:
        seen.components["backup"] = (Observation(Health.NOT_EXPECTED, "백업 폴더를 설정하지 않음"),)
        return
    try:
        times = [one.stat().st_mtime for one in folder.iterdir() if one.is_file() and one.suffix in BACKUP_SUFFIXES]
    except OSError as error:
        seen.components["backup"] = (Observation(Health.DOWN, f"백업 폴더를 읽을 수 없음: {error.strerror}"),)
        return
    if not times:
        seen.components["backup"] = (Observation(Health.DOWN, "백업이 없음"),)
        return
    age = max(0.0, now_s - max(times))
    seen.gauge("backup_age_seconds", round(age))
    state = Health.OK if age <= limit_s else Health.WARN if age <= 2 * limit_s else Health.DOWN
    seen.components["backup"] = (Observation(state, f"마지막 백업 {age / 3600:.1f}시간 전"),)


def certificate(seen: Seen, file: Path | None, warn_s: float, now_s: float) -> None:
    """Look at how long a certificate holds."""
    if file is None:
        seen.components["certificate"] = (Observation(Health.NOT_EXPECTED, "인증서를 설정하지 않음"),)
        return
    try:
        left = _end_of(file).timestamp() - now_s
    except (OSError, ValueError) as error:
        seen.components["certificate"] = (Observation(Health.DOWN, f"인증서를 읽을 수 없음: {type(error).__name__}"),)
        return
    seen.gauge("certificate_left_seconds", max(0.0, round(left)))
    state = Health.DOWN if left <= 0 else Health.WARN if left < warn_s else Health.OK
    words = "만료됨" if left <= 0 else f"{left / DAY_S:.0f}일 남음"
    seen.components["certificate"] = (Observation(state, f"인증서 {words}"),)


# --- leaves ------------------------------------------------------------------------


def _share(word: str, used: float) -> Observation:
    state = Health.DOWN if used >= FULL else Health.WARN if used >= HIGH else Health.OK
    return Observation(state, f"{word} 사용률 {used:.1%}")


def _pairs(path: Path) -> dict[str, int]:
    """Read ``Name:  123 kB`` lines; lines without a number are left out."""
    found = {}
    for line in path.read_text().splitlines():
        name, _, rest = line.partition(":")
        words = rest.split()
        if words and words[0].isdigit():
            found[name] = int(words[0])
    return found


def _uptime_s() -> float:
    """Return seconds since this process began, by the kernel."""
    ticks = int((PROC / "self" / "stat").read_text().rpartition(")")[2].split()[19])
    booted = float((PROC / "uptime").read_text().split()[0])
    return booted - ticks / os.sysconf("SC_CLK_TCK")


def _end_of(file: Path) -> datetime:
    """Return the end of the first certificate of a PEM file."""
    # Only who names a certificate pays for the library that reads it.
    from cryptography import x509

    return x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc


def moment(seconds: float) -> datetime:
    """Return seconds since 1970 as an aware moment."""
    return datetime.fromtimestamp(seconds, UTC)


def now_text(seconds: float) -> str:
    """Return seconds since 1970 as UTC text, as the records hold time."""
    return utc_text(moment(seconds))
