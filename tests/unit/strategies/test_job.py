"""A job's file: whole at every moment, one place, nothing lost on the way there and back."""

import os
import signal
import subprocess
import sys
import time

import msgspec
import pytest

from hantu.domain.errors import BrokenError, UsageError
from hantu.strategies.job import Broken, Filed, Job, JobFiles, Journal, Tell
from hantu.strategies.sdk import Proposal
from hantu.strategies.supervision import JobState

JOB = Job(
    "strategy_one", "one", "ab12", JobState.PAUSED, "drill", "kim", restarts=2, errors=3, last_error="why",
    params={"shares": 3}, kept={"rising": {"005930": 2}}, counter=7, journal=Journal(12, 34, "e1", 56),
    proposals=[Filed(Proposal("Sab12-7", "buy", "005930", 3, 70_000, 71_000, "test"), "pending")],
    untold=[Tell("strategy_given_up", "one", "k")],
)  # fmt: skip


@pytest.mark.requirement("REL-29", "REL-30", "REL-33")
def test_what_is_saved_is_what_is_loaded(tmp_path):
    files = JobFiles(tmp_path / "state")
    files.save(JOB)
    assert files.load("strategy_one") == JOB
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["strategy_one.json"]
    assert (tmp_path / "state" / "strategy_one.json").stat().st_mode & 0o777 == 0o600
    assert files.all() == (JOB,)
    files.remove("strategy_one")
    assert files.load("strategy_one") is None


@pytest.mark.requirement("REL-33")
@pytest.mark.parametrize(
    "hostile", ["../x", "a/b", "", ".", "..", "a\0b", "a" * 65, "/etc/passwd", "-rf", "a.json", "가"]
)
def test_an_id_never_leaves_the_folder(tmp_path, hostile):
    files = JobFiles(tmp_path / "state")
    for act in (files.load, files.remove, lambda job_id: files.write(job_id, b"x")):
        with pytest.raises(UsageError):
            act(hostile)
    assert list(tmp_path.rglob("*")) == []


def test_a_file_that_cannot_be_read_is_told_and_left_alone(tmp_path):
    files = JobFiles(tmp_path)
    (tmp_path / "strategy_bad.json").write_text("{")
    files.save(JOB)
    (tmp_path / "strategy_two.json").write_bytes((tmp_path / "strategy_one.json").read_bytes())
    found = {one.job_id: type(one) for one in files.all()}
    assert found == {"strategy_bad": Broken, "strategy_one": Job, "strategy_two": Broken}
    with pytest.raises(BrokenError):
        files.load("strategy_two")
    assert (tmp_path / "strategy_bad.json").read_text() == "{"


def test_a_disk_that_does_not_take_it_leaves_the_old_file(tmp_path):
    files = JobFiles(tmp_path / "state")
    files.save(JOB)
    # A folder in the way of the new file's name: no permission bits, which the superuser ignores.
    (tmp_path / "state" / "strategy_one.part").mkdir()
    with pytest.raises(BrokenError):
        files.save(msgspec.structs.replace(JOB, counter=8))
    assert files.load("strategy_one") == JOB


WRITER = """
import sys
from pathlib import Path
from hantu.strategies.job import Job, JobFiles
files, number = JobFiles(Path(sys.argv[1])), 0
while True:
    number += 1
    files.save(Job("strategy_one", "one", "b", counter=number, kept={"text": str(number % 10) * 200_000}))
    if number == 1:
        print("on", flush=True)
"""


@pytest.mark.requirement("REL-29")
def test_kill_9_in_the_middle_of_writing_never_leaves_half_a_file(tmp_path):
    last = 0
    for death in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, env={**os.environ}
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.003 * death)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        found = JobFiles(tmp_path).load("strategy_one")
        assert found is not None
        assert found.kept["text"] == str(found.counter % 10) * 200_000
        last = max(last, found.counter)
    assert last > 1
