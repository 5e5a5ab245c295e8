"""Implementations a contract suite runs on; another engine joins by one more factory."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from hantu.adapters.store.store import SqliteStore
from hantu.harness.memory_store import MemoryDisk, MemoryStore
from tests.contract.lives import HandClock, Lives


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def memory_lives(clock: HandClock, tmp_path: Path) -> Callable[[], Any]:
    disk = MemoryDisk()
    return lambda: MemoryStore(clock, disk)


def sqlite_lives(clock: HandClock, tmp_path: Path) -> Callable[[], Any]:
    return lambda: SqliteStore(
        tmp_path / "hantu.db", clock, holder="test", account_alias="main", environment="local",
        spill_dir=tmp_path / "spill",
    )  # fmt: skip


@pytest_asyncio.fixture(params=[memory_lives, sqlite_lives], ids=["memory", "sqlite"])
async def lives(request: pytest.FixtureRequest, clock: HandClock, tmp_path: Path) -> AsyncIterator[Lives]:
    """Successive lives of one guard's store."""
    lives = Lives(request.param(clock, tmp_path))
    yield lives
    await lives.end()
