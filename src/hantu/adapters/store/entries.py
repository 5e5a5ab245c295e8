"""What is written for one batch, as plain rows: the same value goes to database and spill."""

import msgspec

from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.events import FACTS, Fact
from hantu.ports import PendingAlert


class EventRow(msgspec.Struct, frozen=True):
    """One row of event_log; environment and account are of the whole entry."""

    event_id: str
    event_type: str
    timestamp: str
    payload: str
    correlation_id: str
    causation_id: str
    category: str


class AlertRow(msgspec.Struct, frozen=True):
    """One alert of the outbox, before any channel has tried it."""

    alert_id: int
    event_id: str
    event_type: str
    key: str
    severity: str
    priority: str
    category: str
    short: str
    long: str
    event_at: str
    symbol: str = ""

    def pending(self, attempts: int = 0, delivered_to: tuple[str, ...] = ()) -> PendingAlert:
        """Return the alert as the notifier sees it."""
        alert = Alert(
            self.event_type, self.key, Severity(self.severity), Priority(self.priority),
            self.category, self.short, self.long, self.symbol,
        )  # fmt: skip
        return PendingAlert(self.alert_id, alert, self.event_at, attempts, delivered_to)


class BatchEntry(msgspec.Struct, frozen=True, tag="batch"):
    """One decision: its events in order and the alerts they raised."""

    at: str
    trade_date: str
    environment: str
    account: str
    produced_by: str
    epoch: int
    events: tuple[EventRow, ...]
    alerts: tuple[AlertRow, ...]


class DeliveryEntry(msgspec.Struct, frozen=True, tag="delivery"):
    """What a channel made of one alert; ``due_at`` empty = no further try."""

    at: str
    alert_id: int
    channel: str
    sent: bool
    reason: str = ""
    due_at: str = ""


class JudgementRow(msgspec.Struct, frozen=True):
    """One step of an alert's story; ``next_at`` empty = when something changes."""

    alert_id: int
    verdict: str
    code: str
    about: str
    reason: str
    next_at: str


class PolicyEntry(msgspec.Struct, frozen=True, tag="policy"):
    """What the alert policy decided, and all it remembers from then on."""

    at: str
    notes: tuple[JudgementRow, ...]
    state: str


Entry = BatchEntry | DeliveryEntry | PolicyEntry

_payload = msgspec.json.Encoder()
_decoders: dict[str, msgspec.json.Decoder[Fact]] = {name: msgspec.json.Decoder(cls) for name, cls in FACTS.items()}


def encode_fact(fact: Fact) -> str:
    """Return the payload of a fact."""
    return _payload.encode(fact).decode()


def decode_fact(event_type: str, payload: str) -> Fact | None:
    """Return the fact of a stored event; None for a type this release does not know.

    Fields it does not know are ignored, so a newer release's rows stay readable.

    Raises:
        ValueError: A known type whose payload does not fit it.
    """
    decoder = _decoders.get(event_type)
    return None if decoder is None else decoder.decode(payload)
