"""``hantu doctor`` and ``hantu version``: is everything in place, and where each setting came from."""

from typing import Annotated, Any

import typer

from hantu.cli.shell import CheckFailed, Shell

MARKS = {"ok": ("정상", "green"), "note": ("안내", "cyan"), "warn": ("주의", "yellow"), "fail": ("실패", "bold red")}


def version(ctx: typer.Context) -> None:
    """Print the version and what it runs on."""
    import platform

    from hantu.__about__ import __version__
    from hantu.cli.doctor_checks import sqlite_version

    shell: Shell = ctx.obj
    facts = {"version": __version__, "python": platform.python_version(), "sqlite": sqlite_version()}
    shell.show(
        facts, lambda out: out.print(f"hantu {facts['version']}  (Python {facts['python']}, SQLite {facts['sqlite']})")
    )


def doctor(ctx: typer.Context, all_settings: Annotated[bool, typer.Option("--all", "-a")] = False) -> None:
    """Check this installation and explain the effective configuration."""
    shell: Shell = ctx.obj
    from hantu.cli.doctor_checks import checks
    from hantu.domain.errors import HantuError
    from hantu.settings.effective import effective

    problem: HantuError | None = None
    try:
        shell.settings  # noqa: B018  (the load itself is the check)
    except HantuError as error:
        problem = error
    with shell.progress("점검하는 중입니다"):
        found = checks(shell, problem) if problem else _all(shell)
    settings = [] if problem else effective(shell.settings, shell.sources)
    failed = any(check.mark == "fail" for check in found)

    def render(out: Any) -> None:
        _show_checks(out, found)
        if settings:
            _show_settings(out, settings, all_settings=all_settings)
        out.print(_verdict(found), style="bold")

    shell.show({"ok": not failed, "checks": found, "settings": settings}, render)
    if failed:
        raise CheckFailed("doctor")


def _all(shell: Shell) -> list[Any]:
    from hantu.cli.doctor_channels import channel_checks, phone_checks
    from hantu.cli.doctor_checks import checks
    from hantu.cli.processes import running

    polling = any(one.state == "running" for one in running(shell.settings) if one.role in ("guard", "notifier"))
    return [*checks(shell, None), *channel_checks(shell), *phone_checks(shell, guarded=polling)]


def _verdict(found: list[Any]) -> str:
    warned = sum(check.mark == "warn" for check in found)
    if any(check.mark == "fail" for check in found):
        return "문제가 있습니다. 위의 → 를 따라 주세요."
    return f"막히는 문제는 없습니다. 주의할 것 {warned}건이 있습니다." if warned else "모두 정상입니다."


def _show_checks(out: Any, found: list[Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, style="bold")
    grid.add_column(overflow="fold")
    for check in found:
        word, style = MARKS[check.mark]
        text = Text(check.text)
        if check.next_step:
            text.append(f"\n→ {check.next_step}", style)
        grid.add_row(Text(word, style), check.name, text)
    out.print(grid)


def _show_settings(out: Any, settings: list[dict[str, str]], *, all_settings: bool) -> None:
    from hantu.cli.views.tables import table

    shown = [row for row in settings if all_settings or row["source"] != "기본값"]
    out.print()
    listed = table("적용된 설정", "이름", "값", "출처")
    for row in shown:
        listed.add_row(row["name"], row["value"], row["source"])
    out.print(listed)
    hidden = len(settings) - len(shown)
    if hidden:
        out.print(f"기본값 그대로인 설정 {hidden}개는 숨겼습니다. 모두 보기: hantu doctor --all", style="dim")
