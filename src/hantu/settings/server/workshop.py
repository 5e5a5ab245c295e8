"""Strategies and jobs for the interface: the jobs process is asked, and its files where it does not run.

The documents call the job of strategy X ``strategy_X``.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from hantu.adapters.guard_link import GuardLink, NotRunning
from hantu.domain.access import Caller
from hantu.domain.errors import BrokenError, NotThereError, SilentError
from hantu.settings.model import Settings
from hantu.strategies.job import STRATEGY, Broken, JobFiles

ASK_S: Final = 5.0
WORDS: Final = {"broken": "failed"}
"""A file that cannot be read is a job that failed; all other words are the documents'."""
COMMANDS: Final = {"start": "start", "stop": "suspend", "resume": "resume", "pause": "suspend"}
TOLD: Final = ("restarts", "errors", "last_error", "last_error_at", "started_at", "heartbeat_at")
DETAIL: Final = (
    "reason", "by", "changed_at", "params", "pid", "steps", "queued", "dropped", "false_signs", "restarts_max", "proposals",
)  # fmt: skip
"""What the jobs process alone knows (``pid`` and on) is missing where it does not answer."""


class JobsWorkshop:
    """Implements the workshop of the interface."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def strategies(self) -> Sequence[Mapping[str, Any]]:
        """Return every strategy."""
        return [_strategy(row) for row in self._rows() if str(row["job_id"]).startswith(STRATEGY)]

    def strategy(self, strategy_id: str) -> Mapping[str, Any]:
        """Return one strategy.

        Raises:
            NotThereError: There is none of that name.
        """
        return _strategy(self._one(f"{STRATEGY}{strategy_id}"))

    def jobs(self) -> Sequence[Mapping[str, Any]]:
        """Return every job."""
        return [_job(row) for row in self._rows()]

    def job(self, job_id: str) -> Mapping[str, Any]:
        """Return one job.

        Raises:
            NotThereError: There is none of that id.
        """
        return _job(self._one(job_id))

    def act(self, thing: str, ident: str, act: str, *, by: Caller) -> str:
        """Have the jobs process do it.

        Raises:
            NotThereError: There is no such job.
            UsageError: There is no such strategy.
            DeniedError: Its state does not allow it.
            SilentError: The jobs process does not answer.
        """
        if thing == "strategy" and act == "start":
            told = self._ask("start", by.actor, strategy=ident, params={})
        else:
            job_id = f"{STRATEGY}{ident}" if thing == "strategy" else ident
            self._one(job_id)
            told = self._ask(COMMANDS[act], by.actor, job_id=job_id, reason="dashboard")
        return str(told.get("job_id", ident))

    # --- leaves -----------------------------------------------------------------------

    def _one(self, job_id: str) -> Mapping[str, Any]:
        found = next((row for row in self._rows() if row["job_id"] == job_id), None)
        if found is None:
            raise NotThereError(f"작업 {job_id[:60]} 이(가) 없습니다.", next_step="목록에서 이름을 확인하세요.")
        return found

    def _rows(self) -> Sequence[Mapping[str, Any]]:
        try:
            return list(self._ask("list", "server")["jobs"])
        except SilentError:
            files = JobFiles(self._settings.state_dir).all()
            return [
                {"job_id": one.job_id, "state": "broken", "reason": one.problem}
                if isinstance(one, Broken)
                else {**msgspec.to_builtins(one), "reason": one.reason or "jobs 프로세스가 실행 중이 아님"}
                for one in files
            ]

    def _ask(self, command: str, actor: str, **args: Any) -> dict[str, Any]:
        try:
            told = GuardLink(self._settings.jobs_socket, actor, timeout_s=ASK_S).request(command, **args)
        except NotRunning as error:
            raise SilentError(
                "작업 프로세스가 실행 중이 아닙니다.", next_step="`hantu run jobs` 를 실행하세요.", reached=False
            ) from error
        except BrokenError as error:
            raise SilentError(str(error), next_step=error.next_step) from error
        return dict(told or {})


def _strategy(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "strategy_id": str(row["job_id"]).removeprefix(STRATEGY), "state": _state(row),
        **{name: row[name] for name in TOLD if row.get(name) is not None}, "detail": _detail(row),
    }  # fmt: skip


def _job(row: Mapping[str, Any]) -> dict[str, Any]:
    step = (row.get("journal") or {}).get("step", "")
    return {
        "job_id": row["job_id"], "state": _state(row), "step": str(step), "updated_at": row.get("changed_at", ""),
        "detail": _detail(row),
    }  # fmt: skip


def _state(row: Mapping[str, Any]) -> str:
    return WORDS.get(str(row["state"]), str(row["state"]))


def _detail(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in DETAIL if name in row}
