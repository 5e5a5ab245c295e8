"""Every endpoint for every kind of caller, generated from the policy table."""

from pathlib import Path

import pytest

from hantu.api import app as app_module
from hantu.api.app import bare_app
from hantu.api.description import describe
from hantu.api.policy import POLICY, Key, Pace, Rule, allows, document
from hantu.domain.access import Role, Scope
from tests.unit.api.site import Site, Surfer

NAMES = {Role.ADMIN: "ann", Role.OPERATOR: "otto", Role.VIEWER: "vera"}
ENDING = {"sign_out", "sessions_revoke_all"}
VALUES = {
    "intent_id": "none", "event_id": "none", "any_id": "none", "alert_id": "999", "silence_id": "999", "number": "999",
    "approval_id": "A-none", "strategy_id": "none", "job_id": "none", "metric_name": "none", "session_id": "none",
    "name": "nobody", "client_id": "none", "symbol": "000000", "request_id": "none",
    "checklist_id": "C-none", "passkey_id": "none",
}  # fmt: skip
CALLERS = ["nobody", *Role, *(f"program:{scope}" for scope in Scope)]


@pytest.fixture(scope="module")
def callers(shared: Site) -> dict[str, Surfer]:
    found = {str(role): shared.browser(name) for role, name in NAMES.items()}
    found |= {f"program:{scope}": shared.program(scope) for scope in Scope}
    return found | {"nobody": shared.browser()}


def path_of(rule: Rule) -> str:
    return rule.path.format(**VALUES)


def may(rule: Rule, who: str) -> bool:
    kind, _, scope = who.partition(":")
    if who == "nobody":
        return rule.public
    role = None if kind == "program" else Role(who)
    return allows(rule, role=role, scopes=frozenset({Scope(scope)} if scope else ()))


CASES = [
    pytest.param(rule, who, id=f"{rule.operation}-{who}")
    for rule in POLICY
    for who in CALLERS
    # A stream does not end; test_streams opens it for every kind of caller.
    if rule.operation != "stream" or not may(rule, who)
]


@pytest.mark.requirement("SVC-40", "SVC-41", "DEC-36")
@pytest.mark.parametrize(("rule", "who"), CASES)
def test_every_endpoint_lets_in_whom_the_table_names_and_nobody_else(
    shared: Site, callers: dict[str, Surfer], rule: Rule, who: str
) -> None:
    browser = callers[who]
    # Buckets fill with the machine's own time; sessions stay awake.
    shared.clock.wind(4 if rule.pace is Pace.SIGN_IN else 1)
    if rule.operation in ENDING and who in NAMES:
        browser, callers[who] = callers[who], shared.browser()
    body = {} if rule.changes and rule.method != "DELETE" else None
    answer = browser.ask(rule.method, path_of(rule), body)
    if answer.status == 429:
        pytest.fail("the test asks too fast for the limits")
    if rule.operation in ENDING and who in NAMES:
        callers[who].enter(NAMES[Role(who)])
    refused = (answer.status, answer.code) if answer.status >= 400 else (answer.status, "")
    if not may(rule, who):
        assert refused == ((401, "unauthorized") if who == "nobody" else (403, "forbidden"))
        return
    assert refused not in {(401, "unauthorized"), (403, "forbidden")}, answer.body
    if rule.key is Key.REQUIRED and not rule.public:
        assert refused == (428, "key_required")
        answer = browser.do(path_of(rule), body, method=rule.method)
        refused = (answer.status, answer.code if answer.status >= 400 else "")
    if rule.code:
        assert refused == (403, "step_up_required")
    elif not rule.changes:
        assert answer.status in {200, 404}, answer.body


def test_a_handler_without_a_row_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "POLICY", POLICY[1:])
    with pytest.raises(AssertionError, match="one handler"):
        bare_app()


@pytest.mark.requirement("SVC-41")
def test_a_route_without_a_rule_cannot_be_made() -> None:
    def back_door() -> None:
        raise AssertionError("nobody gets here")

    with pytest.raises(KeyError, match="back_door"):
        bare_app().add_api_route("/api/v1/back-door", back_door, methods=["GET"], name="back_door")


@pytest.mark.requirement("SVC-40")
def test_the_page_for_people_is_as_the_table_says() -> None:
    page = Path(__file__).parents[3] / "docs" / "permissions.md"
    assert page.read_text(encoding="utf-8") == document(), "hantu api permissions > docs/permissions.md"


def test_no_program_may_take_the_risky_direction() -> None:
    assert [rule.operation for rule in POLICY if rule.scope is not None and (rule.code or rule.people > 1)] == []


def test_viewers_change_nothing_but_their_own_sessions_and_keys() -> None:
    changing = [rule for rule in POLICY if rule.changes and not rule.public and Role.VIEWER in rule.roles]
    assert {rule.object for rule in changing} == {"own session", "own passkey"}


def test_the_description_is_complete() -> None:
    found = describe(bare_app())
    operations = {
        (method.upper(), path.removeprefix("/api/v1")): operation
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
    }
    assert set(operations) == {(rule.method, rule.path) for rule in POLICY}
    for rule in POLICY:
        told = operations[rule.method, rule.path]
        assert told["operationId"] == rule.operation
        assert told.get("description"), rule.operation
        headers = (
            {one["name"] for one in told["parameters"] if one["in"] == "header"} if told.get("parameters") else set()
        )
        assert ("X-Hantu-Code" in headers) is rule.code
        assert ("Idempotency-Key" in headers) is (rule.key is not Key.NONE)
        assert {"400", "422", "500", "503"} <= set(told["responses"])
