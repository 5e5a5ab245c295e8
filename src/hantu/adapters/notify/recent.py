"""What a channel remembers of its last messages in this life, bounded."""

from typing import Generic, TypeVar

T = TypeVar("T")
KEPT = 200


class Recent(Generic[T]):
    """The values of the last keys; the oldest go first."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._values: dict[str, T] = {}

    def get(self, key: str, default: T) -> T:
        """Return the value of ``key``."""
        return self._values.get(key, default)

    def put(self, key: str, value: T) -> None:
        """Remember a value as the newest."""
        self._values.pop(key, None)
        self._values[key] = value
        while len(self._values) > self._kept:
            del self._values[next(iter(self._values))]

    def drop(self, key: str) -> None:
        """Forget a key."""
        self._values.pop(key, None)
