"""Live data: nothing lost, nothing twice, and every stream ends with a word."""

import itertools
import threading
import time

import pytest

from hantu.adapters.store.late_rows import newest_fact, note_late
from hantu.adapters.store.maintenance import writing
from hantu.api.streams import CAUGHT_UP_MAX, STREAMS_PER_CALLER
from hantu.domain.access import Scope
from hantu.domain.place import Place, Told
from tests.e2e.web import Stream
from tests.unit.api.site import Site
from tests.unit.api.waiting import WAIT_S, until


def ident_of(number: int) -> str:
    return f"0198c0df-0000-7c3e-9d55-{number:012d}"


def record(site: Site, first: int, many: int = 1) -> list[str]:
    idents = [ident_of(number) for number in range(first, first + many)]
    file(site, idents)
    return idents


def file(site: Site, idents: list[str]) -> None:
    """Put facts on record as the guard does: one that is filed after a newer one gets its number."""
    with writing(site.settings.database) as connection:
        for ident in idents:
            newest = newest_fact(connection)
            connection.execute(
                "INSERT INTO event_log (event_id, event_type, timestamp, payload_json) VALUES (?, 'order_filled',"
                " '2026-11-21 00:00:00.000000', '{}')",
                (ident,),
            )
            if ident < newest:
                note_late(connection, ident, newest)


def listening(site: Site, name: str = "vera", last_id: str = "") -> Stream:
    found = Stream(site.browser(name), last_id)
    before = site.office.house.hub.listening
    found.start()
    until(lambda: site.office.house.hub.listening > before or found.ended.is_set(), "the stream")
    return found


@pytest.mark.requirement("ALR-68")
def test_facts_arrive_in_order_and_once_across_a_cut(site: Site) -> None:
    first = listening(site)
    until(lambda: "state" in first.kinds(), "the first state")
    time.sleep(0.5)  # the tail of the records begins with the first listener
    told = record(site, 1, 5)
    until(lambda: first.facts() == told, "five facts")
    first.close()
    missed = record(site, 6, 20)
    second = listening(site, last_id=first.place())
    later = record(site, 26, 5)
    until(lambda: len(second.facts()) >= 25, "what was missed and what is new")
    assert second.facts() == [*missed, *later]
    second.close()


def test_resuming_outlives_the_server(site: Site) -> None:
    first = listening(site)
    time.sleep(0.5)
    told = record(site, 1, 3)
    until(lambda: first.facts() == told, "three facts")
    site.stop()
    assert first.ended.wait(WAIT_S)
    assert first.events[-1][1:] == ("end", "", {"reason": "shutdown"})
    missed = record(site, 4, 3)
    site.start()
    second = listening(site, last_id=first.place())
    until(lambda: second.facts() == missed, "what the restart swallowed")
    second.close()


@pytest.mark.requirement("ALR-68")
def test_a_fact_that_is_filed_late_is_told_and_so_is_one_that_was_missed(site: Site) -> None:
    """It waited in the spill while the database was down: newer ones are on record, and told, before it."""
    first = listening(site)
    time.sleep(0.5)
    early, late, missed, new = record(site, 10), ident_of(5), ident_of(6), ident_of(20)
    until(lambda: first.facts() == early, "the newer fact")
    file(site, [late])
    until(lambda: first.facts() == [*early, late], "the late one")
    first.close()
    file(site, [missed, new])
    second = listening(site, last_id=first.place())
    until(lambda: len(second.facts()) >= 2, "what was missed")
    assert second.facts() == [missed, new]
    second.close()
    third = listening(site, last_id=early[0])
    until(lambda: len(third.facts()) >= 3, "everything filed behind an id alone")
    assert sorted(third.facts()) == [late, missed, new]
    third.close()


def test_who_missed_too_much_is_told_to_read_the_pages(site: Site) -> None:
    record(site, 1, CAUGHT_UP_MAX + 5)
    found = listening(site, last_id="0198c0df-0000-7c3e-9d55-000000000000")
    until(lambda: "reset" in found.kinds(), "the word")
    told = record(site, CAUGHT_UP_MAX + 6, 3)
    until(lambda: len(found.facts()) >= 3, "what is new")
    assert found.facts() == told, "nothing of what the pages show"
    found.close()


def test_something_is_said_so_often_that_silence_is_noticed(site: Site) -> None:
    found = listening(site)
    time.sleep(5.0)
    moments = [at for at, *_ in found.events]
    assert max(later - earlier for earlier, later in itertools.pairwise(moments)) < 2.5
    found.close()


def test_the_stream_ends_with_the_session(site: Site) -> None:
    browser = site.browser("vera")
    found = Stream(browser)
    found.start()
    until(lambda: found.events, "the first word")
    site.browser("ann").do("/users/vera/sessions", method="DELETE")
    assert found.ended.wait(WAIT_S)
    assert found.events[-1][1:] == ("end", "", {"reason": "session_ended"})


def test_watching_alone_does_not_keep_a_session_alive(site: Site) -> None:
    found = listening(site)
    site.clock.wind(901)
    assert found.ended.wait(WAIT_S)
    assert found.events[-1][3] == {"reason": "session_ended"}


def test_one_caller_cannot_take_all_streams(site: Site) -> None:
    browser = site.browser("vera")
    streams = [Stream(browser) for _ in range(STREAMS_PER_CALLER)]
    for one in streams:
        one.start()
    until(lambda: site.office.house.hub.listening == STREAMS_PER_CALLER, "all streams")
    answer = browser.get("/monitor/stream")
    assert (answer.status, answer.code) == (429, "too_many_streams")
    other = listening(site, "otto")
    other.close()
    for one in streams:
        one.close()
    until(lambda: site.office.house.hub.listening == 0, "every place to be free again")


def test_programs_listen_too(site: Site) -> None:
    found = Stream(site.program(Scope.READ))
    found.start()
    until(lambda: "state" in found.kinds(), "a state")
    assert found.status == 200
    found.close()


def test_a_listener_that_does_not_read_is_let_go() -> None:
    """The hub alone: a queue that is full ends its stream with a word, and the others go on."""
    import asyncio

    from hantu.api.streams import QUEUE_MAX, START, Hub

    async def play() -> tuple[list[bytes], int]:
        hub = Hub()

        async def none(place: Place, _limit: int) -> tuple[list[Told], Place]:
            return [], place

        async def valid() -> bool:
            return True

        async def end() -> Place:
            return START

        slow = hub.listen("a", "", none, end, valid)
        await anext(slow)
        step = asyncio.ensure_future(anext(slow))
        await asyncio.sleep(0)
        idents = [f"{number:06d}" for number in range(QUEUE_MAX + 10)]
        hub.tell_facts([Told({"event_id": ident}, Place(ident, 0)) for ident in idents])
        parts = [await step, *[part async for part in slow]]
        return parts, hub.listening

    parts, left = asyncio.run(play())
    assert len(parts) == QUEUE_MAX + 1
    assert b"too_slow" in parts[-1]
    assert left == 0


def test_the_end_is_quick_with_many_listeners(site: Site) -> None:
    streams = [listening(site, name) for name in ("vera", "otto", "olga", "ann")]
    began = time.monotonic()
    site.stop()
    assert time.monotonic() - began < 3.0
    assert all(one.ended.wait(1.0) and one.kinds()[-1] == "end" for one in streams)
    site.start()
    assert threading.active_count() < 100
