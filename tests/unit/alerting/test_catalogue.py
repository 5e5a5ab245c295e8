"""Every event has its row, and rows keep their promises."""

from datetime import UTC, datetime

import pytest

from hantu.alerting.catalogue import AREA_NAMES, Area, Delivery, StopScope
from hantu.alerting.rows import APPROVALS, CATALOGUE, EXITS, MARKET, OPERATIONS, SESSION, SWITCH_AND_DAY, VARIANTS
from hantu.alerting.rules import Context, alerts_of, category_of, operations_alert
from hantu.domain.alert import Priority, Severity
from hantu.domain.events import FACTS, event_type
from tests.unit.alerting.samples import SAMPLES

AT = Context(datetime(2026, 11, 23, 0, 12, 31, tzinfo=UTC))
APPENDIX_B = {
    "monitor_started": ("INFO", "high", "at_once"),
    "subscribe_done": ("INFO", "low", "log"),
    "subscribe_failed": ("INFO", "low", "log"),
    "subscribe_failed_held": ("WARN", "high", "at_once"),
    "stop_loss_reached": ("WARN", "high", "at_once"),
    "take_profit_reached": ("WARN", "high", "at_once"),
    "stop_loss_filled": ("INFO", "high", "at_once"),
    "take_profit_filled": ("INFO", "high", "at_once"),
    "fill_confirmed": ("INFO", "normal", "batch"),
    "add_buy_opportunity": ("INFO", "normal", "batch"),
    "connection_lost": ("WARN", "high", "at_once"),
    "reconnected": ("INFO", "low", "closing"),
    "reconnect_exhausted": ("CRITICAL", "emergency", "at_once"),
    "server_maintenance": ("WARN", "emergency", "at_once"),
    "auth_failed": ("CRITICAL", "emergency", "at_once"),
    "order_failed": ("CRITICAL", "emergency", "at_once"),
    "order_unresolved": ("CRITICAL", "emergency", "at_once"),
    "fill_unconfirmed": ("WARN", "high", "at_once"),
    "data_delay": ("WARN", "high", "at_once"),
    "market_halted": ("WARN", "high", "at_once"),
    "market_resumed": ("INFO", "high", "at_once"),
    "daily_summary": ("INFO", "high", "at_once"),
    "monitor_finished": ("INFO", "low", "log"),
    "killswitch_on": ("CRITICAL", "emergency", "at_once"),
    "killswitch_off": ("INFO", "high", "at_once"),
    "order_blocked_killswitch": ("CRITICAL", "emergency", "at_once"),
    "order_rejected_burst": ("WARN", "high", "at_once"),
    "order_rejected_broker": ("INFO", "low", "log"),
    "db_init_failed": ("CRITICAL", "emergency", "at_once"),
    "event_log_failed": ("CRITICAL", "emergency", "at_once"),
    "trade_save_failed": ("WARN", "low", "log"),
    "token_issue_failed": ("WARN", "high", "at_once"),
    "pnl_shock": ("WARN", "high", "at_once"),
    "health_degraded": ("WARN", "high", "at_once"),
    "resource_high": ("WARN", "high", "at_once"),
    "strategy_restarted": ("WARN", "normal", "batch"),
    "strategy_given_up": ("CRITICAL", "emergency", "at_once"),
    "backup_failed": ("WARN", "high", "at_once"),
    "restore_done": ("INFO", "high", "at_once"),
    "venue_switched": ("WARN", "high", "at_once"),
    "model_rolled_back": ("WARN", "high", "at_once"),
    "failover": ("WARN", "high", "at_once"),
    "report": ("INFO", "normal", "batch"),
}


@pytest.mark.requirement("OPS-04-8")
def test_every_fact_type_has_a_row():
    assert set(FACTS) - set(CATALOGUE) == set()


def test_every_row_belongs_to_a_fact_or_to_a_named_exception():
    known = set(FACTS) | {row.event_type for row in (*VARIANTS, *OPERATIONS)}
    assert set(CATALOGUE) - known == set()


def test_no_event_type_has_two_rows():
    assert len(CATALOGUE) == sum(map(len, (SESSION, MARKET, EXITS, APPROVALS, SWITCH_AND_DAY, VARIANTS, OPERATIONS)))


def test_samples_hold_every_fact_type_once():
    assert sorted(map(event_type, SAMPLES)) == sorted(FACTS)


@pytest.mark.requirement("MON-B.06", "ALR-67", "OPS-04-2", "OPS-04-3")
@pytest.mark.parametrize("event", APPENDIX_B)
def test_row_is_as_documented(event):
    row = CATALOGUE[event]
    assert (row.severity, row.priority, row.delivery) == APPENDIX_B[event]


@pytest.mark.requirement("OPS-00-4")
def test_every_event_belongs_to_one_of_the_six_functions():
    assert [area.value for area in Area] == [f"OPS-0{n}" for n in range(1, 7)]
    assert all(AREA_NAMES[row.area] for row in CATALOGUE.values())


@pytest.mark.requirement("OPS-00-4")
def test_alerts_carry_the_function_they_belong_to():
    for fact in SAMPLES:
        for alert in alerts_of(fact, AT):
            assert alert.category == CATALOGUE[event_type(fact)].area


@pytest.mark.requirement("OPS-00-4")
@pytest.mark.parametrize(
    ("event", "category"), [("stop_loss_filled", "OPS-02"), ("data_delay", "OPS-03"), ("comet_sighted", "OPS-04")]
)
def test_the_function_of_an_event_is_known_by_its_name(event, category):
    assert category_of(event) == category


@pytest.mark.requirement("OPS-04-4", "ALR-8")
def test_what_is_told_says_when_where_to_look_and_what_to_do():
    for row in CATALOGUE.values():
        assert row.condition
        assert row.check
        if row.delivery is not Delivery.LOG:
            assert row.action
        assert (row.severity is Severity.CRITICAL) == (row.scope is not StopScope.NOTHING)


def test_delivery_fits_priority():
    fits = {
        Priority.EMERGENCY: {Delivery.AT_ONCE},
        Priority.HIGH: {Delivery.AT_ONCE},
        Priority.NORMAL: {Delivery.BATCH},
        Priority.LOW: {Delivery.LOG, Delivery.CLOSING},
    }
    assert all(row.delivery in fits[row.priority] for row in CATALOGUE.values())


@pytest.mark.requirement("OPS-04-8")
def test_an_event_the_catalogue_does_not_know_becomes_a_warning():
    alert = operations_alert("comet_sighted", "close")
    assert (alert.severity, alert.priority) == (Severity.WARN, Priority.HIGH)
    assert "comet_sighted" in alert.short


@pytest.mark.requirement("OPS-04-8")
def test_a_fact_the_catalogue_does_not_know_becomes_a_warning():
    class CometSighted:
        symbol = "005930"

    (alert,) = alerts_of(CometSighted(), AT)
    assert alert.severity is Severity.WARN
    assert alert.short == "⚠️ 목록에 없는 이벤트: comet_sighted"
