"""Ten refusals in five minutes are one alert."""

import pytest

from hantu.alerting.bursts import RejectionBurst
from hantu.domain.events import ConnectionLost, OrderRejectedBroker
from hantu.domain.instrument import Symbol


def refused(code="APBK0400", reason="수량 초과"):
    return OrderRejectedBroker("I-1", Symbol("005930"), "삼성전자", code, reason, False, "")


@pytest.mark.requirement("ALR-15", "ALR-50")
def test_nine_are_none_and_the_tenth_is_one_alert_with_its_reasons():
    burst = RejectionBurst()
    codes = ["APBK0400"] * 7 + ["EGW00201"] * 3
    alerts = [burst.note(refused(code, ""), n * 30.0) for n, code in enumerate(codes)]
    assert alerts[:9] == [()] * 9
    ((alert,),) = alerts[9:]
    assert alert.short == "⚠️ 주문 거부 반복: 5분 동안 10건 - APBK0400 7건, EGW00201 3건"
    assert (alert.severity, alert.priority) == ("WARN", "high")


@pytest.mark.requirement("ALR-15")
def test_ten_spread_over_six_minutes_are_none():
    burst = RejectionBurst()
    assert not any(burst.note(refused(), n * 40.0) for n in range(10))


def test_an_ongoing_burst_is_told_once_and_a_new_one_again():
    burst = RejectionBurst()
    assert sum(len(burst.note(refused(), float(n))) for n in range(50)) == 1
    assert sum(len(burst.note(refused(), 1_000.0 + n)) for n in range(10)) == 1


def test_other_facts_do_not_count():
    burst = RejectionBurst(limit=1)
    assert burst.note(ConnectionLost("reset", 0), 0.0) == ()
