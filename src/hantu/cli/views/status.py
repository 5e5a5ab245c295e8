"""The status screen: everything the guard tells about itself, for any width."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from hantu.cli.views.tables import grid, table
from hantu.cli.views.wording import (
    ENVIRONMENTS,
    KILL_LEVELS,
    MODES,
    colour,
    korean_time,
    percent,
    plain,
    position_state,
    seconds,
    signed,
)

WIDE = 110
"""Columns from which the roomy form is used."""
WATCH_ROWS_MAX = 40
STATE_STYLES = {
    "monitoring": "bold green",
    "sleeping": "bold red",
    "reconnecting": "bold yellow",
    "market_halted": "bold yellow",
    "idle": "bold",
}
RESTING = ("idle", "sleeping", "unsubscribing")
"""States in which no price is watched."""
SLEEP_CAUSES = {
    "exhausted": "재연결 5회 실패",
    "maintenance": "서버 점검",
    "auth": "인증 거부",
    "in_use": "같은 앱 키를 다른 프로그램이 사용 중",
}

Status = Mapping[str, Any]


def status_view(status: Status, width: int) -> RenderableType:
    """Return the whole screen for one status object."""
    parts: list[RenderableType] = [_head(status), _facts(status, width)]
    warnings = _warnings(status)
    if warnings:
        parts.append(warnings)
    parts.append(_positions(status.get("positions", []), width, resting=status.get("state") in RESTING))
    working = _orders(status.get("positions", []))
    if working:
        parts.append(working)
    if status.get("watch"):
        parts.append(_watched(status["watch"], width))
    return Group(*parts)


def _head(status: Status) -> Text:
    state = str(status.get("state", ""))
    return Text.assemble(
        ("● ", STATE_STYLES.get(state, "bold cyan")),
        (str(status.get("state_ko") or state), STATE_STYLES.get(state, "bold cyan")),
        "   시장 시각 ",
        (str(status.get("market_time", "-")), "bold"),
        f"   {ENVIRONMENTS.get(str(status.get('environment')), status.get('environment'))} · 계좌 {status.get('account')}",
        f" · {MODES.get(str(status.get('mode')), status.get('mode'))}",
    )


def _facts(status: Status, width: int) -> Table:
    line, subscribed = status.get("connection", {}), status.get("subscriptions", {})
    counts, latency = status.get("counts", {}), status.get("latency_ms", {})
    late = status.get("notice_delay_ms") or {}
    facts = [
        ("연결", _connection(line)),
        ("구독", _subscribed(subscribed)),
        ("킬스위치", KILL_LEVELS.get(status.get("kill", {}).get("level", ""), "알 수 없음")),
        ("다음 개장", korean_time(status.get("next_opening"), "%m-%d %H:%M")),
        ("수신", f"체결 {counts.get('trades', 0):,} · 오류 {counts.get('parse_errors', 0):,}"),
        ("주문", f"{counts.get('orders', 0):,}건 · 체결 {counts.get('fills', 0):,}건"),
        ("지연", f"중간 {_ms(latency.get('p50'))} · 99% {_ms(latency.get('p99'))}"),
        ("체결 통보 지연", f"중간 {_ms(late.get('p50'))} · 99% {_ms(late.get('p99'))}"),
        ("무방비", seconds(status.get("unprotected_s"))),
        ("오늘 손익", f"{signed(status.get('day_pnl', 0))}원 · 청산 {status.get('exits_today', 0)}건"),
        ("프로세스", f"pid {status.get('pid')} · {status.get('version')}{_speed(status)}"),
    ]
    return grid(facts, columns=3 if width >= WIDE else 2)


def _subscribed(found: Mapping[str, Any]) -> str:
    registered = f"등록 {found.get('registrations', 0)}/{found.get('limit', 41)}"
    return f"{found.get('done', 0)}/{found.get('total', 0)}종목 ({registered})"


def _connection(line: Mapping[str, Any]) -> str:
    if line.get("connected"):
        outages = line.get("outages", 0)
        return f"연결됨 (수신 {seconds(line.get('silent_s'))} 전" + (f", 끊김 {outages}회)" if outages else ")")
    if line.get("attempt"):
        wait = line.get("next_try_s")
        later = f", {seconds(wait)} 뒤 다시" if wait is not None else ""
        return f"재연결 시도 {line['attempt']}/{line.get('limit', 5)}{later}"
    return "연결 안 됨"


def _warnings(status: Status) -> Text | None:
    lines: list[tuple[str, str]] = []
    kill, halted = status.get("kill", {}), status.get("halted", {})
    if kill.get("level", "off") != "off":
        lines.append(
            (f"킬스위치 {KILL_LEVELS.get(kill['level'], kill['level'])}: {kill.get('reason', '')}", "bold red")
        )
    recovery = status.get("recovery") or {}
    if recovery.get("state") == "stopped":
        lines.append((f"복구 중단: {recovery.get('reason', '')} → `hantu recovery run`", "bold red"))
    elif recovery.get("state") == "running":
        lines.append(("복구 중 → `hantu recovery show`", "bold yellow"))
    for order in status.get("needs_person") or []:
        text = f"사람 확인이 필요한 주문: {order.get('name')}({order.get('symbol')}) {order.get('intent_id')}"
        lines.append((f"{text} → `hantu orders resolve`", "bold red"))
    if status.get("sleep_cause"):
        cause = str(status["sleep_cause"])
        lines.append((f"휴면 원인: {SLEEP_CAUSES.get(cause, cause)} → `hantu monitor restart`", "bold red"))
    if halted.get("market"):
        lines.append(("장 중단: 주문을 보내지 않습니다", "bold yellow"))
    elif halted.get("symbols"):
        lines.append((f"거래 정지 종목: {', '.join(map(str, halted['symbols']))}", "bold yellow"))
    failed = status.get("subscriptions", {}).get("failed", [])
    if failed:
        names = ", ".join(f"{row.get('symbol')}({row.get('code')})" for row in failed)
        lines.append((f"구독 실패: {names}", "bold yellow"))
    unguarded = status.get("unguarded", [])
    if unguarded:
        names = ", ".join(f"{row.get('name')}({row.get('symbol')}) {row.get('quantity')}주" for row in unguarded)
        lines.append((f"규칙이 없어 지키지 않는 보유: {names}", "bold yellow"))
    if not status.get("storage_ok", True):
        lines.append(("기록 저장이 안 됩니다. 디스크를 확인하세요 → `hantu doctor`", "bold red"))
    return Text("\n").join(Text(f"! {text}", style) for text, style in lines) if lines else None


def _positions(rows: Sequence[Mapping[str, Any]], width: int, *, resting: bool) -> RenderableType:
    if not rows:
        return Text("보유 종목 없음", "dim")
    wide = width >= WIDE
    found = table("보유 종목", "종목", *(("코드",) if wide else ()), "수량>", *(("평균가>",) if wide else ()), "현재가>",
                  "손절가>", "익절가>", *(("손절까지>", "익절까지>") if wide else ()), "손익>" if wide else "수익률>",
                  *(("수익률>",) if wide else ()), "상태")  # fmt: skip
    for row in rows:
        rate = row.get("return_rate")
        paint = colour(rate)
        price = Text(plain(row.get("price")), "dim" if (row.get("price_age_s") or 0) > 60 else paint)
        cells: list[Any] = [row.get("name") or row["symbol"]]
        cells += [row["symbol"]] if wide else []
        cells += [plain(row.get("quantity"))]
        cells += [plain(row.get("average_price"))] if wide else []
        cells += [price, plain(row.get("stop_price")), plain(row.get("target_price"))]
        cells += [_distance(row.get("to_stop_pct")), _distance(row.get("to_target_pct"))] if wide else []
        cells += [Text(signed(row.get("pnl")), paint)] if wide else []
        cells += [Text(percent(rate), paint), _state(row, resting=resting)]
        found.add_row(*(cell if isinstance(cell, Text) else str(cell) for cell in cells))
    return found


def _state(row: Mapping[str, Any], *, resting: bool) -> Text:
    text = position_state(str(row.get("state", "")))
    if resting and row.get("state") == "guarded":
        return Text("대기", "dim")
    order = row.get("order")
    if order:
        text += f" {order.get('filled', 0)}/{order.get('quantity', 0)}주 {seconds(order.get('waited_s'))}"
    calm = row.get("state") in ("guarded", "closed")
    return Text(text, "" if calm else "bold yellow")


def _orders(rows: Sequence[Mapping[str, Any]]) -> Text | None:
    """Return one line an open order, with the number to look it up by."""
    lines = [
        f"주문 {order.get('order_no') or '(번호 확인 중)'}  {row.get('name') or row['symbol']}  "
        f"{order.get('filled', 0)}/{order.get('quantity', 0)}주  {seconds(order.get('waited_s'))}  {order.get('intent_id')}"
        for row in rows
        if (order := row.get("order"))
    ]
    return Text("\n".join(lines)) if lines else None


def _watched(rows: Sequence[Mapping[str, Any]], width: int) -> RenderableType:
    wide = width >= WIDE
    found = table("관심 종목", "종목", "코드", "현재가>", "지지선>", "점수>", *(("지지선까지>",) if wide else ()))
    for row in rows[:WATCH_ROWS_MAX]:
        price, support = row.get("price") or 0, row.get("support_price") or 0
        cells = [
            str(row.get("name", "")),
            str(row["symbol"]),
            plain(price),
            plain(support),
            f"{row.get('score', 0):.0f}",
        ]
        cells += [percent(price / support - 1 if price and support else None)] if wide else []
        found.add_row(*cells)
    if len(rows) > WATCH_ROWS_MAX:
        found.caption = f"그 밖에 {len(rows) - WATCH_ROWS_MAX}개 종목"
    return found


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}ms" if value < 1000 else f"{value / 1000:.1f}초"


def _distance(percents: float | None) -> str:
    return "-" if percents is None else f"{percents:.1f}%"


def _speed(status: Status) -> str:
    speed = status.get("speed", 1.0)
    return "" if speed == 1.0 else f" · {speed:g}배속"
