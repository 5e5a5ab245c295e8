"""Rules for every test: this machine only, folders give markers."""

import ipaddress
import os
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A gate that draws anew each time fails for those who changed nothing; `--hypothesis-profile=explore` draws anew.
settings.register_profile("gate", derandomize=True)
settings.register_profile("explore", derandomize=False, max_examples=1_000)
settings.load_profile("gate")

TESTS = Path(__file__).parent
# Tests trust certificates of their own and nobody else's; reading the system's took each process 30 ms.
os.environ["SSL_CERT_FILE"] = os.devnull
_strayed: list[str] = []
"""Attempts to leave this machine since the last test; also kept here because a client may swallow the error."""


def _is_local(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).split("%")[0]).is_loopback or str(host) == "0.0.0.0"
    except ValueError:
        return False


def _guard(event: str, args: tuple[Any, ...]) -> None:
    """Refuse every connection, datagram and name look-up that would leave this machine."""
    if not event.startswith("socket."):
        return
    if event in ("socket.connect", "socket.sendto"):
        address = args[1]
        if not isinstance(address, tuple) or _is_local(address[0]):
            return
    elif event == "socket.getaddrinfo":
        address = args[0]
        if _is_local(address):
            return
    else:
        return
    _strayed.append(f"{event} {address}")
    raise PermissionError(f"tests stay on this machine: {event} {address}")


def pytest_configure(config: pytest.Config) -> None:
    # A hook of the interpreter cannot be removed; each process of the test run adds it once.
    if not getattr(sys, "_hantu_guarded", False):
        sys._hantu_guarded = True  # type: ignore[attr-defined]
        sys.addaudithook(_guard)


COMPUTING = ("tests/simulation/", "tests/zoo/test_zoo.py::test_a_bug_is_noticed", "tests/unit/engine/test_storm.py")
"""They take seconds each, all of it work."""
WAITING = ("tests/e2e/", "tests/chaos/", "tests/test_bench.py", "tests/test_deploy.py")
"""They take seconds to a minute each, most of it waiting."""
BROWSER = "tests/e2e/browser/"
"""They share one town and one browser process, so they stay together on one worker."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Each worker is given one stretch of the list to begin with. The first begins with what computes, the others with an
    # equal share of what waits: the processors are busy all the time, and nobody is left with a minute's test at the end.
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        browser = [item for item in items if item.nodeid.startswith(BROWSER)]
        waiting = [item for item in items if item.nodeid.startswith(WAITING) and not item.nodeid.startswith(BROWSER)]
        computing = [item for item in items if item.nodeid.startswith(COMPUTING)]
        short = iter([item for item in items if not item.nodeid.startswith(COMPUTING + WAITING)])
        browsing = [item for item in waiting if item.nodeid.startswith("tests/e2e/browser/")]
        others = [item for item in waiting if item not in browsing]
        shares = [computing, *(others[number :: workers - 1] for number in range(workers - 1))]
        shares[-1] = browsing + shares[-1]  # one town with one browser serves them all
        shares[1] = [*browser, *shares[1]]
        stretch = -(-len(items) // workers)
        items[:] = [item for share in shares for item in (*share, *islice(short, max(0, stretch - len(share))))]
        items.extend(short)
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        if folder in ("e2e", "third_party", "simulation"):
            item.add_marker(folder)
        if item.nodeid.startswith(BROWSER):
            item.add_marker("browser")


@pytest.fixture(autouse=True)
def strayed() -> Iterator[list[str]]:
    """Fail the test that tried to leave this machine, even when the client swallowed the refusal."""
    _strayed.clear()
    yield _strayed
    assert not _strayed, f"tests stay on this machine: {_strayed}"
