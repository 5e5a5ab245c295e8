"""One arena a test, always cleaned up."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.arena import Arena


@pytest.fixture
def arena() -> Iterator[Arena]:
    # Not pytest's tmp_path: its names are too long for a unix socket.
    with tempfile.TemporaryDirectory(prefix="hantu-") as folder:
        found = Arena(Path(folder))
        try:
            yield found
        finally:
            found.close()
