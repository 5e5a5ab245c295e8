"""Checklists from a browser: checked by people, put on record once, in the trail by who did what."""

import pytest

from hantu.adapters.accounts.checklists import OPEN_MAX, OPEN_S
from hantu.adapters.store.checklist_rows import runs
from tests.unit.api.site import Site, Surfer


def begun(browser: Surfer, kind: str = "weekly") -> dict:  # type: ignore[type-arg]
    answer = browser.do("/checklists/open", {"kind": kind})
    assert answer.status == 201, answer.body
    found: dict = answer.json  # type: ignore[type-arg]
    return found


def check_all(browser: Surfer, found: dict) -> None:  # type: ignore[type-arg]
    for item in found["items"]:
        answer = browser.do(f"/checklists/open/{found['checklist_id']}/check", {"item": item["name"], "note": "seen"})
        assert answer.status == 200, answer.body


@pytest.mark.requirement("ALR-54")
@pytest.mark.parametrize("kind", ["daily", "weekly", "monthly", "morning"])
def test_a_list_is_begun_checked_and_put_on_record(site: Site, kind: str) -> None:
    otto, olga = site.browser("otto"), site.browser("olga")
    found = begun(otto, kind)
    assert (found["state"], found["started_by"], found["kind"]) == ("open", "otto", kind)
    assert found["result"] == max((item["result"] for item in found["items"]), key=["ok", "warn", "fail"].index)
    assert len({item["name"] for item in found["items"]}) == len(found["items"])
    path = f"/checklists/open/{found['checklist_id']}"
    early = olga.do(f"{path}/finish", {"note": ""})
    assert (early.status, early.code) == (409, "denied")
    assert found["items"][0]["title"] in early.json["message"], "it says what nobody looked at"
    check_all(olga, found)
    shown = site.browser("vera").get(path).json
    assert {(item["checked"], item["checked_by"], item["note"]) for item in shown["items"]} == {(True, "olga", "seen")}
    done = otto.do(f"{path}/finish", {"note": "all well"})
    assert done.status == 200
    [run] = [
        row for row in site.browser("vera").get("/checklists").json["items"] if row["run_id"] == done.json["run_id"]
    ]
    assert (run["kind"], run["result"], run["actor"], run["confirmed_by"], run["note"]) == (
        kind, found["result"], "otto", "otto", "all well"
    )  # fmt: skip
    assert run["items"][0]["checked_actor"] == "olga"
    assert otto.do(f"{path}/finish", {}).status == 409, "a list ends once"
    assert otto.get("/checklists/open").json["items"] == []
    trail = [row for row in otto.get("/audit").json["items"] if row["event_type"].startswith("checklist")]
    assert [(row["event_type"], row["actor"]) for row in trail] == [
        ("checklist_run", "otto"),
        ("checklist_started", "otto"),
    ]


def test_a_check_can_be_taken_back_and_so_can_the_list(site: Site) -> None:
    otto = site.browser("otto")
    found = begun(otto)
    path, name = f"/checklists/open/{found['checklist_id']}", found["items"][0]["name"]
    assert otto.do(f"{path}/check", {"item": name}).json["items"][0]["checked"]
    back = otto.do(f"{path}/check", {"item": name, "checked": False}).json["items"][0]
    assert (back["checked"], back["checked_by"], back["note"]) == (False, "", "")
    assert otto.do(f"{path}/check", {"item": "none"}).status == 404
    assert otto.do("/checklists/open/C-none/check", {"item": name}).status == 404
    assert otto.do(path, method="DELETE").status == 200
    assert otto.do(f"{path}/check", {"item": name}).status == 409
    assert otto.get("/checklists/open").json["items"] == []
    assert runs(site.settings.database) == ()
    assert otto.get("/audit?type=checklist_withdrawn").json["items"][0]["actor"] == "otto"


def test_a_list_outlives_the_server_and_not_the_day(site: Site) -> None:
    found = begun(site.browser("otto"))
    site.stop()
    site.start()
    otto = site.browser("otto")
    assert [one["checklist_id"] for one in otto.get("/checklists/open").json["items"]] == [found["checklist_id"]]
    site.clock.wind(OPEN_S)
    otto = site.browser("otto")
    assert otto.get("/checklists/open").json["items"] == []
    late = otto.do(f"/checklists/open/{found['checklist_id']}/check", {"item": found["items"][0]["name"]})
    assert (late.status, late.code) == (409, "denied")


def test_a_list_that_cannot_be_put_on_record_stays_under_way(site: Site) -> None:
    otto = site.browser("otto")
    found = begun(otto)
    check_all(otto, found)
    path, database = f"/checklists/open/{found['checklist_id']}", site.settings.database
    away = database.with_name("away.db")
    database.rename(away)
    database.mkdir()
    assert otto.do(f"{path}/finish", {}).status == 503
    database.rmdir()
    away.rename(database)
    assert otto.do(f"{path}/finish", {}).status == 200


def test_lists_under_way_are_bounded(site: Site) -> None:
    otto = site.browser("otto")
    found = begun(otto)
    with site.accounts.book.writing() as connection:
        for number in range(OPEN_MAX - 1):
            connection.execute(
                "INSERT INTO checklists SELECT ?, kind, result, items, checks, started_by, actor, started_at, state"
                " FROM checklists WHERE checklist_id = ?",
                (f"C-{number}", found["checklist_id"]),
            )
    assert otto.do("/checklists/open", {"kind": "daily"}).status == 409


@pytest.mark.requirement("ALR-63")
def test_that_the_procedures_were_gone_over_is_on_record(site: Site) -> None:
    otto = site.browser("otto")
    before = {item["name"]: item for item in begun(otto, "monthly")["items"]}["procedure_review"]
    assert before["result"] == "fail"
    assert otto.do("/checklists/reviewed", {"note": ""}).status == 422
    assert otto.do("/checklists/reviewed", {"note": "gone over"}).status == 200
    after = {item["name"]: item for item in begun(otto, "monthly")["items"]}["procedure_review"]
    assert after["result"] == "ok"
