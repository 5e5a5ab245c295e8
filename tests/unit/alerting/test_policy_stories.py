"""Nights, outages, silences and emergencies nobody looks at, told as stories."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hantu.alerting.judgement import Judgement, Kind, Setting, Verdict, Waiting
from hantu.alerting.owed import REPEAT_S
from hantu.alerting.policy import GROUP_S, LATE_S
from hantu.alerting.rate import RATE_BURST
from hantu.alerting.rules import Context, alerts_of, storage_cause
from hantu.alerting.silences import Ack, People, Silence
from hantu.alerting.situations import FLAP_CALM_S
from hantu.alerting.state import DUMPED_AT_ONCE, dumping, loaded
from hantu.domain import events as e
from hantu.domain.alert import Alert, Priority, Severity
from tests.unit.alerting.memory import START, Policy, whole

NIGHT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
"""02:00 in Seoul, on a Monday."""
HOUR = 3_600.0


def of(kind, priority=Priority.HIGH, key="", symbol="", text=""):
    return Alert(kind, key or f"{kind}:{symbol}", Severity.WARN, priority, "OPS-01", text or f"{kind} {symbol}", "",
                 symbol)  # fmt: skip


def verdicts(judgements):
    return {alert_id: one.verdict for one in judgements for alert_id in one.alert_ids}


def to_send(judgements):
    return [one for one in judgements if one.verdict is Verdict.SEND]


def tell(policy, waiting, now):
    """Send what is due, as the dispatcher does, until nothing is; return what was sent."""
    left, sent = list(waiting), []
    while True:
        judgements = policy.judge(left, now)
        gone = [alert_id for one in judgements if one.verdict is Verdict.DROP for alert_id in one.alert_ids]
        due = to_send(judgements)
        if due:
            policy.told(due[0], now)
            sent.append(due[0])
            gone += due[0].alert_ids
        left = [item for item in left if item.alert_id not in gone]
        if not due:
            return sent


@pytest.mark.requirement("OPS-04-10")
def test_the_same_warning_is_told_by_day_and_held_by_night_and_an_emergency_never_waits():
    day, night = Policy(), Policy(start=NIGHT)
    warning, emergency = of("health_degraded"), of("order_failed", Priority.EMERGENCY)
    assert verdicts(day.judge([Waiting(1, warning), Waiting(2, emergency)], 0)) == {1: "send", 2: "send"}
    judged = night.judge([Waiting(1, warning), Waiting(2, emergency)], 0)
    assert verdicts(judged) == {2: "send", 1: "wait"}
    assert [one.wait_s for one in judged] == [0.0, 6 * HOUR]
    assert night.judge([Waiting(1, warning, 6 * HOUR - 1)], 6 * HOUR - 1)[0].verdict is Verdict.WAIT
    assert night.judge([Waiting(1, warning, 6 * HOUR)], 6 * HOUR)[0].verdict is Verdict.SEND


def test_what_is_in_memory_only_does_not_wait_for_the_morning():
    (judged,) = Policy(start=NIGHT).judge([Waiting(-1, of("health_degraded"), durable=False)], 0)
    assert judged.verdict is Verdict.SEND


@pytest.mark.requirement("OPS-04-10", "PR-2")
def test_normal_alerts_of_the_night_are_one_digest_in_the_morning():
    policy = Policy(start=NIGHT)
    items = [Waiting(n, of("add_buy_opportunity", Priority.NORMAL, symbol=f"{n:06d}")) for n in range(1, 4)]
    assert set(verdicts(policy.judge(items, 0)).values()) == {"wait"}
    (digest,) = tell(policy, [replace(item, age_s=6 * HOUR) for item in items], 6 * HOUR)
    assert digest.kind is Kind.DIGEST
    assert digest.alert_ids == (1, 2, 3)
    assert digest.alert.short.startswith("🌅 장 시간 밖의 알림 3건")


@pytest.mark.requirement("OPS-04-9")
def test_equal_alerts_of_the_night_are_one_with_its_count():
    policy = Policy(start=NIGHT)
    alert = of("health_degraded")
    policy.judge([Waiting(1, alert)], 0)
    judged = policy.judge([Waiting(1, alert, HOUR), Waiting(2, alert)], HOUR)
    assert verdicts(judged) == {1: "wait", 2: "drop"}
    (morning,) = policy.judge([Waiting(1, alert, 6 * HOUR)], 6 * HOUR)
    assert morning.alert.short.endswith("(같은 알림 1회 더 있었음)")


def test_an_emergency_without_a_record_cannot_be_acknowledged_and_is_not_repeated():
    policy = Policy()
    assert len(tell(policy, [Waiting(-1, of("event_log_failed", Priority.EMERGENCY), durable=False)], 0)) == 1
    assert policy.judge([], 2 * REPEAT_S) == ()


@pytest.mark.requirement("ALR-66", "PR-2")
def test_five_stocks_with_one_cause_are_one_message_that_lists_five():
    policy = Policy()
    items = [Waiting(n, of("price_rejected", symbol=f"{n:06d}")) for n in range(1, 6)]
    (group,) = tell(policy, items, 0)
    assert (group.kind, group.alert_ids, group.alert.priority) == (Kind.GROUP, (1, 2, 3, 4, 5), Priority.HIGH)
    assert all(f"{n:06d}" in group.alert.short for n in range(1, 6))
    later = Waiting(6, of("price_rejected", symbol="000006"))
    (waits,) = policy.judge([later], 1)
    assert (waits.verdict, waits.wait_s) == (Verdict.WAIT, GROUP_S - 1)
    assert to_send(policy.judge([later], GROUP_S))


def test_the_first_of_a_cause_does_not_wait_for_the_others():
    policy = Policy()
    assert [one.kind for one in tell(policy, [Waiting(1, of("price_rejected", symbol="1"))], 0)] == [Kind.SINGLE]


@pytest.mark.requirement("OPS-04-9")
def test_an_emergency_is_told_again_every_five_minutes_until_it_ends_also_after_a_restart():
    policy = Policy()
    emergency = of("order_unresolved", Priority.EMERGENCY, symbol="005930")
    assert len(tell(policy, [Waiting(1, emergency)], 0)) == 1
    assert policy.judge([Waiting(2, emergency)], 100)[0].verdict is Verdict.DROP
    assert policy.judge([], REPEAT_S - 1) == ()
    policy.restart(REPEAT_S - 1)
    (again,) = tell(policy, [], REPEAT_S)
    assert again.kind is Kind.REPEAT
    assert "2번째 알림" in again.alert.short
    assert "모두 2건" in again.alert.short
    assert policy.judge([], 2 * REPEAT_S - 1) == ()
    (third,) = tell(policy, [], 2 * REPEAT_S)
    assert "3번째 알림" in third.alert.short
    (end,) = tell(policy, [Waiting(3, of("order_absent", symbol="005930"))], 2 * REPEAT_S + 1)
    assert end.alert_ids == (3,)
    assert policy.judge([], 9 * REPEAT_S) == ()


def test_prices_that_flow_again_after_a_restart_by_hand_end_the_emergency_of_the_line():
    policy = Policy()
    tell(policy, [Waiting(1, of("reconnect_exhausted", Priority.EMERGENCY))], 0)
    back = Waiting(2, of("blind_period_ended", Priority.LOW))
    (end,) = tell(policy, [back], 60)
    assert (end.alert_ids, end.alert.priority) == ((2,), Priority.LOW)
    assert policy.judge([], 9 * REPEAT_S) == (), "nobody is told again of what is over"
    assert tell(policy, [Waiting(3, of("blind_period_ended", Priority.LOW, key="next"))], 70) == []


def test_the_end_of_another_stocks_trouble_ends_nothing():
    policy = Policy()
    tell(policy, [Waiting(1, of("order_unresolved", Priority.EMERGENCY, symbol="005930"))], 0)
    tell(policy, [Waiting(2, of("order_absent", symbol="000660"))], 1)
    assert [one.kind for one in tell(policy, [], REPEAT_S)] == [Kind.REPEAT]


def test_what_the_guard_repeats_itself_is_not_repeated_here():
    policy = Policy()
    tell(policy, [Waiting(1, of("positions_unprotected", Priority.EMERGENCY))], 0)
    assert policy.judge([], 10 * REPEAT_S) == ()


def test_an_acknowledgement_holds_repeats_back_until_it_expires_and_the_end_is_told_all_the_same():
    policy = Policy()
    tell(policy, [Waiting(1, of("killswitch_on", Priority.EMERGENCY, key="k1"))], 0)
    policy.setting = Setting(people=People(acks=(Ack("k1", 1_800.0, "kim"),)))
    assert policy.judge([], 1_799.0) == ()
    assert [one.kind for one in tell(policy, [], 1_800.0)] == [Kind.REPEAT]
    policy.setting = Setting(people=People(acks=(Ack("k1", 9_000.0, "kim"),)))
    (end,) = tell(policy, [Waiting(2, of("killswitch_off"))], 2_000.0)
    assert end.alert.event_type == "killswitch_off"


def test_a_person_may_say_that_it_is_over_but_not_for_what_comes_later():
    policy = Policy()
    failed = of("order_failed", Priority.EMERGENCY, symbol="005930")
    tell(policy, [Waiting(1, failed)], 0)
    policy.setting = Setting(people=People(acks=(Ack(failed.key, 60.0, "kim", at=50.0, done=True),)))
    assert policy.judge([], 4 * REPEAT_S) == ()
    tell(policy, [Waiting(2, failed)], 4 * REPEAT_S)
    assert [one.kind for one in tell(policy, [], 5 * REPEAT_S)] == [Kind.REPEAT]


@pytest.mark.requirement("PR-2")
def test_while_the_line_is_lost_late_data_is_counted_with_its_cause_and_told_when_it_is_over():
    policy = Policy()
    tell(policy, [Waiting(1, of("connection_lost"))], 0)
    delays = [Waiting(n, of("data_delay", key=f"d{n}")) for n in (2, 3)]
    judged = policy.judge(delays, 10)
    assert {one.reason for one in judged} == {"follows from alert 1 (connection_lost)"}
    assert policy.judge([], 20) == ()
    account, end = tell(policy, [Waiting(4, of("reconnected", Priority.LOW))], 30)
    assert (account.kind, end.alert_ids) == (Kind.SUMMARY, (4,))
    assert "data_delay 2건" in account.alert.short
    assert policy.judge([], 40) == ()


def test_what_was_late_before_the_line_was_lost_is_told():
    policy = Policy()
    judged = policy.judge([Waiting(1, of("data_delay")), Waiting(2, of("connection_lost"))], 0)
    assert verdicts(judged) == {1: "send", 2: "send"}


def test_an_emergency_is_never_muted_by_a_cause():
    policy = Policy()
    tell(policy, [Waiting(1, of("server_maintenance", Priority.EMERGENCY))], 0)
    judged = policy.judge([Waiting(2, of("connection_lost", Priority.EMERGENCY))], 1)
    assert judged[0].verdict is Verdict.SEND


def test_a_line_that_comes_and_goes_is_told_as_flapping_and_then_counted_until_it_is_stable():
    policy = Policy()
    sent, at = [], 0.0
    for n in range(12):
        kind, priority = (("reconnected", Priority.LOW), ("connection_lost", Priority.HIGH))[n % 2 == 0]
        sent += tell(policy, [Waiting(n + 1, of(kind, priority, key=f"{kind}{n}"))], at)
        at += 10.0
    assert [one.alert_ids for one in sent] == [(n,) for n in range(1, 8)]
    assert "안정될 때까지" in sent[-1].alert.short
    policy.restart(at)
    assert tell(policy, [], at + FLAP_CALM_S - 30) == []
    (calm,) = tell(policy, [], at + FLAP_CALM_S)
    assert "connection_lost 2건" in calm.alert.short
    assert "reconnected 3건" in calm.alert.short


@pytest.mark.requirement("SVC-35")
def test_what_came_and_went_while_no_channel_worked_is_one_late_and_silent_message():
    policy = Policy()
    lost, back = Waiting(1, of("connection_lost")), Waiting(2, of("reconnected", Priority.LOW))
    assert verdicts(policy.judge([lost, back], 0)) == {1: "send", 2: "wait"}
    (late,) = tell(policy, [replace(lost, age_s=LATE_S), replace(back, age_s=LATE_S - 20)], LATE_S)
    assert (late.kind, late.alert_ids, late.alert.priority) == (Kind.LATE, (1, 2), Priority.NORMAL)
    assert "11-23 09:12:31 connection_lost" in late.alert.short
    assert "11-23 09:12:51 reconnected" in late.alert.short


def test_an_emergency_that_is_over_before_it_could_be_told_is_still_told_as_itself():
    policy = Policy()
    waiting = [Waiting(1, of("killswitch_on", Priority.EMERGENCY), 100.0), Waiting(2, of("killswitch_off"), 90.0)]
    assert [one.alert_ids for one in tell(policy, waiting, 100.0)] == [(1,), (2,)]


def silenced(**changes):
    base = Silence(3, 1_000.0, "kim", "new line", "health_degraded")
    return Setting(people=People((replace(base, **changes),)))


def test_a_silence_is_named_in_the_reason_and_marks_nothing_as_told():
    policy = Policy(silenced())
    (held,) = policy.judge([Waiting(1, of("health_degraded"))], 999.0)
    assert (held.verdict, held.code, held.about) == (Verdict.DROP, "silenced", "silence 3")
    assert held.reason == "silence 3 by kim: new line"
    assert len(tell(policy, [Waiting(2, of("health_degraded"))], 1_000.0)) == 1


def test_a_silence_does_not_swallow_the_end_of_what_was_told():
    policy = Policy()
    tell(policy, [Waiting(1, of("connection_lost"))], 0)
    policy.setting = silenced(event_type="*")
    assert [one.alert_ids for one in tell(policy, [Waiting(2, of("reconnected", Priority.LOW))], 1)] == [(2,)]


def test_the_end_of_what_a_silence_muted_is_not_told():
    policy = Policy(silenced(event_type="connection_lost"))
    assert tell(policy, [Waiting(1, of("connection_lost"))], 0) == []
    assert tell(policy, [Waiting(2, of("reconnected", Priority.LOW))], 1) == []


def test_the_end_of_a_maintenance_window_tells_what_it_muted():
    policy = Policy(silenced(event_type="", maintenance=True))
    assert tell(policy, [Waiting(1, of("health_degraded")), Waiting(2, of("stop_loss_filled"))], 0) == []
    assert len(tell(policy, [Waiting(3, of("order_failed", Priority.EMERGENCY))], 1)) == 1
    policy.setting = Setting(people=People(acks=(Ack("order_failed:", 9_999.0, "kim"),)))
    (account,) = tell(policy, [], 1_000.0)
    assert account.kind is Kind.SUMMARY
    assert "점검 시간 동안 알리지 않은 알림: 2건" in account.alert.short


def test_the_rate_of_a_channel_holds_back_all_but_emergencies_and_then_tells_them_together():
    policy = Policy()
    many = [Waiting(n, of("stop_loss_filled", key=f"k{n}")) for n in range(1, 101)]
    assert len(tell(policy, many, 0)) == int(RATE_BURST)
    rest = many[int(RATE_BURST) :]
    judged = policy.judge([*rest, Waiting(200, of("order_failed", Priority.EMERGENCY))], 0)
    assert [one.alert_ids for one in to_send(judged)] == [(200,)]
    assert judged[-1].wait_s == 2.0
    (held,) = to_send(policy.judge(rest, 2.0))
    assert (held.kind, len(held.alert_ids)) == (Kind.HELD, 40)
    assert "그 밖에 20건" in held.alert.short
    policy.told(held, 2.0)
    assert len(tell(policy, [Waiting(300, of("stop_loss_filled", key="k300"))], 10.0)) == 1


def test_hundreds_of_judgements_are_not_compared_with_each_other(monkeypatch):
    """Each of five hundred was looked for among the others: thirteen milliseconds in which no order went on."""
    policy = Policy()
    tell(policy, [Waiting(n, of("stop_loss_filled", key=f"k{n}")) for n in range(1, 61)], 0)
    compared = []
    monkeypatch.setattr(Judgement, "__eq__", lambda self, other: compared.append(1) or self is other)
    rest = [Waiting(n, of("stop_loss_filled", key=f"k{n}")) for n in range(61, 561)]
    assert len(policy.judge(rest, 0)) == 500
    assert len(to_send(policy.judge(rest, 2.0))) == 1
    assert not compared


def test_a_large_memory_is_written_in_small_steps():
    policy = Policy()
    for n in range(1, 401):
        tell(policy, [Waiting(n, of("stop_loss_filled", key=f"k{n}"))], n * 10.0)
    *steps, text = whole(dumping(policy.state))
    assert len(steps) >= len(policy.state.told) / DUMPED_AT_ONCE
    assert loaded(text, 9_999.0) == policy.state


def storage(number, reason):
    (alert,) = alerts_of(e.EventLogFailed(reason), Context(START))
    return Waiting(number, alert)


def resumed(number):
    (alert,) = alerts_of(e.EventLogResumed(2.0), Context(START + timedelta(seconds=number)))
    return Waiting(number, alert)


@pytest.mark.requirement("OPS-04-9", "ALR-14")
def test_a_full_disk_minutes_after_a_locked_database_is_told_and_both_end():
    policy = Policy()
    assert len(tell(policy, [storage(1, "database is locked")], 0)) == 1
    (end,) = tell(policy, [resumed(2)], 2)
    assert end.alert_ids == (2,)
    assert len(tell(policy, [storage(3, "database or disk is full")], 60)) == 1
    assert tell(policy, [storage(4, "database or disk is full")], 61) == [], "the same trouble, seen again"
    assert len(tell(policy, [resumed(5)], 62)) == 1
    assert policy.judge([], 9 * REPEAT_S) == (), "nobody is told again of what is over"


def test_causes_of_one_trouble_are_told_apart_and_are_one_situation():
    policy = Policy()
    tell(policy, [storage(1, "database is locked")], 0)
    (told,) = tell(policy, [storage(2, "[Errno 28] No space left on device")], 1)
    assert told.alert_ids == (2,)
    (again,) = tell(policy, [], 1 + REPEAT_S)
    assert "모두 2건" in again.alert.short


def test_an_emergency_that_ended_and_begins_anew_is_no_duplicate():
    policy = Policy()
    tell(policy, [storage(1, "database is locked")], 0)
    tell(policy, [resumed(2)], 5)
    (again,) = tell(policy, [storage(3, "database is locked")], 10)
    assert again.alert_ids == (3,)
    assert "2번째" in tell(policy, [], 10 + REPEAT_S)[0].alert.short, "and it is told again while it lasts"
    late = Policy()
    waiting = [storage(1, "disk full"), resumed(2), storage(3, "disk full")]
    sent = [number for one in tell(late, waiting, 0) for number in one.alert_ids]
    assert set(sent) >= {1, 3}, "also when no channel worked in between"


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("database is locked", "locked"),
        ("다른 프로그램이 데이터베이스를 잠그고 있습니다: /x", "locked"),
        ("database or disk is full", "full"),
        ("[Errno 27] File too large", "full"),
        ("disk I/O error", "disk"),
        ("attempt to write a readonly database", "permission"),
        ("database file was removed: /x/hantu.db", "missing"),
        ("기록이 제시간에 끝나지 않았습니다", "slow"),
        ("기록 대기열이 가득 찼습니다", "slow"),
        ("데이터베이스와 임시 기록 파일에 모두 기록하지 못했습니다.", "nowhere"),
        ("database disk image is malformed", "damaged"),
        ("something else", "other"),
    ],
)
def test_the_cause_of_failed_records_is_read_from_what_was_said(reason, cause):
    assert storage_cause(reason) == cause
    assert storage(1, reason).alert.key == f"event_log_failed:{cause}"
