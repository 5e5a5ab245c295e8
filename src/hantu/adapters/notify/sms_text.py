"""Alert text as Korean carriers take it: EUC-KR, 90 bytes for a short message, 2,000 for a long one.

Rule of length: what fits in 90 bytes is an SMS. What does not becomes an LMS, which
needs mobile data on the phone; so an emergency is cut to one SMS instead, before a
character and never inside a number, and ends in ``…``. When it happened is kept.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from hantu.domain.alert import Priority
from hantu.domain.delivery import Message
from hantu.telemetry import mask

SMS_BYTES = 90
LMS_BYTES = 2_000
SUBJECT_BYTES = 40
CUT = "…"
SUBJECT = "hantu 알림"
SIGNS = {
    "🚨": "[긴급]", "⚠": "※", "❌": "\u00d7", "✅": "○", "📉": "▼", "📈": "▲", "⏹": "■", "⏰": "◎", "🔔": "◎",
    "₩": "￦", "\u2212": "-", "\u2013": "-", "\u2014": "-", "•": "·", "\u00a0": " ", "✓": "○", "\u2139": "", "❓": "?", "➡": "→",
}  # fmt: skip
"""Signs EUC-KR lacks and what stands for them; a letter without a stand-in becomes ``?``, a picture nothing."""
_UNSPOKEN = frozenset({"Cc", "Cf", "Me", "Mn", "Sk", "So"})
"""Pictures, and signs without a width of their own."""
_NUMBER = re.compile(r"[+-]?\d(?:[\d,.]{0,20}\d)?%?")
_DOUBLED = re.compile(r"\[긴급\]\s*긴급:\s*")


@dataclass(frozen=True, slots=True)
class SmsText:
    """What is handed to a gateway."""

    kind: Literal["SMS", "LMS"]
    text: str


def sms(message: Message) -> SmsText:
    """Return the short text by the rule above."""
    text = to_euc_kr(mask(message.short))
    if size(text) <= SMS_BYTES:
        return SmsText("SMS", text)
    if message.alert.priority is Priority.EMERGENCY:
        note = to_euc_kr(mask(message.late_note))
        if not note or size(note) > SMS_BYTES // 2 + 5:
            return SmsText("SMS", cut(text, SMS_BYTES))
        event = to_euc_kr(mask(message.alert.short))
        return SmsText("SMS", f"{cut(event, SMS_BYTES - size(note) - 1)} {note}")
    return SmsText("LMS", cut(text, LMS_BYTES))


def to_euc_kr(text: str) -> str:
    """Return ``text`` in characters every Korean phone shows, one or two bytes each."""
    shown = "".join(_sign(char) for char in unicodedata.normalize("NFC", text))
    lines = (" ".join(line.split()) for line in shown.split("\n"))
    return _DOUBLED.sub("[긴급] ", "\n".join(lines).strip())


def size(text: str) -> int:
    """Return the bytes of a text ``to_euc_kr`` has made."""
    return len(text.encode("euc_kr"))


def cut(text: str, limit: int) -> str:
    """Return at most ``limit`` bytes of a text; a number is shown whole or not at all."""
    if size(text) <= limit:
        return text
    kept = ""
    for char in text:
        if size(kept) + size(char) > limit - size(CUT):
            break
        kept += char
    for number in _NUMBER.finditer(text):
        if number.start() < len(kept) < number.end():
            kept = kept[: number.start()]
    return kept.rstrip() + CUT


def _sign(char: str) -> str:
    if char in SIGNS:
        return SIGNS[char]
    if char in "\n\t":
        return char
    try:
        # The codec spells rare syllables in eight bytes, which no phone reads.
        if len(char.encode("euc_kr")) <= 2 and unicodedata.category(char) != "Cc":
            return char
    except UnicodeEncodeError:
        pass
    return "" if unicodedata.category(char) in _UNSPOKEN else "?"
