"""``hantu db`` and ``hantu watchlist``: the file of records, and the list of the strategy."""

from datetime import UTC, datetime
from datetime import date as Date  # noqa: N812  (the option is called date)
from pathlib import Path
from typing import Annotated, Any

import typer

from hantu.cli.shell import Shell
from hantu.domain.errors import UsageError
from hantu.domain.session import trading_date

app = typer.Typer(no_args_is_help=True)
watch_app = typer.Typer(no_args_is_help=True)


@app.command("init")
def init(ctx: typer.Context) -> None:
    """Create the database or bring it to the newest form."""
    from hantu.adapters.store.maintenance import init_database

    shell: Shell = ctx.obj
    path = shell.settings.database
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    steps = init_database(path)
    text = f"데이터베이스를 준비했습니다: {path}" if steps else f"이미 최신입니다: {path}"
    shell.show(
        {"ok": True, "path": str(path), "applied": steps}, lambda out: out.print(text, markup=False, soft_wrap=True)
    )


@app.command("check")
def check(ctx: typer.Context) -> None:
    """Check the database's integrity."""
    from hantu.adapters.store.maintenance import check_database

    shell: Shell = ctx.obj
    path = shell.settings.database
    with shell.progress("무결성을 검사하는 중입니다"):
        check_database(path)
    shell.show(
        {"ok": True, "path": str(path)}, lambda out: out.print(f"이상 없습니다: {path}", markup=False, soft_wrap=True)
    )


@app.command("path")
def path(ctx: typer.Context) -> None:
    """Print where the database is."""
    shell: Shell = ctx.obj
    found = str(shell.settings.database)
    shell.show({"path": found}, lambda _out: typer.echo(found))


@app.command("backup")
def backup(
    ctx: typer.Context,
    target: Annotated[Path, typer.Argument(show_default=False)],
    seal: Annotated[bool, typer.Option("--seal")] = False,
) -> None:
    """Copy the database while it may be in use."""
    from hantu.adapters.store.maintenance import backup_database
    from hantu.adapters.store.offline import record_operation

    shell: Shell = ctx.obj
    with shell.progress("복사하는 중입니다"):
        size = _sealed_copy(shell, target) if seal else backup_database(shell.settings.database, target)
    told = {"file": target.name, "bytes": size, "sealed": seal}
    record_operation(shell.settings.database, "backup_made", told, actor=shell.actor)
    shell.show(
        {"ok": True, "path": str(target), "bytes": size},
        lambda out: out.print(f"복사했습니다: {target} ({size:,}바이트)", markup=False, soft_wrap=True),
    )


@app.command("unseal")
def unseal(
    ctx: typer.Context,
    source: Annotated[Path, typer.Argument(show_default=False)],
    target: Annotated[Path, typer.Argument(show_default=False)],
) -> None:
    """Open a sealed copy."""
    from hantu.adapters.sealed_file import open_file
    from hantu.adapters.store.maintenance import check_database
    from hantu.adapters.vault import Vault
    from hantu.settings.sealing import keys_dir

    shell: Shell = ctx.obj
    size = open_file(Vault(keys_dir(shell.settings)), source, target)
    check_database(target)
    shell.show(
        {"ok": True, "path": str(target), "bytes": size},
        lambda out: out.print(f"열었습니다: {target} ({size:,}바이트, 무결성 정상)", markup=False, soft_wrap=True),
    )


@app.command("account")
def account(ctx: typer.Context) -> None:
    """Show which account the records belong to, masked."""
    from hantu.adapters.store.account_rows import open_accounts
    from hantu.adapters.vault import Vault
    from hantu.settings.sealing import keys_dir

    shell: Shell = ctx.obj
    rows = [
        {
            "environment": one.environment,
            "account": one.alias,
            "number": f"****{one.number[-5:]}",
            "hts_id": bool(one.hts_id),
        }
        for one in open_accounts(shell.settings.database, Vault(keys_dir(shell.settings)))
    ]

    def render(out: Any) -> None:
        for row in rows:
            out.print(f"{row['environment']} {row['account']}: {row['number']}", markup=False)
        if not rows:
            out.print("아직 없습니다. 감시가 시작할 때 기록합니다.")

    shell.show(rows, render)


@app.command("rotate")
def rotate(ctx: typer.Context) -> None:
    """Make a new key and seal everything by it."""
    from hantu.adapters.store.account_rows import reseal_accounts
    from hantu.adapters.store.offline import record_operation
    from hantu.adapters.vault import Vault
    from hantu.settings.sealing import keys_dir

    shell: Shell = ctx.obj
    vault, database = Vault(keys_dir(shell.settings)), shell.settings.database
    number = vault.renew()
    done = reseal_accounts(database, vault)
    record_operation(database, "field_key_rotated", {"key": number, "resealed": done}, actor=shell.actor)
    shell.show(
        {"ok": True, "key": number, "resealed": done},
        lambda out: out.print(
            f"키 {number}번으로 값 {done}개를 다시 암호화했습니다. 예전 키는 예전 복사본을 여는 데 필요합니다.",
            markup=False,
        ),
    )


def _sealed_copy(shell: Shell, target: Path) -> int:
    import tempfile

    from hantu.adapters.sealed_file import seal_file
    from hantu.adapters.store.maintenance import backup_database
    from hantu.adapters.vault import Vault
    from hantu.settings.sealing import keys_dir

    settings = shell.settings
    # Beside the database, where it is in clear anyway; the target may be on a disk that leaves the house.
    with tempfile.TemporaryDirectory(dir=settings.home, prefix=".backup-") as folder:
        plain = Path(folder) / "copy.db"
        backup_database(settings.database, plain)
        return seal_file(Vault(keys_dir(settings)), plain, target)


@watch_app.command("import")
def import_list(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(show_default=False)],
    date: Annotated[str, typer.Option("--date", show_default=False)] = "",
) -> None:
    """Read the watch list from a file."""
    from hantu.adapters.store.maintenance import import_watchlist
    from hantu.cli.watchlist_file import read_watchlist_file

    shell: Shell = ctx.obj
    rows = read_watchlist_file(file)
    day = _market_day(shell, date)
    database = shell.settings.database
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    count = import_watchlist(database, day, rows, actor=shell.actor)

    def render(out: Any) -> None:
        out.print(f"{day} 관심 종목 {count}개를 가져왔습니다.")
        if shell.guard.status() is not None:
            out.print("실행 중인 감시가 몇 초 안에 새 목록을 씁니다.")

    shell.show({"ok": True, "date": day.isoformat(), "count": count}, render)


@watch_app.command("list")
def list_watched(ctx: typer.Context, date: Annotated[str, typer.Option("--date", show_default=False)] = "") -> None:
    """Show the watch list."""
    from hantu.adapters.store.queries import Queries
    from hantu.cli.views.tables import table
    from hantu.cli.views.wording import plain

    shell: Shell = ctx.obj
    day = _market_day(shell, date)
    rows = Queries(shell.settings.database).watchlist(day)

    def render(out: Any) -> None:
        if not rows:
            out.print(f"{day} 관심 종목이 없습니다. `hantu watchlist import 파일` 로 가져오세요.")
            return
        chosen = f" ({rows[0].selection_date} 선정)" if rows[0].selection_date != day.isoformat() else ""
        listed = table(f"{day} 관심 종목 {len(rows)}개{chosen}", "종목", "코드", "점수>", "지지선>")
        for row in rows:
            listed.add_row(row.name, row.symbol, f"{row.score:.1f}", plain(row.support_price))
        out.print(listed)

    shell.show(rows, render)


def _market_day(shell: Shell, date: str) -> Date:
    """Return the day that was named, or today; a practice market has a date of its own, which the running guard knows."""
    status = None if date else shell.guard.status()
    return _day(date or str((status or {}).get("market_time", ""))[:10])


def _day(text: str) -> Date:
    if not text:
        return trading_date(datetime.now(UTC))
    try:
        return Date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"날짜가 아닙니다: {text!r}", next_step="2026-11-23 처럼 적어 주세요.") from None
