"""``hantu strategies``, ``hantu jobs`` without a jobs process, and the watch list from another program."""

import io
import json
from datetime import date

import pytest

from hantu.adapters.tape.header import Origin
from hantu.adapters.tape.writer import FileTape
from hantu.strategies.job import Filed, Job, JobFiles, Journal
from hantu.strategies.sdk import Proposal
from hantu.strategies.supervision import JobState
from tests.unit.engine.world import SAMSUNG
from tests.unit.harness.taped_world import TapedWorld, sold_at_the_stop


def test_a_new_strategy_is_made_listed_and_tried(hantu, hantu_json, home):
    code, told = hantu_json("strategies", "new", "my_first")
    assert (code, told["name"]) == (0, "my_first")
    assert [row["name"] for row in hantu_json("strategies", "list")[1]] == ["my_first", "support_rebound"]
    assert hantu("strategies", "new", "my_first")[0] == 2
    code, out, _ = hantu("strategies", "backtest", "my_first", "--simulated", "1", "--out", "result.svg")
    assert code == 0
    assert "손익" in out
    assert "가정:" in out
    assert (home / "result.svg").read_text().startswith("<svg")
    code, report = hantu_json("strategies", "backtest", "my_first", "--simulated", "1", "--set", "shares=1")
    assert code == 0
    assert report["days"] == ["2026-11-23"]
    shares = sum(deal["quantity"] for deal in report["deals"]) + sum(report["held"].values())
    assert shares == report["orders_filled"] > 0, "one share an order, and every share is accounted for"
    assert len(report["assumptions"]) == 4


def test_a_strategy_that_fails_in_a_backtest_is_said_with_its_error(hantu, home):
    (home / "strategies").mkdir()
    (home / "strategies" / "bad.py").write_text(
        "from hantu.strategies.sdk import *\nclass Subject(Strategy[Nothing, Nothing]):\n"
        "    def on_trade(self, trade):\n        1 / 0\n"
    )
    code, _, err = hantu("strategies", "backtest", "bad", "--simulated", "1")
    assert (code, "ZeroDivisionError" in err) == (2, True)
    assert hantu("strategies", "backtest", "nothing", "--simulated", "1")[0] == 2
    assert hantu("strategies", "backtest", "bad", "--day", "tomorrow")[0] == 2
    assert hantu("strategies", "backtest", "bad")[0] == 2, "nothing was recorded here"


def test_a_recorded_day_is_played_as_the_guard_saw_it(hantu_json, home):
    tape = FileTape(home / "tape", Origin("0.1.0", "x", "test"), on_trouble=pytest.fail, flush_s=60.0)
    world = TapedWorld(holdings={SAMSUNG: (10, 70_000, 10)}).on(tape)
    sold_at_the_stop(world)
    tape.close()
    (home / "strategies").mkdir()
    (home / "strategies" / "seen.py").write_text(
        "from hantu.strategies.sdk import *\nclass Subject(Strategy[Nothing, Nothing]):\n"
        "    def on_trade(self, trade):\n        if trade.price == 67_500:\n"
        "            self.propose(trade.symbol, 1, 72_000, 'low')\n"
    )
    code, report = hantu_json("strategies", "backtest", "seen")
    assert code == 0
    assert (report["trades_seen"], report["proposals"]) == (3, 1)
    assert report["days"] == [world.now.wall.date().isoformat()]


@pytest.fixture
def jobs(home):
    """Two jobs on file, one of them damaged; nobody looks after them."""
    proposal = Proposal("Sab12-7", "buy", "005930", 3, 70_000, 71_000, "rising")
    JobFiles(home / "state").save(
        Job(
            "strategy_one",
            "one",
            "ab12",
            JobState.PAUSED,
            "drill",
            "kim",
            "2026-11-23 00:00:00.000000",
            errors=2,
            last_error="ZeroDivisionError: at 005930",
            journal=Journal(1_234, 5),
            proposals=[Filed(proposal, "pending")],
        )
    )
    (home / "state" / "strategy_two.json").write_text("{")


@pytest.mark.requirement("REL-32", "REL-30")
def test_jobs_are_read_from_their_files_while_nobody_looks_after_them(hantu, hantu_json, jobs):
    code, rows = hantu_json("jobs", "list")
    assert (code, [(row["job_id"], row["state"]) for row in rows]) == (
        0, [("strategy_one", "paused"), ("strategy_two", "broken")],
    )  # fmt: skip
    _, out, _ = hantu("jobs", "list")
    assert "작업 프로세스가 꺼져 있음" in out
    assert "일시 중단" in out
    _, out, _ = hantu("jobs", "show", "one")
    for word in ("drill", "ZeroDivisionError", "1,234", "Sab12-7", "70,000~71,000원"):
        assert word in out
    assert hantu("jobs", "show", "three")[0] == 2
    code, _, err = hantu("jobs", "resume", "one")
    assert (code, "hantu run jobs" in err) == (1, True)
    assert hantu("jobs", "start", "one", "--set", "shares")[0] == 2


def test_without_jobs_it_says_how_to_begin(hantu):
    assert "hantu strategies new" in hantu("jobs", "list")[1]


def test_the_jobs_process_needs_records_to_begin(hantu):
    code, _, err = hantu("run", "jobs")
    assert (code, "hantu db init" in err) == (1, True)


@pytest.mark.requirement("MON-2.06")
def test_the_program_that_selects_may_hand_its_list_over_by_pipe(hantu_json, monkeypatch):
    rows = [{"stock_code": "005930", "stock_name": "삼성전자", "score": 80, "support_price": 70_000}]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(rows).encode())))
    assert hantu_json("watchlist", "import", "-", "--date", "2026-11-23")[1]["count"] == 1
    found = hantu_json("watchlist", "list", "--date", date(2026, 11, 23).isoformat())[1]
    assert [(row["symbol"], row["support_price"]) for row in found] == [("005930", 70_000)]
