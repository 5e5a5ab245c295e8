"""Why an order exists: its events in causal order, indented by cause."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text
from rich.tree import Tree

from hantu.cli.views.story import tell
from hantu.cli.views.wording import korean_time

DETAILS_MAX = 8


def chain_view(rows: Sequence[Mapping[str, Any]]) -> Tree:
    """Return the events of a flow: cause above, effect below, indented only where a cause had several effects."""
    effects = Counter(str(row.get("causation_id") or "") for row in rows)
    root = Tree(Text(f"흐름 {rows[0].get('correlation_id') or '-'}", "bold"), guide_style="dim")
    branches: dict[str, Tree] = {}
    for row in rows:
        branch = branches.get(str(row.get("causation_id") or ""), root)
        node = branch.add(_label(row))
        several = effects[str(row["event_id"])] > 1
        branches[str(row["event_id"])] = node if several else branch
    return root


def _label(row: Mapping[str, Any]) -> Text:
    payload = row.get("payload") or {}
    line = tell(str(row["event_type"]), payload)
    text = Text.assemble((korean_time(row.get("timestamp"), "%H:%M:%S.%f"), "dim"), "  ")
    if line is not None:
        text.append(f"{line[0]}: ", line[2] or "bold").append(line[1])
    else:
        shown = [f"{key}={value}" for key, value in payload.items() if value not in ("", 0, [], None, False)]
        text.append(" ".join(shown[:DETAILS_MAX]))
    text.append(f"  {row['event_type']}", "cyan")
    for alert in row.get("alerts") or ():
        arrived = f"{alert['channel']} 전달" if alert.get("sent_at") else "전달 대기"
        text.append(f"\n알림 ({arrived}): {alert['message']}", "green")
    return text
