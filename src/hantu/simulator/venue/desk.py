"""Order entry: takes, refuses, amends and cancels orders, books fills, tells the account.

It is the broker's half of the simulation; the market is the exchange's half.
Moments are seconds since the epoch.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from hantu.domain.account import Side
from hantu.simulator.model import Accepted, NewOrder, NoticeIssued, Refused, Revision
from hantu.simulator.scenario import Fault, Scenario
from hantu.simulator.venue import notices, orders, refusals
from hantu.simulator.venue.day_record import korean_clock
from hantu.simulator.venue.ledger import LedgerAccount, charge, cost_of, locked, reserved
from hantu.simulator.venue.listing import Listing, Mode
from hantu.simulator.venue.market import FAULTS, Market
from hantu.simulator.venue.matching import AT_ANY_PRICE_BUY, AT_ANY_PRICE_SELL, Execution, Resting
from hantu.simulator.venue.mishaps import Mishaps
from hantu.simulator.venue.notices import Triplet
from hantu.simulator.venue.orders import OrderNumbers, OrderRecord
from hantu.simulator.venue.refusals import Means, refusal
from hantu.simulator.venue.sessions import day_of

REAL_BRANCH, PAPER_BRANCH = "03930", "00950"


class Desk:
    """The ledger of every account and the orders of today."""

    def __init__(self, scenario: Scenario, seed: int, market: Market) -> None:
        self.scenario, self.market = scenario, market
        self.accounts = {spec.plain_number: LedgerAccount.open(spec) for spec in scenario.accounts}
        self.orders: dict[int, OrderRecord] = {}
        self.fills: list[dict[str, str | int | float]] = []
        self.branch = PAPER_BRANCH if scenario.rules.paper else REAL_BRANCH
        self._working: dict[int, OrderRecord] = {}
        self._numbers = OrderNumbers(seed)
        self._mishaps = Mishaps()
        market.settle, market.day_ends, market.day_begins = self._settle, self._expire, self._new_day

    def arm(self, fault: Fault, moment: float) -> None:
        """Let a fault of orders or notices begin."""
        self._mishaps.begin(fault, moment)

    def working(self, account: str) -> list[OrderRecord]:
        """Return the orders of an account that may still be executed, oldest first."""
        return [order for order in self._working.values() if order.account == account]

    def sellable(self, account: str, symbol: str) -> int:
        """Return held shares that no working sell has locked."""
        return self.accounts[account].held(symbol) - locked(self.working(account), symbol)

    def cash(self, account: str) -> int:
        """Return the won that may be ordered with."""
        return self.accounts[account].cash - reserved(self.working(account), self.scenario.fees)

    # --- new orders ---------------------------------------------------------------------

    def submit(self, order: NewOrder, moment: float) -> Accepted | Refused:
        """Take an order or say why not."""
        account, listing = order.account.replace("-", ""), self.market.listings.get(order.symbol)
        if account not in self.accounts:
            return self._refuse("OPSQ2000")
        problem = self._entry_problem(listing, order.order_type, order.venue, moment)
        if problem or listing is None:
            return self._refuse(problem)
        problem = refusals.price_problem(listing, order.order_type, order.price)
        reserve = self._reserve_price(listing, order.order_type, order.price)
        means = Means(
            self.sellable(account, order.symbol),
            self.cash(account),
            cost_of(reserve, order.quantity, self.scenario.fees),
        )
        problem = problem or refusals.means_problem(order, means)
        if problem:
            return self._refuse(problem)
        mishap = self._mishaps.strike("reject_order", frozenset({order.symbol, account, order.side.value}), moment)
        if mishap and not mishap.fault.params.get("after"):
            return self._refuse(mishap.fault.code or "APBK0400")
        price = order.price if order.order_type in orders.LIMIT_TYPES else 0
        record = OrderRecord(
            number=self._numbers.take(),
            account=account,
            symbol=order.symbol,
            side=order.side,
            order_type=order.order_type,
            quantity=order.quantity,
            price=price,
            reserve_price=reserve,
            venue=order.venue,
            received=moment,
        )
        self.orders[record.number] = record
        self._tell(record, notices.RECEIVED, record.quantity, price, moment)
        if mishap:
            record.rejected = record.quantity
            self._tell(record, notices.REJECTED, record.quantity, price, moment)
        else:
            self._execute(record, listing, moment)
        return Accepted(record.wire_number, self.branch, korean_clock(moment))

    def _execute(self, record: OrderRecord, listing: Listing, moment: float) -> None:
        """Let a taken order trade; what may rest goes into the book."""
        book = listing.book
        if listing.mode is Mode.AUCTION:
            price = record.price or (AT_ANY_PRICE_BUY if record.side is Side.BUY else AT_ANY_PRICE_SELL)
            self._rest(record, Resting(record.number, record.side, price, record.quantity), listing)
            return
        taker = Resting(record.number, record.side, self._reach(record, listing), record.quantity)
        if record.order_type in orders.FOK_TYPES and book.available(record.side, taker.price) < taker.remaining:
            self._drop(record, moment)
            return
        self._working[record.number] = record
        executions = book.match(taker)
        self.market.publish(listing, executions, moment)
        if not taker.remaining:
            self._working.pop(record.number, None)
        elif record.order_type in orders.IOC_TYPES:
            self._drop(record, moment)
        else:
            if record.order_type in orders.MARKET_TYPES:
                # KRX turns what is left of a market order into a limit at the last price.
                taker.price = listing.record.price
            self._rest(record, taker, listing)
        self.market.show_book(listing, moment)

    def _rest(self, record: OrderRecord, resting: Resting, listing: Listing) -> None:
        record.resting = resting
        self._working[record.number] = record
        listing.book.rest(resting)

    def _drop(self, record: OrderRecord, moment: float) -> None:
        """Cancel the rest of an IOC or FOK order."""
        rest = record.remaining
        record.canceled += rest
        self._working.pop(record.number, None)
        self._tell(record, notices.DROPPED, rest, record.price, moment)

    def _reach(self, record: OrderRecord, listing: Listing) -> int:
        """Return the worst price a continuous order trades at."""
        buying = record.side is Side.BUY
        if record.order_type in orders.MARKET_TYPES:
            return int(listing.ladder.upper if buying else listing.ladder.lower)
        if record.order_type in orders.BEST_TYPES:
            return listing.book.best(Side.SELL if buying else Side.BUY) or listing.record.price
        if record.order_type in orders.SAME_SIDE_TYPES:
            return listing.book.best(record.side) or listing.record.price
        return record.price

    def _reserve_price(self, listing: Listing, order_type: str, price: int) -> int:
        """Return what a bought share can cost at most; market and best orders bind the upper limit."""
        return price if order_type in orders.LIMIT_TYPES else int(listing.ladder.upper)

    # --- amend and cancel ---------------------------------------------------------------

    def revise(self, revision: Revision, moment: float) -> Accepted | Refused:
        """Amend or cancel what is left of an order; either gets a number of its own."""
        account, number = revision.account.replace("-", ""), revision.original_order_no.strip()
        original = self.orders.get(int(number)) if number.isdigit() else None
        if original is None or original.account != account or original.venue != revision.venue:
            return self._refuse("APBK0344")
        listing = self.market.listings[original.symbol]
        quantity = original.remaining if revision.all_remaining else revision.quantity
        problem = self._revision_problem(original, revision, quantity, listing, moment)
        if problem:
            return self._refuse(problem)
        record = OrderRecord(
            number=self._numbers.take(),
            account=account,
            symbol=original.symbol,
            side=original.side,
            order_type=original.order_type if revision.cancel else revision.order_type,
            quantity=quantity,
            price=original.price if revision.cancel else revision.price,
            reserve_price=original.reserve_price
            if revision.cancel
            else self._reserve_price(listing, revision.order_type, revision.price),
            venue=original.venue,
            received=moment,
            kind="cancel" if revision.cancel else "amend",
            original=original.number,
        )
        if record.order_type not in orders.LIMIT_TYPES:
            record.price = 0
        self.orders[record.number] = record
        self._tell(record, notices.RECEIVED, quantity, record.price, moment)
        self._take_out(original, quantity, listing)
        if revision.cancel:
            record.canceled = quantity
        self._tell(record, notices.CONFIRMED, quantity, record.price, moment)
        if revision.cancel:
            self.market.show_book(listing, moment)
        else:
            self._execute(record, listing, moment)
        return Accepted(record.wire_number, self.branch, korean_clock(moment))

    def _revision_problem(
        self, original: OrderRecord, revision: Revision, quantity: int, listing: Listing, moment: float
    ) -> str:
        if original.number not in self._working or quantity > original.remaining:
            return "APBK0927"
        if quantity <= 0:
            return "APBK0986"
        if revision.cancel:
            return "APBK0918" if listing.mode is Mode.CLOSED else ""
        problem = self._entry_problem(listing, revision.order_type, revision.venue, moment)
        problem = problem or refusals.price_problem(listing, revision.order_type, revision.price)
        if problem or original.side is Side.SELL:
            return problem
        fees = self.scenario.fees
        reserve = self._reserve_price(listing, revision.order_type, revision.price)
        freed = cost_of(original.reserve_price, original.remaining, fees)
        kept = cost_of(original.reserve_price, original.remaining - quantity, fees)
        spare = self.cash(original.account) + freed - kept
        return "APBK0952" if cost_of(reserve, quantity, fees) > spare else ""

    def _take_out(self, original: OrderRecord, quantity: int, listing: Listing) -> None:
        original.canceled += quantity
        if original.resting is not None:
            listing.book.reduce(original.resting, quantity)
        if not original.remaining:
            self._working.pop(original.number, None)

    # --- what the market reports --------------------------------------------------------

    def _settle(self, listing: Listing, executions: Sequence[Execution], moment: float) -> None:
        for done in executions:
            for resting in (done.buy, done.sell):
                if resting.number:
                    self._fill(self.orders[resting.number], listing, done, moment)

    def _fill(self, record: OrderRecord, listing: Listing, done: Execution, moment: float) -> None:
        amount = done.price * done.quantity
        cost = charge(self.scenario.fees, day_of(moment), listing.spec.market, record.side, amount)
        self.accounts[record.account].fill(record.side, record.symbol, done.price, done.quantity, cost)
        record.filled += done.quantity
        record.amount += amount
        self.fills.append(
            {
                "at": datetime.fromtimestamp(moment, UTC).isoformat(),
                "account": record.account,
                "order_no": record.wire_number,
                "symbol": record.symbol,
                "side": record.side.value,
                "price": done.price,
                "quantity": done.quantity,
            }
        )
        if not record.remaining:
            self._working.pop(record.number, None)
        self._tell(record, notices.FILLED, done.quantity, done.price, moment)

    def _expire(self) -> None:
        """End of the session: what is left of orders is gone, without a notice."""
        for record in self._working.values():
            if record.resting is not None:
                self.market.listings[record.symbol].book.remove(record.resting)
            record.canceled += record.remaining
        self._working.clear()

    def _new_day(self) -> None:
        self.orders.clear()
        self.fills.clear()
        for account in self.accounts.values():
            account.next_day()

    # --- answers and notices ------------------------------------------------------------

    def _entry_problem(self, listing: Listing | None, order_type: str, venue: str, moment: float) -> str:
        trading_day = self.market.timetable.is_trading_day(moment)
        halted = listing is not None and self.market.is_halted(listing)
        return refusals.entry_problem(listing, order_type, venue, trading_day=trading_day, halted=halted)

    def _refuse(self, code: str) -> Refused:
        return refusal(code, paper=self.scenario.rules.paper)

    def _tell(self, record: OrderRecord, what: Triplet, quantity: int, price: int, moment: float) -> None:
        """Issue a notice, unless a fault keeps it back, loses it or doubles it."""
        spec = self.accounts[record.account].spec
        name = self.market.listings[record.symbol].spec.name
        columns = notices.notice_columns(record, spec, name, self.branch, korean_clock(moment), what, quantity, price)
        kind = "fill" if what is notices.FILLED else "answer"
        targets = frozenset({record.symbol, record.account, kind})
        if self._mishaps.strike("drop_notices", targets, moment):
            return
        send = partial(self._send, record.account, columns)
        if self._mishaps.strike("duplicate_notices", targets, moment):
            send(moment)
        held = self._mishaps.strike("hold_notices", targets, moment)
        if held is None:
            send(moment)
            return
        wait = held.fault.params.get("seconds", 0.0)
        self.market.plan(moment + wait if wait else held.until, FAULTS, send)

    def _send(self, account: str, columns: dict[str, str], moment: float) -> None:
        at = datetime.fromtimestamp(moment, UTC)
        self.market.events.append(NoticeIssued(account, at, columns))
