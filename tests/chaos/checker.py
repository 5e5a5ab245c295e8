"""Judges a day from outside: the exchange's own record against the guard's tables, with no code of either.

Standard library only. The tables are read by the ``sqlite3`` program from a copy,
so that looking changes nothing. Every check yields sentences; none means that the
rule held. Run it on saved records with
``python tests/chaos/checker.py exchange.json hantu.db [notes.json]``.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

SELL, BUY, REVISE = "TTTC0011U", "TTTC0012U", "TTTC0013U"
NOT_ENOUGH_SHARES = "APBK0400"
NOT_ORDERS = ("cancel", "amend")
SWITCH_GRACE_S = 0.25
"""Real seconds for bytes that were on their way when the switch was thrown, on a network that is well."""
FRESH_TOKENS = 2
"""Access tokens a day may need: one, and one after an expiry."""
TOLERATED = {"refused_token": 3, "subscribed_twice": 3}
"""How often a day may show what no client can avoid: a token that came and was lost by a death cannot be asked for
again within the minute, and an answer later than the client's patience (0.15 s at this speed) is asked for again."""
STORMS = frozenset({"connection_storm", "resubscription_storm", "subscribe_too_fast", "rate_exceeded"})
PROTECTIVE = frozenset({"stop_loss", "trailing_stop"})
TABLES = ("intents", "orders", "fills")

Row = dict[str, Any]


@dataclass(frozen=True)
class Notes:
    """What the driver of the day knows and neither record says."""

    strangers: tuple[str, ...] = ()
    """Masked keys of others who trade in the account; their orders are not judged."""
    opening: dict[str, int] = field(default_factory=dict)
    """Shares held before the first order, by symbol."""
    most_sold: dict[str, int] = field(default_factory=dict)
    """Shares the rule allows to be sold of stocks whose whole path is known."""
    switches: tuple[tuple[float, str], ...] = ()
    """(real monotonic second, level) at which a kill switch was on; it stayed on."""
    grace_s: float = SWITCH_GRACE_S
    over: bool = True
    """Whether the day is over: only then must every fill be on record."""
    until: str = ""
    """Exchange's time at which the guard was last seen in order and then ended; what an order that still rested
    filled after it need not be on record. Empty = everything must be."""
    strangers_sell: bool = False
    """Whether others sell too, so that a refusal for want of shares proves nothing."""
    allowed: tuple[str, ...] = ()
    """Kinds of misbehaviour this day's faults make out of a dutiful call."""


@dataclass
class Evidence:
    """Both records side by side."""

    exchange: Row
    """``/_sim/state``."""
    anomalies: list[Row]
    tables: dict[str, list[Row]]
    notes: Notes = field(default_factory=Notes)

    def __post_init__(self) -> None:
        calls = self.exchange["order_calls"]
        self.calls = [call for call in calls if call["client"] not in self.notes.strangers]
        theirs = {call["order_no"] for call in calls if call["client"] in self.notes.strangers}
        placed = [order for order in self.exchange["orders"] if order["kind"] not in NOT_ORDERS]
        self.orders = [order for order in placed if order["order_no"] not in theirs]
        self.fills = self.exchange["fills"]
        self.intents: dict[str, Row] = {row["intent_id"]: row for row in self.tables["intents"]}
        self.owners: dict[int, set[str]] = defaultdict(set)
        for row in [*self.tables["orders"], *self.tables["intents"]]:
            if row["order_no"] and row.get("kind", "order") == "order":
                self.owners[int(row["order_no"])].add(row["intent_id"])

    def intent_of(self, order_no: str) -> Row | None:
        """Return the first intent that claims an order at the exchange."""
        owners = sorted(self.owners.get(int(order_no or 0), ()))
        return self.intents.get(owners[0]) if owners else None

    def fills_of(self, order_no: str) -> list[Row]:
        """Return the exchange's fills of one order."""
        return [fill for fill in self.fills if fill["order_no"] == order_no]


# --- the rules -------------------------------------------------------------------


def oversold_holding(evidence: Evidence) -> Iterator[str]:
    """Never more sold than held, and never more asked for than could be sold."""
    held = Counter(evidence.notes.opening)
    for fill in sorted(evidence.fills, key=lambda fill: fill["at"]):
        held[fill["symbol"]] += fill["quantity"] if fill["side"] == "buy" else -fill["quantity"]
        if held[fill["symbol"]] < 0:
            yield f"{fill['symbol']}: {-held[fill['symbol']]} more sold than held at {fill['at']}"
    if not evidence.notes.strangers_sell:
        for call in evidence.calls:
            if call["tr_id"] == SELL and call["code"] == NOT_ENOUGH_SHARES:
                yield f"{call['fields'].get('PDNO')}: asked to sell more than was sellable at {call['at']}"


def oversold_target(evidence: Evidence) -> Iterator[str]:
    """All orders of one exit together sold no more than it began with, less what was to stay."""
    sold: Counter[str] = Counter()
    by_symbol: Counter[str] = Counter()
    for order in evidence.orders:
        if order["side"] != "sell":
            continue
        by_symbol[order["symbol"]] += order["filled"]
        intent = evidence.intent_of(order["order_no"])
        if intent is not None:
            sold[intent["flow"]] += order["filled"]
    for flow, shares in sold.items():
        attempts = [intent for intent in evidence.intents.values() if intent["flow"] == flow]
        first = min(attempts, key=lambda intent: (intent["recorded_at"], intent["intent_id"]))
        if shares > first["held"] - first["target"]:
            yield f"{flow} sold {shares}, held {first['held']}, to keep {first['target']}"
    for symbol, most in evidence.notes.most_sold.items():
        if by_symbol[symbol] > most:
            yield f"{symbol}: {by_symbol[symbol]} sold, the rule allows {most}"


def orders_without_intent(evidence: Evidence) -> Iterator[str]:
    """Every order call has an intent of its own on record, however the day went on."""
    wanted = Counter(
        (call["fields"].get("PDNO"), "sell" if call["tr_id"] == SELL else "buy",
         int(call["fields"].get("ORD_QTY") or 0), int(call["fields"].get("ORD_UNPR") or 0))
        for call in evidence.calls
        if call["tr_id"] in (SELL, BUY)
    )  # fmt: skip
    had = Counter(
        (row["symbol"], row["side"], int(row["quantity"]), int(row["limit_price"]))
        for row in evidence.intents.values()
        if row["kind"] == "order"
    )
    for key, times in (wanted - had).items():
        yield f"{times} of {wanted[key]} calls {key} have no intent"
    # By what the cancelled order was: its number may not be on record yet when the guard has just died.
    by_number = {int(order["order_no"]): order for order in evidence.orders}
    cancels: Counter[Any] = Counter()
    for call in evidence.calls:
        if call["tr_id"] == REVISE:
            number = int(call["fields"].get("ORGN_ODNO") or 0)
            order = by_number.get(number)
            cancels[order and (order["symbol"], order["side"], order["quantity"], order["price"])] += 1
    parents = [evidence.intents.get(row["parent"]) for row in evidence.intents.values() if row["kind"] == "cancel"]
    meant: Counter[Any] = Counter(
        (row["symbol"], row["side"], int(row["quantity"]), int(row["limit_price"])) for row in parents if row
    )
    for key, times in (cancels - meant).items():
        yield f"{times} cancels of {key} have no intent"


def one_intent_each(evidence: Evidence) -> Iterator[str]:
    """Every order at the exchange is exactly one intent's, which was recorded before it arrived."""
    used: Counter[str] = Counter()
    for order in evidence.orders:
        number = int(order["order_no"])
        owners = evidence.owners.get(number, set())
        if len(owners) > 1:
            yield f"order {number} belongs to {len(owners)} intents: {sorted(owners)}"
        if not owners:
            if evidence.notes.over:
                yield f"order {number} ({order['symbol']}, {order['quantity']}) belongs to no intent"
            continue
        intent = evidence.intent_of(order["order_no"])
        if intent is None:
            yield f"order {number} belongs to an intent that is not on record: {sorted(owners)}"
            continue
        used[intent["intent_id"]] += 1
        if intent["recorded_at"] > _stamp(order["received"]):
            yield f"order {number} arrived at {order['received']}, its intent is of {intent['recorded_at']}"
        asked = (intent["symbol"], intent["side"], intent["quantity"], intent["limit_price"])
        if asked != (order["symbol"], order["side"], order["quantity"], order["price"]):
            yield f"order {number} is {order['symbol']} {order['side']} {order['quantity']}@{order['price']}, meant {asked}"
    yield from (f"intent {intent} became {times} orders" for intent, times in used.items() if times > 1)


def lost_fills(evidence: Evidence) -> Iterator[str]:
    """Once the day is over every fill is on record, once, with its quantity and price."""
    if not evidence.notes.over:
        return
    ours: dict[int, list[Row]] = defaultdict(list)
    for row in evidence.tables["fills"]:
        ours[int(row["order_no"])].append(row)
    for order in evidence.orders:
        rows = ours[int(order["order_no"])]
        recorded = sum(row["quantity"] for row in rows)
        late = _filled_after(evidence, order["order_no"])
        if not order["filled"] - late <= recorded <= order["filled"]:
            yield f"order {order['order_no']}: {order['filled']} filled ({late} late), {recorded} on record"
            continue
        if recorded < order["filled"]:
            continue
        amount = sum(row["quantity"] * row["price"] for row in rows)
        # What an inquiry told is known by its average price, in whole won.
        slack = order["filled"] if any(row["source"] == "inquiry" for row in rows) else 0
        if abs(amount - order["amount"]) > slack:
            yield f"order {order['order_no']}: filled for {order['amount']} won, {amount} on record"
        told = sorted((row["quantity"], row["price"]) for row in rows)
        if not slack and told != sorted((f["quantity"], f["price"]) for f in evidence.fills_of(order["order_no"])):
            yield f"order {order['order_no']}: other fills on record than at the exchange: {told}"
    known = {int(order["order_no"]) for order in evidence.exchange["orders"]}
    for number, rows in ours.items():
        if number not in known:
            yield f"{len(rows)} fills on record of order {number}, which the exchange does not know"


def two_live_exits(evidence: Evidence) -> Iterator[str]:
    """At most one sell of ours lives at any time, for each stock."""
    sells: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for order in evidence.orders:
        if order["side"] == "sell":
            sells[order["symbol"]].append(_life(evidence, order))
    for symbol, lives in sells.items():
        for (_, ended, before), (began, _, after) in pairwise(sorted(lives)):
            if began < ended:
                yield f"{symbol}: order {after} came at {began} while {before} lived until {ended}"


def after_the_switch(evidence: Evidence) -> Iterator[str]:
    """With a kill switch on nothing leaves but cancels, and protective sells at level active."""
    for thrown, level in evidence.notes.switches:
        for call in evidence.calls:
            if call["tr_id"] not in (SELL, BUY) or call["received_real"] <= thrown + evidence.notes.grace_s:
                continue
            if level == "active" and call["tr_id"] == SELL and _may_protect(evidence, call):
                continue
            late = call["received_real"] - thrown
            yield f"{call['fields'].get('PDNO')}: called {late:.2f} s after {level}"


def storms(evidence: Evidence) -> Iterator[str]:
    """No storms of connections, registrations or tokens, and nothing else a dutiful client would not do."""
    found = Counter(
        (each["kind"], each["detail"]) for each in evidence.anomalies if each["client"] not in evidence.notes.strangers
    )
    for (kind, detail), times in sorted(found.items()):
        if times <= TOLERATED.get(kind, 0):
            continue
        if kind in STORMS or kind not in evidence.notes.allowed:
            yield f"{times} times {kind}: {detail}"
    strangers = evidence.notes.strangers
    fresh = [
        issue
        for issue in evidence.exchange["issues"]
        if issue["kind"] == "token" and issue["fresh"] and issue["appkey"] not in strangers
    ]
    if len(fresh) > FRESH_TOKENS:
        yield f"{len(fresh)} new access tokens in one day"


RULES = (
    oversold_holding, oversold_target, orders_without_intent, one_intent_each, lost_fills, two_live_exits,
    after_the_switch, storms,
)  # fmt: skip


def judge(evidence: Evidence) -> dict[str, list[str]]:
    """Return what is wrong, by rule; every rule is there, most with nothing."""
    return {rule.__name__: list(rule(evidence)) for rule in RULES}


# --- reading ---------------------------------------------------------------------


def read_tables(database: Path, spill: Path | None = None) -> dict[str, list[Row]]:
    """Read a copy of the tables with the sqlite3 program; the original is only copied.

    ``spill``: a folder whose waiting intents are read as well.

    Raises:
        RuntimeError: The file is damaged, or the program cannot read it.
    """
    with tempfile.TemporaryDirectory(prefix="hantu-judge-") as folder:
        copy = keep_copy(database, Path(folder))
        sound = query(copy, "PRAGMA quick_check")
        if sound != [{"quick_check": "ok"}]:
            raise RuntimeError(f"{database} is damaged: {sound}")
        # A death during the very first start may leave no tables, or no file.
        made = {row["name"] for row in query(copy, "SELECT name FROM sqlite_master WHERE type = 'table'")}
        tables = {name: query(copy, f"SELECT * FROM {name}") if name in made else [] for name in TABLES}
    if spill is not None:
        known = {row["intent_id"] for row in tables["intents"]}
        tables["intents"] += [row for row in _spilled(spill) if row["intent_id"] not in known]
    return tables


def keep_copy(database: Path, folder: Path) -> Path:
    """Copy a database nobody writes to, with its log, and return the copy."""
    copy = folder / "copy.db"
    for suffix in ("", "-wal"):
        source = database.with_name(database.name + suffix)
        if source.exists():
            shutil.copyfile(source, copy.with_name(copy.name + suffix))
    return copy


def query(database: Path, sql: str) -> list[Row]:
    """Run one query with the sqlite3 program.

    Raises:
        RuntimeError: The program could not.
    """
    done = subprocess.run(
        ["sqlite3", "-json", str(database), sql], capture_output=True, text=True, timeout=20, check=False
    )
    if done.returncode:
        raise RuntimeError(f"sqlite3: {done.stderr.strip()}")
    return list(json.loads(done.stdout)) if done.stdout.strip() else []


def _spilled(folder: Path) -> Iterator[Row]:
    """Yield the intents of whole lines of the spill."""
    path = folder / "spill.jsonl"
    for line in path.read_bytes().splitlines() if path.exists() else ():
        try:
            entry = json.loads(line)["entry"]
        except (ValueError, KeyError):
            continue  # a line that a death cut short
        for event in entry.get("events", ()):
            payload = json.loads(event["payload"])
            if {"intent_id", "limit_price", "baseline"} <= payload.keys():
                yield {"order_no": "", "recorded_at": event["timestamp"], **payload}


# --- leaves ----------------------------------------------------------------------


def _filled_after(evidence: Evidence, order_no: str) -> int:
    until = evidence.notes.until
    return sum(f["quantity"] for f in evidence.fills_of(order_no) if until and _stamp(f["at"]) > _stamp(until))


def _may_protect(evidence: Evidence, call: Row) -> bool:
    intent = evidence.intent_of(call["order_no"])
    if intent is not None:
        return intent["purpose"] in PROTECTIVE
    fields = call["fields"]
    alike = {
        row["purpose"]
        for row in evidence.intents.values()
        if row["symbol"] == fields.get("PDNO") and row["quantity"] == int(fields.get("ORD_QTY") or 0)
    }
    return bool(alike & PROTECTIVE)


def _life(evidence: Evidence, order: Row) -> tuple[str, str, str]:
    """Return (received, ended, number); one that still rests ends never."""
    ends = [order["received"]] if order["rejected"] else []
    ends += [fill["at"] for fill in evidence.fills_of(order["order_no"])]
    ends += [
        other["received"]
        for other in evidence.exchange["orders"]
        if other["kind"] == "cancel" and other["original"] == int(order["order_no"])
    ]
    return order["received"], "9999" if order["remaining"] or not ends else max(ends), order["order_no"]


def _stamp(iso: str) -> str:
    return datetime.fromisoformat(iso).strftime("%Y-%m-%d %H:%M:%S.%f")


def main(arguments: list[str]) -> int:
    """Judge saved records; exit code 1 when a rule was broken."""
    saved = json.loads(Path(arguments[0]).read_text())
    notes = json.loads(Path(arguments[2]).read_text()) if len(arguments) > 2 else {}
    notes |= {key: tuple(map(tuple, notes[key])) for key in ("switches",) if key in notes}
    evidence = Evidence(saved["state"], saved["anomalies"], read_tables(Path(arguments[1])), Notes(**notes))
    found = judge(evidence)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    return int(any(found.values()))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
