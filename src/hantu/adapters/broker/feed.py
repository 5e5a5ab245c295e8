"""The stream as the runtime's Feed port: one connection at a time, never a second try of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from ssl import SSLContext

from picows import WSError, WSHandshakeError, ws_connect

from hantu.adapters.broker.line import ASKED, Line
from hantu.engine.inputs import FeedClosed, FeedFailed, FeedFailure, FeedOpened, StreamInput
from hantu.kis.environment import KisEnvironment
from hantu.kis.hot import CalmFrames
from hantu.kis.stream import StreamSession
from hantu.ports import Clock

CONNECT_S = 2.0
"""Real seconds from the first packet to the end of the handshake."""
HANDSHAKE_S = 1.9
"""Real seconds of the handshake alone; the library ends the socket itself then, so it comes first."""
FRAME_LIMIT = 1 << 20
_UNAVAILABLE = 503


class PicowsFeed:
    """The real-time stream of one app key; results arrive at the sink, in order.

    The sink is called by the loop's thread from inside the socket's callbacks and
    must not raise. What an earlier connection still says is never passed on.
    """

    def __init__(
        self,
        environment: KisEnvironment,
        clock: Clock,
        sink: Callable[[StreamInput], None],
        *,
        tls: SSLContext | None = None,
        calm: CalmFrames | None = None,
        connect: Callable[..., Awaitable[object]] = ws_connect,
        tap: Callable[[bytes], None] | None = None,
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            environment: Where and as whom.
            clock: Market time; silence and pings are measured with it.
            sink: Receives every result.
            tls: Trust settings for ``wss``; by default the system's.
            calm: Holds back what changes nothing; by default nothing is held back.
            connect: Opens one WebSocket; arguments as picows' ``ws_connect``.
            tap: Told each text frame after it was handled; neither waits nor raises.
        """
        self._connect_socket = connect
        self._tap = tap
        self._environment = environment
        self._clock = clock
        self._sink = sink
        self._tls = tls
        self._calm = calm or CalmFrames()
        self._line: Line | None = None
        self._attempt: asyncio.Task[None] | None = None

    def open(self, approval_key: str) -> None:
        """Begin to connect; ends in FeedOpened or FeedFailed within 2 s."""
        self._drop()
        account = self._environment.credentials.account
        line = Line(
            session=lambda mono: StreamSession(approval_key, mono, account),
            clock=self._clock,
            calm=self._calm,
            sink=self._sink,
            stands=lambda: self._sink(FeedOpened()),
            ended=lambda reason, asked: self._ended(line, FeedClosed(reason, asked)),
            refused=lambda failure: self._ended(line, failure),
            tap=self._tap,
        )
        self._line = line
        self._attempt = asyncio.get_running_loop().create_task(self._connect(line), name="feed connect")

    def subscribe(self, tr_id: str, key: str) -> None:
        """Send one subscribe message; ends in Subscribed or SubscribeRefused, or silence."""
        if self._line is not None:
            self._line.subscribe(tr_id, key)

    def unsubscribe(self, tr_id: str, key: str) -> None:
        """Send one unsubscribe message."""
        if self._line is not None:
            self._line.unsubscribe(tr_id, key)

    async def close(self) -> None:
        """Close with a handshake, bounded in time; ends in FeedClosed(asked=True) if anything was open."""
        line = self._line
        if line is None:
            return
        if line.stood:
            await line.close()
        else:
            self._drop()
            self._sink(FeedClosed(ASKED, asked=True))

    async def _connect(self, line: Line) -> None:
        failure = FeedFailed(FeedFailure.NETWORK, "연결 중에 끊김")
        try:
            async with asyncio.timeout(CONNECT_S):
                await self._connect_socket(
                    lambda: line,
                    self._environment.stream_url,
                    ssl_context=self._tls,
                    websocket_handshake_timeout=HANDSHAKE_S,
                    max_frame_size=FRAME_LIMIT,
                    max_redirects=0,
                )
        except TimeoutError:
            failure = FeedFailed(FeedFailure.NETWORK, f"{CONNECT_S:.0f}초 안에 연결되지 않음")
        except WSHandshakeError as error:
            failure = _handshake_failure(error)
        except (WSError, OSError) as error:
            failure = FeedFailed(FeedFailure.NETWORK, f"연결 실패 ({type(error).__name__})")
        if line is self._line and not line.stood:
            self._ended(line, failure)

    def _ended(self, line: Line, result: FeedClosed | FeedFailed) -> None:
        if line is not self._line:
            return
        self._drop()
        self._sink(result)

    def _drop(self) -> None:
        """Forget the present connection or attempt; nothing of it reaches the sink any more."""
        line, self._line = self._line, None
        attempt, self._attempt = self._attempt, None
        if line is not None:
            line.abandon()
        if attempt is not None and not attempt.done() and attempt is not asyncio.current_task():
            attempt.cancel()


def _handshake_failure(error: WSHandshakeError) -> FeedFailed:
    status = int(error.response.status) if error.response is not None else 0
    if status == _UNAVAILABLE:
        return FeedFailed(FeedFailure.MAINTENANCE, f"서버 점검 (HTTP {status})", str(status))
    reason = f"연결 거절 (HTTP {status})" if status else "연결 거절"
    return FeedFailed(FeedFailure.NETWORK, reason, str(status) if status else "")
