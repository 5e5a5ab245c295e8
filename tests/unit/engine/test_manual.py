"""Orders by hand in the engine: checked in order, one at a time, never together with an exit beyond what is held."""

from dataclasses import replace
from typing import Any

import pytest

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.approval import Approval, ApprovalStatus, Mandate, OrderAsked, OrderTerms, order_hash
from hantu.domain.commands import HaltOrders, KillLevel, SetKill
from hantu.domain.order import NoticeKind, Outcome, OutcomeKind, Purpose, Refusal
from hantu.domain.order_token import Claims
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.config import Mode
from tests.unit.engine.world import CONFIG, HYNIX, SAMSUNG, World, held

AT = 1_795_000_000.0


def asked_for(
    number: int = 1, side: Side = Side.SELL, quantity: int = 4, price: int = 71_000, symbol: str = SAMSUNG
) -> inp.OrderPlaced:
    terms = OrderTerms("local", "main", symbol, side, 10, 60_000, 80_000)
    approval = Approval(f"A-{number}", ApprovalStatus.APPROVED, terms, order_hash(terms), "alice", "", "bob")
    claims = Claims("bob", f"{number:032x}", order_hash(terms), f"A-{number}", "", int(AT), int(AT), int(AT) + 60, 1)
    asked = OrderAsked("local", "main", symbol, side, quantity, price)
    return inp.OrderPlaced(f"r{number}", "socket:0:alice", asked, claims, "", approval, 60.0, False, AT)


def monitored(**changes: Any) -> World:
    world = held(**changes)
    world.open()
    world.poll(SAMSUNG, 71_000)
    return world


def reason_of(world: World) -> tuple[str, str, str]:
    fact = world.facts[-1]
    return ev.event_type(fact), fact.reason, fact.detail


@pytest.mark.requirement("ALR-18", "ALR-19", "ALR-20", "ALR-21", "DEC-25")
def test_checks_are_made_in_the_documented_order() -> None:
    world = monitored()
    good = asked_for()
    assert good.claims and good.approval
    wrong = replace(good, claims=None, flaw="signature", approval=None, at_s=AT + 60, spent=True, kill=KillLevel.ACTIVE)
    world.give(wrong)
    (blocked,) = world.of(ev.OrderBlockedKillswitch)
    assert (blocked.sender, blocked.request_id, blocked.level) == ("socket:0:alice", "r1", KillLevel.ACTIVE)
    steps = [
        ({"kill": KillLevel.OFF}, ("order_rejected_invalid_signature", "invalid_signature", "signature")),
        ({"claims": good.claims}, ("order_rejected_expired", "expired", "expired")),
        ({"at_s": AT}, ("order_rejected_approval_not_found", "Approval record not found", "")),
        (
            {"approval": good.approval, "asked": replace(good.asked, quantity=11)},
            ("order_rejected_hash_mismatch", "order hash mismatch", "quantity"),
        ),
        ({"asked": good.asked}, ("order_rejected_already_used", "already used", "")),
    ]
    for changes, told in steps:
        wrong = replace(wrong, **changes)
        world.give(wrong)
        assert reason_of(world) == told
        assert world.facts[-1].hint
    assert not world.of(act.Submit)
    world.give(replace(wrong, spent=False))
    assert len(world.of(act.Submit)) == 1


@pytest.mark.requirement("ALR-20", "ALR-21")
@pytest.mark.parametrize(
    ("status", "left_s", "event"),
    [
        (ApprovalStatus.PENDING, 60, "order_rejected_approval_not_found"),
        (ApprovalStatus.DENIED, 60, "order_rejected_approval_not_found"),
        (ApprovalStatus.EXPIRED, -1, "order_rejected_expired"),
        (ApprovalStatus.APPROVED, 0, "order_rejected_expired"),
        (ApprovalStatus.USED, -1, "order_rejected_already_used"),
    ],
)
def test_only_an_approval_in_force_allows_an_order(status: ApprovalStatus, left_s: float, event: str) -> None:
    world = monitored()
    got = asked_for()
    assert got.approval
    world.give(replace(got, approval=replace(got.approval, status=status), approval_left_s=left_s))
    assert reason_of(world)[0] == event
    assert not world.of(act.Submit)


@pytest.mark.requirement("ALR-20")
def test_a_token_and_an_approval_are_spent_with_the_intent_also_after_a_restart() -> None:
    world = monitored()
    world.give(asked_for())
    (intent,) = world.of(ev.IntentRecorded)
    assert (intent.purpose, intent.quantity, intent.target, intent.approval) == (Purpose.MANUAL, 4, 6, "A-1")
    number = world.accept(world.of(act.Submit)[0])
    world.fill(number, 4, 71_000)
    world.give(asked_for())
    assert reason_of(world)[1] == "already used"
    other = asked_for()
    assert other.claims
    world.give(replace(other, claims=replace(other.claims, jti="f" * 32)))
    assert reason_of(world)[1] == "already used", "another token of the same approval"

    again = World(holdings=dict(world.holdings))
    again.start(*(fact for fact in world.facts if not isinstance(fact, ev.RecoveryCompleted)), next_intent=9)
    again.give(asked_for())
    assert reason_of(again)[1] == "already used"


@pytest.mark.requirement("DEC-25")
@pytest.mark.parametrize(
    ("prepare", "got", "why"),
    [
        (lambda w: w.give(HaltOrders("op", SAMSUNG)), asked_for(), "halt"),
        (lambda w: w.give(inp.StorageHealth(ok=False)), asked_for(), "storage"),
        (lambda _: None, asked_for(symbol=HYNIX), "not_sellable"),
        (lambda w: w.give(inp.FeedClosed("cut")), asked_for(side=Side.BUY), "not_monitoring"),
        (lambda w: w.give(asked_for(2)), asked_for(), "open_order"),
        (lambda w: w.give(asked_for(2, Side.BUY)), asked_for(), "open_order"),
    ],
    ids=["halt", "storage", "not held", "blind", "open sell", "open buy"],
)
def test_a_rule_of_the_guard_refuses_without_spending_the_token(prepare: Any, got: inp.OrderPlaced, why: str) -> None:
    world = monitored()
    prepare(world)
    sent = len(world.of(act.Submit))
    world.give(got)
    assert reason_of(world) == ("order_rejected_not_allowed", "not allowed", why)
    assert len(world.of(act.Submit)) == sent
    assert got.claims and got.claims.jti not in world.engine.book.spent_tokens


def test_watch_only_and_a_stale_guard_place_nothing() -> None:
    watching = monitored(config=replace(CONFIG, mode=Mode.WATCH))
    watching.give(asked_for())
    assert reason_of(watching)[2] == "watch_only"
    stale = monitored()
    got = asked_for()
    assert got.claims
    stale.give(replace(got, claims=replace(got.claims, epoch_min=2)))
    assert reason_of(stale)[2] == "stale_guard"


@pytest.mark.requirement("ALR-9", "DEC-2")
@pytest.mark.parametrize("level", [KillLevel.ACTIVE, KillLevel.HARD, KillLevel.FLATTEN])
def test_no_order_by_hand_while_the_kill_switch_is_on(level: KillLevel) -> None:
    world = monitored()
    world.give(SetKill("op", level, "test"))
    world.give(asked_for())
    assert isinstance(world.facts[-1], ev.OrderBlockedKillswitch)
    assert not world.of(act.Submit)


@pytest.mark.requirement("DEC-25")
def test_a_stop_takes_a_resting_sell_back_and_both_never_sell_more_than_is_held() -> None:
    world = monitored()
    world.give(asked_for(quantity=4, price=75_000))
    number = world.accept(world.of(act.Submit)[0])
    world.fill(number, 1, 75_000)
    world.trade(SAMSUNG, 67_900)
    (cancel,) = world.of(act.Cancel)
    assert len(world.of(act.Submit)) == 1, "the stop waits for the shares the order holds"
    world.give(inp.CancelEnded(cancel.cancel.intent_id, Outcome(OutcomeKind.ACCEPTED, "900")))
    order = world.orders[number]
    world.orders[number] = replace(order, remaining=0, canceled=3)  # type: ignore[arg-type]
    world.give(inp.OrdersRead(tuple(world.orders.values()), world.mono))
    world.pass_time(1)
    world.trade(SAMSUNG, 67_800)
    _, stop = world.of(act.Submit)
    assert (stop.order.purpose, stop.order.quantity) == (Purpose.STOP_LOSS, 9)
    assert 1 + stop.order.quantity == 10
    (done,) = world.of(ev.ManualSellFilled)
    assert done.quantity == 1


@pytest.mark.requirement("DEC-25")
def test_an_unanswered_order_by_hand_holds_the_stop_and_is_never_repeated() -> None:
    world = monitored()
    world.give(asked_for())
    (submit,) = world.of(act.Submit)
    world.give(
        inp.SubmitEnded(submit.order.intent_id, Outcome(OutcomeKind.UNKNOWN, code="timeout", sent_mono=world.mono))
    )
    world.trade(SAMSUNG, 67_900)
    world.pass_time(5)
    assert len(world.of(act.Submit)) == 1
    assert world.of(ev.OrderUnresolved)


@pytest.mark.requirement("DEC-25")
@pytest.mark.parametrize("refusal", [Refusal.OTHER, Refusal.INSUFFICIENT_QUANTITY])
def test_a_refusal_is_told_once_and_delays_no_exit(refusal: Refusal) -> None:
    world = monitored()
    world.give(asked_for())
    (submit,) = world.of(act.Submit)
    refused = Outcome(OutcomeKind.REFUSED, code="APBK0400", message="no", refusal=refusal, retryable=True)
    world.give(inp.SubmitEnded(submit.order.intent_id, refused))
    world.pass_time(3)
    assert len(world.of(act.Submit)) == 1, "a spent token is no reason to try again"
    world.trade(SAMSUNG, 67_900)
    assert world.of(act.Submit)[-1].order.purpose is Purpose.STOP_LOSS


@pytest.mark.requirement("DEC-25")
def test_what_is_bought_is_guarded_fill_by_fill_and_counted_once() -> None:
    world = monitored()
    world.give(asked_for(side=Side.BUY, quantity=5, price=71_000))
    number = world.accept(world.of(act.Submit)[0])
    world.holdings[SAMSUNG] = (12, 70_167, 12)
    world.give(inp.BalanceRead(world.balance(), world.mono))
    assert world.engine.book.positions[SAMSUNG].quantity == 10, "the fill itself will tell"
    world.fill(number, 2, 71_000)
    position = world.engine.book.positions[SAMSUNG]
    assert (position.quantity, position.cost) == (12, 700_000 + 142_000)
    world.fill(number, 3, 71_000)
    assert world.engine.book.positions[SAMSUNG].quantity == 15
    assert not world.of(ev.ManualSellFilled) and not world.of(ev.TakeProfitFilled)
    world.holdings[SAMSUNG] = (15, 70_333, 15)
    world.pass_time(70)
    assert world.engine.book.positions[SAMSUNG].quantity == 15
    world.trade(SAMSUNG, 60_000)
    assert world.of(act.Submit)[-1].order.quantity == 15


@pytest.mark.requirement("DEC-25")
def test_a_purchase_that_never_arrived_is_found_absent_when_holdings_have_not_moved() -> None:
    world = monitored()
    world.give(asked_for(side=Side.BUY, quantity=5))
    (submit,) = world.of(act.Submit)
    world.give(
        inp.SubmitEnded(submit.order.intent_id, Outcome(OutcomeKind.UNKNOWN, code="timeout", sent_mono=world.mono))
    )
    world.pass_time(45)
    assert [fact.intent_id for fact in world.of(ev.OrderAbsent)] == [submit.order.intent_id]
    assert SAMSUNG not in world.engine.desk.pending


def test_a_late_rejection_by_the_exchange_delays_no_exit() -> None:
    world = monitored()
    world.give(asked_for())
    number = world.accept(world.of(act.Submit)[0])
    world.give(world.notice(number, NoticeKind.REJECTED, 4, 0))
    assert not world.of(ev.OrderFailed)
    world.trade(SAMSUNG, 67_900)
    assert world.of(act.Submit)[-1].order.purpose is Purpose.STOP_LOSS


MANDATE = Mandate("M-1", "operator", "2026-11-23 00:00:00.000000", "hash", 100)


@pytest.mark.requirement("DEC-25")
def test_without_a_mandate_profit_waits_and_is_told_while_a_stop_sells() -> None:
    world = monitored(config=replace(CONFIG, mandate_required=True))
    world.give(inp.MandateRead(None, "none"))
    world.give(inp.MandateRead(None, "none"))
    assert len(world.of(ev.MandateLapsed)) == 1
    world.trade(SAMSUNG, 75_600)
    assert [fact.reason for fact in world.of(ev.ExitHeld)] == ["mandate"]
    assert not world.of(act.Submit)
    world.trade(SAMSUNG, 67_900)
    (submit,) = world.of(act.Submit)
    assert (submit.order.purpose, submit.order.mandate) == (Purpose.STOP_LOSS, "")


@pytest.mark.requirement("DEC-25")
def test_under_a_mandate_every_exit_names_it_and_its_own_token() -> None:
    world = monitored(config=replace(CONFIG, mandate_required=True))
    world.give(inp.MandateRead(MANDATE))
    world.trade(SAMSUNG, 75_600)
    (submit,) = world.of(act.Submit)
    (intent,) = world.of(ev.IntentRecorded)
    assert (submit.order.token_id, submit.order.mandate) == (intent.intent_id, "M-1")
    assert (intent.token_id, intent.mandate, intent.approval) == (intent.intent_id, "M-1", "")
    assert not world.engine.book.spent_tokens


@pytest.mark.requirement("DEC-25")
def test_a_mandate_that_is_too_small_holds_profit_and_never_a_stop() -> None:
    world = monitored(config=replace(CONFIG, mandate_required=True))
    world.give(inp.MandateRead(replace(MANDATE, limits=((SAMSUNG, 9),))))
    world.trade(SAMSUNG, 75_600)
    assert not world.of(act.Submit)
    world.trade(SAMSUNG, 67_900)
    assert world.of(act.Submit)[0].order.quantity == 10


@pytest.mark.requirement("DEC-25")
def test_people_are_reminded_once_when_a_review_is_due() -> None:
    world = monitored()
    for days in (0, 30, 30, 31):
        world.give(inp.MandateRead(MANDATE, "", days))
    assert [fact.days for fact in world.of(ev.MandateReviewDue)] == [30, 31]


@pytest.mark.requirement("DEC-25")
def test_terms_that_are_not_those_the_token_was_made_for_allow_nothing() -> None:
    world = monitored()
    got = asked_for()
    assert got.approval
    wider = replace(got.approval.terms, quantity_max=1_000)
    world.give(replace(got, approval=replace(got.approval, terms=wider, order_hash=order_hash(wider))))
    assert reason_of(world)[1:] == ("order hash mismatch", "terms")


@pytest.mark.requirement("DEC-25")
def test_a_second_attempt_of_an_exit_is_not_overtaken_by_hand() -> None:
    world = monitored()
    world.trade(SAMSUNG, 67_900)
    (submit,) = world.of(act.Submit)
    refused = Outcome(OutcomeKind.REFUSED, code="EGW00201", message="rate", retryable=True)
    world.give(inp.SubmitEnded(submit.order.intent_id, refused))
    world.give(asked_for())
    assert reason_of(world)[2] == "exit_under_way"


def test_a_halt_learned_from_a_refusal_holds_for_everybody() -> None:
    world = monitored()
    world.give(asked_for())
    (submit,) = world.of(act.Submit)
    refused = Outcome(OutcomeKind.REFUSED, code="APBK0919", message="halted", refusal=Refusal.HALTED)
    world.give(inp.SubmitEnded(submit.order.intent_id, refused))
    assert [halt.symbol for halt in world.of(ev.MarketHalted)] == [SAMSUNG]


@pytest.mark.requirement("DEC-25")
def test_shares_bought_just_before_a_restart_are_not_dropped_by_a_balance_that_lags() -> None:
    world = monitored()
    world.give(asked_for(side=Side.BUY, quantity=5))
    world.fill(world.accept(world.of(act.Submit)[0]), 5, 71_000)
    again = World(holdings={SAMSUNG: (10, 70_000, 10)}, wall=world.wall, mono=world.mono, orders=dict(world.orders))
    again.start(*(fact for fact in world.facts if not isinstance(fact, ev.RecoveryCompleted)), next_intent=9)
    again.pass_time(5)
    assert again.engine.book.positions[SAMSUNG].quantity == 15
