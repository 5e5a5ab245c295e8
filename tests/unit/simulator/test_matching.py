"""Best price first, then whoever came first; what cannot trade at once waits, goes or never came."""

from hantu.domain.account import Side
from hantu.simulator.venue.auction import clearing, uncross
from hantu.simulator.venue.matching import AT_ANY_PRICE_BUY, Book, Resting


def rest(book, number, side, price, quantity):
    order = Resting(number, side, price, quantity)
    book.rest(order)
    return order


def test_better_price_goes_before_earlier_order():
    book = Book()
    rest(book, 1, Side.SELL, 102, 5)
    rest(book, 2, Side.SELL, 101, 5)
    done = book.match(Resting(3, Side.BUY, 102, 7))
    assert [(one.sell.number, one.price, one.quantity) for one in done] == [(2, 101, 5), (1, 102, 2)]


def test_equal_price_goes_by_arrival():
    book = Book()
    for number in (1, 2, 3):
        rest(book, number, Side.BUY, 100, 2)
    done = book.match(Resting(9, Side.SELL, 100, 5))
    assert [(one.buy.number, one.quantity) for one in done] == [(1, 2), (2, 2), (3, 1)]
    assert book.levels(Side.BUY, 10) == [(100, 1)]


def test_limit_is_never_passed_and_the_rest_stays_outside():
    book = Book()
    rest(book, 1, Side.SELL, 101, 5)
    taker = Resting(2, Side.BUY, 100, 5)
    assert book.match(taker) == []
    assert taker.remaining == 5
    assert book.total(Side.BUY) == 0


def test_a_smaller_order_keeps_its_place():
    book = Book()
    first = rest(book, 1, Side.SELL, 100, 10)
    rest(book, 2, Side.SELL, 100, 10)
    book.reduce(first, 4)
    done = book.match(Resting(3, Side.BUY, 100, 7))
    assert [(one.sell.number, one.quantity) for one in done] == [(1, 6), (2, 1)]


def test_removed_order_is_gone_and_its_level_with_it():
    book = Book()
    order = rest(book, 1, Side.BUY, 100, 10)
    book.remove(order)
    book.remove(order)
    assert book.best(Side.BUY) == 0
    assert book.available(Side.SELL, 1) == 0


def test_auction_price_is_the_one_with_most_shares():
    book = Book()
    rest(book, 1, Side.BUY, 103, 10)
    rest(book, 2, Side.BUY, 101, 30)
    rest(book, 3, Side.SELL, 100, 15)
    rest(book, 4, Side.SELL, 102, 20)
    # 101: 40 wanted, 15 offered -> 15 · 102: 10 wanted -> 10 · 103: 10
    assert clearing(book, 100) == (100, 15)
    done = uncross(book, 100)
    assert {one.price for one in done} == {100}
    assert [(one.buy.number, one.sell.number, one.quantity) for one in done] == [(1, 3, 10), (2, 3, 5)]


def test_auction_tie_goes_to_the_smaller_rest_then_to_the_last_price():
    book = Book()
    rest(book, 1, Side.BUY, 105, 10)
    rest(book, 2, Side.SELL, 100, 10)
    assert clearing(book, 103) == (103, 10)
    assert clearing(book, 99) == (100, 10)
    rest(book, 3, Side.SELL, 105, 5)
    assert clearing(book, 106) == (100, 10)


def test_market_order_goes_first_in_an_auction():
    book = Book()
    rest(book, 1, Side.BUY, 105, 10)
    rest(book, 2, Side.BUY, AT_ANY_PRICE_BUY, 10)
    rest(book, 3, Side.SELL, 100, 10)
    (done,) = uncross(book, 100)
    assert done.buy.number == 2
    assert AT_ANY_PRICE_BUY not in {price for price, _ in book.levels(Side.BUY, 10)}


def test_nothing_crosses_nothing_happens():
    book = Book()
    rest(book, 1, Side.BUY, 99, 10)
    rest(book, 2, Side.SELL, 100, 10)
    assert clearing(book, 99) == (0, 0)
    assert uncross(book, 99) == []
