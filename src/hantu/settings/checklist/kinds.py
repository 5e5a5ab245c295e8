"""The four checklists: what each of them looks at."""

from collections.abc import Mapping
from typing import Any, Final

from hantu.adapters.checklist.daily import daily
from hantu.adapters.checklist.items import Item
from hantu.adapters.checklist.monthly import monthly
from hantu.adapters.checklist.trends import trends_item
from hantu.adapters.checklist.weekly import weekly
from hantu.settings.checklist.live import morning_items, service_items
from hantu.settings.checklist.round import MACHINE, Round
from hantu.settings.checklist.trend_words import words_of
from hantu.settings.market_time import market_now

KINDS: Final = ("daily", "weekly", "monthly", "morning")


def items_of(kind: str, going: Round, status: Mapping[str, Any] | None, ack_wait_s: float = 0.0) -> list[Item]:
    """Look at everything of one list now; ``status`` is what the guard says of itself.

    ``ack_wait_s``: real seconds a person has to acknowledge the test alert of the morning.

    Raises:
        BrokenError: The records cannot be read.
    """
    database, now = going.settings.database, market_now(status, MACHINE.now().wall)
    match kind:
        case "daily":
            return [*daily(database, now), *service_items(going, status)]
        case "weekly":
            return weekly(database, now)
        case "monthly":
            return [*monthly(database, now), trends_item(database, now, words_of)]
        case _:
            return morning_items(going, status, ack_wait_s)
