"""Reads: whole pages, searches, exports that are no trap, histories, settings without secrets."""

import csv
import io
import json

import pytest

from hantu.adapters.store import pages as pages_module
from hantu.adapters.store.maintenance import writing
from hantu.api.app import bare_app
from hantu.api.description import describe
from tests.unit.api.site import EVENTS, TOML, Site, Surfer


def walk(browser: Surfer, path: str) -> list[dict]:  # type: ignore[type-arg]
    found, cursor, mark = [], "", "&" if "?" in path else "?"
    while True:
        page = browser.get(f"{path}{mark}limit=10" + (f"&cursor={cursor}" if cursor else "")).json
        found += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            return found


def own(site: Site, browser: Surfer, path: str) -> list[dict]:  # type: ignore[type-arg]
    """Rows of the furnished home, without what the tests themselves recorded."""
    return [row for row in walk(browser, path) if row["timestamp"] < "2026-11-20 01"]


def test_pages_hold_every_row_once_while_new_ones_arrive(shared: Site) -> None:
    vera = shared.browser("vera")
    rows = own(shared, vera, "/events")
    idents = [row["event_id"] for row in rows]
    assert idents == sorted(idents, reverse=True)
    assert len(set(idents)) == len(idents) == EVENTS
    assert [row["alert_id"] for row in walk(vera, "/alerts")] == list(range(7, 0, -1))
    assert len(walk(vera, "/alerts/deliveries")) == 14


@pytest.mark.requirement("ALR-69")
def test_a_search_finds_what_it_names(shared: Site) -> None:
    vera = shared.browser("vera")
    assert len(own(shared, vera, "/events?type=order_accepted")) == EVENTS // 3
    assert len(own(shared, vera, "/events?type=order_*")) == EVENTS
    assert len(own(shared, vera, "/events?flow=flow-1")) == 12
    assert len(own(shared, vera, "/events?symbol=005930&since=2026-11-20%2000:10:00&until=2026-11-20%2000:20:00")) == 10
    assert own(shared, vera, "/events?q=%25") == [], "a sign of the database is a letter here"
    assert len(own(shared, vera, "/events?q=HYPERLINK")) == EVENTS
    assert len(own(shared, vera, "/events?severity=INFO&type=order_accepted")) == EVENTS // 3
    assert own(shared, vera, "/events?severity=CRITICAL") == []
    assert own(shared, vera, "/events?type=%27%20OR%201=1--") == []
    assert vera.get("/events/0198c0de-7b1a-7c3e-9d55-000000000003").json["payload"]["n"] == 3
    assert vera.get("/events/none").status == 404
    counts = {row["event_type"]: row for row in vera.get("/events/types").json["items"]}
    assert counts["order_filled"]["count"] == 38
    assert counts["order_filled"]["title"]


def test_a_search_that_takes_too_long_ends_by_itself(shared: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_module, "TIME_MAX_S", -1.0)
    monkeypatch.setattr(pages_module, "STEPS", 10)
    answer = shared.browser("vera").get("/events?q=nothing-like-it")
    assert (answer.status, answer.code) == (503, "unavailable")


def test_an_export_is_no_formula_and_is_on_record(shared: Site) -> None:
    """S12: a table program that opens the file runs nothing."""
    vera = shared.browser("vera")
    answer = vera.get("/events/export?format=csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert len([row for row in rows if row["timestamp"] < "2026-11-20 01"]) == EVENTS
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    other = vera.get("/events/export?format=jsonl&type=order_accepted")
    described = describe(bare_app())["paths"]["/api/v1/events/export"]["get"]["responses"]["200"]["content"]
    assert set(described) == {one.headers["content-type"].partition(";")[0] for one in (answer, other)}
    lines = other.body.decode().splitlines()
    assert len(lines) == EVENTS // 3
    assert json.loads(lines[0])["event_type"] == "order_accepted"
    trail = shared.browser("otto").get("/audit?type=records_exported").json["items"]
    assert trail[0]["actor"] == "vera"


def test_alerts_show_what_came_of_them(shared: Site) -> None:
    vera = shared.browser("vera")
    row = vera.get("/alerts?limit=1").json["items"][0]
    assert (row["delivered_to"], row["waiting"], row["given_up"]) == (["slack"], False, False)
    story = vera.get("/alerts/7").json
    assert {one["channel"] for one in story["deliveries"]} == {"slack", "telegram"}
    assert vera.get("/alerts/stats").json["per_type"] == {"reconnect_exhausted": 7}
    assert vera.get("/alerts/9999").status == 404


def test_an_emergency_says_when_it_ended_and_until_when_it_is_acknowledged(site: Site) -> None:
    otto = site.browser("otto")
    assert otto.do("/alerts/2/ack", {"length_s": 600}).status == 200
    with writing(site.home / "hantu.db") as connection:
        connection.execute(
            "INSERT INTO alert_events (alert_id, severity, category, message, channel, event_type, alert_key, priority,"
            " event_at) VALUES (4, 'INFO', 'OPS-01', 'back', 'mail', 'reconnected', 'k', 'low', '2026-11-20 00:04:30')"
        )
    rows = {row["alert_id"]: row for row in otto.get("/alerts?priority=emergency").json["items"]}
    assert [rows[number]["ended_at"] for number in (3, 5)] == ["2026-11-20 00:04:30", ""], "only what began before"
    assert rows[4]["withheld"] == "", "a delivery that failed is another thing"
    assert rows[2]["ack_until"] > rows[2]["acked_at"] > ""
    assert rows[3]["ack_until"] == ""


def test_what_the_policy_did_not_tell_has_failed_at_no_channel(site: Site) -> None:
    with writing(site.home / "hantu.db") as connection:
        connection.executemany(
            "INSERT INTO alert_events (alert_id, severity, category, message, channel, event_type, alert_key, priority,"
            " event_at, given_up, attempts, last_error) VALUES (?, 'WARN', 'OPS-01', 'x', ?, 'data_delay', 'k', 'high',"
            " '2026-11-20 00:09:00', 1, 1, ?)",
            [(8, "policy", "duplicate of alert 7"), (9, "telegram", "refused")],
        )
    vera = site.browser("vera")
    rows = {row["alert_id"]: row for row in vera.get("/alerts?limit=2").json["items"]}
    assert [rows[number]["withheld"] for number in (8, 9)] == ["duplicate of alert 7", ""]
    failed = vera.get("/alerts/deliveries?failed=true").json["items"]
    assert [(row["alert_id"], row["last_error"]) for row in failed] == [(9, "refused")]


def test_the_catalogue_says_what_to_do(shared: Site) -> None:
    rows = {row["event_type"]: row for row in shared.browser("vera").get("/alerts/catalogue").json["items"]}
    lost = rows["reconnect_exhausted"]
    assert (lost["priority"], lost["check"], lost["runbook"]) == ("emergency", "hantu monitor status", "connection")
    assert "hantu monitor restart" in lost["action"]
    assert lost["stops"] == "신규 매수"
    assert "reconnect_exhausted" in rows["reconnected"]["ends"]


@pytest.mark.requirement("REL-27", "REL-28", "REL-34", "REL-35")
def test_without_strategies_the_lists_are_empty_and_well_formed(shared: Site) -> None:
    vera, otto = shared.browser("vera"), shared.browser("otto")
    assert vera.get("/monitoring/strategies").json == {"total_running": 0, "strategies": []}
    assert vera.get("/monitoring/jobs").json == {"total": 0, "running": 0, "paused": 0, "failed": 0, "items": []}
    assert vera.get("/monitoring/strategies/s1").status == 404
    assert vera.get("/monitoring/jobs/strategy_s1").status == 404
    assert otto.do("/monitoring/jobs/strategy_s1/resume").status == 404
    assert otto.do("/strategies/s1/start").code == "guard_unreachable", "nobody looks after strategies here"


@pytest.mark.requirement("REL-37", "REL-39", "REL-40", "DEC-31")
def test_alive_is_answered_to_anybody_without_a_session(shared: Site) -> None:
    answer = shared.browser().get("/health")
    assert answer.status == 200
    assert set(answer.json) == {"status", "version", "uptime_s", "guard", "time"}
    assert (answer.json["status"], answer.json["guard"], answer.json["version"]) == ("degraded", "silent", "v1")


@pytest.mark.requirement("REL-38", "REL-41", "REL-42", "REL-16", "REL-17", "REL-51")
def test_health_in_detail_has_the_documented_shape(shared: Site) -> None:
    vera = shared.browser("vera")
    found = vera.get("/health/detailed").json
    assert set(found) >= {"status", "version", "uptime", "system", "strategies", "jobs"}
    assert set(found["system"]) == {"cpu", "memory", "disk"}
    assert found["strategies"] == {"total_running": 0, "strategies": []}
    assert found["jobs"] == {"total": 0, "running": 0, "paused": 0, "failed": 0}
    metrics, system = vera.get("/health/metrics").json, vera.get("/monitoring/system").json
    assert metrics.keys() == system.keys()
    assert metrics["system"]["disk"] == system["system"]["disk"]
    assert 0 < metrics["system"]["memory"]["used"] < 1


@pytest.mark.requirement("ALR-70")
def test_histories_come_thinned_and_in_order(shared: Site) -> None:
    with writing(shared.settings.database) as connection:
        connection.executemany(
            "INSERT INTO monitoring_metrics (metric_name, metric_value, recorded_at, label) VALUES ('delay_ms', ?, ?, '')",
            [(number, f"2026-11-20 00:{number // 60:02d}:{number % 60:02d}.000000") for number in range(1_000)],
        )
        connection.execute(
            "INSERT INTO system_health (component, status, checked_at) VALUES ('disk', 'warn', '2026-11-20 00:00:00.000000')"
        )
    vera = shared.browser("vera")
    rows = vera.get("/health/series/delay_ms?limit=100").json["items"]
    assert len(rows) == 100
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert sum(row["value"] for row in rows) / 100 == pytest.approx(499.5)
    assert {"name": "delay_ms", "labels": []} in vera.get("/health/series").json["items"]
    assert vera.get("/health/history?component=disk").json["items"][0]["status"] == "warn"


def test_settings_come_with_their_source_and_without_secrets(shared: Site) -> None:
    rows = {row["name"]: row for row in shared.browser("otto").get("/settings").json["items"]}
    assert rows["server.address"]["source"].startswith("hantu.toml")
    assert rows["kis.app_secret"]["value"] == "****"
    assert rows["account.number"]["value"] == "****01"
    assert "12345678" not in str(rows)
    assert "address" in TOML


def test_the_trail_can_be_checked_and_says_so(shared: Site) -> None:
    found = shared.browser("vera").get("/audit/verify").json
    assert found["ok"], found
    assert found["rows"] > 0
    assert shared.browser("vera").get("/audit/verify").json["checked_at"] == found["checked_at"], (
        "once a minute is enough"
    )
