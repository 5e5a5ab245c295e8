"""One outage of the line is one message, and what stays broken after it is told."""

from dataclasses import replace

import pytest

from hantu.alerting.consequences import GRACE_S
from hantu.alerting.judgement import Setting, Verdict, Waiting
from hantu.alerting.rows import CATALOGUE
from hantu.alerting.rules import Context, alerts_of
from hantu.alerting.situations import CAUSE_S
from hantu.domain import events as e
from hantu.domain.alert import Priority
from tests.unit.alerting.memory import START, Policy
from tests.unit.alerting.test_policy_stories import of, tell

LOST = Waiting(1, of("connection_lost"))


def news(number, component, before, after, age_s=0.0):
    """Return the alert the guard itself would raise when a component changes."""
    rank = ("ok", "warn", "down")
    better = rank.index(after) < rank.index(before)
    fact = e.HealthChanged(component, before, after, "no answer", "", 1.0, recovered=better)
    (alert,) = alerts_of(fact, Context(START))
    return Waiting(number, alert, age_s)


def reads(sent):
    return [one.alert.short.split(" - ")[0] for one in sent]


@pytest.mark.requirement("OPS-04-9", "PR-2")
def test_one_outage_is_one_message_and_its_end_beside_three_components_that_went_and_came_with_it():
    policy = Policy()
    assert len(tell(policy, [LOST], 0)) == 1
    broken = [news(2, "rest", "ok", "down"), news(3, "stream", "ok", "down"), news(4, "alerts", "ok", "warn")]
    assert tell(policy, broken, 2) == []
    policy.restart(3)
    assert {one.code for one in policy.judge(broken, 3)} == {"consequence"}, "they wait on, also in another life"
    (end,) = tell(policy, [*broken, Waiting(5, of("reconnected", Priority.LOW))], 5)
    assert end.alert_ids == (5,)
    well = [news(6, "rest", "down", "ok"), news(7, "stream", "down", "ok"), news(8, "alerts", "warn", "ok")]
    judged = [*policy.judge([*broken, *well], 9), *policy.judge(broken, 9)]
    over = {number for one in judged if one.code == "consequence_over" for number in one.alert_ids}
    assert over == {2, 3, 4, 6, 7, 8}, "on record, with the alert they followed from"
    assert {one.about for one in judged if one.code == "consequence_over"} == {"1"}
    assert policy.judge([], 10 + GRACE_S) == (), "and no summary beside it"


@pytest.mark.requirement("OPS-04-9")
def test_what_stays_broken_after_the_outage_is_told():
    policy = Policy()
    tell(policy, [LOST], 0)
    rest = news(2, "rest", "ok", "down")
    tell(policy, [rest], 1)
    assert len(tell(policy, [rest, Waiting(3, of("reconnected", Priority.LOW))], 10)) == 1
    (waits,) = policy.judge([rest], 10 + GRACE_S - 1)
    assert (waits.verdict, waits.wait_s) == (Verdict.WAIT, 1.0)
    (told,) = tell(policy, [rest], 10 + GRACE_S)
    assert reads([told]) == ["⚠️ 상태 이상: KIS REST 장애"]
    assert reads(tell(policy, [news(4, "rest", "down", "ok")], 200)) == ["✅ 상태 회복: KIS REST 정상"]


def test_a_cause_that_nobody_ends_does_not_hide_it_for_ever():
    policy = Policy()
    tell(policy, [LOST], 0)
    rest = news(2, "rest", "ok", "down")
    assert tell(policy, [rest], 1) == []
    tell(policy, [rest], CAUSE_S)
    assert len(tell(policy, [rest], CAUSE_S + GRACE_S)) == 1


def test_what_fails_before_the_outage_or_long_after_it_began_is_news():
    policy = Policy()
    assert len(tell(policy, [news(1, "rest", "ok", "down")], 0)) == 1
    tell(policy, [replace(LOST, alert_id=2)], 5)
    assert len(tell(policy, [news(3, "alerts", "ok", "warn")], 120)) == 1, "an outage of minutes is another one"
    assert tell(policy, [news(4, "stream", "ok", "down")], 120) == [], "the line itself is always the same one"


def test_a_part_that_does_not_follow_from_the_line_is_told_at_once():
    policy = Policy()
    tell(policy, [LOST], 0)
    assert len(tell(policy, [news(2, "disk", "ok", "warn")], 1)) == 1


def test_who_was_told_of_trouble_before_the_outage_is_told_of_its_end():
    policy = Policy()
    assert len(tell(policy, [news(1, "alerts", "ok", "warn")], 0)) == 1
    tell(policy, [replace(LOST, alert_id=2)], 10)
    worse = news(3, "alerts", "warn", "down")
    assert tell(policy, [worse], 12) == []
    assert reads(tell(policy, [worse, news(4, "alerts", "down", "ok")], 20)) == ["✅ 상태 회복: 알림 채널 정상"]
    assert [one.code for one in policy.judge([worse], 21)] == ["consequence_over"]


def test_only_the_newest_news_of_a_part_is_told_afterwards():
    policy = Policy()
    tell(policy, [LOST], 0)
    first, second = news(2, "rest", "ok", "warn"), news(3, "rest", "warn", "down")
    assert tell(policy, [first, second], 1) == []
    tell(policy, [second, Waiting(4, of("reconnected", Priority.LOW))], 2)
    assert reads(tell(policy, [second], 2 + GRACE_S)) == ["⚠️ 상태 이상: KIS REST 장애"]


def test_the_grace_is_of_real_seconds_where_the_market_runs_faster():
    policy = Policy(Setting(pace=30.0))
    tell(policy, [LOST], 0)
    rest = news(2, "rest", "ok", "down")
    assert tell(policy, [rest], 1_000) == [], "33 real seconds after the outage began"
    tell(policy, [rest, Waiting(3, of("reconnected", Priority.LOW))], 1_001)
    assert tell(policy, [rest], 1_001 + 29 * GRACE_S) == []
    assert len(tell(policy, [rest], 1_001 + 30 * GRACE_S)) == 1


def test_consequences_name_parts_and_causes_that_exist():
    from hantu.operations.observer import PATIENCE

    for row in CATALOGUE.values():
        for one in row.consequences:
            assert set(one.causes) <= set(CATALOGUE)
            assert one.part in {*PATIENCE, "rest", "database"}
