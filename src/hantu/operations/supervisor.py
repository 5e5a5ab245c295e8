"""What the service manager is told: ready, alive, stopping (the sd_notify protocol)."""

import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress

SHARE = 3
"""Signs of life in one period of the watchdog; the manager asks for two at least."""
STATUS_MAX = 200


class Supervisor:
    """Speaks to the manager named by ``NOTIFY_SOCKET``; without one it says nothing."""

    def __init__(self, environ: Mapping[str, str], now: Callable[[], float]) -> None:
        """Look up where to speak and how often; ``now`` gives monotonic seconds."""
        self._address = environ.get("NOTIFY_SOCKET", "").replace("@", "\0", 1)
        self._now = now
        wanted = environ.get("WATCHDOG_USEC", "")
        for_us = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self._every_s = int(wanted) / 1e6 / SHARE if wanted.isdigit() and for_us else 0.0
        self._told = float("-inf")

    def ready(self, status: str) -> None:
        """Say that the start is done."""
        self._say(f"READY=1\nSTATUS={_line(status)}")

    def alive(self) -> None:
        """Show progress; call it after work was done, never from a timer of its own."""
        now = self._now()
        if self._every_s and now - self._told >= self._every_s:
            self._told = now
            self._say("WATCHDOG=1")

    def status(self, text: str) -> None:
        """Show one line to whoever asks the manager."""
        self._say(f"STATUS={_line(text)}")

    def stopping(self) -> None:
        """Say that the end was asked for."""
        self._say("STOPPING=1")

    def _say(self, text: str) -> None:
        if not self._address:
            return
        # A manager that does not listen is no reason to stop guarding.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.setblocking(False)
            line.sendto(text.encode(), self._address)


def _line(text: str) -> str:
    return " ".join(text.split())[:STATUS_MAX]
