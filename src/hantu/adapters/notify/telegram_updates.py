"""Updates of the Bot API as what the rest of hantu knows of them; untrusted, so every field is looked at twice.

Source: https://core.telegram.org/bots/api#update and the objects it names.
"""

from collections.abc import Mapping
from typing import Any

from hantu.alerting.phone.policy import Incoming, Kind

ID_MAX = 2**62
TEXT_MAX = 4_096
DATA_MAX = 64
FORWARDED = (
    "forward_origin", "forward_from", "forward_from_chat", "forward_sender_name", "forward_date",
    "is_automatic_forward", "via_bot", "sender_chat", "sender_business_bot", "external_reply",
)  # fmt: skip
"""Fields of a message that somebody else wrote or sent on."""
EDITED = frozenset({"edited_message", "edited_channel_post", "edited_business_message"})


def incoming(update: object, *, waited: bool = False) -> Incoming | None:
    """Return one update; None for what is none, so that nonsense is confirmed and never asked for again."""
    if not isinstance(update, dict) or not _whole(update.get("update_id")):
        return None
    update_id = int(update["update_id"])
    if isinstance(update.get("message"), dict):
        return _message(update_id, update["message"], waited=waited)
    if isinstance(update.get("callback_query"), dict):
        return _button(update_id, update["callback_query"], waited=waited)
    edited = next((update[name] for name in sorted(EDITED & update.keys()) if isinstance(update[name], dict)), None)
    if edited is None:
        return Incoming(update_id, Kind.OTHER)
    return Incoming(update_id, Kind.OTHER, _id(edited.get("from")), _id(edited.get("chat")), edited=True)


def _message(update_id: int, message: Mapping[str, Any], *, waited: bool) -> Incoming:
    sender, chat = message.get("from"), message.get("chat")
    return Incoming(
        update_id, Kind.MESSAGE, _id(sender), _id(chat), _private(chat), _text(message.get("text"), TEXT_MAX),
        # A message without a moment is as old as can be.
        sent_s=float(_number(message, "date")),
        forwarded=any(message.get(name) for name in FORWARDED), bot=_bot(sender), message_id=_number(message, "message_id"),
        edited="edit_date" in message, waited=waited,
    )  # fmt: skip


def _button(update_id: int, query: Mapping[str, Any], *, waited: bool) -> Incoming:
    sender, under = query.get("from"), query.get("message")
    under = under if isinstance(under, dict) else {}
    marks = under.get("entities")
    return Incoming(
        update_id, Kind.BUTTON, _id(sender), _id(under.get("chat")), _private(under.get("chat")),
        _text(under.get("text"), TEXT_MAX), sent_s=None, bot=_bot(sender), callback=_text(query.get("id"), DATA_MAX),
        data=_text(query.get("data"), DATA_MAX), message_id=_number(under, "message_id"),
        marks=tuple(one for one in marks if isinstance(one, dict)) if isinstance(marks, list) else (), waited=waited,
    )  # fmt: skip


def _whole(value: object) -> bool:
    return type(value) is int and -ID_MAX < value < ID_MAX


def _id(who: object) -> int:
    found = who.get("id") if isinstance(who, dict) else 0
    return found if isinstance(found, int) and _whole(found) else 0


def _number(of: Mapping[str, Any], name: str) -> int:
    found = of.get(name)
    return found if isinstance(found, int) and _whole(found) else 0


def _private(chat: object) -> bool:
    return isinstance(chat, dict) and chat.get("type") == "private"


def _bot(sender: object) -> bool:
    return not isinstance(sender, dict) or bool(sender.get("is_bot"))


def _text(value: object, limit: int) -> str:
    return value[:limit] if isinstance(value, str) else ""
