"""``hantu replay``: a recorded day decided again, or decided by another rule."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hantu.cli.shell import CheckFailed, Shell
from hantu.domain.errors import UsageError

if TYPE_CHECKING:
    from hantu.adapters.tape.reader import Part
    from hantu.harness.replay import Step, Tally

TOLD_EVERY = 20_000
"""Inputs between two words of progress."""


def replay(
    ctx: typer.Context,
    day: Annotated[str, typer.Argument(show_default=False)] = "",
    home: Annotated[Path | None, typer.Option("--home", show_default=False)] = None,
    rule: Annotated[Path | None, typer.Option("--with", show_default=False)] = None,
    until: Annotated[str, typer.Option("--until", show_default=False)] = "",
    symbol: Annotated[str, typer.Option("--symbol", show_default=False)] = "",
) -> None:
    """Decide a recorded day again and compare."""
    from hantu.adapters.tape.reader import parts_of

    shell: Shell = ctx.obj
    root = home / "tape" if home is not None else shell.settings.tape_dir
    parts = parts_of(root, _day(day))
    end = _until(until, date.fromisoformat(parts[0].header.day))
    _check_build(shell, parts)
    if rule is None:
        _again(shell, parts, end, symbol)
    else:
        _otherwise(shell, parts, rule, end, symbol)


def _again(shell: Shell, parts: "list[Part]", end: datetime | None, symbol: str) -> None:
    from hantu.cli.views.replay import difference, step_lines
    from hantu.harness.replay import Tally
    from hantu.harness.replay import replay as decide_again

    tally = Tally()
    day = parts[0].header.day
    with shell.progress(f"{day} 을 다시 판단하는 중 …") as say:
        for step in decide_again(parts, tally, until=end):
            _progress(say, tally, step)
            if step.decision is not None and not shell.json:
                for line in step_lines(step, symbol):
                    shell.out.print(line, soft_wrap=True)
    found = tally.first_difference
    summary = {
        "ok": found is None, "day": day, "inputs": tally.inputs, "decisions": tally.decisions, "lives": tally.lives,
        "torn_bytes": tally.torn, "fingerprint": tally.fingerprint, "build": parts[0].header.build,
        "config": parts[0].header.config_hash, "difference": None if found is None else difference(found),
    }  # fmt: skip
    shell.show(summary, lambda out: out.print(_verdict(tally), markup=False, soft_wrap=True))
    if found is not None:
        raise CheckFailed("replay")


def _otherwise(shell: Shell, parts: "list[Part]", rule: Path, end: datetime | None, symbol: str) -> None:
    from hantu.cli.views.what_if import show
    from hantu.harness.what_if import compare, other_rule
    from hantu.settings.loading import load_settings

    settings, _ = load_settings(rule, shell.environ)
    config = other_rule(parts[0].header.guard_config(), settings)
    with shell.progress(f"{parts[0].header.day} 을 {rule.name} 의 규칙으로 판단하는 중 …") as say:
        result = compare(parts, config, until=end, told=lambda count: say(f"입력 {count:,}개를 판단했습니다 …"))
    rows = [row for row in result.rows if symbol in ("", row.symbol)]
    shell.show({**result.as_json(), "stocks": rows}, lambda out: show(out, result, rows, rule.name))


def _progress(say: Callable[[str], None], tally: "Tally", step: "Step") -> None:
    if step.number % TOLD_EVERY == 0:
        say(f"입력 {tally.inputs:,}개, 결정 {tally.decisions:,}개를 다시 판단했습니다 …")


def _verdict(tally: "Tally") -> str:
    from hantu.cli.views.replay import difference_text

    found = tally.first_difference
    torn = f" 끝의 {tally.torn:,}바이트는 쓰다 만 것이라 읽지 않았습니다." if tally.torn else ""
    if found is None:
        return (
            f"입력 {tally.inputs:,}개, 결정 {tally.decisions:,}개, 모두 같습니다. "
            f"(감시 {tally.lives}회, 지문 {tally.fingerprint}){torn}"
        )
    return f"{difference_text(found)}\n입력 {tally.inputs:,}개까지 다시 판단했고, 마지막 입력에서 처음 달라졌습니다."


def _check_build(shell: Shell, parts: "list[Part]") -> None:
    from hantu.__about__ import __version__
    from hantu.adapters.tape.header import build_hash

    for header in {part.header.build: part.header for part in parts}.values():
        if header.build != build_hash():
            shell.note(
                f"기록한 판({header.version}, {header.build})과 이 판({__version__}, {build_hash()})의 판단 코드가 "
                "다릅니다. 결정이 다르면 코드가 바뀐 탓일 수 있습니다."
            )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"날짜가 아닙니다: {text}", next_step="2026-11-23 처럼 적어 주세요.") from None


def _until(text: str, day: date) -> datetime | None:
    """Return the moment of a Korean clock time on ``day``."""
    from hantu.domain.session import KST

    if not text:
        return None
    for form in ("%H:%M:%S", "%H:%M"):
        try:
            clock = datetime.strptime(text, form).time()
        except ValueError:
            continue
        return datetime.combine(day, clock, KST)
    raise UsageError(f"시각이 아닙니다: {text}", next_step="09:30 또는 09:30:15 처럼 적어 주세요.")
