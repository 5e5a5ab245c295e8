"""``hantu run notifier``: the process that tells people, beside the guard."""

from typing import Any

import typer

from hantu.cli.shell import Shell


def run_notifier(ctx: typer.Context) -> None:
    """Deliver alerts in this terminal until told to end."""
    shell: Shell = ctx.obj
    from hantu.settings.notifier_office import run_notifier as run

    run(shell.settings, _say_json(shell) if shell.json else typer.echo)
    shell.note("알림 프로세스를 끝냈습니다.")


def _say_json(shell: Shell) -> Any:
    return lambda text: shell.emit({"text": text})
