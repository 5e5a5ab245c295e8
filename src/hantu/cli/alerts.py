"""``hantu alerts``: what was told and why, acknowledge, silence, count."""

import re
from typing import Annotated, Any

import typer

from hantu.cli.shell import Shell
from hantu.domain.errors import UsageError

app = typer.Typer(invoke_without_command=True)

SPAN = re.compile(r"(\d{1,6})([smhd])")
UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
PRIORITIES = ("emergency", "high", "normal", "low")
AREAS = tuple(f"OPS-0{number}" for number in range(1, 7))
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=100_000)]
Number = Annotated[int, typer.Argument(show_default=False, min=1)]
Text = Annotated[str, typer.Option(show_default=False)]


@app.callback()
def alerts(ctx: typer.Context, limit: Limit = 20) -> None:
    """List alerts when no subcommand is given."""
    if ctx.invoked_subcommand is None:
        _list(ctx.obj, limit, unsent=False)


@app.command("list")
def list_alerts(
    ctx: typer.Context, limit: Limit = 20, unsent: Annotated[bool, typer.Option("--unsent")] = False
) -> None:
    """List recent alerts and their delivery."""
    _list(ctx.obj, limit, unsent=unsent)


@app.command("show")
def show(ctx: typer.Context, alert_id: Number) -> None:
    """Show one alert on every channel."""
    from hantu.cli.views.alerts import alert_view

    shell: Shell = ctx.obj
    rows = _rows(shell, alert_id)
    shell.show(rows, lambda out: out.print(alert_view(rows)))


@app.command("explain")
def explain(ctx: typer.Context, alert_id: Number) -> None:
    """Tell why an alert came when it came, or did not come."""
    from hantu.adapters.store.alert_words import story_of
    from hantu.alerting.explain import explained
    from hantu.cli.views.alerts import story_view

    shell: Shell = ctx.obj
    rows = _rows(shell, alert_id)
    steps = story_of(shell.settings.database, alert_id)
    lines = explained(steps)
    value = {"alert_id": alert_id, "message": rows[0].message, "steps": steps, "text": lines}
    shell.show(value, lambda out: out.print(story_view(rows[0].message, lines), markup=False))


@app.command("ack")
def ack(
    ctx: typer.Context,
    alert_id: Number,
    length: Annotated[str, typer.Option("--for", show_default=False)] = "30m",
    done: Annotated[bool, typer.Option("--done")] = False,
) -> None:
    """Acknowledge an emergency: it is not repeated for a while, or not at all when it is dealt with."""
    from hantu.adapters.store.alert_words import acknowledge

    shell: Shell = ctx.obj
    seconds = span_s(length)
    message = acknowledge(shell.settings.database, alert_id, actor=shell.actor, length_s=seconds, done=done)
    value = {"ok": True, "alert_id": alert_id, "done": done, "seconds": seconds, "message": message}
    text = "끝난 일로 기록했습니다." if done else f"확인을 기록했습니다. {length} 동안 되풀이하지 않습니다."
    shell.show(value, lambda out: out.print(f"{alert_id}: {text}\n{message}", markup=False))


@app.command("silence")
def silence(
    ctx: typer.Context,
    length: Annotated[str, typer.Option("--for", show_default=False)],
    comment: Annotated[str, typer.Option("--comment", "-c", show_default=False)],
    kind: Annotated[str, typer.Option("--type", "-t", show_default=False)] = "",
    symbol: Text = "",
    category: Text = "",
    priority: Text = "",
    emergency: Annotated[bool, typer.Option("--emergency")] = False,
    maintenance: Annotated[bool, typer.Option("--maintenance")] = False,
) -> None:
    """Do not tell matching alerts for a while; measuring and recording go on."""
    from hantu.adapters.store.alert_words import add_silence
    from hantu.alerting.silences import Silence

    shell: Shell = ctx.obj
    _check(kind, category, priority)
    wanted = Silence(0, 0.0, shell.actor, comment, kind, symbol, category, priority, emergency, maintenance)
    number = add_silence(shell.settings.database, wanted, span_s(length))
    text = f"{number}번 침묵을 시작했습니다({length}). 끝내려면: hantu alerts unsilence {number}"
    shell.show({"ok": True, "silence_id": number}, lambda out: out.print(text, markup=False))


@app.command("silences")
def list_silences(ctx: typer.Context, every: Annotated[bool, typer.Option("--all")] = False) -> None:
    """List the silences that hold, with how much each has muted."""
    from hantu.adapters.store.alert_words import silences
    from hantu.cli.views.alerts import silences_table

    shell: Shell = ctx.obj
    rows = silences(shell.settings.database, every=every)
    shell.show(rows, lambda out: out.print(silences_table(rows)))


@app.command("unsilence")
def unsilence(ctx: typer.Context, silence_id: Number) -> None:
    """End a silence now."""
    from hantu.adapters.store.alert_words import end_silence

    shell: Shell = ctx.obj
    end_silence(shell.settings.database, silence_id, actor=shell.actor)
    shell.show(
        {"ok": True, "silence_id": silence_id},
        lambda out: out.print(f"{silence_id}번 침묵을 끝냈습니다.", markup=False),
    )


@app.command("stats")
def stats(ctx: typer.Context, since: Annotated[str, typer.Option("--since", show_default=False)] = "") -> None:
    """Count alerts per type, hour and weekday."""
    from hantu.adapters.store.alert_words import stats as counted
    from hantu.cli.logs import earliest_text
    from hantu.cli.views.alerts import stats_view

    shell: Shell = ctx.obj
    found = counted(shell.settings.database, since=earliest_text(since) if since else "")
    shell.show(found, lambda out: out.print(stats_view(found)))


def span_s(text: str) -> int:
    """Return the seconds of ``30m``, ``2h``, ``1d``.

    Raises:
        UsageError: Not understood.
    """
    found = SPAN.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"기간을 이해할 수 없습니다: {text!r}", next_step="30m, 2h, 1d 처럼 적어 주세요.")
    return int(found[1]) * UNITS[found[2]]


def _check(kind: str, category: str, priority: str) -> None:
    from hantu.alerting.rows import CATALOGUE
    from hantu.settings.keys import nearest

    if kind and not kind.endswith("*") and kind not in CATALOGUE:
        guess = nearest(kind, CATALOGUE)
        step = f"혹시 {guess} 인가요?" if guess else "`hantu alerts stats` 로 종류 이름을 확인하세요."
        raise UsageError(f"알 수 없는 이벤트 종류입니다: {kind}", next_step=step)
    for word, known in ((category, AREAS), (priority, PRIORITIES)):
        if word and word not in known:
            raise UsageError(f"쓸 수 없는 값입니다: {word}", next_step=f"다음 가운데 하나를 쓰세요: {', '.join(known)}")


def _list(shell: Shell, limit: int, *, unsent: bool) -> None:
    import msgspec

    from hantu.adapters.store.queries import Queries
    from hantu.cli.views.alerts import alerts_table

    rows = msgspec.to_builtins(Queries(shell.settings.database).alerts(limit, unsent=unsent))
    shell.show(rows, lambda out: out.print(alerts_table(rows)))


def _rows(shell: Shell, alert_id: int) -> tuple[Any, ...]:
    from hantu.adapters.store.alert_words import rows_of

    rows = rows_of(shell.settings.database, alert_id)
    if not rows:
        raise UsageError(f"{alert_id}번 알림이 없습니다.", next_step="`hantu alerts list` 로 번호를 확인하세요.")
    return rows
