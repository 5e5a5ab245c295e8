"""Rules for every test: this machine only, folders give markers."""

import ipaddress
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A gate that draws anew each time fails for those who changed nothing; `--hypothesis-profile=explore` draws anew.
settings.register_profile("gate", derandomize=True)
settings.register_profile("explore", derandomize=False, max_examples=1_000)
settings.load_profile("gate")

TESTS = Path(__file__).parent
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


LONG = (
    "tests/e2e/", "tests/chaos/", "tests/simulation/", "tests/zoo/test_zoo.py::test_a_bug_is_noticed",
    "tests/unit/engine/test_storm.py", "tests/test_bench.py", "tests/test_deploy.py",
)  # fmt: skip
"""They take seconds to a minute each; begun last they would leave the other workers without work."""
WORKERS = 3


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Each worker is given one stretch of the list to begin with: an equal share of what takes long, then the rest.
    long = [item for item in items if item.nodeid.startswith(LONG)]
    short = [item for item in items if not item.nodeid.startswith(LONG)]
    part = -(-len(short) // WORKERS)
    items[:] = [
        item
        for number in range(WORKERS)
        for item in (*long[number::WORKERS], *short[number * part : (number + 1) * part])
    ]
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        if folder in ("e2e", "third_party", "simulation"):
            item.add_marker(folder)


@pytest.fixture(autouse=True)
def strayed() -> Iterator[list[str]]:
    """Fail the test that tried to leave this machine, even when the client swallowed the refusal."""
    _strayed.clear()
    yield _strayed
    assert not _strayed, f"tests stay on this machine: {_strayed}"
