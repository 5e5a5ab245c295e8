"""Wait for what another thread or process will do."""

import time

WAIT_S = 10.0
PAUSE_S = 0.05
"""Slower than the limit on reads."""


def until(condition, what: str, pause_s: float = PAUSE_S) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end, f"waited for {what}"
        time.sleep(pause_s)
