"""Trades for one strategy: bounded, in order, every loss told where it happened."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from hantu.strategies.feed_queue import BATCH, FeedQueue
from hantu.strategies.market import UNKNOWN
from hantu.strategies.sdk import Trade

AT = datetime(2026, 11, 23, tzinfo=UTC)


def trades(first: int, count: int) -> tuple[Trade, ...]:
    return tuple(Trade("005930", number, 1, number, AT) for number in range(first, first + count))


def test_a_gap_is_told_before_the_trades_that_follow_it():
    queue = FeedQueue()
    queue.put(trades(0, 2), 0)
    queue.put(trades(2, 1), 0)
    queue.put(trades(10, 1), 7)
    first, second = queue.take(), queue.take()
    assert first is not None
    assert second is not None
    assert ([one.price for one in first.trades], first.missed) == ([0, 1, 2], 0)
    assert ([one.price for one in second.trades], second.missed) == ([10], 7)
    assert queue.take() is None


def test_a_new_life_begins_behind_a_gap_nobody_can_count():
    queue = FeedQueue()
    queue.put(trades(0, 5), 0)
    queue.forget(UNKNOWN)
    assert queue.take() is None
    queue.put(trades(9, 1), 3)
    found = queue.take()
    assert found is not None
    assert found.missed == UNKNOWN


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3), st.booleans()), max_size=60))
def test_whatever_happens_every_trade_arrives_in_order_or_is_counted(moves):
    queue, put, seen, missed, owed = FeedQueue(most=40), 0, [], 0, 0
    for count, gap, take in moves:
        queue.put(trades(put, count), gap)
        put, owed = put + count, owed + gap
        assert len(queue) <= 40
        found = queue.take() if take else None
        if found is not None:
            assert len(found.trades) <= max(BATCH, 40)
            seen += [one.price for one in found.trades]
            missed += found.missed
    while (found := queue.take()) is not None:
        seen += [one.price for one in found.trades]
        missed += found.missed
    assert seen == sorted(set(seen))
    assert len(seen) + queue.dropped == put
    assert missed <= owed + queue.dropped
    if moves and queue.dropped == 0:
        assert missed == owed
