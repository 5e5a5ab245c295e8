"""Alerts, their stories, silences and counts as people read them."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from rich.console import Group, RenderableType
from rich.text import Text

from hantu.cli.views.tables import grid, table
from hantu.cli.views.wording import korean_time

Rows = Sequence[Mapping[str, Any]]
WEEKDAYS = "일월화수목금토"
BAR = 30
"""Longest bar of a count, in columns."""


def alerts_table(rows: Rows) -> RenderableType:
    """Return recent alerts and whether they arrived."""
    if not rows:
        return Text("알림이 없습니다.")
    found = table("알림", "번호>", "시각", "중요도", "메시지", "전달")
    styles = {"CRITICAL": "bold red", "WARN": "yellow"}
    for row in rows:
        severity = str(row.get("severity", ""))
        found.add_row(
            str(row.get("alert_id", "")),
            korean_time(row.get("event_at") or row.get("sent_at")),
            Text(severity, styles.get(severity, "")),
            str(row.get("message", "")),
            _delivery(row),
        )
    return found


def _delivery(row: Mapping[str, Any]) -> Text:
    channel = str(row.get("channel") or "")
    if row.get("sent_at"):
        return Text(f"{channel} {korean_time(row['sent_at'], '%H:%M:%S')}", "green")
    if row.get("given_up"):
        return Text(f"{channel} 포기: {row.get('last_error', '')}", "red")
    tries = row.get("attempts") or 0
    return Text(f"{channel} 대기 중" + (f" ({tries}번 실패)" if tries else ""), "yellow")


def alert_view(rows: Sequence[Any]) -> RenderableType:
    """Return one alert: what it said, and what each channel made of it."""
    one = rows[0]
    facts = [
        ("번호", str(one.alert_id)),
        ("메시지", one.message),
        ("발생", korean_time(one.event_at)),
        ("종류", f"{one.event_type} ({one.category}, {one.severity}, {one.priority})"),
    ]
    facts += [("전달", _delivery(msgspec.to_builtins(row)).plain) for row in rows]
    return grid(facts, columns=1)


def story_view(message: str, lines: Sequence[str]) -> str:
    """Return the judgements of one alert, a line each."""
    return "\n".join((message, *(lines or ("아직 판단한 기록이 없습니다.",))))


def silences_table(rows: Sequence[Any]) -> RenderableType:
    """Return silences, newest first."""
    if not rows:
        return Text("침묵이 없습니다.")
    found = table("침묵", "번호>", "무엇", "끝", "누가", "왜", "막은 수>")
    for row in rows:
        what = [word for word in (row.event_type, row.symbol, row.category, row.priority) if word]
        marks = [word for word, on in (("점검", row.maintenance), ("긴급 포함", row.emergency)) if on]
        ends = korean_time(row.expires_at) if row.active else "끝남"
        found.add_row(str(row.silence_id), " ".join((*what, *marks)), ends, row.author, row.comment, str(row.muted))
    return found


def stats_view(found: Any) -> RenderableType:
    """Return counts with bars: per type, hour and weekday."""
    days = {WEEKDAYS[int(day)]: count for day, count in found.per_weekday.items()}
    hours = {f"{hour}시": count for hour, count in found.per_hour.items()}
    parts = (("종류별", found.per_type), ("시간대별", hours), ("요일별", days))
    return Group(Text(f"알림 {found.total}건"), *(_bars(title, counts) for title, counts in parts))


def _bars(title: str, counts: Mapping[str, int]) -> RenderableType:
    made = table(title, "값", "건수>", "")
    most = max(counts.values(), default=1)
    for name, count in counts.items():
        made.add_row(name, str(count), "█" * max(1, round(BAR * count / most)))
    return made
