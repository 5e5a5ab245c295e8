"""One site for the tests that only look, one of its own for those that change the house."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.api.site import Site, opened


@pytest.fixture(scope="module")
def shared() -> Iterator[Site]:
    # Not pytest's tmp_path: its names are too long for a unix socket.
    with tempfile.TemporaryDirectory(prefix="hantu-") as folder, opened(Path(folder)) as site:
        yield site


@pytest.fixture
def site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="hantu-") as folder, opened(Path(folder)) as found:
        yield found
