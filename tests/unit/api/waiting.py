"""Wait for what another thread or process will do."""

import time

WAIT_S = 10.0


def until(condition, what: str) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end, f"waited for {what}"
        time.sleep(0.05)  # slower than the limit on reads
