"""The arena of the end-to-end tests, and its marker: real processes and real sockets."""

import os
from pathlib import Path

import pytest

from tests.e2e.conftest import arena

__all__ = ["arena"]
FAST = ("test_checker.py", "test_proxy.py")


DRILLS = ("test_chaos_day.py", "test_disk.py", "test_freeze.py", "test_network.py", "test_notifier.py")
"""Minutes of real deaths, disks and networks: `make drill`; the suite keeps the boundaries of one exit."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent != Path(__file__).parent or item.path.name in FAST:
            continue
        item.add_marker("e2e")
        if item.path.name in DRILLS and not os.environ.get("HANTU_SLOW"):
            item.add_marker(pytest.mark.skip(reason="a drill: make drill"))
