"""``hantu run server``, ``hantu api`` and ``hantu tls``: the dashboard's server, what it offers, its certificates."""

import socket
from typing import Annotated, Any

import typer

from hantu.cli.shell import Shell

api_app = typer.Typer(no_args_is_help=True)
tls_app = typer.Typer(no_args_is_help=True)
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def run_server(ctx: typer.Context) -> None:
    """Serve dashboard and interface in this terminal until told to end."""
    shell: Shell = ctx.obj
    from hantu.cli.views.incidents import report_text
    from hantu.settings.server.office import run_server as run

    run(shell.settings, shell.sources, report_text, _say_json(shell) if shell.json else typer.echo)
    shell.note("서버를 끝냈습니다.")


@api_app.command("openapi")
def openapi() -> None:
    """Print the description of the interface."""
    import json

    from hantu.api.app import bare_app
    from hantu.api.description import describe

    typer.echo(json.dumps(describe(bare_app()), ensure_ascii=False, indent=2))


@api_app.command("permissions")
def permissions() -> None:
    """Print who may do what."""
    from hantu.api.policy import document

    typer.echo(document(), nl=False)


@tls_app.command("init")
def init(
    ctx: typer.Context,
    name: Annotated[list[str] | None, typer.Option("--name", "-n", show_default=False)] = None,
) -> None:
    """Make an authority of one's own and a certificate of the server from it."""
    from datetime import UTC, datetime

    from hantu.adapters.tls import init_tls
    from hantu.settings.server.office import address_of, tls_dir

    shell: Shell = ctx.obj
    settings = shell.settings
    host = address_of(settings)[0].strip("[]")
    own = [host] if host not in ("0.0.0.0", "::", *LOOPBACK) else []  # noqa: S104  (compared, not bound)
    names = list(dict.fromkeys([*(name or ()), *settings.server.names, *own, *LOOPBACK, socket.gethostname()]))
    file = init_tls(tls_dir(settings), names, datetime.now(UTC))
    text = f"인증서를 만들었습니다 ({', '.join(names)}).\n브라우저를 쓰는 기기에 {file} 을(를) 신뢰하는 기관으로 등록하세요."
    shell.show({"ok": True, "ca": str(file), "names": names}, lambda out: out.print(text, markup=False, soft_wrap=True))


def _say_json(shell: Shell) -> Any:
    return lambda text: shell.emit({"text": text})
