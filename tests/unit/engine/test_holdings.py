"""Which holdings are guarded at which levels, and how the broker's balance wins."""

from dataclasses import replace

import pytest

from hantu.domain import events as ev
from hantu.domain.account import Balance, Holding, Side
from hantu.domain.commands import HaltOrders
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity, Won
from hantu.domain.order import NoticeKind
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.config import ExitRule, RuleKind
from hantu.engine.inputs import HeldOrigin
from tests.unit.engine.test_accidents import stopped
from tests.unit.engine.test_session import items
from tests.unit.engine.world import CONFIG, HYNIX, SAMSUNG, World, held

ATR = replace(CONFIG, default_rule=ExitRule(kind=RuleKind.ATR))


def reread(world: World, asked: float | None = None) -> None:
    world.give(inp.BalanceRead(world.balance(), world.mono if asked is None else asked))


def levels(world: World, symbol: Symbol = SAMSUNG) -> tuple[int, int, str]:
    position = world.engine.book.positions[symbol]
    return position.stop_price, position.target_price, position.rule


# --- levels ----------------------------------------------------------------------------------


@pytest.mark.requirement("MON-B.01", "MON-B.08")
def test_holding_is_guarded_by_its_range_once_that_is_known() -> None:
    world = held(config=ATR)
    world.start()
    assert levels(world) == (67_900, 75_600, "fixed")
    assert [fact.reason for fact in world.of(ev.ExitRuleFallback)] == ["ATR 사용 불가 (값 0원): 고정 규칙 적용"]
    world.give(inp.RangesRead(((SAMSUNG, 1_500), (HYNIX, 2_000))))
    assert levels(world) == (67_000, 74_500, "atr")
    assert world.of(ev.PositionGuarded)[-1].reason == "rule"
    world.give(inp.RangesRead(((SAMSUNG, 3_000),)))
    assert levels(world) == (67_000, 74_500, "atr"), "levels are set from ranges before the session only"


def test_unusable_range_keeps_the_fixed_levels_and_says_so_again() -> None:
    world = held(config=ATR)
    world.start()
    world.give(inp.RangesRead(((SAMSUNG, 15_000),)))
    assert levels(world) == (67_900, 75_600, "fixed")
    assert [fact.reason for fact in world.of(ev.ExitRuleFallback)][1:] == ["ATR 사용 불가 (값 15000원): 고정 규칙 적용"]


def test_range_of_a_stock_guarded_by_a_fixed_rule_or_with_an_order_under_way_changes_nothing() -> None:
    fixed = held()
    fixed.start()
    fixed.give(inp.RangesRead(((SAMSUNG, 1_500),)))
    assert levels(fixed) == (67_900, 75_600, "fixed")
    selling, _ = stopped(config=ATR)
    selling.give(inp.RangesRead(((SAMSUNG, 1_500),)))
    assert levels(selling) == (67_900, 75_600, "fixed")
    unruled = held(config=replace(ATR, rules={SAMSUNG: None}))
    unruled.start()
    unruled.give(inp.RangesRead(((SAMSUNG, 1_500),)))
    assert SAMSUNG not in unruled.engine.book.positions


def test_holding_remembers_where_it_came_from() -> None:
    world = held()
    world.give(inp.Started(origins=(HeldOrigin(SAMSUNG, 7, "2026-11-19"),)))
    (guarded,) = world.of(ev.PositionGuarded)
    assert (guarded.selection_id, guarded.held_since, guarded.reason) == (7, "2026-11-19", "start")
    assert (guarded.quantity, guarded.cost, guarded.average_price) == (10, 700_000, 70_000)


@pytest.mark.parametrize(
    ("quantity", "cost", "guarded"), [(10, 700_000, True), (1, 1, True), (10, 0, False), (10, -5, False)]
)
def test_holding_without_a_price_cannot_be_guarded_and_is_told_once(quantity: int, cost: int, guarded: bool) -> None:
    line = Holding(SAMSUNG, "N", Quantity(quantity), Quantity(quantity), Price(0), Won(cost), Price(0))
    world = World()
    world.start()
    world.answer_reads = False
    for _ in range(2):
        world.give(inp.BalanceRead(Balance((line,), Won(0), Won(0)), world.mono))
    assert len(world.of(ev.PositionGuarded)) == guarded
    assert [(f.quantity, f.reason) for f in world.of(ev.PositionUnguarded)] == ([] if guarded else [(10, "no_rule")])


def test_holding_without_a_rule_is_told_once_and_guarded_when_one_is_set() -> None:
    world = held(config=replace(CONFIG, default_rule=None))
    world.start()
    reread(world)
    assert len(world.of(ev.PositionUnguarded)) == 1
    world.engine.desk.config = CONFIG
    reread(world)
    assert [fact.reason for fact in world.of(ev.PositionGuarded)] == ["reconcile"]


# --- the broker wins ------------------------------------------------------------------------------


@pytest.mark.requirement("MON-4.06")
def test_quantity_and_cost_follow_the_balance() -> None:
    world = held()
    world.open()
    world.holdings[SAMSUNG] = (7, 70_000, 7)
    reread(world)
    assert [(f.before, f.after, f.cause) for f in world.of(ev.PositionChanged)] == [(10, 7, "reconcile")]
    assert world.engine.book.positions[SAMSUNG].quantity == 7
    world.holdings[SAMSUNG] = (7, 80_000, 7)
    reread(world)
    assert levels(world) == (77_600, 86_400, "fixed")
    assert [fact.reason for fact in world.of(ev.PositionGuarded)][1:] == ["average_changed", "average_changed"]


@pytest.mark.parametrize(("off", "changed"), [(0, False), (5, False), (-5, False), (6, True), (-6, True)])
def test_cost_that_differs_by_rounding_only_is_the_same_cost(off: int, changed: bool) -> None:
    """Half a won a share is what a rounded average price can be off by."""
    world = held()
    world.open()
    line = world.balance().holdings[0]
    world.give(inp.BalanceRead(Balance((replace(line, cost=Won(700_000 + off)),), Won(0), Won(0)), world.mono))
    assert (len(world.of(ev.PositionGuarded)) == 2) is changed
    assert world.engine.book.positions[SAMSUNG].cost == (700_000 + off if changed else 700_000)


@pytest.mark.requirement("MON-4.1.09")
def test_holding_that_is_gone_is_released_but_a_watched_one_is_still_streamed() -> None:
    for watched in (False, True):
        world = held()
        watch = (replace(items(1)[0], symbol=SAMSUNG),) if watched else ()
        world.start(watch=watch)
        world.to_monitoring()
        world.pass_time(3)
        world.engine.desk.pending.add(SAMSUNG)
        world.holdings.clear()
        reread(world)
        world.pass_time(4)
        assert [fact.cause for fact in world.of(ev.PositionClosed)] == ["closed elsewhere"]
        assert world.engine.desk.pending == set()
        world.pass_time(3)
        assert bool(world.of(act.SendUnsubscribe)) is not watched


def test_line_of_the_balance_with_nothing_left_is_no_holding() -> None:
    world = held()
    world.open()
    world.holdings[SAMSUNG] = (0, 70_000, 0)
    reread(world)
    world.pass_time(4)
    assert SAMSUNG not in world.engine.book.positions
    assert world.engine.desk.sellable == {}


def test_differences_found_at_a_start_are_told() -> None:
    world = World(holdings={SAMSUNG: (10, 70_000, 10), HYNIX: (5, 200_000, 5)})
    world.open()
    again = World(holdings={SAMSUNG: (7, 70_000, 7)}, wall=world.wall)
    again.start(*world.facts)
    (told,) = again.of(ev.RecoveryCompleted)
    assert told.differences == (f"{SAMSUNG} 10 -> 7", f"{HYNIX} 5 -> 0")
    dearer = World(holdings={SAMSUNG: (10, 71_000, 10), HYNIX: (5, 200_000, 5)}, wall=world.wall)
    dearer.start(*world.facts)
    assert dearer.of(ev.RecoveryCompleted)[0].differences == (f"{SAMSUNG} cost 700000 -> 710000",)


# --- balances lag ----------------------------------------------------------------------------------


@pytest.mark.requirement("MON-4.1.12")
def test_balance_asked_for_within_five_seconds_of_a_fill_is_not_believed() -> None:
    world, number = stopped()
    world.answer_reads = False
    world.fill(number, 10, 67_800)
    filled = world.mono
    lagging = Balance(
        (Holding(SAMSUNG, "N", Quantity(4), Quantity(4), Price(70_000), Won(280_000), Price(70_000)),), Won(0), Won(0)
    )
    world.give(inp.BalanceRead(lagging, filled + 4.75))
    assert SAMSUNG not in world.engine.book.positions
    world.mono = filled + 5
    world.give(inp.BalanceRead(lagging, filled + 5))
    assert SAMSUNG not in world.engine.book.positions, "more than we know of: not for a minute"
    world.mono = filled + 59.75
    world.give(inp.BalanceRead(lagging, world.mono))
    assert SAMSUNG not in world.engine.book.positions
    world.mono = filled + 60
    world.give(inp.BalanceRead(lagging, world.mono))
    assert world.engine.book.positions[SAMSUNG].quantity == 4, "by then the broker wins"


def test_balance_that_is_not_believed_is_asked_for_again_when_it_will_be() -> None:
    world, number = stopped()
    world.answer_reads = False
    world.fill(number, 4, 67_800)
    filled = world.mono
    world.engine.desk.reads.balance_due = None
    world.engine.book._open.clear()
    reread(world, filled + 1)
    assert world.engine.desk.reads.balance_due == filled + 5


@pytest.mark.requirement("MON-5.08")
def test_shares_sold_by_hand_leave_the_holding_at_once_and_do_not_come_back_with_a_late_balance() -> None:
    world = held()
    world.open()
    world.give(world.notice("555", NoticeKind.FILL, 4, 69_000, side=Side.SELL, order_quantity=Quantity(4)))
    assert [(f.before, f.after, f.cause) for f in world.of(ev.PositionChanged)] == [(10, 6, "sold elsewhere")]
    world.mono += 20
    reread(world)
    assert world.engine.book.positions[SAMSUNG].quantity == 6
    world.give(world.notice("556", NoticeKind.FILL, 6, 69_000, side=Side.SELL, order_quantity=Quantity(6)))
    assert [fact.cause for fact in world.of(ev.PositionClosed)] == ["sold elsewhere"]
    assert SAMSUNG not in world.engine.book.positions


@pytest.mark.requirement("MON-0.07", "MON-5.08")
def test_shares_bought_by_hand_are_guarded_at_their_common_average() -> None:
    world = held()
    world.open()
    bought = world.notice("555", NoticeKind.FILL, 10, 60_000, side=Side.BUY, order_quantity=Quantity(10))
    world.give(replace(bought, name="  삼성전자 "))
    position = world.engine.book.positions[SAMSUNG]
    assert (position.quantity, position.cost, position.name) == (20, 1_300_000, f"N{SAMSUNG}")
    assert levels(world) == (63_050, 70_200, "fixed")
    (foreign,) = world.of(ev.ForeignFill)
    assert (foreign.name, foreign.side, foreign.quantity, foreign.price) == ("삼성전자", Side.BUY, 10, 60_000)
    world.give(world.notice("556", NoticeKind.FILL, 5, 100_000, symbol=HYNIX, side=Side.BUY))
    assert world.engine.book.positions[HYNIX].name == HYNIX, "a notice without a name"
    assert (world.of(ev.PositionGuarded)[-1].reason, world.engine.book.positions[HYNIX].cost) == ("bought", 500_000)


def by_hand(world: World, number: str, side: Side, quantity: int) -> None:
    world.give(world.notice(number, NoticeKind.FILL, quantity, 70_000, side=side, order_quantity=Quantity(quantity)))


def test_a_purchase_the_balance_has_shown_is_not_counted_again_by_its_late_notice() -> None:
    """Counted twice, a stop would ask for shares that are not there and be refused."""
    world = held()
    world.open()
    world.holdings[SAMSUNG] = (12, 70_000, 12)
    reread(world)
    by_hand(world, "555", Side.BUY, 2)
    assert world.engine.book.positions[SAMSUNG].quantity == 12
    by_hand(world, "556", Side.BUY, 3)
    assert world.engine.book.positions[SAMSUNG].quantity == 15, "what was shown is used up"
    world.pass_time(70)
    world.holdings[SAMSUNG] = (14, 70_000, 14)
    reread(world)
    by_hand(world, "557", Side.BUY, 3)
    assert world.engine.book.positions[SAMSUNG].quantity == 15, "one more than the balance explains"
    world.pass_time(70)
    by_hand(world, "558", Side.BUY, 1)
    assert world.engine.book.positions[SAMSUNG].quantity == 15, "the balance won, and it is too old to explain this"


def test_a_sale_the_balance_has_shown_counts_at_once_and_the_next_balance_corrects_it() -> None:
    world = held()
    world.open()
    world.holdings[SAMSUNG] = (7, 70_000, 7)
    reread(world)
    by_hand(world, "555", Side.SELL, 3)
    assert world.engine.book.positions[SAMSUNG].quantity == 4, "in doubt the lower count"
    world.pass_time(12)
    assert world.engine.book.positions[SAMSUNG].quantity == 7


def test_a_purchase_before_the_first_balance_does_not_stand_for_all_that_is_held() -> None:
    world = held(answer_reads=False)
    world.start()
    by_hand(world, "555", Side.BUY, 1)
    assert not world.engine.book.positions
    world.holdings[SAMSUNG] = (11, 70_000, 11)
    world.answer_reads = True
    world.give(inp.BalanceRead(world.balance(), world.mono))
    world.pass_time(10)
    assert world.engine.book.positions[SAMSUNG].quantity == 11


def test_what_was_held_back_is_judged_anew_after_the_levels_changed() -> None:
    world = held()
    world.open()
    world.give(HaltOrders("op", SAMSUNG))
    world.trade(SAMSUNG, 67_000)
    world.holdings[SAMSUNG] = (10, 80_000, 10)
    reread(world)
    world.trade(SAMSUNG, 67_000)
    assert len(world.of(ev.ExitHeld)) == 2


@pytest.mark.requirement("MON-4.1.12")
def test_balance_says_nothing_about_a_stock_with_an_order_under_way() -> None:
    world, number = stopped()
    world.holdings[SAMSUNG] = (4, 70_000, 4)
    reread(world)
    assert not world.of(ev.PositionChanged)
    world.holdings.clear()
    reread(world)
    assert SAMSUNG in world.engine.book.positions
    assert world.engine.book.by_order_no(number, "2026-11-23") is not None
