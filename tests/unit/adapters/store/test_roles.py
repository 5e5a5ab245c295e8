"""A role has one holder; two outboxes on one table agree about what was told."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from hantu.adapters.clock import SystemClock
from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.roles import (
    NOTIFIER,
    Role,
    gone,
    holder_name,
    leave_role,
    read_role,
    renew_role,
    take_role,
)
from hantu.adapters.store.shared_outbox import SharedOutbox
from hantu.adapters.store.sqlite import Connection, connect, transaction
from hantu.adapters.store.stand_in import StandIn
from hantu.adapters.store.store import SqliteStore
from hantu.domain import events as ev
from hantu.domain.alert import Priority
from hantu.domain.errors import BrokenError, DeniedError
from hantu.ports import JudgedAlert, Presence
from hantu.settings.notifier_office import Duty
from tests.contract.lives import alert, batch

NOW = datetime(2026, 11, 23, 0, 12, 31, tzinfo=UTC)
ELSEWHERE = "another-host:1:2"
CLOCK = SystemClock()


@pytest.fixture
def connection(tmp_path: Path) -> Connection:
    init_database(tmp_path / "hantu.db")
    return connect(tmp_path / "hantu.db", wait_s=1.0)


def test_a_living_holder_keeps_its_role(connection: Connection) -> None:
    assert read_role(connection, NOTIFIER) is None
    take_role(connection, NOTIFIER, ELSEWHERE, NOW)
    with pytest.raises(DeniedError, match="PID 1"):
        take_role(connection, NOTIFIER, holder_name(), NOW + timedelta(seconds=2.9))
    assert renew_role(connection, NOTIFIER, ELSEWHERE, NOW + timedelta(seconds=1))
    assert read_role(connection, NOTIFIER) == Role(ELSEWHERE, "2026-11-23 00:12:32.000000", 2)


@pytest.mark.parametrize("after_s", [3.0, -1.0])
def test_a_stale_role_goes_to_the_next_and_the_former_holder_hears_of_it(
    connection: Connection, after_s: float
) -> None:
    take_role(connection, NOTIFIER, ELSEWHERE, NOW)
    take_role(connection, NOTIFIER, "host:2:3", NOW + timedelta(seconds=after_s))
    assert not renew_role(connection, NOTIFIER, ELSEWHERE, NOW)
    leave_role(connection, NOTIFIER, ELSEWHERE)
    found = read_role(connection, NOTIFIER)
    assert found is not None
    assert found.heartbeat


def test_a_holder_of_this_machine_that_is_gone_needs_no_waiting(connection: Connection) -> None:
    own = holder_name()
    assert not gone(own)
    assert not gone(ELSEWHERE), "of another machine nobody here can tell"
    former = f"{own.rpartition(':')[0]}:1"
    assert gone(former), "the number was given to a later process"
    take_role(connection, NOTIFIER, former, NOW)
    take_role(connection, NOTIFIER, own, NOW)
    assert str(os.getpid()) in own


class Pair:
    """A guard's store and a notifier's outbox on one database."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = SqliteStore(
            path, CLOCK, holder="guard", account_alias="main", environment="local", spill_dir=path.parent / "spill"
        )
        self.outbox = SharedOutbox(path, CLOCK, holder_name())
        self.stand_in = StandIn(path, self.store)
        self.woken = 0

    async def raised(self, *priorities: Priority) -> None:
        alerts = tuple((0, alert(f"k{number}", one)) for number, one in enumerate(priorities))
        await self.store.record(batch(CLOCK.now(), ev.SubscribeDone(1), alerts=alerts))

    async def left(self) -> list[str]:
        ours = await self.stand_in.ours(await self.store.pending(9), self.wake)
        return [one.alert.key for one in ours]

    def wake(self) -> None:
        self.woken += 1


@pytest_asyncio.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    made = Pair(tmp_path / "hantu.db")
    await made.store.open()
    await made.outbox.open(CLOCK.now().wall)
    await made.stand_in.begin()
    yield made
    await made.outbox.close()
    await made.store.close()


async def test_what_one_delivers_is_done_for_the_other(pair: Pair) -> None:
    await pair.raised(Priority.EMERGENCY, Priority.HIGH)
    first, second = await pair.outbox.pending(9)
    await pair.outbox.delivered(first.alert_id, "telegram")
    await pair.outbox.failed(second.alert_id, "telegram", "429", retry_s=60)
    await pair.store.catch_up()
    assert await pair.store.pending(9) == ()
    await pair.store.delivered(second.alert_id, "telegram")
    pair.outbox.forget()
    assert await pair.outbox.pending(9) == ()
    [told, again] = await pair.outbox.desk.told_lately(60)
    assert {told.alert_id, again.alert_id} == {first.alert_id, second.alert_id}


@pytest.mark.requirement("DEC-39")
async def test_the_guard_leaves_alone_what_was_taken_and_takes_what_was_not(pair: Pair) -> None:
    assert pair.stand_in.presence is Presence.HERE
    await pair.raised(Priority.EMERGENCY, Priority.HIGH, Priority.NORMAL)
    assert await pair.left() == [], "the notifier has its grace"
    [first, *_] = await pair.outbox.pending(9)
    await pair.outbox.claim((first.alert_id,))
    await asyncio.sleep(0.75)
    assert pair.woken == 2
    assert await pair.left() == ["k1"], "the marked one is taken, the normal one is not urgent"


async def test_a_notifier_that_ended_leaves_everything_to_the_guard(pair: Pair, tmp_path: Path) -> None:
    await pair.raised(Priority.LOW)
    with connect(pair.path, wait_s=1.0) as connection:
        leave_role(connection, NOTIFIER, holder_name())
    await pair.stand_in.begin()
    assert pair.stand_in.presence is Presence.ENDED
    assert await pair.left() == ["k0"]


async def test_a_judgement_of_who_stands_by_leaves_the_memory_alone(pair: Pair) -> None:
    await pair.outbox.desk.judged((), '{"n":1}')
    await pair.store.desk.judged((JudgedAlert(1, "send", "at_once", "", "x"),), "")
    assert await pair.outbox.desk.policy_state() == '{"n":1}'


async def test_a_notifier_without_a_fresh_sign_of_life_keeps_still(pair: Pair) -> None:
    mono = [100.0]
    duty = Duty(pair.outbox, lambda: mono[0])
    await pair.raised(Priority.HIGH)
    waiting = await pair.outbox.pending(9)
    assert await duty.ours(waiting, pair.wake) == waiting
    mono[0] += 2.6
    assert await duty.ours(waiting, pair.wake) == ()
    mono[0] += 10.0
    await duty.beat()
    assert duty.turn == 1, "what the guard did meanwhile is read again"
    assert await duty.ours(waiting, pair.wake) == waiting
    with connect(pair.path, wait_s=1.0) as connection, transaction(connection):
        connection.execute("UPDATE roles SET holder = ?", (ELSEWHERE,))
    with pytest.raises(DeniedError, match="이어받았습니다"):
        await duty.beat()


async def test_a_notifier_that_stands_still_gives_no_sign_of_life(pair: Pair) -> None:
    mono = [100.0]
    duty = Duty(pair.outbox, lambda: mono[0])
    mono[0] += 61.0
    await duty.beat()
    assert not duty.whole


async def test_a_locked_database_costs_the_sign_of_life_and_no_error(pair: Pair) -> None:
    mono = [100.0]
    duty = Duty(pair.outbox, lambda: mono[0])
    holding = connect(pair.path, wait_s=1.0)
    holding.execute("BEGIN IMMEDIATE")
    mono[0] += 2.0
    await duty.beat()
    mono[0] += 1.0
    assert not duty.whole
    holding.execute("ROLLBACK")
    holding.close()


async def test_no_notifier_makes_a_database(tmp_path: Path) -> None:
    outbox = SharedOutbox(tmp_path / "none.db", CLOCK, holder_name())
    with pytest.raises(BrokenError, match="없습니다"):
        await outbox.open(NOW)
    assert not (tmp_path / "none.db").exists()
