"""What people may silence, and for how long."""

from dataclasses import replace

import pytest

from hantu.alerting.silences import EMERGENCY_MAX_S, MAX_S, Ack, People, Silence, flaw_of
from hantu.domain.alert import Alert, Priority, Severity

ALERT = Alert("data_delay", "k", Severity.WARN, Priority.HIGH, "OPS-03", "x", symbol="005930")
BASE = Silence(1, 100.0, "kim", "new line", "data_delay")


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"event_type": "data_*"}, True),
        ({"event_type": "*"}, True),
        ({"event_type": "order_*"}, False),
        ({"event_type": "data_delays"}, False),
        ({"symbol": "005930"}, True),
        ({"symbol": "000660"}, False),
        ({"category": "OPS-03"}, True),
        ({"category": "OPS-01"}, False),
        ({"priority": "high"}, True),
        ({"priority": "normal"}, False),
        ({"until": 50.0}, False),
        ({"until": 50.1}, True),
    ],
)
def test_a_silence_holds_what_all_its_matchers_name_until_it_ends(changes, holds):
    assert replace(BASE, **changes).matches(ALERT, 50.0) is holds


def test_an_emergency_is_silenced_only_by_a_silence_that_says_so():
    emergency = replace(ALERT, priority=Priority.EMERGENCY)
    assert not BASE.matches(emergency, 0.0)
    assert not replace(BASE, maintenance=True).matches(emergency, 0.0)
    assert replace(BASE, emergency=True).matches(emergency, 0.0)


@pytest.mark.parametrize(
    ("changes", "length_s", "flaw"),
    [
        ({}, 60.0, ""),
        ({}, 0.0, "기간은 0보다"),
        ({}, MAX_S + 1, "30일까지만"),
        ({"comment": ""}, 60.0, "누가 왜"),
        ({"author": ""}, 60.0, "누가 왜"),
        ({"event_type": ""}, 60.0, "무엇을 끌지"),
        ({"event_type": "", "maintenance": True}, 60.0, ""),
        ({"emergency": True}, EMERGENCY_MAX_S, ""),
        ({"emergency": True}, EMERGENCY_MAX_S + 1, "1시간까지만"),
        ({"emergency": True, "event_type": "*"}, 60.0, "종류를 적어야"),
        ({"emergency": True, "event_type": "", "symbol": "005930"}, 60.0, "종류를 적어야"),
    ],
)
def test_what_may_not_be_silenced_is_refused_with_its_reason(changes, length_s, flaw):
    found = flaw_of(replace(BASE, **changes), length_s)
    assert found.startswith(flaw) if flaw == "" else flaw in found
    assert bool(found) is bool(flaw)


def test_the_oldest_silence_that_fits_is_named():
    people = People((replace(BASE, silence_id=1, symbol="000660"), replace(BASE, silence_id=2), BASE))
    assert people.silence_of(ALERT, 0.0).silence_id == 2
    assert people.silence_of(ALERT, 100.0) is None


def test_an_acknowledgement_ends_by_itself():
    people = People(acks=(Ack("k", 10.0, "kim"),))
    assert people.ack_of(("x", "k"), 9.9).author == "kim"
    assert people.ack_of(("k",), 10.0) is None
    assert people.ack_of(("x",), 0.0) is None
