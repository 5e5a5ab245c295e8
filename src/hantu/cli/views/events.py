"""One line per recorded event: the story where there is one, else the fields that matter."""

import json
from typing import Any

from rich.text import Text

from hantu.cli.views.story import tell
from hantu.cli.views.wording import korean_time
from hantu.domain.journey_words import state_word

FIELD_TEXT_MAX = 160


def event_line(row: Any) -> Text:
    """Return the line of one event: Korean time, type, what happened."""
    line = tell(row.event_type, row.payload)
    text = f"{line[0]}: {line[1]}" if line is not None else _plain(row.event_type, row.payload)
    return Text.assemble(
        (korean_time(row.timestamp), "dim"),
        "  ",
        (f"{row.event_type:24}", "cyan"),
        "  ",
        (text, line[2] if line is not None else ""),
    )


def _plain(event_type: str, payload: Any) -> str:
    if event_type == "session_state_changed":
        return f"상태: {state_word(payload['before'])} → {state_word(payload['after'])}"
    return _fields(payload)


def _fields(payload: Any) -> str:
    shown = {key: value for key, value in dict(payload).items() if value not in ("", 0, [], None, False)}
    text = " ".join(
        f"{key}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for key, value in shown.items()
    )
    return text if len(text) <= FIELD_TEXT_MAX else text[: FIELD_TEXT_MAX - 1] + "…"
