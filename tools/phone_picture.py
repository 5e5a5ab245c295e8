"""Draw a conversation on a phone as an SVG picture: tools/phone_picture.py IN.json OUT.svg TITLE [EMOJI.ttf].

The file is a list of bubbles: ``mine``, ``text``, ``marks`` (offsets in UTF-16 units), ``buttons`` (rows of labels),
``edited``, ``time``. Several people stand side by side, one column for each list of the file.

With a colour font of pictographs (and Pillow) these are put in as pictures, for programs that draw them in one
colour: ``rsvg-convert -z 1.25 -o docs/images/phone.png OUT.svg``.
"""

import base64
import io
import itertools
import json
import sys
import unicodedata
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

FONTS = "'Nanum Gothic', NanumGothic, 'Noto Sans CJK KR', 'Apple SD Gothic Neo', sans-serif"
EMOJI_FONTS = "'Noto Color Emoji', 'Apple Color Emoji', 'Segoe UI Emoji'"
CODE_FONTS = "NanumGothicCoding, D2Coding, monospace"
SIZE, LINE_H, PAD, GAP = 14, 21, 11, 10
COLUMN_W, BUBBLE_W, HEAD_H, EDGE = 430, 350, 54, 16
COLUMN_H = 1_260
"""A longer conversation goes on in the next column."""
GROUND, HEAD, MINE, THEIRS, BUTTON = "#d7e3ee", "#517da2", "#e3ffca", "#ffffff", "#7fa0bd"
INK, DIM, CODE = "#17212b", "#7b8a96", "#a5483a"


PICTURE_W = 21
"""Pixels a pictograph and its space take at the beginning of a line."""
PICTURES: dict[str, str] = {}
"""Pictograph → its picture as a data address."""


@dataclass
class Line:
    """One line of a bubble: runs of text with their style."""

    runs: list[tuple[str, str]] = field(default_factory=list)

    @property
    def width(self) -> float:
        """Pixels, as wide fonts make it."""
        return sum(width_of(text, style) for text, style in self.runs)


def width_of(text: str, style: str = "") -> float:
    """Return the pixels of a text; Korean and pictographs are a full square."""
    return sum(_sign_w(char, style) for char in text)


def _sign_w(char: str, style: str) -> float:
    if unicodedata.combining(char) or char in "\ufe0f\u200d":
        return 0.0
    if unicodedata.east_asian_width(char) in "WF" or ord(char) > 0x2BFF:
        return SIZE * (1.18 if ord(char) > 0x1F000 else 0.93)
    if style == "code":
        return SIZE * 0.5
    narrow = 0.32 if char in " .,:;'|!/()[]ilj-~·" else 0.6
    return SIZE * (narrow + (0.03 if style == "bold" else 0))


def styled(text: str, marks: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return every sign with its style."""
    found, at = [], 0
    for char in text:
        style = next((one["type"] for one in marks if one["offset"] <= at < one["offset"] + one["length"]), "")
        found.append((char, style))
        at += len(char.encode("utf-16-le")) // 2
    return found


def wrapped(text: str, marks: list[dict[str, Any]]) -> list[Line]:
    """Return a text as lines that fit a bubble; words stay whole where they can."""
    lines, line, word = [], Line(), Line()

    def put() -> None:
        nonlocal line, word
        if line.runs and line.width + word.width > BUBBLE_W - 2 * PAD:
            lines.append(line)
            line = Line()
        line.runs += word.runs
        word = Line()

    for char, style in [*styled(text, marks), ("\n", "")]:
        if char == "\n":
            put()
            lines.append(line)
            line = Line()
            continue
        word.runs.append((char, style))
        if char == " ":
            put()
    while lines and not lines[-1].runs:
        lines.pop()
    return lines


def shown_text(runs: list[tuple[str, str]], x: float, y: float, colour: str) -> str:
    """Return one line of text; a pictograph that leads it stands by itself."""
    parts, first = [], runs[0][0] if runs else ""
    mark = "".join(itertools.takewhile(_picture, first))
    if mark:
        runs = [(first[len(mark) :].lstrip(" "), runs[0][1]), *runs[1:]]
        drawn = PICTURES.get(mark[0])
        if drawn:
            parts.append(f'<image href="{drawn}" x="{x:.0f}" y="{y - 13:.0f}" width="16" height="16"/>')
        else:
            parts.append(f'<text x="{x:.0f}" y="{y:.0f}" font-family="{EMOJI_FONTS}" font-size="13">{mark}</text>')
        x += PICTURE_W
    inner = ""
    for text, style in runs:
        extra = {"bold": ' font-weight="bold"', "code": f' font-family="{CODE_FONTS}" fill="{CODE}"'}.get(style, "")
        inner += f"<tspan{extra}>{escape(text)}</tspan>"
    parts.append(f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}" xml:space="preserve">{inner}</text>')
    return "".join(parts)


def _picture(char: str) -> bool:
    return ord(char) > 0x1F000 or char in "\ufe0f⏸⛔⌛✅❌❗▶⚠"


def pictures_of(font: Path, texts: str) -> dict[str, str]:
    """Return every pictograph of ``texts`` drawn with a colour font of bitmaps."""
    from PIL import Image, ImageDraw, ImageFont

    size = 109  # the one size of Noto's bitmaps
    face, found = ImageFont.truetype(str(font), size), {}
    for char in sorted({char for char in texts if _picture(char) and char != "\ufe0f"}):
        image = Image.new("RGBA", (136, 128), (0, 0, 0, 0))
        ImageDraw.Draw(image).text((0, 0), char, font=face, embedded_color=True)
        data = io.BytesIO()
        image.resize((48, 45)).save(data, "PNG")
        found[char] = "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()
    return found


def joined(line: Line) -> list[tuple[str, str]]:
    """Return runs of one style as one text."""
    runs: list[tuple[str, str]] = []
    for text, style in line.runs:
        if runs and runs[-1][1] == style:
            runs[-1] = (runs[-1][0] + text, style)
        else:
            runs.append((text, style))
    return runs


def bubble(one: dict[str, Any], left: float, top: float) -> tuple[list[str], float]:
    """Return one bubble with its buttons, and how high it is."""
    lines = wrapped(one["text"], one["marks"])
    stamp = f"{'수정됨 ' if one['edited'] else ''}{one['time']}"
    stamp_w = width_of(stamp) * 0.8 + 8
    wide = max([line.width for line in lines] + [lines[-1].width + stamp_w if len(lines) == 1 else stamp_w])
    width = min(BUBBLE_W, max(wide + 2 * PAD, 210.0 if one["buttons"] else 60.0))
    alone = lines[-1].width + stamp_w + 2 * PAD > width
    height = len(lines) * LINE_H + 2 * PAD - 5 + (14 if alone else 0)
    x = left + COLUMN_W - EDGE - width if one["mine"] else left + EDGE
    colour = MINE if one["mine"] else THEIRS
    parts = [f'<rect x="{x:.0f}" y="{top:.0f}" width="{width:.0f}" height="{height:.0f}" rx="11" fill="{colour}"/>']
    for number, line in enumerate(lines):
        y = top + PAD + number * LINE_H + SIZE - 1
        parts.append(shown_text(joined(line), x + PAD, y, INK))
    parts.append(
        f'<text x="{x + width - PAD + 2:.0f}" y="{top + height - 7:.0f}" font-size="11" fill="{DIM}" '
        f'text-anchor="end">{escape(stamp)}</text>'
    )
    for row in one["buttons"]:
        height += 4
        each = (width - 4 * (len(row) - 1)) / len(row)
        for index, label in enumerate(row):
            bx = x + index * (each + 4)
            parts.append(
                f'<rect x="{bx:.0f}" y="{top + height:.0f}" width="{each:.0f}" height="32" rx="8" fill="{BUTTON}"/>'
            )
            wide = width_of(label)
            parts.append(shown_text([(label, "")], bx + (each - wide) / 2, top + height + 21, "white"))
        height += 32
    return parts, height


def draw(columns: list[dict[str, Any]], title: str) -> str:
    """Return the picture."""
    parts: list[str] = []
    owners: list[str] = []
    bottom = 0.0
    for column in columns:
        top: float = COLUMN_H
        for one in column["bubbles"]:
            if top >= COLUMN_H or top + bubble(one, 0, 0)[1] > COLUMN_H + 60:
                owners.append(column["who"])
                top = HEAD_H + GAP
            shown, height = bubble(one, (len(owners) - 1) * COLUMN_W, top)
            parts += shown
            top += height + GAP
            bottom = max(bottom, top)
    width, height = COLUMN_W * len(owners), bottom + 4
    heads = []
    for number, who in enumerate(owners):
        left = number * COLUMN_W
        heads.append(f'<rect x="{left}" y="0" width="{COLUMN_W}" height="{HEAD_H}" fill="{HEAD}"/>')
        heads.append(f'<circle cx="{left + 34}" cy="27" r="17" fill="#7fb3e0"/>')
        heads.append(f'<text x="{left + 34}" y="33" fill="white" font-size="17" text-anchor="middle">h</text>')
        heads.append(f'<text x="{left + 62}" y="25" fill="white" font-weight="bold">hantu</text>')
        heads.append(f'<text x="{left + 62}" y="42" fill="#cfe0ee" font-size="12">{escape(who)}</text>')
        if number:
            heads.append(f'<rect x="{left - 1}" y="0" width="2" height="{height:.0f}" fill="#b3c4d2"/>')
    head = f'viewBox="0 0 {width} {height:.0f}" width="{width}" height="{height:.0f}" font-size="{SIZE}" font-family="{FONTS}"'
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" {head} role="img"><title>{escape(title)}</title>',
            f'<rect width="{width}" height="{height:.0f}" fill="{GROUND}"/>', *parts, *heads, "</svg>", "",
        )
    )  # fmt: skip


def main() -> None:
    """Read, draw, write."""
    source, target, title, *font = sys.argv[1:]
    text = Path(source).read_text(encoding="utf-8")
    columns = json.loads(text)
    if font:
        PICTURES.update(pictures_of(Path(font[0]), text))
    Path(target).write_text(draw(columns, title), encoding="utf-8")


if __name__ == "__main__":
    main()
