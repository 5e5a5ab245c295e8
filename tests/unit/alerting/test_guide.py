"""The operator's documents exist, agree with the code and lead to one another."""

import re
from contextlib import closing
from pathlib import Path

import pytest

from hantu.adapters.store.maintenance import backup_database, check_database, init_database
from hantu.adapters.store.migrations import migrate, migrations
from hantu.adapters.store.sqlite import connect
from hantu.alerting.catalogue import Delivery
from hantu.alerting.rows import CATALOGUE
from hantu.domain.errors import BrokenError
from tools import alert_guide

DOCS = Path(__file__).parents[3] / "docs"
RUNBOOK = (DOCS / "RUNBOOK.md").read_text("utf-8")
GUIDE = (DOCS / "ALERTS.md").read_text("utf-8")


@pytest.mark.requirement("ALR-1")
def test_the_guide_is_as_the_catalogue_says() -> None:
    assert alert_guide.render() == GUIDE, "run `make docs`"
    assert set(re.findall(r"^(?:### |\| )`(\w+)`", GUIDE, re.MULTILINE)) == set(CATALOGUE)


@pytest.mark.requirement("ALR-8")
@pytest.mark.parametrize("row", CATALOGUE.values(), ids=lambda row: row.event_type)
def test_what_is_told_stands_in_the_guide_from_three_sides(row) -> None:
    if row.delivery not in (Delivery.AT_ONCE, Delivery.BATCH):
        return
    section = re.split(r"^##", GUIDE.split(f"\n### `{row.event_type}`\n")[1], maxsplit=1, flags=re.MULTILINE)[0]
    for word, value in (("발생 조건", row.condition), ("확인", row.check), ("즉시 조치", row.action)):
        assert value
        assert re.search(rf"^- {word}: .*{re.escape(value)}", section, re.MULTILINE)


@pytest.mark.requirement("ALR-71")
def test_the_runbook_has_the_release_and_one_procedure_for_each_trigger() -> None:
    headings = re.findall(r"^## (.*)", RUNBOOK, re.MULTILINE)
    assert headings[0] == "킬 스위치 해제 절차"
    assert headings[1:6] == [title for _, title in alert_guide.TRIGGERS]
    for title in headings[1:6]:
        section = RUNBOOK.split(f"## {title}\n")[1].split("\n## ")[0]
        assert re.findall(r"^- \*\*(.*?)\*\*", section, re.MULTILINE) == ["발생 조건", "확인", "즉시 조치"]
        assert "```s" in section, "a command or a query to check with"
    for line in ("hantu kill status", "hantu kill off", "--second", "--for 10m"):
        assert line in RUNBOOK.split("## 트리거 1")[0]


@pytest.mark.requirement("ALR-73")
def test_the_specification_is_there_and_linked_from_the_guide() -> None:
    text = (DOCS / "PHASE0_SPEC.md").read_text("utf-8")
    assert "](PHASE0_SPEC.md)" in GUIDE
    assert "](PHASE0_SPEC.md)" in RUNBOOK
    for line in ("[ERROR] Order blocked: Kill switch is active", "[ERROR] Failed to log event: "):
        assert line in text


@pytest.mark.requirement("ALR-72")
def test_what_the_rollback_plan_rests_on_is_true(tmp_path: Path) -> None:
    """An older release refuses the newer schema by name, and works with the copy made before."""
    assert "](ROLLBACK_PLAN.md)" in RUNBOOK
    database, copy = tmp_path / "hantu.db", tmp_path / "before-upgrade.db"
    older = migrations()[:-1]
    with closing(connect(database, wait_s=1)) as connection:
        migrate(connection, database, older)
        connection.execute("INSERT INTO config_values (key, value, recorded_at) VALUES ('a', 'b', '2026')")
    backup_database(database, copy)
    init_database(database)
    with closing(connect(database, wait_s=1)) as connection, pytest.raises(BrokenError, match="새것"):
        migrate(connection, database, older)

    aside = tmp_path / "aside"
    aside.mkdir()
    for part in tmp_path.glob("hantu.db*"):
        part.rename(aside / part.name)
    copy.rename(database)
    check_database(database)
    with closing(connect(database, wait_s=1)) as connection:
        assert migrate(connection, database, older) == 0
        assert connection.execute("SELECT value FROM config_values").fetchone() == ("b",)
