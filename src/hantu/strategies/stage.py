"""A stage for the test of a strategy: trades, time, fills and decisions in, proposals out; nothing runs beside it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct, to_builtins

from hantu.domain.session import KST
from hantu.strategies.protocol import Ask, Beat, Begin, Decided, Done, Filled, Step, Timer, Trades, View
from hantu.strategies.sdk import Decision, Fill, Holding, Proposal, Strategy, Trade, Watch
from hantu.strategies.session import Session

OPENING = "2026-11-23 09:00:00"


class Stage:
    """Plays one strategy; times are Korean text like ``2026-11-23 09:00:00``."""

    def __init__(
        self,
        kind: type[Strategy[Any, Any]],
        *,
        params: Struct | None = None,
        watchlist: tuple[Watch, ...] = (),
        holdings: tuple[Holding, ...] = (),
        at: str = OPENING,
    ) -> None:
        self.proposals: list[Proposal] = []
        """Everything it has ever proposed."""
        self.notes: list[str] = []
        self.now = datetime.strptime(at, "%Y-%m-%d %H:%M:%S").replace(tzinfo=KST).astimezone(UTC)
        self._kind = kind
        self._params = dict(to_builtins(params)) if params is not None else {}
        self._kept: dict[str, Any] = {}
        self._counter = 0
        self._number = 0
        self._open: dict[str, Proposal] = {}
        self._volume: dict[str, int] = {}
        self._watchlist, self._holdings = watchlist, holdings
        self.session = Session(kind)
        self.restart()

    @property
    def strategy(self) -> Any:
        """The strategy itself, to look at its state."""
        return self.session.strategy

    def restart(self) -> None:
        """Begin a new life with what was kept, as after a crash."""
        self.session = Session(self._kind)
        begin = Begin(self._params, self._kept, self._counter, "T-")
        self._do(begin, View(self._watchlist, self._holdings, tuple(self._open.values())))

    def pass_time(self, seconds: float) -> None:
        """Let market time pass; minutes that end are told."""
        self.now += timedelta(seconds=seconds)
        self._do(Beat())

    def trade(self, symbol: str, price: int, quantity: int = 1) -> None:
        """Let one trade happen now."""
        self._volume[symbol] = self._volume.get(symbol, 0) + quantity
        self._do(Trades((Trade(symbol, price, quantity, self._volume[symbol], self.now),)))

    def gap(self, missed: int = 0) -> None:
        """Lose some frames; 0 when nobody can say how many."""
        self._do(Trades((), missed or -1))

    def timer(self, missed: int = 0) -> None:
        """Let one interval be over."""
        self._do(Timer(int(self.now.timestamp()), missed))

    def fill(self, symbol: str, side: str, quantity: int, price: int, proposal: str = "") -> None:
        """Fill some shares."""
        self._do(Filled(Fill(self._number, symbol, side, quantity, price, f"{self.now:%Y-%m-%d %H:%M:%S}", proposal)))

    def decide(self, key: str, status: str) -> None:
        """Have a person decide: approved, denied, expired; used when its order was placed."""
        if status != "approved":
            self._open.pop(key, None)
        self._do(Decided(Decision(key, status)), View(open=tuple(self._open.values())))

    def hold(self, *holdings: Holding) -> None:
        """Change what the account holds."""
        self._holdings = holdings
        self._do(Beat(), View(holdings=holdings))

    def _do(self, step: Step, view: View | None = None) -> None:
        self._number += 1
        done: Done = self.session.take(Ask(self._number, 0, self.now, step, view or View(), wants_state=True))
        self._kept = done.state if done.state is not None else self._kept
        self._counter = done.counter
        self.proposals += done.wishes
        self.notes += done.notes
        self._open |= {wish.key: wish for wish in done.wishes}
