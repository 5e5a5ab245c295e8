"""The look of every table: light lines, right-aligned numbers, nothing cut in the middle."""

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

WHOLE = frozenset({"의도 ID", "주문번호", "시각"})
"""Columns to be copied from: never broken over two lines."""


def table(title: str, *columns: str) -> Table:
    """Return an empty table; a column name ending in ``>`` is aligned right."""
    made = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
        padding=(0, 1),
    )
    for name in columns:
        right = name.endswith(">")
        made.add_column(
            name.rstrip(">"), justify="right" if right else "left", no_wrap=right or name in WHOLE, overflow="fold"
        )
    return made


def grid(facts: Sequence[tuple[str, str]], columns: int) -> Table:
    """Return label and value pairs side by side."""
    made = Table.grid(padding=(0, 2))
    for _ in range(columns):
        made.add_column(style="dim", no_wrap=True)
        made.add_column(overflow="fold")
    for start in range(0, len(facts), columns):
        row = facts[start : start + columns]
        cells = [Text(cell) for fact in row for cell in fact]
        made.add_row(*cells, *[""] * (2 * (columns - len(row))))
    return made
