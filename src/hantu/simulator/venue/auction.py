"""Call auctions: the one price at which most shares change hands."""

from hantu.domain.account import Side
from hantu.simulator.venue.matching import Book, Execution


def clearing(book: Book, reference: int) -> tuple[int, int]:
    """Return (price, shares) an uncrossing would give now; shares 0 when nothing crosses.

    Most shares first, then the smallest rest, then nearest to ``reference``
    (the last price), which is the order of the KRX business regulation.
    """
    best = (0, 0, 0)
    chosen = 0
    for price in sorted(book.prices() | ({reference} if reference else set())):
        wanted, offered = book.available(Side.SELL, price), book.available(Side.BUY, price)
        rank = (min(wanted, offered), -abs(wanted - offered), -abs(price - reference))
        if rank[0] and (not chosen or rank > best):
            best, chosen = rank, price
    return chosen, best[0]


def uncross(book: Book, reference: int) -> list[Execution]:
    """Execute everything that crosses at the clearing price, best and earliest first."""
    price, shares = clearing(book, reference)
    done: list[Execution] = []
    if not shares:
        return done
    buys, sells = book.orders(Side.BUY), book.orders(Side.SELL)
    buy, sell = next(buys), next(sells)
    while shares:
        execution = book.cross(buy, sell, price)
        done.append(execution)
        shares -= execution.quantity
        if shares and not buy.remaining:
            buy = next(buys)
        if shares and not sell.remaining:
            sell = next(sells)
    return done
