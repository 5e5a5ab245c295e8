"""What must hold on every simulated day, judged from outside the product.

The judge reads the exchange's own ledger, the bytes as they leave the process,
and the records once they are durable. It never asks the engine whether it is
right; only at the very end the engine's book is compared with the broker's.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hantu.adapters.store.intent_states import Progress, advance, change_of
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.events import (
    CancelResolved,
    Fact,
    IntentRecorded,
    OrderAbsent,
    OrderAccepted,
    OrderCanceled,
    OrderEscalated,
    OrderExpired,
    OrderFilled,
    OrderNotSent,
    OrderRejectedBroker,
    OrderUnresolved,
    StopLossReached,
    TakeProfitReached,
    TrailingStopRaised,
)
from hantu.domain.order import EDGES, IntentState, Purpose
from hantu.simulator.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken promise."""

    invariant: str
    at: float
    text: str


@dataclass(eq=False)
class Flight:
    """One order or cancel whose bytes have left and whose fate the exchange alone knows."""

    symbol: str
    side: Side | None
    quantity: int
    intent: IntentRecorded | None
    landed: bool = False
    order_no: int = 0


@dataclass
class Judge:
    """Collects violations and counts how often each rule had something to say."""

    exchange: Exchange
    account: str
    now: Any
    kill: Any
    """Returns the level in force at this very moment, over all doors."""
    violations: list[Violation] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    """How often the condition of each invariant was met: one that never was proves nothing."""
    intents: dict[str, IntentRecorded] = field(default_factory=dict)
    unsent: dict[str, IntentRecorded] = field(default_factory=dict)
    flights: list[Flight] = field(default_factory=list)
    orders: dict[int, IntentRecorded | None] = field(default_factory=dict)
    """Order numbers at the exchange that came from the guard, with their intents."""
    filled: Counter[str] = field(default_factory=Counter)
    """Shares recorded as filled, by intent."""
    states: Counter[str] = field(default_factory=Counter)
    excused: dict[str, str] = field(default_factory=dict)
    """Stocks somebody else traded or whose requests the network doubled, and why."""
    progress: dict[str, Progress] = field(default_factory=dict)
    escalated: set[str] = field(default_factory=set)
    stopped_for: list[str] = field(default_factory=list)
    """Why the kill switch was set, as people were told."""
    opening: dict[str, int] = field(default_factory=dict)

    def fail(self, invariant: str, text: str) -> None:
        """Note a violation; the first few tell everything."""
        if len(self.violations) < 20:
            self.violations.append(Violation(invariant, self.now(), text))

    # --- what becomes durable --------------------------------------------------------

    def recorded(self, facts: tuple[Fact, ...], *, late: bool = False) -> None:
        """Take in what has just become durable; ``late``: found at a start, though nobody was told of it.

        A record that failed for its writer may turn up all the same; it is older than what came after.
        """
        for fact in facts:
            self.states[type(fact).__name__] += 1
            self._edge(fact, late=late)
            match fact:
                case IntentRecorded():
                    self._intent(fact)
                case OrderFilled():
                    self._fill(fact)
                case StopLossReached() | TakeProfitReached():
                    self._trigger(fact)
                case TrailingStopRaised():
                    self._raised(fact)
                case OrderEscalated():
                    self.escalated.add(fact.intent_id)
                case OrderAccepted():
                    self._accepted(fact)
                case (
                    OrderRejectedBroker() | OrderNotSent() | OrderAbsent() | OrderCanceled() | OrderExpired()
                    | OrderUnresolved() | CancelResolved()
                ):  # fmt: skip
                    self._ended(fact)
                case _:
                    pass

    def _edge(self, fact: Fact, *, late: bool) -> None:
        """Count the edges of the intents' state machine, and let none be that does not exist."""
        if isinstance(fact, IntentRecorded):
            self.progress[fact.intent_id] = Progress(fact.state, fact.quantity)
            self.seen[f"edge {fact.kind}: -> {fact.state}"] += 1
            return
        change = change_of(fact)
        before = self.progress.get(change.intent_id) if change is not None else None
        if change is None or before is None:
            return
        after = self.progress[change.intent_id] = advance(before, change)
        kind = self.intents[change.intent_id].kind
        if after.state is not before.state or after.filled != before.filled:
            self.seen[f"edge {kind}: {before.state} -> {after.state}"] += 1
            if not late and kind == "order" and after.state not in EDGES.get(before.state, frozenset()):
                self.fail("I8", f"{change.intent_id} went from {before.state} to {after.state}")

    def _intent(self, fact: IntentRecorded) -> None:
        if fact.intent_id in self.intents:
            self.fail("I8", f"intent {fact.intent_id} was recorded twice")
        self.intents[fact.intent_id] = self.unsent[fact.intent_id] = fact
        if fact.kind == "order" and fact.quantity > max(0, fact.held - fact.target) and fact.side is Side.SELL:
            self.fail("I1b", f"{fact.symbol}: {fact.quantity} asked, held {fact.held}, target {fact.target}")

    def _trigger(self, fact: StopLossReached | TakeProfitReached) -> None:
        """I10: no level is reached that the market did not reach."""
        self.seen["I10"] += 1
        self.seen["I4"] += isinstance(fact, StopLossReached)
        record = self.exchange._market.listings[fact.symbol].record  # noqa: SLF001 - the judge reads the exchange's own books
        stop = isinstance(fact, StopLossReached)
        # Before the first trade of the day there is no low: no stop was reached either.
        if not record.volume or (stop and record.low > fact.level) or (not stop and record.high < fact.level):
            self.fail("I10", f"{fact.symbol}: level {fact.level} told reached, day {record.low}..{record.high}")

    def _raised(self, fact: TrailingStopRaised) -> None:
        """I10: no stop follows a price that the market never saw."""
        high = self.exchange._market.listings[fact.symbol].record.high  # noqa: SLF001
        if high < fact.high:
            self.fail("I10", f"{fact.symbol}: stop raised for {fact.high}, the day's high is {high}")

    def _fill(self, fact: OrderFilled) -> None:
        before = self.filled[fact.intent_id]
        self.seen["I11"] += 1
        if fact.quantity <= 0 or fact.cumulative < before + fact.quantity:
            self.fail("I11", f"{fact.intent_id}: {before} filled, then {fact.quantity} more is {fact.cumulative}")
        self.filled[fact.intent_id] = fact.cumulative
        order = self.exchange._desk.orders.get(int(fact.order_no or 0))  # noqa: SLF001
        if order is None or order.filled < fact.cumulative:
            self.fail("I24", f"{fact.symbol}: {fact.cumulative} told filled, the exchange has less")

    def _accepted(self, fact: OrderAccepted) -> None:
        intent = self.intents.get(fact.intent_id)
        number = int(fact.order_no or 0)
        order = self.exchange._desk.orders.get(number)  # noqa: SLF001
        if order is None or intent is None or intent.kind != "order":
            return
        if fact.how != "answer":
            self.seen["adopted"] += 1
        if order.symbol != intent.symbol or order.quantity != intent.quantity or number not in self.orders:
            self.fail("I3", f"{fact.intent_id} took order {number}, which is not its own")

    def _ended(self, fact: Any) -> None:
        # A cancel whose order ended meanwhile may still be on its way to the socket.
        late_cancel = isinstance(fact, CancelResolved) and fact.state is IntentState.FILLED
        if not isinstance(fact, OrderUnresolved) and not late_cancel:
            # Proved never to have left: the next order that looks alike is another one.
            self.unsent.pop(fact.intent_id, None)
        intent = self.intents.get(fact.intent_id)
        if intent is None or intent.kind != "order":
            return
        if isinstance(fact, OrderUnresolved):
            self.seen["unknown"] += 1
            return
        alive = [
            number for number, owner in self.orders.items()
            if owner is intent and self.exchange._desk.orders[number].remaining  # noqa: SLF001
        ]  # fmt: skip
        flying = any(one.intent is intent and not one.landed for one in self.flights)
        self.seen["I13"] += 1
        if isinstance(fact, OrderRejectedBroker | OrderNotSent | OrderAbsent) and (alive or flying):
            if intent.symbol not in self.excused:
                self.fail("I13", f"{intent.intent_id} told {type(fact).__name__} while its order lives")

    # --- bytes that leave ------------------------------------------------------------

    def leaving(self, target: str, tr_id: str, body: bytes) -> Flight | None:
        """Judge the bytes of an order or cancel at the moment they leave the process."""
        if "/trading/order" not in target:
            return None
        wish = json.loads(body)
        cancel = "rvsecncl" in target
        return self._cancel_leaves(wish) if cancel else self._order_leaves(wish, tr_id)

    def _order_leaves(self, wish: dict[str, str], tr_id: str) -> Flight:
        symbol, quantity, price = wish["PDNO"], int(wish["ORD_QTY"]), int(wish["ORD_UNPR"])
        side = Side.SELL if tr_id in ("TTTC0011U", "TTTC0801U", "VTTC0011U", "VTTC0801U") else Side.BUY
        intent = next(
            (
                one for one in self.unsent.values()
                if one.kind == "order" and one.symbol == symbol and one.side is side
                and one.quantity == quantity and one.limit_price == price
            ),
            None,
        )  # fmt: skip
        self.seen["I3"] += 1
        if intent is None:
            self.fail("I3", f"{symbol} {side} {quantity} @ {price} leaves without a durable intent of its own")
        else:
            del self.unsent[intent.intent_id]
        self._check_kill(side, intent)
        if wish.get("CANO", "") + wish.get("ACNT_PRDT_CD", "") != self.account:
            self.fail("I15", "an order for another account")
        if side is Side.SELL:
            self._check_quantity(symbol, quantity)
        flight = Flight(symbol, side, quantity, intent)
        self.flights.append(flight)
        return flight

    def _check_kill(self, side: Side, intent: IntentRecorded | None) -> None:
        level = self.kill()
        if level is KillLevel.OFF:
            return
        self.seen["I2"] += 1
        protective = side is Side.SELL and intent is not None and intent.purpose.protective
        if level is not KillLevel.ACTIVE or not protective:
            self.fail("I2", f"an order leaves under {level}: {intent.purpose if intent else 'no intent'}")

    def _check_quantity(self, symbol: str, quantity: int) -> None:
        """I1: sold, plus everything that may live, never exceeds what is there."""
        self.seen["I1"] += 1
        live = self.live(symbol)
        flying = sum(
            one.quantity for one in self.flights if one.symbol == symbol and one.side is Side.SELL and not one.landed
        )
        held = self.held(symbol)
        if any(one.symbol == symbol and one.side is Side.SELL for one in self.intents.values()):
            self.seen["I5 asked"] += 1
        if live + flying:
            self.seen["I5"] += 1
            if symbol not in self.excused:
                self.fail("I5", f"{symbol}: {quantity} more to sell while {live} live and {flying} are on their way")
        if quantity + live + flying > held and symbol not in self.excused:
            self.fail("I1", f"{symbol}: {quantity} to sell, {live} live, {flying} on the way, {held} held")

    def _cancel_leaves(self, wish: dict[str, str]) -> Flight:
        number = int(wish.get("ORGN_ODNO") or 0)
        owner = self.orders.get(number)
        cancels = [one for one in self.unsent.values() if one.kind == "cancel"]
        intent = next((one for one in cancels if owner is None or one.parent == owner.intent_id), None)
        self.seen["I3 cancel"] += 1
        if intent is None:
            self.fail("I3", f"a cancel of {number} leaves without a durable intent")
        else:
            del self.unsent[intent.intent_id]
        flight = Flight(intent.symbol if intent else "", None, 0, intent)
        self.flights.append(flight)
        return flight

    def gone(self, flight: Flight) -> None:
        """A request can have no further effect."""
        flight.landed = True
        if flight in self.flights:
            self.flights.remove(flight)

    # --- what the exchange holds -----------------------------------------------------

    def held(self, symbol: str) -> int:
        """Return the shares the account holds now."""
        return self.exchange._desk.accounts[self.account].held(symbol)  # noqa: SLF001

    def live(self, symbol: str, *, protective: bool = False) -> int:
        """Return the shares live sell orders of the guard may still sell; only stops, if asked for."""
        return sum(
            one.remaining
            for number, one in self.exchange._desk.orders.items()  # noqa: SLF001
            if number in self.orders
            and one.symbol == symbol
            and one.side is Side.SELL
            and one.kind == "new"
            and (not protective or self._stops(number))
        )

    def live_of_others(self, symbol: str) -> int:
        """Return the shares that live sell orders may still sell which the guard does not command.

        They are people's, or doubles that the network made of a refused order and people were told of by number.
        """
        return sum(
            one.remaining
            for number, one in self.exchange._desk.orders.items()  # noqa: SLF001
            if (number not in self.orders or self.told_as_double(number))
            and one.symbol == symbol and one.side is Side.SELL and one.kind == "new"
        )  # fmt: skip

    def told_as_double(self, number: int) -> bool:
        """Whether the kill switch was set because of this order at the broker."""
        return any(f"주문 {number}:" in reason for reason in self.stopped_for)

    def price(self, symbol: str) -> int:
        """Return the last price of the market."""
        return self.exchange._market.listings[symbol].record.price  # noqa: SLF001

    def filled_at_exchange(self, intent_id: str) -> int:
        """Return the shares the exchange filled for one intent."""
        return sum(
            self.exchange._desk.orders[number].filled  # noqa: SLF001
            for number, intent in self.orders.items()
            if intent is not None and intent.intent_id == intent_id
        )

    def with_a_person(self) -> set[str]:
        """Return stocks with an order whose fate only a person can tell: they were told, and nothing is sent."""
        return {intent.symbol for intent in self.intents.values() if intent.intent_id in self.escalated}

    def _stops(self, number: int) -> bool:
        """A resting profit order keeps its shares from the stop; it protects nothing."""
        intent = self.orders[number]
        return intent is not None and intent.purpose.protective

    def oversold(self) -> None:
        """I1 as the ledger sees it, after every step."""
        for symbol in self.opening:
            if self.held(symbol) < 0:
                self.fail("I1", f"{symbol}: the account is {-self.held(symbol)} shares short")

    # --- the end of the day ----------------------------------------------------------

    def targets(self) -> None:
        """I1b: no flow sold more than it was asked to."""
        flows: dict[str, list[IntentRecorded]] = {}
        for intent in self.intents.values():
            if intent.kind == "order" and intent.side is Side.SELL:
                flows.setdefault(intent.flow, []).append(intent)
        for intents in flows.values():
            first = intents[0]
            sold = sum(
                self.exchange._desk.orders[number].filled  # noqa: SLF001
                for number, owner in self.orders.items()
                if owner in intents
            )
            if first.purpose is Purpose.PARTIAL_PROFIT:
                self.seen["I1b"] += 1
            if sold > max(first.held - first.target, 0) and first.symbol not in self.excused:
                self.fail("I1b", f"{first.symbol}: {sold} sold, {first.held} held, to be left {first.target}")
