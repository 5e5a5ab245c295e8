"""Who may do what: the one table from which routes, checks, tests and documentation are made.

A handler without a row has no route; a row without a handler stops the start.
Nothing here reads anything: it is data and questions about it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hantu.domain.access import Role, Scope


class Key(StrEnum):
    """Whether a command wants an idempotency key."""

    NONE = "none"
    OPTIONAL = "optional"
    """The safe direction: nothing may stand in its way."""
    REQUIRED = "required"


class Pace(StrEnum):
    """Which limit of frequency counts."""

    READ = "read"
    HEAVY = "heavy"
    """Exports and whole-trail checks."""
    COMMAND = "command"
    SAFETY = "safety"
    SIGN_IN = "sign_in"
    FREE = "free"


ALL: Final = frozenset(Role)
ACTING: Final = frozenset({Role.OPERATOR})
KEEPING: Final = frozenset({Role.ADMIN})
SAFE: Final = frozenset({Role.ADMIN, Role.OPERATOR})
"""The safe direction is easy: whoever runs the house may stop it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: one verb on one path."""

    operation: str
    """Name of the handler and of the operation in the description."""
    method: str
    path: str
    """Below ``/api/v1``."""
    object: str
    action: str
    roles: frozenset[Role] = frozenset()
    """Empty: nobody signed in is asked for (see ``public``)."""
    scope: Scope | None = None
    """What a program needs; None: no program may."""
    code: bool = False
    """A fresh code of the second factor comes with it."""
    people: int = 1
    key: Key = Key.NONE
    pace: Pace = Pace.READ
    public: bool = False
    """Answers without a session."""

    @property
    def changes(self) -> bool:
        """Whether it is more than a look."""
        return self.method != "GET"


def _read(operation: str, path: str, thing: str, *, roles: frozenset[Role] = ALL, pace: Pace = Pace.READ) -> Rule:
    return Rule(operation, "GET", path, thing, "read", roles, Scope.READ if roles == ALL else None, pace=pace)


def _do(  # noqa: PLR0913  (one parameter for each column)
    operation: str,
    path: str,
    thing: str,
    action: str,
    roles: frozenset[Role] = ACTING,
    *,
    method: str = "POST",
    scope: Scope | None = None,
    code: bool = False,
    people: int = 1,
    key: Key = Key.REQUIRED,
    pace: Pace = Pace.COMMAND,
) -> Rule:
    return Rule(operation, method, path, thing, action, roles, scope, code, people, key, pace)


_OWN: Final = Key.NONE
POLICY: Final[tuple[Rule, ...]] = (
    # alive, and coming in
    Rule("health", "GET", "/health", "health", "read", public=True, pace=Pace.FREE),
    Rule("enrolment_begin", "POST", "/enrolment", "session", "enrol", public=True, pace=Pace.SIGN_IN),
    Rule("enrolment_complete", "POST", "/enrolment/complete", "session", "enrol", public=True, pace=Pace.SIGN_IN),
    Rule("sign_in", "POST", "/session", "session", "sign in", public=True, pace=Pace.SIGN_IN),
    Rule("passkey_challenge", "POST", "/session/passkey/challenge", "session", "sign in", public=True,
         pace=Pace.SIGN_IN),
    Rule("passkey_sign_in", "POST", "/session/passkey", "session", "sign in", public=True, pace=Pace.SIGN_IN),
    Rule("session_show", "GET", "/session", "own session", "read", ALL, Scope.READ),
    _do("sign_out", "/session", "own session", "end", ALL, method="DELETE", key=_OWN),
    Rule("sessions_list", "GET", "/sessions", "own session", "read", ALL),
    _do("session_revoke", "/sessions/{session_id}", "own session", "end", ALL, method="DELETE", key=_OWN),
    _do("sessions_revoke_all", "/sessions", "own session", "end", ALL, method="DELETE", key=_OWN),
    Rule("passkeys_list", "GET", "/passkeys", "own passkey", "read", ALL),
    _do("passkey_begin", "/passkeys/challenge", "own passkey", "register", ALL, code=True, key=_OWN),
    _do("passkey_register", "/passkeys", "own passkey", "register", ALL, key=_OWN),
    _do("passkey_remove", "/passkeys/{passkey_id}", "own passkey", "remove", ALL, method="DELETE", key=_OWN),
    _do("step_up_begin", "/passkeys/proof/challenge", "own passkey", "prove", ALL, key=_OWN),
    _do("step_up_prove", "/passkeys/proof", "own passkey", "prove", ALL, key=_OWN),
    # people and programs
    _read("users_list", "/users", "user", roles=KEEPING),
    _do("user_add", "/users", "user", "create", KEEPING, code=True),
    _do("user_change", "/users/{name}", "user", "change", KEEPING, method="PATCH", code=True),
    _do("user_sessions_revoke", "/users/{name}/sessions", "user", "end sessions", KEEPING, method="DELETE", key=_OWN),
    _read("clients_list", "/clients", "program", roles=KEEPING),
    _do("client_add", "/clients", "program", "create", KEEPING, code=True),
    _do("client_revoke", "/clients/{client_id}", "program", "revoke", KEEPING, method="DELETE", key=_OWN),
    # now
    _read("state", "/monitor/state", "state"),
    _read("stream", "/monitor/stream", "state"),
    _do("monitor_start", "/monitor/start", "monitoring", "start", key=Key.OPTIONAL),
    _do("monitor_stop", "/monitor/stop", "monitoring", "stop", key=Key.OPTIONAL),
    _do("monitor_restart", "/monitor/restart", "monitoring", "restart"),
    _do("recovery_run", "/monitor/recover", "recovery", "run"),
    _read("positions", "/positions", "position"),
    _read("position_sparks", "/positions/sparks", "position"),
    _read("position", "/positions/{symbol}", "position"),
    _read("position_chart", "/positions/{symbol}/chart", "position"),
    _read("killswitch", "/killswitch", "kill switch"),
    _read("killswitch_history", "/killswitch/history", "kill switch"),
    _do("killswitch_set", "/killswitch", "kill switch", "set", SAFE, scope=Scope.KILL, key=Key.OPTIONAL,
        pace=Pace.SAFETY),
    _do("killswitch_flatten", "/killswitch/flatten", "kill switch", "flatten", code=True, people=2),
    _do("killswitch_release", "/killswitch/release", "kill switch", "release", code=True),
    _read("requests_list", "/killswitch/requests", "request of two people"),
    _do("request_confirm", "/killswitch/requests/{request_id}/confirm", "request of two people", "confirm", code=True,
        people=2),
    _do("request_withdraw", "/killswitch/requests/{request_id}", "request of two people", "withdraw", method="DELETE",
        key=_OWN),
    # records
    _read("orders", "/orders", "order"),
    _read("order", "/orders/{intent_id}", "order"),
    _read("order_chain", "/orders/{intent_id}/chain", "order"),
    _do("orders_pause", "/orders/pause", "order", "pause", SAFE, scope=Scope.KILL, key=Key.OPTIONAL, pace=Pace.SAFETY),
    _do("orders_resume", "/orders/resume", "order", "resume", code=True),
    _do("order_resolve", "/orders/{intent_id}/resolve", "order", "resolve", code=True),
    _read("fills", "/fills", "fill"),
    _read("exits", "/exits", "exit"),
    _read("summaries", "/summaries", "summary"),
    _read("watchlist", "/watchlist", "watch list"),
    _read("events", "/events", "event"),
    _read("event_types", "/events/types", "event"),
    _read("events_export", "/events/export", "event", pace=Pace.HEAVY),
    _read("event", "/events/{event_id}", "event"),
    _read("chain", "/explain/{any_id}", "event"),
    # told
    _read("alerts", "/alerts", "alert"),
    _read("alert_stats", "/alerts/stats", "alert"),
    _read("alert_catalogue", "/alerts/catalogue", "alert"),
    _read("silences", "/alerts/silences", "silence"),
    _do("silence_add", "/alerts/silences", "silence", "create"),
    _do("silence_end", "/alerts/silences/{silence_id}", "silence", "end", SAFE, method="DELETE", key=_OWN),
    _read("deliveries", "/alerts/deliveries", "alert"),
    _read("alert", "/alerts/{alert_id}", "alert"),
    _do("alert_ack", "/alerts/{alert_id}/ack", "alert", "acknowledge", scope=Scope.ACKNOWLEDGE, key=Key.OPTIONAL),
    _read("incidents", "/incidents", "incident"),
    _read("incident", "/incidents/{number}", "incident"),
    _do("incident_ack", "/incidents/{number}/ack", "incident", "acknowledge", key=Key.OPTIONAL),
    _do("incident_assign", "/incidents/{number}/assign", "incident", "assign"),
    _do("incident_decide", "/incidents/{number}/decide", "incident", "decide"),
    _do("incident_close", "/incidents/{number}/close", "incident", "close"),
    # orders by hand
    _read("approvals", "/approvals", "approval"),
    _do("approval_propose", "/approvals", "approval", "propose", scope=Scope.PROPOSE),
    _read("flow_show", "/approvals/flow", "flow of orders by hand"),
    _do("flow_resume", "/approvals/flow/resume", "flow of orders by hand", "resume", code=True),
    _read("mandate", "/approvals/mandate", "mandate"),
    _do("mandate_sign", "/approvals/mandate", "mandate", "sign", code=True),
    _do("mandate_revoke", "/approvals/mandate", "mandate", "revoke", method="DELETE", key=_OWN),
    _read("approval", "/approvals/{approval_id}", "approval"),
    _do("approval_approve", "/approvals/{approval_id}/approve", "approval", "approve", code=True),
    _do("approval_deny", "/approvals/{approval_id}/deny", "approval", "deny", key=Key.OPTIONAL),
    _do("approval_place", "/approvals/{approval_id}/place", "approval", "place", scope=Scope.PROPOSE),
    # strategies and jobs
    _read("strategies", "/monitoring/strategies", "strategy"),
    _read("strategy", "/monitoring/strategies/{strategy_id}", "strategy"),
    _do("strategy_start", "/strategies/{strategy_id}/start", "strategy", "start"),
    _do("strategy_stop", "/strategies/{strategy_id}/stop", "strategy", "stop", key=Key.OPTIONAL),
    _read("jobs", "/monitoring/jobs", "job"),
    _read("job", "/monitoring/jobs/{job_id}", "job"),
    _do("job_resume", "/monitoring/jobs/{job_id}/resume", "job", "resume"),
    _do("job_pause", "/monitoring/jobs/{job_id}/pause", "job", "pause", key=Key.OPTIONAL),
    # how it is
    _read("health_detailed", "/health/detailed", "health"),
    _read("health_metrics", "/health/metrics", "health"),
    _read("system_metrics", "/monitoring/system", "health"),
    _read("health_history", "/health/history", "health"),
    _read("metric_names", "/health/series", "health"),
    _read("metric_history", "/health/series/{metric_name}", "health"),
    _read("trends", "/trends", "trend"),
    _read("trend", "/trends/{metric_name}", "trend"),
    _read("audit", "/audit", "audit trail"),
    _read("audit_verify", "/audit/verify", "audit trail", pace=Pace.HEAVY),
    _read("access_log", "/audit/access", "access log", roles=KEEPING),
    _read("checklists", "/checklists", "checklist"),
    _read("rounds_list", "/checklists/open", "checklist"),
    _do("round_start", "/checklists/open", "checklist", "start"),
    _read("round_show", "/checklists/open/{checklist_id}", "checklist"),
    _do("round_check", "/checklists/open/{checklist_id}/check", "checklist", "check", key=Key.OPTIONAL),
    _do("round_finish", "/checklists/open/{checklist_id}/finish", "checklist", "finish"),
    _do("round_withdraw", "/checklists/open/{checklist_id}", "checklist", "withdraw", method="DELETE", key=_OWN),
    _do("procedures_reviewed", "/checklists/reviewed", "checklist", "review"),
    _read("settings", "/settings", "setting", roles=SAFE),
)  # fmt: skip
BY_NAME: Final[Mapping[str, Rule]] = {rule.operation: rule for rule in POLICY}


def allows(rule: Rule, *, role: Role | None, scopes: frozenset[Scope]) -> bool:
    """Tell whether somebody of that role, or a program of those scopes, may; nothing said means no."""
    if rule.public:
        return True
    if role is not None:
        return role in rule.roles
    return rule.scope is not None and rule.scope in scopes


def document() -> str:
    """Return the table as a page for people."""
    lines = [
        "# Who may do what",
        "",
        "Made from the table in `src/hantu/api/policy.py` by `hantu api permissions`; the checks and their tests read the same",
        "rows. What is not here is refused. Two people: one asks, another one confirms, each with a code of their own.",
        "",
        "| object | action | verb and path (`/api/v1`) | admin | operator | viewer | programs | code | people | key |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for rule in sorted(POLICY, key=lambda one: (one.object, one.action, one.path)):
        marks = ["yes" if rule.public or role in rule.roles else "-" for role in Role]
        programs = "yes" if rule.public else rule.scope.value if rule.scope else "-"
        lines.append(
            f"| {rule.object} | {rule.action} | `{rule.method} {rule.path}` | {' | '.join(marks)} | {programs} | "
            f"{'yes' if rule.code else '-'} | {rule.people} | {rule.key.value} |"
        )
    return "\n".join([*lines, ""])
