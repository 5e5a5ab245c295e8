"""``hantu checklist``: go through what is looked at each morning, day, week and month; who confirmed it."""

from typing import Annotated, Any

import typer

from hantu.cli.shell import CheckFailed, Shell
from hantu.domain.errors import UsageError

app = typer.Typer(no_args_is_help=True)
KINDS = ("daily", "weekly", "monthly", "morning")
"""As in hantu.settings.checklist.kinds, which is not loaded for a word of help."""
NAME_MAX, NOTE_MAX = 80, 2_000
Confirm = Annotated[str, typer.Option("--confirm", show_default=False)]
Note = Annotated[str, typer.Option("--note", show_default=False)]


@app.command("daily")
def daily(ctx: typer.Context, confirm: Confirm = "", note: Note = "") -> None:
    """Go through the day's list."""
    _go_through(ctx.obj, "daily", confirm, note)


@app.command("weekly")
def weekly(ctx: typer.Context, confirm: Confirm = "", note: Note = "") -> None:
    """Go through the week's list."""
    _go_through(ctx.obj, "weekly", confirm, note)


@app.command("monthly")
def monthly(ctx: typer.Context, confirm: Confirm = "", note: Note = "") -> None:
    """Go through the month's list."""
    _go_through(ctx.obj, "monthly", confirm, note)


@app.command("morning")
def morning(
    ctx: typer.Context,
    confirm: Confirm = "",
    note: Note = "",
    ack_wait: Annotated[float, typer.Option("--ack-wait", min=0.0, max=3_600.0, show_default=False)] = 0.0,
) -> None:
    """Test everything before the market opens."""
    _go_through(ctx.obj, "morning", confirm, note, ack_wait)


@app.command("reviewed")
def reviewed(ctx: typer.Context, confirm: Confirm, note: Note) -> None:
    """Record that the procedures were gone over."""
    from hantu.adapters.checklist.monthly import REVIEWED
    from hantu.adapters.store.offline import record_operation

    shell: Shell = ctx.obj
    _sized(confirm, note)
    if not confirm.strip() or not note.strip():
        raise UsageError("이름과 내용이 필요합니다.", next_step='`--confirm 이름 --note "고친 내용"` 을 적어 주세요.')
    _require_database(shell)
    who = shell.named(confirm)
    record_operation(shell.settings.database, REVIEWED, {"note": note, "entered_by": shell.actor}, actor=who)
    shell.show({"ok": True, "by": who}, lambda out: out.print("운영 절차 검토를 기록했습니다."))


@app.command("history")
def history(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000)] = 20,
    kind: Annotated[str, typer.Option("--kind", show_default=False)] = "",
) -> None:
    """Show earlier runs and who confirmed them."""
    from hantu.adapters.store.checklist_rows import runs
    from hantu.cli.views.checklist import history_table

    shell: Shell = ctx.obj
    if kind and kind not in KINDS:
        raise UsageError(f"그런 점검은 없습니다: {kind}", next_step=f"다음 중 하나입니다: {', '.join(KINDS)}")
    found = runs(shell.settings.database, limit, kind)
    shell.show(found, lambda out: out.print(history_table(found, shell.person)))


def _go_through(shell: Shell, kind: str, confirm: str, note: str, ack_wait_s: float = 0.0) -> None:
    from hantu.settings.checklist.kinds import items_of
    from hantu.settings.checklist.round import Round

    with shell.progress("점검 중입니다"):
        going = Round(shell.settings, shell.guard, shell.person)
        items = items_of(kind, going, shell.guard.status(), ack_wait_s)
    _finish(shell, kind, items, confirm, note)


def _finish(shell: Shell, kind: str, items: list[Any], confirm: str, note: str) -> None:
    """Store the run, show it, and fail when an item does."""
    from hantu.adapters.checklist.items import Result, worst
    from hantu.adapters.store.checklist_rows import save_run
    from hantu.cli.views.checklist import items_view

    _sized(confirm, note)
    _require_database(shell)
    result = worst(items)
    who = shell.named(confirm) if confirm.strip() else ""
    number = save_run(
        shell.settings.database, kind, result.value, items, actor=shell.actor, confirmed_by=who, note=note
    )
    value = {
        "ok": result is not Result.FAIL, "run_id": number, "kind": kind, "result": result, "items": items,
        "confirmed_by": who,
    }  # fmt: skip
    shell.show(value, lambda out: out.print(items_view(kind, number, items, result, confirm)))
    if result is Result.FAIL:
        raise CheckFailed(kind)


def _sized(confirm: str, note: str) -> None:
    if len(confirm) > NAME_MAX or len(note) > NOTE_MAX:
        raise UsageError("이름이나 내용이 너무 깁니다.", next_step=f"이름 {NAME_MAX}자, 내용 {NOTE_MAX}자까지입니다.")


def _require_database(shell: Shell) -> None:
    """A checklist never makes a new database."""
    from hantu.adapters.store.maintenance import reading

    with reading(shell.settings.database):
        pass
