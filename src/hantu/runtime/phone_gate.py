"""How often somebody is heard: a rate a person, one of its own for stopping, one for all who are not heard."""

from collections import Counter
from dataclasses import dataclass

from hantu.alerting.phone.policy import Bucket, drawn

COMMANDS = Bucket(20.0, 3.0, 20.0)
"""Commands of one person: twenty at once, then one each three seconds."""
STOPPING = Bucket(20.0, 1.0, 20.0)
"""Stopping has a rate of its own, so that nothing else can use it up."""
STRANGERS = Bucket(10.0, 30.0, 10.0)
"""Rows about all who are not heard."""


@dataclass(frozen=True, slots=True)
class Room:
    """Whether there is room for one more."""

    free: bool
    first: bool = False
    """The first one too many."""
    missed: int = 0
    """How many went unheard before this one."""


class PhoneGate:
    """Counts; a flood costs two rows, whatever its length."""

    def __init__(self) -> None:
        self._rates: dict[tuple[int, bool], Bucket] = {}
        self._missed: Counter[int] = Counter()
        self._strangers, self._unrecorded = STRANGERS, 0

    def listed(self, user_id: int, now_s: float, *, stopping: bool) -> Room:
        """Draw one from the rate of a listed person."""
        slot = (user_id, stopping)
        held = self._rates.get(slot) or (STOPPING if stopping else COMMANDS)
        self._rates[slot], free = drawn(held, now_s)
        if free:
            return Room(free=True, missed=self._missed.pop(user_id, 0))
        self._missed[user_id] += 1
        return Room(free=False, first=self._missed[user_id] == 1)

    def stranger(self, now_s: float) -> Room:
        """Draw one from the rate of those who are not heard."""
        self._strangers, free = drawn(self._strangers, now_s)
        if not free:
            self._unrecorded += 1
            return Room(free=False)
        missed, self._unrecorded = self._unrecorded, 0
        return Room(free=True, missed=missed)
