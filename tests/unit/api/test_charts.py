"""Pictures of prices over HTTP: today by default, the price of now from a running guard, bounded answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from hantu.adapters.store.maintenance import writing
from hantu.adapters.store.samples import write_samples
from hantu.adapters.store.timestamps import to_text
from hantu.domain.instrument import Symbol
from hantu.ports import BarRow
from tests.unit.api.site import Site
from tests.unit.api.test_commands import PretendGuard

OPEN = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
SAMSUNG = "005930"


@pytest.fixture
def traded(site: Site) -> Site:
    rows = [
        BarRow(Symbol(symbol), to_text(OPEN + timedelta(minutes=minute)), price, price, price, price, 0, 1, minute != 1)
        for symbol, price in ((SAMSUNG, 65_000), ("000660", 200_000))
        for minute in range(5)
    ]
    write_samples(site.settings.database, [], [], OPEN, 3, rows)
    with writing(site.settings.database) as connection:
        connection.execute(
            "INSERT INTO positions (environment, account, symbol, name, quantity, updated_at)"
            " VALUES ('local', 'main', ?, '삼성전자', 10, '')",
            (SAMSUNG,),
        )
    return site


@pytest.fixture
def guard(traded: Site) -> Iterator[PretendGuard]:
    live = {"symbol": SAMSUNG, "quantity": 10, "average_price": 60_000, "price": 65_100, "price_age_s": 0.4}
    status = {"kill": {"level": "off"}, "positions": [live], "market_time": "2026-11-23 09:05:10"}
    found = PretendGuard(traded.home, {"status": {"ok": True, "result": status}})
    yield found
    found.close()


@pytest.mark.usefixtures("guard")
def test_today_is_the_market_day_and_ends_with_the_price_of_now(traded: Site) -> None:
    vera = traded.browser("vera")
    found = vera.get(f"/positions/{SAMSUNG}/chart").json
    assert (found["day"], found["name"], found["bar_s"], len(found["bars"])) == ("2026-11-23", "삼성전자", 60, 5)
    assert found["bars"][1] == {
        "at": "2026-11-23 00:01:00.000000", "open": 65_000, "high": 65_000, "low": 65_000, "close": 65_000, "volume": 1,
        "whole": False,
    }  # fmt: skip
    assert (found["price"], found["price_age_s"]) == (65_100, 0.4)
    earlier = vera.get(f"/positions/{SAMSUNG}/chart?day=2026-11-20").json
    assert (earlier["bars"], earlier["price"]) == ([], None)


def test_without_a_guard_the_records_are_shown(traded: Site) -> None:
    found = traded.browser("vera").get("/positions/000660/chart?day=2026-11-23").json
    assert (len(found["bars"]), found["price"], found["truncated"]) == (5, None, False)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/positions/999999/chart", 404), (f"/positions/{SAMSUNG}/chart?day=2026-13-40", 422),
     (f"/positions/{SAMSUNG}/chart?day=x", 422), ("/positions/%27--/chart", 422), ("/positions/sparks?minutes=9999", 422)],
)  # fmt: skip
def test_what_is_not_there_or_no_day_is_said_so(shared: Site, path: str, status: int) -> None:
    assert shared.browser("vera").get(path).status == status


def test_sparks_show_what_is_held_and_nothing_else(traded: Site) -> None:
    [spark] = traded.browser("vera").get("/positions/sparks?minutes=3").json["items"]
    assert (spark["symbol"], spark["prices"], len(spark["at"])) == (SAMSUNG, [65_000] * 3, 3)


def worked(site: Site, first: int, last: int) -> None:
    """Days of November on which the guard was at work and refused as many orders as the date says."""
    with writing(site.settings.database) as connection:
        for day in range(first, last + 1):
            facts = [("daily_summary", f'{{"total_pnl": {1_000 * day}}}'), *[("order_rejected_expired", "{}")] * day]
            connection.executemany(
                "INSERT INTO event_log (event_id, event_type, timestamp, payload_json) VALUES (?, ?, ?, ?)",
                [
                    (f"0197{day:04d}-0000-7000-8000-{number:012d}", kind, f"2026-11-{day:02d} 02:00:00.000000", payload)
                    for number, (kind, payload) in enumerate(facts)
                ],
            )


@pytest.mark.requirement("ALR-70")
@pytest.mark.usefixtures("guard")
def test_a_trend_comes_with_its_interval_its_forecast_and_how_it_was_made(traded: Site) -> None:
    worked(traded, 2, 19)
    vera = traded.browser("vera")
    found = vera.get("/trends/rejections?days=30").json
    assert (found["days"][0], found["days"][-1], found["values"][-1]) == ("2026-11-02", "2026-11-19", 19.0)
    trend = found["trend"]
    assert (trend["slope"], trend["low"], trend["high"], trend["moves"]) == (1.0, 1.0, 1.0, True)
    assert [(day["ahead"], day["value"]) for day in found["forecast"]] == [
        (ahead, 19.0 + ahead) for ahead in range(1, 6)
    ]
    assert "최소제곱" in found["method"]
    assert found["too_few"] is False
    listed = vera.get("/trends?days=90").json["items"]
    assert [one["name"] for one in listed] == ["rejections", "latency", "pnl", "growth"]
    assert all(one["values"][-1] >= 0 for one in listed if one["values"])


@pytest.mark.requirement("ALR-70")
@pytest.mark.usefixtures("guard")
def test_too_little_data_is_said_so_and_no_number_falls_below_what_it_can_be(traded: Site) -> None:
    worked(traded, 18, 20)
    found = traded.browser("vera").get("/trends/pnl").json
    assert (found["too_few"], found["trend"], found["forecast"], found["days_min"]) == (True, None, [], 5)
    with writing(traded.settings.database) as connection:
        connection.executemany(
            "INSERT INTO event_log (event_id, event_type, timestamp, payload_json) VALUES (?, ?, ?, '{}')",
            [
                (f"0196{day:04d}-0000-7000-8000-{number:012d}", kind, f"2026-11-{day:02d} 02:00:00.000000")
                for day in range(9, 14)
                for number, kind in enumerate(["daily_summary", *["order_rejected_expired"] * 20 * (14 - day)])
            ],
        )
    rejections = traded.browser("vera").get("/trends/rejections").json
    assert rejections["trend"]["slope"] < 0
    assert min(day["low"] for day in rejections["forecast"]) == 0


@pytest.mark.parametrize(
    ("path", "status"), [("/trends/none", 404), ("/trends?days=4", 422), ("/trends?days=367", 422)]
)
def test_a_trend_of_nothing_or_of_too_few_days_is_refused(shared: Site, path: str, status: int) -> None:
    assert shared.browser("vera").get(path).status == status
