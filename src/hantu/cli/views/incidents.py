"""Incidents as people read them: the list, one page each, and the closing report."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from hantu.adapters.store.entries import decode_fact
from hantu.adapters.store.timestamps import from_text
from hantu.alerting.log_lines import lines_of
from hantu.cli.views.tables import grid, table
from hantu.cli.views.wording import korean_time
from hantu.domain.session import trading_date

STATES = {
    "open": ("열림", "bold red"), "acknowledged": ("확인함", "yellow"), "escalated": ("미확인, 다시 알림", "bold red"),
    "decided": ("결정함", "cyan"), "closed": ("닫힘", "green"),
}  # fmt: skip
SOURCES = {"fact": "사실", "ended": "원인 종료", "kill": "킬 스위치", "recovery": "복구", "alert": "알림", "ack": "알림 확인",
           "person": "처리"}  # fmt: skip
COLOURS = {"alert": "cyan", "ended": "green", "kill": "bold red", "recovery": "yellow", "ack": "magenta",
           "person": "magenta"}  # fmt: skip
LEVELS = {"ERROR": "red", "CRITICAL": "bold red", "WARNING": "yellow"}
KINDS = {"opened": "장애 열림", "assigned": "담당 지정", "acknowledged": "확인", "alert_acknowledged": "확인", "escalated": "미확인으로 다시 알림",
         "decided": "결정", "bundled": "진단 자료", "closed": "종료"}  # fmt: skip
SHOWN = 200
TEXT_MAX = 160


def incidents_table(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """Return the list, newest first."""
    if not rows:
        return Text("열린 장애가 없습니다.")
    found = table("장애", "번호>", "상태", "시각", "내용", "횟수>", "담당", "결정")
    for row in rows:
        word, style = STATES[row["state"]]
        if row["overdue"]:
            word, style = f"{word} (기한 지남)", "bold red"
        cells = (korean_time(row["opened_at"]), row["title"], str(row["occurrences"]), row["responsible"] or "없음",
                 row["decision"])  # fmt: skip
        found.add_row(str(row["incident_id"]), Text(word, style), *(Text(cell) for cell in cells))
    return found


def incident_view(
    found: Any, moments: Sequence[Any], service: Mapping[str, Any], log: Sequence[str], person: Callable[[str], str]
) -> RenderableType:
    """Return one incident: state of the service, history, last lines of the log."""
    word, style = STATES[found.state]
    parts: list[RenderableType] = [
        Text.assemble((f"장애 {found.incident_id}번 ", "bold"), (word, style), (f"  {found.title}", "bold")),
        Text(),
        _facts(found, service, person),
        Text("\n경과", "bold"),
        _timeline(moments),
        Text("\n마지막 로그", "bold"),
    ]
    parts += [_log_line(line) for line in log] or [Text("로그가 없습니다.")]
    return Group(*parts)


def _facts(found: Any, service: Mapping[str, Any], person: Callable[[str], str]) -> RenderableType:
    facts = [
        ("원인", f"{found.cause.rstrip(':')} ({found.occurrences}회, 마지막 {korean_time(found.last_at)})"),
        ("흐름 ID", found.correlation_id or "-"),
        ("담당", person(found.assignee) if found.assignee else "없음"),
        ("확인", f"{person(found.acked_by)} {korean_time(found.acked_at)}" if found.acked_at else "아직 없음"),
        ("결정", f"{found.decision} - {person(found.decided_by)} {korean_time(found.decided_at)}" if found.decided_at
         else "아직 없음"),
        ("서비스", str(service.get("verdict", ""))),
    ]  # fmt: skip
    if found.report:
        facts.append(("보고서", found.report))
    elif not found.closed_at:
        facts.append(("다음", _next_step(found)))
    return grid(facts, columns=1)


def _next_step(found: Any) -> str:
    if not found.acked_at:
        return f"hantu incidents ack {found.incident_id}"
    if not found.decided_at:
        return f'hantu incidents decide {found.incident_id} observe --reason "이유"  (또는 hotfix, rollback, restart, none)'
    return f'hantu incidents close {found.incident_id} --summary "맺음말"'


def _timeline(moments: Sequence[Any]) -> RenderableType:
    made = Table.grid(padding=(0, 2))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(no_wrap=True)
    made.add_column(overflow="fold")
    for one in moments[:SHOWN]:
        made.add_row(korean_time(one.at), Text(SOURCES[one.source], COLOURS.get(one.source, "")), Text(_words(one)))
    if len(moments) > SHOWN:
        made.add_row("", "", f"… 외 {len(moments) - SHOWN}건")
    return made


def _log_line(line: str) -> Text:
    style = next((style for level, style in LEVELS.items() if f"[{level}]" in line), "dim")
    return Text(line, style, no_wrap=True, overflow="ellipsis")


def timeline_text(moments: Sequence[Any]) -> str:
    """Return the time line, one line each; a long one is cut and says so."""
    lines = [f"{korean_time(one.at)}  {SOURCES[one.source]:<6} {_words(one)}" for one in moments[:SHOWN]]
    if len(moments) > SHOWN:
        lines.append(f"… 외 {len(moments) - SHOWN}건")
    return "\n".join(lines)


def _words(one: Any) -> str:
    """Return what a moment says: facts as the log tells them, what people did with their names."""
    text: str = one.text if len(one.text) <= TEXT_MAX else one.text[:TEXT_MAX] + "…"
    if one.source == "alert":
        return text
    if one.source in ("person", "ack"):
        who = f" [{one.who}]" if one.who else ""
        return f"{KINDS.get(one.kind, one.kind)}{who}  {text}".rstrip()
    try:
        fact = decode_fact(one.kind, one.text)
    except ValueError:
        fact = None
    if fact is None:
        # A newer or a damaged row: what is there is shown as it is.
        return f"{one.kind}  {text}"
    return " / ".join(line.text for line in lines_of(fact, trading_date(from_text(one.at))))


def report_text(found: Any, moments: Sequence[Any], summary: str) -> str:
    """Return the report of an incident, in Korean, as text that needs no program to be read."""
    lines = [
        f"# 장애 보고서 {found.incident_id}번",
        "",
        f"- 내용: {found.title}",
        f"- 원인 구분: {found.cause} (흐름 {found.correlation_id or '-'})",
        f"- 발생: {korean_time(found.opened_at)} (같은 원인 {found.occurrences}회, 마지막 {korean_time(found.last_at)})",
        f"- 담당: {found.assignee or '없음'}",
        f"- 확인: {_act(found.acked_by, found.acked_at)}",
        f"- 기한 내 미확인으로 다시 알림: {korean_time(found.escalated_at) if found.escalated_at else '없음'}",
        f"- 결정: {found.decision or '없음'} ({_act(found.decided_by, found.decided_at)})",
        f"- 종료: {_act(found.closed_by, found.closed_at)}",
        "",
        "## 맺음말",
        "",
        summary or "(아직 닫지 않음)",
        "",
        "## 경과 (한국 시각)",
        "",
        timeline_text(moments),
        "",
    ]
    return "\n".join(lines)


def _act(who: str, at: str) -> str:
    return f"{who}, {korean_time(at)}" if at else "없음"
