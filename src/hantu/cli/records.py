"""Commands that read the records: positions, orders, events, explain, exits, opportunities."""

import time
from typing import Annotated, Any

import typer

from hantu.cli.shell import Shell
from hantu.domain.errors import DeniedError, UsageError

FOLLOW_EVERY_S = 0.2

Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=100_000)]
Since = Annotated[str, typer.Option("--since", show_default=False)]
Follow = Annotated[bool, typer.Option("--follow", "-f")]
Ident = Annotated[str, typer.Argument(show_default=False)]

orders_app = typer.Typer(invoke_without_command=True)


def register(app: typer.Typer) -> None:
    """Put the commands that read records into the tree."""
    app.command("positions")(positions)
    app.add_typer(orders_app, name="orders")
    app.command("events")(events)
    app.command("explain")(explain)
    app.command("exits")(exits)
    app.command("opportunities")(opportunities)


def positions(ctx: typer.Context) -> None:
    """Show what is held: from the guard if it runs, else the last records."""
    from hantu.adapters.guard_link import NotRunning
    from hantu.cli.views.records import positions_table

    shell: Shell = ctx.obj
    try:
        rows = shell.guard.request("status").get("positions", [])
        note = ""
    except NotRunning:
        rows = [_plain(row) for row in _queries(shell).positions()]
        note = "감시가 실행 중이 아니어서 마지막 기록을 보여 줍니다. 실제 잔고는 증권사가 기준입니다."
    shell.show(rows, lambda out: out.print(positions_table(rows, out.width)))
    if note:
        shell.note(note)


@orders_app.callback()
def orders(ctx: typer.Context) -> None:
    """List orders when no subcommand is given."""
    if ctx.invoked_subcommand is None:
        _list_orders(ctx.obj, 20, None)


@orders_app.command("list")
def orders_list(
    ctx: typer.Context, limit: Limit = 20, state: Annotated[str, typer.Option("--state", show_default=False)] = ""
) -> None:
    """List order attempts."""
    _list_orders(ctx.obj, limit, state or None)


@orders_app.command("show")
def orders_show(ctx: typer.Context, ident: Ident) -> None:
    """Show one order."""
    from hantu.cli.views.records import order_view

    shell: Shell = ctx.obj
    row = _queries(shell).order(ident)
    if row is None:
        raise _unknown(ident)
    found = _plain(row)
    shell.show(found, lambda out: out.print(order_view(found)))


@orders_app.command("resolve")
def orders_resolve(
    ctx: typer.Context,
    ident: Ident,
    verdict: Annotated[str, typer.Option("--as", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", "-r", show_default=False)],
) -> None:
    """End an escalated order by a person's word."""
    shell: Shell = ctx.obj
    kind, _, order_no = verdict.partition(":")
    shell.guard.request("resolve", intent_id=ident, verdict=kind, order_no=order_no, reason=reason)
    result = {"ok": True, "intent_id": ident, "verdict": kind, "order_no": order_no, "reason": reason}
    shell.show(result, lambda out: out.print(f"기록했습니다: {ident} {verdict} - {reason}", markup=False))


@orders_app.command("amend")
def orders_amend(ident: Ident) -> None:
    """Refuse: orders are cancelled and placed anew, never amended."""
    raise DeniedError(
        f"{ident}: 정정 주문은 쓰지 않습니다. 정정은 새 주문번호를 만들고, 결과를 모르면 두 주문이 다 살아 있을 수 있습니다.",
        next_step="취소가 확인된 뒤 남은 수량만 새로 주문합니다. 직접 바꾸려면 증권사 앱을 쓰세요.",
    )


def events(
    ctx: typer.Context,
    kind: Annotated[str, typer.Option("--type", "-t", show_default=False)] = "",
    since: Since = "",
    limit: Limit = 50,
    follow: Follow = False,
) -> None:
    """Show recorded events."""
    from hantu.cli.event_reader import EventReader
    from hantu.cli.logs import earliest_text

    shell: Shell = ctx.obj
    _check_type(kind)
    reader = EventReader(shell.settings.database, kind or None)
    rows = reader.latest(limit, earliest_text(since) if since else None)
    for row in rows:
        _say_event(shell, row)
    if not rows and not follow and not shell.json:
        shell.out.print("기록된 사건이 없습니다.")
    while follow:
        time.sleep(FOLLOW_EVERY_S)
        for row in reader.fresh():
            _say_event(shell, row)


def explain(ctx: typer.Context, ident: Ident) -> None:
    """Show the causal chain of an order."""
    from hantu.cli.views.chain import chain_view

    shell: Shell = ctx.obj
    rows = [_plain(link) for link in _queries(shell).explain(ident)]
    if not rows:
        raise _unknown(ident)
    shell.show(rows, lambda out: out.print(chain_view(rows, shell.lang)))


def exits(ctx: typer.Context, limit: Limit = 20) -> None:
    """Show every exit with its times and its slippage."""
    from hantu.cli.views.exits import exits_view

    shell: Shell = ctx.obj
    rows = [_plain(row) for row in _queries(shell).exits(limit)]
    shell.show(rows, lambda out: out.print(exits_view(rows)))


def opportunities(ctx: typer.Context, since: Since = "", limit: Limit = 20) -> None:
    """Show reported opportunities to buy more."""
    from hantu.cli.event_reader import EventReader
    from hantu.cli.logs import earliest_text
    from hantu.cli.views.records import opportunities_table

    shell: Shell = ctx.obj
    reader = EventReader(shell.settings.database, "add_buy_opportunity")
    found = reader.latest(limit, earliest_text(since) if since else None)
    rows = [{"timestamp": row.timestamp, **row.payload} for row in found]
    shell.show(rows, lambda out: out.print(opportunities_table(rows)))


def _list_orders(shell: Shell, limit: int, state: str | None) -> None:
    from hantu.cli.views.records import orders_table
    from hantu.domain.order import IntentState

    if state is not None and state not in set(IntentState):
        known = ", ".join(IntentState)
        raise UsageError(f"주문 상태가 아닙니다: {state!r}", next_step=f"다음 가운데 하나를 쓰세요: {known}")
    rows = [_plain(row) for row in _queries(shell).orders(limit, state=state)]
    shell.show(rows, lambda out: out.print(orders_table(rows, out.width)))


def _say_event(shell: Shell, row: Any) -> None:
    if shell.json:
        shell.emit(row)
        return
    from hantu.cli.views.events import event_line

    shell.out.print(event_line(row), soft_wrap=not shell.out.is_terminal)


def _check_type(kind: str) -> None:
    from hantu.domain.events import FACTS
    from hantu.settings.keys import nearest

    if kind and kind not in FACTS and kind != "manual_event":
        guess = nearest(kind, FACTS)
        step = f"혹시 {guess} 인가요?" if guess else "`hantu events` 로 종류 이름을 확인하세요."
        raise UsageError(f"알 수 없는 사건 종류입니다: {kind}", next_step=step)


def _queries(shell: Shell) -> Any:
    from hantu.adapters.store.queries import Queries

    return Queries(shell.settings.database)


def _plain(row: Any) -> dict[str, Any]:
    import msgspec

    found = msgspec.to_builtins(row, enc_hook=str)
    assert isinstance(found, dict)
    return found


def _unknown(ident: str) -> UsageError:
    return UsageError(
        f"{ident} 에 해당하는 기록이 없습니다.", next_step="`hantu orders` 나 `hantu events` 에서 ID를 확인하세요."
    )
