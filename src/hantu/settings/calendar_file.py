"""The local calendar file: days and hours the broker's calendar has wrong or does not know.

TOML: ``closed = [2026-12-31]`` and ``[hours.2027-01-04]`` with ``open``, ``close``,
``closing_auction`` as times.
"""

import tomllib
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

from hantu.domain.errors import UsageError
from hantu.domain.session import Calendar, Hours

HOUR_KEYS = ("open", "closing_auction", "close")


def load_calendar(path: Path | None, *, always_open: bool = False) -> Calendar:
    """Return the calendar of the override file, an ordinary one without a file.

    Raises:
        UsageError: The file is missing or not understood.
    """
    if path is None:
        return Calendar(always_open=always_open)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            f"휴장일 파일 {path} 을(를) 읽을 수 없습니다: {error}.", next_step="calendar.override_file 을 확인하세요."
        ) from error
    unknown = sorted(set(table) - {"closed", "hours"})
    if unknown:
        raise _bad(path, f"알 수 없는 이름 {unknown[0]}")
    closed = table.get("closed", [])
    if not isinstance(closed, list) or not all(_is_day(day) for day in closed):
        raise _bad(path, "closed 는 날짜 목록이어야 합니다")
    special = {_day(path, text): _hours(path, given) for text, given in table.get("hours", {}).items()}
    return Calendar(closed=frozenset(closed), special=special or None, always_open=always_open)


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _day(path: Path, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _bad(path, f"날짜가 아닌 이름 hours.{text}") from None


def _hours(path: Path, given: object) -> Hours:
    if not isinstance(given, dict) or not all(key in HOUR_KEYS and isinstance(at, time) for key, at in given.items()):
        raise _bad(path, "hours 에는 open, closing_auction, close 시각만 적을 수 있습니다")
    hours = replace(Hours(), **given)
    if not hours.open < hours.closing_auction <= hours.close:
        raise _bad(path, "open < closing_auction <= close 순서가 아닙니다")
    return hours


def _bad(path: Path, reason: str) -> UsageError:
    return UsageError(
        f"휴장일 파일 {path} 에 문제가 있습니다: {reason}.",
        next_step='예: closed = [2026-12-31], [hours."2027-01-04"] 아래 open = 10:00:00',
    )
