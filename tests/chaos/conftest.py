"""The arena of the end-to-end tests, and its marker: real processes and real sockets."""

from pathlib import Path

import pytest

from tests.e2e.conftest import arena

__all__ = ["arena"]
FAST = ("test_checker.py", "test_proxy.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent and item.path.name not in FAST:
            item.add_marker("e2e")
