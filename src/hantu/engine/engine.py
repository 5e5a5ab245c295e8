"""The guard's decisions: one input in, facts and actions out.

Entry points: ``Engine.handle``, ``Engine.next_deadline``. Synchronous and pure:
no input or output, clock, chance or log; the same inputs give the same
decisions, live, after a restart and in replay. One task owns an engine.
Invariants:
1. every order has its intent among the facts of the same decision;
2. at most one open order intent per stock and side;
3. nothing but evidence or a person ends a doubt about an order.
"""

from collections.abc import Callable
from typing import Any

from hantu.domain import commands as cmd
from hantu.domain import events as ev
from hantu.domain.instant import Instant
from hantu.domain.market import MarketOperation
from hantu.domain.order import Notice
from hantu.domain.quote import BookTop, Trade
from hantu.engine import (
    day,
    flatten,
    holdings,
    judge,
    line,
    mandates,
    manual,
    notices,
    orders,
    procedure,
    reading,
    recovery,
    registrations,
    safety,
    switch,
    unresolved,
    verdicts,
)
from hantu.engine import inputs as inp
from hantu.engine.book import Book
from hantu.engine.config import GuardConfig
from hantu.engine.decision import Decision
from hantu.engine.inputs import FeedFailed, FeedFailure, Input
from hantu.engine.journey import State
from hantu.engine.turn import Desk, Turn

IDLE_WAKE_S = 1.0
"""The calendar is looked at at least this often: the wall clock may jump."""
SESSION_CODES = {"OPSP0011": FeedFailure.AUTH, "OPSP8996": FeedFailure.IN_USE}


class Engine:
    """Everything the guard decides, for one account."""

    def __init__(self, config: GuardConfig) -> None:
        self._desk = Desk(config)
        self._handlers: dict[type, Callable[[Turn, Any], None]] = {
            Trade: judge.traded,
            BookTop: judge.quoted,
            Notice: notices.noticed,
            MarketOperation: day.operation,
            inp.FeedOpened: lambda turn, _: line.opened(turn),
            inp.FeedClosed: _feed_closed,
            inp.FeedFailed: line.failed,
            inp.Subscribed: _subscribed,
            inp.SubscribeRefused: _subscribe_refused,
            inp.Unsubscribed: lambda turn, _: None,
            inp.FrameUnparsable: lambda turn, got: turn.say("ERROR", f"메시지 파싱 실패: {got.text}"),
            inp.SubmitEnded: lambda turn, got: orders.submitted(turn, got.intent_id, got.outcome),
            inp.CancelEnded: lambda turn, got: orders.cancel_ended(turn, got.intent_id, got.outcome),
            inp.BalanceRead: reading.balance_read,
            inp.OrdersRead: reading.orders_read,
            inp.PricesRead: reading.prices_read,
            inp.RangesRead: lambda turn, got: holdings.ranges_read(turn, got.ranges),
            inp.Started: recovery.started,
            inp.WatchlistChanged: _watchlist_changed,
            inp.StorageHealth: _storage_health,
            inp.SafetyBreach: switch.breached,
            inp.Woken: _woken,
            inp.OrderPlaced: manual.placed,
            inp.TokenIssued: lambda turn, got: turn.record(got.fact),
            inp.MandateRead: mandates.read,
            cmd.StartMonitoring: _start,
            cmd.StopMonitoring: lambda turn, got: day.stop(turn, got.actor),
            cmd.RestartMonitoring: _restart,
            cmd.HaltOrders: lambda turn, got: day.halt(turn, got.symbol, "manual", got.actor),
            cmd.ResumeOrders: lambda turn, got: day.resume(turn, got.symbol, "manual", got.actor),
            cmd.SetKill: switch.set_kill,
            cmd.RunRecovery: procedure.run,
            cmd.ResolveOrder: verdicts.resolve,
        }

    @property
    def book(self) -> Book:
        """What is remembered; for reading only."""
        return self._desk.book

    @property
    def desk(self) -> Desk:
        """What is seen now; for reading only."""
        return self._desk

    def handle(self, got: Input, now: Instant) -> Decision:
        """Decide what follows from one input at one moment."""
        turn = Turn(self._desk, now)
        self._handlers[type(got)](turn, got)
        if type(got) is not Trade and type(got) is not BookTop:
            _due(turn)
        return turn.decision()

    def objection(self, wish: cmd.ResolveOrder, now: Instant) -> str:
        """Return why a person's word about an order would not be taken; empty if it would."""
        return verdicts.objection(Turn(self._desk, now), wish)

    def next_deadline(self, now: Instant) -> float:
        """Return the monotonic moment at which the engine wants to be woken."""
        turn = Turn(self._desk, now)
        moments = [now.mono + IDLE_WAKE_S]
        for part in (day, line, registrations, orders, unresolved, switch, flatten, reading):
            moment = part.next_due(turn)
            if moment is not None:
                moments.append(moment)
        return min(moments)


def _woken(turn: Turn, _: inp.Woken) -> None:
    removed = turn.desk.buffer.purge(turn.now.mono)
    if removed:
        turn.say("INFO", f"메모리 정리: 버퍼 {removed}개 삭제")


def _due(turn: Turn) -> None:
    for part in (line, registrations, orders, unresolved, procedure, day, switch, flatten, reading):
        part.due(turn)
    safety.observed(turn)


def _feed_closed(turn: Turn, got: inp.FeedClosed) -> None:
    # What we asked to close is no longer open in our eyes; a line that is was not meant, and is gone all the same.
    if not got.asked or turn.desk.line.open:
        line.lost(turn, got.reason)


def _subscribed(turn: Turn, got: inp.Subscribed) -> None:
    registrations.confirmed(turn, (got.tr_id, got.key))


def _subscribe_refused(turn: Turn, got: inp.SubscribeRefused) -> None:
    kind = SESSION_CODES.get(got.code)
    if kind is not None:
        line.failed(turn, FeedFailed(kind, got.message, got.code))
        return
    registrations.refused(turn, (got.tr_id, got.key), got.code, got.message)


def _watchlist_changed(turn: Turn, got: inp.WatchlistChanged) -> None:
    before = set(turn.desk.watchlist)
    turn.desk.watchlist = {item.symbol: item for item in got.watchlist}
    for symbol in sorted(before - set(turn.desk.watchlist)):
        if symbol not in turn.book.positions:
            registrations.unwant(turn, symbol)
    for symbol in sorted(set(turn.desk.watchlist) - before):
        registrations.want(turn, symbol)


def _storage_health(turn: Turn, got: inp.StorageHealth) -> None:
    if turn.desk.storage_ok and not got.ok:
        turn.record(ev.EventLogFailed(got.reason))
    turn.desk.storage_ok = got.ok


def _start(turn: Turn, got: cmd.StartMonitoring) -> None:
    if turn.book.state is State.IDLE:
        day.open_day(turn, f"start by {got.actor}")
    elif turn.book.state is State.UNSUBSCRIBING:
        turn.desk.start_asked = got.actor


def _restart(turn: Turn, got: cmd.RestartMonitoring) -> None:
    if turn.book.state is State.SLEEPING:
        line.wake(turn, got.actor)
    elif turn.book.state is State.IDLE:
        day.open_day(turn, f"restart by {got.actor}")
    elif turn.book.state is State.UNSUBSCRIBING:
        turn.desk.start_asked = got.actor
