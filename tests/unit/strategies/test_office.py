"""The office with real processes: what is kept, what is repeated, what a rule ends, and its own death."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest

from hantu.domain.errors import DeniedError, UsageError
from hantu.strategies.control import JobsControl
from hantu.strategies.job import Job
from hantu.strategies.sdk import Fill
from hantu.strategies.supervision import JobState
from tests.unit.strategies.theatre import Theatre

COUNTER = """
def on_trade(self, trade):
    self.state.count += 1
    if trade.price == 71_000:
        self.propose(trade.symbol, 1, trade.price, "up")
    if trade.price == 72_000:
        for place in range(4):
            self.propose(f"00000{place}", 1, 1_000, "flood")
def on_fill(self, fill):
    self.state.said.append(f"fill {fill.number}")
def on_decision(self, decision):
    self.state.said.append(f"{decision.status} {decision.reason}".strip())
def on_gap(self, missed):
    self.state.said.append(f"gap {missed}")
"""


@pytest.fixture
async def theatre(tmp_path) -> AsyncIterator[Theatre]:
    found = Theatre(tmp_path, proposals_per_hour=3)
    found.write("counter", COUNTER)
    await found.open()
    try:
        yield found
    finally:
        await found.close()


def kept(theatre: Theatre, name: str = "counter") -> dict[str, Any]:
    job = theatre.files.load(f"strategy_{name}")
    assert job is not None
    return job.kept


def job_of(theatre: Theatre, name: str = "counter") -> Job:
    job = theatre.files.load(f"strategy_{name}")
    assert job is not None
    return job


@pytest.mark.requirement("REL-23", "REL-30", "REL-31")
async def test_one_start_runs_it_tracks_it_saves_it_and_the_next_office_goes_on(theatre):
    told = await theatre.office.start("counter", {}, "kim")
    assert (told["state"], told["by"], told["heartbeat_at"]) == ("running", "kim", ""), "a start is no sign of life"
    assert theatre.files.load("strategy_counter") is not None
    assert [one["job_id"] for one in theatre.office.listed()] == ["strategy_counter"]
    theatre.trade(70_000)
    await theatre.until(lambda: theatre.desk("counter").steps > 2, "the trade")
    assert theatre.office.shown("strategy_counter")["heartbeat_at"] > told["started_at"]
    theatre.records.fills = [Fill(number, "005930", "buy", 1, 70_000, "") for number in range(1, 6)]
    await theatre.until(lambda: len(kept(theatre).get("said", ())) == 5, "five fills")
    await theatre.again()
    await theatre.until(lambda: theatre.desk("counter").steps > 0, "the next life")
    theatre.records.fills.append(Fill(6, "005930", "buy", 1, 70_000, ""))
    theatre.trade(70_000)
    await theatre.until(lambda: "fill 6" in kept(theatre)["said"], "the sixth")
    said = [word for word in kept(theatre)["said"] if word.startswith("fill")]
    assert said == [f"fill {number}" for number in range(1, 7)], "each once, in order"
    await theatre.office.suspend("strategy_counter", "kim", "")
    assert kept(theatre)["count"] == 2, "an end in order forgets no trade"
    assert "gap 0" in kept(theatre)["said"], "and the time between is told"
    assert [act for act, _ in theatre.records.acts] == ["strategy_started", "strategy_suspended"]


async def test_a_proposal_is_filed_once_and_its_story_is_told_once(theatre):
    await theatre.office.start("counter", {}, "kim")
    theatre.records.broken = True
    for _ in range(3):
        theatre.trade(71_000)
    await theatre.until(lambda: job_of(theatre).proposals, "the wish to be kept")
    assert theatre.records.filed == {}
    await theatre.close()
    # The next office finds it in the file, and so would the one after that.
    theatre.records.broken = False
    await theatre.again()
    await theatre.until(lambda: len(theatre.records.filed) == 1, "the proposal")
    (key,) = theatre.records.filed
    for status in ("approved", "used"):
        theatre.records.filed[key] = status
        await theatre.until(lambda status=status: status in kept(theatre).get("said", ()), status)
    assert [word for word in kept(theatre)["said"] if word != "gap 0"] == ["approved", "used"]
    assert job_of(theatre).proposals == []
    theatre.trade(71_000)
    await theatre.until(lambda: len(theatre.records.filed) == 2, "the next one under the next number")
    assert sorted(one.rpartition("-")[2] for one in theatre.records.filed) == ["1", "2"]


async def test_a_flood_of_proposals_waits_for_a_person(theatre):
    await theatre.office.start("counter", {}, "kim")
    theatre.trade(72_000)
    await theatre.until(lambda: job_of(theatre).state is JobState.PAUSED, "the rule")
    assert job_of(theatre).by == "rule:proposals"
    await theatre.until(lambda: len(theatre.records.filed) == 3, "what was allowed")
    await asyncio.sleep(0.3)
    assert len(theatre.records.filed) == 3
    await theatre.office.resume("strategy_counter", "kim")
    await theatre.until(lambda: "void limit" in kept(theatre)["said"], "the fourth to be told")


@pytest.mark.requirement("OPS-IF-1", "OPS-IF-4")
@pytest.mark.parametrize(("knob", "value"), [("kill", "active"), ("state", "sleeping")])
async def test_kill_switch_and_sleep_suspend_and_forbid(theatre, knob, value):
    await theatre.office.start("counter", {}, "kim")
    setattr(theatre.records, knob, value)
    await theatre.until(lambda: job_of(theatre).state is JobState.PAUSED, "the rule")
    with pytest.raises(DeniedError):
        await theatre.office.resume("strategy_counter", "kim")
    setattr(theatre.records, knob, "off" if knob == "kill" else "monitoring")
    await asyncio.sleep(0.3)
    assert job_of(theatre).state is JobState.PAUSED, "only a person resumes it"
    await theatre.office.resume("strategy_counter", "kim")
    assert job_of(theatre).state is JobState.RUNNING


async def test_a_proposal_made_in_the_moment_of_the_kill_switch_is_void(theatre):
    await theatre.office.start("counter", {}, "kim")
    theatre.records.broken = True
    theatre.trade(71_000)
    await theatre.until(lambda: job_of(theatre).proposals, "the wish")
    theatre.records.kill, theatre.records.broken = "hard", False
    await theatre.until(lambda: job_of(theatre).state is JobState.PAUSED, "the rule")
    await theatre.until(lambda: [one.status for one in job_of(theatre).proposals] == ["void"], "the end of the wish")
    theatre.records.kill = "off"
    await theatre.office.resume("strategy_counter", "kim")
    await theatre.until(lambda: "void kill" in kept(theatre)["said"], "it to be told")
    assert theatre.records.filed == {}


@pytest.mark.requirement("REL-48", "REL-47")
async def test_the_look_after_the_strategies_is_looked_after(theatre):
    await theatre.office.start("counter", {}, "kim")
    for death in range(1, 3):
        assert theatre.office._watch is not None
        theatre.office._watch.cancel()
        await theatre.until(lambda death=death: theatre.office.watch_deaths == death, "the death to be seen")
    pid = theatre.desk("counter").pid
    os.kill(pid, signal.SIGKILL)
    await theatre.until(lambda: theatre.desk("counter").pid not in (0, pid), "a restart by the new look")
    assert job_of(theatre).restarts == 1
    assert "SIGKILL" in job_of(theatre).last_error


@pytest.mark.requirement("REL-26", "REL-21")
async def test_an_alert_nobody_takes_is_told_later_and_once(theatre):
    theatre.write("bad", 'def on_start(self):\n    raise RuntimeError("no")')
    theatre.records.takes_alerts = False
    await theatre.office.start("bad", {}, "kim")
    await theatre.until(lambda: job_of(theatre, "bad").state is JobState.FAILED, "the end")
    assert [one.event_type for one in job_of(theatre, "bad").untold] == ["strategy_restarted", "strategy_given_up"]
    await theatre.again()
    theatre.records.takes_alerts = True
    await theatre.until(lambda: all(one.told for one in job_of(theatre, "bad").untold), "people to be told")
    assert [kind for kind, _ in theatre.records.told] == ["strategy_restarted", "strategy_given_up"]
    assert "RuntimeError: no" in theatre.records.told[1][1]
    job = job_of(theatre, "bad")
    assert (job.errors, job.restarts, job.last_error) == (2, 1, "RuntimeError: no")
    assert job.last_error_at
    await theatre.office.start("bad", {}, "kim")
    assert theatre.desk("bad").supervision.restarts == 0, "a person begins the count anew"


@pytest.mark.requirement("REL-26", "REL-21")
async def test_what_people_were_told_without_a_guard_is_put_on_record_by_the_next_one(theatre):
    theatre.write("bad", 'def on_start(self):\n    raise RuntimeError("no")')
    theatre.write("worse", 'def on_start(self):\n    raise RuntimeError("no, too")')
    await theatre.office.start("bad", {}, "kim")
    await theatre.office.start("worse", {}, "kim")
    for name in ("bad", "worse"):
        await theatre.until(lambda name=name: job_of(theatre, name).state is JobState.FAILED, "the end")
        await theatre.until(lambda name=name: [one.told for one in job_of(theatre, name).untold] == [True], "telling")
    told = sorted(kind for kind, _ in theatre.records.told)
    assert told == ["strategy_given_up"] * 2 + ["strategy_restarted"] * 2
    await theatre.again()
    assert theatre.records.recorded == []
    theatre.records.guard_answers = True
    await theatre.until(lambda: not job_of(theatre, "bad").untold and not job_of(theatre, "worse").untold, "the record")
    subjects = [("strategy_given_up", f"strategy_{name}") for name in ("bad", "worse")]
    assert sorted(theatre.records.recorded) == subjects
    assert len(theatre.records.told) == 4, "nobody is told past the guard twice"
    assert [act for act, _ in theatre.records.acts].count("strategy_given_up") == 2


async def test_a_state_that_cannot_be_saved_ends_the_life_and_nothing_was_done(theatre):
    await theatre.office.start("counter", {}, "kim")
    # The second step begins when the first one is on disk.
    await theatre.until(lambda: theatre.desk("counter").steps > 1, "its start")
    before = job_of(theatre)
    (theatre.folder / "state" / "strategy_counter.part").mkdir()
    theatre.trade(71_000)
    await theatre.until(lambda: theatre.desk("counter").supervision.errors > 0, "the failure")
    assert theatre.records.filed == {}
    assert job_of(theatre).counter == before.counter
    (theatre.folder / "state" / "strategy_counter.part").rmdir()
    done = theatre.desk("counter").steps
    await theatre.until(lambda: theatre.desk("counter").steps > done, "the next life")
    assert (job_of(theatre).errors, "Is a directory" in job_of(theatre).last_error) == (1, True)
    theatre.trade(71_000)
    await theatre.until(lambda: len(theatre.records.filed) == 1, "the proposal")


async def test_a_file_that_loops_while_it_is_read_is_a_hang(tmp_path):
    theatre = Theatre(tmp_path, timeout_s=0.5, restarts_max=0)
    (theatre.terms.folder / "loop.py").write_text("while True:\n    pass\n")
    await theatre.open()
    try:
        await theatre.office.start("loop", {}, "kim")
        await theatre.until(lambda: job_of(theatre, "loop").state is JobState.FAILED, "the end")
        assert "응답 없음" in job_of(theatre, "loop").last_error
    finally:
        await theatre.close()


async def test_words_that_are_none_of_ours_end_the_process(theatre):
    theatre.write(
        "babbler",
        """
def on_trade(self, trade):
    import socket, sys
    socket.socket(fileno=int(sys.argv[sys.argv.index("--socket") + 1])).sendall(b"\\0\\0\\0\\3abc")
""",
    )
    await theatre.office.start("babbler", {}, "kim")
    await theatre.until(lambda: theatre.desk("babbler").steps > 0, "its start")
    theatre.trade(1)
    await theatre.until(lambda: job_of(theatre, "babbler").errors > 0, "the failure")
    assert "알 수 없는 응답" in job_of(theatre, "babbler").last_error


async def test_other_records_begin_anew_and_old_fills_are_not_told_again(theatre):
    theatre.records.fills = [Fill(7, "005930", "buy", 1, 70_000, "")]
    await theatre.office.start("counter", {}, "kim")
    await theatre.until(lambda: theatre.desk("counter").steps > 1, "its start")
    assert kept(theatre).get("said", []) == [], "what was before it is not its own"
    await theatre.office.suspend("strategy_counter", "kim", "")
    theatre.records.fills, theatre.records.name = [Fill(1, "005930", "buy", 1, 1, "")], "records-2"
    await theatre.office.resume("strategy_counter", "kim")
    await theatre.until(lambda: "fill 1" in kept(theatre).get("said", ()), "the first fill of the new records")


@pytest.mark.requirement("REL-33", "REL-32")
async def test_wishes_that_make_no_sense_are_refused_with_a_reason(theatre):
    office = theatre.office
    with pytest.raises(UsageError):
        await office.start("nothing", {}, "kim")
    with pytest.raises(UsageError):
        await office.resume("strategy_nothing", "kim")
    with pytest.raises(UsageError):
        office.shown("../../etc/passwd")
    await office.start("counter", {}, "kim")
    for wish in (
        office.start("counter", {}, "kim"),
        office.resume("strategy_counter", "kim"),
        office.remove("strategy_counter", "kim"),
    ):
        with pytest.raises(DeniedError):
            await wish
    await office.suspend("strategy_counter", "kim", "")
    with pytest.raises(DeniedError):
        await office.suspend("strategy_counter", "kim", "")
    with pytest.raises(DeniedError):
        await office.start("counter", {}, "kim")
    await office.remove("strategy_counter", "kim")
    assert office.listed() == []


async def test_settings_reach_the_strategy_and_wrong_ones_are_said(theatre):
    (theatre.terms.folder / "setting.py").write_text(
        "from msgspec import Struct\nfrom hantu.strategies.sdk import *\n"
        "class P(Struct):\n    shares: int = 1\nclass S(Struct):\n    shares: int = 0\n"
        "class Subject(Strategy[P, S]):\n    def on_start(self):\n        self.state.shares = self.params.shares\n"
    )
    await theatre.office.start("setting", {"shares": 5}, "kim")
    await theatre.until(lambda: kept(theatre, "setting").get("shares") == 5, "the setting")
    await theatre.office.stop("strategy_setting", "kim", "")
    await theatre.office.start("setting", {"shares": "many"}, "kim")
    await theatre.until(lambda: job_of(theatre, "setting").errors == 1, "the refusal")
    assert "shares" in job_of(theatre, "setting").last_error


async def test_files_named_like_modules_of_python_stand_in_nobodys_place(theatre):
    (theatre.terms.folder / "socket.py").write_text("raise RuntimeError('not the one')\n")
    (theatre.terms.folder / "mine.py").write_text("ANSWER = 42\n")
    theatre.write("asker", "def on_start(self):\n    import mine\n    self.state.count = mine.ANSWER")
    await theatre.office.start("asker", {}, "kim")
    await theatre.until(lambda: kept(theatre, "asker").get("count") == 42, "its own module")
    assert job_of(theatre, "asker").errors == 0


async def test_a_broken_file_is_shown_and_left_alone(theatre):
    bad = theatre.folder / "state" / "strategy_counter.json"
    bad.parent.mkdir(exist_ok=True)
    bad.write_text("{")
    await theatre.again()
    assert [(one["job_id"], one["state"]) for one in theatre.office.listed()] == [("strategy_counter", "broken")]
    with pytest.raises(DeniedError):
        await theatre.office.start("counter", {}, "kim")
    assert bad.read_text() == "{"


async def test_the_socket_says_what_it_did_not_understand(theatre, tmp_path_factory):
    control = JobsControl(tmp_path_factory.mktemp("j") / "j.sock", theatre.office)
    await control.open()
    try:
        reader, writer = await asyncio.open_unix_connection(str(control._path))
        answers = []
        for line in (
            b"nonsense",
            b'{"command": "dance"}',
            b'{"command": "list"}',
            b'{"command": "show", "args": {"job_id": "x"}}',
        ):
            writer.write(line + b"\n")
            answers.append(await reader.readline())
        writer.close()
        assert [b'"ok":true' in answer for answer in answers] == [False, False, True, False]
        assert all(b'"code":"usage"' in answer for answer in (*answers[:2], answers[3]))
    finally:
        await control.close()


@pytest.mark.requirement("REL-24", "REL-47")
async def test_every_strategy_is_looked_at_once_a_check_and_not_oftener(tmp_path):
    theatre = Theatre(tmp_path, check_s=0.4)
    await theatre.open()
    try:
        looks: list[float] = []
        loop = asyncio.get_running_loop()
        end = loop.time() + 2.5
        while loop.time() < end:
            if theatre.office._looked > 0 and theatre.office._looked not in looks:
                looks.append(theatre.office._looked)
            await asyncio.sleep(0.01)
        assert len(looks) >= 3, "it looks by itself, from the start on"
        assert min(later - earlier for earlier, later in pairwise(looks)) >= 0.4
    finally:
        await theatre.close()
