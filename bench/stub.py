"""The exchange stub: feeds frames, takes orders and stamps both ends of every exchange.

One thread, one poll loop, blocking sends; the same for every client. A moment is
CLOCK_MONOTONIC: ``sent`` before the frame's send call, ``arrived`` after the read that
returned the first byte of the order.
"""

import json
import select
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bench import market
from bench.wire import (
    CLOSE,
    PING,
    PONG,
    TEXT,
    Channel,
    Request,
    data_frame,
    next_frame,
    next_request,
    text_frame,
    upgrade_answer,
)
from hantu.domain.account import Holding
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity, Won
from hantu.domain.session import KST
from hantu.kis.cipher import NoticeCipher
from hantu.kis.control import Ack, parse_request
from hantu.kis.inquiries import balance_row, balance_summary

FILL_AFTER_S = 0.004
"""Real seconds between an order's answer and its fill: after the acceptance is dealt with."""
ORDER_PATH = "/uapi/domestic-stock/v1/trading/order-cash"
PONG_TEXT = '{"header":{"tr_id":"PINGPONG","datetime":"20261123100000"}}'


class Silence(Exception):
    """A client did not do what it was measured for in time."""


@dataclass(slots=True)
class Order:
    """One order request as it arrived."""

    arrived_ns: int
    symbol: str
    raw: bytes = field(repr=False)


class Stub:
    """A local exchange for one client at a time."""

    def __init__(self, clock: market.BenchClock, tls: ssl.SSLContext | None, stocks: int) -> None:
        self._clock = clock
        self._tls = tls
        self._holdings = _holdings(stocks)
        self._cipher = NoticeCipher(market.NOTICE_KEY, market.NOTICE_IV)
        self._poll = select.poll()
        self._channels: dict[int, Channel] = {}
        self._watched: dict[int, Callable[[], None]] = {}
        self._ws_door, self._rest_door = _listen(), _listen()
        for door in (self._ws_door, self._rest_door):
            self._poll.register(door, select.POLLIN)
        self._stream: Channel | None = None
        self._upgraded: set[int] = set()
        self._number = 0
        self._fills: list[tuple[float, str, int]] = []
        self._purchases: list[tuple[float, str]] = []
        self._away: set[str] = set()
        self.fill = False
        """Whether an order is filled by a notice a little later."""
        self.back_after_s = 0.0
        """So long after it was sold, somebody buys a stock anew outside of hantu; 0 = nobody does."""
        self.orders: list[Order] = []
        self.subscribed: list[tuple[str, str]] = []
        self.first_subscription_ns = 0
        self.connections = 0
        self.other_requests = 0

    @property
    def rest_url(self) -> str:
        """Address of the REST side."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._rest_door.getsockname()[1]}"

    @property
    def ws_url(self) -> str:
        """Address of the stream."""
        return f"ws://127.0.0.1:{self._ws_door.getsockname()[1]}"

    def watch(self, descriptor: int, react: Callable[[], None]) -> None:
        """Call ``react`` when something else becomes readable, a client's output say."""
        self._watched[descriptor] = react
        self._poll.register(descriptor, select.POLLIN | select.POLLHUP)

    def unwatch(self, descriptor: int) -> None:
        """Undo ``watch``."""
        del self._watched[descriptor]
        self._poll.unregister(descriptor)

    def serve(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Serve for a time or until a condition holds; tell whether it does."""
        end = time.monotonic() + seconds
        while not until():
            left = end - time.monotonic()
            if left <= 0:
                return False
            dues = [waiting[0][0] for waiting in (self._fills, self._purchases) if waiting]
            left = max(0.0, min([end, *dues]) - time.monotonic())
            for descriptor, _ in self._poll.poll(left * 1000.0):
                self._readable(descriptor)
            while self._fills and time.monotonic() >= self._fills[0][0]:
                self._sold(*self._fills.pop(0)[1:])
            while self._purchases and time.monotonic() >= self._purchases[0][0]:
                self._bought(self._purchases.pop(0)[1])
        return True

    def send(self, data: bytes) -> int:
        """Send frames on the stream; return the moment before the call."""
        assert self._stream is not None, "no client is connected"
        now = time.monotonic_ns()
        self._stream.write(data)
        return now

    def exchange(self, frame: bytes, patience_s: float = 5.0) -> float:
        """Send a frame that must lead to an order; return the microseconds between.

        Raises:
            Silence: No order came.
        """
        known = len(self.orders)
        sent = self.send(frame)
        if not self.serve(patience_s, lambda: len(self.orders) > known):
            raise Silence("no order came")
        return (self.orders[known].arrived_ns - sent) / 1000.0

    def trade(self, symbol: str, price: int, records: int = 1) -> bytes:
        """Return a trade frame of this moment, ready to send."""
        return text_frame(market.trade_text(symbol, price, self._clock.now().wall, records))

    def now(self) -> datetime:
        """Return the present moment of the bench's market."""
        return self._clock.now().wall

    def hang_up(self) -> None:
        """Close what the last client left open and forget it."""
        for channel in list(self._channels.values()):
            self._drop(channel)
        self._stream = None
        self._fills.clear()
        self._purchases.clear()
        self._away.clear()
        self.orders.clear()
        self.subscribed.clear()
        self.connections = self.other_requests = self.first_subscription_ns = 0

    def close(self) -> None:
        """Close everything."""
        self.hang_up()
        self._ws_door.close()
        self._rest_door.close()

    # --- sockets -----------------------------------------------------------------

    def _readable(self, descriptor: int) -> None:
        if descriptor in self._watched:
            self._watched[descriptor]()
        elif descriptor in (self._ws_door.fileno(), self._rest_door.fileno()):
            self._accept(descriptor == self._ws_door.fileno())
        else:
            channel = self._channels[descriptor]
            channel.read()
            if channel.open and descriptor in self._upgraded:
                self._messages(channel)
            elif channel.open:
                self._requests(channel)
            if not channel.open:
                self._forget(descriptor)

    def _accept(self, stream: bool) -> None:
        sock, _ = (self._ws_door if stream else self._rest_door).accept()
        sock.settimeout(5.0)
        channel = Channel(sock, None if stream else self._tls)
        self._channels[sock.fileno()] = channel
        self._poll.register(sock, select.POLLIN)
        if not stream:
            self.connections += 1

    def _drop(self, channel: Channel) -> None:
        descriptor = channel.sock.fileno()
        self._forget(descriptor)
        channel.close()

    def _forget(self, descriptor: int) -> None:
        if descriptor < 0:
            descriptor = next(key for key, channel in self._channels.items() if not channel.open)
        gone = self._channels.pop(descriptor, None)
        if gone is None:
            return
        self._upgraded.discard(descriptor)
        self._poll.unregister(descriptor)
        if gone is self._stream:
            self._stream = None

    # --- the stream --------------------------------------------------------------

    def _messages(self, channel: Channel) -> None:
        while channel.open and (found := next_frame(channel.plain)) is not None:
            kind, payload = found
            if kind == PING:
                channel.write(data_frame(payload, PONG))
            elif kind == CLOSE:
                channel.write(data_frame(payload, CLOSE))
                channel.close()
            elif kind == TEXT and b"PINGPONG" not in payload:
                self._subscribe(channel, payload.decode())

    def _subscribe(self, channel: Channel, text: str) -> None:
        self.first_subscription_ns = self.first_subscription_ns or time.monotonic_ns()
        asked = parse_request(text)
        sealed = asked.tr_id in ("H0STCNI0", "H0STCNI9")
        self.subscribed.append((asked.tr_id, asked.tr_key))
        word = "SUBSCRIBE SUCCESS" if asked.subscribe else "UNSUBSCRIBE SUCCESS"
        code = "OPSP0000" if asked.subscribe else "OPSP0001"
        key, iv = (market.NOTICE_KEY, market.NOTICE_IV) if sealed else ("", "")
        ack = Ack(asked.tr_id, asked.tr_key, encrypt=sealed, rt_cd="0", msg_cd=code, msg1=word, iv=iv, key=key)
        channel.write(text_frame(ack.render()))

    def _sold(self, symbol: str, number: int) -> None:
        self._send_fill(symbol, number, market.FALLEN, market.SOLD)
        if self.back_after_s:
            self._away.add(symbol)
            self._purchases.append((time.monotonic() + self.back_after_s, symbol))

    def _bought(self, symbol: str) -> None:
        self._number += 1
        self._away.discard(symbol)
        self._send_fill(symbol, self._number, market.CALM, market.BOUGHT)

    def _send_fill(self, symbol: str, number: int, price: int, side: str) -> None:
        plain = market.notice_text(symbol, f"{number:010d}", price, self._clock.now().wall, side)
        if self._stream is not None:
            self._stream.write(text_frame(f"1|H0STCNI0|001|{self._cipher.encrypt(plain)}"))

    # --- requests ----------------------------------------------------------------

    def _requests(self, channel: Channel) -> None:
        while channel.open and (request := next_request(channel.plain)) is not None:
            if "sec-websocket-key" in request.headers:
                channel.write(upgrade_answer(request))
                self._upgraded.add(channel.sock.fileno())
                self._stream = channel
                self._messages(channel)
                return
            answer = self._answer(channel, request)
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\ntr_cont: \r\nContent-Length: {len(answer)}\r\n\r\n"
            channel.write(head.encode() + answer)
            if request.headers.get("connection", "").lower() == "close":
                channel.close()

    def _answer(self, channel: Channel, request: Request) -> bytes:
        if request.path == ORDER_PATH:
            return self._ordered(channel, request)
        self.other_requests += 1
        wall = self._clock.now().wall
        name = request.path.rsplit("/", 1)[-1]
        if name == "tokenP":
            return json.dumps(_token(wall)).encode()
        if name == "Approval":
            return json.dumps({"approval_key": "a" * 36}).encode()
        if name == "hashkey":
            return json.dumps({"BODY": json.loads(request.body), "HASH": "h" * 64}).encode()
        return json.dumps({**self._read(name), "rt_cd": "0", "msg_cd": "KIOK0000", "msg1": "OK"}).encode()

    def _read(self, name: str) -> dict[str, object]:
        if name == "inquire-balance":
            held = [each for each in self._holdings if each.symbol not in self._away]
            rows = [balance_row(each) for each in held]
            summary = balance_summary(10_000_000, held)
            return {"ctx_area_fk100": "", "ctx_area_nk100": "", "output1": rows, "output2": [summary]}
        if name == "inquire-daily-ccld":
            return {"ctx_area_fk100": "", "ctx_area_nk100": "", "output1": [], "output2": {}}
        return {"ctx_area_fk": "", "ctx_area_nk": "", "output": []}

    def _ordered(self, channel: Channel, request: Request) -> bytes:
        symbol = str(json.loads(request.body)["PDNO"])
        self.orders.append(Order(channel.first_ns, symbol, request.raw))
        self._number += 1
        if self.fill:
            self._fills.append((time.monotonic() + FILL_AFTER_S, symbol, self._number))
        time_text = f"{self._clock.now().wall.astimezone(KST):%H%M%S}"
        output = {"KRX_FWDG_ORD_ORGNO": "03930", "ODNO": f"{self._number:010d}", "ORD_TMD": time_text}
        return json.dumps({"rt_cd": "0", "msg_cd": "APBK0013", "msg1": "주문 전송 완료", "output": output}).encode()


def _listen() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=64)


def _holdings(count: int) -> list[Holding]:
    return [
        Holding(
            Symbol(symbol), f"BENCH{symbol}", Quantity(market.SHARES), Quantity(market.SHARES), Price(market.CALM),
            Won(market.CALM * market.SHARES), Price(market.CALM),
        )
        for symbol in market.symbols(count)
    ]  # fmt: skip


def _token(wall: datetime) -> dict[str, object]:
    # The clients compare with their own calendar; two days ahead of the later one is in the future for all.
    ends = max(wall, datetime.now(wall.tzinfo)) + timedelta(hours=23)
    return {
        "access_token": market.TOKEN,
        "access_token_token_expired": f"{ends.astimezone(KST):%Y-%m-%d %H:%M:%S}",
        "token_type": "Bearer",
        "expires_in": 86_400,
    }
