"""Coming in, being in, and ending it."""

from collections.abc import Mapping
from typing import Final

from fastapi import Request, Response

from hantu.api.gate import SECURE_COOKIE
from hantu.api.house import House
from hantu.api.models.people import (
    Enrolled,
    EnrolmentBegin,
    EnrolmentComplete,
    EnrolmentOffer,
    Revoked,
    SessionList,
    SessionRow,
    SessionView,
    SignIn,
)
from hantu.api.routes.answer import Answer, Ident, Inside, Source, Who
from hantu.domain.access import Caller, SignedIn


def enrolment_begin(asked: EnrolmentBegin, house: Inside, source: Source) -> EnrolmentOffer:
    """Show the secret for the authenticator to who holds the one-time code."""
    return EnrolmentOffer.model_validate(house.doorkeeper.enrol_begin(asked.user, asked.enrolment_code, source=source))


def enrolment_complete(asked: EnrolmentComplete, house: Inside, source: Source) -> Enrolled:
    """Take the password and the first code; answers with the recovery codes, once."""
    codes = house.doorkeeper.enrol_complete(asked.user, asked.enrolment_code, asked.password, asked.code, source=source)
    return Enrolled(user=asked.user, recovery_codes=codes)


def sign_in(asked: SignIn, request: Request, response: Response, house: Inside, source: Source) -> SessionView:
    """Begin a session; an older one of this browser ends."""
    agent = request.headers.get("user-agent", "")
    found = house.doorkeeper.sign_in(
        asked.user, asked.password, code=asked.code or "", recovery_code=asked.recovery_code or "", source=source,
        agent=agent,
    )  # fmt: skip
    if found.caller is None:
        return SessionView(status="enrolment_required", user=asked.user, enrolment_code=found.enrolment_code)
    return came_in(found, request, response, house)


def came_in(found: SignedIn, request: Request, response: Response, house: House) -> SessionView:
    """Hand over the cookie of a new session; an older one of this browser ends."""
    assert found.caller is not None
    before = request.cookies.get(SECURE_COOKIE, "")
    agent = request.headers.get("user-agent", "")
    earlier = house.doorkeeper.by_cookie(before, agent=agent) if before else None
    if earlier is not None:
        house.register.end_sessions(earlier, earlier.ident)
    # Secure and __Host- on loopback without TLS too: browsers treat it as trustworthy.
    response.set_cookie(SECURE_COOKIE, found.secret, secure=True, httponly=True, samesite="strict", path="/")
    return _view(found.caller)


def session_show(caller: Who) -> SessionView:
    """Tell who is signed in, with the forgery token."""
    return _view(caller)


def sign_out(caller: Who, response: Response, house: Inside) -> Revoked:
    """End this session."""
    response.delete_cookie(SECURE_COOKIE, secure=True, httponly=True, samesite="strict", path="/")
    return Revoked(revoked=house.register.end_sessions(caller, caller.ident))


def sessions_list(caller: Who, house: Inside) -> SessionList:
    """List one's own sessions."""
    return SessionList(items=[SessionRow.model_validate(row) for row in house.register.sessions(caller)])


def session_revoke(session_id: Ident, caller: Who, house: Inside) -> Revoked:
    """End one of one's own sessions."""
    return Revoked(revoked=house.register.end_sessions(caller, session_id))


def sessions_revoke_all(caller: Who, response: Response, house: Inside) -> Revoked:
    """End all of one's own sessions, this one too."""
    response.delete_cookie(SECURE_COOKIE, secure=True, httponly=True, samesite="strict", path="/")
    return Revoked(revoked=house.register.end_sessions(caller))


def _view(caller: Caller) -> SessionView:
    return SessionView(
        user=caller.name, role=caller.role, kind="person" if caller.kind == "person" else "program",
        scopes=sorted(caller.scopes), csrf=caller.csrf, session_id=caller.ident, expires_at=caller.expires_at,
        idle_s=caller.idle_s, idle_left_s=caller.idle_left_s, left_s=caller.left_s,
        recovery_codes_left=caller.recovery_codes_left, passkeys=caller.passkeys,
    )  # fmt: skip


HANDLERS: Final[Mapping[str, Answer]] = {
    "enrolment_begin": Answer(enrolment_begin, EnrolmentOffer),
    "enrolment_complete": Answer(enrolment_complete, Enrolled),
    "sign_in": Answer(sign_in, SessionView),
    "session_show": Answer(session_show, SessionView),
    "sign_out": Answer(sign_out, Revoked),
    "sessions_list": Answer(sessions_list, SessionList),
    "session_revoke": Answer(session_revoke, Revoked),
    "sessions_revoke_all": Answer(sessions_revoke_all, Revoked),
}
