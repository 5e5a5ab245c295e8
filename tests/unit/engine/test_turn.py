"""One decision: what is said once, and moves that do not exist."""

import pytest

from hantu.domain import events as ev
from hantu.engine.journey import IllegalMove, State
from hantu.engine.turn import Turn
from tests.unit.engine.world import CONFIG, OPEN, SAMSUNG, World

FACT = ev.ConnectionLost("x", 0)


def turn() -> Turn:
    world = World()
    return Turn(world.engine.desk, world.now)


def test_what_was_said_is_not_said_again_until_it_is_forgotten() -> None:
    one = turn()
    assert one.record_once(("held", SAMSUNG, "stop_loss", "halt"), FACT)
    assert not one.record_once(("held", SAMSUNG, "stop_loss", "halt"), FACT)
    assert one.record_once(("held", SAMSUNG, "stop_loss", "kill"), FACT)
    assert one.desk.marked == {SAMSUNG}
    one.forget("held", SAMSUNG, "take_profit")
    one.forget("reached", SAMSUNG)
    assert not one.record_once(("held", SAMSUNG, "stop_loss", "kill"), FACT)
    one.forget("held", SAMSUNG, "stop_loss")
    assert one.record_once(("held", SAMSUNG, "stop_loss", "kill"), FACT)
    one.forget("held")
    assert one.desk.told == set()
    one.forget("held")
    assert len(one.decision().facts) == 3


def test_what_concerns_no_stock_marks_none() -> None:
    one = turn()
    one.record_once(("in_use",), FACT)
    assert one.desk.marked == set()


def test_session_moves_only_along_the_table_and_never_to_where_it_is() -> None:
    one = turn()
    one.move(State.IDLE, "x")
    assert one.decision().facts == ()
    one.move(State.CONNECTING, "x")
    assert one.decision().facts == (ev.SessionStateChanged("idle", "connecting", "x"),)
    with pytest.raises(IllegalMove):
        one.move(State.MONITORING, "x")


def test_ids_count_up_from_the_date_and_moments_are_written_to_the_microsecond() -> None:
    one = turn()
    assert [one.new_intent_id(), one.new_intent_id()] == ["20261123-0001", "20261123-0002"]
    assert one.desk.next_intent == 3
    assert one.stamp == "2026-11-22 23:59:30.000000"
    assert one.wall_text(one.now.mono - 1.5) == "2026-11-22 23:59:28.500000"
    assert one.wall_text(0.0) == ""
    assert one.today == "2026-11-23"
    assert World(wall=OPEN).engine.desk.line.limit == CONFIG.streams.max_registrations
