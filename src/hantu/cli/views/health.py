"""The health screen: one line that says it all, then components, counts and delays."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from hantu.alerting.wording import component_word, grade_word, health_word
from hantu.cli.views.jobs import STATES as JOB_STATES
from hantu.cli.views.tables import grid, table
from hantu.cli.views.wording import seconds

STYLES = {"ok": "green", "warn": "yellow", "down": "bold red", "not_expected": "dim"}
JOB_STYLES = {
    "running": "green", "waiting": "yellow", "paused": "yellow", "failed": "bold red", "broken": "bold red",
}  # fmt: skip
GRADE_STYLES = {"normal": "", "warning": "yellow", "danger": "bold red"}
MEASURES = {
    "strategy_run_seconds": "판단 시간",
    "trigger_to_send_seconds": "시세→주문",
    "order_send_seconds": "주문 생성→전송",
    "order_answer_seconds": "주문 전송→응답",
    "fill_notice_delay_seconds": "체결 통보 지연",
    "api_seconds": "API 응답",
    "data_delay_seconds": "시세 지연",
}
STAGES = (
    ("손절 신호", ("stop_loss_reached",)),
    ("익절 신호", ("take_profit_reached",)),
    ("추가매수 신호", ("add_buy_opportunity",)),
    ("주문 접수", ("order_accepted",)),
    ("주문 실패", ("order_rejected_broker", "order_not_sent")),
    ("결과 미확인", ("order_unresolved",)),
    ("체결", ("order_filled",)),
    ("체결 지연", ("fill_unconfirmed",)),
)
Found = Mapping[str, Any]


def status_view(status: Found, counts: Found, sentence: str, dangers: Sequence[str], width: int) -> RenderableType:
    """Return the whole picture for people."""
    health = status.get("health") or {}
    head = Text(sentence, "bold red" if dangers else "bold green")
    parts: list[RenderableType] = [head, *(Text(f"  · {one}", "red") for one in dangers[1:])]
    facts = [
        ("상태", str(status.get("state_ko", ""))),
        ("시장 시각", str(status.get("market_time", ""))),
        ("보호되지 않은 시간", seconds(status.get("unprotected_s"))),
        ("감시 회전", f"{status.get('counts', {}).get('wakes', 0):,}"),
    ]
    parts.append(grid(facts, 2 if width >= 100 else 1))
    if health:
        parts += [components_view(health), _delays(health.get("measures", {}))]
    if counts:
        parts.append(_counts(counts, health.get("counts", {})))
    return Group(*parts)


def components_view(health: Found) -> RenderableType:
    """Return one line for each component."""
    shown = table("구성 요소", "구성 요소", "상태", "까닭", "이 상태로>")
    for name, one in health.get("components", {}).items():
        state = one["state"]
        shown.add_row(
            component_word(name), Text(health_word(state), STYLES[state]), one["reason"], seconds(one["for_s"])
        )
    return shown


def strategies_view(strategies: Sequence[Found]) -> RenderableType:
    """Return one line for each strategy; what a person has to look at stands out."""
    shown = table("전략", "전략", "상태", "까닭", "재시작>", "오류>")
    for one in strategies:
        state = str(one["state"])
        why = one["last_error"] if state in ("failed", "waiting") and one["last_error"] else one["reason"]
        shown.add_row(
            str(one["strategy"]), Text(JOB_STATES.get(state, state), JOB_STYLES.get(state, "")), str(why),
            str(one["restarts"]), str(one["errors"]),
        )  # fmt: skip
    if all(one["looked_after"] for one in strategies):
        return shown
    return Group(shown, Text("전략을 돌보는 프로세스가 꺼져 있습니다: `hantu run jobs`", "yellow"))


def _delays(measures: Found) -> RenderableType:
    shown = table("지연", "측정값", "지금>", "중앙값>", "95%>", "최대>", "건수>", "등급")
    for metric, word in MEASURES.items():
        one = measures.get(metric)
        if one is None:
            continue
        cells = [_duration(one[key]) for key in ("last", "median", "p95", "max")]
        shown.add_row(word, *cells, f"{one['count']:,}", Text(grade_word(one["grade"]), GRADE_STYLES[one["grade"]]))
    return shown


def _counts(counts: Found, totals: Found) -> RenderableType:
    shown = table("오늘의 흐름", "단계", "오늘>", "최근 5분>", "내용")
    today, recent = counts.get("today", {}), counts.get("recent", {})
    runs = int(totals.get("strategy_runs{exits}", 0))
    shown.add_row("전략 실행", f"{runs:,}", "", "이 프로세스가 시작된 뒤")
    codes = ", ".join(f"{code} {count}건" for code, count in counts.get("failure_codes", {}).items())
    for word, types in STAGES:
        note = codes if word == "주문 실패" else ""
        if word == "체결" and counts.get("missed_notices"):
            note = f"통보 없이 조회로 확인 {counts['missed_notices']}건"
        shown.add_row(
            word, f"{sum(today.get(one, 0) for one in types):,}", f"{sum(recent.get(one, 0) for one in types):,}", note
        )
    return shown


def _duration(value: float) -> str:
    return f"{value * 1000:,.1f}ms" if value < 1 else f"{value:,.2f}s"
