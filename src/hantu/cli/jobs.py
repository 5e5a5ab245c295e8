"""``hantu jobs`` and ``hantu run jobs``: strategies that run, and what people want of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hantu.adapters.guard_link import ANSWER_TIMEOUT_S, GuardLink, NotRunning
from hantu.cli.shell import Shell
from hantu.domain.errors import UsageError

if TYPE_CHECKING:
    from hantu.settings.model import Settings

app = typer.Typer(no_args_is_help=True)
JobId = Annotated[str, typer.Argument(show_default=False)]
Reason = Annotated[str, typer.Option("--reason", show_default=False)]


def run_jobs(ctx: typer.Context) -> None:
    """Look after strategies in this terminal until told to end."""
    shell: Shell = ctx.obj
    from hantu.settings.strategy_office import run_jobs as run

    run(shell.settings, (lambda text: shell.emit({"text": text})) if shell.json else typer.echo)
    shell.note("작업 프로세스를 끝냈습니다.")


@app.command("list")
def list_jobs(ctx: typer.Context) -> None:
    """List jobs; from their files where no jobs process runs."""
    from hantu.cli.views.jobs import jobs_table

    shell: Shell = ctx.obj
    rows, running = rows_of(shell.settings)
    shell.show(rows, lambda out: out.print(jobs_table(rows, running=running)))


@app.command("show")
def show(ctx: typer.Context, job_id: JobId) -> None:
    """Show one job."""
    from hantu.cli.views.jobs import job_lines

    shell: Shell = ctx.obj
    rows, running = rows_of(shell.settings)
    wanted = _id(job_id)
    found = next((row for row in rows if row["job_id"] == wanted), None)
    if found is None:
        raise UsageError(f"작업 {wanted} 이(가) 없습니다.", next_step="`hantu jobs list`로 이름을 확인하세요.")
    shell.show(found, lambda out: out.print(job_lines(found, running=running), markup=False, soft_wrap=True))


@app.command("start")
def start(
    ctx: typer.Context,
    strategy: Annotated[str, typer.Argument(show_default=False)],
    params: Annotated[list[str] | None, typer.Option("--set", "-s", show_default=False)] = None,
) -> None:
    """Start a strategy."""
    _wish(ctx.obj, "start", "시작했습니다.", strategy=strategy, params=params_of(params or []))


@app.command("suspend")
def suspend(ctx: typer.Context, job_id: JobId, reason: Reason = "") -> None:
    """Suspend a job until somebody resumes it."""
    _wish(ctx.obj, "suspend", "일시 중단했습니다.", job_id=_id(job_id), reason=reason)


@app.command("resume")
def resume(ctx: typer.Context, job_id: JobId) -> None:
    """Resume a job where it was."""
    _wish(ctx.obj, "resume", "이어서 시작했습니다.", job_id=_id(job_id))


@app.command("stop")
def stop(ctx: typer.Context, job_id: JobId, reason: Reason = "") -> None:
    """Stop a job; its state stays."""
    _wish(ctx.obj, "stop", "끝냈습니다.", job_id=_id(job_id), reason=reason)


@app.command("remove")
def remove(ctx: typer.Context, job_id: JobId) -> None:
    """Forget a job that does not run, with its state."""
    _wish(ctx.obj, "remove", "지웠습니다.", job_id=_id(job_id))


def _wish(shell: Shell, command: str, text: str, **args: Any) -> None:
    link = GuardLink(shell.settings.jobs_socket, shell.actor)
    try:
        told = link.request(command, **args)
    except NotRunning:
        raise NotRunning(
            "작업 프로세스가 실행 중이 아닙니다.", next_step="다른 터미널에서 `hantu run jobs`를 먼저 실행하세요."
        ) from None
    shell.show(told, lambda out: out.print(f"{told['job_id']}: {text}", markup=False))


def rows_of(settings: "Settings", timeout_s: float = ANSWER_TIMEOUT_S) -> tuple[list[dict[str, Any]], bool]:
    """Return every job as people see it, and whether somebody looks after them.

    Raises:
        HantuError: There is a jobs process, and it does not answer.
    """
    try:
        told = GuardLink(settings.jobs_socket, "list", timeout_s=timeout_s).request("list")
    except NotRunning:
        return _from_files(settings.state_dir), False
    return list(told["jobs"]), True


def _from_files(folder: Path) -> list[dict[str, Any]]:
    import msgspec

    from hantu.strategies.job import Broken, JobFiles

    return [
        {"job_id": one.job_id, "state": "broken", "reason": one.problem}
        if isinstance(one, Broken)
        else msgspec.to_builtins(one)
        for one in JobFiles(folder).all()
    ]


def _id(word: str) -> str:
    """Take a strategy's name for its job."""
    from hantu.strategies.job import STRATEGY

    return word if word.startswith(STRATEGY) else STRATEGY + word


def params_of(words: list[str]) -> dict[str, Any]:
    import msgspec

    found: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(f"설정 {word!r} 을(를) 읽을 수 없습니다.", next_step="--set shares=10 처럼 적으세요.")
        try:
            found[name] = msgspec.json.decode(value.encode())
        except msgspec.DecodeError:
            found[name] = value
    return found
