"""Tables of recorded positions, orders and opportunities."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from hantu.cli.views.status import WIDE
from hantu.cli.views.tables import grid, table
from hantu.cli.views.wording import (
    INTENT_STATES,
    PURPOSES,
    SIDES,
    colour,
    korean_time,
    percent,
    plain,
    position_state,
    signed,
)

Rows = Sequence[Mapping[str, Any]]
STATE_STYLES = {
    "filled": "green",
    "unknown": "bold yellow",
    "escalated": "bold red",
    "refused": "red",
    "partial": "yellow",
    "working": "yellow",
    "sending": "yellow",
}


def positions_table(rows: Rows, width: int) -> RenderableType:
    """Return the held stocks; rows come from the guard or from the records."""
    if not rows:
        return Text("보유 종목이 없습니다.")
    wide = width >= WIDE
    live = any(row.get("price") for row in rows)
    code, money = wide or not live, live and wide
    names = [
        "종목",
        *(["코드"] if code else []),
        "수량>",
        "평균가>",
        *(["현재가>"] if live else []),
        "손절가>",
        "익절가>",
    ]
    names += [*(["손익>"] if money else []), *(["수익률>"] if live else []), "상태"]
    found = table("보유 종목", *names)
    for row in rows:
        rate = row.get("return_rate")
        paint = colour(rate)
        cells: list[Any] = [row.get("name") or row["symbol"]]
        cells += [row["symbol"]] if code else []
        cells += [plain(row.get("quantity")), plain(row.get("average_price"))]
        cells += [Text(plain(row.get("price")), paint)] if live else []
        cells += [plain(row.get("stop_price")), plain(row.get("target_price"))]
        cells += [Text(signed(row.get("pnl")), paint)] if money else []
        cells += [Text(percent(rate), paint)] if live else []
        cells += [_guarded(row)]
        found.add_row(*(cell if isinstance(cell, Text) else str(cell) for cell in cells))
    return found


def orders_table(rows: Rows, width: int) -> RenderableType:
    """Return order attempts, newest first."""
    if not rows:
        return Text("주문 기록이 없습니다.")
    wide = width >= WIDE
    found = table("주문", "시각", "종목", *(("코드", "구분") if wide else ()), "사유", "수량>", "체결>", "지정가>",
                  *(("평균체결가>",) if wide else ()), "상태", "주문번호", *(("의도 ID",) if wide else ()))  # fmt: skip
    for row in rows:
        form = "%m-%d %H:%M:%S" if wide else "%H:%M:%S"
        cells: list[Any] = [korean_time(row.get("recorded_at"), form), row.get("name") or row["symbol"]]
        cells += [row["symbol"], SIDES.get(row.get("side", ""), "")] if wide else []
        cells += [_purpose(row), plain(row.get("quantity")), plain(row.get("filled")), plain(row.get("limit_price"))]
        cells += [plain(row.get("average_fill_price"))] if wide else []
        cells += [_intent_state(row), str(row.get("order_no") or "-")]
        cells += [str(row.get("intent_id", ""))] if wide else []
        found.add_row(*(cell if isinstance(cell, Text) else str(cell) for cell in cells))
    return found


def order_view(row: Mapping[str, Any]) -> RenderableType:
    """Return one order with everything that is known of it."""
    facts = [
        ("종목", f"{row.get('name', '')} ({row.get('symbol')})"),
        ("내용", f"{SIDES.get(row.get('side', ''), '')} {plain(row.get('quantity'))}주 · {_purpose(row)}"),
        ("상태", INTENT_STATES.get(row.get("state", ""), str(row.get("state")))),
        ("지정가", plain(row.get("limit_price"))),
        ("체결", f"{plain(row.get('filled'))}주 · 평균 {plain(row.get('average_fill_price'))}"),
        ("주문번호", str(row.get("order_no") or "-")),
        ("의도 ID", str(row.get("intent_id", ""))),
        ("시도", str(row.get("attempt", ""))),
        ("기록", korean_time(row.get("recorded_at"), "%m-%d %H:%M:%S.%f")),
        ("전송", korean_time(row.get("sent_at"), "%m-%d %H:%M:%S.%f")),
        ("접수", korean_time(row.get("accepted_at"), "%m-%d %H:%M:%S.%f")),
        ("이유", f"{row.get('code', '')} {row.get('reason', '')}".strip() or "-"),
    ]
    return grid(facts, columns=1)


def opportunities_table(rows: Rows) -> RenderableType:
    """Return reported opportunities, oldest first."""
    if not rows:
        return Text("추가 매수 기회가 없었습니다.")
    found = table("추가 매수 기회 (주문은 하지 않습니다)", "시각", "종목", "코드", "현재가>", "지지선>", "점수>")
    for row in rows:
        found.add_row(
            korean_time(row["timestamp"]),
            str(row["name"]),
            str(row["symbol"]),
            plain(row["price"]),
            plain(row["support_price"]),
            f"{row['score']:.0f}",
        )
    return found


def _guarded(row: Mapping[str, Any]) -> str:
    if "state" in row:
        return position_state(str(row["state"]))
    return "규칙 있음" if row.get("guarded") else "규칙 없음"


def _purpose(row: Mapping[str, Any]) -> str:
    text = PURPOSES.get(str(row.get("purpose", "")), str(row.get("purpose", "")))
    return f"{text} 취소" if row.get("kind") == "cancel" else text


def _intent_state(row: Mapping[str, Any]) -> Text:
    state = str(row.get("state", ""))
    return Text(INTENT_STATES.get(state, state), STATE_STYLES.get(state, ""))
