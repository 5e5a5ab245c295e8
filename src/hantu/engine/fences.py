"""Between which prices a trade changes nothing, for those who read frames before the engine does."""

from collections.abc import Container

from hantu.domain.instrument import Symbol
from hantu.engine.book import Book
from hantu.engine.config import GuardConfig


def fences(book: Book, config: GuardConfig, doubted: Container[Symbol]) -> dict[str, tuple[int, int]]:
    """Return (stop, target) in won of each position that nothing else can move.

    A position with a trailing stop or a partial exit is left out: its prices between the levels matter too.
    So is one with a price in doubt (``doubted``): every trade of it speaks for or against that price.
    """
    found: dict[str, tuple[int, int]] = {}
    for symbol, position in book.positions.items():
        rule = config.rule_for(symbol)
        if symbol in doubted or rule is None or rule.trailing.enabled or rule.partial.enabled or position.trailing:
            continue
        found[symbol] = (position.stop_price, position.target_price)
    return found
