"""A backtest in words."""

from hantu.strategies.backtest import ASSUMPTIONS, Report

SHOWN = 20
WHY = {"stop_loss": "손절", "take_profit": "익절"}


def backtest_lines(report: Report, written: str | None) -> str:
    """Return what came of it, with the assumptions it rests on."""
    days = f"{report.days[0]} ~ {report.days[-1]}" if len(report.days) > 1 else "".join(report.days)
    costs = sum(deal.costs for deal in report.deals)
    lines = [
        f"{report.name}: {report.source}, {days}, 체결가 {report.trades_seen:,}건",
        f"제안 {report.proposals}건, 체결된 주문 {report.orders_filled}건, 끝난 거래 {len(report.deals)}건 (이익 {report.wins}건)",
        f"손익 {report.pnl:+,}원 (실현 {report.realized:+,}원, 수수료·세금 {costs:,}원 뺌), 처음 현금 {report.cash:,}원",
        f"최대 낙폭 {report.drawdown:,}원 ({report.drawdown_bps / 100:.2f}%)",
    ]
    lines += [
        f"  {deal.symbol} {deal.quantity}주 {deal.entry_at} {deal.entry_price:,}원 → {deal.exit_at} "
        f"{deal.exit_price:,}원, {deal.pnl:+,}원 ({WHY.get(deal.why, deal.why)})"
        for deal in report.deals[:SHOWN]
    ]
    if len(report.deals) > SHOWN:
        lines.append(f"  … 나머지 {len(report.deals) - SHOWN}건은 --json 으로 볼 수 있습니다.")
    if report.held:
        lines.append("남은 보유: " + ", ".join(f"{symbol} {shares}주" for symbol, shares in report.held.items()))
    lines += ["가정:", *(f"  - {text}" for text in ASSUMPTIONS)]
    if written:
        lines.append(f"그림: {written}")
    return "\n".join(lines)
