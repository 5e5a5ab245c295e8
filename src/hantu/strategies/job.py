"""One job's file, ``state/{job_id}.json``: everything that outlives a process, replaced as a whole.

Invariants:
1. The file is complete at every moment: written beside, synced, renamed, folder synced.
2. Journal, state and wishes change together; what is not in the file has not happened.
3. An id is a name, never a path.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from hantu.domain.errors import BrokenError, UsageError
from hantu.strategies.sdk import Proposal
from hantu.strategies.supervision import JobState

JOB_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
STRATEGY = "strategy_"
"""The job of strategy X is ``strategy_X`` (REL-50)."""


class Filed(Struct):
    """A proposal and what was last told of it; ``status`` new = not filed yet."""

    proposal: Proposal
    """Its key is the id of its approval."""
    status: str = "new"
    reason: str = ""
    """Why it was never filed."""


class Tell(Struct):
    """An alert that is not on record yet."""

    event_type: str
    detail: str
    key: str
    told: bool = False
    """People were told past the guard; only the record is missing."""


class Journal(Struct):
    """The numbers of what was consumed: everything up to them has been told exactly once."""

    step: int = 0
    fill: int = -1
    """Newest fill told; -1 = begin with the next one there will be."""
    records: str = ""
    """The records the number belongs to; another database begins anew."""
    timer: int = -1
    """Newest timer slot told."""


class Job(Struct):
    """What is kept of one strategy; times UTC text, counts since the job was made."""

    job_id: str
    strategy: str
    born: str
    """A random word: a job made anew under an old name is another one."""
    state: JobState = JobState.STOPPED
    reason: str = ""
    """Why it is as it is, for people."""
    by: str = ""
    """Who or what made it so."""
    changed_at: str = ""
    restarts: int = 0
    errors: int = 0
    last_error: str = ""
    last_error_at: str = ""
    started_at: str = ""
    last_start_s: float = 0.0
    """Of the last start, seconds since 1970."""
    params: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    """The strategy's own state."""
    counter: int = 0
    """Proposals ever made; names the next one."""
    journal: Journal = msgspec.field(default_factory=Journal)
    proposals: list[Filed] = []
    """Those still open."""
    untold: list[Tell] = []
    proposed_at: list[float] = []
    """Moments of the last hour, seconds since 1970."""

    @property
    def prefix(self) -> str:
        """What the keys of its proposals begin with; no other job's do."""
        return f"S{self.born}-"


def checked_id(job_id: str) -> str:
    """Return ``job_id`` if a job may have it.

    Raises:
        UsageError: It may not; it could name a file elsewhere.
    """
    if not JOB_ID.fullmatch(job_id):
        raise UsageError(
            f"작업 번호로 쓸 수 없습니다: {job_id!r}",
            next_step="`hantu jobs list` 에 나온 이름을 쓰세요. 예: strategy_my_first",
        )
    return job_id


def encoded(job: Job) -> bytes:
    """Return what stands in the file of ``job``, for people to read too."""
    return msgspec.json.format(msgspec.json.encode(job), indent=1)


@dataclass(frozen=True, slots=True)
class Broken:
    """A job whose file cannot be read."""

    job_id: str
    problem: str


class JobFiles:
    """The folder of jobs; every method is one short piece of file work."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, job: Job) -> None:
        """Replace the job's file; returns when the disk has it.

        Raises:
            BrokenError: The disk does not take it; the file is as it was.
        """
        self.write(job.job_id, encoded(job))

    def write(self, job_id: str, body: bytes) -> None:
        """Replace the file of a job by what ``encoded`` returned.

        Raises:
            BrokenError: The disk does not take it; the file is as it was.
        """
        path = self._path(job_id)
        part = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise BrokenError(
                f"작업 상태를 저장하지 못했습니다: {path} ({error.strerror or error})",
                next_step="디스크 공간과 폴더 권한을 확인하세요.",
            ) from error

    def load(self, job_id: str) -> Job | None:
        """Return a job; None if there is none.

        Raises:
            BrokenError: Its file cannot be read.
            UsageError: That is no job id.
        """
        path = self._path(job_id)
        try:
            found = msgspec.json.decode(path.read_bytes(), type=Job)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            raise BrokenError(
                f"작업 파일을 읽을 수 없습니다: {path} ({error})",
                next_step="파일을 다른 곳에 옮겨 두고 `hantu jobs start` 로 다시 시작하세요.",
            ) from error
        if found.job_id != job_id:
            raise BrokenError(
                f"작업 파일의 이름과 내용이 다릅니다: {path} ({found.job_id})",
                next_step="파일을 원래 이름으로 되돌리세요.",
            )
        return found

    def all(self) -> tuple[Job | Broken, ...]:
        """Return every job, by id; one that cannot be read says why."""
        found: list[Job | Broken] = []
        for path in sorted(self._folder.glob("*.json")):
            if not JOB_ID.fullmatch(path.stem):
                continue
            try:
                job = self.load(path.stem)
            except BrokenError as error:
                found.append(Broken(path.stem, str(error)))
            else:
                found += [job] if job is not None else []
        return tuple(found)

    def remove(self, job_id: str) -> None:
        """Forget a job; one that is not there is fine."""
        self._path(job_id).unlink(missing_ok=True)

    def _path(self, job_id: str) -> Path:
        return self._folder / f"{checked_id(job_id)}.json"
