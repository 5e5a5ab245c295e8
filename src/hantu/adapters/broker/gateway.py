"""The broker as one object: the runtime's Broker port over KIS."""

import ssl
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import aiofastnet
import aiohttp

from hantu.adapters.broker.auth import Authority
from hantu.adapters.broker.door import Door
from hantu.adapters.broker.keyring import Keyring
from hantu.adapters.broker.orders import OrderSender
from hantu.adapters.broker.pace import Pacer
from hantu.adapters.broker.rest import ReadBounds, RestReads, open_session
from hantu.adapters.broker.wires import Connect, Wires
from hantu.domain.account import Balance, BrokerOrder
from hantu.domain.instrument import Symbol
from hantu.domain.order import CancelRequest, OrderRequest, Outcome
from hantu.domain.quote import PolledPrice
from hantu.kis.environment import KisEnvironment
from hantu.kis.throttle import PAPER_LIMITS, REAL_LIMITS, Limits
from hantu.ports import Clock


class KisBroker:
    """The REST side of one app key; build it inside a running loop, close it at the end."""

    def __init__(
        self,
        environment: KisEnvironment,
        door: Door,
        clock: Clock,
        folder: Path,
        *,
        limits: Limits | None = None,
        reads: ReadBounds | None = None,
        tls: ssl.SSLContext | None = None,
        session: aiohttp.ClientSession | None = None,
        connect: Connect = aiofastnet.create_connection,
    ) -> None:
        """Put the parts together; nothing is sent yet.

        Args:
            environment: Where and as whom.
            door: The last checks before the socket.
            clock: Market time; it also paces the calls.
            folder: Private directory for what the broker issued.
            limits: Calls per second; by default those of the environment.
            reads: Patience of reads.
            tls: Trust settings; by default the system's.
            session: Carries the reads; by default one of its own.
            connect: Opens the connections for orders.
        """
        self._session = session or open_session(tls)
        pacer = Pacer(limits or (PAPER_LIMITS if environment.paper_rules else REAL_LIMITS), clock)
        self.keyring = Keyring(folder, environment)
        self._authority = Authority(environment, self._session, self.keyring, clock)
        self.reads = RestReads(environment, self._session, self._authority, pacer, clock, reads or ReadBounds())
        self._orders = OrderSender(
            environment, Wires(environment.rest_url, tls, connect=connect), self._authority, pacer, door, clock
        )

    async def submit(self, order: OrderRequest) -> Outcome:
        """Send one order exactly once and say what became of it."""
        return await self._orders.submit(order)

    async def cancel(self, cancel: CancelRequest) -> Outcome:
        """Send one cancel exactly once and say what became of it."""
        return await self._orders.cancel(cancel)

    async def approval_key(self, *, renew: bool = False) -> str:
        """Return the stream's approval key, issued at most as often as allowed."""
        return await self._authority.approval(renew=renew)

    async def balance(self) -> Balance:
        """Read every page of the holdings."""
        return await self.reads.balance()

    async def orders_today(self) -> tuple[BrokerOrder, ...]:
        """Read every page of today's orders on all venues."""
        return await self.reads.orders_today()

    async def prices(self, symbols: Sequence[Symbol], *, urgent: bool) -> tuple[PolledPrice, ...]:
        """Read current prices, many per call where the environment allows it."""
        return await self.reads.prices(symbols, urgent=urgent)

    async def average_range(self, symbol: Symbol, period: int) -> int:
        """Return the average true range of ``period`` finished daily bars, won; 0 = unusable."""
        return await self.reads.average_range(symbol, period)

    async def closed_days(self, start: date) -> frozenset[date] | None:
        """Return the exchange's closed weekdays from ``start``; None where not offered."""
        return await self.reads.closed_days(start)

    async def warm(self) -> None:
        """Open the order connections, keep them open, and fetch a token before it is needed.

        Raises:
            RetryableError: No token yet; the connections are kept and a token is fetched when due.
            BrokenError: The keys are wrong.
        """
        await self._orders.warm()
        await self._authority.token()

    async def close(self) -> None:
        """Close every connection."""
        await self._orders.close()
        await self._authority.close()
        await self._session.close()
