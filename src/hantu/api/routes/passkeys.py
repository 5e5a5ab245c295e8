"""Passkeys: coming in by one touch, one's own keys, and a proof before a risky wish."""

from collections.abc import Mapping
from typing import Final

from fastapi import Request, Response

from hantu.api.models.passkeys import (
    PasskeyAnswer,
    PasskeyChallenge,
    PasskeyList,
    PasskeyNew,
    PasskeyOffer,
    PasskeyProof,
    PasskeyRow,
)
from hantu.api.models.people import Revoked, SessionView
from hantu.api.routes.answer import Answer, Ident, Inside, Source, Who
from hantu.api.routes.session import came_in


def passkey_challenge(house: Inside) -> PasskeyChallenge:
    """Begin a sign-in by passkey; no name is asked for, so none is found out."""
    return PasskeyChallenge.model_validate(house.passkeys.challenge())


def passkey_sign_in(
    asked: PasskeyAnswer, request: Request, response: Response, house: Inside, source: Source
) -> SessionView:
    """Begin a session by a passkey whose device has verified its owner: both factors at once."""
    agent = request.headers.get("user-agent", "")
    found = house.passkeys.sign_in(asked.model_dump(), source=source, agent=agent)
    return came_in(found, request, response, house)


def passkeys_list(caller: Who, house: Inside) -> PasskeyList:
    """List one's own passkeys."""
    return PasskeyList(items=[PasskeyRow.model_validate(row) for row in house.passkeys.listed(caller)])


def passkey_begin(caller: Who, house: Inside) -> PasskeyOffer:
    """Begin to register a passkey; only this session can finish it."""
    return PasskeyOffer.model_validate(house.passkeys.begin(caller))


def passkey_register(asked: PasskeyNew, caller: Who, house: Inside, source: Source) -> PasskeyRow:
    """Keep the passkey a device made for what was begun."""
    answer = asked.model_dump(exclude={"name"})
    return PasskeyRow.model_validate(house.passkeys.register(caller, asked.name, answer, source=source))


def passkey_remove(passkey_id: Ident, caller: Who, house: Inside, source: Source) -> Revoked:
    """Let one of one's own passkeys in no more."""
    house.passkeys.remove(caller, passkey_id, source=source)
    return Revoked(revoked=1)


def step_up_begin(caller: Who, house: Inside) -> PasskeyChallenge:
    """Begin to show a passkey in the place of a code."""
    return PasskeyChallenge.model_validate(house.passkeys.step_up(caller))


def step_up_prove(asked: PasskeyAnswer, caller: Who, house: Inside, source: Source) -> PasskeyProof:
    """Show one of one's own passkeys; the proof is the code of the next risky wish of this session."""
    return PasskeyProof(proof=house.passkeys.prove(caller, asked.model_dump(), source=source))


HANDLERS: Final[Mapping[str, Answer]] = {
    "passkey_challenge": Answer(passkey_challenge, PasskeyChallenge),
    "passkey_sign_in": Answer(passkey_sign_in, SessionView),
    "passkeys_list": Answer(passkeys_list, PasskeyList),
    "passkey_begin": Answer(passkey_begin, PasskeyOffer),
    "passkey_register": Answer(passkey_register, PasskeyRow, 201),
    "passkey_remove": Answer(passkey_remove, Revoked),
    "step_up_begin": Answer(step_up_begin, PasskeyChallenge),
    "step_up_prove": Answer(step_up_prove, PasskeyProof),
}
