"""Does its work: counts trades, proposes once, remembers every fill and timer it was told."""

from typing import ClassVar

from msgspec import Struct

from hantu.strategies.sdk import Decision, Fill, Strategy, Trade


class Params(Struct):
    propose: bool = False
    symbol: str = "005930"


class State(Struct):
    trades: int = 0
    fills: list[int] = []
    mine: list[str] = []
    slots: int = 0
    missed: int = 0
    decisions: list[str] = []
    keys: list[str] = []
    gaps: int = 0
    lives: int = 0


class Subject(Strategy[Params, State]):
    timer_s: ClassVar[float] = 1.0

    def on_start(self) -> None:
        self.state.lives += 1

    def on_trade(self, trade: Trade) -> None:
        self.state.trades += 1
        if self.params.propose and trade.symbol == self.params.symbol and not self.proposals:
            key = self.propose(trade.symbol, 1, trade.price, "test", band_bps=200)
            self.state.keys.append(key)

    def on_fill(self, fill: Fill) -> None:
        self.state.fills.append(fill.number)
        if fill.proposal:
            self.state.mine.append(fill.proposal)

    def on_timer(self, missed: int) -> None:
        self.state.slots += 1 + missed
        self.state.missed += missed

    def on_gap(self, missed: int) -> None:
        self.state.gaps += 1

    def on_decision(self, decision: Decision) -> None:
        self.state.decisions.append(f"{decision.proposal}:{decision.status}")
