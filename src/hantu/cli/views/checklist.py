"""Checklists as people read them."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from hantu.cli.views.tables import table
from hantu.cli.views.wording import korean_time

MARKS = {"ok": ("정상", "green"), "warn": ("주의", "yellow"), "fail": ("실패", "bold red")}
BESIDE = 60
TITLES = {"daily": "일일 점검", "weekly": "주간 점검", "monthly": "월간 점검", "morning": "개장 전 점검"}


def items_view(kind: str, number: int, items: Sequence[Any], result: str, confirmed: str) -> RenderableType:
    """Return one run: every item with its evidence, and how many stand how."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, style="bold")
    grid.add_column(overflow="fold")
    for item in items:
        word, style = MARKS[item.result]
        text = Text.assemble((item.value, "" if item.result == "ok" else style))
        # What fits beside the value stands there: eleven items are to be seen at once.
        short = len(item.value) + len(item.detail) <= BESIDE
        text.append(f"  {item.detail}" if item.detail and short else "")
        text.append("" if short else "\n" + item.detail.replace(" / ", "\n"))
        text.append(f"\n{item.how}", "dim")
        grid.add_row(Text(word, style), item.title, text)
    counts = Counter(str(item.result) for item in items)
    told = ", ".join(f"{MARKS[mark][0]} {counts[mark]}" for mark in ("fail", "warn", "ok") if counts[mark])
    who = f"확인자 {confirmed}" if confirmed else "확인자 없음 (--confirm 이름)"
    word, style = MARKS[result]
    head = Text.assemble((f"{TITLES[kind]} {number}번", "bold"), ("  항목마다 결과, 근거, 직접 보는 방법", "dim"))
    return Group(head, Text(), grid, Text(f"\n결과: {word} ({told}), {who}", style))


def history_table(runs: Sequence[Any], person: Callable[[str], str]) -> RenderableType:
    """Return earlier runs, newest first."""
    if not runs:
        return Text("점검 기록이 없습니다.")
    found = table("점검 기록", "번호>", "시각", "점검", "결과", "확인자", "주의·실패 항목")
    for run in runs:
        word, style = MARKS[run.result]
        bad = ", ".join(f"{item['title']} {item['value']}" for item in run.items if item["result"] != "ok")
        who = person(run.confirmed_by) if run.confirmed_by else "-"
        found.add_row(
            str(run.run_id), korean_time(run.run_at), TITLES[run.kind], Text(word, style), Text(who), Text(bad)
        )
    return found
