"""How far somebody has read the facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

UNKNOWN = -1
_DIGITS_MAX = 18


@dataclass(frozen=True, slots=True)
class Place:
    """Behind every fact up to ``newest``, and behind the ``row_no`` first of those that were filed after newer ones."""

    newest: str
    """An event id; empty = before the first."""
    row_no: int
    """``UNKNOWN``: only the id was told."""

    @property
    def text(self) -> str:
        """As readers keep it."""
        return f"{self.newest}.{self.row_no}"

    @staticmethod
    def of(text: str) -> "Place":
        """Return the place a reader kept; of an event id alone, too."""
        newest, _, late = text.partition(".")
        known = late.isascii() and late.isdigit() and len(late) <= _DIGITS_MAX
        return Place(newest, int(late) if known else UNKNOWN)

    def knows(self, told: "Told") -> bool:
        """Tell whether a fact lies before this place."""
        return told.row_no <= self.row_no if told.row_no else str(told.fact["event_id"]) <= self.newest

    def with_(self, told: "Told") -> "Place":
        """Return the place behind this one and a fact."""
        return Place(max(self.newest, told.place.newest), max(self.row_no, told.place.row_no))


@dataclass(frozen=True, slots=True)
class Told:
    """One fact on its way to readers, and the place behind it."""

    fact: Mapping[str, Any]
    place: Place
    row_no: int = 0
    """Its number among those filed late; 0 = it was the newest when it was filed."""
