"""Every REST read: paced, retried within bounds, renewed once, complete or not at all."""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, TypeAlias

import aiohttp

from hantu.adapters.broker.auth import Authority
from hantu.adapters.broker.pace import Pacer
from hantu.domain.account import Balance, BrokerOrder
from hantu.domain.errors import BrokenError, RetryableError
from hantu.domain.instrument import Symbol
from hantu.domain.quote import PolledPrice
from hantu.domain.session import trading_date
from hantu.kis.bars import average_true_range, daily_bars_query, decode_daily_bars
from hantu.kis.codes import NO_DATA, CodeClass, korean_text
from hantu.kis.endpoints import BALANCE, DAILY_BARS, DAILY_ORDERS, HOLIDAYS, MULTI_PRICE, PRICE, Endpoint, Lane
from hantu.kis.environment import KisEnvironment
from hantu.kis.inquiries import balance_query, decode_balance, decode_orders, orders_query
from hantu.kis.quotations import (
    MULTI_PRICE_MAX,
    decode_closed_days,
    decode_multi_price,
    decode_price,
    holidays_query,
    last_day,
    multi_price_query,
    price_query,
)
from hantu.kis.rest import (
    NEXT_PAGE,
    PAGES_MAX,
    Envelope,
    MalformedAnswer,
    Row,
    build_get,
    next_page,
    parse_envelope,
)
from hantu.ports import Clock

CONNECTIONS_MAX: Final = 8
OnAnswer: TypeAlias = Callable[[str, float, str, float], None]
"""Told of every answer: endpoint, real seconds it took, why it is unusable, when the server says it was made."""
_REPEATABLE: Final = frozenset({CodeClass.RATE, CodeClass.DOUBT, CodeClass.TOKEN})
"""Failures after which the same read may succeed; a refused token is replaced before the next try."""
CALENDAR_AHEAD: Final = timedelta(days=40)
"""How far the closed days are read; more than the longest closure."""
BAR_DAYS_PER_BAR: Final = 2
BAR_DAYS_SPARE: Final = 15
"""Calendar days asked for so that enough trading days are among them."""


def open_session(tls: ssl.SSLContext | None = None) -> aiohttp.ClientSession:
    """Return the session for reads and key requests; it repeats nothing by itself."""
    connector = aiohttp.TCPConnector(ssl=tls if tls is not None else True, limit=CONNECTIONS_MAX)
    # Proxy variables stay unread (trust_env is off): no proxy may see the keys.
    session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
    # The library repeats a GET on a cut connection, past our bounds and past the call
    # counter, and has no public switch for it; a test counts the requests.
    session._retry_connection = False  # noqa: SLF001
    return session


@dataclass(frozen=True, slots=True)
class ReadBounds:
    """Patience of one read; seconds of the connection are real, pauses are market time."""

    connect_s: float = 2.0
    total_s: float = 5.0
    tries: int = 3
    pause_s: float = 0.5
    """Before the second try; twice as long before each further one."""
    queue_s: float = 10.0
    """Longest wait for a place among the calls."""


class RestReads:
    """The broker's reads as domain values.

    Every method raises RetryableError if the answer could not be had now, and
    BrokenError if asking again would not help.
    """

    def __init__(
        self,
        environment: KisEnvironment,
        session: aiohttp.ClientSession,
        authority: Authority,
        pacer: Pacer,
        clock: Clock,
        bounds: ReadBounds = ReadBounds(),
    ) -> None:
        self._environment = environment
        self._session = session
        self._authority = authority
        self._pacer = pacer
        self._clock = clock
        self._bounds = bounds
        self.on_answer: OnAnswer | None = None

    async def balance(self) -> Balance:
        """Read every page of the holdings and the summary."""
        pages = await self._pages(BALANCE, balance_query(self._environment.credentials))
        with _decoding(BALANCE):
            return decode_balance(_rows(pages, "output1"), pages[-1].row("output2"))

    async def orders_today(self) -> tuple[BrokerOrder, ...]:
        """Read every page of today's orders on all venues."""
        query = orders_query(self._environment.credentials, self._today(), paper_rules=self._environment.paper_rules)
        pages = await self._pages(DAILY_ORDERS, query)
        with _decoding(DAILY_ORDERS):
            return decode_orders(_rows(pages, "output1"))

    async def prices(self, symbols: Sequence[Symbol], *, urgent: bool) -> tuple[PolledPrice, ...]:
        """Read current prices, thirty a call where the environment offers it."""
        lane = Lane.RECONCILE if urgent else Lane.OTHER
        found: list[PolledPrice] = []
        if self._environment.offers(MULTI_PRICE):
            for start in range(0, len(symbols), MULTI_PRICE_MAX):
                query = multi_price_query(symbols[start : start + MULTI_PRICE_MAX])
                answer = await self.call(MULTI_PRICE, query, lane=lane)
                with _decoding(MULTI_PRICE):
                    found += decode_multi_price(answer.rows("output"))
            return tuple(found)
        for symbol in symbols:
            answer = await self.call(PRICE, price_query(symbol), lane=lane)
            with _decoding(PRICE):
                found.append(decode_price(symbol, answer.row("output")))
        return tuple(found)

    async def average_range(self, symbol: Symbol, period: int) -> int:
        """Return the average true range of the last ``period`` finished days, won; 0 = unusable."""
        today = self._today()
        start = today - timedelta(days=BAR_DAYS_PER_BAR * period + BAR_DAYS_SPARE)
        answer = await self.call(DAILY_BARS, daily_bars_query(symbol, start, today))
        with _decoding(DAILY_BARS):
            bars = decode_daily_bars(answer.rows("output2"))
        # Today's bar still moves and would shorten every stop in the morning.
        return average_true_range([bar for bar in bars if bar.day < today], period)

    async def closed_days(self, start: date) -> frozenset[date] | None:
        """Return the exchange's closed weekdays from ``start``; None where not offered."""
        if not self._environment.offers(HOLIDAYS):
            return None
        pages = await self._pages(HOLIDAYS, holidays_query(start), until=start + CALENDAR_AHEAD)
        with _decoding(HOLIDAYS):
            return frozenset(day for day in decode_closed_days(_rows(pages, "output")) if day >= start)

    async def call(
        self, endpoint: Endpoint, query: Mapping[str, str], *, tr_cont: str = "", lane: Lane | None = None
    ) -> Envelope:
        """Ask once, and again within the bounds if that can help."""
        failure = RetryableError(f"{endpoint.name}: not asked", next_step="잠시 후 다시 시도됩니다.")
        for attempt in range(self._bounds.tries):
            if attempt:
                pause = self._bounds.pause_s * 2 ** (attempt - 1)
                await asyncio.sleep(self._clock.real_delay(pause))
            try:
                answer = await self._ask(endpoint, query, tr_cont, lane or endpoint.lane)
            except RetryableError as error:
                failure = error
                continue
            if answer.succeeded:
                return answer
            text = f"{endpoint.name}: {answer.msg_cd} {answer.msg1 or korean_text(answer.msg_cd)}"
            if answer.kind not in _REPEATABLE:
                raise BrokenError(text, next_step="증권사 응답 코드를 확인하세요. (docs/kis/rest.md)")
            failure = RetryableError(text, next_step="잠시 후 다시 시도됩니다.")
        raise failure

    async def _ask(self, endpoint: Endpoint, query: Mapping[str, str], tr_cont: str, lane: Lane) -> Envelope:
        token = await self._authority.token()
        if not await self._pacer.enter(lane, ledger=endpoint.ledger, max_wait_s=self._bounds.queue_s):
            raise RetryableError(f"{endpoint.name}: no call left", next_step="호출 한도가 풀리면 다시 시도됩니다.")
        request = build_get(self._environment, endpoint, query, token, tr_cont)
        began, served = asyncio.get_running_loop().time(), ""
        try:
            async with self._session.request(
                request.method,
                self._environment.rest_url + request.path,
                params=dict(request.query),
                headers=dict(request.headers),
                timeout=aiohttp.ClientTimeout(total=self._bounds.total_s, sock_connect=self._bounds.connect_s),
                allow_redirects=False,
            ) as response:
                body, served = await response.read(), response.headers.get("Date", "")
                answer = parse_envelope(response.status, body, response.headers.get("tr_cont", ""))
        except (aiohttp.ClientError, TimeoutError, MalformedAnswer) as error:
            detail = str(error) if isinstance(error, MalformedAnswer) else type(error).__name__
            self._measured(endpoint, began, detail, served)
            raise RetryableError(f"{endpoint.name}: {detail}", next_step="네트워크를 확인하세요.") from error
        # A refusal is an answer: the connection works, whatever was asked for.
        doubt = not answer.succeeded and answer.kind is CodeClass.DOUBT
        self._measured(endpoint, began, f"{answer.msg_cd} (HTTP {answer.status})" if doubt else "", served)
        if not answer.succeeded:
            if answer.kind is CodeClass.TOKEN:
                self._authority.reject_token(token)
            elif answer.kind is CodeClass.RATE:
                self._pacer.pushed_back()
        return answer

    def _measured(self, endpoint: Endpoint, began: float, problem: str, served: str) -> None:
        if self.on_answer is not None:
            took_s = asyncio.get_running_loop().time() - began
            self.on_answer(endpoint.name, took_s, problem, _seconds(served))

    async def _pages(
        self, endpoint: Endpoint, query: Mapping[str, str], *, until: date | None = None
    ) -> list[Envelope]:
        """Read all pages, or the calendar's up to ``until``; a missing page fails the whole."""
        pages = [await self.call(endpoint, query)]
        asked: set[tuple[str, ...]] = set()
        while True:
            with _decoding(endpoint):
                context = next_page(endpoint, pages[-1])
                if context is None or (until is not None and last_day(_rows(pages, "output")) >= until):
                    return pages
            position = tuple(context.values())
            if position in asked or len(pages) >= PAGES_MAX:
                raise BrokenError(f"{endpoint.name}: pages do not end", next_step="증권사 응답을 확인하세요.")
            asked.add(position)
            pages.append(await self.call(endpoint, {**query, **context}, tr_cont=NEXT_PAGE))

    def _today(self) -> date:
        return trading_date(self._clock.now().wall)


class _decoding:  # noqa: N801  reads as a verb
    """Turns an answer that is not what the endpoint documents into a RetryableError."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, MalformedAnswer):
            raise RetryableError(f"{self._endpoint.name}: {error}", next_step="잠시 후 다시 시도됩니다.") from error


def _seconds(http_date: str) -> float:
    """Return the moment of a Date header, seconds since 1970; 0 where it says nothing usable."""
    try:
        return parsedate_to_datetime(http_date).timestamp() if http_date else 0.0
    except ValueError:
        return 0.0


def _rows(pages: Sequence[Envelope], name: str) -> list[Row]:
    rows: list[Row] = []
    for page in pages:
        # Success without data may leave the list out altogether.
        if page.msg_cd not in NO_DATA or name in page.data:
            rows += page.rows(name)
    return rows
