"""Value types that are made on the way of every trade and order."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """Make a slotted, hashable dataclass that only the type checker keeps from being changed.

    ``frozen=True`` would write every field through a call at run time: 1.4 µs of the
    3 µs it takes to read a trade.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
