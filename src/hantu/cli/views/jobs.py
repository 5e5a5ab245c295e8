"""Jobs as tables and lines."""

from typing import Any

from hantu.cli.views.tables import table

STATES = {
    "running": "실행 중", "waiting": "재시작 대기", "paused": "일시 중단", "stopped": "종료", "failed": "실패",
    "broken": "파일 손상",
}  # fmt: skip


def jobs_table(rows: list[dict[str, Any]], *, running: bool) -> Any:
    """Return the list; says so when nobody looks after the jobs."""
    if not rows:
        return "작업이 없습니다. `hantu strategies new 이름`으로 만들고 `hantu jobs start 이름`으로 시작하세요."
    title = f"작업 {len(rows)}개" + ("" if running else " (작업 프로세스가 꺼져 있음: `hantu run jobs`)")
    listed = table(title, "작업", "상태", "이유", "재시작>", "오류>", "열린 제안>", "단계>")
    for row in rows:
        listed.add_row(
            row["job_id"], STATES.get(row["state"], row["state"]), row.get("reason", ""), str(row.get("restarts", "")),
            str(row.get("errors", "")), str(len(row.get("proposals", ()))),
            f"{row.get('journal', {}).get('step', 0):,}",
        )  # fmt: skip
    return listed


def job_lines(row: dict[str, Any], *, running: bool) -> str:
    """Return one job, line by line."""
    journal = row.get("journal", {})
    lines = [
        f"{row['job_id']}: {STATES.get(row['state'], row['state'])}"
        + ("" if running else " (작업 프로세스가 꺼져 있음)"),
        f"이유        {row.get('reason', '')} ({row.get('by', '')}, {row.get('changed_at', '')[:19]} UTC)",
        f"시작        {row.get('started_at', '')[:19]} UTC, 재시작 {row.get('restarts', 0)}회, 오류 {row.get('errors', 0)}건",
        f"마지막 오류 {row.get('last_error', '') or '없음'}",
        f"진행        단계 {journal.get('step', 0):,}, 체결 {journal.get('fill', 0)}번까지",
        f"설정        {row.get('params') or '기본값'}",
        f"상태        {row.get('kept') or '없음'}",
    ]
    for filed in row.get("proposals", ()):
        proposal = filed["proposal"]
        key, side, symbol, quantity, low, high, reason = proposal
        lines.append(f"제안        {key} {side} {symbol} {quantity}주 {low:,}~{high:,}원 [{filed['status']}] {reason}")
    if row.get("pid"):
        lines.append(
            f"프로세스    PID {row['pid']}, 밀린 시세 {row.get('queued', 0)}, 버린 시세 {row.get('dropped', 0)}"
        )
    return "\n".join(lines)
