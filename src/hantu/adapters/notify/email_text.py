"""One alert as a mail: subject, plain text and HTML, and the headers that keep it from being answered by machines."""

import hashlib
import html
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from hantu.adapters.notify.layout import SEVERITY_WORDS, Line, LineKind, layout, with_marks
from hantu.adapters.notify.telegram_text import to_plain
from hantu.domain.alert import Priority, Severity
from hantu.domain.delivery import Message
from hantu.domain.errors import UsageError
from hantu.domain.session import KST
from hantu.telemetry import mask

SUBJECT_MAX = 120
"""Characters; a phone shows about forty."""
COLOURS = {Severity.INFO: "#1d6fd6", Severity.WARN: "#b26a00", Severity.CRITICAL: "#c62828"}
_FONT = "font-family:-apple-system,'Apple SD Gothic Neo','Malgun Gothic','Noto Sans KR',sans-serif"


def address(text: str, name: str) -> Address:
    """Return one plain address.

    Raises:
        UsageError: It is not one; ``name`` is the setting. The text itself is not repeated.
    """
    try:
        found = Address(addr_spec=text)
    except (ValueError, IndexError):
        found = Address()
    if not found.username or not found.domain or not text.isascii():
        raise UsageError(f"{name} 의 메일 주소 형식이 올바르지 않습니다.", next_step='"me@example.com" 처럼 적으세요.')
    return found


def mail(message: Message, sender: Address, recipient: Address, at: datetime) -> EmailMessage:
    """Return the mail; equal delivery keys give equal Message-IDs, so that a second copy is seen as one."""
    made = EmailMessage(policy=SMTP)
    made["Subject"] = subject(message)
    made["From"] = Address("hantu", sender.username, sender.domain)
    made["To"] = recipient
    made["Date"] = at.astimezone(KST)
    made["Message-ID"] = _identity(message.key, sender)
    if message.thread:
        root = _identity(f"thread:{message.thread}", sender)
        made["In-Reply-To"] = root
        made["References"] = root
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    if message.alert.priority is Priority.EMERGENCY:
        made["Importance"] = "high"
        made["X-Priority"] = "1"
    made.set_content(_plain(message), cte="base64")
    made.add_alternative(_html(message), subtype="html", cte="base64")
    return made


def subject(message: Message) -> str:
    """Return the short text on one line."""
    text = " ".join(mask(message.short).split())
    return text if len(text) <= SUBJECT_MAX else f"{text[: SUBJECT_MAX - 1]}…"


def _identity(key: str, sender: Address) -> str:
    return f"<hantu.{hashlib.sha256(key.encode()).hexdigest()[:32]}@{sender.domain}>"


def _plain(message: Message) -> str:
    text = to_plain(mask(message.long)) if message.alert.long else mask(message.short)
    return f"{text}\n\n-- \n{_footer(message)}\n"


def _footer(message: Message) -> str:
    alert = message.alert
    return f"hantu · {SEVERITY_WORDS[alert.severity]} · {alert.category} · {alert.event_type}"


def _html(message: Message) -> str:
    shape = layout(message)
    body = "".join(_paragraph(lines, marked=shape.marked) for lines in shape.paragraphs)
    colour = COLOURS[message.alert.severity]
    return (
        '<!doctype html><html lang="ko"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"></head>'
        f'<body style="margin:0;padding:16px;background:#f4f5f7;{_FONT};font-size:15px;line-height:1.6;color:#1f2328">'
        f'<div style="max-width:560px;margin:0 auto;background:#fff;border-radius:8px;border-top:4px solid {colour};'
        'padding:20px 24px">'
        f'<h1 style="margin:0 0 12px;font-size:18px;line-height:1.4">{html.escape(shape.title)}</h1>{body}'
        f'<p style="margin:16px 0 0;font-size:12px;color:#6a737d">{html.escape(_footer(message))}</p>'
        "</div></body></html>\n"
    )


def _paragraph(lines: tuple[Line, ...], *, marked: bool) -> str:
    made, open_as = "", ""
    for line in lines:
        wanted = {LineKind.PAIR: "table", LineKind.POINT: "ul", LineKind.TEXT: ""}[line.kind]
        if line.value[:1].isdigit() and line.kind is LineKind.POINT:
            wanted = ""
        if wanted != open_as:
            made += _closing(open_as) + _opening(wanted)
            open_as = wanted
        text = _shown(line.value, marked=marked)
        if wanted == "table":
            name = html.escape(line.name)
            made += (
                f'<tr><td style="padding:2px 16px 2px 0;color:#57606a;white-space:nowrap;vertical-align:top">{name}</td>'
                f'<td style="padding:2px 0">{text}</td></tr>'
            )
        else:
            made += f"<li>{text}</li>" if wanted == "ul" else f'<div style="margin:2px 0">{text}</div>'
    return f'<div style="margin:0 0 12px">{made}{_closing(open_as)}</div>'


def _opening(kind: str) -> str:
    tags = {
        "table": '<table style="border-collapse:collapse;margin:0 0 8px">',
        "ul": '<ul style="margin:0;padding-left:20px">',
    }
    return tags.get(kind, "")


def _closing(kind: str) -> str:
    return f"</{kind}>" if kind else ""


def _shown(text: str, *, marked: bool) -> str:
    if not marked:
        return html.escape(text)
    code = ('<code style="background:#eff1f3;border-radius:4px;padding:1px 5px">', "</code>")
    return with_marks(text, html.escape, ("<b>", "</b>"), code)
