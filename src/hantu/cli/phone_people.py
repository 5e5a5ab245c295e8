"""``hantu phone``: who may command the bot, and the codes of who may release and approve; on the console only."""

from typing import Annotated, Any

import typer

from hantu.cli.shell import Shell
from hantu.domain.errors import BrokenError, UsageError

app = typer.Typer(no_args_is_help=True)
Who = Annotated[str, typer.Argument(show_default=False)]
GROUP = 4
"""Characters of a secret between two spaces, for people who type it."""


@app.command("list")
def list_people(ctx: typer.Context) -> None:
    """Show who is heard, and who has a second factor."""
    from hantu.cli.views.tables import table
    from hantu.cli.views.wording import korean_time
    from hantu.settings.phone_office import listed

    shell: Shell = ctx.obj
    known = {one.person: one for one in _factors(shell).book.factors()}
    rows = []
    for name, number in listed(shell.settings).items():
        found = known.get(shell.named(name))
        rows.append(
            {"name": name, "telegram_id": number, "enrolled_at": _utc(found.enrolled_s) if found else "",
             "failures": found.failures if found else 0, "locked_until": _utc(found.locked_until_s) if found else ""}
        )  # fmt: skip

    def render(out: Any) -> None:
        shown = table("봇에 명령할 수 있는 사람", "이름", "텔레그램 번호>", "2차 인증", "틀린 코드>", "잠김")
        for row in rows:
            enrolled = korean_time(str(row["enrolled_at"])) if row["enrolled_at"] else "없음"
            locked = korean_time(str(row["locked_until"])) if row["locked_until"] else ""
            shown.add_row(str(row["name"]), str(row["telegram_id"]), enrolled, str(row["failures"]), locked)
        out.print(shown)

    shell.show(rows, render)


@app.command("enrol")
def enrol(ctx: typer.Context, name: Who) -> None:
    """Draw a secret for a person's authenticator; it counts from its first right code on."""
    from hantu.adapters.second_factor import address_of, new_secret
    from hantu.adapters.store.offline import record_operation

    shell: Shell = ctx.obj
    if shell.json:
        raise UsageError("비밀 값은 프로그램에 주지 않습니다.", next_step="`--json` 없이 터미널에서 실행하세요.")
    person = _person(shell, name)
    factors = _factors(shell)
    secret = new_secret()
    grouped = " ".join(secret[at : at + GROUP] for at in range(0, len(secret), GROUP))
    # Written past every log and every renderer: this is the only time anybody sees it.
    typer.echo(
        f"인증 앱에 새 계정을 더하세요 (시간 기준, 6자리). 이 값은 다시 보여 드리지 않습니다.\n\n  키   {grouped}"
    )
    typer.echo(f"  주소 {address_of(secret, name)}\n")
    code = typer.prompt("앱이 보여 주는 6자리 코드", default="", show_default=False).replace(" ", "")
    factors.enrol(person, secret, code)
    record_operation(shell.settings.database, "phone_factor_enrolled", {"person": person}, actor=shell.actor)
    shell.note(f"{name}: 등록했습니다. 이제 텔레그램에서 풀기와 승인을 코드로 할 수 있습니다.")


@app.command("revoke")
def revoke(ctx: typer.Context, name: Who) -> None:
    """Forget a person's secret: nothing can be released or approved with it any more."""
    from hantu.adapters.store.offline import record_operation

    shell: Shell = ctx.obj
    person = shell.named(name)
    gone = _factors(shell).book.revoke(person)
    if gone:
        record_operation(shell.settings.database, "phone_factor_revoked", {"person": person}, actor=shell.actor)
    text = f"{name}: 2차 인증을 지웠습니다." if gone else f"{name}: 등록된 2차 인증이 없습니다."
    value = {"ok": True, "name": name, "revoked": gone}
    shell.show(value, lambda out: out.print(text, markup=False))


def _person(shell: Shell, name: str) -> str:
    """Return how the records name a listed person.

    Raises:
        UsageError: Nobody of that name is listed.
        BrokenError: There are no records yet, so nobody has a name in them.
    """
    from hantu.settings.phone_office import listed

    if name not in listed(shell.settings):
        raise UsageError(
            f"{name} 은(는) telegram.people 에 없습니다.", next_step='people = ["이름:사용자 번호"] 에 먼저 더하세요.'
        )
    if not shell.settings.database.exists():
        raise BrokenError("데이터베이스가 아직 없습니다.", next_step="`hantu db init` 뒤에 다시 하세요.")
    return shell.named(name)


def _factors(shell: Shell) -> Any:
    from hantu.adapters.second_factor import SecondFactors
    from hantu.settings.phone_doors import machine_s

    return SecondFactors(shell.settings.home, shell.settings.audit_dir, machine_s)


def _utc(moment_s: float) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(moment_s, UTC):%Y-%m-%d %H:%M:%S}" if moment_s else ""
