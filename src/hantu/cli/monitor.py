"""``hantu monitor`` and ``hantu run guard``: start, stop and look at the guard."""

import os
import resource
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from hantu.adapters.guard_link import NotRunning
from hantu.cli.shell import Shell, broken, wait_until
from hantu.domain.errors import BrokenError, DeniedError, UsageError

app = typer.Typer(no_args_is_help=True)
run_app = typer.Typer(no_args_is_help=True)

DETACH_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
IDLE_S = 1.5
UNDER_WAY = ("connecting", "subscribing", "reconnecting")
"""States that pass by themselves; everything else is a place to stay."""
Symbol = Annotated[str, typer.Argument(show_default=False)]


@run_app.command("guard")
def run_guard(ctx: typer.Context, start: Annotated[bool, typer.Option("--start")] = False) -> int:
    """Run the guard in this terminal until it is told to end."""
    return _foreground(ctx.obj, start_now=start)


@run_app.callback()
def _roles() -> None:
    # Keys and tokens are in the memory of each of them: none leaves it behind on the disk. A unit of systemd says so itself.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@app.command("start")
def start(
    ctx: typer.Context,
    detach: Annotated[bool, typer.Option("--detach", "-d")] = False,
    watch_only: Annotated[bool, typer.Option("--watch-only")] = False,
) -> int:
    """Start monitoring: in a running guard, in this terminal, or in the background."""
    shell: Shell = ctx.obj
    status = shell.guard.status()
    if status is not None:
        if watch_only and status.get("mode") == "sell":
            raise DeniedError(
                "이미 실행 중인 감시가 매도 모드입니다. 관찰 모드로 바꾸지 않았습니다.",
                next_step="`hantu monitor stop` 뒤에 `hantu monitor start --watch-only` 로 다시 시작하세요.",
            )
        result = shell.guard.request("start")
        shell.show(
            result, lambda out: out.print("실행 중인 감시에 시작을 요청했습니다. `hantu monitor status` 로 확인하세요.")
        )
        return 0
    check_practice(shell)
    return _detached(shell, watch_only=watch_only) if detach else _foreground(shell, True, watch_only=watch_only)


@app.command("stop")
def stop(ctx: typer.Context) -> None:
    """Stop monitoring and end the guard process."""
    shell: Shell = ctx.obj
    status = shell.guard.status()
    if status is None:
        raise NotRunning("실행 중인 감시가 없습니다.", next_step="멈출 것이 없습니다.")
    working = [row for row in status.get("positions", []) if row.get("order")]
    with shell.progress("감시를 멈추는 중입니다") as say:
        shell.guard.request("stop")
        say("구독을 해제하고 연결을 닫는 중입니다")
        wait_until(lambda: _idle(shell), STOP_TIMEOUT_S)
        _shut_down(shell)
        ended = wait_until(lambda: _gone(shell), STOP_TIMEOUT_S)
    if not ended:
        raise broken(
            f"감시 프로세스(pid {status.get('pid')})가 {STOP_TIMEOUT_S:.0f}초 안에 끝나지 않았습니다.",
            "`hantu logs` 를 확인하고, 필요하면 `kill {}` 로 끝내세요.".format(status.get("pid")),
        )

    def render(out: Any) -> None:
        out.print("감시를 종료했습니다.")
        for row in working:
            order = row["order"]
            out.print(
                f"미체결 주문이 남아 있습니다: {row['name']} ({row['symbol']}) 주문번호 {order['order_no'] or '확인 중'}, "
                f"{order['quantity']}주 중 {order['filled']}주 체결",
                style="yellow",
            )

    shell.show({"ok": True, "stopped": True, "open_orders": working}, render)


@app.command("restart")
def restart(ctx: typer.Context) -> None:
    """Leave sleep mode, or connect from scratch."""
    shell: Shell = ctx.obj
    shell.show(shell.guard.request("restart"), lambda out: out.print("연결을 처음부터 다시 시작합니다."))


@app.command("status")
def status(
    ctx: typer.Context,
    watch: Annotated[bool, typer.Option("--watch", "-w")] = False,
    interval: Annotated[float, typer.Option("--interval", min=0.1, max=60.0)] = 0.5,
) -> None:
    """Show what the guard is doing."""
    shell: Shell = ctx.obj
    if watch:
        _watch(shell, interval)
        return
    from hantu.cli.views.status import status_view

    found = shell.guard.request("status")
    shell.show(found, lambda out: out.print(status_view(found, out.width)))


@app.command("halt")
def halt(ctx: typer.Context, symbol: Symbol = "") -> None:
    """Pause orders, of one stock or of all."""
    shell: Shell = ctx.obj
    result = shell.guard.request("halt", **({"symbol": symbol} if symbol else {}))
    shell.show(
        result, lambda out: out.print(f"{symbol or '모든 종목'}의 주문을 일시 정지했습니다. 시세 감시는 계속합니다.")
    )


@app.command("resume")
def resume(ctx: typer.Context, symbol: Symbol = "") -> None:
    """End a pause set by hand."""
    shell: Shell = ctx.obj
    result = shell.guard.request("resume", **({"symbol": symbol} if symbol else {}))
    shell.show(result, lambda out: out.print(f"{symbol or '모든 종목'}의 일시 정지를 풀었습니다."))


def _watch(shell: Shell, interval: float) -> None:
    if shell.json:
        for found in shell.guard.watch(interval):
            shell.emit(found)
        return
    from rich.live import Live

    from hantu.cli.views.status import status_view

    frames = shell.guard.watch(interval)
    first = next(frames, None)
    if first is None:
        raise NotRunning("감시가 막 끝났습니다.", next_step="`hantu monitor start` 로 시작하세요.")
    if not shell.out.is_terminal:
        shell.out.print(status_view(first, shell.out.width))
        for found in frames:
            shell.out.print(status_view(found, shell.out.width))
        return
    with Live(status_view(first, shell.out.width), console=shell.out, auto_refresh=False, screen=False) as live:
        try:
            for found in frames:
                live.update(status_view(found, shell.out.width), refresh=True)
        except KeyboardInterrupt:
            return
    shell.note("감시가 끝났습니다.")


def _foreground(shell: Shell, start_now: bool, *, watch_only: bool = False) -> int:
    import msgspec

    from hantu.settings.checks import check_ready
    from hantu.settings.order_secret import OLD_SECRET_NAME, SECRET_NAME

    check_ready(shell.settings)
    if shell.sources.values.get("approvals.secret", "").endswith(f" {OLD_SECRET_NAME}"):
        shell.note(f"주의: {OLD_SECRET_NAME} 은(는) 옛 이름입니다. {SECRET_NAME} 으로 바꿔 주세요.")
    from hantu.bootstrap import run_guard as run

    if shell.config is not None:
        # What the guard starts itself, such as the self-test of the morning, reads the same file.
        os.environ["HANTU_CONFIG"] = str(shell.config.resolve())
    settings = shell.settings
    if watch_only:
        guard = msgspec.structs.replace(settings.guard, mode="watch")
        settings = msgspec.structs.replace(settings, guard=guard)
    say = _announce_json(shell) if shell.json else _announce
    code = int(run(settings, start_now=start_now, announce=say))
    shell.note("감시를 끝냈습니다.")
    return code


def _announce(text: str) -> None:
    typer.echo(text)


def _announce_json(shell: Shell) -> Any:
    return lambda text: shell.emit({"at": time.time(), "text": text})


def _detached(shell: Shell, *, watch_only: bool) -> int:
    from hantu.cli.background import spawn_guard
    from hantu.settings.checks import check_ready

    settings = shell.settings
    check_ready(settings)
    extra = {"HANTU_GUARD_MODE": "watch"} if watch_only else {}
    output = settings.home / "logs" / "guard.out"
    with shell.progress("감시를 시작하는 중입니다") as say:
        child = spawn_guard(shell.config, {**shell.environ, **extra}, output)
        found: dict[str, Any] = {}
        seen_idle = 0.0

        def settled() -> bool:
            nonlocal found, seen_idle
            if child.poll() is not None:
                return True
            found = shell.guard.status() or {}
            if found:
                subscribed = found.get("subscriptions", {})
                say(f"{found.get('state_ko', '')} {subscribed.get('done', 0)}/{subscribed.get('total', 0)}")
            if found.get("state") != "idle":
                return bool(found) and found.get("state") not in UNDER_WAY
            # Idle is also the state before the first step; only one that stays idle waits for the opening.
            seen_idle = seen_idle or time.monotonic()
            return time.monotonic() - seen_idle > IDLE_S

        wait_until(settled, DETACH_TIMEOUT_S)
    if child.poll() is not None:
        raise _child_error(child.returncode, output)
    if not found:
        raise broken(
            f"감시 프로세스(pid {child.pid})가 {DETACH_TIMEOUT_S:.0f}초 안에 준비되지 않았습니다.",
            f"`tail {output}` 을 확인하세요.",
        )
    shell.show(
        {"ok": True, "pid": child.pid, "state": found.get("state")}, lambda out: _say_started(out, child.pid, found)
    )
    return 0


def _say_started(out: Any, pid: int, status: dict[str, Any]) -> None:
    subscribed = status.get("subscriptions", {})
    if status.get("state") == "idle":
        from hantu.cli.views.wording import korean_time

        out.print(
            f"감시가 백그라운드에서 실행 중이며 다음 개장({korean_time(status.get('next_opening'))})을 기다립니다 (pid {pid})."
        )
    else:
        out.print(
            f"감시가 백그라운드에서 실행 중입니다: {status.get('state_ko')}, "
            f"{subscribed.get('done', 0)}개 종목 구독 (pid {pid})."
        )
    out.print("보기: hantu monitor status --watch    멈추기: hantu monitor stop")


def _child_error(code: int, output: Path) -> Exception:
    """Return the child's own reason as ours; without one, where to look for it."""
    from hantu.cli.background import last_error

    message, step = last_error(output)
    message = message or f"감시 프로세스가 시작하지 못하고 끝났습니다(종료 코드 {code})."
    step = step or f"`tail {output}` 을 확인하세요."
    kinds = {2: UsageError, 3: DeniedError}
    return kinds[code](message, next_step=step) if code in kinds else broken(message, step)


def check_practice(shell: Shell) -> None:
    """Tell what happens without a configuration; refuse when there is nothing to practise with."""
    if not shell.sources.practice:
        return
    from hantu.cli.background import listens

    kis = shell.settings.kis
    if not listens(kis.rest_url) or not listens(kis.ws_url):
        raise UsageError(
            "설정 파일(hantu.toml)이 없고, 연습 거래소도 실행 중이 아닙니다.",
            next_step="다른 터미널에서 `hantu sim` 을 먼저 실행하거나, hantu.example.toml 을 hantu.toml 로 복사해 채우세요.",
        )
    from hantu.cli.practice import prepare

    shell.note(
        f"설정 파일이 없어 연습 거래소({kis.rest_url})에 연결합니다. 실제 돈은 움직이지 않습니다.\n"
        "보유 종목 전체를 기본 규칙(손절 -3%, 익절 +8%)으로 지킵니다."
    )
    for line in prepare(kis.rest_url, shell.settings.database):
        shell.note(line)


def _shut_down(shell: Shell) -> None:
    try:
        shell.guard.request("shutdown")
    except (NotRunning, BrokenError):
        # A guard that ends at once closes the line before its answer; whether it is gone is looked at next.
        return


def _idle(shell: Shell) -> bool:
    found = shell.guard.status()
    return found is None or found.get("state") in ("idle", "sleeping")


def _gone(shell: Shell) -> bool:
    try:
        return shell.guard.status() is None
    except BrokenError:  # it was met in the middle of closing
        return False
