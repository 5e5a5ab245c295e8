"""``hantu status``, ``hantu health`` and ``hantu health watch``: is everything well, and who says so."""

from typing import Annotated, Any

import typer

from hantu.cli.shell import CheckFailed, Shell
from hantu.domain.errors import HantuError

app = typer.Typer(invoke_without_command=True, no_args_is_help=False)


def status(ctx: typer.Context) -> None:
    """Show the whole picture: safe or not, components, counts, delays, unprotected time."""
    shell: Shell = ctx.obj
    from hantu.cli.views.health import status_view
    from hantu.operations.safety import dangers, verdict

    found = shell.guard.request("status")
    counts = _counts(shell, found)
    unsafe = dangers(found)
    value = {
        "ok": not unsafe, "safe": not unsafe, "verdict": verdict(found), "dangers": unsafe, "counts": counts,
        "unprotected_s": found.get("unprotected_s"), "health": found.get("health"), "state": found.get("state"),
    }  # fmt: skip
    shell.show(value, lambda out: out.print(status_view(found, counts, verdict(found), unsafe, out.width)))
    if unsafe:
        raise CheckFailed("status")


@app.callback()
def health(ctx: typer.Context) -> None:
    """Show the state of every component."""
    if ctx.invoked_subcommand is not None:
        return
    shell: Shell = ctx.obj
    from hantu.cli.views.health import components_view

    found = (shell.guard.request("status")).get("health") or {}
    down = [name for name, one in found.get("components", {}).items() if one["state"] == "down"]
    shell.show({"ok": not down, **found}, lambda out: out.print(components_view(found)))
    if down:
        raise CheckFailed("health")


@app.command("watch")
def watch(
    ctx: typer.Context,
    interval: Annotated[float, typer.Option("--interval", min=0.2, max=300.0, show_default=False)] = 0.0,
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
