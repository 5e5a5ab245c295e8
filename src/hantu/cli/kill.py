"""``hantu kill``: the switch that stops orders; three doors, one meaning.

A running guard is asked over its control socket. Without one, the file
``<home>/KILL`` and a row in ``system_state`` are written, so that the next
guard starts with the switch on. What cannot be read counts as ``active``. Only
a running guard releases it: it alone can compare with the broker.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any

import typer

from hantu.adapters.guard_link import NotRunning
from hantu.cli.shell import Shell, wait_until
from hantu.domain.errors import BrokenError, DeniedError, HantuError, UsageError

app = typer.Typer(no_args_is_help=True)

FOLLOW_TIMEOUT_S = 2.0
FLATTEN_WORD = "flatten"
"""What has to be typed before everything is sold."""
DURATION = re.compile(r"^(\d+)(s|m|h)$")
UNITS_S = {"s": 1, "m": 60, "h": 3_600}
Reason = Annotated[str, typer.Option("--reason", "-r", show_default=False)]
Second = Annotated[str, typer.Option("--second", show_default=False)]
Confirm = Annotated[str, typer.Option("--confirm", show_default=False)]
For = Annotated[str, typer.Option("--for", show_default=False)]


@app.command("on")
def on(ctx: typer.Context, reason: Reason = "") -> None:
    """Block everything but protective sells and cancels."""
    _set(ctx.obj, "active", reason or "수동 작동")


@app.command("hard")
def hard(ctx: typer.Context, reason: Reason = "") -> None:
    """Block everything but cancels."""
    _set(ctx.obj, "hard", reason or "수동 작동 (모든 주문)")


@app.command("flatten")
def flatten(ctx: typer.Context, reason: Reason = "", second: Second = "", confirm: Confirm = "") -> None:
    """Sell everything that is held."""
    shell: Shell = ctx.obj
    if not reason or not second:
        raise UsageError(
            "전량 정리에는 이유와 확인하는 두 번째 사람이 필요합니다.",
            next_step='`hantu kill flatten --reason "이유" --second 이름` 처럼 적어 주세요.',
        )
    second = shell.named(second)
    if second == shell.actor:
        raise DeniedError("두 번째 사람은 본인이 아니어야 합니다.", next_step="함께 확인한 사람의 이름을 적어 주세요.")
    if not confirm and not shell.json and _asks():
        shell.note("보유 종목을 모두 매도합니다. 열린 매수와 익절 주문은 먼저 취소합니다.")
        confirm = typer.prompt(f"계속하려면 {FLATTEN_WORD} 를 입력하세요", default="", show_default=False).strip()
    if confirm != FLATTEN_WORD:
        raise UsageError(
            "전량 정리를 시작하지 않았습니다: 확인 문구가 다릅니다.",
            next_step=f"터미널에서 {FLATTEN_WORD} 를 입력하거나 `--confirm {FLATTEN_WORD}` 를 적어 주세요.",
        )
    try:
        shell.guard.request("kill", level="flatten", reason=reason, second=second)
    except NotRunning as error:
        raise DeniedError(
            "감시가 실행 중이 아니어서 정리를 시작할 수 없습니다.",
            next_step="`hantu monitor start` 뒤에 다시 하세요. 주문만 막으려면 `hantu kill on`.",
        ) from error
    _told(shell, "flatten", reason, ["감시 프로세스"], "진행 상황: hantu positions, 멈추기: hantu kill hard")


@app.command("off")
def off(ctx: typer.Context, reason: Reason = "", second: Second = "", lasting: For = "") -> None:
    """Allow orders again; asks why, and needs a clean reconciliation."""
    shell: Shell = ctx.obj
    if not reason and not shell.json and _asks():
        reason = typer.prompt("해제하는 이유", default="", show_default=False).strip()
    if not reason:
        raise UsageError(
            "킬스위치 해제에는 이유가 필요합니다.",
            next_step='`hantu kill off --reason "원인 확인 완료"` 처럼 적어 주세요.',
        )
    extra: dict[str, Any] = {"second": shell.named(second)} if second else {}
    if lasting:
        extra["release_s"] = _seconds(lasting)
    from hantu.settings.kill_doors import put_back, take_away

    # The file goes first: a guard that sees it would set the switch again.
    taken = take_away(shell.settings.kill_file)
    try:
        with shell.progress("잔고와 주문 목록을 대조하는 중입니다"):
            shell.guard.request("kill", level="off", reason=reason, **extra)
    except NotRunning as error:
        put_back(shell.settings.kill_file, taken)
        _note_refusal(shell, reason)
        raise DeniedError(
            "감시가 실행 중이 아니어서 잔고와 주문을 대조할 수 없으므로 풀지 않았습니다.",
            next_step="`hantu monitor start` 로 시작한 뒤 다시 해제하세요. 켜진 채로도 손절은 지킵니다(hard 제외).",
        ) from error
    except HantuError:
        put_back(shell.settings.kill_file, taken)
        raise
    _told(shell, "off", reason, ["감시 프로세스"], f"{lasting} 뒤에 저절로 다시 켜집니다" if lasting else "")


@app.command("status")
def status(ctx: typer.Context) -> None:
    """Show the level and who set it."""
    shell: Shell = ctx.obj
    found = _effective(shell)

    def render(out: Any) -> None:
        from hantu.alerting.wording import KILL_CAUSES
        from hantu.cli.views.wording import KILL_LEVELS, korean_time

        style = "green" if found["level"] == "off" else "bold red"
        out.print(f"킬스위치: {KILL_LEVELS.get(found['level'], found['level'])}", style=style)
        if found["reason"]:
            out.print(f"이유: {found['reason']}", markup=False)
        if found["actor"]:
            how = "자동" if found["automatic"] else "수동"
            out.print(f"설정: {shell.person(found['actor'])} ({how}) {korean_time(found['timestamp'])}", markup=False)
        if found.get("cause"):
            out.print(f"원인: {KILL_CAUSES.get(found['cause'], found['cause'])}", markup=False)
        if found.get("release_until"):
            out.print(f"임시 해제: {korean_time(found['release_until'])}까지", markup=False)
        for obstacle in found.get("obstacles", ()):
            out.print(f"풀기 전에: {obstacle}", style="yellow", markup=False)
        out.print(f"확인한 곳: {', '.join(found['seen'])}", style="dim", markup=False)

    shell.show(found, render)


def _asks() -> bool:
    import sys

    return sys.stdin.isatty()


def _seconds(text: str) -> int:
    found = DURATION.match(text)
    if found is None:
        raise UsageError(f"시간을 알 수 없습니다: {text}", next_step="`--for 10m` 처럼 적어 주세요 (s, m, h).")
    return int(found[1]) * UNITS_S[found[2]]


def _note_refusal(shell: Shell, reason: str) -> None:
    """Record a refusal the guard could not; the answer stays the same where the records cannot be written."""
    from hantu.settings.kill_doors import note_refusal

    try:
        note_refusal(shell.settings, reason, shell.actor)
    except HantuError as error:
        shell.note(f"주의: 거절을 기록하지 못했습니다. {error}")


def _set(shell: Shell, level: str, reason: str) -> None:
    doors: list[str] = []
    try:
        shell.guard.request("kill", level=level, reason=reason)
        doors.append("감시 프로세스")
        _followed(shell, level)
    except NotRunning:
        doors += _without_guard(shell, level, reason)
    except DeniedError:
        raise
    except BrokenError as error:
        # A guard that does not answer still looks at the file before every order.
        shell.note(f"주의: {error}")
        doors += _without_guard(shell, level, reason)
    _told(shell, level, reason, doors)


def _told(shell: Shell, level: str, reason: str, doors: list[str], more: str = "") -> None:
    def render(out: Any) -> None:
        from hantu.cli.views.wording import KILL_LEVELS

        style = "green" if level == "off" else "bold red"
        out.print(f"킬스위치: {KILL_LEVELS[level]}", style=style)
        out.print(f"이유: {reason}", markup=False)
        out.print(f"적용한 곳: {', '.join(doors)}", style="dim", markup=False)
        if more:
            out.print(more, markup=False)

    shell.show({"ok": True, "level": level, "reason": reason, "doors": doors}, render)


def _followed(shell: Shell, level: str) -> None:
    """See that the guard has taken the level."""

    def followed() -> bool:
        status = shell.guard.status()
        return status is None or status.get("kill", {}).get("level") == level

    if not wait_until(followed, FOLLOW_TIMEOUT_S):
        raise BrokenError("감시 프로세스가 킬스위치를 아직 반영하지 않았습니다.")


def _without_guard(shell: Shell, level: str, reason: str) -> list[str]:
    """Write both lasting doors; one of them is enough."""
    from hantu.settings.kill_doors import write_file, write_row

    settings, doors, failed = shell.settings, [], []
    writers: dict[str, Callable[[], bool]] = {
        "KILL 파일": lambda: write_file(settings.kill_file, level, reason, shell.actor),
        "데이터베이스": lambda: write_row(settings, level, reason, shell.actor),
    }
    for name, write in writers.items():
        try:
            if write():
                doors.append(name)
        except (OSError, HantuError) as error:
            failed.append(f"{name}: {error}")
    if not doors:
        raise DeniedError(
            f"킬스위치를 작동하지 못했습니다({'; '.join(failed)}).",
            next_step="`hantu doctor` 로 데이터 폴더를 확인하세요.",
        )
    for problem in failed:
        shell.note(f"주의: {problem}")
    return doors


def _effective(shell: Shell) -> dict[str, Any]:
    from hantu.settings.kill_doors import read_file, read_row, strictest

    settings = shell.settings
    states = [("KILL 파일", read_file(settings.kill_file)), ("데이터베이스", read_row(settings))]
    running = shell.guard.status()
    if running is not None:
        told = running.get("kill", {})
        level = str(told.get("level") or "active")
        states.append(("감시 프로세스", {**told, "level": level}))
    worst = strictest([state for _, state in states if state is not None])
    seen = [f"{name} {state['level'] if state else '없음'}" for name, state in states]
    return {**worst, "seen": seen}
