"""``hantu bench``: runs the benchmark of a checkout; an installed package has none and says so."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from hantu.cli.shell import CheckFailed, Shell
from hantu.domain.errors import UsageError

ROOT = Path(__file__).resolve().parents[3]
NEEDED = ("mojito", "pykis", "websockets")
"""What is measured against; installed by ``make setup`` only."""


def bench(
    ctx: typer.Context,
    quick: Annotated[bool, typer.Option("--quick")] = False,
    no_write: Annotated[bool, typer.Option("--no-write")] = False,
) -> None:
    """Measure, print, and write docs/benchmarks.md."""
    shell: Shell = ctx.obj
    if not (ROOT / "bench" / "__main__.py").is_file():
        raise UsageError(
            "성능 측정은 설치된 패키지가 아니라 소스 저장소에서만 됩니다.",
            next_step="저장소를 내려받은 폴더에서 `make bench`를 실행하세요.",
        )
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(
            f"비교 대상 프로그램이 설치되어 있지 않습니다: {', '.join(missing)}",
            next_step="`make setup` 뒤에 다시 실행하세요.",
        )
    words = [
        *(["--quick"] if quick else []),
        *(["--no-write"] if no_write else []),
        *(["--json"] if shell.json else []),
    ]
    if subprocess.run([sys.executable, "-m", "bench", *words], cwd=ROOT, check=False).returncode:
        raise CheckFailed("bench")
