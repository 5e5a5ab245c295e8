"""Which streams are asked for: places, pace, refusals, and what gives way to what is held."""

from collections import deque
from dataclasses import replace

import pytest

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.instrument import Symbol
from hantu.domain.money import Quantity
from hantu.domain.order import NoticeKind
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine import registrations
from hantu.engine.config import Pace, Streams
from hantu.engine.journey import State
from hantu.engine.turn import Turn
from tests.unit.engine.test_session import items
from tests.unit.engine.world import CONFIG, HYNIX, SAMSUNG, World, held

PRICE, QUOTE, NOTICE, OPERATION = "H0STCNT0", "H0STASP0", "H0STCNI0", "H0STMKO0"
FIRST, SECOND = Symbol("000001"), Symbol("000002")


def watching(limit: int = 41, watched: int = 1, **changes: object) -> World:
    """A world that holds Samsung and has asked for everything there is room for."""
    world = held(config=replace(CONFIG, streams=Streams(notice_key="USER", max_registrations=limit)), **changes)
    world.start(watch=items(watched))
    world.to_monitoring()
    world.pass_time(20)
    return world


def bought(world: World, symbol: Symbol = HYNIX) -> None:
    world.give(
        world.notice("555", NoticeKind.FILL, 5, 100_000, symbol=symbol, side=Side.BUY, order_quantity=Quantity(5))
    )


def active(world: World) -> list[tuple[str, str]]:
    return world.engine.desk.line.active


def asked(world: World, since: int = 0) -> list[tuple[str, str]]:
    return [(a.tr_id, a.key) for a in world.actions[since:] if isinstance(a, act.SendSubscribe)]


def given_back(world: World) -> list[tuple[str, str]]:
    return [(a.tr_id, a.key) for a in world.of(act.SendUnsubscribe)]


@pytest.mark.requirement("MON-2.04", "MON-2.07")
@pytest.mark.parametrize(
    ("limit", "places"),
    [
        (1, [(NOTICE, "USER")]),
        (3, [(NOTICE, "USER"), (OPERATION, SAMSUNG), (PRICE, SAMSUNG)]),
        (4, [(NOTICE, "USER"), (OPERATION, SAMSUNG), (PRICE, SAMSUNG), (QUOTE, SAMSUNG)]),
        (5, [(NOTICE, "USER"), (OPERATION, SAMSUNG), (PRICE, SAMSUNG), (PRICE, FIRST), (QUOTE, SAMSUNG)]),
        (
            6,
            [
                (NOTICE, "USER"), (OPERATION, SAMSUNG), (PRICE, SAMSUNG), (PRICE, FIRST), (QUOTE, SAMSUNG),
                (QUOTE, FIRST),
            ],
        ),
    ],
)  # fmt: skip
def test_places_go_by_worth_and_requests_prices_first(limit: int, places: list[tuple[str, str]]) -> None:
    assert asked(watching(limit)) == places


def test_environment_without_notices_or_operations_asks_for_neither() -> None:
    world = held(config=replace(CONFIG, streams=Streams(operation_tr="")))
    world.open()
    world.pass_time(5)
    assert asked(world) == [(PRICE, SAMSUNG), (QUOTE, SAMSUNG)]


def test_watched_stock_carries_the_market_messages_where_nothing_is_held() -> None:
    world = World()
    world.start(watch=items(2))
    world.to_monitoring()
    assert (OPERATION, FIRST) in asked(world)


@pytest.mark.requirement("MON-2.02")
def test_progress_is_told_and_the_key_of_a_person_is_not() -> None:
    world = watching(watched=1)
    assert [text for text in world.log if text.startswith("구독")][:7] == [
        "구독 요청 전송: H0STCNI0 - ***", f"구독 요청 전송: H0STMKO0 - {SAMSUNG}", f"구독 요청 전송: H0STCNT0 - {SAMSUNG}",
        "구독 완료: 1/2", f"구독 요청 전송: H0STCNT0 - {FIRST}", "구독 완료: 2/2", f"구독 요청 전송: H0STASP0 - {SAMSUNG}",
    ]  # fmt: skip


# --- a stock is bought ------------------------------------------------------------------------


@pytest.mark.requirement("MON-0.07")
def test_bought_stock_is_streamed_at_once_while_there_is_room() -> None:
    world = watching()
    mark = len(world.actions)
    bought(world)
    world.pass_time(2)
    assert asked(world, mark) == [(PRICE, HYNIX), (QUOTE, HYNIX)]
    assert given_back(world) == []


@pytest.mark.requirement("MON-0.07")
@pytest.mark.parametrize(
    ("limit", "watched", "gone"),
    [
        (6, 1, (QUOTE, FIRST)),  # a watched quote goes first
        (5, 1, (PRICE, FIRST)),  # then a watched price
        (4, 0, (QUOTE, SAMSUNG)),  # then a held quote
    ],
)
def test_price_of_a_bought_stock_takes_the_least_worthy_place(limit: int, watched: int, gone: tuple[str, str]) -> None:
    world = watching(limit, watched)
    mark = len(world.actions)
    bought(world)
    world.pass_time(2)
    assert given_back(world) == [gone]
    assert asked(world, mark) == [(PRICE, HYNIX)]
    assert len(active(world)) == limit


def test_bought_stock_without_any_place_to_take_is_polled_and_told() -> None:
    world = watching(limit=3, watched=0)
    bought(world)
    world.pass_time(2)
    assert given_back(world) == []
    assert world.engine.desk.line.polled == (HYNIX,)
    assert [(f.symbol, f.code, f.held) for f in world.of(ev.SubscribeFailed)] == [(HYNIX, "no_room", True)]


def test_watched_stock_takes_the_place_of_no_price() -> None:
    world = watching(limit=4, watched=0)
    world.give(inp.WatchlistChanged(items(1)))
    world.pass_time(2)
    assert given_back(world) == []
    assert world.engine.desk.line.polled == (FIRST,)
    room = watching(limit=6, watched=1)
    room.give(inp.WatchlistChanged(items(2)))
    room.pass_time(2)
    assert given_back(room) == [(QUOTE, FIRST)], "a watched quote is worth less than a watched price"
    assert (PRICE, SECOND) in active(room)


def test_stock_that_is_wanted_again_is_not_given_back() -> None:
    world = watching(watched=2)
    mark = len(world.actions)
    world.give(inp.WatchlistChanged(()))
    world.give(inp.WatchlistChanged(items(1)))
    world.pass_time(3)
    assert given_back(world) == [(PRICE, FIRST), (PRICE, SECOND), (QUOTE, SECOND)], "the first was under way already"
    assert asked(world, mark) == [(PRICE, FIRST)]


def test_stock_given_up_before_it_was_asked_for_is_not_asked_for() -> None:
    world = held()
    world.start(watch=items(3))
    world.to_monitoring()
    world.give(inp.WatchlistChanged(()))
    world.pass_time(5)
    assert {key for tr_id, key in asked(world) if tr_id == QUOTE} == {SAMSUNG}


def test_confirmation_of_a_stock_nobody_needs_any_more_gives_it_back() -> None:
    world = held(accept_subscriptions=False)
    world.start(watch=items(1))
    world.pass_time(31)
    world.give(inp.FeedOpened())
    while (PRICE, FIRST) not in asked(world):
        for tr_id, key in asked(world):
            world.give(inp.Subscribed(tr_id, key))
        world.pass_time(0.1)
    world.give(inp.WatchlistChanged(()))
    world.give(inp.Subscribed(PRICE, FIRST))
    world.give(inp.Subscribed(PRICE, FIRST))
    world.pass_time(1)
    assert given_back(world) == [(PRICE, FIRST)]


# --- answers -------------------------------------------------------------------------------------


@pytest.mark.requirement("MON-2.11")
def test_answer_that_comes_after_we_gave_up_waiting_is_one() -> None:
    world = held(accept_subscriptions=False)
    world.start(watch=items(5))
    world.pass_time(31)
    world.give(inp.FeedOpened())
    world.pass_time(3.2)
    assert (NOTICE, "USER") in world.engine.desk.line.wanted
    world.give(inp.Subscribed(NOTICE, "USER"))
    assert (NOTICE, "USER") not in world.engine.desk.line.wanted
    assert active(world).count((NOTICE, "USER")) == 1
    world.give(inp.Subscribed(NOTICE, "USER"))
    assert active(world).count((NOTICE, "USER")) == 1


def test_refusal_of_what_was_not_asked_for_changes_nothing() -> None:
    world = watching()
    before = list(active(world))
    world.give(inp.SubscribeRefused(PRICE, "999999", "OPSP9999", "no"))
    assert active(world) == before
    assert not world.of(ev.SubscribeFailed)


@pytest.mark.requirement("MON-2.13", "MON-E.05", "MON-E.06")
@pytest.mark.parametrize(
    ("registration", "shown", "name", "is_held"),
    [((PRICE, SAMSUNG), SAMSUNG, f"N{SAMSUNG}", True), ((QUOTE, FIRST), FIRST, "W1", False), ((NOTICE, "USER"), "***", "", False)],
)  # fmt: skip
def test_registration_given_up_is_told_once_and_the_rest_goes_on(
    registration: tuple[str, str], shown: str, name: str, is_held: bool
) -> None:
    world = held(accept_subscriptions=False)
    world.start(watch=items(1))
    world.pass_time(31)
    world.give(inp.FeedOpened())
    answered = 0
    for _ in range(200):
        for sent in asked(world)[answered:]:
            answered += 1
            if sent == registration:
                world.give(inp.SubscribeRefused(*sent, "OPSP9999", "no"))
            else:
                world.give(inp.Subscribed(*sent))
        world.pass_time(0.1)
    (told,) = world.of(ev.SubscribeFailed)
    assert (told.symbol, told.name, told.tr_id) == (shown, name, registration[0])
    assert (told.code, told.attempts, told.held) == ("OPSP9999", 3, is_held)
    assert asked(world).count(registration) == 4
    assert world.engine.book.state is State.MONITORING
    priced = registration[0] == PRICE
    assert world.engine.desk.line.polled == ((SAMSUNG,) if priced else ())
    assert world.engine.desk.line.refused == ({SAMSUNG: "OPSP9999"} if priced else {})


def test_rate_limit_is_waited_out_longer_but_not_for_ever() -> None:
    world = held(accept_subscriptions=False, config=replace(CONFIG, streams=Streams(operation_tr="")))
    world.start()
    world.pass_time(31)
    world.give(inp.FeedOpened())
    answered = 0
    for _ in range(400):
        for sent in asked(world)[answered:]:
            answered += 1
            world.give(inp.SubscribeRefused(*sent, "EGW00201", "초당 거래건수를 초과하였습니다."))
        world.pass_time(0.1)
    assert asked(world).count((PRICE, SAMSUNG)) == 20
    assert [f.attempts for f in world.of(ev.SubscribeFailed) if f.tr_id == PRICE] == [19]


@pytest.mark.requirement("MON-2.13")
def test_server_that_is_full_sets_the_limit_and_the_rest_is_polled() -> None:
    world = held(accept_subscriptions=False)
    world.start(watch=items(3))
    world.pass_time(31)
    world.give(inp.FeedOpened())
    answered = 0
    for _ in range(60):
        for sent in asked(world)[answered:]:
            answered += 1
            if sent == (PRICE, SECOND):
                world.give(inp.SubscribeRefused(*sent, "OPSP0008", "MAX SUBSCRIBE OVER"))
            else:
                world.give(inp.Subscribed(*sent))
        world.pass_time(0.1)
    assert active(world) == [(NOTICE, "USER"), (OPERATION, SAMSUNG), (PRICE, SAMSUNG), (PRICE, FIRST)]
    assert world.engine.desk.line.limit == 4
    assert world.engine.desk.line.polled == (SECOND, "000003")
    assert world.engine.book.state is State.MONITORING
    assert any(text.startswith("구독 한도 도달: 4건 - 나머지 6건") for text in world.log)
    assert not world.of(ev.SubscribeFailed), "watched stocks are polled without an alarm"


@pytest.mark.requirement("MON-6.09")
def test_requests_beyond_the_hourly_budget_are_not_made_until_it_has_room() -> None:
    world = held(config=replace(CONFIG, pace=replace(Pace(), subscribes_per_hour=3)))
    world.open()
    world.pass_time(3)
    assert len(asked(world)) == 3
    assert world.engine.desk.line.wanted == []
    assert any(text.startswith("구독 요청 한도 도달: 한 시간 3회 - 나머지 1건") for text in world.log)
    world.engine.desk.line.requests = deque([world.mono - 3_600.0, world.mono - 3_599.0, world.mono])
    bought(world)
    world.pass_time(2)
    assert len(asked(world)) == 4, "the oldest is an hour ago"


# --- looks -----------------------------------------------------------------------------------------


def test_nothing_is_due_without_a_line_and_the_next_answer_or_request_with_one() -> None:
    world = held(accept_subscriptions=False)
    world.start()

    def due(of: World) -> float | None:
        return registrations.next_due(Turn(of.engine.desk, of.now))

    assert due(world) is None
    world.pass_time(31)
    world.give(inp.FeedOpened())
    assert due(world) == world.mono + 0.5, "the next request"
    world.engine.desk.line.wanted.clear()
    assert due(world) == world.mono + 3.0, "the answer to the first"
    world.give(inp.Subscribed(NOTICE, "USER"))
    assert due(world) is None
    world.engine.desk.line.releasing.append((NOTICE, "USER"))
    assert due(world) == world.mono + 0.5


@pytest.mark.requirement("MON-7.06")
def test_everything_is_given_back_quotes_first_and_the_notice_last() -> None:
    world = watching()
    registrations.release_all(Turn(world.engine.desk, world.now))
    assert world.engine.desk.line.releasing == [
        (QUOTE, SAMSUNG), (QUOTE, FIRST), (PRICE, SAMSUNG), (PRICE, FIRST), (OPERATION, SAMSUNG), (NOTICE, "USER"),
    ]  # fmt: skip
    assert world.engine.desk.line.polled == ()


def test_release_of_what_the_server_never_confirmed_is_sent_all_the_same() -> None:
    world = watching()
    world.engine.desk.line.releasing.append((PRICE, "999999"))
    world.pass_time(1)
    assert given_back(world) == [(PRICE, "999999")]
