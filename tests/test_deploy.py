"""What we hand out to run hantu by: rules that load, dashboards that name metrics that exist, units that mean it."""

import configparser
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hantu.cli.up import ROLES
from hantu.operations.metric_names import METRICS, full_name
from tests.programs import program
from tools import metric_list

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
RULES = [DEPLOY / "prometheus" / name for name in ("hantu_recording.yml", "hantu_alerts.yml")]
BOARDS = sorted((DEPLOY / "grafana").glob("*.json"))
UNITS = sorted(file.stem for file in (DEPLOY / "systemd").glob("*.service") if "@" not in file.stem)
TIMERS = sorted((DEPLOY / "systemd").glob("*.timer"))
EXPOSURE_MAX = 20
"""Of 100, as `systemd-analyze security` counts; a unit without any limits has 96."""
TEXTS = [*RULES, DEPLOY / "prometheus" / "hantu_test.yml", *BOARDS]
KNOWN = {full_name(metric) for metric in METRICS} | {
    full_name(metric) + end for metric in METRICS if metric.kind == "histogram" for end in ("_bucket", "_sum", "_count")
}
GROUPS = {"hantu_life", "hantu_safety", "hantu_burn"}
FILES = {"hantu_recording", "hantu_alerts", "hantu_test"}


def run(name: str, *words: str) -> None:
    """Run one of Debian's programs where it is installed."""
    done = subprocess.run([program(name), *words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", RULES, ids=lambda file: file.name)
def test_rules_load(file: Path) -> None:
    run("promtool", "check", "rules", str(file))


@pytest.mark.requirement("REL-62")
def test_rules_do_what_they_say() -> None:
    run("promtool", "test", "rules", str(DEPLOY / "prometheus" / "hantu_test.yml"))
    run("promtool", "check", "config", str(DEPLOY / "prometheus" / "prometheus.yml"))


def test_the_alertmanager_example_loads() -> None:
    run("amtool", "check-config", str(DEPLOY / "alertmanager" / "alertmanager.yml"))


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_every_metric_that_is_named_exists(file: Path) -> None:
    named = set(re.findall(r"\bhantu_[a-z_0-9]+\b", file.read_text("utf-8")))
    assert named - FILES
    assert named - KNOWN - FILES - GROUPS == set()


def test_every_recorded_name_that_is_used_is_recorded() -> None:
    recorded = set(re.findall(r"record: (\S+)", RULES[0].read_text("utf-8")))
    for file in (RULES[1], *BOARDS):
        assert set(re.findall(r"hantu:[a-z_0-9:]+", file.read_text("utf-8"))) <= recorded


def test_alerts_say_what_and_what_to_do() -> None:
    blocks = RULES[1].read_text("utf-8").split("- alert: ")[1:]
    assert len(blocks) >= 14
    for block in blocks:
        assert "severity:" in block
        assert "summary:" in block
        assert "action:" in block or block.startswith("HantuWatchdog")


@pytest.mark.requirement("REL-62")
@pytest.mark.parametrize("file", BOARDS, ids=lambda file: file.stem)
def test_a_dashboard_can_be_imported_anywhere(file: Path) -> None:
    board: dict[str, Any] = json.loads(file.read_text("utf-8"))
    assert (board["id"], board["refresh"], board["graphTooltip"], board["tags"]) == (None, "30s", 1, ["hantu"])
    assert re.fullmatch(r"hantu-[a-z]+", board["uid"])
    assert [one["name"] for one in board["templating"]["list"]] == ["datasource", "instance"]
    for panel in board["panels"]:
        assert panel["description"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["datasource"]["uid"] == "${datasource}"
        for target in panel["targets"]:
            assert "$instance" in target["expr"]
            assert "rate(" not in target["expr"] or "$__rate_interval" in target["expr"] or "[1d]" in target["expr"]
    cells = {(p["gridPos"]["x"] + x, p["gridPos"]["y"] + y) for p in board["panels"]
             for x in range(p["gridPos"]["w"]) for y in range(p["gridPos"]["h"])}  # fmt: skip
    assert len(cells) == sum(p["gridPos"]["w"] * p["gridPos"]["h"] for p in board["panels"]), "panels overlap"
    assert len({json.loads(one.read_text("utf-8"))["uid"] for one in BOARDS}) == len(BOARDS) == 3


@pytest.mark.parametrize("file", BOARDS, ids=lambda file: file.stem)
def test_every_expression_of_a_dashboard_is_promql(file: Path, tmp_path: Path) -> None:
    rules = []
    for panel in json.loads(file.read_text("utf-8"))["panels"]:
        for number, target in enumerate(panel["targets"]):
            expr = target["expr"].replace("$__rate_interval", "1m").replace("$instance", ".*")
            rules.append({"record": f"panel:{panel['id']}:{number}", "expr": expr})
    checked = tmp_path / "rules.yml"
    checked.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    run("promtool", "check", "rules", str(checked))


@pytest.mark.requirement("REL-60")
@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_restarted_when_it_stops_progressing(name: str) -> None:
    service = unit_of(name)
    assert service["Type"] == "notify"
    assert int(service["WatchdogSec"]) >= 30
    assert service["Restart"] in ("on-failure", "always")
    if name == "hantu-guard":
        assert service["RestartPreventExitStatus"] == "2 3", "what a person must put right is not tried again"


@pytest.mark.requirement("REL-60", "SVC-5", "SVC-8")
def test_every_role_that_runs_has_a_unit_of_the_same_patience() -> None:
    """What `hantu up` calls silent is what systemd calls silent."""
    for role in ROLES:
        service = unit_of(f"hantu-{role.name}")
        assert service["ExecStart"].endswith(f"/hantu run {role.name}")
        assert float(service["WatchdogSec"]) == role.watchdog_s
        assert (service["Restart"] == "always") is role.always


@pytest.mark.requirement("SVC-41")
@pytest.mark.parametrize("name", UNITS)
def test_a_unit_may_do_little_beyond_its_folder(name: str) -> None:
    service = unit_of(name)
    assert (service["User"], service["UMask"]) == ("hantu", "0077")
    done = systemd(
        "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", str(DEPLOY / "systemd" / f"{name}.service")
    )
    assert done.returncode == 0, "\n".join(line for line in done.stdout.splitlines() if line.startswith(("✗", "→")))


@pytest.mark.parametrize("name", UNITS)
def test_systemd_knows_every_key(name: str) -> None:
    unit = str(DEPLOY / "systemd" / f"{name}.service")
    done = systemd("verify", unit)
    # The program of the example is not installed where the tests run; nothing else may be wrong.
    complaints = [line for line in done.stderr.splitlines() if "is not executable" not in line]
    assert complaints == []


@pytest.mark.requirement("SVC-13", "SVC-14")
@pytest.mark.parametrize("timer", TIMERS, ids=lambda file: file.stem)
def test_backups_are_made_by_a_clock_and_each_kind_has_its_own_folder(timer: Path, tmp_path: Path) -> None:
    kind = timer.stem.rpartition("-")[2]
    assert f"Unit=hantu-backup@{kind}.service" in timer.read_text("utf-8")
    # The instance is named by its link, as systemd does it.
    for file in (timer, DEPLOY / "systemd" / "hantu-backup@.service"):
        shutil.copy(file, tmp_path)
    (tmp_path / f"hantu-backup@{kind}.service").symlink_to(tmp_path / "hantu-backup@.service")
    done = systemd("verify", str(tmp_path / timer.name), str(tmp_path / f"hantu-backup@{kind}.service"))
    assert [line for line in done.stderr.splitlines() if "is not executable" not in line] == []
    calendar = re.search(r"OnCalendar=(.*)", timer.read_text("utf-8"))
    assert calendar is not None
    assert systemd("calendar", calendar[1]).returncode == 0
    instance = str(tmp_path / f"hantu-backup@{kind}.service")
    assert systemd("security", "--offline=true", f"--threshold={EXPOSURE_MAX}", instance).returncode == 0
    words = unit_of("hantu-backup@")["ExecStart"].split()[1:]
    assert words[:2] == ["backup", "make"]
    assert {"/var/backups/hantu/%i", "/var/backups/hantu-keys/%i"} <= set(words)


def unit_of(name: str) -> configparser.SectionProxy:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "systemd" / f"{name}.service")
    return unit["Service"]


def systemd(*words: str) -> "subprocess.CompletedProcess[str]":
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("systemd-analyze is not installed (Debian: apt-get install systemd)")
    return subprocess.run([found, *words], capture_output=True, text=True, timeout=60, check=False)


def test_the_list_of_metrics_is_as_the_registry_has_it() -> None:
    assert metric_list.TARGET.read_text(encoding="utf-8") == metric_list.render()
