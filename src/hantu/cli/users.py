"""``hantu users``: people and programs that may use the server; the first one is made here, on the machine itself."""

import secrets
import time
from typing import Annotated, Any

import typer

from hantu.cli.shell import Shell
from hantu.domain.access import Role, Scope
from hantu.domain.errors import UsageError

app = typer.Typer(no_args_is_help=True)
clients_app = typer.Typer(no_args_is_help=True)
app.add_typer(clients_app, name="programs")
Name = Annotated[str, typer.Argument(show_default=False)]
WORD_BYTES = 12


@app.command("add")
def add(
    ctx: typer.Context,
    name: Name,
    role: Annotated[str, typer.Option("--role", "-r", show_default=False)],
    ready: Annotated[bool, typer.Option("--ready")] = False,
) -> None:
    """Invite a person, or make one that is ready and print everything once."""
    from hantu.settings.server.office import accounts_of

    shell: Shell = ctx.obj
    if role not in tuple(Role):
        raise UsageError(f"알 수 없는 역할입니다: {role}", next_step=f"다음 중 하나입니다: {', '.join(Role)}")
    _check_name(name)
    accounts = accounts_of(shell.settings)
    made = accounts.register.add_user(name, Role(role), by=_console())
    if ready:
        _show_ready(shell, accounts, made)
        return
    text = (
        f"{name} ({role}) 을(를) 초대했습니다. 24시간 안에 대시보드의 '처음 등록'에서 이 코드를 쓰세요.\n"
        f"{made['enrolment_code']}\n이 코드는 다시 보여 주지 않습니다."
    )
    shell.show({"ok": True, **made}, lambda out: out.print(text, markup=False, soft_wrap=True))


@app.command("list")
def list_users(ctx: typer.Context) -> None:
    """List people."""
    from hantu.cli.views.tables import table
    from hantu.settings.server.office import accounts_of

    shell: Shell = ctx.obj
    rows = accounts_of(shell.settings).register.users()

    def render(out: Any) -> None:
        found = table("사람", "이름", "역할", "상태", "마지막 로그인 (UTC)", "로그인 수>")
        for row in rows:
            found.add_row(row["name"], row["role"], row["state"], row["last_sign_in_at"], str(row["sessions"]))
        out.print(found)

    shell.show(list(rows), render)


@app.command("change")
def change(
    ctx: typer.Context,
    name: Name,
    role: Annotated[str, typer.Option("--role", "-r", show_default=False)] = "",
    disable: Annotated[bool, typer.Option("--disable")] = False,
    enable: Annotated[bool, typer.Option("--enable")] = False,
    enrol: Annotated[bool, typer.Option("--enrol")] = False,
) -> None:
    """Change a role, shut somebody out or let them in again, or have them enrol anew; their sessions end."""
    from hantu.settings.server.office import accounts_of

    shell: Shell = ctx.obj
    if role and role not in tuple(Role):
        raise UsageError(f"알 수 없는 역할입니다: {role}", next_step=f"다음 중 하나입니다: {', '.join(Role)}")
    if disable and enable:
        raise UsageError("--disable 과 --enable 은 함께 쓸 수 없습니다.", next_step="하나만 적어 주세요.")
    disabled = True if disable else False if enable else None
    row, invited = accounts_of(shell.settings).register.change_user(
        name, role=Role(role) if role else None, disabled=disabled, enrol=enrol, by=_console()
    )
    text = f"{name}: {row['role']}, {row['state']}"
    if invited:
        text += f"\n등록 코드: {invited['enrolment_code']}"
    shell.show({"ok": True, **row, **invited}, lambda out: out.print(text, markup=False, soft_wrap=True))


@app.command("unlock")
def unlock(ctx: typer.Context, name: Name) -> None:
    """Forget wrong attempts under a name."""
    from hantu.settings.server.office import accounts_of

    shell: Shell = ctx.obj
    many = accounts_of(shell.settings).register.unlock(name)
    shell.show({"ok": True, "forgotten": many}, lambda out: out.print(f"틀린 시도 {many}건을 지웠습니다."))


@app.command("rotate")
def rotate(ctx: typer.Context) -> None:
    """Make a new key for the secrets of authenticators and seal them by it."""
    from hantu.adapters.accounts.doorkeeper import reseal
    from hantu.settings.server.office import accounts_of

    shell: Shell = ctx.obj
    accounts = accounts_of(shell.settings)
    number = accounts.vault.renew()
    many = reseal(accounts.book, accounts.vault)
    text = f"키 {number}번을 만들고 비밀 {many}건을 다시 봉했습니다."
    shell.show({"ok": True, "key": number, "sealed": many}, lambda out: out.print(text))


@clients_app.command("add")
def add_program(
    ctx: typer.Context, name: Name, scope: Annotated[list[str], typer.Option("--scope", "-s", show_default=False)]
) -> None:
    """Let a program in; its token is shown once."""
    from hantu.settings.server.office import accounts_of

    shell: Shell = ctx.obj
    unknown = [word for word in scope if word not in tuple(Scope)]
    if unknown:
        raise UsageError(f"알 수 없는 권한입니다: {unknown[0]}", next_step=f"다음 중에서 고르세요: {', '.join(Scope)}")
    _check_name(name)
    register = accounts_of(shell.settings).register
    row, token = register.add_client(name, [Scope(word) for word in scope], by=_console())
    text = f"{name} ({', '.join(row['scopes'])}): 다시 보여 주지 않는 토큰입니다.\n{token}"
    shell.show({"ok": True, **row, "token": token}, lambda out: out.print(text, markup=False, soft_wrap=True))


@clients_app.command("list")
def list_programs(ctx: typer.Context) -> None:
    """List programs."""
    from hantu.cli.views.tables import table
    from hantu.settings.server.office import accounts_of

    shell: Shell = ctx.obj
    rows = accounts_of(shell.settings).register.clients()

    def render(out: Any) -> None:
        found = table("프로그램", "번호", "이름", "권한", "만든 때 (UTC)", "취소")
        for row in rows:
            found.add_row(row["client_id"], row["name"], ", ".join(row["scopes"]), row["created_at"], row["revoked_at"])
        out.print(found)

    shell.show(list(rows), render)


@clients_app.command("revoke")
def revoke_program(ctx: typer.Context, ident: Name) -> None:
    """Let a program in no more."""
    from hantu.settings.server.office import accounts_of

    shell: Shell = ctx.obj
    accounts_of(shell.settings).register.revoke_client(ident, by=_console())
    shell.show({"ok": True, "client_id": ident}, lambda out: out.print("취소했습니다."))


def _show_ready(shell: Shell, accounts: Any, made: dict[str, Any]) -> None:
    """Enrol in the person's place: for a trial, or for who hands everything over in an envelope."""
    from hantu.adapters.accounts.factors import STEP_S, code_now

    name = made["name"]
    offer = accounts.desk.enrol_begin(name, made["enrolment_code"], source="console")
    password = "-".join(secrets.token_hex(3) for _ in range(WORD_BYTES // 3))
    if STEP_S - time.time() % STEP_S < 1.0:
        # A code that ends while it is on its way would be refused.
        time.sleep(1.0)
    code = code_now(offer["secret"], time.time())
    codes = accounts.desk.enrol_complete(name, made["enrolment_code"], password, code, source="console")
    value = {
        "ok": True, "name": name, "role": made["role"], "password": password, "secret": offer["secret"],
        "otpauth_uri": offer["otpauth_uri"], "recovery_codes": codes,
    }  # fmt: skip
    lines = [
        f"{name} ({made['role']}) 로그인 정보입니다. 다시 보여 주지 않습니다.", f"비밀번호: {password}",
        f"인증 앱: {offer['otpauth_uri']}", "복구 코드:", *codes,
    ]  # fmt: skip
    shell.show(value, lambda out: out.print("\n".join(lines), markup=False, soft_wrap=True))


def _check_name(name: str) -> None:
    import re

    if not re.fullmatch(r"[a-z0-9가-힣][a-z0-9가-힣._-]{1,31}", name):
        raise UsageError("쓸 수 없는 이름입니다.", next_step="소문자, 숫자, 한글, . _ - 로 2~32자까지입니다.")


def _console() -> Any:
    from hantu.adapters.accounts.register import CONSOLE

    return CONSOLE
