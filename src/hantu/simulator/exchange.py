"""The exchange and the broker's ledger behind it, pure: time is given to every call."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, TypeAlias

from hantu.domain.account import Side
from hantu.simulator.model import Accepted, ExchangeEvent, NewOrder, Refused, Revision
from hantu.simulator.scenario import EXCHANGE_FAULTS, AccountSpec, Fault, Scenario
from hantu.simulator.venue import account_rows, bars, market_rows
from hantu.simulator.venue.day_record import korean_clock, korean_day
from hantu.simulator.venue.desk import Desk
from hantu.simulator.venue.ledger import most_shares
from hantu.simulator.venue.listing import Listing
from hantu.simulator.venue.market import FAULTS, Market
from hantu.simulator.venue.orders import LIMIT_TYPES, OrderRecord
from hantu.simulator.venue.sessions import day_of

Row: TypeAlias = dict[str, str]
"""One row of an answer: wire field name (lower case) to text."""

_BARS_PER_CALL = 100
_MINUTES_PER_CALL = 30
_HOLIDAY_ROWS = 24
_WEEKDAY_CODES = ("02", "03", "04", "05", "06", "07", "01")


class Exchange:
    """Matches orders against a simulated market and keeps the accounts.

    Every call that takes ``wall`` (aware UTC) first plays the market up to it;
    time never goes backwards: an earlier moment counts as the present one.
    Inquiries answer as of ``now``.
    """

    def __init__(self, scenario: Scenario, seed: int | None = None) -> None:
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else seed
        self._market = Market(scenario, self.seed)
        self._desk = Desk(scenario, self.seed, self._market)
        self._history: dict[str, list[bars.DayBar]] = {}
        for fault in scenario.faults:
            if fault.kind in EXCHANGE_FAULTS:
                self._market.plan(scenario.clock.moment(fault.at).timestamp(), FAULTS, partial(self._begin, fault))
        self._market.run_until(self._market.now)
        # Phases that began before the first look are no news to anybody.
        self._market.events.clear()

    @property
    def now(self) -> datetime:
        """The moment the market has been played to, aware UTC."""
        return datetime.fromtimestamp(self._market.now, UTC)

    def account_of(self, number: str) -> AccountSpec | None:
        """Return the account with this number (10 digits, dash allowed)."""
        found = self._desk.accounts.get(number.replace("-", ""))
        return found.spec if found else None

    def advance(self, wall: datetime) -> list[ExchangeEvent]:
        """Play the market up to ``wall`` and return what happened, in order."""
        self._play(wall)
        return self.drain_events()

    def drain_events(self) -> list[ExchangeEvent]:
        """Return what happened since the last look, without playing on."""
        events, self._market.events = self._market.events, []
        return events

    def inject(self, fault: Fault, wall: datetime) -> None:
        """Let an exchange fault begin at ``wall``, whatever its ``at`` says; other kinds are ignored."""
        self._play(wall)
        if fault.kind in EXCHANGE_FAULTS:
            self._begin(fault, self._market.now)

    def trade_at(self, symbol: str, price: int, wall: datetime) -> bool:
        """Let the market trade at ``price`` now and go on from there; false where it cannot."""
        self._play(wall)
        listing = self._market.listings.get(symbol)
        return listing is not None and self._market.trade_now(listing, price, self._market.now)

    def submit(self, order: NewOrder, wall: datetime) -> Accepted | Refused:
        """Take an order into the ledger, or refuse it; its notices are in the next events."""
        self._play(wall)
        return self._desk.submit(order, self._market.now)

    def revise(self, revision: Revision, wall: datetime) -> Accepted | Refused:
        """Amend or cancel an earlier order; the answer carries the new number."""
        self._play(wall)
        return self._desk.revise(revision, self._market.now)

    # --- account inquiries --------------------------------------------------------------

    def balance(self, account: str) -> tuple[list[Row], Row]:
        """Return (holdings, totals): output1 and output2[0] of inquire-balance.

        Raises:
            KeyError: No such account; ask ``account_of`` first. Holds for all account inquiries.
        """
        number = account.replace("-", "")
        ledger = self._desk.accounts[number]
        rows: list[Row] = []
        value = previous = 0
        for position in ledger.positions.values():
            listing = self._market.listings[position.symbol]
            rows.append(account_rows.holding_row(position, listing, self._desk.sellable(number, position.symbol)))
            value += position.quantity * listing.record.price
            previous += position.previous_quantity * listing.record.base
        return rows, account_rows.totals_row(ledger, value, previous + ledger.deposit)

    def orders_today(
        self,
        account: str,
        *,
        side: str = "00",
        symbol: str = "",
        order_no: str = "",
        filled: str = "00",
        oldest_first: bool = False,
        venue: str = "ALL",
    ) -> list[Row]:
        """Return output1 of inquire-daily-ccld; arguments are its wire codes."""
        found = [
            record
            for record in self._desk.orders.values()
            if record.account == account.replace("-", "")
            and side in ("00", "", "01" if record.side is Side.SELL else "02")
            and symbol in ("", record.symbol)
            and (not order_no.strip() or int(order_no) == record.number)
            and (filled != "01" or record.filled)
            and (filled != "02" or record.remaining)
            and venue in ("ALL", "", record.venue)
        ]
        rows = [account_rows.order_row(record, self._name(record.symbol), self._desk.branch) for record in found]
        return rows if oldest_first else rows[::-1]

    def orders_summary(self, account: str) -> Row:
        """Return output2 of inquire-daily-ccld."""
        number = account.replace("-", "")
        records = [record for record in self._desk.orders.values() if record.account == number]
        shares, amount = sum(one.filled for one in records), sum(one.amount for one in records)
        ledger = self._desk.accounts[number]
        return {
            "tot_ord_qty": str(sum(one.quantity for one in records if one.kind == "new")),
            "tot_ccld_qty": str(shares),
            "tot_ccld_amt": str(amount),
            "prsm_tlex_smtl": str(ledger.commission + ledger.tax),
            "pchs_avg_pric": f"{amount / shares:.4f}" if shares else "0.0000",
        }

    def cancellable(self, account: str, side: str = "0") -> list[Row]:
        """Return the rows of inquire-psbl-rvsecncl (0 all, 1 sell, 2 buy)."""
        return [
            account_rows.cancellable_row(record, self._name(record.symbol), self._desk.branch)
            for record in reversed(self._desk.working(account.replace("-", "")))
            if side in ("0", "", "1" if record.side is Side.SELL else "2")
        ]

    def sellable(self, account: str, symbol: str) -> Row:
        """Return the object of inquire-psbl-sell; empty for an unknown symbol."""
        listing, number = self._market.listings.get(symbol), account.replace("-", "")
        if listing is None:
            return {}
        return account_rows.sellable_row(self._desk.accounts[number], listing, self._desk.working(number))

    def buyable(self, account: str, symbol: str, price: int, order_type: str) -> Row:
        """Return the object of inquire-psbl-order; market orders count at the upper limit."""
        cash, listing = self._desk.cash(account.replace("-", "")), self._market.listings.get(symbol)
        if listing is not None and (order_type not in LIMIT_TYPES or not price):
            price = int(listing.ladder.upper)
        return account_rows.buyable_row(cash, price, most_shares(cash, price, self.scenario.fees))

    # --- quotations ---------------------------------------------------------------------

    def price(self, symbol: str) -> Row | None:
        """Return the object of inquire-price; None for an unknown symbol, here and below."""
        return self._of(symbol, lambda one: market_rows.price_row(one, halted=self._market.is_halted(one)))

    def price2(self, symbol: str) -> Row | None:
        """Return the object of inquire-price-2."""
        return self._of(symbol, lambda one: market_rows.price2_row(one, halted=self._market.is_halted(one)))

    def stock_info(self, symbol: str) -> Row | None:
        """Return the object of search-stock-info."""
        return self._of(symbol, lambda one: market_rows.stock_row(one, halted=one.halted))

    def asking(self, symbol: str) -> tuple[Row, Row] | None:
        """Return output1 and output2 of inquire-asking-price-exp-ccn."""
        listing = self._market.listings.get(symbol)
        return None if listing is None else market_rows.asking_rows(listing, korean_clock(self._market.now))

    def multi_price(self, symbols: list[str]) -> list[Row]:
        """Return the rows of intstock-multprice; unknown symbols are left out."""
        listings = (self._market.listings.get(symbol) for symbol in symbols)
        return [market_rows.multi_row(listing) for listing in listings if listing is not None]

    def last_trades(self, symbol: str) -> list[Row]:
        """Return the rows of inquire-ccnl, newest first, at most 30."""
        listing = self._market.listings.get(symbol)
        return [] if listing is None else market_rows.last_trade_rows(listing)

    def daily_bars(self, symbol: str, first: date, last: date) -> tuple[Row, list[Row]] | None:
        """Return output1 and output2 (newest first, at most 100) of inquire-daily-itemchartprice."""
        listing = self._market.listings.get(symbol)
        if listing is None:
            return None
        today = day_of(self._market.now)
        days = self._past(listing)
        if listing.record.volume:
            days = [bars.DayBar(today, listing.record.bar(), listing.record.base), *days]
        rows = [market_rows.day_bar_row(one) for one in days if first <= one.day <= last]
        return market_rows.chart_head(listing), rows[:_BARS_PER_CALL]

    def minute_bars(self, symbol: str, until: str) -> tuple[Row, list[Row]] | None:
        """Return output1 and output2 of inquire-time-itemchartprice up to HHMMSS, newest first, at most 30."""
        listing = self._market.listings.get(symbol)
        if listing is None:
            return None
        day = day_of(self._market.now)
        opening = self._market.timetable.calendar.hours(day).open.strftime("%H%M")
        last = min(until[:4] or "2359", korean_clock(self._market.now)[:4])
        found = bars.minutes(listing.record, opening, last, _MINUTES_PER_CALL)
        wire_day = korean_day(self._market.now)
        return market_rows.chart_head(listing), [market_rows.minute_row(wire_day, *one) for one in found]

    def vi_status(self, symbol: str = "") -> list[Row]:
        """Return the rows of inquire-vi-status of today."""
        day = korean_day(self._market.now)
        chosen = [one for one in self._market.listings.values() if symbol in ("", one.spec.symbol)]
        return [row for listing in chosen for row in market_rows.vi_rows(listing, day)]

    def holidays(self, base: date) -> list[Row]:
        """Return the rows of chk-holiday, 24 days from ``base`` on."""
        rows: list[Row] = []
        for offset in range(_HOLIDAY_ROWS):
            day = base + timedelta(days=offset)
            is_open = "Y" if self._market.timetable.calendar.is_trading_day(day) else "N"
            rows.append(
                {
                    "bass_dt": day.strftime("%Y%m%d"),
                    "wday_dvsn_cd": _WEEKDAY_CODES[day.weekday()],
                    "bzdy_yn": is_open,
                    "tr_day_yn": is_open,
                    "opnd_yn": is_open,
                    "sttl_day_yn": is_open,
                }
            )
        return rows

    def market_time(self) -> Row:
        """Return the object of market-time: the business day and the time now."""
        day, hours = korean_day(self._market.now), self._market.timetable.calendar.hours(day_of(self._market.now))
        return {
            "date1": day,
            "today": day,
            "time": korean_clock(self._market.now),
            "s_time": hours.open.strftime("%H%M%S"),
            "e_time": hours.close.strftime("%H%M%S"),
        }

    # --- for people and tests -----------------------------------------------------------

    def inspect(self) -> dict[str, Any]:
        """Return everything it holds, as plain data for a person or a test."""
        desk, market = self._desk, self._market
        return {
            "now": self.now.isoformat(),
            "phase": market.phase.value,
            "halts": {
                "market": market.halted,
                "stocks": [one.spec.symbol for one in market.listings.values() if one.halted],
                "vi": [one.spec.symbol for one in market.listings.values() if one.vi_until],
            },
            "prices": {symbol: listing.record.price for symbol, listing in market.listings.items()},
            "orders": [_order(record) for record in desk.orders.values()],
            "fills": list(desk.fills),
            "accounts": {
                number: {
                    "cash": ledger.cash,
                    "orderable_cash": desk.cash(number),
                    "commission": ledger.commission,
                    "tax": ledger.tax,
                    "realized": ledger.realized,
                    "holdings": {
                        symbol: {
                            "quantity": position.quantity,
                            "cost": position.cost,
                            "sellable": desk.sellable(number, symbol),
                        }
                        for symbol, position in ledger.positions.items()
                    },
                }
                for number, ledger in desk.accounts.items()
            },
        }

    def _play(self, wall: datetime) -> None:
        self._market.run_until(max(wall.timestamp(), self._market.now))

    def _begin(self, fault: Fault, moment: float) -> None:
        """Start an exchange fault; a halt or VI acts at once, the others wait for their victim."""
        market, listing = self._market, self._market.listings.get(fault.target)
        if fault.kind == "halt":
            late, auction = fault.params.get("late_trades", 0.0), fault.params.get("auction", 0.0)
            market.halt_market(moment, fault.duration, late, auction)
        elif fault.kind == "stock_halt":
            if listing is not None:
                market.halt_stock(listing, moment, fault.duration)
        elif fault.kind == "vi":
            if listing is not None:
                market.interrupt(listing, moment, fault.duration or self.scenario.rules.vi_seconds)
        else:
            self._desk.arm(fault, moment)

    def _of(self, symbol: str, row: Callable[[Listing], Row]) -> Row | None:
        listing = self._market.listings.get(symbol)
        return None if listing is None else row(listing)

    def _name(self, symbol: str) -> str:
        return self._market.listings[symbol].spec.name

    def _past(self, listing: Listing) -> list[bars.DayBar]:
        symbol = listing.spec.symbol
        if symbol not in self._history:
            day = self.scenario.clock.day
            self._history[symbol] = bars.history(listing.spec, day, self._market.timetable.calendar, self.seed)
        return self._history[symbol]


def _order(record: OrderRecord) -> dict[str, Any]:
    return {
        "order_no": record.wire_number,
        "original": record.original,
        "kind": record.kind,
        "account": record.account,
        "symbol": record.symbol,
        "side": record.side.value,
        "order_type": record.order_type,
        "quantity": record.quantity,
        "price": record.price,
        "venue": record.venue,
        "received": datetime.fromtimestamp(record.received, UTC).isoformat(),
        "filled": record.filled,
        "amount": record.amount,
        "canceled": record.canceled,
        "rejected": record.rejected,
        "remaining": record.remaining,
    }
