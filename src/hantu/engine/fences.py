"""Between which prices a trade changes nothing, for those who read frames before the engine does."""

from hantu.engine.book import Book
from hantu.engine.config import GuardConfig


def fences(book: Book, config: GuardConfig) -> dict[str, tuple[int, int]]:
    """Return (stop, target) in won of each position that nothing else can move.

    A position with a trailing stop or a partial exit is left out: its prices between the levels matter too.
    """
    found: dict[str, tuple[int, int]] = {}
    for symbol, position in book.positions.items():
        rule = config.rule_for(symbol)
        if rule is None or rule.trailing.enabled or rule.partial.enabled or position.trailing:
            continue
        found[symbol] = (position.stop_price, position.target_price)
    return found
