"""From ``[limits]`` and the engine's desk to the door."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hantu.adapters.broker.checks.authority import Lease
from hantu.adapters.broker.checks.verdict import Denied
from hantu.adapters.broker.door import Door
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.errors import UsageError
from hantu.domain.events import DayStartValued
from hantu.domain.money import Price, Quantity
from hantu.domain.order import OrderRequest, Purpose
from hantu.engine.config import GuardConfig
from hantu.engine.sight import Sight
from hantu.engine.turn import Desk
from hantu.settings.checks import check_settings
from hantu.settings.kis_environment import kis_environment
from hantu.settings.loading import default_local_settings
from hantu.settings.model import LimitSettings, Settings
from hantu.settings.order_door import bounds_of, order_door, rules_of
from tests.unit.adapters.broker.checks.cases import NOW, SELL

SETTINGS = default_local_settings("http://127.0.0.1:9443", "ws://127.0.0.1:21000", Path("home"))
BUY = replace(SELL, intent_id="b1", side=Side.BUY, purpose=Purpose.MANUAL)


def limited(**limits: Any) -> Settings:
    return msgspec.structs.replace(SETTINGS, limits=LimitSettings(**limits))


def desk(**changes: Any) -> Desk:
    found = Desk(GuardConfig(), equity=10_000_000)
    found.book.apply(DayStartValued("2026-11-23", 10_000_000, 0))
    found.sights[SELL.symbol] = Sight(price=71_500, seen_mono=99.0, lower_limit=49_700, upper_limit=92_300)
    for name, value in changes.items():
        setattr(found, name, value)
    return found


def door(settings: Settings = SETTINGS, here: Desk | None = None, **more: Any) -> Door:
    return order_door(
        settings, kis_environment(settings), kill=lambda: KillLevel.OFF, lease=lambda: Lease(7, math.inf),
        desk=lambda: here, **more,
    )  # fmt: skip


def deny(settings: Settings, here: Desk | None, order: OrderRequest) -> str | None:
    denied: Denied | None = door(settings, here).deny(order, kis_environment(settings), NOW)
    return denied.code if denied else None


@pytest.mark.parametrize(
    ("limits", "order", "expected"),
    [
        ({}, SELL, None),
        ({}, BUY, None),
        ({"max_order_quantity": 9}, SELL, "quantity_max"),
        ({"max_order_value": 714_999}, SELL, "value_max"),
        ({"exit_collar_last_bps": 500}, replace(SELL, limit_price=Price(67_900)), "collar_last"),
        ({"collar_last_bps": 10}, replace(BUY, limit_price=Price(71_600)), "collar_last"),
        ({"collar_close_bps": 10}, BUY, "collar_close"),
        ({"exit_collar_close_bps": 2_500, "exit_collar_last_bps": 9_000}, replace(SELL, limit_price=Price(53_000)),
         "collar_close"),
        ({"max_value_per_stock_day": 714_999}, BUY, "value_stock_day"),
        ({"max_value_per_day": 714_999}, BUY, "value_day"),
        ({"max_value_per_stock_day": 714_999, "max_value_per_day": 714_999}, SELL, None),
        ({"stale_price_s": 0.5}, BUY, "stale_price"),
        ({"stale_price_s": 0.5, "stale_exit_price_s": 0.5}, SELL, "stale_price"),
    ],
)  # fmt: skip
def test_every_limit_arrives(limits: dict[str, Any], order: OrderRequest, expected: str | None) -> None:
    assert deny(limited(**limits), desk(), order) == expected


def test_counts_and_windows_arrive() -> None:
    limits = LimitSettings(
        orders_per_second=3, orders_per_day=4, exits_per_day=5, cancels_per_day=6, duplicate_window_s=7.0,
        orders_per_stock_hour=8, max_day_loss_bps=9, max_value_per_stock_day=10, max_value_per_day=11,
    )  # fmt: skip
    bounds, rules = bounds_of(limits), rules_of(limits, krx_only=True)
    assert (bounds.orders_per_second, bounds.orders_per_day, bounds.exits_per_day, bounds.cancels_per_day) == (
        3, 4, 5, 6,
    )  # fmt: skip
    assert (rules.repeats.window_s, rules.repeats.per_hour, rules.day_loss_bps, rules.krx_only) == (7.0, 8, 9, True)
    assert (rules.values.per_stock, rules.values.per_day) == (10, 11)


def test_the_days_loss_is_that_of_the_account() -> None:
    told: list[str] = []
    lost = door(limited(max_day_loss_bps=200), desk(equity=9_800_000), on_breach=lambda code, *_: told.append(code))
    denied = lost.deny(BUY, kis_environment(SETTINGS), NOW)
    assert denied is not None
    assert (denied.code, told) == ("day_loss", ["day_loss"])
    unvalued = desk()
    unvalued.book.day_start = None
    assert deny(SETTINGS, unvalued, BUY) == "day_result"


def test_before_there_is_an_engine_nothing_can_be_bought() -> None:
    assert deny(SETTINGS, None, BUY) is not None
    assert deny(SETTINGS, None, SELL) == "stale_price"


async def test_a_stock_never_seen_is_unknown() -> None:
    blind = desk(sights={})
    assert deny(SETTINGS, blind, BUY) is not None
    assert deny(SETTINGS, blind, replace(SELL, price_mono=99.0)) is None


def test_another_accounts_door_stays_shut() -> None:
    """Two guards wired crosswise: the order of one at the door of the other."""
    other = msgspec.structs.replace(SETTINGS, account=msgspec.structs.replace(SETTINGS.account, alias="second"))
    assert deny(other, desk(), SELL) == "account"
    assert deny(other, desk(), replace(SELL, account="second", quantity=Quantity(1))) is None


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        ({"orders_per_day": 5_000}, "exits_per_day"),
        ({"collar_last_bps": 2_000}, "exit_collar_last_bps"),
        ({"collar_close_bps": 7_000}, "exit_collar_close_bps"),
        ({"stale_price_s": 300.0}, "stale_exit_price_s"),
    ],
)
def test_protective_sells_always_have_the_wider_limit(limits: dict[str, Any], named: str) -> None:
    with pytest.raises(UsageError, match=named):
        check_settings(limited(**limits))
    check_settings(limited())


@pytest.mark.parametrize("day", ["max_value_per_stock_day", "max_value_per_day"])
def test_a_day_has_room_for_its_largest_order(day: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_settings(limited(**{day: 9_999_999_999}))
    said = f"{refused.value} {refused.value.next_step}"
    for part in (f"limits.{day}", "9,999,999,999원", "limits.max_order_value", "10,000,000,000원"):
        assert part in said
    check_settings(limited(**{day: 10_000_000_000}))
