"""Judges a stormy day by the exchange's record and the guard's database, and by nothing the guard says of itself.

Each check returns sentences; none means that the invariant held. The numbers
in brackets are the invariants of the order protocol.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.e2e.arena import Arena
from tests.e2e.storm.day import PERSON, Diary
from tests.e2e.storm.plan import STOCKS

NEW_SELL, NEW_BUY = "TTTC0011U", "TTTC0012U"
SWITCH_GRACE_S = 0.25
"""Real seconds for bytes that were on their way when the switch was thrown."""
HALT_GRACE_S = 5.0
"""Market seconds for an order that was on its way when the guard learned of a halt."""
REPEATS = 3
SECRETS = ("12345678", "test-token-of-nobody")
THE_STORMS_OWN = frozenset({"wrong_approval_key", "refused_request", "refused_key", "key_in_use"})
"""Anomalies that a fault of the plan makes out of a dutiful call; counted, not judged."""


class Record:
    """Both records of one day, side by side."""

    def __init__(self, arena: Arena, diary: Diary, *, evening: bool) -> None:
        self.evening = evening
        self.arena = arena
        self.diary = diary
        self.state = arena.get("/_sim/state")
        person = f"{PERSON[:4]}…{PERSON[-2:]}"
        self.anomalies = [a for a in arena.get("/_sim/anomalies") if person not in a["client"]]
        self.person_numbers = {c["order_no"] for c in self.state["order_calls"] if c["client"] == person}
        self.calls = [c for c in self.state["order_calls"] if c["client"] != person]
        self.orders = [
            o for o in self.state["orders"] if o["kind"] == "new" and o["order_no"] not in self.person_numbers
        ]
        self.fills = self.state["fills"]
        self.intents = {row["intent_id"]: row for row in self.table("intents")}
        self.by_number = {
            int(row["order_no"]): self.intents[row["intent_id"]] for row in self.table("orders") if row["order_no"]
        }
        self.texts = arena.phone.texts()

    def table(self, name: str) -> list[dict[str, Any]]:
        with sqlite3.connect(f"file:{self.arena.home / 'hantu.db'}?mode=ro", uri=True, timeout=5) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(f"SELECT * FROM {name}")]

    def events(self, *types: str) -> list[tuple[str, str, dict[str, Any]]]:
        """Return (type, market time, payload) of the guard's events, oldest first."""
        return [
            (row["event_type"], row["timestamp"], json.loads(row["payload_json"]))
            for row in sorted(self.table("event_log"), key=lambda row: (row["timestamp"], row["event_id"]))
            if row["event_type"] in types
        ]


def verdict(arena: Arena, diary: Diary, *, evening: bool = False) -> list[str]:
    """Return everything that was wrong."""
    record = Record(arena, diary, evening=evening)
    checks = (
        never_more_than_the_exit, one_sell_at_a_time, nothing_after_the_switch, nothing_in_a_known_halt,
        intents_come_first, every_fill_is_recorded, nothing_is_left, nothing_said_twice, nothing_recorded_in_a_loop, dutiful_client,
        nothing_leaked, processes_behaved, one_summary,
    )  # fmt: skip
    return [f"{check.__name__}: {problem}" for check in checks for problem in check(record)]


def never_more_than_the_exit(record: Record) -> Iterator[str]:
    """[I1b] All orders of one exit together sold no more than was held at its beginning."""
    sold: Counter[str] = Counter()
    for order in record.orders:
        intent = record.by_number.get(int(order["order_no"]))
        if intent is not None and order["side"] == "sell":
            sold[intent["flow"]] += order["filled"]
    for flow, shares in sold.items():
        first = min((i for i in record.intents.values() if i["flow"] == flow), key=lambda i: i["recorded_at"])
        if shares > first["held"] - first["target"]:
            yield f"{flow} sold {shares} of {first['held']} - {first['target']}"


def one_sell_at_a_time(record: Record) -> Iterator[str]:
    """[I5] A stock has at most one living sell of ours."""
    for stock in STOCKS:
        lives = sorted(
            _life(record, order)
            for order in record.orders
            if order["symbol"] == stock.symbol and order["side"] == "sell"
        )
        for (_, before_end, before), (begin, _, after) in pairwise(lives):
            if begin < before_end:
                yield f"{stock.symbol}: {after} began {begin} while {before} lived until {before_end}"


def nothing_after_the_switch(record: Record) -> Iterator[str]:
    """[I2] After HARD no new order reaches the broker; after ACTIVE only protective ones."""
    thrown = record.diary.switched_real
    if thrown is None:
        return
    for call in record.calls:
        if call["tr_id"] not in (NEW_SELL, NEW_BUY) or call["received_real"] <= thrown + SWITCH_GRACE_S:
            continue
        intent = record.by_number.get(int(call["order_no"] or 0))
        protective = intent is not None and intent["purpose"] != "take_profit"
        if record.diary.switched_level == "hard" or (intent is not None and not protective):
            yield f"{call['fields'].get('PDNO')} {call['received_real'] - thrown:.2f} s after {record.diary.switched_level}"


def nothing_in_a_known_halt(record: Record) -> Iterator[str]:
    """[I2] Between the guard's own record of a halt and of its end no order is sent."""
    halts: dict[str, str] = {}
    for kind, at, payload in record.events("market_halted", "market_resumed"):
        symbol = payload["symbol"]
        if kind == "market_halted":
            halts.setdefault(symbol, at)
        elif symbol in halts:
            yield from _calls_within(record, symbol, halts.pop(symbol), at)
    for symbol, began in halts.items():
        yield from _calls_within(record, symbol, began, "9999")


def intents_come_first(record: Record) -> Iterator[str]:
    """[I3] Every order at the exchange belongs to an intent recorded before it arrived."""
    for order in record.orders:
        intent = record.by_number.get(int(order["order_no"]))
        if intent is None:
            yield f"order {order['order_no']} {order['symbol']} of {order['quantity']} belongs to no intent"
        elif intent["recorded_at"] > _stamp(order["received"]):
            yield f"order {order['order_no']} arrived {order['received']} before {intent['recorded_at']}"


def every_fill_is_recorded(record: Record) -> Iterator[str]:
    """[I11] Our totals had become the broker's when the day was calm."""
    ours: Counter[int] = Counter()
    for row in record.table("fills"):
        if row["intent_id"]:
            ours[int(row["order_no"])] += row["quantity"]
    for order in record.orders:
        recorded = ours[int(order["order_no"])]
        fills = [fill for fill in record.fills if fill["order_no"] == order["order_no"]]
        before = sum(fill["quantity"] for fill in fills if fill["at"] <= record.diary.calm_at)
        if not before <= recorded <= order["filled"]:
            yield f"order {order['order_no']} filled {before} of {order['filled']} before the end, recorded {recorded}"


def nothing_is_left(record: Record) -> Iterator[str]:
    """[I4] In the calm everything is in order, or a person was told about that very stock."""
    for problem in record.diary.unsettled:
        stock = next((s for s in STOCKS if s.symbol in problem), None)
        told = stock is not None and any(
            stock.name in text and ("🚨" in text or "❌" in text or "⚠️" in text) for text in record.texts
        )
        if not problem.startswith("below stop") or not told:
            yield problem


def nothing_said_twice(record: Record) -> Iterator[str]:
    """[I9] The same emergency reaches the phone once; once more for every death of the sender."""
    emergencies = Counter(text for text in record.texts if text.startswith("🚨"))
    for text, times in emergencies.items():
        if times > 1 + record.diary.deaths:
            yield f"{times} times: {text[:90]}"


def nothing_recorded_in_a_loop(record: Record) -> Iterator[str]:
    """No fact about one intent comes again and again."""
    facts = Counter(
        (row["event_type"], json.loads(row["payload_json"]).get("intent_id", ""), row["payload_json"])
        for row in record.table("event_log")
    )
    for (kind, intent, _), times in facts.items():
        if intent and times > REPEATS:
            yield f"{kind} of {intent} recorded {times} times"


def dutiful_client(record: Record) -> Iterator[str]:
    """Nothing a well-behaved client would not have done."""
    for (kind, detail), times in Counter((a["kind"], a["detail"]) for a in record.anomalies).items():
        if kind not in THE_STORMS_OWN:
            yield f"{times} times {kind}: {detail}"


def nothing_leaked(record: Record) -> Iterator[str]:
    """[I17] No secret, account number or traceback in anything the guard wrote."""
    home: Path = record.arena.home
    for path in sorted(home.rglob("*")):
        if not path.is_file() or path.name in ("storm.yaml", "exchange.out") or "tokens" in path.parts:
            continue
        text = path.read_bytes()
        for secret in SECRETS:
            if secret.encode() in text:
                yield f"{secret} in {path.relative_to(home)}"
        for line in text.decode(errors="replace").splitlines():
            # A refused write is logged with its trace; every other trace is a bug.
            if ("Traceback" in line and "Failed to log event" not in line) or "내부 오류" in line:
                yield f"traceback in {path.relative_to(home)}: {line[:1500]}"
    for text in record.texts:
        if any(secret in text for secret in SECRETS):
            yield f"secret on the phone: {text}"


def processes_behaved(record: Record) -> Iterator[str]:
    """Nothing ended by itself; a second guard was turned away; the end was orderly."""
    diary = record.diary
    yield from diary.own_ends
    yield from (f"a second guard ended with {code}" for code in diary.second_codes if code != 3)
    yield from (f"a start ended with {code}" for code in diary.failed_starts if code != 1)
    if diary.last_exit not in (0, None):
        yield f"the guard ended with {diary.last_exit}"


def one_summary(record: Record) -> Iterator[str]:
    """A day that ended is summed up once, whatever happened in its evening."""
    told = len(record.events("daily_summary"))
    watched = bool(record.events("monitor_started"))
    if record.evening and not watched <= told <= 1:
        yield f"{told} summaries"


# --- leaves ----------------------------------------------------------------------


def _life(record: Record, order: dict[str, Any]) -> tuple[str, str, str]:
    """Return (received, ended, number) of an order; one that still rests ends never."""
    ends = [order["received"]] if order["rejected"] else []
    ends += [fill["at"] for fill in record.fills if fill["order_no"] == order["order_no"]]
    ends += [
        other["received"]
        for other in record.state["orders"]
        if other["kind"] == "cancel" and other["original"] == int(order["order_no"])
    ]
    return order["received"], "9999" if order["remaining"] or not ends else max(ends), order["order_no"]


def _calls_within(record: Record, symbol: str, began: str, ended: str) -> Iterator[str]:
    for call in record.calls:
        if call["tr_id"] not in (NEW_SELL, NEW_BUY) or symbol not in ("", call["fields"].get("PDNO")):
            continue
        at = _stamp(call["at"])
        late = _seconds(began, at) if began < at else 0.0
        if late > HALT_GRACE_S and at < ended:
            yield f"{call['fields'].get('PDNO')} at {at}, halt of {symbol or 'the market'} known since {began}"


def _stamp(iso: str) -> str:
    return datetime.fromisoformat(iso).strftime("%Y-%m-%d %H:%M:%S.%f")


def _seconds(first: str, second: str) -> float:
    form = "%Y-%m-%d %H:%M:%S.%f"
    return (datetime.strptime(second, form) - datetime.strptime(first, form)).total_seconds()
