"""What is told to a person, and how urgently."""

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is."""

    INFO = "INFO"
    WARN = "WARN"
    CRITICAL = "CRITICAL"


class Priority(StrEnum):
    """How it is delivered: emergency with sound at once … low to the log only."""

    EMERGENCY = "emergency"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Alert:
    """One message about one event, in two lengths, rendered but not marked up.

    ``long`` is the template text with ``*bold*`` marks as the documents write it;
    a channel that cannot show them sends ``short``.
    """

    event_type: str
    key: str
    """Equal keys inside the duplicate window are one alert."""
    severity: Severity
    priority: Priority
    category: str
    """OPS-01 … OPS-06."""
    short: str
    long: str = ""
    symbol: str = ""
    """Stock it is about; empty for everything else."""
    delivery: str = field(default="", compare=False)
    """Delivery key, put on as it leaves: the same from whichever process sends it; empty = the channel makes one."""
