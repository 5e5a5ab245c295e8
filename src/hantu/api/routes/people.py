"""People and programs, for administrators."""

from collections.abc import Mapping
from typing import Final

from hantu.api.models.people import (
    AccessRow,
    ClientAdd,
    ClientAdded,
    ClientList,
    ClientRow,
    Revoked,
    UserAdd,
    UserChange,
    UserChanged,
    UserInvited,
    UserList,
    UserRow,
)
from hantu.api.models.shapes import Page
from hantu.api.routes.answer import Answer, Cursor, Ident, Inside, Limit, Who


def users_list(house: Inside) -> UserList:
    """List people."""
    return UserList(items=[UserRow.model_validate(row) for row in house.register.users()])


def user_add(asked: UserAdd, caller: Who, house: Inside) -> UserInvited:
    """Invite a person; the code is handed over by another way than this one."""
    return UserInvited.model_validate(house.register.add_user(asked.name, asked.role, by=caller))


def user_change(name: Ident, asked: UserChange, caller: Who, house: Inside) -> UserChanged:
    """Change role or state, or ask for a new authenticator; takes effect at once, sessions end."""
    row, invited = house.register.change_user(
        name, role=asked.role, disabled=asked.disabled, enrol=asked.enrol, by=caller
    )
    return UserChanged(user=UserRow.model_validate(row), **invited)


def user_sessions_revoke(name: Ident, caller: Who, house: Inside) -> Revoked:
    """End every session of a person."""
    return Revoked(revoked=house.register.end_user_sessions(name, by=caller))


def clients_list(house: Inside) -> ClientList:
    """List programs."""
    return ClientList(items=[ClientRow.model_validate(row) for row in house.register.clients()])


def client_add(asked: ClientAdd, caller: Who, house: Inside) -> ClientAdded:
    """Let a program in; its token is shown once."""
    row, token = house.register.add_client(asked.name, asked.scopes, by=caller)
    return ClientAdded(client=ClientRow.model_validate(row), token=token)


def client_revoke(client_id: Ident, caller: Who, house: Inside) -> Revoked:
    """Let a program in no more."""
    house.register.revoke_client(client_id, by=caller)
    return Revoked(revoked=1)


def access_log(house: Inside, limit: Limit = 50, cursor: Cursor = "") -> Page[AccessRow]:
    """Show who came in, who was refused, and what was changed about access; newest first."""
    rows = house.register.access(limit, int(cursor) if cursor.isdigit() else 0)
    following = str(rows[-1]["access_id"]) if len(rows) == limit else ""
    return Page[AccessRow](items=[AccessRow.model_validate(row) for row in rows], next_cursor=following)


HANDLERS: Final[Mapping[str, Answer]] = {
    "users_list": Answer(users_list, UserList),
    "user_add": Answer(user_add, UserInvited, 201),
    "user_change": Answer(user_change, UserChanged),
    "user_sessions_revoke": Answer(user_sessions_revoke, Revoked),
    "clients_list": Answer(clients_list, ClientList),
    "client_add": Answer(client_add, ClientAdded, 201),
    "client_revoke": Answer(client_revoke, Revoked),
    "access_log": Answer(access_log, Page[AccessRow]),
}
