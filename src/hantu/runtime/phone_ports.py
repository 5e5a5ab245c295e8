"""What the conversation with a phone needs of the world; adapters and settings provide it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from hantu.alerting.phone.policy import Came, Incoming
from hantu.alerting.phone.replies import AlertLine, HeldLine, OrderLine
from hantu.domain.approval import Approval
from hantu.domain.commands import KillLevel
from hantu.domain.delivery import Button


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is heard."""

    user_id: int
    name: str
    actor: str
    """How the records name this person."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What one question for updates brought."""

    updates: tuple[Incoming, ...] = ()
    next_offset: int = 0
    now_s: float | None = None
    """The service's clock; None where it does not say."""
    more: bool = False
    """There may be more of the same kind."""
    problem: str = ""
    conflict: bool = False
    """Another poller has the same bot."""
    wait_s: float | None = None


@dataclass(frozen=True, slots=True)
class LineSeen:
    """How the questions for updates go; moments are seconds since 1970, 0 = never."""

    answered_s: float = 0.0
    """When the service answered last."""
    update_s: float = 0.0
    """When something came last."""
    problem: str = ""
    """Why the last question was not answered."""


class How(StrEnum):
    """How far a wish to stop got."""

    CONFIRMED = "confirmed"
    """The guard's own status shows it."""
    ASKED = "asked"
    """The guard has it and its status does not show it yet."""
    WRITTEN = "written"
    """The guard does not answer; file or row hold it."""
    STORED = "stored"
    """No guard runs; file or row hold it."""
    STRICTER = "stricter"
    """More was forbidden already."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """What came of setting the kill switch."""

    how: How
    level: KillLevel
    doors: tuple[str, ...] = ()
    """``file`` and ``row``, those that took it while the guard did not."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CodeJudged:
    """What came of a code."""

    came: Came
    failures: int = 0
    before: int = 0
    """Wrong ones before a right one."""
    locked_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message about a subject; number 0: its buttons are gone."""

    subject: str
    chat_id: int
    message_id: int
    text: str


class PhoneBot(Protocol):
    """The service that carries the conversation; no method raises for what the network does."""

    async def updates(self, offset: int, *, away: bool) -> Polled:
        """Return what came since ``offset``; waits for it, but with ``away`` only fetches what was waiting."""
        ...

    async def say(self, chat_id: int, text: str, buttons: Sequence[Sequence[Button]] = ()) -> int:
        """Send an answer; return its number, 0 when it was not taken."""
        ...

    async def edit(
        self, chat_id: int, message_id: int, text: str, marks: Sequence[Mapping[str, object]] | None = None
    ) -> None:
        """Put another text in the place of a message; its buttons go."""
        ...

    async def answer(self, callback: str, text: str = "", *, alert: bool = False) -> None:
        """End the waiting of a pressed button."""
        ...


class PhoneTurn(Protocol):
    """The right to poll; one process has it."""

    async def take(self) -> bool:
        """Take it if nobody else has it."""
        ...

    async def renew(self) -> bool:
        """Show a sign of life; False when another has it. Raises BrokenError when nobody can tell."""
        ...

    async def note(self, seen: LineSeen) -> None:
        """Say how the questions go, for people who look. Raises BrokenError when it cannot be written."""
        ...

    async def leave(self) -> None:
        """Give it back."""
        ...


class PhoneDoors(Protocol):
    """The same doors every other command goes through. Methods block, and raise HantuError for what failed."""

    def status(self) -> Mapping[str, Any] | None:
        """Return the guard's status, None when no guard runs."""
        ...

    def kill(self, level: KillLevel, reason: str, actor: str) -> Stopped:
        """Set the kill switch, never lowering it."""
        ...

    def halt(self, symbol: str, actor: str) -> bool:
        """Pause orders; tell whether the guard's status shows it."""
        ...

    def resume(self, symbol: str, actor: str) -> bool:
        """End a pause; tell whether the guard's status shows it."""
        ...

    def release(self, reason: str, actor: str) -> str:
        """Release the kill switch; return the level the guard's status shows then."""
        ...

    def held(self) -> tuple[HeldLine, ...]:
        """Return holdings as last recorded."""
        ...

    def orders(self, limit: int) -> tuple[OrderLine, ...]:
        """Return the newest orders."""
        ...

    def alerts(self, limit: int) -> tuple[AlertLine, ...]:
        """Return the newest alerts."""
        ...

    def alert_of(self, digest: str) -> int:
        """Return the newest alert whose key has this digest, 0 if there is none."""
        ...

    def kind_of(self, digest: str) -> str:
        """Return the kind of alert with this digest, empty if there is none."""
        ...

    def acknowledge(self, alert_id: int, actor: str, *, done: bool) -> None:
        """Acknowledge an emergency."""
        ...

    def silence(self, what: str, actor: str, length_s: int, comment: str) -> int:
        """Mute what is not an emergency; return the silence's number."""
        ...

    def pending(self) -> tuple[Approval, ...]:
        """Return the order proposals that wait."""
        ...

    def approval(self, ident: str) -> Approval | None:
        """Return one approval."""
        ...

    def decide(self, ident: str, actor: str, *, approve: bool, order_hash: str = "") -> Approval:
        """Approve or deny; with ``order_hash`` only the very order that was shown."""
        ...

    def stock_name(self, symbol: str) -> str:
        """Return the name of a stock, empty where the records do not know it."""
        ...

    def enrolled(self, actor: str) -> bool:
        """Tell whether a person has a second factor."""
        ...

    def judge(self, actor: str, code: str) -> CodeJudged:
        """Judge a code; a right one is used up."""
        ...

    def use(self, *keys: str) -> bool:
        """Mark keys as used; False when one was."""
        ...

    def used(self, *keys: str) -> bool:
        """Tell whether one of the keys was used."""
        ...

    def shown(self) -> tuple[ShownMessage, ...]:
        """Return the messages about proposals."""
        ...

    def show(self, message: ShownMessage) -> None:
        """Note a message with buttons."""
        ...

    def close(self, message: ShownMessage) -> None:
        """Note that its buttons are gone."""
        ...

    def changed(self) -> bool:
        """Tell whether the records may hold something new since the last call."""
        ...

    def actor_of(self, name: str) -> str:
        """Return how the records name somebody."""
        ...

    def name_of(self, actor: str) -> str:
        """Return the name behind an actor of the records."""
        ...

    def note(self, operation: str, details: Mapping[str, object], actor: str) -> None:
        """Add a row to the audit trail."""
        ...
