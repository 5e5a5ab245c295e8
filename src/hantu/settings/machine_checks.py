"""What is looked at of the machine and its folder, one function and one line of an answer each."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hantu.adapters.clock import SystemClock
from hantu.adapters.store.maintenance import check_database
from hantu.domain.errors import HantuError
from hantu.domain.krx_calendar import KRX_CALENDAR
from hantu.domain.session import KST, Calendar
from hantu.settings.calendar_file import load_calendar
from hantu.settings.model import Settings

MACHINE: Final = SystemClock()
DISK_WARN_BYTES: Final = 1_000_000_000
DISK_FAIL_BYTES: Final = 100_000_000
EARLIEST_CLOCK: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Check:
    """One line: ``mark`` is ok, note, warn or fail."""

    name: str
    mark: str
    text: str
    next_step: str = ""


def clock_check() -> Check:
    """Look at this machine's time."""
    now = MACHINE.now().wall
    text = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if now < EARLIEST_CLOCK:
        return Check("시계", "fail", f"이 컴퓨터의 시각이 이상합니다: {text}", "시각 동기화(NTP)를 켜세요.")
    return Check("시계", "ok", f"{text} (정확도는 NTP가 보장합니다)")


def disk_check(settings: Settings) -> Check:
    """Look at the room left for records."""
    home = settings.home
    there = home if home.exists() else next(parent for parent in home.parents if parent.exists())
    free = shutil.disk_usage(there).free
    text = f"{free / 1e9:.1f} GB 남음"
    if free < DISK_FAIL_BYTES:
        return Check("디스크", "fail", text, "공간을 비우세요. 기록을 남기지 못하면 새 주문을 하지 않습니다.")
    return Check("디스크", "warn" if free < DISK_WARN_BYTES else "ok", text)


def database_check(settings: Settings) -> Check:
    """Look at every page of the records."""
    path = settings.database
    if not path.exists():
        return Check("데이터베이스", "note", f"{path} (아직 없음, 시작할 때 만듭니다)")
    try:
        check_database(path)
    except HantuError as error:
        return Check("데이터베이스", "fail", str(error), error.next_step)
    return Check("데이터베이스", "ok", f"{path} ({_size(path)}, 무결성 정상)")


def opening_check(settings: Settings) -> Check:
    """Look up when the market opens next."""
    wanted = settings.calendar
    try:
        given = load_calendar(wanted.override_file, always_open=wanted.always_open)
        special = {**(KRX_CALENDAR.special or {}), **(given.special or {})}
        days = given if wanted.always_open else Calendar(KRX_CALENDAR.closed | given.closed, special)
        opening = days.next_opening(MACHINE.now().wall).astimezone(KST)
    except HantuError as error:
        return Check("다음 개장", "fail", str(error), error.next_step)
    except LookupError:
        return Check("다음 개장", "fail", "30일 안에 여는 날이 없습니다.", "calendar.override_file 을 확인하세요.")
    note = "이 컴퓨터의 시각 기준" if settings.environment == "local" else "시작할 때 증권사 휴장일과 다시 맞춥니다"
    return Check("다음 개장", "ok", f"{opening:%Y-%m-%d %H:%M} ({note})")


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
