"""Alert text as Telegram takes it: escaped HTML, cut at line borders, or without markup."""

import re

LIMIT = 4_096
"""Characters of one message; counted as UTF-16 units, tags included, to stay below it."""
MARKS = re.compile(r"(?<!\*)\*\*(?!\*)(.+?)(?<!\*)\*\*(?!\*)|(?<!\*)\*(?!\*)(.+?)(?<!\*)\*(?!\*)|`(.+?)`")
"""``**bold**``, ``*bold*``, code; three stars are a hidden secret and no mark."""


def to_html(text: str) -> str:
    """Return ``text`` escaped, with ``*bold*``, ``**bold**`` and code marks as tags."""
    return MARKS.sub(_tag, _escape(text))


def to_plain(text: str) -> str:
    """Return what a person sees of ``text``: the marks removed."""
    return MARKS.sub(lambda match: match[1] or match[2] or match[3], text)


def parts(text: str, *, html: bool, marked: bool = True) -> tuple[str, ...]:
    """Return ``text`` as messages of at most ``LIMIT``, cut between lines.

    ``marked`` False takes every sign literally. A line that is too long by itself
    is cut anywhere and loses its marks, so that no tag is cut.
    """
    result: list[str] = []
    current = ""
    for line in text.split("\n"):
        for piece in _pieces(line, html=html, marked=marked):
            joined = f"{current}\n{piece}" if current else piece
            if _size(joined) > LIMIT:
                result.append(current)
                current = piece
            else:
                current = joined
    result.append(current)
    return tuple(part for part in (one.strip("\n") for one in result) if part)


def _pieces(line: str, *, html: bool, marked: bool) -> list[str]:
    whole = _rendered(line, html=html, marked=marked)
    if _size(whole) <= LIMIT:
        return [whole]
    seen = to_plain(line) if marked else line
    # One character grows to at most five ("&amp;"), so this many always fit.
    step = LIMIT // 5
    return [_rendered(seen[at : at + step], html=html, marked=False) for at in range(0, len(seen), step)]


def _rendered(text: str, *, html: bool, marked: bool) -> str:
    if not html:
        return to_plain(text) if marked else text
    return to_html(text) if marked else _escape(text)


def _size(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _tag(match: re.Match[str]) -> str:
    if match[3]:
        return f"<code>{match[3]}</code>"
    return f"<b>{match[1] or match[2]}</b>"
