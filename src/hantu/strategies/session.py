"""One life of a strategy, without process and without waiting: a step in, its answer out.

The runner drives it live, the backtest drives it over a recorded day: the same
class sees the same calls in the same order.
"""

from datetime import UTC, datetime
from typing import Any

import msgspec

from hantu.strategies.bars import Bars
from hantu.strategies.protocol import Ask, Beat, Begin, Decided, Done, Filled, Step, Timer, Trades, View
from hantu.strategies.sdk import Strategy, World


class BadState(ValueError):
    """Settings or kept state do not fit the strategy's class."""


class Session:
    """Calls one strategy; every failure of it passes through to the caller."""

    def __init__(self, kind: type[Strategy[Any, Any]]) -> None:
        self._kind = kind
        self._strategy: Strategy[Any, Any] | None = None
        self._bars = Bars()
        self._world = World(datetime.min.replace(tzinfo=UTC))
        self._kept = b""

    @property
    def strategy(self) -> Strategy[Any, Any]:
        """The strategy, once it has begun."""
        assert self._strategy is not None, "the first step is Begin"
        return self._strategy

    def take(self, ask: Ask) -> Done:
        """Do one step; the state comes along when it was asked for, or must be kept with a wish.

        Raises:
            BadState: What was kept does not fit the class.
            Exception: Whatever the strategy raised; the step has not happened.
        """
        self._world.now = ask.now
        self._see(ask.view)
        self._do(ask.step)
        strategy = self.strategy
        wishes, notes = tuple(strategy.wishes), tuple(strategy.notes)
        strategy.wishes, strategy.notes = [], []
        state = self._state(always=bool(wishes)) if wishes or ask.wants_state else None
        return Done(ask.number, ask.token, wishes, notes, state, strategy.counter)

    # --- leaves ---------------------------------------------------------------------

    def _see(self, view: View) -> None:
        world = self._world
        if view.watchlist is not None:
            world.watchlist = view.watchlist
        if view.holdings is not None:
            world.holdings = {holding.symbol: holding for holding in view.holdings}
        if view.open is not None:
            world.open = {one.key: one for one in view.open}

    def _do(self, step: Step) -> None:
        match step:
            case Begin():
                self._begin(step)
            case Trades():
                self._trades(step)
            case Beat():
                pass
            case Filled(fill):
                self.strategy.on_fill(fill)
            case Decided(decision):
                self.strategy.on_decision(decision)
            case Timer(_, missed):
                self.strategy.on_timer(missed)
        for bar in self._bars.due(self._world.now):
            self.strategy.on_bar(bar)

    def _begin(self, step: Begin) -> None:
        try:
            params = msgspec.convert(step.params, self._kind.params_type)
            state = msgspec.convert(step.state, self._kind.state_type)
        except msgspec.ValidationError as error:
            raise BadState(f"settings or kept state do not fit {self._kind.__name__}: {error}") from error
        self._strategy = self._kind(params, state, self._world, step.counter, step.prefix)
        self._bars.broken(self._world.now)
        self.strategy.on_start()

    def _trades(self, step: Trades) -> None:
        strategy = self.strategy
        if step.missed:
            self._bars.broken(self._world.now)
            strategy.on_gap(max(step.missed, 0))
        for trade in step.trades:
            ended = self._bars.add(trade)
            if ended is not None:
                strategy.on_bar(ended)
            strategy.on_trade(trade)

    def _state(self, *, always: bool) -> dict[str, Any] | None:
        """Return the state; None if it is as it was when it was last returned."""
        state = msgspec.to_builtins(self.strategy.state)
        packed = msgspec.msgpack.encode(state)
        if packed == self._kept and not always:
            return None
        self._kept = packed
        return dict(state)
