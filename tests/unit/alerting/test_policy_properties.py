"""What holds for every story: nobody is told twice, nothing is forgotten, the urgent comes first."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hantu.alerting.judgement import Kind, Setting, Verdict, Waiting
from hantu.alerting.messages import KEYS
from hantu.alerting.policy import DUPLICATE_S
from hantu.alerting.rows import CATALOGUE
from hantu.alerting.silences import People, Silence
from hantu.domain.alert import Alert, Priority, Severity
from tests.unit.alerting.memory import Policy

DAY = datetime(2026, 11, 23, 0, 12, tzinfo=UTC)
RANK = list(Priority)
KINDS = {
    "order_failed": Priority.EMERGENCY,
    "order_unresolved": Priority.EMERGENCY,
    "killswitch_on": Priority.EMERGENCY,
    "killswitch_off": Priority.HIGH,
    "order_absent": Priority.HIGH,
    "stop_loss_filled": Priority.HIGH,
    "connection_lost": Priority.HIGH,
    "reconnected": Priority.LOW,
    "data_delay": Priority.HIGH,
    "price_rejected": Priority.HIGH,
    "health_degraded": Priority.HIGH,
    "add_buy_opportunity": Priority.NORMAL,
    "subscribe_done": Priority.LOW,
}
COUNTED = ("caused", "flapping", "expired")
events = st.lists(
    st.tuples(
        st.sampled_from([0.0, 1.0, 9.0, 61.0, 299.0, 300.0, 4_000.0, 30_000.0]),
        st.sampled_from(sorted(KINDS)),
        st.sampled_from(["005930", "000660"]),
        st.sampled_from([True, True, False]),
    ),
    max_size=40,
)
starts = st.sampled_from([0.0, 6.5 * 3_600, 14 * 3_600, 100 * 3_600])


@dataclass
class Story:
    """Plays events; ``told`` holds moment and judgement, ``dropped`` the judgement of each alert."""

    policy: Policy
    raised: dict[int, tuple[float, Alert]] = field(default_factory=dict)
    left: dict[int, tuple[float, Alert]] = field(default_factory=dict)
    told: list = field(default_factory=list)
    dropped: dict = field(default_factory=dict)

    def step(self, now, works):
        self.policy.restart(now)
        while True:
            waiting = [Waiting(n, alert, now - at) for n, (at, alert) in self.left.items()]
            judgements = self.policy.judge(waiting, now)
            assert {n for one in judgements for n in one.alert_ids} >= set(self.left), "each alert is judged"
            assert all(one.reason and one.code for one in judgements)
            sends = [one for one in judgements if one.verdict is Verdict.SEND]
            assert sends == sorted(sends, key=lambda one: RANK.index(one.alert.priority)), "the urgent comes first"
            for one in judgements:
                if one.verdict is Verdict.DROP:
                    self.dropped[one.alert_ids[0]] = one
                    del self.left[one.alert_ids[0]]
            if not sends or not works:
                return
            self.policy.told(sends[0], now)
            self.told.append((now, sends[0]))
            for alert_id in sends[0].alert_ids:
                self.left.pop(alert_id, None)


def play(story, script):
    now = 0.0
    for number, (pause, kind, symbol, works) in enumerate(script, start=1):
        now += pause
        about = symbol if kind.startswith(("order", "stop", "price", "add")) else ""
        # Such facts happen once each; the rest is recognised by type and stock.
        unique = f":{now}" if kind in ("connection_lost", "reconnected", "killswitch_on", "killswitch_off") else ""
        alert = Alert(kind, f"{kind}:{about}{unique}", Severity.WARN, KINDS[kind], "OPS-01", kind, "", about)
        story.raised[number] = story.left[number] = (now, alert)
        story.step(now, works)
    # Over a weekend: what was held on a Friday evening is accounted for on Monday.
    for _ in range(20):
        now += 5 * 3_600
        story.step(now, works=True)
    return story


def ids_told(story):
    return {alert_id for _, one in story.told if one.kind is not Kind.REPEAT for alert_id in one.alert_ids}


def ended(story, alert, since, until):
    return alert.priority is Priority.EMERGENCY and any(
        since <= at <= until and alert.event_type in CATALOGUE[one.event_type].ends
        for at, one in story.raised.values()
        if one.event_type in CATALOGUE
    )


def stands_for(story, alert_id):
    """Return the alert a chain of duplicates ends in."""
    while alert_id in story.dropped and story.dropped[alert_id].code == "duplicate":
        alert_id = int(story.dropped[alert_id].about)
    return alert_id


@pytest.mark.requirement("OPS-04-9", "PR-2")
@settings(deadline=None)
@given(events, starts)
def test_an_emergency_is_told_or_is_the_duplicate_of_one_that_was(script, start):
    story = play(Story(Policy(start=DAY + timedelta(seconds=start))), script)
    told = ids_told(story)
    for number, (_, alert) in story.raised.items():
        if alert.priority is Priority.EMERGENCY:
            assert stands_for(story, number) in told


@settings(deadline=None)
@given(events, starts)
def test_no_alert_is_forgotten(script, start):
    silence = Silence(7, 50_000.0, "kim", "why", "health_*")
    setting = Setting(people=People((silence,)))
    story = play(Story(Policy(setting, start=DAY + timedelta(seconds=start))), script)
    assert story.left == {}
    told, counted = ids_told(story), 0
    for number in story.raised:
        last = stands_for(story, number)
        one = story.dropped.get(last)
        counted += number in story.dropped and story.dropped[number].code in COUNTED
        assert last in told or one.code in (*COUNTED, "low", "closing_unasked", "silenced"), one
        assert one is None or one.code != "silenced" or one.about == "silence 7"
    sums = [one.alert.short for _, one in story.told if one.kind is Kind.SUMMARY]
    assert sum(int(text.partition("건 (")[0].rpartition(" ")[2]) for text in sums) == counted


@pytest.mark.requirement("OPS-04-9")
@settings(deadline=None)
@given(events, starts)
def test_no_key_is_told_twice_in_its_window(script, start):
    story = play(Story(Policy(start=DAY + timedelta(seconds=start))), script)
    last: dict[str, float] = {}
    for now, one in story.told:
        if one.kind in (Kind.REPEAT, Kind.SUMMARY):
            continue
        for alert_id in one.alert_ids:
            alert = story.raised[alert_id][1]
            key = alert.key
            # An emergency that ended and begins anew is another one.
            assert key not in last or ended(story, alert, last[key], now) or now - last[key] >= DUPLICATE_S, KEYS.join(
                (key, one.reason)
            )
            last[key] = now
    numbers = [n for _, one in story.told if one.kind is not Kind.REPEAT for n in one.alert_ids]
    assert len(numbers) == len(set(numbers))
