"""``hantu kill``: the switch that stops orders; three doors, one meaning.

A running guard is asked over its control socket. Without one, the file
``<home>/KILL`` and a row in ``system_state`` are written, so that the next
guard starts with the switch on. What cannot be read counts as ``active``.
"""

from typing import Annotated, Any

import typer

from hantu.cli.control import NotRunning
from hantu.cli.shell import Shell, wait_until
from hantu.domain.errors import BrokenError, DeniedError, HantuError, UsageError

app = typer.Typer(no_args_is_help=True)

FOLLOW_TIMEOUT_S = 2.0
Reason = Annotated[str, typer.Option("--reason", "-r", show_default=False)]


@app.command("on")
def on(ctx: typer.Context, reason: Reason = "") -> None:
    """Block everything but protective sells and cancels."""
    _set(ctx.obj, "active", reason or "수동 작동")


@app.command("hard")
def hard(ctx: typer.Context, reason: Reason = "") -> None:
    """Block everything but cancels."""
    _set(ctx.obj, "hard", reason or "수동 작동 (모든 주문)")


@app.command("off")
def off(ctx: typer.Context, reason: Reason = "") -> None:
    """Allow orders again; asks why."""
    shell: Shell = ctx.obj
    if not reason and not shell.json:
        import sys

        if sys.stdin.isatty():
            reason = typer.prompt("해제하는 이유", default="", show_default=False).strip()
    if not reason:
        raise UsageError(
            "킬스위치 해제에는 이유가 필요합니다.",
            next_step='`hantu kill off --reason "원인 확인 완료"` 처럼 적어 주세요.',
        )
    _set(shell, "off", reason)


@app.command("status")
def status(ctx: typer.Context) -> None:
    """Show the level and who set it."""
    shell: Shell = ctx.obj
    found = _effective(shell)

    def render(out: Any) -> None:
        from hantu.cli.views.wording import KILL_LEVELS, korean_time

        style = "green" if found["level"] == "off" else "bold red"
        out.print(f"킬스위치: {KILL_LEVELS.get(found['level'], found['level'])}", style=style)
        if found["reason"]:
            out.print(f"이유: {found['reason']}", markup=False)
        if found["actor"]:
            how = "자동" if found["automatic"] else "수동"
            out.print(f"설정: {found['actor']} ({how}) {korean_time(found['timestamp'])}", markup=False)
        out.print(f"확인한 곳: {', '.join(found['seen'])}", style="dim", markup=False)

    shell.show(found, render)


def _set(shell: Shell, level: str, reason: str) -> None:
    doors: list[str] = []
    try:
        shell.guard.request("kill", level=level, reason=reason)
        doors.append("감시 프로세스")
        _finish_with_guard(shell, level)
    except NotRunning:
        doors += _without_guard(shell, level, reason)
    except BrokenError as error:
        # A guard that does not answer still looks at the file before every order.
        if level == "off":
            raise
        shell.note(f"주의: {error}")
        doors += _without_guard(shell, level, reason)

    def render(out: Any) -> None:
        from hantu.cli.views.wording import KILL_LEVELS

        style = "green" if level == "off" else "bold red"
        out.print(f"킬스위치: {KILL_LEVELS[level]}", style=style)
        out.print(f"이유: {reason}", markup=False)
        out.print(f"적용한 곳: {', '.join(doors)}", style="dim", markup=False)

    shell.show({"ok": True, "level": level, "reason": reason, "doors": doors}, render)


def _finish_with_guard(shell: Shell, level: str) -> None:
    """Take the file away on release, and see that the guard has followed."""
    from hantu.cli.kill_doors import write_file

    if level == "off":
        write_file(shell.settings.kill_file, level, "", shell.actor)

    def followed() -> bool:
        status = shell.guard.status()
        return status is None or status.get("kill", {}).get("level") == level

    if not wait_until(followed, FOLLOW_TIMEOUT_S):
        raise BrokenError(
            "감시 프로세스가 킬스위치를 아직 반영하지 않았습니다.",
            next_step="`hantu kill status` 로 확인하고, 급하면 `hantu kill hard` 를 쓰세요.",
        )


def _without_guard(shell: Shell, level: str, reason: str) -> list[str]:
    """Write both lasting doors; going up succeeds with one of them, going down needs both."""
    from hantu.cli.kill_doors import write_file, write_row

    settings, doors, failed = shell.settings, [], []
    writers = {
        "KILL 파일": lambda: write_file(settings.kill_file, level, reason, shell.actor),
        "데이터베이스": lambda: write_row(settings, level, reason, shell.actor),
    }
    # Down: the row first, so that a failure leaves the file in force.
    for name in writers if level != "off" else reversed(writers):
        try:
            if writers[name]():
                doors.append(name)
        except (OSError, HantuError) as error:
            failed.append(f"{name}: {error}")
            if level == "off":
                break
    if not doors or (level == "off" and failed):
        verb = "해제하지" if level == "off" else "작동하지"
        raise DeniedError(
            f"킬스위치를 {verb} 못했습니다({'; '.join(failed)}).",
            next_step="`hantu doctor` 로 데이터 폴더를 확인하세요.",
        )
    for problem in failed:
        shell.note(f"주의: {problem}")
    return doors


def _effective(shell: Shell) -> dict[str, Any]:
    from hantu.cli.kill_doors import read_file, read_row, strictest

    settings = shell.settings
    states = [("KILL 파일", read_file(settings.kill_file)), ("데이터베이스", read_row(settings))]
    running = shell.guard.status()
    if running is not None:
        told = running.get("kill", {})
        level = str(told.get("level") or "active")
        states.append(
            ("감시 프로세스", {"level": level, "reason": str(told.get("reason", "")), "actor": "", "timestamp": ""})
        )
    worst = strictest([state for _, state in states if state is not None])
    seen = [f"{name} {state['level'] if state else '없음'}" for name, state in states]
    return {**worst, "seen": seen}
