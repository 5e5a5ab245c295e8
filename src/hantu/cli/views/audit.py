"""The audit trail as people read it: who did what, and what a look at the whole of it found."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from hantu.cli.views.tables import table
from hantu.cli.views.wording import korean_time

DETAILS_MAX = 100
DAMAGES = {
    "altered": "바뀐 기록",
    "missing": "빠진 기록",
    "moved": "자리가 바뀐 기록",
    "cut": "잘린 끝부분",
    "rewritten": "다시 쓰인 기록",
    "signature": "틀린 서명",
    "anchors": "훼손된 서명 목록",
}


def audit_table(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """Return the rows, newest first."""
    if not rows:
        return Text("감사 기록이 없습니다.")
    found = table("감사 기록", "번호>", "시각", "일", "누가", "내용")
    for row in rows:
        details = row["details_json"]
        shown = details if len(details) <= DETAILS_MAX else details[:DETAILS_MAX] + "…"
        cells = (str(row["audit_id"]), korean_time(row["event_ts"]), row["event_type"], row["who"], shown)
        found.add_row(*(Text(cell) for cell in cells))
    return found


def verdict_lines(value: Mapping[str, Any]) -> str:
    """Return what was found, the worst first."""
    lines = []
    finding, archive = value["finding"], value["archive"]
    if finding is not None:
        kind = DAMAGES[finding["damage"]]
        lines.append(f"훼손을 찾았습니다 - {kind}, 처음 나쁜 곳: {finding['row']}번. {finding['detail']}")
    if archive is not None:
        lines.append(f"보관 파일이 훼손되었습니다 - {archive['name']}: {archive['detail']}")
    if not lines:
        lines.append(
            f"이상 없습니다: 감사 기록 {value['rows']:,}건, 그중 {value['signed']:,}건이 서명된 머리로 지켜집니다."
        )
    else:
        lines.append("데이터베이스와 서명 목록을 그대로 따로 보관하고, 마지막으로 정상이던 백업과 비교하세요.")
    lines.append(
        f"머리 {value['head'][:16]}, 키 지문 {value['fingerprint'] or '없음(아직 서명 전)'}, 보관된 달 {value['months']}개"
    )
    if value["earlier"]:
        lines.append(
            f"다시 시작하며 따로 둔 서명 목록이 {value['earlier']}개 있습니다(`audit_restarted` 기록의 이유와 맞는지 보세요)."
        )
    return "\n".join(lines)
