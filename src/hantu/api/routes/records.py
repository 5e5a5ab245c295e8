"""What is on record: orders, fills, exits, events with their causes, summaries, the watch list, the audit trail."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import Depends, Query
from fastapi.responses import StreamingResponse

from hantu.api.house import House
from hantu.api.models.house import AuditView
from hantu.api.models.now import Pause, Resolve
from hantu.api.models.records import (
    Chain,
    ChainStep,
    EventView,
    ExitList,
    ExitView,
    FillView,
    OrderView,
    Selection,
    SelectionList,
    SummaryList,
    SummaryView,
    TypeCount,
    TypeCounts,
)
from hantu.api.models.shapes import Done, Page
from hantu.api.problems import absent
from hantu.api.routes.answer import Answer, Cursor, Ident, Inside, Limit, Moment, Who, Word

JSON_LINES: Final = "application/x-ndjson"
EXPORT_MAX: Final = 100_000
EXPORT_PAGE: Final = 500
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
COLUMNS: Final = (
    "timestamp", "event_type", "category", "environment", "account", "correlation_id", "causation_id", "event_id",
    "produced_by", "payload",
)  # fmt: skip
SymbolWord = Annotated[str, Query(max_length=7, pattern=r"^[0-9A-Z]*$")]
SeverityWord = Annotated[
    Literal["", "CRITICAL", "WARN", "INFO"], Query(description="Of the type of event, as in the catalogue of alerts.")
]
Day = Annotated[str, Query(max_length=10, pattern=r"^(\d{4}-\d{2}-\d{2})?$", examples=["2026-11-23"])]


def orders(
    house: Inside, state: Word = "", symbol: SymbolWord = "", side: Literal["", "buy", "sell"] = "", day: Day = "",
    limit: Limit = 50, cursor: Cursor = "",
) -> Page[OrderView]:  # fmt: skip
    """List attempts, newest first."""
    where = {"state": state, "symbol": symbol, "side": side, "trade_date": day}
    rows, following = house.records.orders(where, limit, cursor)
    return Page[OrderView](items=[OrderView.model_validate(row) for row in rows], next_cursor=following)


def order(intent_id: Ident, house: Inside) -> OrderView:
    """Show one attempt, by intent or order number."""
    return OrderView.model_validate(_order(house, intent_id))


def order_chain(intent_id: Ident, house: Inside) -> Chain:
    """Show what led to an order and what followed, oldest first."""
    return chain(_order(house, intent_id).flow, house)


def _order(house: House, intent_id: str) -> Any:
    found = house.records.order(intent_id)
    if found is None:
        raise absent(f"주문 {intent_id}")
    return found


def orders_pause(asked: Pause, caller: Who, house: Inside) -> Done:
    """Pause orders of one stock or of all; stops too."""
    house.guard.command("halt", by=caller, symbol=asked.symbol)
    return Done(status="taken", message="주문을 멈췄습니다.")


def orders_resume(asked: Pause, caller: Who, house: Inside) -> Done:
    """Let orders go again."""
    house.guard.command("resume", by=caller, symbol=asked.symbol)
    return Done(status="taken", message="주문을 다시 허용했습니다.")


def order_resolve(intent_id: Ident, asked: Resolve, caller: Who, house: Inside) -> Done:
    """End an order nobody could find out about, on a person's word."""
    _order(house, intent_id)
    house.guard.command("resolve", by=caller, intent_id=intent_id, **asked.model_dump())
    return Done(status="taken", message="기록했습니다.")


def fills(
    house: Inside, symbol: SymbolWord = "", day: Day = "", limit: Limit = 50, cursor: Cursor = ""
) -> Page[FillView]:
    """List fills, newest first."""
    rows, following = house.records.fills({"symbol": symbol, "trade_date": day}, limit, cursor)
    return Page[FillView](items=[FillView.model_validate(row) for row in rows], next_cursor=following)


def exits(house: Inside, limit: Limit = 50) -> ExitList:
    """List the newest exits with every step's time, oldest first."""
    return ExitList(items=[ExitView.model_validate(row) for row in house.records.exits(limit)])


def summaries(house: Inside, limit: Limit = 90) -> SummaryList:
    """List days, newest first."""
    return SummaryList(items=[SummaryView.model_validate(row) for row in house.records.summaries(limit)])


def watchlist(house: Inside, day: Day = "") -> SelectionList:
    """List the selections of a Korean day, best score first; today by default."""
    return SelectionList(items=[Selection.model_validate(row) for row in house.records.watchlist(day)])


def _search(
    type: Word = "", symbol: SymbolWord = "", category: Word = "", flow: Word = "",  # noqa: A002
    severity: SeverityWord = "", q: Word = "", since: Moment = "", until: Moment = "",
) -> dict[str, str]:  # fmt: skip
    return {
        "event_type": type, "symbol": symbol, "category": category, "correlation_id": flow, "severity": severity, "q": q,
        "since": since, "until": until,
    }  # fmt: skip


Search = Annotated[dict[str, str], Depends(_search)]


def events(house: Inside, where: Search, limit: Limit = 50, cursor: Cursor = "") -> Page[EventView]:
    """Search facts, newest first; ``type`` may end in ``*``, ``q`` is looked for in type and payload."""
    rows, following = house.records.events(where, limit, cursor)
    return Page[EventView](items=[EventView.model_validate(row) for row in rows], next_cursor=following)


def event(event_id: Ident, house: Inside) -> EventView:
    """Show one fact."""
    return EventView.model_validate(house.records.event(event_id))


def event_types(house: Inside) -> TypeCounts:
    """List the types on record with their number."""
    return TypeCounts(items=[TypeCount.model_validate(row) for row in house.records.event_types()])


def events_export(
    house: Inside, caller: Who, where: Search, format: Literal["csv", "jsonl"] = "csv"  # noqa: A002
) -> StreamingResponse:  # fmt: skip
    """Send what a search finds as a file, newest first; at most 100,000 facts; recorded itself."""
    house.keeping.note_export("events", EXPORT_MAX, by=caller)
    lines = _csv(house, where) if format == "csv" else _jsonl(house, where)
    media = "text/csv; charset=utf-8" if format == "csv" else JSON_LINES
    return StreamingResponse(
        lines, media_type=media, headers={"Content-Disposition": f'attachment; filename="hantu-events.{format}"'}
    )


def chain(any_id: Ident, house: Inside) -> Chain:
    """Show the whole causal chain of a flow, fact, order, alert or stock, oldest first."""
    found = house.records.chain(any_id)
    if not found:
        raise absent(any_id)
    return Chain(items=[ChainStep.model_validate(step) for step in found])


def audit(
    house: Inside, actor: Word = "", type: Word = "", limit: Limit = 50, cursor: Cursor = ""  # noqa: A002
) -> Page[AuditView]:  # fmt: skip
    """Show who operated, newest first."""
    rows, following = house.records.audit({"actor": actor, "event_type": type}, limit, cursor)
    return Page[AuditView](items=[AuditView.model_validate(row) for row in rows], next_cursor=following)


def _pages(house: House, where: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    cursor, sent = "", 0
    while sent < EXPORT_MAX:
        rows, cursor = house.records.events(where, EXPORT_PAGE, cursor)
        yield from rows
        sent += len(rows)
        if not cursor:
            return


def _jsonl(house: House, where: Mapping[str, str]) -> Iterator[str]:
    for row in _pages(house, where):
        yield json.dumps(dict(row), ensure_ascii=False) + "\n"


def _csv(house: House, where: Mapping[str, str]) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in _pages(house, where):
        told = {**row, "payload": json.dumps(row["payload"], ensure_ascii=False)}
        writer.writerow([_harmless(str(told[name])) for name in COLUMNS])
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()


def _harmless(cell: str) -> str:
    """A table program must not take a cell for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


HANDLERS: Final[Mapping[str, Answer]] = {
    "orders": Answer(orders, Page[OrderView]),
    "order": Answer(order, OrderView),
    "order_chain": Answer(order_chain, Chain),
    "orders_pause": Answer(orders_pause, Done),
    "orders_resume": Answer(orders_resume, Done),
    "order_resolve": Answer(order_resolve, Done),
    "fills": Answer(fills, Page[FillView]),
    "exits": Answer(exits, ExitList),
    "summaries": Answer(summaries, SummaryList),
    "watchlist": Answer(watchlist, SelectionList),
    "events": Answer(events, Page[EventView]),
    "event": Answer(event, EventView),
    "event_types": Answer(event_types, TypeCounts),
    "events_export": Answer(
        events_export, None, 200, StreamingResponse, ("text/csv", JSON_LINES), "The file; JSON lines on request."
    ),
    "chain": Answer(chain, Chain),
    "audit": Answer(audit, Page[AuditView]),
}
