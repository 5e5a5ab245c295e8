"""Writes docs/ALERTS.md from the catalogue: the guide cannot name what the code does not raise."""

import sys
from pathlib import Path
from typing import Final

from hantu.alerting.catalogue import AREA_NAMES, SCOPE_WORDS, Area, Delivery, Row
from hantu.alerting.rows import CATALOGUE

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET: Final = ROOT / "docs" / "ALERTS.md"
PRIORITIES: Final = {"emergency": "긴급", "high": "높음", "normal": "보통", "low": "낮음"}
DELIVERIES: Final = {
    Delivery.AT_ONCE: "바로", Delivery.BATCH: "모아서", Delivery.CLOSING: "끝났을 때", Delivery.LOG: "로그만",
}  # fmt: skip
TRIGGERS: Final = (
    ("order_blocked_killswitch", "트리거 1: 킬 스위치가 켜진 동안 주문 요청"),
    ("order_rejected_burst", "트리거 2: 주문 거부 반복"),
    ("db_init_failed", "트리거 3: 데이터베이스 초기화 실패"),
    ("event_log_failed", "트리거 4: 이벤트 기록 실패"),
    ("token_issue_failed", "트리거 5: 토큰 발급 실패"),
)
HEAD: Final = """# 알림 안내

`make docs`가 이벤트 목록(`src/hantu/alerting/rows.py`)에서 씁니다. 손으로 고치지 마세요.

알림마다 세 가지를 적습니다: 발생 조건, 확인 방법, 즉시 조치. 다섯 트리거의 절차는 [RUNBOOK.md](RUNBOOK.md), 무엇이 언제 오는지는
[alert-policy.md](alert-policy.md), Phase 0의 범위는 [PHASE0_SPEC.md](PHASE0_SPEC.md), 되돌리기는
[ROLLBACK_PLAN.md](ROLLBACK_PLAN.md)에 있습니다.
"""


def render() -> str:
    """Return the document."""
    parts = [HEAD, "\n## 다섯 트리거\n\n| 트리거 | 이벤트 | 중요도 | 우선순위 |\n|---|---|---|---|\n"]
    for name, title in TRIGGERS:
        row = CATALOGUE[name]
        parts.append(f"| {title} | `{name}` | {row.severity.value} | {PRIORITIES[row.priority.value]} |\n")
    for area in Area:
        rows = [row for row in CATALOGUE.values() if row.area is area]
        told = [row for row in rows if row.delivery in (Delivery.AT_ONCE, Delivery.BATCH)]
        parts.append(f"\n## {area.value} {AREA_NAMES[area]}\n")
        parts += [_section(row) for row in told]
        others = [row for row in rows if row not in told]
        if others:
            parts.append("\n### 기록만 하거나 끝났을 때만 알리는 이벤트\n\n| 이벤트 | 조건 | 전달 |\n|---|---|---|\n")
            parts += [f"| `{row.event_type}` | {row.condition} | {DELIVERIES[row.delivery]} |\n" for row in others]
    return "".join(parts)


def _section(row: Row) -> str:
    lines = [
        f"\n### `{row.event_type}`\n",
        f"{row.severity.value}, {PRIORITIES[row.priority.value]}, {DELIVERIES[row.delivery]}",
        "",
        f"- 발생 조건: {row.condition}",
        f"- 확인: `{row.check}`, [안내서](runbooks/{row.runbook}.md)",
        f"- 즉시 조치: {row.action}",
    ]
    if row.scope:
        lines.append(f"- 멈추는 것: {SCOPE_WORDS[row.scope]}")
    if row.ends:
        lines.append(f"- 끝내는 알림: {', '.join(f'`{name}`' for name in row.ends)}")
    lines += [
        f"- `{one.part}` 은(는) 다음이 이어지는 동안 기다리고, 끝난 뒤에도 남으면 알립니다: {', '.join(f'`{name}`' for name in one.causes)}"
        for one in row.consequences
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the file; always succeeds, `git diff` shows what changed."""
    TARGET.write_text(render(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
