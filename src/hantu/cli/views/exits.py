"""Every exit from the triggering trade to the fill, with the time each step took."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from hantu.cli.views.wording import PURPOSES, korean_time, parse_time, plain

STEPS = (
    ("traded_at", "거래소 체결"),
    ("received_at", "수신"),
    ("decided_at", "판단·기록"),
    ("sent_at", "전송"),
    ("accepted_at", "접수"),
    ("first_fill_at", "첫 체결"),
    ("last_fill_at", "체결 완료"),
)
EXCHANGE_TIMES = ("traded_at", "first_fill_at", "last_fill_at")
"""The exchange tells whole seconds; no millisecond can be counted to or from them."""


def exits_view(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """Return one block per exit."""
    if not rows:
        return Text("청산 기록이 없습니다.")
    return Group(*(part for row in rows for part in (_head(row), _steps(row), Text(""))))


def _head(row: Mapping[str, Any]) -> Text:
    purpose = str(row.get("purpose", ""))
    loss = purpose in ("stop_loss", "trailing_stop")
    slip = row.get("slippage") if row.get("filled") else None
    filled, quantity = row.get("filled") or 0, row.get("quantity") or 0
    return Text.assemble(
        (f"{PURPOSES.get(purpose, purpose)} ", "bold blue" if loss else "bold red"),
        (f"{row.get('name', '')} ({row.get('symbol')})", "bold"),
        f"  {filled:,}/{quantity:,}주  기준 {plain(row.get('level'))}  방아쇠 {plain(row.get('trigger_price'))}",
        f"  체결 {plain(row.get('average_fill_price'))}",
        ("  미끄러짐 " + _slippage(slip), "yellow" if slip and slip < 0 else ""),
        (f"  [{row.get('flow', '')}]", "dim"),
    )


def _slippage(won: int | None) -> str:
    """Say how far from the level the fill was; a sale below it is worse."""
    if won is None:
        return "-"
    return f"{won:+,}원/주 ({'불리' if won < 0 else '유리'})" if won else "0원"


def _steps(row: Mapping[str, Any]) -> Table:
    made = Table.grid(padding=(0, 2))
    made.add_column(width=2)
    made.add_column(style="dim", no_wrap=True)
    made.add_column(no_wrap=True)
    made.add_column(justify="right", no_wrap=True)
    before = None
    for key, label in STEPS:
        moment = parse_time(str(row.get(key) or ""))
        if moment is None:
            made.add_row("", label, "-", "")
            continue
        if key in EXCHANGE_TIMES:
            made.add_row("", label, korean_time(str(row[key]), "%H:%M:%S"), "")
            continue
        took = "" if before is None else f"+{(moment - before).total_seconds() * 1000:,.1f} ms"
        made.add_row("", label, korean_time(str(row[key]), "%H:%M:%S.%f"), took)
        before = moment
    return made
