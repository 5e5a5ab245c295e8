"""What the policy remembers: a plain value that a restarted notifier takes up again.

Times are seconds on the axis of ``Instant.mono`` as the policy is given it; the
caller keeps that axis the same across lives (``steady``). Every collection is bounded.
"""

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from hantu.domain.alert import Alert, Priority, Severity

VERSION = 1
MEMORY = 10_000
"""Keys remembered; the oldest are forgotten first."""
SITUATIONS = 200
DUMPED_AT_ONCE = 20
"""Entries written in one step."""
LISTED = 20
"""Keys an account of untold alerts lists."""


@dataclass(frozen=True, slots=True)
class Told:
    """The alert that stands for its key."""

    alert_id: int
    at: float
    repeats: int = 0
    """Duplicates dropped since."""
    carried: int = 0
    """Duplicates of the one before, which this one reports."""


@dataclass(slots=True)
class Situation:
    """Something that began and may end, and what people know of it."""

    ids: tuple[int, ...]
    """The alerts that said so, oldest first."""
    event_type: str
    symbol: str
    since: float
    keys: tuple[str, ...]
    alert: Alert | None = None
    """Kept for emergencies, which are told again."""
    count: int = 1
    delivered: bool = False
    untold: bool = False
    """The policy dropped its alert; nobody waits to hear of its end."""
    told_at: float = 0.0
    """When a channel took it last."""
    accepted_at: float = 0.0
    """When a channel took it first: escalation counts from here."""
    repeats: int = 0
    ended_by: int = 0
    """The alert that ended it; 0 while it lasts."""


@dataclass(slots=True)
class Owed:
    """Alerts nobody was told of one by one; they are counted in one summary."""

    cause: str
    """maintenance, caused, flapping or expired."""
    about: str
    since: float
    count: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    keys: tuple[str, ...] = ()


@dataclass(slots=True)
class Held:
    """News of one part that follow from a cause and wait for its end."""

    cause: int
    """The alert that opened it."""
    event_type: str
    ids: tuple[int, ...]
    """The alerts of the part, oldest first."""
    freed: float = 0.0
    """When the cause ended; 0 while it lasts."""
    over: int = 0
    """The alert that says the part is well again."""


@dataclass(slots=True)
class Bucket:
    """Messages one channel may still get; refilled with time."""

    tokens: float
    at: float
    held: bool = False
    """Something waits because of it."""


@dataclass(slots=True)
class Flaps:
    """Changes of one situation, newest last, and since when it counts as flapping (0: it does not)."""

    changes: tuple[float, ...] = ()
    flapping: float = 0.0
    announced: int = 0
    """The alert that says so."""


@dataclass(slots=True)
class State:
    """All the policy remembers between two judgements."""

    told: dict[str, Told] = field(default_factory=dict)
    noted: dict[int, float] = field(default_factory=dict)
    """Alerts whose effect on situations was taken in."""
    open: dict[str, Situation] = field(default_factory=dict)
    owed: dict[str, Owed] = field(default_factory=dict)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    flaps: dict[str, Flaps] = field(default_factory=dict)
    groups: dict[str, float] = field(default_factory=dict)
    """Cause → when it was told last."""
    batch_at: float | None = None
    held: dict[str, Held] = field(default_factory=dict)
    """Part → its consequence that waits."""

    def copy(self) -> "State":
        """Return a value that shares nothing that changes."""
        return State(
            dict(self.told),
            dict(self.noted),
            {key: replace(one) for key, one in self.open.items()},
            {key: replace(one, kinds=dict(one.kinds)) for key, one in self.owed.items()},
            {key: replace(one) for key, one in self.buckets.items()},
            {key: replace(one) for key, one in self.flaps.items()},
            dict(self.groups),
            self.batch_at,
            {key: replace(one) for key, one in self.held.items()},
        )


def dumping(state: State) -> Generator[None, None, str]:
    """Return the state as text that ``loaded`` turns into an equal one.

    It stops after every few entries: thousands at once would hold the guard's loop for milliseconds.
    """
    parts = [f'{{"version":{VERSION},"batch_at":{json.dumps(state.batch_at)}']
    # Alerts without a record end with their life.
    recorded = {key: at for key, at in state.noted.items() if key > 0}
    yield
    maps: dict[str, Mapping[Any, Any]] = {
        "told": state.told,
        "noted": recorded,
        "open": state.open,
        "owed": state.owed,
        "buckets": state.buckets,
        "flaps": state.flaps,
        "held": state.held,
        "groups": state.groups,
    }
    for name, entries in maps.items():
        texts, left = [], iter(entries.items())
        while some := dict(islice(left, DUMPED_AT_ONCE)):
            texts.append(json.dumps(some, ensure_ascii=False, separators=(",", ":"), default=_fields)[1:-1])
            yield
        parts.append(f',"{name}":{{{",".join(texts)}}}')
    return "".join((*parts, "}"))


def _fields(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def loaded(text: str, now: float) -> State:
    """Return the state of a text; moments after ``now`` count as ``now``.

    Raises:
        ValueError: The text is not a state of this release.
    """
    try:
        data = json.loads(text)
        if data["version"] != VERSION:
            raise ValueError(f"a policy state of version {data['version']}")
        state = _state(data)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a policy state: {error!r}") from error
    _clamp(state, now)
    return state


def _state(data: dict[str, Any]) -> State:
    return State(
        told={key: Told(**one) for key, one in data["told"].items()},
        # What was in memory only is gone with its life, and its numbers begin anew.
        noted={int(key): at for key, at in data["noted"].items() if int(key) > 0},
        open={key: _situation(one) for key, one in data["open"].items()},
        owed={key: Owed(**{**one, "keys": tuple(one["keys"])}) for key, one in data["owed"].items()},
        buckets={key: Bucket(**one) for key, one in data["buckets"].items()},
        flaps={key: Flaps(**{**one, "changes": tuple(one["changes"])}) for key, one in data["flaps"].items()},
        groups=dict(data["groups"]),
        batch_at=data["batch_at"],
        # A state written before there were consequences has none.
        held={key: Held(**{**one, "ids": tuple(one["ids"])}) for key, one in data.get("held", {}).items()},
    )


def _situation(data: dict[str, Any]) -> Situation:
    alert = data["alert"]
    if alert is not None:
        alert = Alert(**{**alert, "severity": Severity(alert["severity"]), "priority": Priority(alert["priority"])})
    return Situation(**{**data, "ids": tuple(data["ids"]), "keys": tuple(data["keys"]), "alert": alert})


def _clamp(state: State, now: float) -> None:
    """A clock that was set back between two lives must not make a window longer than it is."""
    state.told = {key: replace(one, at=min(one.at, now)) for key, one in state.told.items()}
    for one in state.open.values():
        one.since, one.told_at = min(one.since, now), min(one.told_at, now)
        one.accepted_at = min(one.accepted_at, now)
    for bucket in state.buckets.values():
        bucket.at = min(bucket.at, now)
    for owed in state.owed.values():
        owed.since = min(owed.since, now)
    for flaps in state.flaps.values():
        flaps.changes, flaps.flapping = tuple(min(at, now) for at in flaps.changes), min(flaps.flapping, now)
    state.noted = {key: min(at, now) for key, at in state.noted.items()}
    for held in state.held.values():
        held.freed = min(held.freed, now)
    state.groups = {key: min(at, now) for key, at in state.groups.items()}
    state.batch_at = None if state.batch_at is None else min(state.batch_at, now)
