"""``hantu approvals``: put orders before a person, decide, place them; sign the standing approval of exits."""

import secrets
from typing import Annotated, Any

import typer

from hantu.adapters.guard_link import NotRunning
from hantu.cli.shell import Shell
from hantu.domain.errors import DeniedError, HantuError, UsageError

app = typer.Typer(no_args_is_help=True)
mandate_app = typer.Typer(no_args_is_help=True)
app.add_typer(mandate_app, name="mandate")

PROPOSED_S, APPROVED_S = 3_600, 600
ACCEPTED = ("accepted", "asked", "unknown")
Ident = Annotated[str, typer.Argument(show_default=False)]
Symbol = Annotated[str, typer.Argument(show_default=False)]
Amount = Annotated[int, typer.Option("--quantity", "-q", min=1, show_default=False)]
Price = Annotated[int, typer.Option("--price", "-p", min=1, show_default=False)]


@app.command("list")
def list_approvals(
    ctx: typer.Context,
    status: Annotated[str, typer.Option("--status", show_default=False)] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100_000)] = 20,
) -> None:
    """List approvals, newest first."""
    from hantu.adapters.store.approvals import listed
    from hantu.cli.views.approvals import approvals_table

    shell: Shell = ctx.obj
    found = listed(shell.settings.database, limit=limit, status=status) if shell.settings.database.exists() else ()
    shell.show(found, lambda out: out.print(approvals_table(found)))


@app.command("propose")
def propose(
    ctx: typer.Context,
    side: Annotated[str, typer.Argument(show_default=False)],
    symbol: Symbol,
    quantity: Amount,
    low: Annotated[int, typer.Option("--low", min=1, show_default=False)],
    high: Annotated[int, typer.Option("--high", min=1, show_default=False)],
    note: Annotated[str, typer.Option("--note", show_default=False)] = "",
) -> None:
    """Put one order before a person: at most so many shares inside a price band."""
    from hantu.adapters.store.approvals import propose as file_proposal
    from hantu.domain.account import Side
    from hantu.domain.approval import OrderTerms
    from hantu.runtime.order_desk import SYMBOL

    shell: Shell = ctx.obj
    settings = shell.settings
    if side not in ("buy", "sell") or not SYMBOL.fullmatch(symbol):
        raise UsageError(
            "방향은 buy 또는 sell, 종목은 코드 6자리로 적어 주세요.",
            next_step="예: hantu approvals propose buy 005930 --quantity 10 --low 70000 --high 71000",
        )
    terms = OrderTerms(settings.environment, settings.account.alias, symbol, Side(side), quantity, low, high)
    found = file_proposal(
        settings.database, f"A-{secrets.token_hex(4)}", terms, actor=shell.actor, note=note, valid_s=PROPOSED_S
    )
    _tell(shell, found, "승인을 기다립니다.")


@app.command("approve")
def approve(ctx: typer.Context, ident: Ident) -> None:
    """Approve a pending order."""
    _decide(ctx.obj, ident, approve=True)


@app.command("deny")
def deny(ctx: typer.Context, ident: Ident) -> None:
    """Deny a pending order, or take an approval back that was not used yet."""
    _decide(ctx.obj, ident, approve=False)


@app.command("place")
def place(ctx: typer.Context, ident: Ident, quantity: Amount, price: Price) -> int:
    """Place an approved order through the running guard."""
    from hantu.adapters.store.approvals import listed

    shell: Shell = ctx.obj
    approval = next((row for row in listed(shell.settings.database, limit=100_000) if row.approval_id == ident), None)
    if approval is None:
        raise UsageError(f"승인 {ident} 이(가) 없습니다.", next_step="`hantu approvals list` 로 번호를 확인하세요.")
    issued = shell.guard.request("issue_token", approval_id=ident)
    if "token" not in issued:
        raise _rejected(issued)
    told = shell.guard.request(
        "place_order", token=issued["token"], symbol=approval.terms.symbol, side=approval.terms.side.value,
        quantity=quantity, limit_price=price,
    )  # fmt: skip
    if told["outcome"] == "rejected":
        raise _rejected(told)
    shell.show(told, lambda out: out.print(_outcome_text(told), markup=False))
    return 0 if told["outcome"] in ACCEPTED else 1


@app.command("flow")
def flow(ctx: typer.Context) -> None:
    """Show whether orders by hand are paused."""
    from hantu.adapters.store.order_flow import flow_of

    shell: Shell = ctx.obj
    found = flow_of(shell.settings.database)
    shell.show(found, lambda out: out.print(_flow_text(found), markup=False))


@app.command("resume")
def resume(ctx: typer.Context, note: Annotated[str, typer.Option("--note", show_default=False)]) -> None:
    """Let orders by hand go again, with what was found out about the cause."""
    from hantu.adapters.store.order_flow import resume_flow

    shell: Shell = ctx.obj
    found = resume_flow(shell.settings.database, note, actor=shell.actor)
    shell.show(found, lambda out: out.print("주문 승인과 제출을 다시 엽니다. 원인 분석을 기록했습니다.", markup=False))


@mandate_app.command("sign")
def sign(
    ctx: typer.Context,
    limit: Annotated[list[str] | None, typer.Option("--limit", "-l", show_default=False)] = None,
) -> None:
    """Sign the standing approval for the exit rules as they are now."""
    from hantu.adapters.store.approvals import save_mandate
    from hantu.settings.order_office import new_mandate
    from hantu.settings.order_secret import token_key

    shell: Shell = ctx.obj
    settings = shell.settings
    key = token_key(settings)
    mandate = new_mandate(settings, shell.actor, _limits(limit or []))
    save_mandate(settings.database, key.sign_mandate(mandate), mandate, settings.environment, settings.account.alias)
    _wake_guard(shell)
    _show_mandate(shell)


@mandate_app.command("show")
def show(ctx: typer.Context) -> None:
    """Show the standing approval and whether it holds."""
    _show_mandate(ctx.obj)


@mandate_app.command("revoke")
def revoke(ctx: typer.Context) -> None:
    """Take the standing approval back: profit waits, stops go on."""
    from hantu.adapters.store.approvals import revoke_mandate

    shell: Shell = ctx.obj
    settings = shell.settings
    if not revoke_mandate(settings.database, settings.environment, settings.account.alias, actor=shell.actor):
        raise DeniedError("취소할 상시 승인이 없습니다.", next_step="`hantu approvals mandate show` 로 확인하세요.")
    _wake_guard(shell)
    _show_mandate(shell)


def _decide(shell: Shell, ident: str, *, approve: bool) -> None:
    from hantu.adapters.store.approvals import decide

    found = decide(shell.settings.database, ident, approve=approve, actor=shell.actor, valid_s=APPROVED_S)
    _tell(shell, found, "승인했습니다." if approve else "거절했습니다.")


def _tell(shell: Shell, approval: Any, text: str) -> None:
    from hantu.cli.views.approvals import approvals_table

    def render(out: Any) -> None:
        out.print(f"{approval.approval_id}: {text}", markup=False)
        out.print(approvals_table((approval,)))

    shell.show(approval, render)


def _show_mandate(shell: Shell) -> None:
    from hantu.adapters.store.approvals import newest_mandate
    from hantu.cli.views.approvals import mandate_lines
    from hantu.runtime.mandate_watch import judged
    from hantu.settings.order_secret import rules_hash, token_key

    settings = shell.settings
    row = None
    if settings.database.exists():
        row = newest_mandate(settings.database, settings.environment, settings.account.alias)
    found = judged(row, token_key(settings), rules_hash(settings))
    value = {
        "in_force": found.mandate is not None, "reason": found.reason, "mandate": found.mandate,
        "uses": row.uses if row else 0, "last_used_at": row.last_used_at if row else "",
    }  # fmt: skip
    shell.show(value, lambda out: out.print(mandate_lines(value), markup=False))


def _limits(words: list[str]) -> dict[str, int]:
    limits = {}
    for word in words:
        symbol, _, amount = word.partition("=")
        if not symbol or not amount.isdigit():
            raise UsageError(f"한도 {word!r} 을(를) 읽을 수 없습니다.", next_step="--limit 005930=100 처럼 적으세요.")
        limits[symbol] = int(amount)
    return limits


def _wake_guard(shell: Shell) -> None:
    """A running guard looks by itself every few seconds; asked, it looks now."""
    try:
        shell.guard.request("mandate")
    except NotRunning:
        return
    except HantuError as error:
        shell.note(f"실행 중인 감시에 알리지 못했습니다. 몇 초 안에 스스로 확인합니다. ({error})")


def _flow_text(found: Any) -> str:
    if found.pause is None:
        return f"주문 승인과 제출이 열려 있습니다. 최근 15분 토큰 발급 실패 {found.failures}건."
    return (
        f"멈춤: {found.pause.cause}, {found.pause.paused_at} UTC 부터. 원인을 찾은 뒤 "
        '`hantu approvals resume --note "원인 분석"` 으로 다시 여세요.'
    )


def _rejected(told: dict[str, Any]) -> HantuError:
    detail = f" ({told['detail']})" if told.get("detail") else ""
    return DeniedError(
        f"주문 요청이 거부되었습니다: {told.get('reason', '')}{detail}",
        next_step=str(told.get("hint") or "`hantu approvals list` 로 승인 상태를 확인하세요."),
    )


def _outcome_text(told: dict[str, Any]) -> str:
    words = {
        "accepted": "접수됨: 주문번호 {order_no}",
        "refused": "증권사가 거부함: {code} {reason}",
        "not_sent": "보내지 않음: {code} {reason}",
        "unknown": "결과를 아직 모름: `hantu orders show {intent_id}` 로 확인하세요. 다시 내지 마세요.",
        "asked": "보냈고 답을 기다리는 중: `hantu orders show {intent_id}` 로 확인하세요.",
    }
    return words[told["outcome"]].format(**{"order_no": "", "code": "", "reason": "", "intent_id": "", **told})
