"""One stream connection on a socket: frames joined, pings sent, silence noticed."""

import asyncio
from collections.abc import Callable

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

from hantu.engine.inputs import (
    FeedFailed,
    FeedFailure,
    FrameUnparsable,
    StreamInput,
    Subscribed,
    SubscribeRefused,
    Unsubscribed,
)
from hantu.kis import control, stream
from hantu.kis.hot import CalmFrames
from hantu.kis.stream import SILENCE_S, StreamSession
from hantu.ports import Clock

MESSAGE_LIMIT = 1 << 20
"""Bytes of one message joined from several frames; the longest ever seen has some 7 000."""
GRACE_S = 0.05
"""Real seconds between the first doubt about a silent line and giving it up."""
HOLD_S = 0.002
"""Real seconds frames that change nothing may be held back in a burst; alone they are not."""
CLOSE_S = 1.0
"""Real seconds a closing handshake may take."""
ASKED = "요청으로 닫음"
"""Reason of a close we asked for, whoever ended the socket then."""
_REFUSALS = {control.INVALID_APPROVAL: FeedFailure.AUTH, control.SESSION_IN_USE: FeedFailure.IN_USE}


class Line(WSListener):
    """One connection from the attempt to its end; every method is called by the loop's thread.

    ``ended`` is called exactly once for a line that stood, with the reason, and
    whether we asked for it; ``refused`` instead if the server refused the
    session. Both are expected to call ``abandon``.
    """

    def __init__(
        self,
        session: Callable[[float], StreamSession],
        clock: Clock,
        calm: CalmFrames,
        sink: Callable[[StreamInput], None],
        stands: Callable[[], None],
        ended: Callable[[str, bool], None],
        refused: Callable[[FeedFailed], None],
        tap: Callable[[bytes], None] | None = None,
    ) -> None:
        super().__init__()
        self.stood = False
        self._make_session = session
        self._clock = clock
        self._calm = calm
        self._sink = sink
        self._stands = stands
        self._ended = ended
        self._refused = refused
        self._tap = tap
        self._session: StreamSession | None = None
        self._transport: WSTransport | None = None
        self._over = False
        self._asked = False
        self._parts: list[bytes] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._in_doubt = False
        self._holding = False
        self._released = 0.0

    # --- called by the feed ------------------------------------------------------

    def subscribe(self, tr_id: str, key: str) -> None:
        """Send one subscribe message; nothing happens on a line that does not stand."""
        if self._session is not None:
            self._send(self._session.subscribe(tr_id, key))

    def unsubscribe(self, tr_id: str, key: str) -> None:
        """Send one unsubscribe message; nothing happens on a line that does not stand."""
        if self._session is not None:
            self._send(self._session.unsubscribe(tr_id, key))

    async def close(self) -> None:
        """Say goodbye and wait for the other side, at most a second; frames still count until then."""
        self._asked = True
        transport = self._transport
        if transport is not None and not self._over:
            transport.send_close(WSCloseCode.OK)
            farewell = asyncio.ensure_future(transport.wait_disconnected())
            done, _ = await asyncio.wait([farewell], timeout=CLOSE_S)
            if farewell in done:
                # How the other side broke the protocol while leaving does not matter any more.
                farewell.exception()
            else:
                farewell.cancel()
                transport.disconnect(graceful=False)
        self._end(ASKED)

    def abandon(self) -> None:
        """Drop the connection without a word to anybody; what still arrives is not read."""
        self._over = True
        self._stop_timer()
        if self._transport is not None:
            # A close frame on its way frees the session at the server; only a dead line is cut.
            self._transport.disconnect(graceful=self._transport.is_close_frame_sent)

    # --- called by the socket ----------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Begin the session, unless the attempt was given up meanwhile."""
        self._transport = transport
        if self._over:
            transport.disconnect(graceful=False)
            return
        self.stood = True
        self._session = self._make_session(self._clock.now().mono)
        self._watch()
        self._stands()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Read one frame; control frames are signs of life, picows answers pings itself."""
        session = self._session
        if session is None or self._over:
            return
        kind = frame.msg_type
        if kind is WSMsgType.TEXT and frame.fin:
            data = frame.get_payload_as_bytes()
            text = data.decode("utf-8", "replace")
            if not self._calm.hold(text):
                self._read_in_order(session, text)
            elif not self._holding:
                # At the earliest when everything the socket has now is read.
                self._holding = True
                loop = asyncio.get_running_loop()
                loop.call_at(max(loop.time(), self._released + HOLD_S), self._release)
            if self._tap is not None:
                # What it sets off here has gone first.
                self._tap(data)
        elif kind is WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code())
            transport.disconnect()
            code = int.from_bytes(frame.get_payload_as_bytes()[:2], "big")
            self._end(f"서버가 연결을 닫음 ({code})" if code else "서버가 연결을 닫음")
        elif kind in (WSMsgType.PING, WSMsgType.PONG):
            session.heard(self._clock.now().mono)
        else:
            self._join(session, frame)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Report the end of the socket."""
        self._end("연결이 끊김")

    # --- inside ------------------------------------------------------------------

    def _join(self, session: StreamSession, frame: WSFrame) -> None:
        """Collect a message that comes in several frames."""
        if frame.msg_type is not WSMsgType.CONTINUATION:
            self._parts = []
        if self._parts is None:
            return
        self._parts.append(frame.get_payload_as_bytes())
        if sum(map(len, self._parts)) > MESSAGE_LIMIT:
            self._parts = None
            session.heard(self._clock.now().mono)
            self._sink(FrameUnparsable("message is too long", ""))
        elif frame.fin:
            message, self._parts = b"".join(self._parts), None
            self._read_in_order(session, message.decode("utf-8", "replace"))

    def _release(self) -> None:
        """Read what was held back: of each stock the last frame."""
        self._holding = False
        self._released = asyncio.get_running_loop().time()
        for text in self._calm.take():
            if self._session is not None and not self._over:
                self._read(self._session, text)

    def _read_in_order(self, session: StreamSession, text: str) -> None:
        for older in self._calm.older_than(text):
            self._read(session, older)
        self._read(session, text)

    def _read(self, session: StreamSession, text: str) -> None:
        now = self._clock.now()
        for event in session.receive(text, now):
            match event:
                case stream.TradesDecoded(trades):
                    for trade in trades:
                        self._sink(trade)
                case stream.BookDecoded(book):
                    self._sink(book)
                case stream.NoticeDecoded(notice):
                    self._sink(notice)
                case stream.OperationDecoded(operation):
                    self._sink(operation)
                case stream.Reply(text):
                    self._send(text)
                case _:
                    self._tell(event)
            if self._over:
                return

    def _tell(self, event: stream.StreamEvent) -> None:
        match event:
            case stream.Subscribed(tr_id, key):
                self._sink(Subscribed(tr_id, key))
            case stream.Unsubscribed(tr_id, key):
                self._sink(Unsubscribed(tr_id, key))
            case stream.SubscribeRefused(tr_id, key, code, message):
                self._sink(SubscribeRefused(tr_id, key, code, message))
            case stream.Unparsable(reason, text):
                self._sink(FrameUnparsable(reason, text))
            case stream.SessionRefused(code, message):
                if self._transport is not None:
                    # Cleanly, so that the server frees what it may hold for us.
                    self._transport.send_close(WSCloseCode.OK)
                self._refused(FeedFailed(_REFUSALS[code], message, code))

    def _send(self, text: str) -> None:
        if self._transport is not None and not self._over and not self._transport.is_disconnected:
            self._transport.send(WSMsgType.TEXT, text.encode())

    def _end(self, reason: str) -> None:
        if self._over or not self.stood:
            return
        self._over = True
        self._stop_timer()
        self._ended(ASKED if self._asked else reason, self._asked)

    def _watch(self) -> None:
        session = self._session
        assert session is not None
        due = min(session.silence_deadline, session.ping_due) - self._clock.now().mono
        self._timer = asyncio.get_running_loop().call_later(max(self._clock.real_delay(due), 0.001), self._look)

    def _look(self) -> None:
        """Ping when it is time; give the line up when nothing was heard for too long."""
        session, transport, now = self._session, self._transport, self._clock.now().mono
        assert session is not None
        assert transport is not None
        if now < session.silence_deadline:
            self._in_doubt = False
        elif not self._in_doubt:
            # The process itself may have slept; what waits in the socket is read first.
            self._in_doubt = True
            self._timer = asyncio.get_running_loop().call_later(GRACE_S, self._look)
            return
        else:
            self._end(f"{SILENCE_S:.0f}초 동안 수신 없음")
            return
        if now >= session.ping_due:
            session.pinged(now)
            transport.send_ping()
        self._watch()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
