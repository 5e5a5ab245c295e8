"""A line that is open and says nothing: what it withholds is asked for, and proves it dead."""

from dataclasses import replace

import pytest

from hantu.domain import events as ev
from hantu.domain.commands import HaltOrders
from hantu.domain.instrument import Symbol
from hantu.domain.money import Quantity
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.journey import State
from hantu.engine.quiet import PROOF_S, SILENT
from hantu.engine.reading import QUIET_BATCH
from tests.unit.engine.world import CONFIG, HYNIX, LEAPS, SAMSUNG, World, held

AFTER_S = CONFIG.pace.quiet_poll_after_s


def asked(world: World) -> list[tuple[str, ...]]:
    return [tuple(ask.symbols) for ask in world.of(act.ReadPrices)]


def watching() -> World:
    """A guard on a line that has just been subscribed and told of a trade."""
    world = held()
    world.open()
    world.trade(SAMSUNG, 70_000, volume=Quantity(1_000))
    return world


@pytest.mark.requirement("OPS-01-4", "MON-3.02")
def test_stop_passed_on_a_line_that_only_answers_pings_is_sold_at_once_when_it_is_asked_for() -> None:
    """Seed 3108: pings were answered for six hours and nothing else; the stop was passed and nobody knew."""
    world = watching()
    world.pass_time(AFTER_S - 1)
    assert asked(world) == []
    world.pass_time(1)
    assert asked(world) == [(SAMSUNG,)]
    world.poll(SAMSUNG, 67_000)
    assert [submit.order.symbol for submit in world.of(act.Submit)] == [SAMSUNG]


def test_only_what_is_silent_is_asked_for_and_the_next_look_comes_in_time() -> None:
    world = World(holdings={SAMSUNG: (10, 70_000, 10), HYNIX: (5, 70_000, 5)}, config=LEAPS)
    world.open()
    world.trade(SAMSUNG, 70_000)
    world.pass_time(20)
    world.trade(HYNIX, 70_000)
    world.pass_time(AFTER_S - 20)
    assert asked(world) == [(SAMSUNG,)]
    world.poll(SAMSUNG, 70_000)
    world.pass_time(20)
    assert asked(world)[1:] == [(HYNIX,)]


def test_many_silent_stocks_are_asked_for_a_few_at_a_time() -> None:
    world = World(holdings={Symbol(f"{number:06d}"): (1, 70_000, 1) for number in range(1, 16)}, config=CONFIG)
    world.open()
    world.pass_time(AFTER_S + 1)
    assert [len(symbols) for symbols in asked(world)][:1] == [QUIET_BATCH]


def test_nothing_is_asked_for_before_the_opening_and_without_holdings() -> None:
    world = World(holdings={}, config=CONFIG)
    world.open()
    world.pass_time(5 * AFTER_S)
    assert asked(world) == []
    early = held()
    early.start()
    early.pass_time(31)
    early.give(inp.FeedOpened())
    early.pass_time(2)
    assert asked(early) == []


def grown(world: World, *volumes: int) -> None:
    """The market trades on, as REST tells, and the line is silent."""
    for volume in volumes:
        world.pass_time(AFTER_S)
        world.poll(SAMSUNG, 70_000, volume=Quantity(volume))


@pytest.mark.requirement("OPS-01-4", "MON-6.01")
def test_line_that_tells_of_no_trade_while_the_market_trades_is_dropped_and_opened_again() -> None:
    world = watching()
    grown(world, 1_000, 1_100)
    assert not world.of(ev.ConnectionLost), "the trade may still be on its way"
    grown(world, 1_200)
    assert [fact.reason for fact in world.of(ev.ConnectionLost)] == [SILENT]
    assert len(world.of(act.CloseFeed)) == 1
    assert world.engine.book.state is State.RECONNECTING
    world.give(inp.FeedClosed("asked", asked=True))
    world.pass_time(1.1)
    assert len(world.of(act.OpenFeed)) == 2


def test_proof_takes_its_time() -> None:
    world = watching()
    grown(world, 1_000, 1_100)
    world.pass_time(PROOF_S - 1)
    world.poll(SAMSUNG, 70_000, volume=Quantity(1_200))
    assert not world.of(ev.ConnectionLost)


def test_trade_that_was_asked_for_before_it_was_streamed_proves_nothing_later() -> None:
    """Seed 8101: of two trades half a minute apart each was seen by an inquiry just before the line told of it."""
    world = watching()
    grown(world, 1_000, 1_100)
    world.trade(SAMSUNG, 70_000, volume=Quantity(1_100))
    grown(world, 1_100, 1_200)
    assert not world.of(ev.ConnectionLost)
    grown(world, 1_300)
    assert [fact.reason for fact in world.of(ev.ConnectionLost)] == [SILENT]


def test_stock_nobody_trades_proves_nothing() -> None:
    world = watching()
    grown(world, *[1_000] * 5)
    assert not world.of(ev.ConnectionLost)


def test_line_that_tells_of_another_stock_lives() -> None:
    world = World(holdings={SAMSUNG: (10, 70_000, 10), HYNIX: (5, 70_000, 5)}, config=LEAPS)
    world.open()
    grown(world, 1_000, 1_100)
    world.trade(HYNIX, 70_000)
    grown(world, 1_200, 1_300)
    world.trade(HYNIX, 70_000)
    grown(world, 1_400)
    assert not world.of(ev.ConnectionLost)


def test_shares_traded_before_the_line_was_watched_prove_nothing() -> None:
    world = watching()
    grown(world, 1_000)
    world.give(inp.FeedClosed("cut"))
    world.pass_time(1.1)
    world.give(inp.FeedOpened())
    world.pass_time(6)
    assert world.engine.book.state is State.MONITORING
    lost = len(world.of(ev.ConnectionLost))
    world.poll(SAMSUNG, 70_000, volume=Quantity(1_100))
    world.pass_time(PROOF_S)
    world.poll(SAMSUNG, 70_000, volume=Quantity(1_100))
    assert len(world.of(ev.ConnectionLost)) == lost


def test_line_is_dropped_during_a_pause_by_a_person_too() -> None:
    world = watching()
    world.give(HaltOrders("op"))
    assert world.engine.book.state is State.MARKET_HALTED
    grown(world, 1_000, 1_100, 1_200)
    assert [fact.reason for fact in world.of(ev.ConnectionLost)] == [SILENT]
    assert not world.of(ev.MarketResumed)


def test_stock_without_a_registration_proves_nothing() -> None:
    streams = replace(CONFIG.streams, max_registrations=1)
    world = World(holdings={SAMSUNG: (10, 70_000, 10)}, config=replace(CONFIG, streams=streams))
    world.open()
    grown(world, 1_000, 1_100, 1_200, 1_300)
    assert not world.of(ev.ConnectionLost)
