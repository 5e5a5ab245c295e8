"""``hantu backup``: the databases in one file, their keys in another, both tried out, and put back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from hantu.cli.shell import Shell
from hantu.domain.errors import DeniedError, HantuError, UsageError

app = typer.Typer(no_args_is_help=True)
File = Annotated[Path, typer.Argument(show_default=False)]
Keys = Annotated[Path | None, typer.Option("--keys", show_default=False)]


@app.command("make")
def make(
    ctx: typer.Context,
    folder: Annotated[Path | None, typer.Argument(show_default=False)] = None,
    keys: Keys = None,
    keep: Annotated[int | None, typer.Option("--keep", min=1, max=10_000, show_default=False)] = None,
) -> None:
    """Copy records, phone and server into one file, and their keys into another place; everything may run."""
    from hantu.adapters.store.offline import record_operation
    from hantu.settings.backups import make_backup

    shell: Shell = ctx.obj
    settings = shell.settings
    target = _folder(shell, folder)
    try:
        with shell.progress("복사하는 중입니다"):
            made = make_backup(settings, target, keys, keep, datetime.now(UTC))
    except UsageError:
        raise
    except HantuError as error:
        # Nobody may be looking when a timer runs this.
        _tell(shell, "backup_failed", str(error))
        raise
    details = {
        "file": Path(made.path).name,
        "bytes": made.bytes,
        "keys": bool(made.keys),
        "removed": list(made.removed),
    }
    record_operation(settings.database, "backup_made", details, actor=shell.actor)

    def render(out: Any) -> None:
        out.print(
            f"백업했습니다: {made.path} ({made.bytes:,}바이트: {', '.join(made.files)})", markup=False, soft_wrap=True
        )
        if made.keys:
            out.print(f"키: {made.keys}. 이 파일은 다른 곳에 두세요.", markup=False, soft_wrap=True)
        else:
            out.print("키는 넣지 않았습니다. `--keys 폴더` 로 다른 곳에 따로 두세요.", style="yellow", markup=False)
        if made.removed:
            out.print(f"오래된 백업 {len(made.removed)}개를 지웠습니다.", markup=False)

    shell.show(made, render)


@app.command("list")
def list_backups(ctx: typer.Context, folder: Annotated[Path | None, typer.Argument(show_default=False)] = None) -> None:
    """Show the backups of a folder, newest first."""
    from hantu.adapters.backup_set import PATTERN
    from hantu.cli.views.tables import table

    shell: Shell = ctx.obj
    where = _folder(shell, folder)
    now = datetime.now(UTC)
    rows: list[dict[str, Any]] = [
        {
            "file": str(file), "bytes": file.stat().st_size,
            "age_s": round(now.timestamp() - file.stat().st_mtime),
        }
        for file in sorted(where.glob(PATTERN), reverse=True)
    ]  # fmt: skip

    def render(out: Any) -> None:
        if not rows:
            out.print(f"{where} 에 백업이 없습니다. `hantu backup make` 로 만드세요.", markup=False, soft_wrap=True)
            return
        shown = table(f"백업 {len(rows)}개", "파일", "크기>", "지난 시간>")
        for row in rows:
            shown.add_row(str(row["file"]), f"{row['bytes']:,}", f"{int(row['age_s']) / 3600:.1f}시간")
        out.print(shown)

    shell.show(rows, render)


@app.command("verify")
def verify(ctx: typer.Context, file: File, keys: Keys = None) -> None:
    """Take a backup apart beside the home, check everything in it, and open its secrets with the keys."""
    from hantu.adapters.store.offline import record_operation
    from hantu.settings.backups import check_backup

    shell: Shell = ctx.obj
    with shell.progress("되살려 보는 중입니다"):
        found = check_backup(shell.settings, file, keys)
    if shell.settings.database.exists():
        details = {"file": file.name, "secrets": found.secrets, "keys": keys is not None}
        record_operation(shell.settings.database, "backup_verified", details, actor=shell.actor)
    value = {"ok": True, "file": str(file), "secrets": found.secrets, **found.told}

    def render(out: Any) -> None:
        out.print(f"온전합니다: {file} ({', '.join(found.told['files'])})", markup=False, soft_wrap=True)
        out.print(
            f"마지막 기록 {found.told['newest_record'][:19] or '없음'} UTC, 만든 때 {found.told['made_at'][:19]} UTC"
        )
        if keys is None:
            out.print(
                "키 없이 보았습니다. `--keys 파일` 을 붙이면 비밀 값이 열리는지도 봅니다.", style="yellow", markup=False
            )
        else:
            out.print(f"봉한 비밀 값 {found.secrets}건이 이 키로 모두 열립니다.")

    shell.show(value, render)


@app.command("restore")
def restore(
    ctx: typer.Context, file: File, keys: Keys = None, yes: Annotated[bool, typer.Option("--yes", "-y")] = False
) -> None:
    """Put a backup in the place of what is there; nothing of this home may be running."""
    from hantu.cli.processes import running
    from hantu.settings.backups import restore_backup

    shell: Shell = ctx.obj
    there = [one for one in running(shell.settings) if one.state == "running" or (one.state == "silent" and one.pid)]
    if there:
        names = ", ".join(f"{one.role} (PID {one.pid})" if one.pid else one.role for one in there)
        raise DeniedError(
            f"실행 중인 프로세스가 있어 복원하지 않습니다: {names}.",
            next_step="`hantu monitor stop` 과 Ctrl-C 로 모두 끝낸 뒤 다시 하세요. `hantu status` 가 보여 줍니다.",
        )
    if not yes:
        _ask(shell, file)
    with shell.progress("복원하는 중입니다"):
        done = restore_backup(shell.settings, file, keys, shell.actor, datetime.now(UTC))
    _tell(shell, "restore_done", f"{file.name}, 마지막 기록 {done.newest_record[:19] or '없음'} UTC{_lost(done)}")

    def render(out: Any) -> None:
        out.print(f"복원했습니다: {', '.join((*done.files, *done.keys))}", markup=False, soft_wrap=True)
        out.print(f"마지막 기록 {done.newest_record[:19] or '없음'} UTC{_lost(done)}", markup=False)
        if done.set_aside:
            out.print(f"있던 파일은 {done.set_aside} 에 있습니다.", markup=False, soft_wrap=True)
        out.print("킬 스위치를 켜 두었습니다: 손절은 하고 매수는 막습니다. 다음 순서로 하세요.", style="bold")
        for step in NEXT:
            out.print(f"  {step}", markup=False)

    shell.show({"ok": True, **_plain(done), "next_steps": list(NEXT)}, render)


NEXT = (
    "hantu monitor start --detach   # 시작할 때 잔고와 주문을 증권사와 맞춥니다",
    "hantu recovery show            # 무엇이 달랐는지",
    'hantu audit restart --reason "백업 복원"',
    'hantu kill off --reason "복원 확인"',
)


def _lost(done: Any) -> str:
    if done.lost_events < 0:
        return " (그 뒤 무엇을 잃었는지는 알 수 없음)"
    return f" (그 뒤 {done.lost_until[:19]} UTC 까지의 기록 {done.lost_events:,}건을 잃음)" if done.lost_events else ""


def _plain(done: Any) -> dict[str, Any]:
    import msgspec

    return dict(msgspec.to_builtins(done))


def _folder(shell: Shell, given: Path | None) -> Path:
    """Return where backups go.

    Raises:
        UsageError: Neither typed nor configured.
    """
    folder = given or shell.settings.health.backup_dir
    if folder is None:
        raise UsageError(
            "백업할 폴더가 없습니다.", next_step="`hantu backup make 폴더` 처럼 적거나 health.backup_dir 를 정하세요."
        )
    return folder


def _ask(shell: Shell, file: Path) -> None:
    """Have a person say yes on a terminal.

    Raises:
        UsageError: There is nobody to ask.
        DeniedError: The answer was no.
    """
    import sys

    if shell.json or not sys.stdin.isatty():
        raise UsageError("확인이 필요합니다.", next_step="지금 있는 기록을 바꿔 넣으려면 --yes 를 붙이세요.")
    if not typer.confirm(f"지금 있는 기록을 {file.name} 의 것으로 바꿀까요? (있던 것은 옆으로 옮겨 둡니다)"):
        raise DeniedError("바꾸지 않았습니다.", next_step="확인되면 다시 실행하세요.")


def _tell(shell: Shell, kind: str, text: str) -> None:
    """Tell people past the guard, which may not be running; a channel that fails changes nothing here."""
    import asyncio

    from hantu.adapters.notify.console import LogNotifier
    from hantu.adapters.notify.last_word import last_word
    from hantu.alerting.rules import operations_alert
    from hantu.settings.channels import notifiers_of

    channel = notifiers_of(shell.settings)[0]
    if not isinstance(channel, LogNotifier):
        asyncio.run(last_word(channel, operations_alert(kind, text)))
