"""An office with real strategy processes and records in memory, at a pace tests can wait for."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hantu.adapters.clock import SystemClock
from hantu.domain.errors import BrokenError
from hantu.strategies.desk import Clocks, Desk, Terms
from hantu.strategies.job import JobFiles
from hantu.strategies.meter import Bounds
from hantu.strategies.office import Office
from hantu.strategies.records import Snapshot, Told
from hantu.strategies.sdk import Fill, Proposal, Trade, Watch
from hantu.strategies.supervision import Limits

MACHINE = SystemClock()


class MemoryRecords:
    """Implements the port; a test turns its knobs."""

    def __init__(self) -> None:
        self.filed: dict[str, str] = {}
        self.tries: list[str] = []
        self.fills: list[Fill] = []
        self.kill = "off"
        self.state = ""
        self.acts: list[tuple[str, str]] = []
        self.told: list[tuple[str, str]] = []
        self.recorded: list[tuple[str, str]] = []
        self.takes_alerts = True
        self.guard_answers = False
        self.broken = False
        self.name = "records-1"

    def snapshot(self, approvals: Sequence[str]) -> Snapshot:
        self._check()
        newest = max((fill.number for fill in self.fills), default=0)
        statuses = {key: self.filed[key] for key in approvals if key in self.filed}
        return Snapshot(self.kill, (Watch("005930", "삼성전자", 80.0, 70_000),), (), statuses, newest, self.name)

    def fills_after(self, number: int) -> tuple[Fill, ...]:
        return tuple(fill for fill in self.fills if fill.number > number)[:2]

    def file(self, proposal: Proposal, strategy: str) -> None:
        self._check()
        self.tries.append(proposal.key)
        self.filed.setdefault(proposal.key, "pending")

    def audit(self, operation: str, details: Mapping[str, object], actor: str) -> None:
        self._check()
        self.acts.append((operation, actor))

    async def guard_state(self) -> str:
        return self.state

    async def tell(self, event_type: str, detail: str, key: str, *, told: bool) -> Told:
        if self.guard_answers:
            self.recorded.append((event_type, key))
            return Told.RECORDED
        if told or not self.takes_alerts:
            return Told.NOT
        self.told.append((event_type, detail))
        return Told.DIRECTLY

    def _check(self) -> None:
        if self.broken:
            raise BrokenError("the records are away")


class Theatre:
    """One office, played in this loop."""

    def __init__(self, folder: Path, **words: Any) -> None:
        self.folder = folder
        self.records = MemoryRecords()
        self.files = JobFiles(folder / "state")
        limits = {"check_s": 0.1, "timeout_s": 5.0, "restart_wait_s": 0.2, "restarts_max": 1}
        limits |= {name: words.pop(name) for name in list(words) if name in Limits.__dataclass_fields__}
        self.terms = Terms(folder / "plays", Limits(**limits), Bounds(), **words)
        self.terms.folder.mkdir(exist_ok=True)
        self.office = self._office()
        self._task: asyncio.Task[None] | None = None

    def write(self, name: str, text: str) -> None:
        """Put a strategy there; ``text`` is the body of its class."""
        head = (
            "from typing import ClassVar\nfrom msgspec import Struct\nfrom hantu.strategies.sdk import *\n"
            "class State(Struct):\n    said: list[str] = []\n    count: int = 0\n"
            "class Subject(Strategy[Nothing, State]):\n"
        )
        body = "\n".join("    " + line for line in text.strip("\n").splitlines())
        (self.terms.folder / f"{name}.py").write_text(head + body + "\n")

    async def open(self) -> None:
        await self.office.open()
        self._task = asyncio.create_task(self.office.run())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.office.close()

    async def again(self) -> None:
        """End this office and open the next one on the same folder."""
        await self.close()
        self.office = self._office()
        await self.open()

    def desk(self, name: str) -> Desk:
        return self.office.desks[f"strategy_{name}"]

    def trade(self, price: int) -> None:
        trade = Trade("005930", price, 1, 1, MACHINE.now().wall)
        self.office._prices((trade,), 0)

    async def until(self, condition: Callable[[], Any], what: str, timeout_s: float = 20.0) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                while not condition():
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"waited for {what}: {self.office.listed()}") from None

    def _office(self) -> Office:
        clocks = Clocks(MACHINE.now, MACHINE.now)
        return Office(self.files, self.records, self.terms, clocks, self.folder / "none.sock", 0.2)
