"""``python -m hantu.storage.init_db``: create the database, or say exactly why not.

Imports of hantu's own parts happen inside, so that a missing package is a
sentence and not the end of the program.
"""

import argparse
import importlib.metadata
import os
import re
import shutil
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

Sink = Callable[[str], None]

PREFIX = "[ERROR] Database initialization failed:"
_REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:[=<>~!]=?[^;]*)?(?:;\s*(?P<marker>[^\\]*))?")


def main(
    arguments: Sequence[str] | None = None, environ: Mapping[str, str] | None = None, sinks: Sequence[Sink] = ()
) -> int:
    """Run the command; return its exit code: 0 done, 1 failed, 3 refused.

    ``sinks`` are told of a failure besides stderr; they must not need the database.
    """
    environ = os.environ if environ is None else environ
    parser = argparse.ArgumentParser(
        prog="python -m hantu.storage.init_db",
        description="데이터베이스를 만들거나 최신 스키마로 올립니다. 몇 번 실행해도 기록은 그대로입니다.",
        epilog="예: HANTU_HOME=./var python -m hantu.storage.init_db",
    )
    parser.add_argument("--database", type=Path, help="파일 경로 (기본: DATABASE_URL 또는 HANTU_HOME/hantu.db)")
    parser.add_argument("--recreate", action="store_true", help="복사본을 남기고 다시 만듭니다 (개발 환경만)")
    parser.add_argument("--requirements", type=Path, default=Path("requirements.txt"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.recreate and environ.get("HANTU_ENV") != "development":
        return _fail("다시 만들기는 HANTU_ENV=development 에서만 할 수 있습니다", sinks, code=3)
    try:
        require_packages(options.requirements)
        path = options.database or database_path(environ)
        return _initialize(path, recreate=options.recreate)
    except Exception as error:  # noqa: BLE001 - the end of the program: whatever happened is told with its trace
        code = _fail(str(error), sinks, next_step=getattr(error, "next_step", ""))
        traceback.print_exc()
        return code


def database_path(environ: Mapping[str, str]) -> Path:
    """Return the database file the environment names.

    Raises:
        ValueError: DATABASE_URL is not of the form sqlite:///path.
    """
    url = environ.get("DATABASE_URL", "")
    if not url:
        return Path(environ.get("HANTU_HOME") or "var") / "hantu.db"
    if not url.startswith("sqlite:///"):
        raise ValueError("DATABASE_URL은 sqlite:///경로 형식이어야 합니다")
    return Path(url.removeprefix("sqlite:///"))


def require_packages(requirements: Path) -> None:
    """Check that every package of a lock file is installed; without the file, hantu's own list.

    Raises:
        ModuleNotFoundError: Names every missing package.
    """
    if requirements.is_file():
        lines = requirements.read_text("utf-8").splitlines()
    else:
        lines = [line for line in importlib.metadata.requires("hantu") or [] if "extra ==" not in line]
    missing = [name for name in _names(lines) if not _is_installed(name)]
    if missing:
        raise ModuleNotFoundError(f"설치되지 않은 패키지: {', '.join(missing)} (pip install -r requirements.txt)")


def _names(lines: Sequence[str]) -> list[str]:
    found = (_REQUIREMENT.match(line) for line in lines)
    return [match[1] for match in found if match is not None and _applies(match["marker"] or "")]


def _applies(marker: str) -> bool:
    """Tell whether a platform condition holds; conditions we do not know are taken as true."""
    platforms = re.search(r"sys_platform\s*(==|!=)\s*['\"](\w+)['\"]", marker)
    if platforms is None:
        return True
    return (sys.platform == platforms[2]) is (platforms[1] == "==")


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _initialize(path: Path, *, recreate: bool) -> int:
    from hantu.adapters.store.maintenance import check_database, init_database

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(f"폴더를 만들 수 없습니다: {path.parent} ({error.strerror})") from error
    if recreate and path.exists():
        _say(sys.stdout, f"복사본: {_set_aside(path)}")
    steps = init_database(path)
    check_database(path)
    _say(sys.stdout, f"데이터베이스 준비 완료: {path} (스키마 {steps}단계 적용)")
    return 0


def _set_aside(path: Path) -> Path:
    """Move a database and its log out of the way under the first free name."""
    number = 1
    while (kept := path.with_name(f"{path.name}.{number}.bak")).exists():
        number += 1
    for suffix in ("-wal", "-shm"):
        side = path.with_name(path.name + suffix)
        if side.exists():
            shutil.move(side, kept.with_name(kept.name + suffix))
    shutil.move(path, kept)
    return kept


def _fail(cause: str, sinks: Sequence[Sink], *, next_step: str = "", code: int = 1) -> int:
    line = f"{PREFIX} {cause}"
    _say(sys.stderr, line)
    if next_step:
        _say(sys.stderr, next_step)
    for sink in sinks:
        sink(line)
    return code


def _say(stream: TextIO, line: str) -> None:
    stream.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
