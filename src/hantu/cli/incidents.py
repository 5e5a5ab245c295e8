"""``hantu incidents``: what needs a person, who has it, what was decided, how it ended."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from hantu.cli.shell import Shell
from hantu.domain.errors import HantuError, UsageError

app = typer.Typer(invoke_without_command=True)
LOG_SHOWN = 15
"""Last lines of the log beside an incident."""
LOG_BUNDLED = 2_000
NAME_MAX = 80
Number = Annotated[int, typer.Argument(show_default=False, min=1)]
Text = Annotated[str, typer.Option(show_default=False)]


@app.callback()
def incidents(ctx: typer.Context) -> None:
    """List open incidents when no subcommand is given."""
    if ctx.invoked_subcommand is None:
        _list(ctx.obj, 50, every=False)


@app.command("list")
def list_incidents(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100_000)] = 50,
    every: Annotated[bool, typer.Option("--all")] = False,
) -> None:
    """List open incidents, or all of them."""
    _list(ctx.obj, limit, every=every)


@app.command("show")
def show(ctx: typer.Context, number: Number) -> None:
    """Show service state, log and history of one incident on one page."""
    from hantu.adapters.store.incidents import story
    from hantu.cli.views.incidents import incident_view

    shell: Shell = ctx.obj
    found, moments = story(shell.settings.database, number)
    state, lines = _service(shell), tail(shell, LOG_SHOWN)
    value = {"ok": True, "incident": _named(shell, found), "service": state, "timeline": moments, "log": lines}
    shell.show(value, lambda out: out.print(incident_view(found, moments, state, lines, shell.person)))


@app.command("ack")
def ack(ctx: typer.Context, number: Number, note: Text = "") -> None:
    """Say that you have seen it."""
    from hantu.adapters.store.incidents import acknowledge

    shell: Shell = ctx.obj
    _done(shell, acknowledge(shell.settings.database, number, actor=shell.actor, note=note), "확인을 기록했습니다.")


@app.command("assign")
def assign(ctx: typer.Context, number: Number, name: Annotated[str, typer.Argument(show_default=False)]) -> None:
    """Give it to a person."""
    from hantu.adapters.store.incidents import assign as give

    shell: Shell = ctx.obj
    if not name.strip() or len(name) > NAME_MAX:
        raise UsageError("맡을 사람의 이름이 필요합니다.", next_step=f"`hantu incidents assign {number} 이름`.")
    found = give(shell.settings.database, number, shell.named(name), actor=shell.actor)
    _done(shell, found, f"담당: {shell.person(found.assignee)}")


@app.command("decide")
def decide(
    ctx: typer.Context,
    number: Number,
    decision: Annotated[str, typer.Argument(show_default=False)],
    reason: Annotated[str, typer.Option("--reason", "-r", show_default=False)],
) -> None:
    """Record what is done about it and who decided."""
    from hantu.adapters.store.incidents import decide as choose

    shell: Shell = ctx.obj
    found = choose(shell.settings.database, number, decision, reason, actor=shell.actor)
    _done(shell, found, f"결정을 기록했습니다: {found.decision}")


@app.command("close")
def close(
    ctx: typer.Context,
    number: Number,
    summary: Annotated[str, typer.Option("--summary", "-s", show_default=False)],
) -> None:
    """End it: the report is printed and stored."""
    from hantu.adapters.store.incidents import close as end
    from hantu.cli.views.incidents import report_text

    shell: Shell = ctx.obj
    found = end(shell.settings.database, number, summary, actor=shell.actor, write=report_text)
    _done(shell, found, found.report)


@app.command("bundle")
def bundle(
    ctx: typer.Context,
    number: Number,
    out: Annotated[Path | None, typer.Option("--out", "-o", show_default=False)] = None,
) -> None:
    """Pack what a developer needs into a zip; no secret and no account number is in it."""
    from hantu.adapters.store.incidents import note_bundle
    from hantu.cli.incident_bundle import write_bundle

    shell: Shell = ctx.obj
    target = out or Path(f"hantu-incident-{number}.zip")
    with shell.progress("진단 자료를 모으는 중입니다"):
        files = write_bundle(shell, number, target, tail(shell, LOG_BUNDLED), _service(shell))
    note_bundle(shell.settings.database, number, target.name, actor=shell.actor)
    text = f"{target}: 파일 {len(files)}개. 비밀 값과 계좌번호는 가렸습니다."
    shell.show(
        {"ok": True, "path": str(target), "files": files}, lambda con: con.print(text, markup=False, soft_wrap=True)
    )


def tail(shell: Shell, lines: int) -> list[str]:
    """Return the last lines of the log, masked; none where there is no log."""
    from collections import deque

    from hantu.telemetry import mask

    path = shell.settings.log_file
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", errors="replace") as text:
        return [mask(line.rstrip("\n")) for line in deque(text, lines)]


def _list(shell: Shell, limit: int, *, every: bool) -> None:
    from hantu.adapters.store.incidents import incidents as read
    from hantu.cli.views.incidents import incidents_table

    late = shell.settings.incidents.escalate_after_s
    found = read(shell.settings.database, limit, every=every)
    now = datetime.now(UTC)
    rows = [{**_named(shell, one), "overdue": _overdue(one, now, late)} for one in found]
    shell.show(rows, lambda out: out.print(incidents_table(rows)))


def _overdue(one: Any, now: datetime, late_s: float) -> bool:
    from hantu.adapters.store.timestamps import from_text

    waited_s = (now - from_text(one.recorded_at)).total_seconds()
    return not one.acked_at and not one.closed_at and waited_s > late_s


def _named(shell: Shell, one: Any) -> dict[str, Any]:
    import msgspec

    found: dict[str, Any] = msgspec.to_builtins(one)
    return {**found, "state": one.state, "responsible": shell.person(one.assignee)}


def _done(shell: Shell, found: Any, text: str) -> None:
    value = {"ok": True, **_named(shell, found)}
    shell.show(value, lambda out: out.print(f"장애 {found.incident_id}번 - {text}", markup=False, soft_wrap=True))


def _service(shell: Shell) -> dict[str, Any]:
    """Return how the guard is; a guard that does not answer is an answer, too."""
    from hantu.operations.safety import dangers, verdict

    try:
        status = shell.guard.status()
    except HantuError as error:
        return {"running": False, "verdict": str(error)}
    if status is None:
        return {"running": False, "verdict": "실행 중인 감시가 없습니다."}
    components = (status.get("health") or {}).get("components", {})
    return {
        "running": True, "verdict": verdict(status), "dangers": dangers(status), "state": status.get("state"),
        "kill": (status.get("kill") or {}).get("level"), "version": status.get("version"),
        "components": {name: one.get("state") for name, one in components.items()},
    }  # fmt: skip
