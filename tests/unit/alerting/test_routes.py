"""Which channel gets what, in which order."""

import pytest

from hantu.alerting.routes import Channels, route_of, rung_at
from hantu.domain.alert import Alert, Priority, Severity

ALL = Channels("telegram", ("slack", "email"), "sms")


def of(priority):
    return Alert("x", "k", Severity.WARN, priority, "OPS-01", "x")


@pytest.mark.requirement("SVC-36")
@pytest.mark.parametrize("priority", [Priority.HIGH, Priority.NORMAL, Priority.LOW])
def test_the_main_channel_comes_first_and_sms_is_for_emergencies(priority):
    route = route_of(of(priority), ALL)
    assert (route.at_once, route.ladder) == (("telegram",), ("slack", "email"))


@pytest.mark.parametrize(
    ("rung", "at_once", "ladder"),
    [
        (0, ("telegram", "slack"), ("email", "sms")),
        (1, ("telegram", "slack", "email"), ("sms",)),
        (2, ("telegram", "slack", "email", "sms"), ()),
        (9, ("telegram", "slack", "email", "sms"), ()),
    ],
)
def test_an_emergency_goes_to_two_channels_and_one_further_with_every_deadline(rung, at_once, ladder):
    route = route_of(of(Priority.EMERGENCY), ALL, rung)
    assert (route.at_once, route.ladder) == (at_once, ladder)
    assert route.reason


@pytest.mark.requirement("OPS-04-7")
def test_channels_that_are_not_configured_are_no_error():
    assert route_of(of(Priority.EMERGENCY), Channels("log")).at_once == ("log",)
    assert route_of(of(Priority.HIGH), Channels("log")).ladder == ()


@pytest.mark.parametrize(("waited", "rung"), [(0, 0), (299.9, 0), (300, 1), (599, 1), (600, 2), (900, 3), (9e9, 3)])
def test_a_rung_further_after_five_ten_and_fifteen_minutes(waited, rung):
    assert rung_at(waited) == rung
