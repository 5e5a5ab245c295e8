"""Draw captured terminal output as an SVG picture: tools/picture.py IN.ansi OUT.svg TITLE [FIRST:LAST]."""

import re
import sys
from html import escape
from itertools import groupby
from pathlib import Path

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME as THEME
from rich.text import Text

CELL_W, LINE_H, SIZE, MARGIN, BAR = 8.4, 19, 14, 14, 34
FONTS = "D2Coding, 'Nanum Gothic Coding', 'Noto Sans Mono CJK KR', Menlo, Consolas, monospace"
SIGNS = re.compile("[\u2300-\u23ff\u25b0-\u27bf\U0001f000-\U0001ffff]")
"""Pictographs keep their own width: fonts disagree about it."""
GROUND, INK, LIGHTS = "#1e1f22", "#c9ccd1", ("#ff5f57", "#febc2e", "#28c840")


def draw(lines: list[Text], title: str) -> str:
    """Return the picture; every run of text is as wide as its terminal cells."""
    columns = max(100, *(line.cell_len for line in lines))
    width, height = columns * CELL_W + 2 * MARGIN, BAR + len(lines) * LINE_H + MARGIN
    head = f'viewBox="0 0 {width:.0f} {height}" font-size="{SIZE}" font-family="{FONTS}" role="img"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {head}><title>{escape(title)}</title>',
        f'<rect width="{width:.0f}" height="{height}" rx="8" fill="{GROUND}"/>',
        *(f'<circle cx="{18 + 18 * n}" cy="17" r="5.5" fill="{colour}"/>' for n, colour in enumerate(LIGHTS)),
        f'<text x="{width / 2:.0f}" y="22" text-anchor="middle" fill="#8b8f96">{escape(title)}</text>',
    ]
    for number, line in enumerate(lines):
        y = BAR + number * LINE_H + SIZE
        parts += [_run(text, style, column, y) for text, style, column in _runs(line)]
    return "\n".join((*parts, "</svg>", ""))


def _runs(line: Text) -> list[tuple[str, Style, int]]:
    """Split a line where style or width of characters changes; blanks are only skipped over."""
    styles = [Style.null()] * len(line.plain)
    for span in line.spans:
        for at in range(span.start, min(span.end, len(styles))):
            styles[at] += Style.parse(span.style) if isinstance(span.style, str) else span.style
    column, found = 0, []
    cells = zip(line.plain, styles, strict=True)
    for (style, wide, blank), group in groupby(cells, lambda cell: (cell[1], cell_len(cell[0]), cell[0] == " ")):
        text = "".join(character for character, _ in group)
        if not blank and wide:
            found.append((text, style, column))
        column += cell_len(text)
    return found


def _run(text: str, style: Style, column: int, y: int) -> str:
    colour = INK
    if style.color is not None:
        colour = style.color.downgrade(ColorSystem.STANDARD).get_truecolor(THEME).hex
    marks = ' font-weight="bold"' if style.bold else ""
    marks += ' opacity="0.6"' if style.dim else ""
    if not SIGNS.search(text):
        marks += f' textLength="{cell_len(text) * CELL_W:.1f}" lengthAdjust="spacingAndGlyphs"'
    return f'<text x="{MARGIN + column * CELL_W:.1f}" y="{y}" fill="{colour}"{marks}>{escape(text)}</text>'


def main() -> None:
    """Read, cut, draw, write."""
    source, target, title, *cut = sys.argv[1:]
    raw = Path(source).read_text(encoding="utf-8").replace("\r\n", "\n").rstrip("\n")
    lines = list(Text.from_ansi(raw).split("\n"))
    if cut:
        first, _, last = cut[0].partition(":")
        lines = lines[int(first or 0) : int(last) if last else None]
    for line in lines:
        line.rstrip()
    Path(target).write_text(draw(lines, title), encoding="utf-8")


if __name__ == "__main__":
    main()
