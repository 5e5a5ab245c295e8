"""Answers of the REST gateway as bytes and headers, and how long lists are cut into pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from aiohttp import web
from multidict import CIMultiDict

from hantu.kis.endpoints import Endpoint
from hantu.kis.rest import CONTENT_TYPE, NEXT_PAGE, render_failure, render_success
from hantu.simulator.exchange import Row

PAGE_SIZES: Final[Mapping[str, tuple[int, int]]] = {
    "balance": (50, 20),
    "daily_orders": (100, 15),
    "cancellable": (50, 50),
}
"""Endpoint name → rows per page on the real and on the paper host."""
DONE: Final = "KIOK0510"
LAST_PAGE: Final = "KIOK0460"
NO_ROWS: Final = "KIOK0560"
PAPER_DONE: Final = "20310000"
PAPER_NO_ROWS: Final = "70070000"
QUOTED: Final = "MCA00000"


@dataclass(frozen=True, slots=True)
class Call:
    """One REST call that got past the gate; keys of ``fields`` are upper case."""

    endpoint: Endpoint
    tr_id: str
    fields: Mapping[str, object]
    older: bool = False
    tr_cont: str = ""

    def text(self, key: str, default: str = "") -> str:
        """Return a field as text."""
        return str(self.fields.get(key, default)).strip()


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back; ``tr_cont`` is always sent, clients index it blindly."""

    status: int
    body: bytes = field(repr=False)
    code: str = ""
    tr_cont: str = ""
    order_no: str = ""


def failure(code: str, message: str = "", rt_cd: str = "", status: int = 0) -> Reply:
    """Return a refusal with the status the broker says this code with."""
    http, body = render_failure(code, message, rt_cd)
    return Reply(status or http, body, code)


def issue_failure(status: int, code: str, message: str) -> Reply:
    """Return a refusal of the key-issuing calls, which have a shape of their own."""
    return Reply(status, msgspec.json.encode({"error_description": message, "error_code": code}), code)


def quoted(code: str = QUOTED, **outputs: Any) -> Reply:
    """Return a successful quotation."""
    return Reply(200, render_success(code, **outputs), code)


def paged(call: Call, rows: list[Row], *, paper: bool, summary: Mapping[str, Any], name: str = "output1") -> Reply:
    """Return the page of ``rows`` a call asks for, with where the next one begins."""
    keys = call.endpoint.page_keys or ("CTX_AREA_FK100", "CTX_AREA_NK100")
    size = PAGE_SIZES.get(call.endpoint.name, (len(rows) or 1, len(rows) or 1))[1 if paper else 0]
    begin = _offset(call.text(keys[1])) if call.tr_cont == NEXT_PAGE else 0
    end = begin + size
    more = end < len(rows)
    query = "!^".join(call.text(key) for key in ("CANO", "ACNT_PRDT_CD", "INQR_STRT_DT", "INQR_DVSN"))
    context = {keys[0]: query, keys[1]: f"{end:010d}" if more else ""}
    if paper:
        code = PAPER_DONE if rows else PAPER_NO_ROWS
    else:
        code = (DONE if more or begin == 0 else LAST_PAGE) if rows else NO_ROWS
    outputs: dict[str, Any] = {name: rows[begin:end], **summary}
    body = render_success(code, ledger=True, context=context, **outputs)
    cont = ("M" if begin else "F") if more else "D"
    return Reply(200, body, code, cont)


def response_of(reply: Reply, tr_id: str, serial: str) -> web.Response:
    """Build the HTTP response.

    The broker writes ``tr_id``, ``tr_cont`` and ``gt_uid`` in lower case and all
    other names in title case; the official sample breaks on anything else.
    """
    headers: CIMultiDict[str] = CIMultiDict()
    headers["Content-Type"] = CONTENT_TYPE
    headers["tr_id"] = tr_id
    headers["tr_cont"] = reply.tr_cont
    headers["gt_uid"] = serial
    return web.Response(status=reply.status, body=reply.body, headers=headers)


def _offset(text: str) -> int:
    return int(text) if text.isdigit() else 0
