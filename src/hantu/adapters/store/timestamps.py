"""Time as the tables hold it: UTC text 'YYYY-MM-DD HH:MM:SS.ffffff', which sorts as text."""

from datetime import UTC, date, datetime, time, timedelta

from hantu.domain.instant import utc_text
from hantu.domain.session import KST


def to_text(moment: datetime) -> str:
    """Return an aware moment as stored."""
    return utc_text(moment.astimezone(UTC))


def from_text(text: str) -> datetime:
    """Return the aware UTC moment of stored text.

    Raises:
        ValueError: Not in the stored form.
    """
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)


def day_bounds(trade_date: date) -> tuple[str, str]:
    """Return the first moment of a Korean day and of the next one, as stored."""
    start = datetime.combine(trade_date, time(), KST)
    return to_text(start), to_text(start + timedelta(days=1))
