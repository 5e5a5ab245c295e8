"""One day under two rules, side by side, with what was assumed."""

from typing import TYPE_CHECKING

from hantu.cli.views.wording import DOWN, FLAT, PURPOSES, UP, korean_time, signed

if TYPE_CHECKING:
    from rich.console import Console

    from hantu.harness.ledger import Side, StockRow
    from hantu.harness.what_if import WhatIf


def show(out: "Console", result: "WhatIf", rows: "list[StockRow]", rule: str) -> None:
    """Print the table, its sum and its assumptions."""
    from rich.text import Text

    from hantu.cli.views.tables import table
    from hantu.harness.what_if import ASSUMPTIONS

    made = table(
        f"{result.day}: 실제와 {rule} 의 규칙 (추정)", "종목", "실제로 한 일", "다른 규칙이라면", "손익 차이>", "참고"
    )
    for row in rows:
        style = UP if row.difference > 0 else DOWN if row.difference < 0 else FLAT
        difference = Text(f"{signed(row.difference)}원", style)
        made.add_row(f"{row.name}({row.symbol})", side(row.actual), side(row.other), difference, row.note)
    out.print(made)
    total = sum(row.difference for row in rows)
    out.print(f"손익 차이 합계 {signed(total)}원 (다른 규칙 - 실제, 입력 {result.inputs:,}개)", markup=False)
    out.print("")
    out.print("가정:", style="bold")
    for text in (*ASSUMPTIONS, *dict.fromkeys(result.notes)):
        out.print(f"  · {text}", markup=False, soft_wrap=True)


def side(found: "Side") -> str:
    """Return what one rule did with one stock."""
    lines = []
    for done in found.exits:
        reason = PURPOSES.get(done.purpose, done.purpose)
        why = f" ({done.trigger_price:,}원, 기준 {done.level:,}원)" if done.trigger_price else ""
        lines.append(
            f"{korean_time(done.at, '%H:%M:%S')} {reason}{why} {done.quantity:,}주 @ {done.exit_price:,}원, "
            f"손익 {signed(done.pnl)}원"
        )
    if found.held:
        lines.append(f"{found.held:,}주 보유, 평가 {signed(found.open_pnl)}원")
    return "\n".join(lines) or "-"
