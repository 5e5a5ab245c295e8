"""The jobs process: every strategy's desk, the looks at them, and what people want of them.

Entry points: ``open``, ``run``, ``close`` and the wishes ``start``, ``suspend``, ``resume``,
``stop``, ``remove``. The task that looks after the desks is looked after itself.
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from hantu.domain.errors import DeniedError, HantuError, UsageError
from hantu.strategies.desk import Clocks, Desk, Terms, status_of
from hantu.strategies.job import STRATEGY, Broken, Job, JobFiles, Tell, checked_id
from hantu.strategies.job_changes import GONE
from hantu.strategies.loading import checked_name, exists, names
from hantu.strategies.market import MarketLine
from hantu.strategies.records import Records, Snapshot, Told
from hantu.strategies.supervision import JobState, Start
from hantu.telemetry import get_logger

StrategyLog = get_logger(__name__, "strategy")
PULSE_S = 0.5
"""Real seconds between looks at records and rules."""
ON_RECORD = ("strategy_given_up",)
"""Told past the guard it is kept until the guard has it on record: it opens an incident there."""
SLEEPING = "sleeping"
"""The guard's state word."""


class Office:
    """All jobs of one home; every method runs in one loop."""

    def __init__(
        self, files: JobFiles, records: Records, terms: Terms, clocks: Clocks, market: Path, sample_s: float
    ) -> None:
        self.desks: dict[str, Desk] = {}
        self.broken: dict[str, str] = {}
        """Jobs whose file cannot be read, and why; they are left alone."""
        self.watch_deaths = 0
        """How often the task that looks after the strategies had to be started again."""
        self.on_pulse: Callable[[], None] = lambda: None
        self._files = files
        self._records = records
        self._terms = terms
        self._clocks = clocks
        self._sample_s = sample_s
        self._line = MarketLine(market, clocks.market, self._prices)
        self._watch: asyncio.Task[None] | None = None
        self._wishing = asyncio.Lock()
        self._snapshot = Snapshot()
        self._readable = False
        self._trouble = ""
        self._looked = self._sampled = self._tell_again = self._record_again = float("-inf")

    # --- its own life -------------------------------------------------------------------

    async def open(self) -> None:
        """Take up every job as it was left; those that ran run again."""
        for found in self._files.all():
            if isinstance(found, Broken):
                self.broken[found.job_id] = found.problem
                StrategyLog.error("작업 파일을 읽을 수 없어 그대로 둡니다: %s", found.problem)
            else:
                self.desks[found.job_id] = self._desk(found)
        await self._read()
        for desk in self.desks.values():
            if desk.job.state is JobState.RUNNING:
                await self._again(desk)

    async def run(self) -> None:
        """Look after the strategies until cancelled; a look that dies is begun again (REL-48)."""
        while True:
            self._watch = asyncio.create_task(self._looks(), name="strategies")
            try:
                await asyncio.wait({self._watch})
            except asyncio.CancelledError:
                self._watch.cancel()
                # What it was at is at an end before anything else is ended.
                await asyncio.wait({self._watch})
                raise
            self.watch_deaths += 1
            error = None if self._watch.cancelled() else self._watch.exception()
            StrategyLog.error("전략 점검이 끝나 다시 시작합니다 (%d번째): %s", self.watch_deaths, error or "취소됨")

    async def close(self) -> None:
        """End every process after its present step; the jobs stay as they are."""
        self._line.close()
        await asyncio.gather(*(desk.leave() for desk in self.desks.values()))

    # --- wishes -------------------------------------------------------------------------

    def listed(self) -> list[dict[str, Any]]:
        """Return every job, by id."""
        found = [self._shown(desk) for desk in self.desks.values()]
        found += [{"job_id": job_id, "state": "broken", "reason": why} for job_id, why in self.broken.items()]
        return sorted(found, key=lambda one: str(one["job_id"]))

    def shown(self, job_id: str) -> dict[str, Any]:
        """Return one job with what only this process knows.

        Raises:
            UsageError: There is no such job.
        """
        return self._shown(self._found(job_id))

    async def start(self, name: str, params: Mapping[str, Any], by: str) -> dict[str, Any]:
        """Start a strategy, new or ended; its count of failures begins anew.

        Raises:
            UsageError: There is no such strategy.
            DeniedError: It runs already, is suspended, or a rule forbids it now.
        """
        async with self._wishing:
            job_id = STRATEGY + checked_name(name)
            if not exists(name, self._terms.folder):
                raise UsageError(
                    f"전략 {name} 이(가) 없습니다.",
                    next_step=f"`hantu strategies new {name}`으로 만드세요. 있는 것: "
                    + ", ".join(names(self._terms.folder)),
                )
            if job_id in self.broken:
                raise DeniedError(self.broken[job_id], next_step="파일을 확인하거나 다른 곳으로 옮기세요.")
            desk = self.desks.get(job_id)
            if desk is None:
                desk = self._desk(Job(job_id, name, secrets.token_hex(4), params=dict(params)))
            elif desk.job.state is JobState.PAUSED:
                raise DeniedError(f"{job_id} 은(는) 일시 중단되어 있습니다.", next_step=f"`hantu jobs resume {job_id}`")
            elif desk.job.state in (JobState.RUNNING, JobState.WAITING):
                raise DeniedError(f"{job_id} 은(는) 이미 실행 중입니다.", next_step="`hantu jobs list`로 확인하세요.")
            elif params:
                await desk.change(lambda job: job.params.update(params))
            await self._begin(desk, by, "시작")
            self.desks[job_id] = desk
            return self._shown(desk)

    async def suspend(self, job_id: str, by: str, reason: str) -> dict[str, Any]:
        """End its process and keep everything; it proposes nothing until a person resumes it.

        Raises:
            UsageError: There is no such job.
            DeniedError: It does not run.
        """
        async with self._wishing:
            desk = self._found(job_id)
            if desk.job.state not in (JobState.RUNNING, JobState.WAITING):
                raise DeniedError(
                    f"{job_id} 은(는) 실행 중이 아닙니다({desk.job.state}).", next_step="`hantu jobs list`"
                )
            await desk.end(JobState.PAUSED, reason, by)
            await self._audit("strategy_suspended", desk, by, reason)
            return self._shown(desk)

    async def resume(self, job_id: str, by: str) -> dict[str, Any]:
        """Go on where it was.

        Raises:
            UsageError: There is no such job.
            DeniedError: It runs already, or a rule forbids it now.
        """
        async with self._wishing:
            desk = self._found(job_id)
            if desk.job.state in (JobState.RUNNING, JobState.WAITING):
                raise DeniedError(f"{job_id} 은(는) 이미 실행 중입니다.", next_step="`hantu jobs list`로 확인하세요.")
            await self._begin(desk, by, "재개")
            return self._shown(desk)

    async def stop(self, job_id: str, by: str, reason: str) -> dict[str, Any]:
        """End it for good; ``start`` begins it again with what was kept.

        Raises:
            UsageError: There is no such job.
        """
        async with self._wishing:
            desk = self._found(job_id)
            await desk.end(JobState.STOPPED, reason, by)
            await self._audit("strategy_stopped", desk, by, reason)
            return self._shown(desk)

    async def remove(self, job_id: str, by: str) -> dict[str, Any]:
        """Forget a job that does not run, with its state.

        Raises:
            UsageError: There is no such job.
            DeniedError: It runs.
        """
        async with self._wishing:
            desk = self._found(job_id)
            if desk.job.state in (JobState.RUNNING, JobState.WAITING):
                raise DeniedError(f"{job_id} 이(가) 실행 중입니다.", next_step=f"먼저 `hantu jobs stop {job_id}`")
            await self._audit("strategy_removed", desk, by, "")
            await asyncio.to_thread(self._files.remove, job_id)
            del self.desks[job_id]
            return {"job_id": job_id, "removed": True}

    # --- looks --------------------------------------------------------------------------

    async def _looks(self) -> None:
        while True:
            self._line.look()
            await self._read()
            await self._rules()
            now = self._clocks.machine().mono
            if now - self._sampled >= self._sample_s:
                self._sampled = now
                for desk in self.desks.values():
                    desk.measure(now)
            check = now - self._looked >= self._terms.limits.check_s
            if check:
                self._looked = now
            for desk in list(self.desks.values()):
                await self._one(desk, now, check=check)
            self.on_pulse()
            await asyncio.sleep(min(PULSE_S, self._terms.limits.check_s / 2))

    async def _one(self, desk: Desk, now: float, *, check: bool) -> None:
        """Do what is due for one job; its trouble is no other's."""
        try:
            if check:
                async with self._wishing:
                    await desk.look(now)
            await desk.file_new()
            await self._tell(desk, now)
        except HantuError as error:
            self._say(f"{desk.job.job_id}: {error}")

    async def _tell(self, desk: Desk, now: float) -> None:
        """Have people told what is in the job's file; what nobody takes now is tried again at the next check.

        What a person must answer for stays there until the guard has it on record, too.
        """
        for tell in list(desk.job.untold):
            if now < (self._record_again if tell.told else self._tell_again):
                continue
            came = await self._records.tell(tell.event_type, tell.detail, tell.key, told=tell.told)
            kept = came is not Told.RECORDED and tell.event_type in ON_RECORD
            if kept:
                self._record_again = now + self._terms.limits.check_s
            if came is Told.NOT and not tell.told:
                self._tell_again = now + self._terms.limits.check_s
                return
            if not tell.told:
                await self._audit(tell.event_type, desk, "jobs", tell.detail)
            after = [msgspec.structs.replace(tell, told=True)] if kept else []
            if after != [tell]:
                await desk.change(lambda job, told=tell, after=after: _told(job, told, after))  # type: ignore[misc]

    async def _read(self) -> None:
        """Read the records; what cannot be read now is read the next time, and nothing is filed until then."""
        asked = [
            one.proposal.key for desk in self.desks.values() for one in desk.job.proposals if one.status not in GONE
        ]
        try:
            found = await asyncio.to_thread(self._records.snapshot, asked)
            for desk in self.desks.values():
                journal = desk.job.journal
                news = journal.fill >= 0 and (found.newest_fill > journal.fill or found.records != journal.records)
                after = journal.fill if found.records == journal.records else 0
                fills = await asyncio.to_thread(self._records.fills_after, after) if desk.living and news else ()
                desk.see(found, fills)
        except HantuError as error:
            self._say(f"기록을 읽을 수 없습니다: {error}")
            self._readable = False
            return
        self._snapshot, self._readable, self._trouble = found, True, ""

    async def _rules(self) -> None:
        """Suspend what runs while the kill switch is on or the guard sleeps; only a person resumes it."""
        rule = await self._forbidding() if self._readable else ""
        running = [desk for desk in self.desks.values() if desk.job.state in (JobState.RUNNING, JobState.WAITING)]
        if not rule or not running:
            return
        async with self._wishing:
            # All at once: one that hangs must not keep the others proposing.
            await asyncio.gather(*(self._suspend_by(desk, rule) for desk in running))

    async def _suspend_by(self, desk: Desk, rule: str) -> None:
        StrategyLog.warning("%s 일시 중단: %s", desk.job.strategy, rule)
        try:
            await desk.end(JobState.PAUSED, rule, "rule")
        except HantuError as error:
            self._say(f"{desk.job.job_id}: {error}")
        await self._audit("strategy_suspended", desk, "rule", rule)

    async def _forbidding(self) -> str:
        if not self._readable:
            return "기록을 읽을 수 없음"
        if self._snapshot.kill != "off":
            return f"킬 스위치 {self._snapshot.kill}"
        return "감시 휴면" if await self._records.guard_state() == SLEEPING else ""

    # --- leaves -------------------------------------------------------------------------

    async def _begin(self, desk: Desk, by: str, word: str) -> None:
        """Start by a person's wish.

        Raises:
            DeniedError: A rule forbids it.
        """
        await self._read()
        rule = await self._forbidding()
        if rule:
            raise DeniedError(
                f"지금은 전략을 시작할 수 없습니다: {rule}",
                next_step="`hantu status`로 확인하고 해제한 뒤 다시 하세요.",
            )
        desk.see(self._snapshot, ())
        await desk.start(by, word, Start.BY_HAND)
        await self._audit("strategy_started" if word == "시작" else "strategy_resumed", desk, by, word)

    async def _again(self, desk: Desk) -> None:
        """Take up a job that ran when the last jobs process ended."""
        desk.see(self._snapshot, ())
        wait = desk.supervision.next_start - self._clocks.machine().mono
        if wait > 0 and desk.job.errors:
            # It may be what ended the last process: starts keep their distance.
            desk.supervision.state = JobState.WAITING
            return
        await desk.start("jobs", "작업 프로세스 시작", Start.AGAIN)

    def _desk(self, job: Job) -> Desk:
        return Desk(job, self._files, self._records, self._terms, self._clocks)

    def _prices(self, trades: tuple[Any, ...], missed: int) -> None:
        for desk in self.desks.values():
            desk.offer(trades, missed)

    def _found(self, job_id: str) -> Desk:
        desk = self.desks.get(checked_id(job_id))
        if desk is None:
            raise UsageError(f"작업 {job_id} 이(가) 없습니다.", next_step="`hantu jobs list`로 이름을 확인하세요.")
        return desk

    def _shown(self, desk: Desk) -> dict[str, Any]:
        return {**msgspec.to_builtins(desk.job), **status_of(desk), "market": self._line.open}

    async def _audit(self, operation: str, desk: Desk, by: str, reason: str) -> None:
        details = {"job_id": desk.job.job_id, "strategy": desk.job.strategy, "reason": reason}
        try:
            await asyncio.to_thread(self._records.audit, operation, details, by)
        except HantuError as error:
            # What was asked for has happened; that it is not on record is said where people look.
            StrategyLog.error("감사 기록에 남기지 못했습니다 (%s %s): %s", operation, desk.job.job_id, error)

    def _say(self, text: str) -> None:
        if text != self._trouble:
            StrategyLog.warning("%s", text)
        self._trouble = text


def _told(job: Job, told: Tell, after: list[Tell]) -> None:
    place = job.untold.index(told)
    job.untold[place : place + 1] = after
