"""``hantu privacy``: the people behind pseudonyms, and how one of them is erased."""

from typing import Annotated, Any

import typer

from hantu.cli.shell import Shell
from hantu.domain.errors import UsageError

app = typer.Typer(no_args_is_help=True)


@app.command("show")
def show(ctx: typer.Context, who: Annotated[str, typer.Argument(show_default=False)] = "") -> None:
    """Show one person or all, and in how many records each stands."""
    from hantu.adapters.subjects import Subjects
    from hantu.cli.views.tables import table
    from hantu.cli.views.wording import korean_time

    shell: Shell = ctx.obj
    people = Subjects(shell.settings.database, shell.settings.audit_dir)
    found = (people.find(who),) if who else people.all()
    rows = [{**one._asdict(), "records": people.records(one.pseudonym)} for one in found]

    def render(out: Any) -> None:
        if not rows:
            out.print("가명으로 기록된 사람이 없습니다.")
            return
        listed = table("기록 속의 사람", "가명", "이름", "처음", "지움", "감사 기록>")
        for row in rows:
            erased = korean_time(row["erased_at"]) if row["erased_at"] else ""
            listed.add_row(
                row["pseudonym"], row["name"] or "(지워짐)", korean_time(row["created_at"]), erased, str(row["records"])
            )
        out.print(listed)

    shell.show(rows, render)


@app.command("erase")
def erase(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(show_default=False)],
    yes: Annotated[bool, typer.Option("--yes")] = False,
) -> None:
    """Destroy the key of one person; the records stay, nobody can say who it was."""
    from hantu.adapters.subjects import Subjects

    shell: Shell = ctx.obj
    if not yes:
        raise UsageError(
            "지우면 되돌릴 수 없어 확인이 필요합니다.", next_step=f"`hantu privacy erase {who} --yes` 로 다시 하세요."
        )
    found = Subjects(shell.settings.database, shell.settings.audit_dir).erase(who, actor=shell.actor)
    value = {"ok": True, "pseudonym": found.pseudonym}
    text = f"{found.pseudonym}: 이름과 키를 지웠습니다. 이전에 만든 백업에는 남아 있으니 보존 기간이 지나면 폐기하세요."
    shell.show(value, lambda out: out.print(text, markup=False, soft_wrap=True))
