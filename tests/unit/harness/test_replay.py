"""A day that was kept is decided again bit for bit; another rule shows what it had done."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from hantu.adapters.tape.codec import to_sorted_bytes
from hantu.adapters.tape.header import Origin
from hantu.adapters.tape.reader import parts_of
from hantu.adapters.tape.writer import FileTape
from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel, SetKill
from hantu.domain.errors import BrokenError
from hantu.domain.order import NoticeKind
from hantu.engine import inputs as inp
from hantu.engine.config import ExitRule, Mode, RuleKind
from hantu.harness.replay import Tally, replay
from hantu.harness.what_if import compare, other_rule
from hantu.settings.model import ExitSettings, GuardSettings, Rule, Settings
from tests.unit.engine.world import CONFIG, SAMSUNG
from tests.unit.harness.taped_world import TapedWorld, sold_at_the_stop

DAY = date(2026, 11, 23)


@pytest.fixture
def root(tmp_path):
    return tmp_path / "tape"


@pytest.fixture
def tape(root):
    made = FileTape(root, Origin("0.1.0", "x", "test"), on_trouble=pytest.fail, flush_s=60.0)
    yield made
    made.close()


def world(tape, **changes):
    return TapedWorld(holdings={SAMSUNG: (10, 70_000, 10)}, **changes).on(tape)


def steps(root, day=None, **words):
    tally = Tally()
    return list(replay(parts_of(root, day), tally, **words)), tally


def test_a_sale_is_decided_again_with_its_reasons(tape, root):
    made = world(tape)
    sold_at_the_stop(made)
    tape.close()
    found, tally = steps(root)
    assert tally.first_difference is None
    assert [fact for step in found for fact in step.decision.facts] == made.facts
    assert [action for step in found for action in step.decision.actions] == made.actions
    assert tally.decisions > 5
    assert tally.inputs == len(found)


def test_two_replays_have_one_fingerprint_and_another_day_has_another(tape, root):
    made = world(tape)
    sold_at_the_stop(made)
    tape.close()
    prints = {steps(root)[1].fingerprint for _ in range(2)}
    assert len(prints) == 1
    until = made.wall - timedelta(seconds=12.5)
    cut, tally = steps(root, until=until)
    assert all(step.now.wall < until for step in cut)
    assert tally.fingerprint not in prints


def test_each_day_is_replayed_by_itself_from_the_state_at_midnight(tape, root):
    made = world(tape)
    made.open()
    made.pass_time(5.0)
    made.trade(SAMSUNG, 69_000)
    made.give(SetKill("tester", KillLevel.ACTIVE, "overnight"))
    made.wall = datetime(2026, 11, 24, 0, 5, tzinfo=UTC)
    made.mono += 86_000.0
    made.pass_time(2.0)
    before = len(made.facts)
    made.give(inp.FeedClosed("cut"))
    made.pass_time(3.0)
    assert len(made.facts) > before
    tape.close()
    found, tally = steps(root, date(2026, 11, 24))
    assert parts_of(root, date(2026, 11, 24))[0].header.state is not None
    assert tally.first_difference is None
    assert tally.decisions > 0
    assert found[0].engine.book.kill is KillLevel.ACTIVE
    assert SAMSUNG in found[0].engine.book.positions


def test_the_first_difference_is_shown_with_both_sides(tape, root):
    made = world(tape)
    sold_at_the_stop(made)
    tape.close()
    parts = parts_of(root, None)
    config = replace(CONFIG, default_rule=ExitRule(stop_bps=100))
    parts[0].header = replace(parts[0].header, config=to_sorted_bytes(config))
    tally = Tally()
    last = list(replay(parts, tally))[-1]
    assert tally.first_difference is last
    recorded, replayed = last.sides
    assert recorded != replayed
    assert "position_guarded" in str(recorded)
    with pytest.raises(BrokenError, match="재현하지 못해"):
        compare(parts, config)


def test_a_failure_of_the_engine_is_replayed_as_one(tape, root):
    made = world(tape)
    made.open()
    fill = ev.OrderFilled("nobody's", "1", SAMSUNG, "N", Side.SELL, 1, 1, 1, 1, "", "", "notice")
    with pytest.raises(KeyError):
        made.give(inp.Started(facts=(fill,)))
    tape.close()
    found, tally = steps(root)
    assert tally.first_difference is None
    assert found[-1].decision is None
    assert found[-1].sides == ({"failed": "KeyError"}, {"failed": "KeyError"})


def test_a_wider_stop_had_kept_the_shares(tape, root):
    made = world(tape)
    sold_at_the_stop(made)
    tape.close()
    result = compare(parts_of(root, DAY), rule(stop_bps=1_000))
    (row,) = result.rows
    (sale,) = row.actual.exits
    assert (sale.purpose, sale.trigger_price, sale.level, sale.exit_price) == ("stop_loss", 67_500, 67_900, 67_500)
    assert (row.other.exits, row.other.held) == ((), 10)
    assert row.other.open_pnl == 720_000 - 108 - 1_440 - 700_000 - 105, "at the last price, less fees and tax"
    assert row.difference == row.other.pnl - row.actual.pnl > 0


def test_a_narrower_stop_had_sold_sooner_and_is_filled_by_the_next_price(tape, root):
    made = world(tape)
    sold_at_the_stop(made)
    tape.close()
    (row,) = compare(parts_of(root, DAY), rule(stop_bps=100)).rows
    (sale,) = row.other.exits
    assert (sale.trigger_price, sale.level) == (69_000, 69_300)
    assert sale.exit_price == 68_900, "its limit: the best bid; filled by the first price at or above it"
    assert sale.at < row.actual.exits[0].at
    assert row.other.held == 0


def test_the_same_rule_differs_only_by_its_assumed_fill(tape, root):
    made = world(tape)
    sold_at_the_stop(made)
    tape.close()
    (row,) = compare(parts_of(root, DAY), CONFIG).rows
    (mine,), (yours,) = row.actual.exits, row.other.exits
    assert (mine.at, mine.trigger_price, mine.quantity) == (yours.at, yours.trigger_price, yours.quantity)


def test_shares_bought_by_hand_belong_to_both(tape, root):
    made = world(tape)
    made.open()
    made.holdings[SAMSUNG] = (15, 70_000, 15)
    made.give(made.notice("77", NoticeKind.FILL, 5, 70_000, side=Side.BUY, name="N005930"))
    made.pass_time(2.0)
    made.trade(SAMSUNG, 66_000)
    made.pass_time(1.0)
    tape.close()
    (row,) = compare(parts_of(root, DAY), rule(stop_bps=2_000)).rows
    assert row.other.held == 15


def test_a_rule_by_range_says_that_the_tape_has_none(tape, root):
    made = world(tape)
    sold_at_the_stop(made)
    tape.close()
    result = compare(parts_of(root, DAY), replace(CONFIG, default_rule=ExitRule(kind=RuleKind.ATR)))
    assert any("ATR" in note for note in result.notes) or result.rows[0].other.exits


def test_a_second_life_goes_on_where_the_first_ended(root):
    for mono in (1000.0, 50.0):
        tape = FileTape(root, Origin("0.1.0", "x", "test"), on_trouble=pytest.fail, flush_s=60.0)
        made = world(tape, mono=mono)
        made.open()
        made.trade(SAMSUNG, 69_000)
        made.pass_time(2.0)
        tape.close()
    _, tally = steps(root)
    assert (tally.lives, tally.first_difference) == (2, None)
    result = compare(parts_of(root, DAY), rule(stop_bps=200))
    assert any("다시 시작" in note for note in result.notes)
    assert [row.other.held for row in result.rows] == [10]


def test_the_other_rule_comes_from_the_file_and_sells():
    settings = Settings(
        guard=GuardSettings(mode="watch", default_rule=True, sell_while_sleeping=True), exits=ExitSettings(stop_bps=700),
        rules=(Rule(symbol="000660", guard=False),),
    )  # fmt: skip
    config = other_rule(replace(CONFIG, mode=Mode.WATCH), settings)
    assert config.mode is Mode.SELL
    assert config.default_rule is not None
    assert config.default_rule.stop_bps == 700
    assert config.rules == {"000660": None}
    assert config.sell_while_sleeping
    assert config.streams == CONFIG.streams


def rule(**changes):
    return replace(CONFIG, default_rule=ExitRule(**changes))
