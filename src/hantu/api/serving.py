"""uvicorn around the application, in a loop that is not its own: our signals, our end."""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from typing import Any, Final

import uvicorn

from hantu.api.lanes import use_few_readers
from hantu.api.shield import Shield

END_S: Final = 3
"""Real seconds for requests under way; a stream that does not read is cut then."""
WAITING_MAX: Final = 256
AT_ONCE_MAX: Final = 1_000


class Serving(uvicorn.Server):
    """One server; told to end by ``finish``, not by signals of its own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program around it."""
        yield

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to finish; few threads, so that handlers at work leave the loop its turns."""
        use_few_readers()
        await super().serve(sockets)

    def finish(self) -> None:
        """Take nothing new; end once the rest is answered or three seconds have passed."""
        self.should_exit = True


def serving(app: Shield, host: str, port: int, context: ssl.SSLContext | None) -> Serving:
    """Return a server that is not started yet."""
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False, date_header=True,
        proxy_headers=False, lifespan="off", timeout_graceful_shutdown=END_S, timeout_keep_alive=75, ws="none",
        backlog=WAITING_MAX, limit_concurrency=AT_ONCE_MAX, h11_max_incomplete_event_size=32 * 1024,
    )  # fmt: skip
    config.load()
    if context is not None:
        given: Any = context
        config.ssl = given
    return Serving(config)
