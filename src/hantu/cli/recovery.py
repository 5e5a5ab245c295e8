"""``hantu recovery``: recover in five steps, and see what a recovery found and left open."""

from typing import Any

import typer

from hantu.cli.shell import Shell, wait_until
from hantu.domain.errors import BrokenError

app = typer.Typer(no_args_is_help=True)

RUN_TIMEOUT_S = 180.0


@app.command("run")
def run(ctx: typer.Context) -> None:
    """Recover now, or resume the recovery that stopped from its failed step."""
    shell: Shell = ctx.obj
    asked = shell.guard.request("recover")
    flow = (asked.get("recovery") or {}).get("flow", "")

    def settled() -> bool:
        found = (shell.guard.status() or {}).get("recovery") or {}
        return found.get("flow") != flow or found.get("state") in ("completed", "stopped")

    with shell.progress("복구 중: 킬 스위치, 미체결 주문 정리, 동기화 …"):
        wait_until(settled, RUN_TIMEOUT_S)
        wait_until(lambda: (_latest(shell) or {}).get("state") in ("completed", "stopped"), 5.0)
    _show(shell)
    found = _latest(shell) or {}
    if found.get("state") != "completed":
        raise BrokenError(
            f"복구가 끝나지 않았습니다: {found.get('reason') or '진행 중'}",
            next_step="`hantu recovery show`로 멈춘 단계와 이유를 확인하고, 고친 뒤 `hantu recovery run`으로 이어 가세요.",
        )


@app.command("show")
def show(ctx: typer.Context) -> None:
    """Show the latest recovery: steps, times, differences, what remains open."""
    _show(ctx.obj)


def _latest(shell: Shell) -> dict[str, Any] | None:
    from hantu.adapters.store.recoveries import latest_recovery

    return latest_recovery(shell.settings.database)


def _show(shell: Shell) -> None:
    from hantu.cli.views.recovery import recovery_view

    found = _latest(shell)
    shell.show(found, lambda out: out.print(recovery_view(found, shell.lang)))
