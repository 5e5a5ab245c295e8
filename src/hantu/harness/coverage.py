"""What a simulated day can show, by the names of the fault catalogue, and what it cannot and why.

A report says how often each occurred: a fault that never struck and a rule
whose condition was never met prove nothing.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from hantu.domain.order import EDGES

FAULTS: Final[dict[str, tuple[str, ...]]] = {
    "N1 request lost before the broker": ("fault N1 request lost",),
    "N2 answer lost after acceptance": ("fault N2 response lost", "fault exchange: lost_response"),
    "N3 reset in the middle of the answer": ("fault N3 reset in the answer",),
    "N4 request arrives long after it was given up": ("fault N4 request late",),
    "N5 half-open stream": ("fault N5 half-open stream", "fault exchange: silence"),
    "N6 stream closed again and again": ("fault N6 stream cut", "fault exchange: cut", "fault exchange: refuse_ws"),
    "N7 connection refused": ("fault N7 connect refused", "fault exchange: refuse"),
    "N8 one-way loss": ("fault N8 one-way loss",),
    "N10 latency and jitter": ("fault N10 slow network", "fault exchange: delay"),
    "N12 a stranger's page": ("fault N12 stranger answers",),
    "N13 stale connection": ("fault N13 server closes an idle connection",),
    "N15 request doubled": ("fault N15 request doubled",),
    "P1 frame garbled": ("fault P1 frame garbled",),
    "P3 stream key refused": ("fault exchange: wrong_key",),
    "P4 notices doubled": ("fault exchange: duplicate_notices",),
    "P5 fill before acceptance": ("fault exchange: delay", "fault exchange: hold_notices"),
    "P7 subscription refused or silent": ("fault exchange: subscribe_refuse",),
    "P8 key in use": ("fact SessionInUse",),
    "P9 success without a number": ("fault P9 success without number",),
    "P10 error page though accepted": ("fault P10 error page though accepted",),
    "P12 rate limit": ("fault exchange: rate_limit",),
    "P13 token expired in session": ("fault exchange: token_expiry",),
    "P14 unknown message code": ("fault exchange: reject_order",),
    "P19 forged trade": ("fault P19 forged trade",),
    "P19 forged trade that reaches a level": ("fact PriceRejected",),
    "B1 list lags": ("fault B1 list lags",),
    "B2 partial fill, then silence": ("fault exchange: drop_notices",),
    "B3 cancel races with a fill": ("I3 cancel",),
    "B5 rejected late": ("edge order: working -> rejected_late",),
    "B7 a person trades the same stock": ("fault B7 manual order",),
    "B9 balance lags": ("fault B9 balance lags",),
    "B15 halts and interruptions": ("fault exchange: halt", "fault exchange: stock_halt", "fault exchange: vi"),
    "B17 maintenance": ("fault exchange: maintenance",),
    "B27 gap through the stop": ("fact StopLossReached",),
    "X1 killed at a moment": ("fault X1 killed: at a moment",),
    "X2 frozen": ("fault X2 frozen: at a moment",),
    "X2 frozen between commit and send": ("fault X2 frozen: after commit intent",),
    "D1 commit fails": ("fault D1 commit fails",),
    "D1 neither database nor spill in time": ("fault D1 spill too late",),
    "D2 commit fails, the row is there": ("fault D2 commit fails, row is there",),
    "D5 slow commit": ("fault D5 slow sync",),
    "C1 wall clock jumps": ("fault C1 wall clock jump",),
    "A1 channel fails": ("fault A1 channel fails",),
    "A3 killed between sending and marking": ("fault X1 killed: told",),
    "kill switch by file": ("fault kill switch by file: active", "fault kill switch by file: hard"),
    "kill switch by wish": ("fault kill switch by wish: active", "fault kill switch by wish: hard"),
}
"""Catalogue entry → counters, any of which shows it."""

CRASHES: Final[dict[str, tuple[str, ...]]] = {
    "before the trigger is durable / during the transaction of the intent": ("fault X1 killed: before commit intent",),
    "after the intent is durable, before the first byte": (
        "fault X1 killed: after commit intent", "fault X1 killed: before bytes",
    ),
    "in the middle of the write": ("fault X1 killed: mid bytes",),
    "after the write, before the answer": ("fault X1 killed: after bytes",),
    "after the answer, before it is recorded": ("fault X1 killed: answer",),
    "while the answer is recorded": ("fault X1 killed: before commit answer",),
    "after the answer is recorded": ("fault X1 killed: after commit answer",),
    "between fills": ("fault X1 killed: before commit fill", "fault X1 killed: after commit fill"),
    "cancel sent, unconfirmed": ("fault X1 killed: cancel bytes", "fault X1 killed: before commit cancel"),
    "after the end of an order, before its alert": ("fault X1 killed: after commit other",),
    "alert taken by the channel, before that is marked": ("fault X1 killed: told",),
    "while records go to the spill": ("fault X1 killed: before spill", "fault X1 killed: after spill"),
    "paused between commit and socket": ("fault X2 frozen: after commit intent",),
}  # fmt: skip

INVARIANTS: Final[dict[str, tuple[str, ...]]] = {
    "I1 never more sold or on its way than held": ("I1",),
    "I1b no flow sells beyond its target": ("I1b",),
    "I2 nothing leaves that the kill switch forbids": ("I2",),
    "I3 every order has one durable intent before its first byte": ("I3",),
    "I3 what leaves is on disk": ("I3 on disk",),
    "I4 what is below its stop is out, or a person knows": ("I4",),
    "I5 one open order per stock and side": ("I5 asked",),
    "I8 only edges that exist, none twice": ("edge order: -> sending",),
    "I8 the database says in the end what was recorded": ("I8 end",),
    "I9 a person is told what is urgent": ("I9",),
    "I10 no level is reached that the market did not reach": ("I10",),
    "I11 fills only grow; book and ledger agree in the end": ("I11",),
    "I12 recovery twice changes nothing": ("I12",),
    "I13 a new attempt only after the old one is surely dead": ("I13",),
    "I15 every order is of the account": ("I3",),
    "I24 nothing is told as done that the broker has not done": ("I11",),
}

NOT_HERE: Final[dict[str, str]] = {
    "N9 N11 N14": "two hosts, TLS chains and addresses: not part of one process's day; TLS is tested on sockets",
    "P2": "several records in a frame occur whenever trades are gathered; not counted by themselves",
    "P6": "an unanswered PINGPONG needs a blocked task; frozen days cut the session the same way",
    "P11 P15 P16 P17 P18 P20": "shown by the codec's property tests and the tests on sockets",
    "B4 B10 B11 B12 B25 B26 B30": "amends, other venues and reused numbers are not used by the guard",
    "B6 B8 B13 B14 B16 B18-B24 B28 B29 B31": "shown by tests of the engine one by one, not drawn here",
    "X3-X17": "memory, handles, tasks and builds of a real process: shown on real processes",
    "D3 D4 D6-D12": "power loss, rot, mounts and backups: shown on real files",
    "Q": "one SQLite file; there is no second database to fail over to",
    "H S": "people and attackers at the operator's house, which is built later",
    "I6 I7 I16-I23": "shown by tests of their own: lease, tokens, environments, secrets, bounds",
    "I14": "orders of one exit are counted; the door's limits are shown by tests of their own",
    "crash: restore from an older backup; both nodes cold": "no backup and no second node in this world",
}
"""What is not drawn, and why; written into every report."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a histogram."""

    name: str
    count: int


def rows(table: dict[str, tuple[str, ...]], seen: Counter[str]) -> list[Row]:
    """Return how often each entry of a table occurred."""
    return [Row(name, sum(seen[key] for key in keys)) for name, keys in table.items()]


def edges(seen: Counter[str]) -> list[Row]:
    """Return how often each edge of an order's state machine was taken."""
    found = [Row("(new) -> sending", seen["edge order: -> sending"])]
    for before, afters in EDGES.items():
        found += [Row(f"{before} -> {after}", seen[f"edge order: {before} -> {after}"]) for after in sorted(afters)]
    return found


def missing(seen: Counter[str]) -> list[str]:
    """Return what the tables promise and no day showed."""
    return [row.name for table in (FAULTS, CRASHES, INVARIANTS) for row in rows(table, seen) if not row.count]
