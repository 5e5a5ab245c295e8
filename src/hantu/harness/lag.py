"""Inquiries that tell yesterday's truth: lists and balances which follow the ledger some seconds late."""

from collections.abc import Callable
from typing import Any

from hantu.harness.workload import Day
from hantu.simulator.exchange import Exchange, Row

NAME_OF_TIME = "ord_tmd"
PREMISE_S = 28.0
"""An order that arrives late and inquiries that lag: together less than the quarantine, after which a complete list is
taken for the truth. Where a broker exceeds it, its own check of sellable shares is what is left (day 13584)."""


def latest(day: Day) -> float:
    """Return the seconds after which no order arrives any more on a day."""
    return min(day.net.late_s, PREMISE_S - max(day.list_lag_s, day.balance_lag_s))


class Lag:
    """Puts itself between the exchange's ledger and what it answers."""

    def __init__(
        self,
        exchange: Exchange,
        list_s: float,
        balance_s: float,
        on: Callable[[], bool],
        struck: Callable[[str], None],
    ) -> None:
        self._exchange = exchange
        self._list_s = list_s
        self._balance_s = balance_s
        self._on = on
        self._struck = struck
        self._balances: list[tuple[float, tuple[list[Row], Row]]] = []
        self._read_list, self._read_balance = exchange.orders_today, exchange.balance
        if list_s:
            exchange.orders_today = self._orders_today  # type: ignore[method-assign]
        if balance_s:
            exchange.balance = self._balance  # type: ignore[method-assign]

    def keep(self) -> None:
        """Remember the present balance; called at every step of the market."""
        if not self._balance_s:
            return
        now = self._exchange.now.timestamp()
        if self._balances and now < self._balances[-1][0] + 1.0:
            return
        for number in self._exchange._desk.accounts:  # noqa: SLF001 - a fault of the exchange's own inquiry
            self._balances.append((now, self._read_balance(number)))
        while len(self._balances) > 1 and self._balances[1][0] <= now - self._balance_s:
            del self._balances[0]

    def _orders_today(self, account: str, **words: Any) -> list[Row]:
        rows = self._read_list(account, **words)
        if not self._on():
            return rows
        latest = self._exchange.now.timestamp() - self._list_s
        shown = {
            record.wire_number.lstrip("0")
            for record in self._exchange._desk.orders.values()  # noqa: SLF001
            if record.received <= latest
        }
        kept = [row for row in rows if row["odno"].lstrip("0") in shown]
        if len(kept) < len(rows):
            self._struck("B1 list lags")
        return kept

    def _balance(self, account: str) -> tuple[list[Row], Row]:
        if not self._on() or not self._balances:
            return self._read_balance(account)
        self._struck("B9 balance lags")
        return self._balances[0][1]
