"""One line of a checklist: what was looked at, the number found, and how to see it oneself."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """How an item stands."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Item:
    """One item; ``how`` is the command or query that shows ``value``."""

    name: str
    title: str
    result: Result
    value: str
    how: str
    detail: str = ""
    number: float | None = None
    """The value as a number, where it is compared with the run of another week."""


def worst(items: Sequence[Item]) -> Result:
    """Return the result of the whole list."""
    found = {item.result for item in items}
    return Result.FAIL if Result.FAIL in found else Result.WARN if Result.WARN in found else Result.OK


def change(now: float, before: float) -> str:
    """Say how a count moved since the week before."""
    if now == before:
        return f"지난주와 같음({before:g})"
    share = f", {(now - before) / before:+.0%}" if before else ""
    return f"지난주 {before:g} → {now:g}({now - before:+g}{share})"
