"""Where tapes lie and how long: ``<home>/tape/YYYY-MM-DD/NNN.tape``, one file a life and day."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PART = re.compile(r"\d{3,}\.tape")


@dataclass(frozen=True, slots=True)
class Retention:
    """How much is kept; the day being written is never deleted."""

    days: int = 30
    max_bytes: int = 2_000_000_000
    min_free_bytes: int = 100_000_000
    """Below this much free space nothing is written: the records of the guard need it more."""


def days(root: Path) -> list[date]:
    """Return the recorded days, oldest first."""
    if not root.is_dir():
        return []
    return sorted(date.fromisoformat(path.name) for path in root.iterdir() if _DAY.fullmatch(path.name))


def parts(root: Path, day: date) -> list[Path]:
    """Return the files of one day in the order of their lives."""
    folder = root / day.isoformat()
    found = [path for path in folder.iterdir() if _PART.fullmatch(path.name)] if folder.is_dir() else []
    return sorted(found, key=lambda path: int(path.stem))


def create_part(root: Path, day: date) -> tuple[Path, int]:
    """Create the next file of a day, for its owner only; return it and its descriptor.

    Raises:
        OSError: It cannot be created.
    """
    folder = root / day.isoformat()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    last = parts(root, day)
    path = folder / f"{int(last[-1].stem) + 1 if last else 1:03d}.tape"
    return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def prune(root: Path, retention: Retention, today: date, room: int = 0) -> int:
    """Delete the oldest days beyond what is kept, never ``today``; return the bytes that are left.

    ``room`` bytes are about to be written.
    """
    sizes = {day: sum(path.stat().st_size for path in parts(root, day)) for day in days(root)}
    for day in _too_old(sizes, retention, today, room):
        shutil.rmtree(root / day.isoformat())
        del sizes[day]
    return sum(sizes.values())


def _too_old(sizes: dict[date, int], retention: Retention, today: date, room: int) -> Iterator[date]:
    total, old = sum(sizes.values()) + room, [day for day in sorted(sizes) if day != today]
    surplus = len(old) + 1 - retention.days
    for number, day in enumerate(old):
        if number >= surplus and total <= retention.max_bytes:
            return
        total -= sizes[day]
        yield day
