"""``hantu simulate``: whole trading days on virtual time, each drawn from one integer."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hantu.__about__ import __version__
from hantu.cli.shell import CheckFailed, Shell
from hantu.domain.errors import UsageError

if TYPE_CHECKING:
    from hantu.harness.campaign import Campaign
    from hantu.harness.world import Result

TOLD_EVERY = 50
"""Days between two words of progress."""
SEEDS_MAX = 10_000_000


def simulate(
    ctx: typer.Context,
    seed: Annotated[int | None, typer.Option("--seed", min=1, max=SEEDS_MAX, show_default=False)] = None,
    seeds: Annotated[str, typer.Option("--seeds", show_default=False)] = "",
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, max=64, show_default=False)] = None,
    twice: Annotated[bool, typer.Option("--twice")] = False,
    report: Annotated[Path | None, typer.Option("--report", show_default=False)] = None,
    resume: Annotated[Path | None, typer.Option("--resume", show_default=False)] = None,
) -> None:
    """Play one day and tell its story, or many and report."""
    shell: Shell = ctx.obj
    if (seed is None) == (not seeds):
        raise UsageError(
            "--seed 또는 --seeds 가운데 하나를 지정하세요.", next_step="예: hantu simulate --seed 7 · --seeds 1..200"
        )
    if seed is not None:
        _one(shell, seed)
    else:
        _many(shell, *_range(seeds), jobs or os.cpu_count() or 1, report, resume, twice=twice)


def _one(shell: Shell, seed: int) -> None:
    from hantu.harness.world import run

    result = run(seed)
    shell.show(_as_json(result), lambda out: out.print("\n".join(_story(result)), markup=False, soft_wrap=True))
    if result.violations:
        raise CheckFailed("simulate")


def _story(result: "Result") -> list[str]:
    lines = [*result.story, ""]
    lines += [f"위반 {one.invariant} ({one.at:.1f}초): {one.text}" for one in result.violations]
    trouble = ", ".join(result.swarm) or "없음"
    lines.append(f"씨앗 {result.seed} · 뽑힌 장애: {trouble}")
    lines.append(f"위반 {len(result.violations)}건 · trace {result.trace_hash}")
    return lines


def _as_json(result: "Result") -> dict[str, Any]:
    return {
        "ok": not result.violations,
        "seed": result.seed,
        "trace_hash": result.trace_hash,
        "violations": [{"invariant": one.invariant, "at": one.at, "text": one.text} for one in result.violations],
        "swarm": list(result.swarm),
        "seen": dict(sorted(result.seen.items())),
        "story": result.story,
    }


def _many(
    shell: Shell, first: int, last: int, jobs: int, report: Path | None, resume: Path | None, *, twice: bool
) -> None:
    from hantu.harness import campaign as many

    with shell.progress(f"{last - first + 1:,}일을 시뮬레이션하는 중 …") as say:

        def told(done: int, bad: int) -> None:
            if done % TOLD_EVERY == 0:
                say(f"{done:,}일 완료, 위반 {bad}건 …")

        found = many.run_campaign(first, last, jobs=jobs, hash_seed=1, told=told, kept=resume)
        if twice:
            many.compare(found, many.run_campaign(first, last, jobs=jobs, hash_seed=2, told=told))
    text = many.report(
        found, commit=_commit(), machine=_machine(), when=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", twice=twice
    )
    if report is not None:
        report.write_text(text, encoding="utf-8")
    shell.show(_summary(found), lambda out: out.print(text, markup=False, soft_wrap=True))
    if not found.passed:
        raise CheckFailed("simulate")


def _summary(found: "Campaign") -> dict[str, Any]:
    return {
        "ok": found.passed, "first": found.first, "last": found.last, "days": found.days,
        "violations": [list(one) for one in found.violations], "differing": found.differing,
        "trace_hash": found.fingerprint, "missing": found.missing(), "wall_s": round(found.wall_s, 1),
        "cpu_s": round(found.cpu_s, 1), "seen": dict(sorted(found.seen.items())),
    }  # fmt: skip


def _range(text: str) -> tuple[int, int]:
    first, dots, last = text.partition("..")
    if not dots or not first.isdecimal() or not last.isdecimal() or not 1 <= int(first) <= int(last) <= SEEDS_MAX:
        raise UsageError(f"--seeds {text}: 범위를 읽을 수 없습니다.", next_step="예: --seeds 1..200")
    return int(first), int(last)


def _commit() -> str:
    """Return the commit of the sources, or the version where there are none."""
    try:
        done = subprocess.run(
            ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"],  # noqa: S607 - whichever git is there
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return __version__
    return done.stdout.strip()


def _machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
