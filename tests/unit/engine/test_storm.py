"""Everything at once: random inputs against a lenient broker, invariants after every step.

The safety phase breaks what can break; the tail has no faults, and in it every
guarded stock below its stop is sold or the order about it waits for a person.
Source of the invariants: reliability protocol (I1, I1b, I3, I5, I13).
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.commands import (
    HaltOrders,
    KillLevel,
    RestartMonitoring,
    ResumeOrders,
    SetKill,
    StartMonitoring,
    StopMonitoring,
)
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.market import MarketOperation, OperationKind
from hantu.domain.money import Price, Quantity
from hantu.domain.order import IntentState, Purpose
from hantu.domain.quote import Trade
from hantu.engine import decision as act
from hantu.engine import inputs as inp
from hantu.engine.book import Book
from hantu.engine.config import ExitRule, GuardConfig, Partial, Streams, Trailing
from hantu.engine.engine import Engine
from hantu.engine.inputs import FeedFailure, Input, WatchItem
from hantu.engine.journey import State
from hantu.engine.switch import obstacles
from tests.unit.engine.lenient_broker import LenientBroker
from tests.unit.engine.world import HYNIX, OPEN, SAMSUNG

STOCKS = (SAMSUNG, HYNIX)
BOUGHT = Symbol("035720")
WATCHED = WatchItem(1, Symbol("000001"), "W", 80.0, 10_000, "2026-11-20")
RULE = ExitRule(partial=Partial(enabled=True), trailing=Trailing(enabled=True))
CONFIG = GuardConfig(default_rule=RULE, streams=Streams(notice_key="USER", max_registrations=5))
PRICES = (60_000, 66_000, 67_900, 68_500, 70_000, 72_500, 73_600, 76_000)
READ_KINDS = {act.ReadBalance: "balance", act.ReadOrders: "orders", act.ReadPrices: "prices"}
ENDS = (ev.OrderRejectedBroker, ev.OrderNotSent, ev.OrderAbsent, ev.OrderExpired, ev.IntentVoided)
TROUBLES = ("orders", "reads", "rejects", "people", "line", "streams", "halts", "kill", "commands", "deaths", "days")
"""Kinds of trouble; each run leaves some out, so that the others are met together and often (swarm testing)."""


def if_any(trouble: str) -> Callable[[Any], Any]:
    return precondition(lambda storm: trouble not in storm.spared)


@dataclass
class Ledger:
    """The rules of quantities told by facts alone: one order of a stock at a time, and no more shares than it names."""

    open: dict[str, tuple[Symbol, int]] = field(default_factory=dict)
    """Intent → stock and shares that may still be sold; a doubt counts in full."""
    begun: dict[str, float] = field(default_factory=dict)

    def write(self, fact: Any, mono: float) -> None:
        name = getattr(fact, "intent_id", "")
        if isinstance(fact, ev.IntentRecorded) and fact.kind == "order":
            assert fact.symbol not in [symbol for symbol, _ in self.open.values()], f"a second order: {fact}"
            self.open[name], self.begun[name] = (fact.symbol, fact.quantity), mono
        elif name in self.open:
            symbol, left = self.open[name]
            if isinstance(fact, ev.OrderAbsent):
                assert mono - self.begun[name] >= CONFIG.pace.quarantine_s, f"held absent too early: {fact}"
            if isinstance(fact, ev.OrderFilled | ev.OrderCanceled):
                assert 0 < fact.quantity <= left, f"more than was open: {fact}"
                left -= fact.quantity
            self.open[name] = symbol, left
            if left == 0 or isinstance(fact, ENDS):
                del self.open[name]


class Storm(RuleBasedStateMachine):
    """The engine, its clock, and everything around it."""

    @initialize(spared=st.sets(st.sampled_from(TROUBLES)))
    def begin(self, spared: set[str]) -> None:
        self.spared = spared
        self.ledger = Ledger()
        self.wall, self.mono = OPEN - timedelta(seconds=5), 1_000.0
        self.broker = LenientBroker(self.later, {SAMSUNG: 10, HYNIX: 7}, now=self.mono)
        self.queue: list[tuple[float, int, int, Callable[[], Input]]] = []
        self.serial = self.life = 0
        self.facts: list[Any] = []
        self.today: list[Any] = []
        self.prices: dict[Symbol, int] = dict.fromkeys((*STOCKS, BOUGHT), 70_000)
        self.feed_fate, self.ack_fate = "ok", "ok"
        self.feed_up = False
        self.sent: list[float] = []
        self.connects: list[float] = []
        self.reads: dict[str, list[float]] = {kind: [] for kind in READ_KINDS.values()}
        self.boot(())

    # --- the machinery -----------------------------------------------------------

    def boot(self, facts: tuple[Any, ...]) -> None:
        self.life += 1
        self.feed_up = False
        self.connects.clear()
        self.sent.clear()
        for times in self.reads.values():
            times.clear()
        self.engine = Engine(CONFIG)
        self.give(inp.Started(facts, (WATCHED,), next_intent=len(self.facts) + 1, epoch=self.life))

    def later(self, wait: float, what: Callable[[], Input]) -> None:
        self.serial += 1
        heapq.heappush(self.queue, (self.mono + wait, self.serial, self.life, what))

    @property
    def now(self) -> Instant:
        return Instant(self.wall, self.mono)

    def give(self, got: Input) -> None:
        decision = self.engine.handle(got, self.now)
        self.facts += decision.facts
        self.today += decision.facts
        for fact in decision.facts:
            self.check_told(fact)
            self.ledger.write(fact, self.mono)
        for action in decision.actions:
            self.perform(action, decision.facts)
        if type(got) is inp.Woken and not decision.facts and not decision.actions:
            assert self.engine.next_deadline(self.now) > self.mono, f"wakes itself without end after {got}"

    def perform(self, action: act.Action, facts: tuple[Any, ...]) -> None:
        match action:
            case act.Submit(order):
                recorded = [f for f in facts if isinstance(f, ev.IntentRecorded) and f.intent_id == order.intent_id]
                assert [f.state for f in recorded] == [IntentState.SENDING], "I3"
                assert self.broker.ours(order.symbol)[1] == 0, "I13: an earlier order may live"
                assert order.quantity > 0
                level, purpose = self.engine.book.kill, order.purpose
                assert level is not KillLevel.HARD, "I2"
                assert level is not KillLevel.ACTIVE or purpose.protective, "I2"
                assert (level is KillLevel.FLATTEN) == (purpose is Purpose.FLATTEN), "I2"
                assert self.engine.book.halted(order.symbol) is None, "sent into a halt"
                assert CONFIG.calendar.in_session(self.wall), "sent outside the session"
                self.broker.submit(order)
            case act.Cancel(cancel):
                self.broker.cancel(cancel)
            case act.ReadBalance() | act.ReadOrders() | act.ReadPrices():
                kind = READ_KINDS[type(action)]
                self.reads[kind].append(self.mono)
                recent = [at for at in self.reads[kind] if at > self.mono - 10]
                assert len(recent) <= 25, f"{kind} read {len(recent)} times in 10 s"
                self.broker.read(kind, getattr(action, "symbols", ()), self.prices)
            case act.OpenFeed():
                self.connects = [at for at in self.connects if at > self.mono - 3_600]
                self.connects.append(self.mono)
                self.later(0.2, lambda life=self.life: self.answer_open(life))
            case act.CloseFeed():
                self.feed_up = False
                self.later(0.3, lambda: inp.FeedClosed("closed by us", asked=True))
            case act.SendSubscribe(tr_id, key) | act.SendUnsubscribe(tr_id, key):
                assert not self.sent or self.mono - self.sent[-1] >= 0.499, "pace"
                self.sent.append(self.mono)
                if isinstance(action, act.SendSubscribe):
                    self.acknowledge(tr_id, key)

    def answer_open(self, life: int) -> Input:
        if life != self.life or self.feed_fate == "silent":
            return inp.Woken()
        if self.feed_fate == "ok":
            self.feed_up = True
            return inp.FeedOpened()
        return inp.FeedFailed(FeedFailure(self.feed_fate), "x", "X")

    def acknowledge(self, tr_id: str, key: str) -> None:
        if self.ack_fate == "silent":
            return
        codes = {"full": "OPSP0008", "refuse": "OPSP9999", "in_use": "OPSP8996", "bad_key": "OPSP0011"}
        if self.ack_fate in codes:
            code = codes[self.ack_fate]
            self.later(0.1, lambda: inp.SubscribeRefused(tr_id, key, code, "no"))
        else:
            self.later(3.5 if self.ack_fate == "late" else 0.1, lambda: inp.Subscribed(tr_id, key))

    def pass_time(self, seconds: float) -> None:
        end = self.mono + seconds
        while self.mono < end:
            wake = min(end, self.engine.next_deadline(self.now), self.queue[0][0] if self.queue else end)
            self.advance(max(0.0, wake - self.mono))
            self.deliver_due()
            self.give(inp.Woken())

    def deliver_due(self) -> None:
        while self.queue and self.queue[0][0] <= self.mono:
            _, _, life, what = heapq.heappop(self.queue)
            got = what()
            if life == self.life:
                self.give(got)

    def advance(self, seconds: float) -> None:
        self.mono += seconds
        self.wall += timedelta(seconds=seconds)
        self.broker.now = self.mono

    def trade(self, symbol: Symbol, price: int) -> None:
        if not self.feed_up:
            return
        p, zero = Price(price), Price(0)
        at = self.wall.replace(microsecond=0)
        self.give(
            Trade(symbol, p, Quantity(1), p, p, zero, zero, Price(p + 100), Price(p - 100), Quantity(9), at, self.mono)
        )

    # --- what happens --------------------------------------------------------------

    @rule(seconds=st.sampled_from((0.05, 0.3, 1.0, 4.0, 12.0, 35.0, 70.0)))
    def wait(self, seconds: float) -> None:
        self.pass_time(seconds)

    @rule(symbol=st.sampled_from((*STOCKS, BOUGHT)), price=st.sampled_from(PRICES))
    def price_moves(self, symbol: Symbol, price: int) -> None:
        self.prices[symbol] = price
        self.trade(symbol, price)

    @rule(symbol=st.sampled_from(STOCKS), price=st.sampled_from((66_000, 76_000, 73_600)))
    def price_moves_and_order_arrives(self, symbol: Symbol, price: int) -> None:
        self.price_moves(symbol, price)
        self.pass_time(0.3)

    @if_any("orders")
    @rule(
        submit=st.sampled_from(
            ("accept", "slow", "lost", "late", "mute", "silent", "refuse_quantity", "refuse_rate", "not_sent")
        ),
        cancel=st.sampled_from(("accept", "refuse", "lost", "mute")),
        notice=st.sampled_from(("ok", "twice", "again", "slow", "lost")),
    )
    def mood_of_orders(self, submit: str, cancel: str, notice: str) -> None:
        self.broker.submit_fate, self.broker.cancel_fate, self.broker.notice_fate = submit, cancel, notice

    @if_any("reads")
    @rule(read=st.sampled_from(("ok", "ok", "fail", "slow", "never")), lagging=st.booleans())
    def mood_of_reads(self, read: str, lagging: bool) -> None:
        self.broker.read_fate, self.broker.lagging = read, lagging

    @rule(part=st.integers(1, 10), newest=st.booleans())
    def market_fills(self, part: int, newest: bool) -> None:
        live = [line for line in self.broker.orders if line.live]
        if live and CONFIG.calendar.in_session(self.wall):
            self.broker.fill(live[-1 if newest else 0], part)

    @if_any("rejects")
    @rule()
    def venue_rejects(self) -> None:
        live = [line for line in self.broker.orders if line.live]
        if live:
            self.broker.reject(live[-1])

    @if_any("people")
    @rule(symbol=st.sampled_from((*STOCKS, BOUGHT)), side=st.sampled_from(Side), quantity=st.integers(1, 6))
    def person_trades(self, symbol: Symbol, side: Side, quantity: int) -> None:
        if CONFIG.calendar.in_session(self.wall):
            self.broker.by_hand(symbol, side, quantity)

    @if_any("line")
    @rule(fate=st.sampled_from(("ok", "network", "auth", "maintenance", "in_use", "silent")), cut=st.booleans())
    def mood_of_the_line(self, fate: str, cut: bool) -> None:
        self.feed_fate = fate
        if cut and self.feed_up:
            self.feed_up = False
            self.give(inp.FeedClosed("cut"))

    @if_any("streams")
    @rule(fate=st.sampled_from(("ok", "ok", "late", "silent", "refuse", "full", "in_use", "bad_key")))
    def mood_of_subscriptions(self, fate: str) -> None:
        self.ack_fate = fate

    @if_any("halts")
    @rule(kind=st.sampled_from(("HALT", "RESUME", "VI_ON", "VI_OFF")), wide=st.booleans())
    def market_operation(self, kind: str, wide: bool) -> None:
        if self.feed_up:
            self.give(MarketOperation(SAMSUNG, OperationKind[kind], wide, "174"))

    @if_any("kill")
    @rule(level=st.sampled_from(KillLevel))
    def kill_switch(self, level: KillLevel) -> None:
        self.give(SetKill("op", level, "storm", second="second"))

    @if_any("commands")
    @rule(which=st.sampled_from((StartMonitoring, StopMonitoring, RestartMonitoring, HaltOrders, ResumeOrders)))
    def person_commands(self, which: Any) -> None:
        self.give(which("op"))

    @if_any("deaths")
    @rule(really=st.sampled_from((True, False, False)))
    def process_dies_and_returns(self, really: bool) -> None:
        if really:
            self.boot(tuple(self.today))

    @if_any("days")
    @rule(minutes=st.sampled_from((-1, 0, 5)))
    def day_ends(self, minutes: int) -> None:
        closing = CONFIG.calendar.closing(self.wall.date())
        to_go = (closing + timedelta(minutes=minutes) - self.wall).total_seconds()
        if to_go > 0:
            self.advance(to_go)
            self.pass_time(90)

    @rule(restarted=st.booleans())
    def next_day(self, restarted: bool) -> None:
        opening = CONFIG.calendar.next_opening(self.wall)
        if CONFIG.calendar.in_session(self.wall):
            return
        self.advance((opening - timedelta(seconds=5) - self.wall).total_seconds())
        self.broker.new_day()
        self.deliver_due()
        # The store brings today's facts and those of orders still open.
        left = {intent.record.flow for intent in self.engine.book.open_intents()}
        names = {f.intent_id for f in self.facts if isinstance(f, ev.IntentRecorded) and f.flow in left}
        kept = [f for f in self.facts if getattr(f, "flow", "") in left or getattr(f, "intent_id", "") in names]
        kills = [f for f in self.facts if isinstance(f, ev.KillswitchOn | ev.KillswitchOff)][-1:]
        self.today = [*kills, *kept]
        if restarted:
            self.boot(tuple(self.today))
        self.pass_time(20)

    # --- what must hold --------------------------------------------------------------

    @invariant()
    def never_more_than_held(self) -> None:
        for symbol, most in self.broker.bought.items():
            sold, live = self.broker.ours(symbol)
            assert sold + live <= most, f"I1 {symbol}: {sold} sold, {live} live, {most} were there"

    @invariant()
    def never_more_than_the_target(self) -> None:
        held = {f.flow: f.held - f.target for f in reversed(self.facts) if isinstance(f, ev.IntentRecorded)}
        flow_of = {f.intent_id: f.flow for f in self.facts if isinstance(f, ev.IntentRecorded)}
        sold: dict[str, int] = {}
        for line in [*self.broker.orders, *self.broker.gone]:
            if line.intent_id:
                sold[flow_of[line.intent_id]] = sold.get(flow_of[line.intent_id], 0) + line.filled
        for flow, amount in sold.items():
            assert amount <= held[flow], f"I1b {flow}: {amount} of {held[flow]}"

    @invariant()
    def connects_within_the_budget(self) -> None:
        assert len(self.connects) <= CONFIG.pace.connects_per_hour

    def check_told(self, fact: Any) -> None:
        if isinstance(fact, ev.OrderFilled):
            lines = [line for line in self.broker.orders if line.intent_id == fact.intent_id]
            assert lines
            assert fact.cumulative <= lines[0].filled, f"told of shares that are not sold: {fact}"
        elif isinstance(fact, ev.StopLossFilled | ev.TakeProfitFilled):
            names = self.engine.book.flows[fact.flow].attempts
            lines = [line for line in [*self.broker.orders, *self.broker.gone] if line.intent_id in names]
            assert fact.quantity <= sum(line.filled for line in lines)

    @invariant()
    def books_agree_with_the_ledger(self) -> None:
        mine = {i.record.intent_id for i in self.engine.book.open_intents() if i.record.kind == "order"}
        assert mine == set(self.ledger.open), "an order is open in one book and over in the other"

    def teardown(self) -> None:
        if not hasattr(self, "broker"):
            return
        self.replay_gives_the_same_book()
        self.faults_stop()
        for _ in range(70):
            for symbol in (*STOCKS, BOUGHT):
                self.prices[symbol] = 66_000
                self.trade(symbol, 66_000)
            self.pass_time(0.2)
            for line in self.broker.orders:
                self.broker.fill(line, line.live)
            self.pass_time(4.8)
        book = self.engine.book
        waiting = {i.record.symbol for i in book.open_intents() if i.state is IntentState.ESCALATED}
        if book.kill is not KillLevel.OFF:
            assert waiting, f"nothing is open, and the kill switch is not released: {obstacles(self.engine.desk)}"
            waiting = set(self.broker.shares)
        left = {symbol for symbol, quantity in self.broker.shares.items() if quantity and symbol not in waiting}
        assert not left, f"below the stop and nobody acts: {left}, {book.state}, {book.halts}"
        doubtful = [i for i in book.open_intents() if i.state is IntentState.UNKNOWN]
        assert not doubtful
        self.never_more_than_held()
        self.never_more_than_the_target()

    def replay_gives_the_same_book(self) -> None:
        again = Book()
        for fact in self.today if self.life > 1 else self.facts:
            again.apply(fact)
        mine = self.engine.book
        names = ("state", "kill", "halts", "intents", "flows", "closed", "sleep_cause", "summary_sent")
        for name in names:
            if self.today == self.facts:
                assert getattr(again, name) == getattr(mine, name), name

    def faults_stop(self) -> None:
        broker = self.broker
        broker.submit_fate = broker.cancel_fate = "accept"
        broker.read_fate = broker.notice_fate = "ok"
        broker.lagging = False
        self.feed_fate = self.ack_fate = "ok"
        self.pass_time(130)
        left_s = (CONFIG.calendar.closing(self.wall.date()) - self.wall).total_seconds()
        if not CONFIG.calendar.in_session(self.wall) or left_s < 600:
            if left_s > 0:
                self.advance(left_s)
                self.pass_time(90)
            self.next_day(restarted=False)
        for _ in range(12):
            self.give(SetKill("op", KillLevel.OFF, "tail"))
            if self.engine.book.kill is KillLevel.OFF:
                break
            self.pass_time(5)
        if Symbol("") in self.engine.book.halts:
            self.give(ResumeOrders("op"))
        if self.engine.book.state is State.SLEEPING:
            self.give(RestartMonitoring("op"))
        if self.engine.book.state is State.IDLE:
            self.give(StartMonitoring("op"))
        self.pass_time(60)


Storm.TestCase.settings = settings(
    max_examples=200,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    # Making a failure small takes minutes, longer than a test may hang: it is shown as it was found.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.requirement("MON-0.01", "MON-4.17", "MON-4.1.12", "MON-6.05")
class TestStorm(Storm.TestCase):  # type: ignore[name-defined,misc]
    """Run by pytest."""
