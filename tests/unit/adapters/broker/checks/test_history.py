"""A door that opens anew on the same day goes on where the one before stopped."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hantu.adapters.broker.checks.history import sent_on
from hantu.adapters.broker.checks.repeats import Repeats
from hantu.adapters.broker.checks.values import DayValues
from hantu.adapters.broker.door import Door, Rules
from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.instrument import Symbol
from hantu.domain.order import IntentState, OrderType, Outcome, OutcomeKind, Purpose
from hantu.domain.session import trading_date
from hantu.harness.world import run
from tests.contract.lives import HandClock, batch
from tests.unit.adapters.broker.checks.cases import BUY, CANCEL, ENVIRONMENT, NOW, SELL, TARGET, code
from tests.unit.adapters.broker.test_door import door, later, numbered
from tests.unit.adapters.store.conftest import PATIENT, make_store

TODAY = trading_date(NOW.wall).isoformat()
SAMSUNG = Symbol("005930")
MANY = Repeats(60.0, 1_000)


def intent(order, kind="order", **changes):
    fact = ev.IntentRecorded(
        order.intent_id, f"flow-{order.intent_id}", kind, IntentState.SENDING, order.symbol, "삼성전자",
        getattr(order, "side", Side.SELL), getattr(order, "purpose", Purpose.STOP_LOSS), 0,
        getattr(order, "quantity", 0), getattr(order, "limit_price", 0), OrderType.LIMIT, "KRX", 1, "", 10, 70_000, 7,
        trade_date=TODAY,
    )  # fmt: skip
    return replace(fact, **changes)


def rejected(order):
    return ev.OrderRejectedBroker(order.intent_id, order.symbol, "삼성전자", "APBK0400", "no", False, "")


def not_sent(order):
    return ev.OrderNotSent(order.intent_id, order.symbol, "삼성전자", "denied:late", "late")


def test_the_value_of_the_day_goes_on_after_a_restart() -> None:
    rules = Rules(repeats=MANY, values=DayValues(1_500_000, 10_000_000))
    first, second, third = (numbered(number, BUY) for number in range(3))
    before = door(rules=rules)
    assert before.leaves(first, NOW) is None
    assert before.leaves(second, later(1)) is None
    assert code(before.leaves(third, later(2))) == "value_stock_day"
    after = door(rules=rules)
    assert after.deny(third, ENVIRONMENT, later(3)) is None, "what a restart forgot"
    after.recall([intent(first), intent(second)], later(3))
    assert code(after.deny(third, ENVIRONMENT, later(3))) == "value_stock_day"
    assert code(after.leaves(third, later(3))) == "value_stock_day"


def test_counts_of_the_day_go_on_each_by_itself() -> None:
    here = door(rules=Rules(repeats=MANY))
    targets = [numbered(number, TARGET) for number in range(5)]
    cancels = [replace(CANCEL, intent_id=f"c{number}") for number in range(3)]
    here.recall([*map(intent, targets), *(intent(one, "cancel") for one in cancels)], NOW)
    assert code(here.deny(numbered(9, TARGET), ENVIRONMENT, later(1))) == "day_count"
    assert code(here.leaves(replace(CANCEL, intent_id="c9"), later(1))) == "day_count"
    assert here.deny(numbered(10), ENVIRONMENT, later(1)) is None, "stops have a count of their own"


def test_what_provably_never_lived_takes_no_value_and_what_was_refused_takes_a_place() -> None:
    orders = [numbered(number, BUY) for number in range(4)]
    facts = [*map(intent, orders), rejected(orders[0]), not_sent(orders[1]), ev.IntentVoided(orders[2].intent_id, "x")]
    assert [(one.request.intent_id, one.lived, one.value) for one in sent_on(facts, TODAY)] == [
        ("n0", False, 0), ("n3", True, 10 * orders[3].limit_price),
    ]  # fmt: skip


def test_an_intent_without_an_answer_and_one_of_yesterday() -> None:
    unknown, yesterday = intent(numbered(1, BUY)), intent(numbered(2, BUY), trade_date="2026-11-20")
    assert [one.request.intent_id for one in sent_on([yesterday, unknown], TODAY)] == ["n1"]


def test_a_market_order_counts_at_its_fill_or_at_the_cost_of_the_holding() -> None:
    filled, unfilled = intent(numbered(1), limit_price=0), intent(numbered(2), limit_price=0)
    fill = ev.OrderFilled("n1", "7", SAMSUNG, "삼성전자", Side.SELL, 4, 71_000, 4, 10, "", "", "notice")
    assert [one.value for one in sent_on([filled, fill, unfilled], TODAY)] == [710_000, 700_000]


def test_an_intent_of_an_earlier_life_leaves_once() -> None:
    here = door(rules=Rules(repeats=MANY))
    here.recall([intent(SELL)], NOW)
    assert code(here.deny(SELL, ENVIRONMENT, later(1))) == "repeated"
    here.ended(SELL, Outcome(OutcomeKind.REFUSED))
    assert here.deny(numbered(3), ENVIRONMENT, later(1)) is None


async def test_the_records_of_a_killed_life_are_enough(tmp_path: Path) -> None:
    clock = HandClock()
    store = make_store(tmp_path, clock, PATIENT)
    await store.open()
    order = replace(BUY, intent_id="20261123-0001")
    await store.record(batch(clock.now(), intent(order), epoch=store.epoch))
    await store.close(clean=False)
    again = make_store(tmp_path, clock, PATIENT)
    await again.open()
    started = await again.load(trading_date(clock.now().wall))
    here = door(rules=Rules(repeats=MANY, values=DayValues(1_000_000, 1_000_000)))
    here.recall(started.facts, NOW)
    assert code(here.deny(numbered(4, BUY), ENVIRONMENT, later(1))) == "value_stock_day"
    await again.close()


def test_every_life_of_a_guard_takes_up_the_day_before_it_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    recall = Door.recall

    def noted(self: Door, *args: Any) -> None:
        recall(self, *args)
        seen.append(self._values._total)

    monkeypatch.setattr(Door, "recall", noted)
    run(9)  # a day on which the guard dies twice, orders among it
    assert seen[0] == 0
    assert len(seen) > 1
    assert seen == sorted(seen)
    assert seen[-1] > 0
