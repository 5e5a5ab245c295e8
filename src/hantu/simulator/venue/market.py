"""The market's own life: time, phases, background trades, halts and auctions.

Moments are seconds since the epoch. Whatever happens at one moment happens in
a fixed order: phases, then faults, then trades, each in order of planning.
"""

import heapq
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TypeAlias

from hantu.domain.account import Side
from hantu.domain.instrument import Symbol
from hantu.simulator.model import BookChanged, ExchangeEvent, OperationIssued, TradePrinted
from hantu.simulator.scenario import Scenario
from hantu.simulator.venue.auction import uncross
from hantu.simulator.venue.day_record import korean_clock, korean_day
from hantu.simulator.venue.listing import Interruption, Listing, Mode
from hantu.simulator.venue.matching import AT_ANY_PRICE_BUY, AT_ANY_PRICE_SELL, Execution
from hantu.simulator.venue.paths import Shifted
from hantu.simulator.venue.sessions import (
    OPERATION_CODES,
    DayPhase,
    PhaseChange,
    Timetable,
    day_of,
    midnight_after,
)
from hantu.simulator.venue.stream_rows import book_columns, operation_columns, trade_columns

PHASES, FAULTS, TRADES = 0, 1, 2
GATHER_SECONDS = 1.0
"""How often the expected price of an auction is shown."""
STATIC_VI_PERCENT = 10
_BREAKER_ON, _BREAKER_OFF = "174", "175"
Settle: TypeAlias = Callable[[Listing, Sequence[Execution], float], None]


class Market:
    """Every stock, the agenda of what comes next, and what happened since the last look.

    ``settle`` is called with executions before anything else happens, so that
    the ledger is never behind the book; ``day_ends`` when a session closes and
    ``day_begins`` at Korean midnight.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.timetable = Timetable(scenario)
        self.now = self.timetable.begin
        self.phase = DayPhase.CLOSED
        self.halted = False
        self.events: list[ExchangeEvent] = []
        day = scenario.clock.day
        self.listings = {spec.symbol: Listing.open(spec, scenario.liquidity, day, seed) for spec in scenario.stocks}
        self.settle: Settle = lambda _listing, _executions, _moment: None
        self.day_ends: Callable[[], None] = lambda: None
        self.day_begins: Callable[[], None] = lambda: None
        self._late_until = 0.0
        self._halt_number = 0
        self._agenda: list[tuple[float, int, int, Callable[[float], None]]] = []
        self._planned = 0
        self._plan_day(self.timetable.changes(day))

    def plan(self, moment: float, rank: int, action: Callable[[float], None]) -> None:
        """Have ``action`` called with its own moment; a past one comes at once."""
        self._planned += 1
        heapq.heappush(self._agenda, (moment, rank, self._planned, action))

    def run_until(self, moment: float) -> None:
        """Do everything planned up to and including ``moment``."""
        while self._agenda and self._agenda[0][0] <= moment:
            at, _, _, action = heapq.heappop(self._agenda)
            self.now = max(self.now, at)
            action(at)
        self.now = max(self.now, moment)

    def is_halted(self, listing: Listing) -> bool:
        """Tell whether orders of a stock are refused because of a halt."""
        return self.halted or listing.halted

    def publish(self, listing: Listing, executions: Sequence[Execution], moment: float) -> None:
        """Put executions on the tape, merged by price, and settle them."""
        if not executions:
            return
        hhmmss, day = korean_clock(moment), korean_day(moment)
        at = datetime.fromtimestamp(moment, UTC)
        merged: list[tuple[int, Side, int]] = []
        for done in executions:
            if merged and merged[-1][:2] == (done.price, done.taker):
                merged[-1] = (done.price, done.taker, merged[-1][2] + done.quantity)
            else:
                merged.append((done.price, done.taker, done.quantity))
        symbol, halted = Symbol(listing.spec.symbol), self.is_halted(listing)
        for price, taker, quantity in merged:
            listing.record.add(hhmmss, price, quantity, taker)
            columns = trade_columns(listing, hhmmss, day, price, quantity, taker, halted)
            self.events.append(TradePrinted(symbol, at, columns))
        self.settle(listing, executions, moment)

    def show_book(self, listing: Listing, moment: float, *, always: bool = True) -> None:
        """Send the ten levels; without ``always`` only when the interval has passed."""
        if not always and moment - listing.shown.at < self.scenario.rules.book_interval:
            return
        listing.shown.at = moment
        at = datetime.fromtimestamp(moment, UTC)
        self.events.append(BookChanged(Symbol(listing.spec.symbol), at, book_columns(listing, korean_clock(moment))))

    def announce(self, moment: float, columns: dict[str, str]) -> None:
        """Send a market-operation message."""
        symbol = Symbol(columns["MKSC_SHRN_ISCD"])
        self.events.append(OperationIssued(symbol, datetime.fromtimestamp(moment, UTC), columns))

    # --- phases -------------------------------------------------------------------------

    def _plan_day(self, changes: list[PhaseChange]) -> None:
        for change in changes:
            self.plan(change.at, PHASES, partial(self._change_phase, change.phase))
        first = changes[0].at if changes else self.now
        self.plan(midnight_after(first), PHASES, self._new_day)

    def _new_day(self, moment: float) -> None:
        self.day_begins()
        day = day_of(moment)
        changes = self.timetable.changes(day)
        if changes:
            for listing in self.listings.values():
                listing.next_day(day)
        for change in changes:
            self.plan(change.at, PHASES, partial(self._change_phase, change.phase))
        self.plan(midnight_after(moment), PHASES, self._new_day)

    def _change_phase(self, phase: DayPhase, moment: float) -> None:
        before, self.phase = self.phase, phase
        # Subscribers must hear the phase before the prices that belong to it.
        self.announce(moment, operation_columns("", OPERATION_CODES[phase], halted=self.halted))
        for listing in self.listings.values():
            if phase is DayPhase.OPENING_AUCTION:
                self._begin_auction(listing, moment, "B")
            elif phase is DayPhase.CLOSING_AUCTION:
                self._begin_auction(listing, moment, "A")
            elif before is not DayPhase.CLOSED:
                self._end_auction(listing, moment, Mode.CONTINUOUS if phase is DayPhase.CONTINUOUS else Mode.CLOSED)
        if phase is DayPhase.CLOSED:
            self.day_ends()

    # --- call auctions ------------------------------------------------------------------

    def _begin_auction(self, listing: Listing, moment: float, hour_class: str) -> None:
        listing.mode, listing.hour_class, listing.vi_until = Mode.AUCTION, hour_class, 0.0
        listing.maker.withdraw()
        listing.generation += 1
        listing.gather(moment)
        self._plan_gather(listing, moment)

    def _plan_gather(self, listing: Listing, moment: float) -> None:
        at = self.timetable.audible_from(moment + GATHER_SECONDS)
        self.plan(at, TRADES, partial(self._gather, listing, listing.generation))

    def _gather(self, listing: Listing, generation: int, moment: float) -> None:
        if generation != listing.generation or listing.mode is not Mode.AUCTION:
            return
        if not self.is_halted(listing):
            listing.gather(moment)
            self.show_book(listing, moment)
        self._plan_gather(listing, moment)

    def _end_auction(self, listing: Listing, moment: float, mode: Mode) -> None:
        """Uncross, turn what is left of market orders into limits, and go on in ``mode``."""
        record, book = listing.record, listing.book
        first = record.volume == 0
        executions: list[Execution] = []
        if not self.is_halted(listing):
            listing.gather(moment)
            executions = uncross(book, record.price)
        price = executions[-1].price if executions else record.price
        listing.mode, listing.hour_class = mode, "0"
        listing.maker.withdraw()
        for side, beyond in ((Side.BUY, AT_ANY_PRICE_BUY), (Side.SELL, AT_ANY_PRICE_SELL)):
            for order in [one for one in book.orders(side) if one.price == beyond]:
                book.remove(order)
                order.price = price
                book.rest(order)
        listing.vi_reference = price
        listing.generation += 1
        at = listing.ladder.index(price)
        # Quotes come before the print, so that its best prices are those after the auction.
        swept = listing.maker.quote(at - 1, at) if mode is Mode.CONTINUOUS else []
        self.publish(listing, executions, moment)
        if first:
            record.auction_volume = record.volume
        self.publish(listing, swept, moment)
        if mode is Mode.CONTINUOUS:
            self.show_book(listing, moment)
            self._plan_trade(listing, moment)

    # --- background trades --------------------------------------------------------------

    def _plan_trade(self, listing: Listing, moment: float) -> None:
        path = listing.path
        start = self.timetable.audible_from(moment)
        appointments = path.appointments
        while listing.next_appointment < len(appointments):
            due = appointments[listing.next_appointment].at
            # The opening auction keeps an appointment at its own moment.
            if due > moment and self.timetable.audible_from(due) == due:
                break
            listing.next_appointment += 1
        at = float("inf") if path.only_appointments else start + listing.trades_until()
        appointed = listing.next_appointment < len(appointments) and appointments[listing.next_appointment].at <= at
        if appointed:
            at = appointments[listing.next_appointment].at
        elif at != float("inf"):
            at = self.timetable.audible_from(at)
        if at != float("inf"):
            self.plan(at, TRADES, partial(self._trade, listing, listing.generation, appointed))

    def _trade(self, listing: Listing, generation: int, appointed: bool, moment: float) -> None:
        if generation != listing.generation or listing.mode is not Mode.CONTINUOUS:
            return
        if self.is_halted(listing) and moment > self._late_until:
            return
        if appointed:
            due = listing.path.appointments[listing.next_appointment]
            executions = listing.trade(due.price, due.quantity)
        else:
            executions = listing.trade(listing.path.price_at(moment))
        self.publish(listing, executions, moment)
        self.show_book(listing, moment, always=False)
        if self.scenario.rules.static_vi and self._moved_too_far(listing):
            self.interrupt(listing, moment, self.scenario.rules.vi_seconds)
        else:
            self._plan_trade(listing, moment)

    def trade_now(self, listing: Listing, price: int, moment: float) -> bool:
        """Trade at ``price`` at once and let the path go on from there; false where no order could have that price now."""
        if listing.mode is not Mode.CONTINUOUS or self.is_halted(listing) or not listing.ladder.holds(price):
            return False
        listing.path = Shifted(listing.path, price, moment)
        self.publish(listing, listing.trade(price), moment)
        self.show_book(listing, moment)
        return True

    # --- halts and interruptions --------------------------------------------------------

    def halt_market(self, moment: float, duration: float, late: float = 0.0, auction: float = 0.0) -> None:
        """Trigger the circuit breaker; trades of the last moment may be told ``late`` seconds after it.

        ``duration`` 0 lasts for the rest of the day. With ``auction`` the market
        comes back through a call auction of that many seconds.
        """
        self.halted, self._late_until = True, moment + late
        self._halt_number += 1
        self.announce(moment, operation_columns("", _BREAKER_ON, halted=True))
        for listing in self.listings.values():
            self._repeat_last(listing, moment)
        if duration:
            self.plan(moment + duration, FAULTS, partial(self._release_market, self._halt_number, auction))

    def _release_market(self, number: int, auction: float, moment: float) -> None:
        if number != self._halt_number or not self.halted:
            return
        self.halted = False
        self.announce(moment, operation_columns("", _BREAKER_OFF))
        for listing in self.listings.values():
            self._resume(listing, moment, auction)

    def halt_stock(self, listing: Listing, moment: float, duration: float) -> None:
        """Halt one stock; ``duration`` 0 lasts for the rest of the day."""
        listing.halted = True
        self.announce(moment, operation_columns(listing.spec.symbol, "", halted=True))
        self._repeat_last(listing, moment)
        if duration:
            self.plan(moment + duration, FAULTS, partial(self._release_stock, listing))

    def _release_stock(self, listing: Listing, moment: float) -> None:
        if not listing.halted:
            return
        listing.halted = False
        self.announce(moment, operation_columns(listing.spec.symbol, ""))
        self._resume(listing, moment, 0.0)

    def _resume(self, listing: Listing, moment: float, auction: float) -> None:
        if listing.mode is not Mode.CONTINUOUS or self.is_halted(listing):
            return
        if auction:
            self.interrupt(listing, moment, auction, announced=False)
        else:
            listing.generation += 1
            self._plan_trade(listing, moment)

    def _repeat_last(self, listing: Listing, moment: float) -> None:
        """Send the last trade again, without shares, so that its halt flag is seen."""
        if not listing.record.volume:
            return
        columns = trade_columns(
            listing, korean_clock(moment), korean_day(moment), listing.record.price, 0, Side.BUY, halted=True
        )
        self.events.append(TradePrinted(Symbol(listing.spec.symbol), datetime.fromtimestamp(moment, UTC), columns))

    def interrupt(self, listing: Listing, moment: float, seconds: float, *, announced: bool = True) -> None:
        """Collect orders of one stock for a call auction of ``seconds`` (VI)."""
        if listing.mode is not Mode.CONTINUOUS:
            return
        reference = listing.vi_reference
        self._begin_auction(listing, moment, "C")
        listing.vi_until = moment + seconds
        if announced:
            clock = korean_clock(moment)
            listing.interruptions.append(Interruption(clock, "", listing.record.price, reference))
            self.announce(moment, operation_columns(listing.spec.symbol, "", vi=True, expected="311"))
        self.plan(listing.vi_until, FAULTS, partial(self._end_interruption, listing, listing.generation, announced))

    def _end_interruption(self, listing: Listing, generation: int, announced: bool, moment: float) -> None:
        if generation != listing.generation:
            return
        listing.vi_until = 0.0
        if announced:
            listing.interruptions[-1].ended = korean_clock(moment)
            self.announce(moment, operation_columns(listing.spec.symbol, "", expected="112"))
        self._end_auction(listing, moment, Mode.CONTINUOUS)

    def _moved_too_far(self, listing: Listing) -> bool:
        reference = listing.vi_reference
        return bool(reference) and abs(listing.record.price - reference) * 100 >= STATIC_VI_PERCENT * reference
