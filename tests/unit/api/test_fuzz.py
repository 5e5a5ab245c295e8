"""Schemathesis asks everything the description allows and much it does not; bounded here, long with HANTU_SLOW=1.

What it may find: a server error, a status nobody documented, another content type, an answer of another shape.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi import checks

from hantu.api.app import bare_app
from hantu.api.description import describe
from hantu.api.policy import BY_NAME
from tests.unit.api.site import Site, Surfer, opened
from tests.unit.api.test_commands import PretendGuard, status_at

LONG = os.environ.get("HANTU_SLOW") == "1"
EXAMPLES = 400 if LONG else 8
ENDLESS_OR_ENDING = ["stream", "sign_out", "sessions_revoke_all"]
CHECKS = [checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance]
schema = schemathesis.openapi.from_dict(describe(bare_app()))
# Forty cases at the borders of each operation, made in every process that collects this file: part of the long run.
schema.config.phases.coverage.enabled = LONG


@pytest.fixture(scope="module")
def asked() -> Iterator["Asked"]:
    with tempfile.TemporaryDirectory(prefix="hantu-") as folder, opened(Path(folder)) as site:
        told = {
            name: status_at("off")
            for name in (
                "status",
                "kill",
                "start",
                "stop",
                "restart",
                "recover",
                "halt",
                "resume",
                "resolve",
                "mandate",
            )
        }
        refused = {"ok": True, "result": {"status": 404, "code": "order_rejected_approval_not_found", "reason": "x"}}
        guard = PretendGuard(site.home, told | {"kill": status_at("as asked"), "issue_token": refused})
        unknown = {"ok": False, "code": "usage", "message": "no such strategy"}
        jobs = PretendGuard(site.home, {"list": {"ok": True, "result": {"jobs": []}}, "start": unknown}, "jobs.sock")
        yield Asked(site)
        guard.close()
        jobs.close()


class Asked:
    """Signs the requests that schemathesis makes."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._turns = 0
        self._people = {name: site.browser(name) for name in ("otto", "ann")}

    def headers(self, operation: str) -> dict[str, str]:
        rule = BY_NAME[operation]
        self.site.clock.wind(1.0)  # the limits of frequency are not what is asked for here
        person = self._in("ann" if rule.roles and "operator" not in rule.roles else "otto")
        sent = person.sent_headers("POST" if rule.changes else "GET")
        if rule.code:
            sent["X-Hantu-Code"] = self.site.code(person.name)
        if rule.changes:
            sent["Idempotency-Key"] = self.site.office.house.draw()
        return sent

    def _in(self, name: str) -> Surfer:
        self._turns += 1
        person = self._people[name]
        if self._turns % 20 == 0 and person.get("/session").status != 200:
            person.enter(name)
        return person


@schema.exclude(operation_id=ENDLESS_OR_ENDING).parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_finds_a_server_error_or_an_undocumented_answer(case: Any, asked: Asked) -> None:
    operation = case.operation.definition.raw["operationId"]
    headers = asked.headers(operation)
    case.headers = {}
    response = case.call(base_url=f"http://127.0.0.1:{asked.site.port}", headers=headers)
    assert response.status_code < 500, (operation, response.status_code, response.text)
    case.validate_response(response, checks=CHECKS, headers=headers)
