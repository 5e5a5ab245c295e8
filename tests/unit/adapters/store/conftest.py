"""A store on a file of its own, with pauses short enough for a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hantu.adapters.store.queries import Queries
from hantu.adapters.store.store import SqliteStore, StoreTiming
from tests.contract.lives import HandClock

QUICK = StoreTiming(commit_deadline_s=0.08, spill_deadline_s=2.0, retry_pauses_s=(0.02, 0.02, 0.02), retry_later_s=0.05)


PATIENT = StoreTiming(commit_deadline_s=30.0)
"""For tests of what is written: a busy disk must not move it to the spill."""


def make_store(folder: Path, clock: HandClock, timing: StoreTiming = QUICK) -> SqliteStore:
    return SqliteStore(
        folder / "hantu.db", clock, holder="test", account_alias="main", environment="local",
        spill_dir=folder / "spill", timing=timing, category_of=lambda event_type: "OPS-02",
    )  # fmt: skip


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "hantu.db"


@pytest.fixture
def queries(database: Path) -> Queries:
    return Queries(database)


@pytest_asyncio.fixture
async def store(tmp_path: Path, clock: HandClock) -> AsyncIterator[SqliteStore]:
    store = make_store(tmp_path, clock, PATIENT)
    await store.open()
    yield store
    await store.close()
