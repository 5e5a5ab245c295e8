"""Debian's Prometheus and Alertmanager on the files of deploy/: a guard is read, a rule fires, somebody is told.

The rules are the files themselves. The two configurations are those of deploy/ with
other addresses and shorter intervals, so that an alert without patience of its own
takes a second instead of ten; what has been changed is all in ``PROMETHEUS_CHANGES`` and
``ALERTMANAGER_CHANGES``, and a change that no longer fits its file fails the test.
"""

import asyncio
import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.arena import END_S, Arena
from tests.e2e.test_health import guarding, metrics, metrics_address
from tests.programs import program
from tests.receivers.alertmanager import AlertmanagerReceiver
from tests.receivers.journal import Journal

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
RULES = ("hantu_recording.yml", "hantu_alerts.yml")
SHORT = {"scrape_interval: 10s": "scrape_interval: 500ms", "evaluation_interval: 10s": "evaluation_interval: 500ms"}
PROMETHEUS_CHANGES = {**SHORT, "127.0.0.1:9093": "{alertmanager}", "127.0.0.1:8791": "{guard}"}
ALERTMANAGER_CHANGES = {"group_interval: 1m": "group_interval: 1s", "http://127.0.0.1:8799": "{receiver}"}
LISTENS = re.compile(r'msg="Listening on" address=(127\.0\.0\.1:\d+)')
STARTED_S = 10.0
LOOPBACK_ONLY = ("--web.listen-address=127.0.0.1:0",)
"""The operating system chooses the port, and the log says which."""
SAID_AGAIN = "--rules.alert.resend-delay=1s"
"""Prometheus finds its Alertmanager after five seconds of its own; what fired before is said again, not in a minute."""


def derived(source: Path, target: Path, changes: dict[str, str], **addresses: str) -> Path:
    """Write a file of deploy/ with some words changed, each of which must be there."""
    text = source.read_text(encoding="utf-8")
    for before, after in changes.items():
        assert before in text, f"{source.name} no longer says {before!r}"
        text = text.replace(before, after.format(**addresses))
    target.write_text(text, encoding="utf-8")
    return target


@contextmanager
def running(name: str, folder: Path, *words: str) -> Iterator[str]:
    """Run a server on a free port of this machine; yields its address and ends it by its id."""
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen([program(name), *LOOPBACK_ONLY, *words], stdout=output, stderr=output, cwd=folder)
    try:
        end = time.monotonic() + STARTED_S
        while (found := LISTENS.search(log.read_text("utf-8"))) is None:
            assert process.poll() is None and time.monotonic() < end, log.read_text("utf-8")
            time.sleep(0.02)
        yield found[1]
    finally:
        process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def both(folder: Path, guard: str, receiver: str) -> Iterator[str]:
    """Run Alertmanager and Prometheus on what deploy/ holds; yields the address of Prometheus."""
    config = derived(
        DEPLOY / "alertmanager" / "alertmanager.yml", folder / "alertmanager.yml", ALERTMANAGER_CHANGES,
        receiver=receiver,
    )  # fmt: skip
    words = (f"--config.file={config}", f"--storage.path={folder / 'silences'}", "--cluster.listen-address=")
    with running("prometheus-alertmanager", folder, *words) as alertmanager:
        for rules in RULES:
            shutil.copyfile(DEPLOY / "prometheus" / rules, folder / rules)
        config = derived(
            DEPLOY / "prometheus" / "prometheus.yml", folder / "prometheus.yml", PROMETHEUS_CHANGES,
            alertmanager=alertmanager, guard=guard,
        )  # fmt: skip
        words = (f"--config.file={config}", f"--storage.tsdb.path={folder / 'tsdb'}", SAID_AGAIN)
        with running("prometheus", folder, *words) as prometheus:
            yield prometheus


def asked(prometheus: str, path: str) -> Any:
    """Ask Prometheus; returns the data of its answer."""
    with urllib.request.urlopen(f"http://{prometheus}/api/v1/{path}", timeout=5) as answer:
        return json.loads(answer.read())["data"]


def ready(prometheus: str) -> bool:
    """Whether Prometheus has read its own records; it listens, and answers 503, before."""
    try:
        with urllib.request.urlopen(f"http://{prometheus}/-/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        assert error.code == 503
        error.close()
        return False


def rules_of(prometheus: str) -> list[dict[str, Any]]:
    """Return every rule Prometheus has loaded, with what became of its last evaluation."""
    return [rule for group in asked(prometheus, "rules")["groups"] for rule in group["rules"]]


def written_rules() -> set[str]:
    """Return the names of the rules in the files."""
    texts = "".join((DEPLOY / "prometheus" / name).read_text("utf-8") for name in RULES)
    return set(re.findall(r"- (?:alert|record): (\S+)", texts))


@pytest.mark.requirement("REL-62", "OPS-01-8")
async def test_an_alert_goes_from_the_guard_s_page_to_a_person(arena: Arena, tmp_path: Path) -> None:
    for name in ("prometheus", "prometheus-alertmanager"):
        program(name)
    journal = Journal()
    receiver = AlertmanagerReceiver(journal)
    await receiver.start()
    try:
        await asyncio.to_thread(guarding, arena)
        address = metrics_address(arena)
        with both(tmp_path, address, receiver.url) as prometheus:
            await asyncio.to_thread(arena.wait, lambda: ready(prometheus), "Prometheus to be ready")
            await asyncio.to_thread(arena.wait, lambda: _all_evaluated(prometheus), "every rule evaluated")
            [outside] = await journal.until(1, limit_s=10.0)
            assert outside.text == "/watchdog firing HantuWatchdog"
            assert outside.body["receiver"] == "outside"
            assert _firing(prometheus) == {"HantuWatchdog"}, "a guard that is well raises nothing"

            await asyncio.to_thread(arena.run, "kill", "hard", "--reason", "점검")
            told = await _told(journal, 1)
            assert told.text == "/alerts firing HantuStopsBlocked"
            [alert] = told.body["alerts"]
            assert alert["labels"] == {
                "alertname": "HantuStopsBlocked", "severity": "emergency", "job": "hantu", "instance": address,
            }  # fmt: skip
            assert alert["annotations"] == {
                "summary": "킬스위치가 손절까지 막고 있습니다", "action": "`hantu kill status`",
            }  # fmt: skip
            assert metrics(arena)["hantu_kill_switch_level", ()] == 3.0

            await asyncio.to_thread(arena.run, "kill", "off", "--reason", "점검 끝")
            assert (await _told(journal, 2)).text == "/alerts resolved HantuStopsBlocked"
        people = [one.text for one in journal.taken() if one.text.startswith("/alerts")]
        assert people == ["/alerts firing HantuStopsBlocked", "/alerts resolved HantuStopsBlocked"], "once each"
    finally:
        await receiver.stop()


def _all_evaluated(prometheus: str) -> bool:
    """Whether the guard is being read and every rule of the files has been evaluated without an error."""
    targets = asked(prometheus, "targets")["activeTargets"]
    rules = rules_of(prometheus)
    assert {rule["name"] for rule in rules} == written_rules()
    broken = [(rule["name"], rule["lastError"]) for rule in rules if rule["health"] == "err"]
    assert not broken
    return [one["health"] for one in targets] == ["up"] and {rule["health"] for rule in rules} == {"ok"}


def _firing(prometheus: str) -> set[str]:
    return {one["labels"]["alertname"] for one in asked(prometheus, "alerts")["alerts"] if one["state"] == "firing"}


async def _told(journal: Journal, count: int, limit_s: float = 10.0) -> Any:
    """Return the message to people with this number, once it has come."""
    async with asyncio.timeout(limit_s):
        while len(people := [one for one in journal.taken() if one.text.startswith("/alerts")]) < count:
            await asyncio.sleep(0.02)
    return people[count - 1]
