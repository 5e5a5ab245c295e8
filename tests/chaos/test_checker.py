"""The checker itself: a clean record passes, and each planted wrong is found by its own rule and no other."""

import ast
import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.chaos import checker
from tests.chaos.checker import Evidence, Notes, judge, read_tables

US, OTHER = "AAAA…AA", "PPPP…PP"


def order(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "order_no": f"{number:010d}", "original": 0, "kind": "new", "account": "1", "symbol": "005930", "side": "sell",
        "order_type": "00", "quantity": 10, "price": 68_000, "venue": "KRX", "received": at(10), "filled": 10,
        "amount": 680_000, "canceled": 0, "rejected": 0, "remaining": 0,
    } | changes  # fmt: skip


def call(number: int, **changes: Any) -> dict[str, Any]:
    fields = {"PDNO": "005930", "ORD_QTY": "10", "ORD_UNPR": "68000"}
    return {
        "received_real": 100.0, "at": at(10), "tr_id": checker.SELL, "fields": fields, "code": "APBK0013",
        "order_no": f"{number:010d}", "answered": True, "client": US,
    } | changes  # fmt: skip


def fill(number: int, **changes: Any) -> dict[str, Any]:
    found = {"at": at(11), "account": "1", "order_no": f"{number:010d}", "symbol": "005930", "side": "sell"}
    return found | {"price": 68_000, "quantity": 10} | changes


def intent(name: str, order_no: str, **changes: Any) -> dict[str, Any]:
    return {
        "intent_id": name, "flow": "f1", "kind": "order", "state": "filled", "symbol": "005930", "side": "sell",
        "purpose": "stop_loss", "target": 0, "quantity": 10, "limit_price": 68_000, "parent": "", "held": 10,
        "recorded_at": "2026-11-23 00:00:09.000000", "order_no": order_no,
    } | changes  # fmt: skip


def row(number: str, **changes: Any) -> dict[str, Any]:
    return {"order_no": number, "quantity": 10, "price": 68_000, "source": "notice", "intent_id": "i-1"} | changes


def at(second: int) -> str:
    return f"2026-11-23T00:00:{second:02d}+00:00"


def clean() -> Evidence:
    state = {"orders": [order(1)], "fills": [fill(1)], "order_calls": [call(1)], "issues": []}
    tables = {
        "intents": [intent("i-1", "0000000001")],
        "orders": [{"order_no": "0000000001", "intent_id": "i-1"}],
        "fills": [row("0000000001")],
    }
    return Evidence(state, [], tables, Notes(strangers=(OTHER,), opening={"005930": 10}))


def with_second_sell(evidence: Evidence, **changes: Any) -> None:
    """Another sell of ours with everything that belongs to it."""
    evidence.exchange["orders"].append(order(2, received=at(20), **changes))
    evidence.exchange["order_calls"].append(call(2, at=at(20)))
    evidence.exchange["fills"].append(fill(2, at=at(21)))
    evidence.tables["intents"].append(intent("i-2", "0000000002", flow="f2"))
    evidence.tables["orders"].append({"order_no": "0000000002", "intent_id": "i-2"})
    evidence.tables["fills"].append(row("0000000002", intent_id="i-2"))


def set_notes(evidence: Evidence, **changes: Any) -> None:
    evidence.notes = Notes(**{**evidence.notes.__dict__, **changes})


def second_of_one_flow(evidence: Evidence) -> None:
    with_second_sell(evidence)
    evidence.tables["intents"][1]["flow"] = "f1"
    set_notes(evidence, opening={"005930": 20})


def lives_together(evidence: Evidence) -> None:
    with_second_sell(evidence)
    set_notes(evidence, opening={"005930": 20})
    evidence.exchange["fills"][0]["at"] = at(25)


PLANTED: dict[str, tuple[str, Callable[[Evidence], None]]] = {
    "sold more than held": ("oversold_holding", with_second_sell),
    "asked for more than sellable": (
        "oversold_holding",
        lambda e: e.exchange["order_calls"][0].update(code=checker.NOT_ENOUGH_SHARES),
    ),
    "an exit sold twice": ("oversold_target", second_of_one_flow),
    "a partial exit sold all": ("oversold_target", lambda e: e.tables["intents"][0].update(target=5)),
    "a stock that should have stayed": ("oversold_target", lambda e: set_notes(e, most_sold={"005930": 5})),
    "a call nobody meant": (
        "orders_without_intent",
        lambda e: e.exchange["order_calls"].append(call(9, code="APBK0919", order_no="")),
    ),
    "a cancel nobody meant": (
        "orders_without_intent",
        lambda e: e.exchange["order_calls"].append(call(0, tr_id=checker.REVISE, fields={"ORGN_ODNO": "1"})),
    ),
    "an order of no intent": (
        "one_intent_each",
        lambda e: (e.tables["orders"].clear(), e.tables["intents"][0].update(order_no="")),
    ),
    "an order of two intents": (
        "one_intent_each",
        lambda e: (
            e.tables["intents"].append(intent("i-2", "")),
            e.tables["orders"].append({"order_no": "1", "intent_id": "i-2"}),
        ),
    ),
    "an intent after its order": (
        "one_intent_each",
        lambda e: e.tables["intents"][0].update(recorded_at="2026-11-23 00:00:10.500000"),
    ),
    "an order of another size": ("one_intent_each", lambda e: e.exchange["orders"][0].update(quantity=11)),
    "a fill that was lost": ("lost_fills", lambda e: e.tables["fills"].clear()),
    "a fill recorded twice": ("lost_fills", lambda e: e.tables["fills"].append(row("0000000001"))),
    "a fill at another price": ("lost_fills", lambda e: e.tables["fills"][0].update(price=68_100)),
    "a fill nobody made": ("lost_fills", lambda e: e.tables["fills"].append(row("0000000077"))),
    "two live exits": ("two_live_exits", lives_together),
    "an order after the switch": ("after_the_switch", lambda e: set_notes(e, switches=((99.0, "hard"),))),
    "profit taken at active": (
        "after_the_switch",
        lambda e: (set_notes(e, switches=((99.0, "active"),)), e.tables["intents"][0].update(purpose="take_profit")),
    ),
    "a storm of connections": (
        "storms",
        lambda e: e.anomalies.append({"kind": "connection_storm", "detail": "key blocked", "client": US}),
    ),
    "a token asked for again and again": (
        "storms",
        lambda e: e.anomalies.extend([{"kind": "refused_token", "detail": "EGW00133", "client": US}] * 4),
    ),
    "a token at each start": (
        "storms",
        lambda e: e.exchange["issues"].extend([{"kind": "token", "fresh": True, "appkey": US}] * 3),
    ),
}


def problems(evidence: Evidence) -> dict[str, list[str]]:
    """Judge after whatever was planted: derived values are made anew."""
    again = Evidence(evidence.exchange, evidence.anomalies, evidence.tables, evidence.notes)
    return {rule: found for rule, found in judge(again).items() if found}


def test_clean_record_breaks_no_rule() -> None:
    assert problems(clean()) == {}


@pytest.mark.parametrize("what", PLANTED)
def test_planted_wrong_is_found_by_its_rule_alone(what: str) -> None:
    rule, plant = PLANTED[what]
    evidence = copy.deepcopy(clean())
    plant(evidence)
    assert list(problems(evidence)) == [rule]


def test_every_rule_has_a_planted_wrong() -> None:
    assert {rule for rule, _ in PLANTED.values()} == {rule.__name__ for rule in checker.RULES}


def test_what_is_allowed_is_not_reported() -> None:
    evidence = clean()
    set_notes(evidence, switches=((99.0, "active"),), allowed=("key_in_use",), strangers_sell=True)
    evidence.anomalies.append({"kind": "key_in_use", "detail": "", "client": US})
    evidence.exchange["order_calls"].append(call(3, client=OTHER, tr_id=checker.BUY, order_no="0000000003"))
    evidence.exchange["orders"].append(order(3, side="buy"))
    assert problems(evidence) == {}, "a protective sell at active, a stranger's order, a session that lingers"


def test_what_a_resting_order_fills_after_the_guard_has_ended_is_not_lost() -> None:
    evidence = clean()
    evidence.exchange["fills"] = [fill(1, quantity=7), fill(1, quantity=3, at=at(30))]
    evidence.tables["fills"][0].update(quantity=7)
    assert list(problems(evidence)) == ["lost_fills"]
    set_notes(evidence, until=at(29))
    assert problems(evidence) == {}
    evidence.tables["fills"][0].update(quantity=6)
    assert list(problems(evidence)) == ["lost_fills"]


def test_before_the_day_is_over_what_is_under_way_is_not_missed() -> None:
    evidence = clean()
    set_notes(evidence, over=False)
    evidence.tables["orders"].clear()
    evidence.tables["fills"].clear()
    evidence.tables["intents"][0].update(order_no="", state="sending")
    assert problems(evidence) == {}


def test_tables_are_read_by_the_sqlite3_program_and_the_spill_too(tmp_path: Path) -> None:
    database = tmp_path / "hantu.db"
    script = "CREATE TABLE intents (intent_id, quantity); CREATE TABLE orders (a); CREATE TABLE fills (a);"
    subprocess.run(["sqlite3", str(database), f"{script} INSERT INTO intents VALUES ('i-1', 7);"], check=True)
    payload = {"intent_id": "i-2", "limit_price": 5, "baseline": [], "kind": "order"}
    event = {"timestamp": "2026-11-23 00:00:01.000000", "payload": json.dumps(payload)}
    line = json.dumps({"sha256": "", "entry": {"events": [event]}})
    (tmp_path / "spill.jsonl").write_text(f"{line}\n{line[:30]}")
    tables = read_tables(database, tmp_path)
    assert [row["intent_id"] for row in tables["intents"]] == ["i-1", "i-2"]
    assert tables["fills"] == []


def test_damaged_database_is_no_record(tmp_path: Path) -> None:
    database = tmp_path / "hantu.db"
    database.write_bytes(b"SQLite format 3\0" + b"\x07" * 5_000)
    with pytest.raises(RuntimeError):
        read_tables(database)


def test_it_runs_alone_on_saved_records(tmp_path: Path) -> None:
    state = {"orders": [], "fills": [], "order_calls": [call(1)], "issues": []}
    (tmp_path / "exchange.json").write_text(json.dumps({"state": state, "anomalies": []}))
    script = "CREATE TABLE intents (a); CREATE TABLE orders (a); CREATE TABLE fills (a);"
    subprocess.run(["sqlite3", str(tmp_path / "hantu.db"), script], check=True)
    words = [sys.executable, checker.__file__, str(tmp_path / "exchange.json"), str(tmp_path / "hantu.db")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert json.loads(done.stdout)["orders_without_intent"]


def test_checker_shares_no_code_with_the_product() -> None:
    tree = ast.parse(Path(checker.__file__).read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names
