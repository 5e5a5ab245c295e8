"""Small markets for the exchange's tests: one stock at 10,000 won, still or scripted."""

from datetime import datetime, timedelta

from hantu.domain.account import Side
from hantu.domain.instrument import Symbol
from hantu.simulator.exchange import Exchange
from hantu.simulator.model import Accepted, ExchangeEvent, NewOrder, NoticeIssued, Refused, Revision
from hantu.simulator.scenario import Scenario
from hantu.simulator.scenario_file import parse_scenario

ACCOUNT = "1234567801"
STOCK = "005930"
STILL = "trades_per_second: 0"
"""No background trades: the book stays as the market maker quoted it at the open."""


def scenario(
    *,
    liquidity: str = STILL,
    path: str = "",
    stock: str = "",
    extra: str = "",
    quantity: int = 100,
    cash: int = 10_000_000,
) -> Scenario:
    """Build a market with ten shares on each level and one account."""
    path = path or "{kind: waypoints, points: [{at: 08:00:00, price: 10000}]}"
    held = f"[{{symbol: {STOCK}, quantity: {quantity}, average_price: 9000}}]" if quantity else "[]"
    return parse_scenario(f"""
clock: {{date: 2026-11-23, start: 09:00:01}}
liquidity: {{depth: 10, spread: 0, trade_size: 3, {liquidity}}}
accounts: [{{number: 12345678-01, hts_id: USER, cash: {cash}, holdings: {held}}}]
stocks: [{{symbol: {STOCK}, name: 삼성전자, base_price: 10000, path: {path}{stock}}}]
{extra}
""")


class Desk:
    """An exchange with a clock in its hand, for tests that read like a trader's notes."""

    def __init__(self, what: Scenario, seed: int = 1) -> None:
        self.exchange = Exchange(what, seed)
        self.wall: datetime = what.clock.begin()

    def wait(self, seconds: float) -> list[ExchangeEvent]:
        """Let time pass and return what happened."""
        self.wall += timedelta(seconds=seconds)
        return self.exchange.advance(self.wall)

    def until(self, hhmmss: str) -> list[ExchangeEvent]:
        """Play to a Korean time of the day."""
        hour, minute, second = int(hhmmss[:2]), int(hhmmss[2:4]), int(hhmmss[4:])
        clock = self.exchange.scenario.clock
        midnight = clock.begin() - timedelta(
            hours=clock.start.hour, minutes=clock.start.minute, seconds=clock.start.second
        )
        self.wall = midnight + timedelta(hours=hour, minutes=minute, seconds=second)
        return self.exchange.advance(self.wall)

    def order(
        self, side: Side, quantity: int, price: int = 0, kind: str = "00", symbol: str = STOCK, venue: str = "KRX"
    ) -> Accepted | Refused:
        """Send an order now."""
        return self.exchange.submit(NewOrder(ACCOUNT, Symbol(symbol), side, kind, quantity, price, venue), self.wall)

    def sell(self, quantity: int, price: int = 0, kind: str = "00") -> str:
        """Send a sell that must be taken; returns its number."""
        answer = self.order(Side.SELL, quantity, price, kind)
        assert isinstance(answer, Accepted), answer
        return answer.order_no

    def buy(self, quantity: int, price: int = 0, kind: str = "00") -> str:
        """Send a buy that must be taken; returns its number."""
        answer = self.order(Side.BUY, quantity, price, kind)
        assert isinstance(answer, Accepted), answer
        return answer.order_no

    def cancel(self, number: str, quantity: int = 0) -> Accepted | Refused:
        """Cancel all or ``quantity`` of what is left."""
        return self.exchange.revise(Revision(ACCOUNT, number, True, quantity, 0, quantity == 0), self.wall)

    def amend(self, number: str, price: int, quantity: int = 0) -> Accepted | Refused:
        """Move all or ``quantity`` of what is left to another price."""
        return self.exchange.revise(Revision(ACCOUNT, number, False, quantity, price, quantity == 0), self.wall)

    def row(self, number: str) -> dict[str, str]:
        """Return the inquiry row of one order."""
        (row,) = self.exchange.orders_today(ACCOUNT, order_no=number)
        return row

    def notices(self) -> list[dict[str, str]]:
        """Return the notices since the last look."""
        return [one.columns for one in self.exchange.drain_events() if isinstance(one, NoticeIssued)]


def triplet(columns: dict[str, str]) -> str:
    """Return RFUS, CNTG and ACPT as one word."""
    return columns["RFUS_YN"] + columns["CNTG_YN"] + columns["ACPT_YN"]
