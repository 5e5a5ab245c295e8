"""The edges of health: samples in the database, the page on its address, the sign of life outside."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from hantu.adapters.control_http import ControlHttp
from hantu.adapters.dead_man import DeadMan
from hantu.adapters.metrics_http import MetricsHttp, answer
from hantu.adapters.store.day_counts import day_counts, ended_clean
from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.samples import BARS_KEPT_DAYS, PRUNED_AT_ONCE, write_samples
from hantu.adapters.store.timestamps import to_text
from hantu.domain.errors import BrokenError, UsageError
from hantu.domain.instrument import Symbol
from hantu.ports import BarRow, HealthRow, MetricRow
from tests.unit.adapters.store.plain_sqlite import ask

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.mark.requirement("DM-1", "DM-2", "DM-5")
def test_samples_are_rows_and_old_ones_go(tmp_path: Path) -> None:
    database = tmp_path / "hantu.db"
    init_database(database)
    old = to_text(NOW - timedelta(days=4))
    write_samples(database, [HealthRow("rest", "ok", old)] * 3, [MetricRow("m", 1.0, old, "x")], NOW, 9)
    write_samples(database, [HealthRow("rest", "down", to_text(NOW), "why")], [], NOW, 3)
    assert ask(database, "SELECT component, status, checked_at, detail FROM system_health") == [
        {"component": "rest", "status": "down", "checked_at": to_text(NOW), "detail": "why"}
    ]
    assert ask(database, "SELECT metric_name, metric_value, recorded_at, label FROM monitoring_metrics") == []


def test_pruning_takes_a_bounded_number_at_once(tmp_path: Path) -> None:
    database = tmp_path / "hantu.db"
    init_database(database)
    old = to_text(NOW - timedelta(days=4))
    write_samples(database, [HealthRow("rest", "ok", old)] * (PRUNED_AT_ONCE + 5), [], NOW, 9)
    write_samples(database, [], [], NOW, 3)
    assert ask(database, "SELECT count(*) AS n FROM system_health") == [{"n": 5}]


def bar(minute: datetime, prices: tuple[int, int, int, int], shares: tuple[int, int], *, whole: bool = True) -> BarRow:
    return BarRow(Symbol("005930"), to_text(minute), *prices, *shares, whole)


def test_minutes_are_rows_and_two_parts_of_one_become_one_that_is_not_whole(tmp_path: Path) -> None:
    database = tmp_path / "hantu.db"
    init_database(database)
    later = NOW + timedelta(minutes=1)
    write_samples(database, [], [], NOW, 3, [bar(NOW, (10, 12, 9, 11), (0, 5)), bar(later, (11, 11, 11, 11), (5, 6))])
    write_samples(database, [], [], NOW, 3, [bar(later, (13, 14, 8, 12), (20, 30))])
    columns = "minute, open, high, low, close, shares_before, shares_after, whole"
    assert [tuple(row.values()) for row in ask(database, f"SELECT {columns} FROM minute_bars ORDER BY minute")] == [
        (to_text(NOW), 10, 12, 9, 11, 0, 5, 1), (to_text(later), 11, 14, 8, 12, 5, 30, 0)
    ]  # fmt: skip


def test_minutes_outlive_other_samples_and_are_bounded_too(tmp_path: Path) -> None:
    database = tmp_path / "hantu.db"
    init_database(database)
    old = NOW - timedelta(days=BARS_KEPT_DAYS, minutes=1)
    write_samples(database, [], [], NOW, 3, [bar(old, (1, 1, 1, 1), (0, 1))])
    write_samples(database, [], [], NOW, 3, [bar(old + timedelta(minutes=2), (2, 2, 2, 2), (0, 1))])
    write_samples(database, [], [], NOW, 3, [bar(NOW, (3, 3, 3, 3), (0, 1))])
    assert [row["open"] for row in ask(database, "SELECT open FROM minute_bars")] == [2, 3]


def test_samples_never_make_a_database(tmp_path: Path) -> None:
    with pytest.raises(BrokenError):
        write_samples(tmp_path / "none.db", [], [], NOW, 3)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_day_counts_nothing_and_a_new_database_has_no_clean_end(tmp_path: Path) -> None:
    database = tmp_path / "hantu.db"
    init_database(database)
    found = day_counts(database, NOW.date(), NOW)
    assert (found.today, found.recent, found.failure_codes, found.missed_notices) == ({}, {}, {}, 0)
    assert not ended_clean(database)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", b"200"), (b"GET /metrics?a=1 HTTP/1.1\r\n\r\n", b"200"),
        (b"HEAD /metrics HTTP/1.1\r\n\r\n", b"200"), (b"GET / HTTP/1.1\r\n\r\n", b"404"),
        (b"POST /metrics HTTP/1.1\r\n\r\n", b"405"), (b"GET /metrics HTTP/1.1\r\nOrigin: http://a\r\n\r\n", b"403"),
        (b"\r\n\r\n", b"405"),
    ],
)  # fmt: skip
def test_one_page_and_nothing_else(head: bytes, status: bytes) -> None:
    found = answer(head, lambda: b"hantu 1\n")
    assert found.split(b" ")[1] == status
    assert found.endswith(b"\r\n\r\nhantu 1\n") is (status == b"200" and head.startswith(b"GET"))


async def test_the_page_on_its_own_address() -> None:
    http = MetricsHttp(("127.0.0.1", 0), lambda: b"hantu_up 1\n")
    await http.open()
    taken = MetricsHttp(("127.0.0.1", http.port), lambda: b"")
    with pytest.raises(UsageError):
        await taken.open()
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{http.port}/metrics") as got:
        assert (got.status, await got.text()) == (200, "hantu_up 1\n")
        assert got.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    reader, writer = await asyncio.open_connection("127.0.0.1", http.port)
    writer.write(b"x" * 20_000)
    assert await reader.read() == b"", "who sends too much gets nothing"
    writer.close()
    await http.close()


async def test_the_page_beside_the_control_address_needs_no_secret() -> None:
    desk: Any = object()
    shown, hidden = (
        ControlHttp(desk, ("127.0.0.1", 0), "s" * 32, lambda: b"a 1\n"),
        ControlHttp(desk, ("127.0.0.1", 0), "s"),
    )
    await shown.open()
    await hidden.open()
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{shown.port}/metrics") as got:
            assert (got.status, await got.text()) == (200, "a 1\n")
        async with session.get(f"http://127.0.0.1:{shown.port}/metrics", headers={"Origin": "http://a"}) as got:
            assert got.status == 403
        async with session.get(f"http://127.0.0.1:{hidden.port}/metrics") as got:
            assert got.status == 404
    await shown.close()
    await hidden.close()


async def test_the_sign_of_life_goes_out_while_told_that_all_is_well_and_not_more_often_than_asked() -> None:
    pinged: list[str] = []

    async def take(request: web.Request) -> web.Response:
        pinged.append(request.path)
        return web.Response()

    app = web.Application()
    app.router.add_get("/secret", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sign = DeadMan(f"http://127.0.0.1:{runner.addresses[0][1]}/secret", 60.0)
    for _ in range(5):
        sign.well()
        await asyncio.sleep(0.05)
    await sign.close()
    await runner.cleanup()
    assert pinged == ["/secret"]


async def test_a_sign_that_nobody_takes_is_no_trouble_and_stays_secret(caplog: pytest.LogCaptureFixture) -> None:
    sign = DeadMan("http://127.0.0.1:9/secret-path", 0.0)
    sign.well()
    await asyncio.sleep(0.1)
    await sign.close()
    assert "secret-path" not in caplog.text
