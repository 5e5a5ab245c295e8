"""What may be held back in a burst, what must be read at once, and in which order."""

from hantu.kis.hot import CalmFrames
from tests.unit.kis.stream_texts import trade_frame, trade_record

STOP, TARGET = 60_000, 70_000


def frames(*levels: str) -> CalmFrames:
    calm = CalmFrames()
    calm.set_levels(dict.fromkeys(levels or ("005930",), (STOP, TARGET)))
    return calm


def test_without_levels_everything_is_read_at_once():
    calm = CalmFrames()
    assert not calm.hold(trade_frame(trade_record()))
    assert calm.take() == []


def test_of_calm_frames_the_last_of_each_stock_is_read():
    calm = frames("005930", "000660")
    first, last = trade_frame(trade_record(volume=1)), trade_frame(trade_record(volume=2))
    other = trade_frame(trade_record("000660"))
    assert all(calm.hold(text) for text in (first, other, last))
    assert (calm.frames_dropped, calm.records_dropped) == (1, 1)
    assert sorted(calm.take()) == sorted([last, other])
    assert calm.take() == []


def test_a_crossing_is_read_at_once_after_the_frame_held_before_it():
    """The price before it tells whether it is far from all others."""
    calm = frames("005930", "000660")
    held, other = trade_frame(trade_record()), trade_frame(trade_record("000660"))
    for price in (STOP, STOP - 1, TARGET, TARGET + 1):
        assert calm.hold(held)
        assert calm.hold(other)
        crossing = trade_frame(trade_record(price=price))
        assert not calm.hold(crossing)
        assert calm.older_than(crossing) == [held]
        assert calm.older_than(crossing) == []
        assert calm.take() == [other]
    assert calm.frames_dropped == 0


def test_a_frame_of_several_records_is_calm_only_if_every_record_is():
    calm = frames()
    assert calm.hold(trade_frame(*[trade_record()] * 3))
    assert calm.hold(trade_frame(trade_record()))
    assert (calm.frames_dropped, calm.records_dropped) == (1, 3)
    for place in range(3):
        prices = [65_000] * 3
        prices[place] = STOP
        assert not calm.hold(trade_frame(*(trade_record(price=price) for price in prices)))
    assert not calm.hold(trade_frame(trade_record(), trade_record("000660")))


def test_what_is_held_is_read_before_a_later_frame_of_its_stock_that_is_not_calm():
    calm = frames("005930", "000660")
    held, other = trade_frame(trade_record()), trade_frame(trade_record("000660"))
    assert calm.hold(held)
    assert calm.hold(other)
    crossing = trade_frame(trade_record(), trade_record(price=STOP))
    assert not calm.hold(crossing)
    assert calm.older_than(crossing) == [held]
    assert calm.take() == [other]


def test_garbage_is_never_held():
    calm = frames()
    for text in ("", "{}", "0|H0STCNT0|001|005930", "0|H0STCNT0|0x1|005930^1^65000^2", "0|H0STCNT0|002|005930^1^65000"):
        assert not calm.hold(text)
        assert calm.older_than(text) == []
    assert calm.take() == []
