"""All connections of the stream: who hears which event, gathered and paced like the broker does."""

from collections.abc import Iterable
from typing import Any, Final, assert_never

from hantu.kis.frames import render_data
from hantu.kis.layouts import Generation, layout
from hantu.simulator.gateway import Gateway
from hantu.simulator.model import BookChanged, ExchangeEvent, NoticeIssued, OperationIssued, TradePrinted
from hantu.simulator.stream.line import StreamLine
from hantu.simulator.stream.records import broken, record

BATCH: Final = 20
"""Most records the broker was seen to put into one frame."""
TRADE_TRS: Final = ("H0STCNT0", "H0UNCNT0")
BOOK_TRS: Final = ("H0STASP0", "H0UNASP0")
OPERATION_TRS: Final = ("H0STMKO0", "H0UNMKO0")
"""KRX and integrated; the alternative venue alone (H0NX…) has no market of its own here."""


class StreamHub:
    """Knows every connection; called by the server's step and by the exchange's events."""

    def __init__(self, gateway: Gateway) -> None:
        self.lines: dict[int, StreamLine] = {}
        self._gateway = gateway
        self._stale: dict[str, float] = {}
        self._trades: dict[str, list[dict[str, str]]] = {}
        self._books: dict[str, dict[str, str]] = {}
        self._flushed = 0.0
        self._serial = 0

    def next_number(self) -> int:
        """Return a number for a new connection."""
        self._serial += 1
        return self._serial

    def occupied(self, appkey: str, number: int) -> bool:
        """Tell whether another connection, or the ghost of one, holds this key."""
        if any(line.session.appkey == appkey for key, line in self.lines.items() if key != number):
            return True
        return self._gateway.mono() < self._stale.get(appkey, 0.0)

    def leave(self, line: StreamLine) -> None:
        """Forget a connection that ended."""
        self.lines.pop(line.session.number, None)
        grace = self._gateway.scenario.gateway.stale_session
        if grace and not line.clean and line.session.appkey:
            self._stale[line.session.appkey] = self._gateway.mono() + grace

    def publish(self, events: Iterable[ExchangeEvent]) -> None:
        """Take what the exchange did; notices and operations leave at once."""
        for event in events:
            match event:
                case TradePrinted():
                    self._trades.setdefault(event.symbol, []).append(event.columns)
                case BookChanged():
                    self._books[event.symbol] = event.columns
                case NoticeIssued():
                    self._send_notice(event)
                case OperationIssued():
                    self._send_operation(event)
                case _:
                    assert_never(event)

    def step(self, mono: float) -> None:
        """Send what has been gathered long enough and look after idle connections."""
        if mono - self._flushed >= self._gateway.scenario.gateway.conflation:
            self._flushed = mono
            self._flush()
        for line in tuple(self.lines.values()):
            line.watch(mono)

    def cut(self, target: str, *, clean: bool) -> list[StreamLine]:
        """Drop all connections, or the one with this number; returns those that want a clean end."""
        hit = [line for number, line in self.lines.items() if target in ("", "ws", str(number))]
        if clean:
            return hit
        for line in hit:
            line.reset()
        return []

    def inspect(self) -> dict[str, Any]:
        """Return plain data for a person or a test."""
        return {"connections": self._serial, "sessions": [line.session.inspect() for line in self.lines.values()]}

    def _flush(self) -> None:
        trades, self._trades = self._trades, {}
        books, self._books = self._books, {}
        if not self.lines:
            return
        for symbol, gathered in trades.items():
            for begin in range(0, len(gathered), BATCH):
                self._send(TRADE_TRS, symbol, gathered[begin : begin + BATCH])
        for symbol, columns in books.items():
            self._send(BOOK_TRS, symbol, [columns])

    def _send(self, tr_ids: tuple[str, ...], symbol: str, batch: list[dict[str, str]]) -> None:
        gateway = self._gateway
        rendered: dict[tuple[str, Generation], str] = {}
        for line in tuple(self.lines.values()):
            generation = line.session.generation
            for tr_id in tr_ids:
                if (tr_id, symbol) not in line.session.registrations:
                    continue
                frame = rendered.get((tr_id, generation))
                if frame is None:
                    columns = layout(tr_id, generation)
                    frame = render_data(tr_id, [record(each, columns) for each in batch])
                    rendered[tr_id, generation] = frame
                names = (tr_id, symbol, f"{tr_id}:{symbol}")
                if gateway.faults.take("garble", gateway.mono(), "ws", *names) is not None:
                    frame = broken(frame, gateway.rng)
                line.send(frame, *names)

    def _send_notice(self, event: NoticeIssued) -> None:
        account = self._gateway.exchange.account_of(event.account)
        if account is None:
            return
        tr_id = "H0STCNI9" if self._gateway.paper else "H0STCNI0"
        for line in tuple(self.lines.values()):
            session = line.session
            if (tr_id, account.hts_id) not in session.registrations:
                continue
            text = "^".join(record(event.columns, layout(tr_id, session.generation)))
            line.send(render_data(tr_id, [[session.cipher.encrypt(text)]], encrypted=True), tr_id)

    def _send_operation(self, event: OperationIssued) -> None:
        for line in tuple(self.lines.values()):
            session = line.session
            for tr_id in OPERATION_TRS:
                # News of the whole market come through one subscribed issue, whichever.
                issue = event.symbol or next((key for tr, key in session.registrations if tr == tr_id), "")
                if (tr_id, issue) not in session.registrations:
                    continue
                columns = {**event.columns, "MKSC_SHRN_ISCD": issue}
                line.send(render_data(tr_id, [record(columns, layout(tr_id, session.generation))]), tr_id, issue)
