"""When alerts are sent, joined or dropped, by the minute."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hantu.alerting.judgement import Verdict, Waiting
from hantu.alerting.messages import join
from hantu.alerting.policy import BATCH_S, DAY_S, DUPLICATE_S
from hantu.alerting.rules import Context, alerts_of
from hantu.alerting.state import MEMORY, SITUATIONS
from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.events import event_type
from tests.unit.alerting.memory import Policy
from tests.unit.alerting.samples import SAMPLES

BY_TYPE = {event_type(fact): fact for fact in SAMPLES}
START = datetime(2026, 11, 23, 0, 12, 31, tzinfo=UTC)


def of(kind, seconds=0.0, **changes):
    (alert,) = alerts_of(replace(BY_TYPE[kind], **changes), Context(START + timedelta(seconds=seconds)))
    return alert


def only(judgements):
    (judgement,) = judgements
    return judgement


def sent(policy, alert_id, alert, now):
    judgement = only(policy.judge([Waiting(alert_id, alert)], now))
    assert judgement.verdict is Verdict.SEND
    policy.told(judgement, now)
    return judgement


@pytest.mark.requirement("MON-N.01", "MON-N.02")
@pytest.mark.parametrize("kind", ["reconnect_exhausted", "order_failed", "stop_loss_filled", "monitor_started"])
def test_emergency_and_high_go_at_once_whatever_was_sent_before(kind):
    policy = Policy()
    sent(policy, 1, of("add_buy_opportunity"), 0.0)
    assert only(policy.judge([Waiting(2, of(kind))], 0.1)).verdict is Verdict.SEND


def test_the_most_urgent_comes_first_then_the_oldest():
    waiting = [Waiting(n, of(kind)) for n, kind in enumerate(
        ("add_buy_opportunity", "monitor_started", "stop_loss_filled", "order_unresolved"), start=1
    )]  # fmt: skip
    order = [one.alert_ids[0] for one in Policy().judge(waiting, 0.0)]
    assert order == [4, 2, 3, 1]


@pytest.mark.requirement("MON-N.03", "MON-N.07")
def test_normal_alerts_the_first_goes_at_once_and_the_rest_of_five_minutes_together():
    policy = Policy()
    sent(policy, 1, of("add_buy_opportunity", symbol="000001"), 0.0)
    later = [Waiting(n, of("add_buy_opportunity", symbol=f"{n:06d}")) for n in (2, 3, 4)]
    waiting = only(policy.judge(later, 10.0))
    assert (waiting.verdict, waiting.wait_s) == (Verdict.WAIT, BATCH_S - 10.0)
    assert only(policy.judge(later, BATCH_S - 0.1)).verdict is Verdict.WAIT
    joined = only(policy.judge(later, BATCH_S))
    assert (joined.verdict, joined.alert_ids) == (Verdict.SEND, (2, 3, 4))
    assert joined.alert.short.count("\n") == 2
    assert joined.alert.priority is Priority.NORMAL
    policy.told(joined, BATCH_S)
    fifth = Waiting(5, of("add_buy_opportunity", symbol="000005"))
    assert only(policy.judge([fifth], BATCH_S + 1.0)).verdict is Verdict.WAIT
    assert only(policy.judge([fifth], 2 * BATCH_S)).verdict is Verdict.SEND


def test_a_batch_that_failed_is_not_counted_as_told():
    policy = Policy()
    first = Waiting(1, of("add_buy_opportunity"))
    assert only(policy.judge([first], 0.0)).verdict is Verdict.SEND
    assert only(policy.judge([first], 3.0)).verdict is Verdict.SEND


@pytest.mark.requirement("OPS-04-9")
def test_100_equal_alerts_are_one_and_the_next_tells_how_many():
    policy = Policy()
    blocked = of("order_blocked_killswitch")
    sent(policy, 1, blocked, 0.0)
    for n in range(2, 101):
        judgement = only(policy.judge([Waiting(n, blocked)], float(n)))
        assert judgement.verdict is Verdict.DROP
        assert judgement.reason == "duplicate of alert 1 within 300 s"
    after = only(policy.judge([Waiting(101, blocked)], DUPLICATE_S))
    assert after.verdict is Verdict.SEND
    assert after.alert.short.endswith("(같은 알림 99회 더 있었음)")
    assert after.alert.long.endswith("(같은 알림 99회 더 있었음)")


@pytest.mark.requirement("MON-3.02")
def test_a_reached_level_is_told_once_a_position_and_day():
    policy = Policy()
    sent(policy, 1, of("stop_loss_reached"), 0.0)
    hours_later = of("stop_loss_reached", 5 * 3_600, flow="f2")
    assert only(policy.judge([Waiting(2, hours_later)], 5 * 3_600)).verdict is Verdict.DROP
    other = of("stop_loss_reached", 5 * 3_600, symbol="000660")
    assert only(policy.judge([Waiting(3, other)], 5 * 3_600)).verdict is Verdict.SEND
    after_midnight = of("stop_loss_reached", 57_000)
    assert only(policy.judge([Waiting(5, after_midnight)], 57_000)).verdict is Verdict.SEND


def test_fills_of_two_exits_of_one_stock_are_both_told():
    policy = Policy()
    sent(policy, 1, of("stop_loss_filled"), 0.0)
    sent(policy, 2, of("stop_loss_filled", flow="f2"), 1.0)


@pytest.mark.requirement("MON-N.08")
def test_every_outage_is_told_once():
    policy = Policy()
    sent(policy, 1, of("connection_lost", 0), 0.0)
    assert only(policy.judge([Waiting(2, of("connection_lost", 0))], 1.0)).verdict is Verdict.DROP
    sent(policy, 3, of("connection_lost", 40), 40.0)


@pytest.mark.requirement("MON-N.04", "MON-N.09")
def test_reconnected_is_sent_only_where_the_loss_was_delivered():
    policy = Policy()
    unasked = only(policy.judge([Waiting(1, of("reconnected"))], 0.0))
    assert (unasked.verdict, unasked.reason) == (Verdict.DROP, "no outage was delivered")
    lost = only(policy.judge([Waiting(2, of("connection_lost", 1))], 1.0))
    back = Waiting(3, of("reconnected", 2))
    assert only(policy.judge([back], 2.0)).verdict is Verdict.WAIT
    policy.told(lost, 3.0)
    closing = only(policy.judge([back], 3.0))
    assert closing.verdict is Verdict.SEND
    policy.told(closing, 3.0)
    assert only(policy.judge([Waiting(4, of("reconnected", 9))], 9.0)).verdict is Verdict.DROP


def test_reconnected_is_dropped_when_the_loss_was_given_up():
    policy = Policy()
    lost = only(policy.judge([Waiting(1, of("connection_lost"))], 0.0))
    policy.given_up(lost)
    assert only(policy.judge([Waiting(2, of("reconnected"))], 1.0)).verdict is Verdict.DROP


def test_reconnected_does_not_close_an_outage_that_came_after_it():
    policy = Policy()
    sent(policy, 5, of("connection_lost", 5), 5.0)
    assert only(policy.judge([Waiting(3, of("reconnected", 3))], 6.0)).verdict is Verdict.DROP
    assert only(policy.judge([Waiting(6, of("reconnected", 7))], 7.0)).verdict is Verdict.SEND


def test_an_alert_given_up_does_not_silence_the_next_equal_one():
    policy = Policy()
    policy.given_up(only(policy.judge([Waiting(1, of("order_failed"))], 0.0)))
    assert only(policy.judge([Waiting(2, of("order_failed"))], 1.0)).verdict is Verdict.SEND


def test_an_alert_that_was_only_logged_does_not_silence_the_next_equal_one():
    policy = Policy()
    back = of("reconnected")
    assert only(policy.judge([Waiting(1, back)], 0.0)).verdict is Verdict.DROP
    sent(policy, 2, of("connection_lost"), 1.0)
    assert only(policy.judge([Waiting(3, back)], 2.0)).verdict is Verdict.SEND


def test_low_alerts_are_for_the_log():
    low = replace(of("monitor_started"), priority=Priority.LOW)
    assert only(Policy().judge([Waiting(1, low)], 0.0)).reason == "low priority is only logged"


def test_yesterdays_news_is_dropped_unless_it_is_an_emergency():
    policy = Policy()
    dropped, account = policy.judge([Waiting(1, of("monitor_started"), DAY_S + 1)], 0.0)
    assert (dropped.verdict, account.alert_ids) == (Verdict.DROP, ())
    assert "하루 넘게 전하지 못한 알림: 1건" in account.alert.short
    policy.told(account, 0.0)
    assert only(policy.judge([Waiting(2, of("order_unresolved"), DAY_S + 1)], 0.0)).verdict is Verdict.SEND


def test_memory_is_bounded():
    policy = Policy()
    for n in range(MEMORY + 50):
        policy.judge([Waiting(n, Alert("x", f"k{n}", Severity.WARN, Priority.HIGH, "OPS-01", "x"))], float(n) / 100)
    assert len(policy.state.told) <= MEMORY + 1
    for n in range(300):
        policy.judge([Waiting(n, of("connection_lost", n))], 2_000.0 + n)
    assert len(policy.state.open) <= SITUATIONS + 1


def test_every_judgement_has_a_reason():
    kinds = [kind for kind, fact in BY_TYPE.items() if alerts_of(fact, Context(START))]
    judgements = Policy().judge([Waiting(n, of(kind)) for n, kind in enumerate(kinds)], 0.0)
    assert all(judgement.reason for judgement in judgements)
    assert sum(len(judgement.alert_ids) for judgement in judgements) == len(kinds)


def test_a_joined_message_warns_when_one_of_it_does():
    assert join((of("add_buy_opportunity"), of("position_unguarded"))).severity is Severity.WARN
