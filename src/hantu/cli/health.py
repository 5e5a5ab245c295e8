"""``hantu status``, ``hantu health`` and ``hantu health watch``: is everything well, and who says so."""

from typing import Annotated, Any

import typer

from hantu.cli.shell import CheckFailed, Shell
from hantu.domain.errors import HantuError

app = typer.Typer(invoke_without_command=True, no_args_is_help=False)


def status(ctx: typer.Context) -> None:
    """Show the whole picture: safe or not, components, counts, delays, unprotected time, what runs."""
    shell: Shell = ctx.obj
    from hantu.cli.processes import running
    from hantu.cli.views.health import status_view
    from hantu.operations.safety import dangers, verdict

    try:
        found = shell.guard.request("status")
    except HantuError as error:
        _without_guard(shell, error)
        raise CheckFailed("status") from error
    counts = _counts(shell, found)
    unsafe = dangers(found)
    processes, strategies = running(shell.settings, found), strategies_of(shell)
    value = {
        "ok": not unsafe, "safe": not unsafe, "verdict": verdict(found), "dangers": unsafe, "counts": counts,
        "unprotected_s": found.get("unprotected_s"), "health": found.get("health"), "state": found.get("state"),
        "processes": processes, "strategies": strategies,
    }  # fmt: skip

    def render(out: Any) -> None:
        out.print(status_view(found, counts, verdict(found), unsafe, out.width))
        _render_beside(shell, out, processes, strategies)

    shell.show(value, render)
    if unsafe:
        raise CheckFailed("status")


def strategies_of(shell: Shell) -> list[dict[str, Any]]:
    """Return every strategy with its state; empty where there is none, or nobody can say."""
    from hantu.cli.jobs import rows_of
    from hantu.cli.processes import LOOK_S

    try:
        rows, looked_after = rows_of(shell.settings, LOOK_S)
    except HantuError as error:
        shell.note(f"전략의 상태를 읽지 못했습니다: {error}")
        return []
    return [
        {
            "strategy": row.get("strategy", row["job_id"]), "state": row["state"], "reason": row.get("reason", ""),
            "restarts": row.get("restarts", 0), "errors": row.get("errors", 0), "last_error": row.get("last_error", ""),
            "looked_after": looked_after,
        }
        for row in rows
    ]  # fmt: skip


def _without_guard(shell: Shell, error: HantuError) -> None:
    """Say that nobody guards, and what runs all the same."""
    from hantu.adapters.guard_link import NotRunning
    from hantu.cli.processes import running

    # A guard that does not answer was waited for; it is not asked again.
    known: dict[str, Any] | None = None if isinstance(error, NotRunning) else {}
    processes = running(shell.settings, known)
    strategies = strategies_of(shell)
    value = {
        "ok": False, "code": "failed", "message": str(error), "next_step": error.next_step, "safe": False,
        "verdict": str(error), "processes": processes, "strategies": strategies,
    }  # fmt: skip

    def render(out: Any) -> None:
        out.print(f"안전하지 않음 - {error}", style="bold red", markup=False)
        if error.next_step:
            out.print(f"  → {error.next_step}", markup=False)
        _render_beside(shell, out, processes, strategies)

    shell.show(value, render)


def _render_beside(shell: Shell, out: Any, processes: Any, strategies: list[dict[str, Any]]) -> None:
    from hantu.cli.texts.up_words import up_words
    from hantu.cli.views.health import strategies_view
    from hantu.cli.views.up import processes_view

    out.print(processes_view(up_words(shell.lang), processes))
    if strategies:
        out.print(strategies_view(strategies))


@app.callback()
def health(ctx: typer.Context) -> None:
    """Show the state of every component."""
    if ctx.invoked_subcommand is not None:
        return
    shell: Shell = ctx.obj
    from hantu.cli.views.health import components_view, strategies_view

    found = (shell.guard.request("status")).get("health") or {}
    down = [name for name, one in found.get("components", {}).items() if one["state"] == "down"]
    strategies = strategies_of(shell)

    def render(out: Any) -> None:
        out.print(components_view(found))
        if strategies:
            out.print(strategies_view(strategies))

    shell.show({"ok": not down, **found, "strategies": strategies}, render)
    if down:
        raise CheckFailed("health")


@app.command("watch")
def watch(
    ctx: typer.Context,
    interval: Annotated[float | None, typer.Option("--interval", min=0.2, max=300.0, show_default=False)] = None,
    once: Annotated[bool, typer.Option("--once")] = False,
) -> None:
    """Watch the guard process from outside until told to end."""
    shell: Shell = ctx.obj
    from hantu.cli.watcher import Watcher

    watcher = Watcher(shell, interval or shell.settings.health.interval_s)
    if not watcher.run(once=once):
        raise CheckFailed("watch")


def _counts(shell: Shell, found: dict[str, Any]) -> dict[str, Any]:
    """Return today's counts from the records; empty when they cannot be read."""
    from datetime import UTC, datetime

    import msgspec

    from hantu.adapters.store.day_counts import day_counts
    from hantu.domain.session import KST, trading_date

    text = str(found.get("market_time", ""))
    now = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=KST) if text else datetime.now(UTC)
    try:
        return dict(msgspec.to_builtins(day_counts(shell.settings.database, trading_date(now), now)))
    except HantuError as error:
        shell.note(f"오늘의 건수를 읽지 못했습니다: {error}")
        return {}
