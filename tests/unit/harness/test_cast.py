"""What the judge of a simulated day hears from the store, and in which order."""

import asyncio
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hantu.adapters.store.store import Threads
from hantu.domain.account import Side
from hantu.domain.errors import BrokenError
from hantu.domain.events import Fact, OrderFilled
from hantu.harness.cast import SimStore
from hantu.harness.disk import SPILL_TOO_LATE_S, Disk, DiskFaults, LoopWorker, LoopWriter
from hantu.harness.loop import SimLoop
from hantu.ports import Batch
from tests.contract.lives import SAMSUNG, HandClock


class Ear:
    """The world, as far as the store tells it."""

    def __init__(self) -> None:
        self.known: set[Fact] = set()
        self.heard: list[int] = []

    def decided(self, facts: tuple[Fact, ...]) -> None:
        """Nothing is on disk yet."""

    def durable(self, facts: tuple[Fact, ...], *, late: bool = False) -> None:
        self.heard.extend(fact.cumulative for fact in facts if isinstance(fact, OrderFilled))


def filled(quantity: int, cumulative: int) -> OrderFilled:
    return OrderFilled(
        "20261123-0001", "117058", SAMSUNG, "삼성전자", Side.SELL, quantity, 64_300, cumulative, 37,
        "2026-11-23 00:12:32.000000", "2026-11-23 00:12:32.010000", "notice",
    )  # fmt: skip


async def _two_fills(folder: Path, ear: Ear, faults: DiskFaults) -> None:
    clock, disk = HandClock(), Disk(Random("seed"), faults)
    threads: Any = Threads(partial(LoopWriter, disk=disk), partial(LoopWorker, disk=disk))
    store = SimStore(
        folder / "hantu.db", clock, holder="test", account_alias="main", environment="local",
        spill_dir=folder / "spill", threads=threads,
    )  # fmt: skip
    store.world = ear  # type: ignore[assignment]
    await store.open()
    with pytest.raises(BrokenError):
        await store.record(Batch(clock.now(), (filled(7, 7),)))
    assert ear.heard == [], "on no disk yet"
    faults.fail_before = faults.spill_slow = 0.0
    await asyncio.sleep(SPILL_TOO_LATE_S[1])
    assert ear.heard == [7], "its line is in the spill, whoever has given it up"
    await store.record(Batch(clock.now(), (filled(30, 37),)))
    await store.close()


@pytest.mark.requirement("OPS-05-1")
def test_judge_hears_of_a_fill_whose_record_was_given_up_before_it_hears_of_the_next(tmp_path: Path) -> None:
    """Seeds 1493, 1660: its 7 shares were heard of at the next start only, after the 37 they are part of."""
    loop, ear = SimLoop(Random("threads")), Ear()
    loop.run_until_complete(_two_fills(tmp_path, ear, DiskFaults(fail_before=1.0, spill_slow=1.0)))
    loop.close()
    assert ear.heard == [7, 37]
