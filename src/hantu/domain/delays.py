"""How late the news of a fill came, from the stored times of both."""

from datetime import datetime

_STORED = "%Y-%m-%d %H:%M:%S.%f"


def notice_delay_ms(filled_at: str, received_at: str) -> float | None:
    """Return the milliseconds between a fill and its notice; None if a time is missing.

    The exchange stamps whole seconds, so a delay is known to one second; it is never below zero.
    """
    try:
        filled, received = datetime.strptime(filled_at, _STORED), datetime.strptime(received_at, _STORED)
    except ValueError:
        return None
    return max(0.0, (received - filled).total_seconds() * 1000.0)
