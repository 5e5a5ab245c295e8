"""Sample: buys of watch-list stocks that come near their support and turn up again within a minute.

It proposes once per stock and day, within a budget, and asks to leave what closes a
minute below the support. Read it as an example, not as advice.
"""

from msgspec import Struct

from hantu.domain.money import BPS
from hantu.domain.session import trading_date
from hantu.strategies.sdk import Bar, Decision, Strategy


class Params(Struct):
    """Change them with ``hantu jobs start support_rebound --set budget_won=500000``."""

    min_score: float = 70.0
    near_bps: int = 100
    """How near the support a minute's low must have come."""
    budget_won: int = 1_000_000
    """For one stock."""
    most: int = 3
    """Stocks proposed in one day."""


class State(Struct):
    """What it must know after a restart."""

    day: str = ""
    proposed: list[str] = []
    """Stocks proposed today."""


class SupportRebound(Strategy[Params, State]):
    """Near the support, and up again."""

    def on_bar(self, bar: Bar) -> None:
        """Judge a minute of a watched stock."""
        today = trading_date(self.now).isoformat()
        if self.state.day != today:
            self.state.day, self.state.proposed = today, []
        watch = next((one for one in self.watchlist if one.symbol == bar.symbol), None)
        if watch is None or watch.score < self.params.min_score or not bar.whole:
            return
        if bar.symbol in self.holdings:
            if bar.close < watch.support_price:
                self.exit(bar.symbol, self.holdings[bar.symbol].quantity, bar.close, "지지선 아래에서 1분 마감")
            return
        near = watch.support_price * (BPS + self.params.near_bps) // BPS
        turned = bar.low <= near and bar.close > bar.open and bar.close >= watch.support_price
        shares = self.params.budget_won // bar.close
        if turned and shares and bar.symbol not in self.state.proposed and len(self.state.proposed) < self.params.most:
            self.state.proposed.append(bar.symbol)
            self.propose(bar.symbol, shares, bar.close, f"지지선 {watch.support_price:,}원 근처에서 반등")

    def on_decision(self, decision: Decision) -> None:
        """Say what people made of a proposal."""
        self.note(f"{decision.proposal}: {decision.status} {decision.reason}".rstrip())
