"""One job: its process fed step by step, its answers made real, its failures counted.

Invariants:
1. One step at a time; an answer counts only with the step's number and token.
2. A step is real when the job's file has it: state, journal and wishes in one replacement.
   One that cannot be saved has not happened, and its process ends.
3. Proposals are filed after they are in the file, under the keys they have there.
"""

import asyncio
import copy
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hantu.domain.errors import HantuError, UsageError
from hantu.domain.instant import Instant
from hantu.strategies.child import END_S, Child
from hantu.strategies.feed_queue import FeedQueue
from hantu.strategies.job import Job, JobFiles, Tell, encoded
from hantu.strategies.job_changes import GONE, became, room, set_status, stepped, void, words
from hantu.strategies.market import UNKNOWN
from hantu.strategies.meter import Bounds, Meter
from hantu.strategies.protocol import Ask, Beat, Begin, Decided, Done, Filled, Hello, Step, Timer, View, Word
from hantu.strategies.records import Records, Snapshot
from hantu.strategies.sdk import Decision, Fill, Trade
from hantu.strategies.supervision import JobState, Limits, Start, Supervision
from hantu.telemetry import get_logger

StrategyLog = get_logger(__name__, "strategy")
BEAT_S = 1.0
"""Real seconds without a step after which a beat is one."""


class _Ended(Exception):
    """The process is gone, or is to go."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every job."""

    folder: Path
    limits: Limits = field(default_factory=Limits)
    bounds: Bounds = field(default_factory=Bounds)
    proposals_per_hour: int = 20
    save_s: float = 1.0
    """At least between two saves that only keep state."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Time of the market for strategies, of the machine for patience."""

    market: Callable[[], Instant]
    machine: Callable[[], Instant]


class Desk:
    """Everything about one job; every method runs in the loop of the jobs process."""

    def __init__(self, job: Job, files: JobFiles, records: Records, terms: Terms, clocks: Clocks) -> None:
        self.job = job
        self.supervision = Supervision(terms.limits, job.state, job.restarts, job.errors, job.last_error)
        machine = clocks.machine()
        # What was started shortly before this process began keeps its distance too.
        self.supervision.started_at = machine.mono - max(0.0, machine.wall.timestamp() - job.last_start_s)
        self.queue = FeedQueue()
        self.false_signs = 0
        """Answers to no step of ours: what something in the process said of itself."""
        self.steps, self.heartbeat_at = 0, ""
        """Steps done in this life of the jobs process, and when the last one was: the only sign of life that counts."""
        self._files = files
        self._records = records
        self._terms = terms
        self._clocks = clocks
        self._child: Child | None = None
        self._timer_s = 0.0
        self._expected = (0, 0)
        self._answer: asyncio.Future[Done | Hello] | None = None
        self._pump: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._ending = False
        self._snapshot = Snapshot()
        self._sent = View()
        self._fills: deque[Fill] = deque()
        self._fill_given = -1
        self._number = 0
        self._saved_at = float("-inf")
        self._changing = asyncio.Lock()
        self._meter = Meter(terms.bounds)

    # --- what people and rules want -----------------------------------------------------

    @property
    def pid(self) -> int:
        """Process id; 0 while there is none."""
        return self._child.pid if self._child is not None else 0

    @property
    def living(self) -> bool:
        """Whether there is a process."""
        return self._child is not None

    async def start(self, by: str, reason: str, how: Start) -> None:
        """Start the process and tell it what was kept.

        Raises:
            BrokenError: The start cannot be recorded; nothing was started.
        """
        now = self._clocks.machine()
        self.supervision.begun(now.mono, how)
        await self.change(lambda job: self._running(job, now, by, reason))
        self._ending, self._sent, self._meter = False, View(), Meter(self._terms.bounds)
        self.queue.forget(UNKNOWN if self.job.journal.step else 0)
        self._fills.clear()
        self._fill_given, self._number = -1, self.job.journal.step
        self._answer = asyncio.get_running_loop().create_future()
        # Reading its file counts as a step: a loop in it must be found too.
        self.supervision.asked(now.mono)
        child = Child(self.job.strategy, self._terms.folder, self._terms.bounds, self._hear, self._died)
        self._child = child
        try:
            await child.start()
        except OSError as error:
            self._child = None
            await self._fail(f"프로세스를 시작하지 못함: {error.strerror or error}")
            return
        self._pump = asyncio.create_task(self._run(child), name=self.job.job_id)

    async def end(self, state: JobState, reason: str, by: str) -> None:
        """End the process after its present step, and keep ``state``."""
        self._ending = True
        self._wake.set()
        if self._pump is not None:
            await asyncio.wait({self._pump}, timeout=END_S)
        await self._close()
        self.supervision.ended(state)
        await self.change(lambda job: became(job, state, reason, by, self._stamp()))

    async def leave(self) -> None:
        """End the process and keep the job as it is: the next jobs process goes on with it."""
        self._ending = True
        self._wake.set()
        if self._pump is not None:
            await asyncio.wait({self._pump}, timeout=END_S)
        await self._close()

    async def change(self, change: Callable[[Job], None]) -> None:
        """Change the job and its file, together.

        Raises:
            BrokenError: The file does not take it; the job is as it was.
        """
        async with self._changing:
            draft = copy.deepcopy(self.job)
            change(draft)
            writing = asyncio.ensure_future(asyncio.to_thread(self._files.write, draft.job_id, encoded(draft)))
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError:
                # The thread goes on, so nobody may write beside it, and what it has written counts.
                await asyncio.wait({writing})
                if writing.exception() is None:
                    self.job = draft
                raise
            self.job = draft
            self._saved_at = self._clocks.machine().mono

    # --- what happens -------------------------------------------------------------------

    def offer(self, trades: tuple[Trade, ...], missed: int) -> None:
        """Take trades for a strategy that runs; it may be behind, we are not."""
        if self._child is not None:
            self.queue.put(trades, missed)
            self._wake.set()

    def see(self, snapshot: Snapshot, fills: tuple[Fill, ...]) -> None:
        """Take what the records say now."""
        self._snapshot = snapshot
        if self._child is not None and not self._fills:
            told = max(self.job.journal.fill, self._fill_given)
            self._fills.extend(fill for fill in fills if fill.number > told)
        self._wake.set()

    async def look(self, now: float) -> None:
        """Look at progress, and start what is due to start again; once a check."""
        self.supervision.settle(now)
        if self.supervision.hangs(now) and self._child is not None:
            self._child.kill(f"응답 없음 ({self._terms.limits.timeout_s:g}초)")
        elif self.supervision.due(now) and self._child is None:
            again = self.supervision.restarts + 1
            text = f"{self.job.strategy} ({again}/{self._terms.limits.restarts_max}번째) - {self.job.last_error}"
            await self.start("jobs", "자동 재시작", Start.AUTOMATIC)
            await self.change(lambda job: job.untold.append(Tell("strategy_restarted", text, job.job_id)))

    def measure(self, now: float) -> None:
        """Look at memory and CPU; end a process that takes too much."""
        child = self._child
        used = child.usage() if child is not None else None
        too_much = self._meter.take(now, used) if used is not None else ""
        if child is not None and too_much:
            child.kill(too_much)

    async def file_new(self) -> None:
        """File proposals that are in the job's file only; those a rule forbids now are void.

        Raises:
            BrokenError: The records do not take them now; the next call tries again.
        """
        for filed in [one for one in self.job.proposals if one.status == "new"]:
            reason = "" if self._snapshot.kill == "off" else "kill"
            if not reason:
                try:
                    await asyncio.to_thread(self._records.file, filed.proposal, self.job.strategy)
                except UsageError as error:
                    reason = str(error)
            key = filed.proposal.key
            if reason:
                await self.change(lambda job, key=key, reason=reason: void(job, {key: reason}))  # type: ignore[misc]
            else:
                StrategyLog.info("%s 제안: %s", self.job.strategy, words(filed.proposal))
                await self.change(lambda job, key=key: set_status(job, key, "pending"))  # type: ignore[misc]

    # --- the pump -------------------------------------------------------------------------

    async def _run(self, child: Child) -> None:
        try:
            assert self._answer is not None
            hello = await self._answer
            self._timer_s = hello.timer_s if isinstance(hello, Hello) else 0.0
            # What Python itself takes to start is not the strategy's.
            self._meter = Meter(self._terms.bounds)
            job = self.job
            await self._give(child, Begin(job.params, job.kept, job.counter, job.prefix))
            while not self._ending:
                step = self._next()
                if step is None:
                    self._wake.clear()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(BEAT_S):
                            await self._wake.wait()
                    step = self._next() or Beat()
                await self._give(child, step)
            await self._give(child, Beat(), keep=True)
        except _Ended:
            return
        except (HantuError, ValueError) as error:
            child.kill(f"단계를 남기지 못함: {error}")

    def _next(self) -> Step | None:
        for filed in self.job.proposals:
            status = filed.status
            known = self._snapshot.statuses.get(filed.proposal.key, status)
            if status == "void" or status not in (known, "new"):
                return Decided(Decision(filed.proposal.key, "void" if status == "void" else known, filed.reason))
        if self._fills:
            fill = self._fills.popleft()
            self._fill_given = fill.number
            return Filled(fill)
        if self._timer_s > 0:
            slot = int(self._clocks.market().wall.timestamp() // self._timer_s)
            told = self.job.journal.timer
            if slot > told:
                return Timer(slot, slot - told - 1 if told >= 0 else 0)
        return self.queue.take()

    async def _give(self, child: Child, step: Step, *, keep: bool = False) -> None:
        """Give one step and make its answer real.

        Raises:
            _Ended: There is no answer and there will be none.
            BrokenError: The answer cannot be kept.
        """
        if self._child is not child:
            raise _Ended
        machine = self._clocks.machine()
        durable = keep or isinstance(step, Begin | Filled | Decided | Timer)
        wants = durable or machine.mono - self._saved_at >= self._terms.save_s
        self._number += 1
        self._expected = (self._number, secrets.randbits(63))
        self._answer = asyncio.get_running_loop().create_future()
        self.supervision.asked(machine.mono)
        child.send(Ask(*self._expected, self._clocks.market().wall, step, self._view(), wants))
        done = await self._answer
        self.supervision.answered()
        self.steps, self.heartbeat_at = self.steps + 1, self._stamp()
        assert isinstance(done, Done)
        for note in done.notes:
            StrategyLog.info("%s: %s", self.job.strategy, note)
        if durable or done.wishes or done.state is not None:
            await self._commit(done, step)

    async def _commit(self, done: Done, step: Step) -> None:
        now_s = self._clocks.machine().wall.timestamp()
        left = room(self.job, self._terms.proposals_per_hour, now_s)
        await self.change(lambda job: stepped(job, done, step, self._snapshot.records, left, now_s))
        if len(done.wishes) > left:
            # Behind the step that asked: nobody waits here for itself.
            self._ending = True
            text = f"한 시간에 제안 {self._terms.proposals_per_hour}건 초과"
            self._closing = asyncio.create_task(self.end(JobState.PAUSED, text, "rule:proposals"), name="flood")

    def _view(self) -> View:
        """Return what has changed since this process was last told."""
        seen, sent = self._snapshot, self._sent
        now = View(
            seen.watchlist, seen.holdings, tuple(one.proposal for one in self.job.proposals if one.status not in GONE)
        )
        self._sent = now
        return View(
            now.watchlist if now.watchlist != sent.watchlist else None,
            now.holdings if now.holdings != sent.holdings else None,
            now.open if now.open != sent.open else None,
        )

    # --- what the process says ----------------------------------------------------------

    def _hear(self, word: Word) -> None:
        waiting = self._answer is not None and not self._answer.done()
        first = isinstance(word, Hello) and self._expected == (0, 0)
        fits = isinstance(word, Done) and (word.number, word.token) == self._expected
        if waiting and (first or fits) and isinstance(word, Done | Hello):
            assert self._answer is not None
            self._answer.set_result(word)
            return
        self.false_signs += 1
        if self.false_signs in (1, 100, 10_000):
            StrategyLog.warning("%s: 묻지 않은 생존 신호 %d건 무시", self.job.strategy, self.false_signs)

    def _died(self, why: str) -> None:
        self._closing = asyncio.create_task(self._after_death(why), name=f"{self.job.job_id} end")

    async def _after_death(self, why: str) -> None:
        await self._close()
        if not self._ending:
            await self._fail(why)

    async def _fail(self, why: str) -> None:
        now = self._clocks.machine()
        given_up = self.supervision.failed(now.mono, why)
        StrategyLog.error("%s 실패 (%d번째): %s", self.job.strategy, self.supervision.errors, why)

        def failed(job: Job) -> None:
            became(job, self.supervision.state, why, "jobs", self._stamp())
            job.errors, job.restarts = self.supervision.errors, self.supervision.restarts
            job.last_error, job.last_error_at = why, self._stamp()
            if given_up:
                text = f"{job.strategy} - {self._terms.limits.restarts_max}번 다시 시작한 뒤에도 실패: {why}"
                job.untold.append(Tell("strategy_given_up", text, job.job_id))

        try:
            await self.change(failed)
        except HantuError as error:
            StrategyLog.error("%s: 실패를 남기지 못함: %s", self.job.strategy, error)

    async def _close(self) -> None:
        """Have the process and the pump gone."""
        child, self._child = self._child, None
        self._expected = (0, 0)
        if child is not None:
            await child.end()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(_Ended())
            # The pump may be elsewhere already; then nobody asks.
            self._answer.exception()
        self._wake.set()
        if self._pump is not None and self._pump is not asyncio.current_task():
            await asyncio.wait({self._pump})
            self._pump = None

    def _running(self, job: Job, now: Instant, by: str, reason: str) -> None:
        became(job, JobState.RUNNING, reason, by, self._stamp())
        job.started_at, job.last_start_s = self._stamp(), now.wall.timestamp()
        # Also what a full disk did not take when it happened.
        job.restarts, job.errors, job.last_error = (
            self.supervision.restarts, self.supervision.errors, self.supervision.last_error,
        )  # fmt: skip
        newest, journal = self._snapshot, job.journal
        if journal.fill < 0:
            journal.fill, journal.records = newest.newest_fill, newest.records
        elif newest.records and journal.records != newest.records:
            journal.fill, journal.records = 0, newest.records

    def _stamp(self) -> str:
        return f"{self._clocks.machine().wall:%Y-%m-%d %H:%M:%S.%f}"


def status_of(desk: Desk) -> Mapping[str, object]:
    """Return what only the running jobs process knows of a job."""
    return {
        "pid": desk.pid, "steps": desk.steps, "queued": len(desk.queue), "dropped": desk.queue.dropped,
        "false_signs": desk.false_signs, "waiting_since": desk.supervision.asked_at, "heartbeat_at": desk.heartbeat_at,
        "restarts_max": desk.supervision.limits.restarts_max,
    }  # fmt: skip
