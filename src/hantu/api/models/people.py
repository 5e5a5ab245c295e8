"""Bodies about people, sessions and programs."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from hantu.api.models.shapes import Ask, Name, Note, View
from hantu.domain.access import Role, Scope

Password = Annotated[str, StringConstraints(min_length=1, max_length=256, strip_whitespace=False)]
CodeText = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]


class SignIn(Ask):
    """Name, password and either a code of the authenticator or one recovery code."""

    user: Annotated[str, StringConstraints(max_length=64)] = Field(examples=["kim"])
    password: Password = Field(examples=["correct horse battery staple"])
    code: CodeText | None = Field(default=None, examples=["123456"])
    recovery_code: Annotated[str, StringConstraints(max_length=64)] | None = None


class SessionView(View):
    """Who is signed in; ``csrf`` goes back as ``X-Hantu-CSRF`` with everything that changes something."""

    status: Literal["signed_in", "enrolment_required"] = "signed_in"
    user: str = Field(default="", examples=["kim"])
    role: Role | None = None
    kind: Literal["person", "program"] = "person"
    scopes: list[Scope] = []
    csrf: str = ""
    session_id: str = ""
    expires_at: str = Field(default="", examples=["2026-11-23 08:00:00.000000"])
    idle_s: float = Field(default=0.0, description="Ends after so many seconds without a request.")
    idle_left_s: float = Field(default=0.0, description="Seconds until it ends if nobody uses it.")
    left_s: float = Field(default=0.0, description="Seconds until it ends however much it is used.")
    enrolment_code: str = Field(default="", description="After a recovery code: enrol the authenticator anew with it.")
    recovery_codes_left: int = 0
    passkeys: int = Field(default=0, description="Of one's own, that may be shown in the place of a code.")


class SessionRow(View):
    """One of one's own sessions."""

    session_id: str
    created_at: str
    last_seen_at: str
    expires_at: str
    source: str
    agent: str
    current: bool = False


class SessionList(View):
    items: list[SessionRow]


class Revoked(View):
    """How many sessions have ended."""

    revoked: int


class EnrolmentBegin(Ask):
    """The one-time code that the console or an administrator gave."""

    user: Annotated[str, StringConstraints(max_length=64)] = Field(examples=["kim"])
    enrolment_code: Annotated[str, StringConstraints(max_length=64)]


class EnrolmentOffer(View):
    """The secret for the authenticator; shown again until the enrolment is complete."""

    user: str
    role: Role
    secret: str = Field(examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"])
    otpauth_uri: str = Field(examples=["otpauth://totp/hantu:kim?secret=JBSWY3DPEHPK3PXP&issuer=hantu"])
    expires_at: str


class EnrolmentComplete(Ask):
    """A password of 15 characters or more, and the first code of the authenticator."""

    user: Annotated[str, StringConstraints(max_length=64)]
    enrolment_code: Annotated[str, StringConstraints(max_length=64)]
    password: Password
    code: CodeText


class Enrolled(View):
    """Recovery codes; they are shown this once."""

    user: str
    recovery_codes: list[str]


class UserRow(View):
    """A person as administrators see them."""

    name: str
    role: Role
    state: str = Field(examples=["active"], description="invited, active or disabled")
    created_at: str
    last_sign_in_at: str
    sessions: int
    recovery_codes_left: int


class UserList(View):
    items: list[UserRow]


class UserAdd(Ask):
    name: Name = Field(examples=["lee"])
    role: Role


class UserInvited(View):
    """The person enrols with this code, once, before it expires."""

    name: str
    role: Role
    enrolment_code: str
    expires_at: str


class UserChange(Ask):
    """What shall be different; ``enrol`` asks for a new authenticator and password."""

    role: Role | None = None
    disabled: bool | None = None
    enrol: bool = False


class UserChanged(View):
    user: UserRow
    enrolment_code: str = ""
    expires_at: str = ""


class ClientRow(View):
    client_id: str
    name: str
    scopes: list[Scope]
    created_at: str
    created_by: str
    last_seen_at: str
    revoked_at: str


class ClientList(View):
    items: list[ClientRow]


class ClientAdd(Ask):
    name: Name = Field(examples=["momentum-bot"])
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)] = Field(examples=[["read", "propose"]])


class ClientAdded(View):
    """The token is shown this once; send it as ``Authorization: Bearer``."""

    client: ClientRow
    token: str


class AccessRow(View):
    """One sign-in, refusal or change of access."""

    access_id: int
    at: str
    kind: str
    who: str
    source: str
    detail: Note
