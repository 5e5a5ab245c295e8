"""What may be shown of a stream message that could not be read."""

import re

SHOWN = 200
"""Characters of a message that are ever shown."""
_SECRET = re.compile(
    r'(?i)("(?:iv|key|approval_key|appkey|appsecret|secretkey|personalseckey|tr_key)"\s*:\s*)"[^"]*"?',
)
_HIDDEN = r'\1"***"'
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{16,}")
"""Keys, vectors and cipher texts, whatever damage their surroundings took; no number of a trade is as long."""
_NOTICE = "CNI"
"""Part of every transaction id whose payload names an account."""


def masked(text: str) -> str:
    """Return ``text`` cut to one short line without keys, accounts or notice contents.

    An encrypted or notice payload is replaced by its length; everything that
    could be part of one is treated as one.
    """
    if "{" in text:
        shown = _SECRET.sub(_HIDDEN, text)
    elif text.startswith("1") or _NOTICE in text[:32]:
        head = "|".join(text.split("|", 3)[:3])[:24]
        shown = f"{head}|***({len(text)})"
    else:
        shown = text
    shown = _TOKEN.sub("***", shown)
    line = "".join(char if char.isprintable() else "?" for char in shown[: SHOWN + 1])
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
