"""What a person is shown of a running guard."""

from typing import Any

import pytest

from hantu.domain.commands import StartMonitoring, StopMonitoring
from hantu.domain.instrument import Symbol
from hantu.domain.market import MarketOperation, OperationKind
from hantu.engine import inputs as inp
from hantu.operations.safety import verdict
from hantu.runtime.guard import Counts
from hantu.runtime.status import status
from tests.unit.engine.test_accidents import stopped
from tests.unit.engine.world import SAMSUNG, World, held


def shown(world: World) -> dict[str, Any]:
    return status(world.engine, Counts(), world.now, {})


@pytest.mark.requirement("MON-4.03", "MON-4.12")
def test_wait_for_a_fill_shows_number_time_and_what_is_filled() -> None:
    world, number = stopped()
    world.fill(number, 4, 67_800)
    world.pass_time(5)
    found = shown(world)
    assert found["state"] == "awaiting_fill"
    order = found["positions"][0]["order"]
    assert (order["order_no"], order["filled"], order["quantity"]) == (number, 4, 10)
    assert order["waited_s"] == pytest.approx(5, abs=0.3)


@pytest.mark.requirement("MON-6.03")
def test_reconnection_shows_which_try_and_when_the_next_one_is() -> None:
    world = held()
    world.open()
    world.give(inp.FeedClosed("cut"))
    world.pass_time(1.1)
    world.give(inp.FeedFailed(inp.FeedFailure.NETWORK, "refused"))
    found = shown(world)
    assert found["state"] == "reconnecting"
    line = found["connection"]
    assert (line["connected"], line["attempt"], line["limit"]) == (False, 1, 5)
    assert line["next_try_s"] == pytest.approx(1.9, abs=0.2)


@pytest.mark.requirement("MON-8.03")
def test_halt_is_shown_and_is_gone_by_itself() -> None:
    world = held()
    world.open()
    world.give(MarketOperation(SAMSUNG, OperationKind.HALT, True, "174"))
    world.trade(SAMSUNG, 67_000)
    found = shown(world)
    assert (found["state_ko"], found["halted"]["market"]) == ("장 중단", True)
    assert found["positions"][0]["state"] == "held:halt"
    world.give(MarketOperation(SAMSUNG, OperationKind.RESUME, True, "175"))
    assert shown(world)["state"] == "monitoring"
    assert not shown(world)["halted"]["market"]
    assert Symbol("") not in world.engine.book.halts


def test_stopped_by_a_person_is_said_while_the_market_is_open_and_until_it_watches_again() -> None:
    world = held()
    world.open()
    assert not shown(world)["stopped"]
    world.give(StopMonitoring("op"))
    world.pass_time(3)
    found = shown(world)
    assert found["stopped"]
    assert verdict(found).startswith("안전하지 않음 - 사람이 감시를 멈춰 보유 1종목")
    world.give(StartMonitoring("op"))
    assert not shown(world)["stopped"]
