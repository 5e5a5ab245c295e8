"""Processes that are looked after: real ones, each of a few lines, that speak as hantu's do."""

import io
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from hantu.cli.caretaker import Caretaker
from hantu.cli.texts.up_words import ENGLISH, KOREAN
from hantu.cli.views.up import screen, sentence
from hantu.cli.wards import Happening, NotifyLine, Role, State, Ward, code_word
from hantu.operations.restarts import Limits

SPEAK = """
import os, signal, socket, sys, time
def say(text):
    line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    line.settimeout(1.0)  # nobody hears it any more while it is ended
    line.sendto(text.encode(), os.environ["NOTIFY_SOCKET"])
with open("{starts}", "a") as file:
    starts = file.tell()
    file.write("x")
"""
LIVES = """
say("READY=1\\nSTATUS=at work")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
while True:
    time.sleep(0.02)
    say("WATCHDOG=1")
"""
QUICK = Limits(waits_s=(0.05, 0.1), ends_max=3, within_s=60.0)


class House:
    """A few roles with scripts of their own, and everything that was told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wards: list[Ward] = []
        self.told: list[Happening] = []
        self.log: list[str] = []

    def add(self, name: str, script: str, **words: float | bool) -> Ward:
        patience = {"watchdog_s": 5.0, "start_s": 5.0, "stop_s": 15.0} | words
        starts = self.folder / f"{name}.starts"
        command = [sys.executable, "-S", "-c", SPEAK.format(starts=starts) + script]
        line = NotifyLine(self.folder / f"{name}.line")
        output = self.folder / "logs" / f"{name}.out"
        ward = Ward(Role(name, **patience), command, dict(os.environ), output, line, QUICK)
        self.wards.append(ward)
        return ward

    def run(self, until: Callable[[], bool], limit_s: float = 20.0) -> int:
        """Look after them until ``until``, then end them."""
        deadline = time.monotonic() + limit_s

        def ended() -> bool:
            assert time.monotonic() < deadline, self.story()
            return until()

        def tell(told: Happening) -> None:
            self.told.append(told)
            self.log.append(f"{told.role} {told.kind}")

        names = [ward.role.name for ward in self.wards]
        caretaker = Caretaker(self.wards, names[::-1], tell, lambda: None, rest=lambda _: time.sleep(0.01))
        return caretaker.run(ended)

    def kinds(self, name: str) -> list[str]:
        return [told.kind for told in self.told if told.role == name]

    def story(self) -> str:
        return "\n".join(sentence(ENGLISH, told) for told in self.told)


@pytest.fixture
def house() -> Iterator[House]:
    # Not pytest's tmp_path: its names are too long for a unix socket.
    with tempfile.TemporaryDirectory(prefix="hantu-") as folder:
        found = House(Path(folder))
        yield found
        assert all(ward.process is None for ward in found.wards), "nothing outlives the caretaker"


def all_run(house: House) -> Callable[[], bool]:
    return lambda: all(ward.state is State.RUNNING for ward in house.wards)


@pytest.mark.requirement("REL-60")
def test_each_begins_once_the_one_before_is_ready_and_all_end_in_order(house):
    house.add("guard", "time.sleep(0.2)\n" + LIVES, always=False)
    house.add("notifier", LIVES)
    house.add("server", LIVES)
    assert house.run(all_run(house)) == 0
    began = ["guard starting", "guard ready", "notifier starting", "notifier ready", "server starting", "server ready"]
    ended = [f"{name} {kind}" for name in ("server", "notifier", "guard") for kind in ("stopping", "stopped")]
    assert house.log == began + ended
    assert house.wards[0].said == "at work"


@pytest.mark.requirement("REL-60")
def test_a_killed_process_comes_back_with_another_id_and_the_others_do_not_notice(house):
    house.add("guard", LIVES, always=False)
    other = house.add("server", LIVES)
    pids = []

    def until() -> bool:
        guard = house.wards[0]
        if all_run(house)() and not pids:
            pids.extend([guard.pid, other.pid])
            os.kill(guard.pid, signal.SIGKILL)
        return bool(pids) and guard.state is State.RUNNING and guard.pid != pids[0]

    assert house.run(until) == 0
    again = next(told for told in house.told if told.kind == "again")
    assert (again.role, again.detail, again.wait_s) == ("guard", "SIGKILL", 0.05)
    assert house.kinds("server") == ["starting", "ready", "stopping", "stopped"]


def test_a_crash_loop_is_given_up_and_the_others_go_on(house):
    house.add("guard", LIVES, always=False)
    bad = house.add("server", "say('READY=1')\nprint('boom', flush=True)\nsys.exit(1)")
    last = house.add("jobs", LIVES)
    assert house.run(lambda: bad.state is State.GIVEN_UP and last.state is State.RUNNING) == 1
    assert [told.detail for told in house.told if told.kind in ("again", "given_up")] == ["exit 1: boom"] * 3
    assert house.kinds("server").count("starting") == 3
    assert house.wards[0].state is State.STOPPED


@pytest.mark.parametrize("code", [2, 3])
def test_a_guard_that_says_no_ends_everything_before_it_began(house, code):
    house.add("guard", f"print('거부  no key\\n  → get one')\nsys.exit({code})", always=False)
    house.add("notifier", LIVES)
    assert house.run(lambda: False) == code
    assert house.log == ["guard starting", "guard refused"]
    refused = house.told[-1]
    assert (refused.detail, refused.step) == ("no key", "get one")


def test_another_process_that_says_no_is_told_and_not_asked_again(house):
    house.add("guard", LIVES, always=False)
    house.add("server", "print('오류  the port is taken')\nsys.exit(2)")
    last = house.add("jobs", LIVES)
    assert house.run(lambda: last.state is State.RUNNING) == 1
    assert house.kinds("server") == ["starting", "refused"]
    assert "the port is taken" in house.story()


def test_an_end_in_order_is_somebodys_wish_only_for_the_guard(house):
    short = "say('READY=1')\nif not starts: sys.exit(0)\n" + LIVES
    house.add("guard", "say('READY=1')\ntime.sleep(0.3)\nsys.exit(0)", always=False)
    other = house.add("server", short)
    assert house.run(lambda: other.state is State.RUNNING and house.wards[0].state is State.ENDED) == 0
    assert house.kinds("guard") == ["starting", "ready", "ended"]
    assert house.kinds("server")[:4] == ["starting", "ready", "again", "starting"]


@pytest.mark.requirement("REL-60")
@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ("say('READY=1')\nif not starts: time.sleep(60)\n" + LIVES, "silent"),
        ("if not starts: time.sleep(60)\n" + LIVES, "never_ready"),
    ],
)
def test_what_stands_still_is_ended_and_only_then_started_again(house, script, kind):
    ward = house.add("guard", script, watchdog_s=1.0, start_s=1.5, always=False)
    assert house.run(lambda: ward.state is State.RUNNING and ward.restarts.total == 1) == 0
    kinds = house.kinds("guard")
    assert [one for one in kinds if one != "ready"] == ["starting", kind, "again", "starting", "stopping", "stopped"]
    assert next(told.detail for told in house.told if told.kind == "again") == "SIGABRT"


def test_a_process_that_does_not_listen_is_ended_by_force(house):
    house.add("server", "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay('READY=1')\ntime.sleep(60)", stop_s=0.3)
    assert house.run(all_run(house)) == 0
    assert house.kinds("server")[-1] == "stopped_by_force"


def test_a_child_of_a_child_is_not_heard(house):
    """What strategies inherit must not make their parent ready."""
    ward = house.add("jobs", "if os.fork() == 0:\n    say('READY=1')\n    os._exit(0)\nos.wait()\ntime.sleep(60)")
    began = time.monotonic()
    house.run(lambda: time.monotonic() - began > 1.0)
    assert "ready" not in house.kinds("jobs")
    assert (ward.state, ward.said) == (State.STOPPED, "")


def test_a_caretaker_that_slept_judges_nobody_by_it(house):
    ward = house.add("guard", "say('READY=1')\ntime.sleep(60)", watchdog_s=30.0, always=False)
    clock = [0.0, 0.0]

    def now() -> float:
        return time.monotonic() + clock[0]

    def until() -> bool:
        if ward.state is State.RUNNING and not clock[0]:
            clock[:] = [600.0, time.monotonic()]
        return bool(clock[0]) and time.monotonic() - clock[1] > 0.3

    told: list[str] = []
    caretaker = Caretaker([ward], ["guard"], lambda one: told.append(one.kind), lambda: None, now=now,
                          rest=lambda _: time.sleep(0.01))  # fmt: skip
    assert caretaker.run(until) == 0
    assert told == ["starting", "ready", "stopping", "stopped"]


def test_an_error_of_the_caretaker_leaves_nobody_behind(house):
    house.add("guard", LIVES, always=False)

    def broken() -> bool:
        if house.wards[0].state is State.RUNNING:
            raise RuntimeError("ours")
        return False

    with pytest.raises(RuntimeError, match="ours"):
        house.run(broken)
    assert house.log[-2:] == ["guard stopping", "guard stopped"]


@pytest.mark.parametrize("words", [KOREAN, ENGLISH])
def test_everything_that_happens_has_words_and_fits_the_screen(house, words):
    assert set(words.happenings) == set(KOREAN.happenings)
    assert set(words.states) >= set(State) | {"silent", "absent"}
    ward = house.add("server", LIVES)
    for kind in words.happenings:
        assert "{" not in sentence(words, Happening("server", kind, "why", "do this", 3.0, 7))
    assert "http://x:1" in sentence(words, Happening("server", "ready", "serving http://x:1"))
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(
        screen(words, [ward], [(datetime.now(UTC), Happening("server", "ready"))], ("safe", "green"), 3_725.0)
    )
    text = console.export_text()
    assert words.roles["server"] in text
    assert words.states["waiting"] in text
    ward.line.close()


def test_ends_have_names():
    assert [code_word(code) for code in (0, 3, -9, -6, -999)] == [
        "exit 0",
        "exit 3",
        "SIGKILL",
        "SIGABRT",
        "signal 999",
    ]
