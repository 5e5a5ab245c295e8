"""The exchange and the broker's ledger behind it, pure: time is given to every call."""

from datetime import UTC, date, datetime
from typing import Any, TypeAlias

from hantu.simulator.model import Accepted, ExchangeEvent, NewOrder, Refused, Revision
from hantu.simulator.scenario import AccountSpec, Fault, Scenario

Row: TypeAlias = dict[str, str]
"""One row of an answer: wire field name (lower case) to text."""


class Exchange:
    """Matches orders against a simulated market and keeps the accounts.

    Every call that takes ``wall`` (aware UTC) first plays the market up to it;
    time never goes backwards: an earlier moment counts as the present one.
    """

    def __init__(self, scenario: Scenario, seed: int | None = None) -> None:
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else seed
        self._now = scenario.clock.begin()
        self._events: list[ExchangeEvent] = []

    @property
    def now(self) -> datetime:
        """The moment the market has been played to, aware UTC."""
        return self._now.astimezone(UTC)

    def account_of(self, number: str) -> AccountSpec | None:
        """Return the account with this number (10 digits, dash allowed)."""
        plain = number.replace("-", "")
        return next((spec for spec in self.scenario.accounts if spec.plain_number == plain), None)

    def advance(self, wall: datetime) -> list[ExchangeEvent]:
        """Play the market up to ``wall`` and return what happened, in order."""
        self._now = max(self._now, wall)
        return self.drain_events()

    def drain_events(self) -> list[ExchangeEvent]:
        """Return what happened since the last look, without playing on."""
        events, self._events = self._events, []
        return events

    def next_event_at(self) -> datetime | None:
        """Return when the market moves next by itself; None when nothing is planned."""
        return None

    def inject(self, fault: Fault, wall: datetime) -> None:
        """Let an exchange fault begin at ``wall``, whatever its ``at`` says."""

    def submit(self, order: NewOrder, wall: datetime) -> Accepted | Refused:
        """Take an order into the ledger, or refuse it."""
        return Refused("APBK0919", "장운영일자가 주문일과 상이합니다")

    def revise(self, revision: Revision, wall: datetime) -> Accepted | Refused:
        """Amend or cancel an earlier order."""
        return Refused("APBK0344", "원주문정보가 없습니다")

    def balance(self, account: str) -> tuple[list[Row], Row]:
        """Return (holdings, totals): output1 and output2[0] of inquire-balance."""
        return [], {}

    def orders_today(self, account: str, *, side: str = "00", symbol: str = "", order_no: str = "",
                     filled: str = "00", oldest_first: bool = False, venue: str = "ALL") -> list[Row]:  # fmt: skip
        """Return output1 of inquire-daily-ccld; arguments are its wire codes."""
        return []

    def orders_summary(self, account: str) -> Row:
        """Return output2 of inquire-daily-ccld."""
        return {}

    def cancellable(self, account: str, side: str = "0") -> list[Row]:
        """Return the rows of inquire-psbl-rvsecncl (0 all, 1 sell, 2 buy)."""
        return []

    def sellable(self, account: str, symbol: str) -> Row:
        """Return the object of inquire-psbl-sell."""
        return {}

    def buyable(self, account: str, symbol: str, price: int, order_type: str) -> Row:
        """Return the object of inquire-psbl-order."""
        return {}

    def price(self, symbol: str) -> Row | None:
        """Return the object of inquire-price; None for an unknown symbol."""
        return None

    def price2(self, symbol: str) -> Row | None:
        """Return the object of inquire-price-2; None for an unknown symbol."""
        return None

    def asking(self, symbol: str) -> tuple[Row, Row] | None:
        """Return output1 and output2 of inquire-asking-price-exp-ccn."""
        return None

    def multi_price(self, symbols: list[str]) -> list[Row]:
        """Return the rows of intstock-multprice; unknown symbols are left out."""
        return []

    def last_trades(self, symbol: str) -> list[Row]:
        """Return the rows of inquire-ccnl, newest first, at most 30."""
        return []

    def daily_bars(self, symbol: str, first: date, last: date) -> tuple[Row, list[Row]] | None:
        """Return output1 and output2 (newest first, at most 100) of inquire-daily-itemchartprice."""
        return None

    def minute_bars(self, symbol: str, until: str) -> tuple[Row, list[Row]] | None:
        """Return output1 and output2 of inquire-time-itemchartprice up to HHMMSS, newest first, at most 30."""
        return None

    def holidays(self, base: date) -> list[Row]:
        """Return the rows of chk-holiday from ``base`` on."""
        return []

    def vi_status(self, symbol: str = "") -> list[Row]:
        """Return the rows of inquire-vi-status of today."""
        return []

    def stock_info(self, symbol: str) -> Row | None:
        """Return the object of search-stock-info; None for an unknown symbol."""
        return None

    def market_time(self) -> Row:
        """Return the object of market-time."""
        return {}

    def inspect(self) -> dict[str, Any]:
        """Return everything it holds, as plain data for a person or a test."""
        return {"now": self.now.isoformat(), "orders": [], "fills": [], "accounts": {}, "halts": {}, "phase": ""}
