"""What goes wrong before or around a guard: one clear sentence, the next step, nothing lost."""

import os
import re
import subprocess
import sys
import time

import pytest

from tests.e2e.arena import HANTU, Arena

LIMITED = """
import os, resource, sys
size = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""
HANGUL = re.compile("[가-힣]")


def told(done: "subprocess.CompletedProcess[str]", *words: str) -> str:
    """Check that a failed command speaks like this: a sentence, a next step, no traceback."""
    text = done.stdout + done.stderr
    assert done.returncode not in (0, None), text
    assert "Traceback" not in text, text
    assert "내부 오류" not in text, text
    assert HANGUL.search(text), text
    assert "→" in text, "the next step is missing: " + text
    for word in words:
        assert word in text, f"{word!r} is missing: {text}"
    assert len(text.strip().splitlines()) <= 8, text
    return text


def test_unknown_key_names_the_nearest_and_the_line(arena: Arena) -> None:
    (arena.home / "hantu.toml").write_text('environment = "local"\n[guard]\nsubscribe_pase_s = 1\n')
    done = arena.run("run", "guard", check=False)
    assert done.returncode == 2
    told(done, "subscribe_pase_s", "subscribe_pace_s", "hantu.toml")


def test_broken_toml_names_file_and_line(arena: Arena) -> None:
    (arena.home / "hantu.toml").write_text("environment = \n")
    done = arena.run("run", "guard", check=False)
    assert done.returncode == 2
    told(done, "hantu.toml")


def test_missing_key_says_which_and_where_to_put_it(arena: Arena) -> None:
    (arena.home / "hantu.toml").write_text('environment = "paper"\n')
    done = arena.run("run", "guard", check=False)
    assert done.returncode in (1, 2)
    told(done)


def test_key_file_others_can_read_is_refused(arena: Arena) -> None:
    key = arena.home / "app.key"
    key.write_text("P" * 36)
    key.chmod(0o644)
    (arena.home / "hantu.toml").write_text(f'environment = "paper"\n[kis]\napp_key_file = "{key}"\n')
    told(arena.run("run", "guard", check=False), "chmod 600")


def test_nobody_answers_at_the_practice_address(arena: Arena) -> None:
    arena.rest_url, arena.ws_url = "http://127.0.0.1:9", "ws://127.0.0.1:9"
    told(arena.run("run", "guard", check=False), "hantu sim")


@pytest.mark.requirement("SVC-56", "MON-E.03")
def test_refused_token_ends_nothing_and_is_told(arena: Arena) -> None:
    arena.start_exchange("quiet", "--speed", "15")
    arena.post("/_sim/fault", {"kind": "wrong_key", "duration": 7200})
    arena.start_guard()
    arena.wait_event("auth_failed")
    arena.wait(lambda: [t for t in arena.phone.texts() if "인증 실패" in t], "the message on the phone")
    assert arena.status()["state"] == "sleeping"


@pytest.mark.requirement("MON-C.07")
def test_second_guard_on_the_same_account_is_refused(arena: Arena) -> None:
    arena.start_exchange("quiet", "--speed", "15")
    first = arena.start_guard()
    arena.wait_event("monitor_started")
    connections = arena.get("/_sim/state")["stream"]
    done = arena.run("run", "guard", check=False)
    assert done.returncode == 3
    told(done, str(first.pid), "monitor")
    arena.extra_env = {"HANTU_HOME": str(arena.home / "other")}
    done = arena.run("run", "guard", check=False)
    assert done.returncode == 3, "another data directory changes nothing"
    arena.extra_env = {}
    assert first.poll() is None
    assert len(str(connections)) > 0
    assert arena.status()["state"] == "monitoring"


@pytest.mark.requirement("ALR-23", "ALR-26")
def test_corrupt_database_is_named_and_kept(arena: Arena) -> None:
    arena.start_exchange("quiet", "--speed", "15")
    database = arena.home / "hantu.db"
    database.write_bytes(b"this is not a database, it is somebody's only copy" * 200)
    before = database.read_bytes()
    told(arena.run("run", "guard", check=False), "hantu.db")
    assert database.read_bytes() == before, "nothing is lost"


@pytest.mark.requirement("MON-3.24", "MON-C.06", "MON-D.12")
def test_disk_that_fills_up_does_not_stop_the_exit(arena: Arena) -> None:
    """The file size limit of the process stands for a full disk: every write beyond it fails."""
    arena.start_exchange("s02_stop_loss")
    arena.run("db", "init")
    size = (arena.home / "hantu.db").stat().st_size + 150_000
    environ = arena.environ()
    with (arena.home / "guard.out").open("ab") as output:
        guard = subprocess.Popen(
            [sys.executable, "-c", LIMITED, str(size), *HANTU[1:], "run", "guard"],
            stdout=output,
            stderr=output,
            env=environ,
        )
    try:
        arena.wait(lambda: arena.sells("005930"), "the exit at the exchange", timeout=25)
        time.sleep(0.5)
        assert sum(order["filled"] for order in arena.sells("005930")) == 100
        assert guard.poll() is None
    finally:
        guard.terminate()
        guard.wait(10)


def test_home_that_cannot_be_written_is_named(arena: Arena) -> None:
    arena.start_exchange("quiet", "--speed", "15")
    blocked = arena.home / "file"
    blocked.write_text("")
    arena.extra_env = {"HANTU_HOME": str(blocked / "var")}
    told(arena.run("run", "guard", check=False), "file")


def test_command_without_a_guard_says_how_to_start_one(arena: Arena) -> None:
    for words in (("monitor", "status"), ("monitor", "halt")):
        done = arena.run(*words, check=False)
        assert done.returncode == 1
        told(done, "hantu monitor start")
    told(arena.run("monitor", "stop", check=False))


def test_environment_is_not_needed_for_help(arena: Arena) -> None:
    arena.extra_env = {"HANTU_ENVIRONMENT": "nonsense"}
    assert arena.run("--help").returncode == 0
    assert os.environ.get("HANTU_ENVIRONMENT") != "nonsense"
