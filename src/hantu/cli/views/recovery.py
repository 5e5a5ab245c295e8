"""What a recovery did, found and left open, as people read it."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from hantu.cli.views.tables import table
from hantu.cli.views.wording import korean_time

KO = {
    "none": "복구 기록이 없습니다.",
    "title": "복구",
    "completed": "완료",
    "running": "진행 중",
    "stopped": "중단 (킬 스위치 유지)",
    "start": "정상 시작할 때의 대조",
    "unclean_end": "장중 비정상 종료",
    "command": "사람이 요청",
    "cause": "원인",
    "began": "시작",
    "took": "소요",
    "seconds": "초",
    "steps": ("단계", "시각", "소요>", "결과"),
    "differences": "차이와 조치",
    "remaining": "남은 일",
    "nothing": "없음",
    "resume": "→ 고친 뒤 `hantu recovery run` 으로 이 단계부터 이어 가세요.",
    "detect": "1 장애 감지",
    "kill_switch": "2 킬 스위치",
    "clean_up": "3 미체결 주문 정리",
    "restart": "4 감시 재개",
    "synchronise": "5 동기화",
}
EN = {
    "none": "No recovery on record.",
    "title": "Recovery",
    "completed": "complete",
    "running": "under way",
    "stopped": "stopped (kill switch stays on)",
    "start": "comparison at a clean start",
    "unclean_end": "unclean end in session",
    "command": "asked for by a person",
    "cause": "Cause",
    "began": "began",
    "took": "took",
    "seconds": " s",
    "steps": ("Step", "Time", "Took>", "Result"),
    "differences": "Differences and what was done",
    "remaining": "What remains open",
    "nothing": "nothing",
    "resume": "→ Put it right, then `hantu recovery run` goes on from this step.",
    "detect": "1 detect",
    "kill_switch": "2 kill switch",
    "clean_up": "3 clean up open orders",
    "restart": "4 restart",
    "synchronise": "5 synchronise",
}
STYLES = {"completed": "bold green", "running": "bold yellow", "stopped": "bold red"}


def recovery_view(found: Mapping[str, Any] | None, lang: str) -> RenderableType:
    """Return the latest recovery; results of steps are in the language they were recorded in."""
    words: Mapping[str, Any] = EN if lang == "en" else KO
    if found is None:
        return Text(words["none"])
    state = str(found["state"])
    head = Text.assemble(
        (f"{words['title']}: {words[state]}", STYLES[state]),
        f"   {found['flow'] or '-'}\n{words['cause']}: {words.get(found['cause'], found['cause'])} ({found['actor']})",
        f" · {words['began']} {korean_time(found['began_at'] or found['ended_at'])}",
        f" · {words['took']} {found['duration_s']:.1f}{words['seconds']}" if found["duration_s"] else "",
    )
    parts: list[RenderableType] = [head]
    if found["steps"]:
        steps = table("", *words["steps"])
        for step in found["steps"]:
            took = f"{step['duration_s']:.1f}{words['seconds']}"
            result = Text(str(step["result"]), "" if step["ok"] else "bold red")
            name = words.get(step["step"], step["step"])
            steps.add_row(name, korean_time(step["started_at"], "%H:%M:%S.%f"), took, result)
        parts.append(steps)
    if state == "stopped":
        parts.append(Text(words["resume"], "bold"))
    for key in ("differences", "remaining"):
        lines = found[key] or (
            [line for step in found["steps"] for line in step["differences"]] if key[0] == "d" else []
        )
        parts.append(Text(f"{words[key]}: {len(lines) or words['nothing']}", "bold"))
        parts += [Text(f"  - {line}") for line in lines]
    return Group(*parts)
