"""Where a row belongs: the event it comes from and the batch around it."""

from typing import NamedTuple


class RowContext(NamedTuple):
    """Everything a projection needs besides the fact."""

    event_id: str
    event_type: str
    timestamp: str
    """UTC text of the event."""
    trade_date: str
    """Korean date, YYYY-MM-DD."""
    environment: str
    account: str
    payload: str
    correlation_id: str = ""
