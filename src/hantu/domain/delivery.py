"""One message to one channel, and what came of it.

A channel that fails in a normal way says so in its ``Receipt``; it does not raise.
"""

from dataclasses import dataclass
from enum import StrEnum

from hantu.domain.alert import Alert

BUTTON_DATA_BYTES = 64
"""UTF-8 bytes of what a button sends back; the narrowest channel's border."""
WAIT_MAX_S = 3_600.0
"""Longest wait a channel may ask for; a wrong number may not silence it for a day."""


class ReceiptKind(StrEnum):
    """What came of one send."""

    ACCEPTED = "accepted"
    """The channel has taken it; it promises no more than that."""
    RETRY_AT = "retry_at"
    """Not taken; the channel said how long to wait."""
    TEMPORARY = "temporary"
    """Not taken, and may be tried again."""
    PERMANENT = "permanent"
    """Refused; the same message will be refused again until a person changes something."""
    AMBIGUOUS = "ambiguous"
    """Bytes left and no answer came: it may have been taken."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Outcome of one send; made by the functions below."""

    kind: ReceiptKind
    provider_id: str = ""
    """The channel's own name for the message, where it has one."""
    reason: str = ""
    """Korean or the channel's words, for the record; holds no secret and no address."""
    retry_s: float | None = None
    """Seconds to wait, as the channel asked; only with ``RETRY_AT``."""

    @property
    def accepted(self) -> bool:
        """Whether the channel has it for certain."""
        return self.kind is ReceiptKind.ACCEPTED


def accepted(provider_id: str = "") -> Receipt:
    """Return that the channel has taken the message."""
    return Receipt(ReceiptKind.ACCEPTED, provider_id=provider_id)


def retry_at(retry_s: float, reason: str) -> Receipt:
    """Return that the channel wants to be left alone for ``retry_s`` seconds, at most ``WAIT_MAX_S``."""
    return Receipt(ReceiptKind.RETRY_AT, reason=reason, retry_s=min(max(retry_s, 0.0), WAIT_MAX_S))


def temporary(reason: str) -> Receipt:
    """Return that the message was certainly not taken and may be tried again."""
    return Receipt(ReceiptKind.TEMPORARY, reason=reason)


def permanent(reason: str) -> Receipt:
    """Return that only a person can make this go through."""
    return Receipt(ReceiptKind.PERMANENT, reason=reason)


def ambiguous(reason: str) -> Receipt:
    """Return that nobody here knows whether the message was taken."""
    return Receipt(ReceiptKind.AMBIGUOUS, reason=reason)


@dataclass(frozen=True, slots=True)
class Button:
    """One answer a person may give; ``data`` comes back as it is and means nothing to the channel."""

    label: str
    data: str

    def __post_init__(self) -> None:
        size = len(self.data.encode())
        if not self.label or not 0 < size <= BUTTON_DATA_BYTES:
            raise ValueError(f"a button needs a label and 1 to {BUTTON_DATA_BYTES} bytes of data, not {size}")


@dataclass(frozen=True, slots=True)
class Message:
    """One alert on its way to one channel."""

    alert: Alert
    key: str
    """Delivery key: the same for every try of the same message, another for any other one."""
    silent: bool = False
    """Without sound, where the channel knows the difference."""
    late_note: str = ""
    """Says when it happened, if that is a while ago."""
    buttons: tuple[Button, ...] = ()
    thread: str = ""
    """Messages of one matter share it; empty stands alone."""

    @property
    def short(self) -> str:
        """The one-line text, with the late note."""
        return f"{self.alert.short} {self.late_note}" if self.late_note else self.alert.short

    @property
    def long(self) -> str:
        """The long text with its marks, and the late note; empty when the short one says everything."""
        if not self.alert.long or not self.late_note:
            return self.alert.long
        return f"{self.alert.long}\n\n{self.late_note}"


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """What a look at a channel found, without sending anything to a person."""

    reachable: bool
    credentials_ok: bool | None = None
    """None when the channel cannot tell without sending."""
    balance: int | None = None
    """What is left, in ``balance_unit``; None where there is none."""
    balance_unit: str = ""
    """``원`` or ``건``."""
    low: bool = False
    """The balance is below the configured border."""
    detail: str = ""

    @property
    def usable(self) -> bool:
        """Whether an alert would get through as far as one can see."""
        return self.reachable and self.credentials_ok is not False and self.balance != 0


def left_over(balance: int, unit: str, *, border: int, what: str) -> ChannelHealth:
    """Return the health of a channel that is paid beforehand; ``what`` names the balance, as a subject."""
    low = balance < border
    return ChannelHealth(
        reachable=True,
        credentials_ok=True,
        balance=balance,
        balance_unit=unit,
        low=low,
        detail=f"{what} {border:,}{unit}보다 적습니다" if low else "",
    )
