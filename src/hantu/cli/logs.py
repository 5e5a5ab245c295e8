"""``hantu logs``: what the processes write, filtered and followed; the level changed while running."""

import heapq
import re
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Annotated

import typer

from hantu.cli.shell import Shell
from hantu.domain.errors import UsageError

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LEVEL = re.compile(r"\b(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b")
STAMP = re.compile(r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")
STAMP_LENGTH = len("2026-11-23 09:00:00.000")
FOLLOW_EVERY_S = 0.2
DURATION = re.compile(r"^(\d+)\s*([smhd])$")
UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
STYLES = {"WARNING": "yellow", "ERROR": "bold red", "CRITICAL": "bold red", "DEBUG": "dim"}


def logs(
    ctx: typer.Context,
    level: Annotated[str, typer.Option("--level", show_default=False)] = "DEBUG",
    since: Annotated[str, typer.Option("--since", show_default=False)] = "",
    follow: Annotated[bool, typer.Option("--follow", "-f")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1_000_000)] = 200,
    set_level: Annotated[str, typer.Option("--set-level", show_default=False)] = "",
    process: Annotated[str, typer.Option("--process", show_default=False)] = "",
) -> None:
    """Show the log; ``--set-level`` changes how much a running guard writes."""
    shell: Shell = ctx.obj
    lowest = _level(level)
    if set_level:
        wanted = LEVELS[_level(set_level)]
        result = shell.guard.request("log_level", level=wanted)
        _record_level(shell, wanted)
        shell.show(result, lambda out: out.print(f"로그 수준을 {wanted} 로 바꿨습니다."))
        return
    paths = _files(shell, process)
    earliest = _korean(earliest_text(since)) if since else ""
    lines = [line for line in _merged(paths) if _wanted(line, lowest, earliest)]
    for line in lines[-limit:]:
        _say(shell, line)
    if follow:
        for line in _followed_all(paths):
            if _wanted(line, lowest, earliest):
                _say(shell, line)


def _files(shell: Shell, process: str) -> list[Path]:
    """Return the logs there are, every line of which names its process; the server's, a line a request, only if asked."""
    others = {name: shell.settings.home / name / "logs" / "app.log" for name in ("notifier", "jobs", "up", "server")}
    known = {"guard": shell.settings.log_file, **others}
    if process and process not in known:
        raise UsageError(f"그런 프로세스는 없습니다: {process}", next_step=f"다음 중 하나입니다: {', '.join(known)}")
    asked = [known[process]] if process else [path for name, path in known.items() if name != "server"]
    found = [path for path in asked if path.is_file()]
    if not found:
        start = {"": "hantu monitor start", "guard": "hantu monitor start", "up": "hantu up"}.get(
            process, f"hantu run {process}"
        )
        raise UsageError(f"로그가 아직 없습니다: {asked[0]}", next_step=f"`{start}` 로 시작하면 생깁니다.")
    return found


def earliest_text(since: str) -> str:
    """Return the UTC text of ``10m``, ``2h``, ``1d``, or of a date or moment in Korean time.

    Raises:
        UsageError: Not understood.
    """
    from datetime import UTC, datetime, timedelta

    from hantu.domain.session import KST

    duration = DURATION.match(since.strip())
    if duration:
        moment = datetime.now(UTC) - timedelta(seconds=int(duration[1]) * UNITS[duration[2]])
    else:
        try:
            moment = datetime.fromisoformat(since.strip())
        except ValueError:
            raise UsageError(
                f"시각을 이해할 수 없습니다: {since!r}",
                next_step='10m, 2h, 1d 또는 "2026-11-23 09:00" 처럼 적어 주세요.',
            ) from None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=KST)
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _korean(utc: str) -> str:
    """Return UTC text in Korean time, which the log is written in."""
    from hantu.cli.views.wording import korean_time

    return korean_time(utc, "%Y-%m-%d %H:%M:%S")


def _record_level(shell: Shell, level: str) -> None:
    from hantu.adapters.store.offline import record_operation

    if shell.settings.database.exists():
        details = {"key": "log.level", "old": shell.settings.log.level, "new": level, "until": "restart"}
        record_operation(shell.settings.database, "config_changed", details, actor=shell.actor)


def _level(name: str) -> int:
    wanted = {"WARN": "WARNING"}.get(name.upper(), name.upper())
    if wanted not in LEVELS:
        raise UsageError(f"로그 수준이 아닙니다: {name!r}", next_step=f"{', '.join(LEVELS)} 가운데 하나를 쓰세요.")
    return LEVELS.index(wanted)


def _wanted(line: str, lowest: int, earliest: str) -> bool:
    found = LEVEL.search(line)
    if found and LEVELS.index(found[1]) < lowest:
        return False
    return not (earliest and STAMP.match(line) and line[:19].replace("T", " ") < earliest[:19])


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as source:
        for line in source:
            yield line.rstrip("\n")


def _merged(paths: Sequence[Path]) -> Iterator[str]:
    """Yield the lines of all files by time; lines without one stay behind the line they belong to."""
    return (line for _, line in heapq.merge(*map(_stamped, paths), key=lambda one: one[0]))


def _stamped(path: Path) -> Iterator[tuple[str, str]]:
    at = ""
    for line in _lines(path):
        at = max(at, line[:STAMP_LENGTH]) if STAMP.match(line) else at
        yield at, line


def _followed_all(paths: Sequence[Path]) -> Iterator[str]:
    """Yield new lines of every file as they come."""
    if len(paths) == 1:
        yield from _followed(paths[0])
        return
    found: SimpleQueue[str] = SimpleQueue()

    def feed(path: Path) -> None:
        for line in _followed(path):
            found.put(line)

    for path in paths:
        threading.Thread(target=feed, args=(path,), daemon=True).start()
    while True:
        yield found.get()


def _followed(path: Path) -> Iterator[str]:
    """Yield new lines as they come; survives rotation."""
    with path.open(encoding="utf-8", errors="replace") as source:
        source.seek(0, 2)
        inode = path.stat().st_ino
        while True:
            line = source.readline()
            if line.endswith("\n"):
                yield line.rstrip("\n")
                continue
            time.sleep(FOLLOW_EVERY_S)
            if path.exists() and path.stat().st_ino != inode:
                break
    yield from _followed_anew(path)


def _followed_anew(path: Path) -> Iterator[str]:
    yield from _lines(path)
    yield from _followed(path)


def _say(shell: Shell, line: str) -> None:
    found = LEVEL.search(line)
    name = found[1] if found else ""
    if shell.json:
        shell.emit({"level": name, "line": line})
    else:
        shell.out.print(line, markup=False, soft_wrap=True, style=STYLES.get(name, ""))
