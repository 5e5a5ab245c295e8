"""Alert text as Slack's Block Kit takes it: header, fields, lines, a footer, within its borders.

Source: https://docs.slack.dev/reference/block-kit/blocks. The border on all blocks
together is not documented; the one here was seen by others.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

from hantu.adapters.notify.layout import SEVERITY_WORDS, Line, LineKind, layout, with_marks
from hantu.domain.delivery import Message
from hantu.telemetry import mask

BLOCKS_MAX = 50
HEADER_MAX = 150
"""Characters of a header; it knows no marks."""
SECTION_MAX = 3_000
FIELDS_MAX = 10
TOTAL_MAX = 13_000
"""Characters of all blocks; beyond it Slack answers ``msg_blocks_too_long``."""
TEXT_MAX = 40_000
"""Characters of ``text``; Slack cuts there, we show that we did."""
BUTTON_LABEL_MAX = 75
FENCE = "\u200b"
"""A space of no width; Slack shows a mark only where a word ends."""
Block: TypeAlias = dict[str, Any]


def escape(text: str) -> str:
    """Return ``text`` with the three signs Slack reads as its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def full_text(message: Message) -> str:
    """Return everything as one text, for when blocks cannot hold it."""
    if not message.alert.long:
        return cut(escape(mask(message.short)), TEXT_MAX)
    return cut(_marked(mask(message.long)), TEXT_MAX)


def preview(message: Message) -> str:
    """Return what a phone shows before the message is opened."""
    return cut(escape(mask(message.short)), SECTION_MAX)


def blocks(message: Message) -> tuple[Block, ...]:
    """Return the message as blocks; empty when it does not fit, then ``full_text`` is to be sent."""
    shape = layout(message)
    title: list[Block] = [{"type": "header", "text": {"type": "plain_text", "text": shape.title, "emoji": True}}]
    if len(shape.title) > HEADER_MAX:
        title = [_section(f"*{escape(shape.title)}*")]
    made = title + [block for lines in shape.paragraphs for block in _paragraph(lines, marked=shape.marked)]
    made += [_footer(message), *_buttons(message)]
    sections = [block["text"]["text"] for block in made if "text" in block]
    fits = len(made) <= BLOCKS_MAX and all(len(text) <= SECTION_MAX for text in sections)
    return tuple(made) if fits and _size(made) <= TOTAL_MAX else ()


def cut(text: str, limit: int) -> str:
    """Return at most ``limit`` characters, with a sign where something is missing and no half escape."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    begun = kept.rfind("&", -5)
    return (kept[:begun] if begun >= 0 and ";" not in kept[begun:] else kept) + "…"


def _paragraph(lines: tuple[Line, ...], *, marked: bool) -> Iterator[Block]:
    """Yield pairs as fields side by side; one alone, and everything else, as lines."""
    pairs: list[Line] = []
    others: list[str] = []
    for line in lines:
        if line.kind is LineKind.PAIR:
            if others:
                yield from _sections(others)
                others = []
            pairs.append(line)
            continue
        if pairs:
            yield from _fields(pairs, marked=marked)
            pairs = []
        text = _marked(line.value) if marked else escape(line.value)
        bullet = line.kind is LineKind.POINT and not line.value[:1].isdigit()
        others.append(f"• {text}" if bullet else text)
    if pairs:
        yield from _fields(pairs, marked=marked)
    yield from _sections(others)


def _fields(pairs: list[Line], *, marked: bool) -> Iterator[Block]:
    if len(pairs) == 1:
        yield _section(f"*{escape(pairs[0].name)}:* {_marked(pairs[0].value) if marked else escape(pairs[0].value)}")
        return
    fields = [{"type": "mrkdwn", "text": f"*{escape(one.name)}*\n{_marked(one.value)}"} for one in pairs]
    for at in range(0, len(fields), FIELDS_MAX):
        yield {"type": "section", "fields": fields[at : at + FIELDS_MAX]}


def _sections(lines: list[str]) -> Iterator[Block]:
    text = ""
    for line in lines:
        piece = cut(line, SECTION_MAX)
        if text and len(text) + 1 + len(piece) > SECTION_MAX:
            yield _section(text)
            text = piece
        else:
            text = f"{text}\n{piece}" if text else piece
    if text:
        yield _section(text)


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _footer(message: Message) -> Block:
    alert = message.alert
    words = f"{SEVERITY_WORDS[alert.severity]} · {alert.category} · {alert.event_type}"
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": escape(words)}]}


def _buttons(message: Message) -> list[Block]:
    if not message.buttons:
        return []
    elements = [
        {
            "type": "button",
            "action_id": f"hantu_{index}",
            "text": {"type": "plain_text", "text": cut(mask(one.label), BUTTON_LABEL_MAX), "emoji": True},
            "value": one.data,
        }
        for index, one in enumerate(message.buttons)
    ]
    return [{"type": "actions", "elements": elements}]


def _marked(text: str) -> str:
    return with_marks(text, escape, ("*", "*"), ("`", "`"), fence=FENCE)


def _size(made: list[Block]) -> int:
    total = 0
    for block in made:
        parts = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
        for part in parts:
            inner = part.get("text", "") if isinstance(part, dict) else ""
            total += len(inner if isinstance(inner, str) else inner.get("text", ""))
    return total
