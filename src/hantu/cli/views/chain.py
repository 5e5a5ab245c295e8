"""Why an order exists: its events in causal order, indented by cause."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text
from rich.tree import Tree

from hantu.cli.views import story, story_en
from hantu.cli.views.wording import korean_time, parse_time

DETAILS_MAX = 8
KO = {"flow": "흐름", "alert": "알림", "sent": "{} 전달", "waiting": "전달 대기", "after": "+{:.1f}초"}
EN = {"flow": "Flow", "alert": "alert", "sent": "delivered by {}", "waiting": "waiting", "after": "+{:.1f} s"}


def chain_view(rows: Sequence[Mapping[str, Any]], lang: str = "ko") -> Tree:
    """Return the events of a flow: cause above, effect below, indented only where a cause had several effects.

    Every line says when it was (Korean time) and how long after the first one.
    """
    words = EN if lang == "en" else KO
    effects = Counter(str(row.get("causation_id") or "") for row in rows)
    root = Tree(Text(f"{words['flow']} {rows[0].get('correlation_id') or '-'}", "bold"), guide_style="dim")
    branches: dict[str, Tree] = {}
    first = parse_time(rows[0].get("timestamp"))
    for row in rows:
        branch = branches.get(str(row.get("causation_id") or ""), root)
        moment = parse_time(row.get("timestamp"))
        after = (moment - first).total_seconds() if moment is not None and first is not None else 0.0
        node = branch.add(_label(row, words, after, lang))
        several = effects[str(row["event_id"])] > 1
        branches[str(row["event_id"])] = node if several else branch
    return root


def _label(row: Mapping[str, Any], words: Mapping[str, str], after_s: float, lang: str) -> Text:
    payload = row.get("payload") or {}
    event_type = str(row["event_type"])
    line = story_en.tell(event_type, payload) if lang == "en" else None
    line = line or story.tell(event_type, payload)
    text = Text.assemble((korean_time(row.get("timestamp"), "%H:%M:%S.%f"), "dim"), "  ")
    if after_s >= 0.05:
        text.append(f"{words['after'].format(after_s)}  ", "dim")
    if line is not None:
        text.append(f"{line[0]}: ", line[2] or "bold").append(line[1])
    else:
        shown = [f"{key}={value}" for key, value in payload.items() if value not in ("", 0, [], None, False)]
        text.append(" ".join(shown[:DETAILS_MAX]))
    text.append(f"  {event_type}", "cyan")
    for alert in row.get("alerts") or ():
        arrived = words["sent"].format(alert["channel"]) if alert.get("sent_at") else words["waiting"]
        text.append(f"\n{words['alert']} ({arrived}): {alert['message']}", "green")
    return text
