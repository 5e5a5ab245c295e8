"""The Bot API with people behind it: they type, press, forward and edit; the bot polls, answers and edits.

Refuses what Telegram refuses: a second poller (409, the earlier question is ended), late or
unknown callback queries, edits that change nothing, messages to people who never wrote.
Sources: core.telegram.org/bots/api#getupdates, #answercallbackquery, #editmessagetext, #callbackquery.
"""

import asyncio
import html
import html.parser
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.receivers.journal import ACCEPTED, Journal
from tests.receivers.telegram import TOKEN, TelegramReceiver, _no, _problem

BOT = {"id": 987654321, "is_bot": True, "first_name": "hantu", "username": "hantu_test_bot"}
CALLBACK_TEXT_MAX = 200
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
CALLBACK_LIFE_S = 60.0


@dataclass
class Bubble:
    """One message as the person's screen shows it."""

    number: int
    chat: int
    mine: bool
    """Written by the person."""
    text: str
    marks: list[dict[str, Any]] = field(default_factory=list)
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    date: int = 0
    edited: bool = False
    toast: str = ""
    """What flashed when a button was pressed."""


class _Marks(html.parser.HTMLParser):
    """Text and entities of a message in HTML, offsets in UTF-16 units as Telegram counts."""

    KINDS = {"b": "bold", "code": "code", "i": "italic", "pre": "pre"}

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.marks: list[dict[str, Any]] = []
        self.open: list[tuple[str, int]] = []

    def handle_starttag(self, tag, attrs):
        self.open.append((tag, _units(self.text)))

    def handle_endtag(self, tag):
        name, at = self.open.pop()
        self.marks.append({"type": self.KINDS[name], "offset": at, "length": _units(self.text) - at})

    def handle_data(self, data):
        self.text += data


class TelegramChat(TelegramReceiver):
    """A bot's server and the screens of the people who talk to it."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self.people: dict[int, str] = {}
        """Who has pressed Start: user id → first name."""
        self.bubbles: list[Bubble] = []
        self.toasts: list[str] = []
        self.polls = 0
        self.conflicts = 0
        self._updates: list[dict[str, Any]] = []
        self._numbers, self._update_ids, self._queries = (
            itertools.count(1),
            itertools.count(400_000_001),
            itertools.count(1),
        )
        self._asked: dict[str, tuple[int, float]] = {}
        self._polling: asyncio.Future[None] | None = None
        self._more = asyncio.Event()

    # --- people --------------------------------------------------------------------

    def types(self, user: int, text: str, *, chat: dict[str, Any] | None = None, age_s: float = 0, **extra: Any) -> int:
        """Let a person send a message; return its update id. ``chat`` another than the private one, ``extra`` fields."""
        number, date = next(self._numbers), int(time.time() - age_s)
        where = chat or {"id": user, "type": "private", "first_name": self.people.get(user, "?")}
        message = {"message_id": number, "from": self._from(user), "chat": where, "date": date, "text": text, **extra}
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        self.bubbles.append(Bubble(number, where["id"], mine=True, text=text, date=date))
        return self._put({"message": message})

    def edits(self, user: int, number: int, text: str) -> int:
        """Let a person change a message that was sent."""
        where = {"id": user, "type": "private"}
        message = {"message_id": number, "from": self._from(user), "chat": where, "date": int(time.time()),
                   "edit_date": int(time.time()), "text": text}  # fmt: skip
        return self._put({"edited_message": message})

    def presses(self, user: int, bubble: Bubble, label: str = "", *, data: str = "") -> str:
        """Let a person press a button by the beginning of its label, or send data of its own; return the query's id."""
        found = [one for row in bubble.buttons for one in row if label and one["text"].startswith(label)]
        query = str(7_000_000_000 + next(self._queries))
        under = {"message_id": bubble.number, "from": BOT, "date": bubble.date, "text": bubble.text,
                 "chat": {"id": bubble.chat, "type": "private" if bubble.chat > 0 else "group"}}  # fmt: skip
        if bubble.marks:
            under["entities"] = bubble.marks
        if bubble.buttons:
            under["reply_markup"] = {"inline_keyboard": bubble.buttons}
        self._asked[query] = (bubble.number, time.monotonic())
        self._put({"callback_query": {
            "id": query, "from": self._from(user), "message": under, "chat_instance": "1", "data": data or found[0]["callback_data"],
        }})  # fmt: skip
        return query

    def again(self, update: dict[str, Any]) -> None:
        """Deliver an update a second time under its own number, as after a lost confirmation."""
        self._updates.append(update)
        self._more.set()

    @property
    def waiting(self) -> list[dict[str, Any]]:
        """Updates that are not confirmed."""
        return list(self._updates)

    def bot_said(self, chat: int) -> list[Bubble]:
        """What stands on a person's screen from the bot."""
        return [one for one in self.bubbles if one.chat == chat and not one.mine]

    # --- the bot -------------------------------------------------------------------

    async def contract(self, request: web.Request, body: bytes) -> web.Response:
        token, _, method = request.path.removeprefix("/bot").partition("/")
        if token != TOKEN:
            return _no(401, "Unauthorized")
        given = json.loads(body) if body else dict(request.query)
        match method:
            case "getMe":
                return _yes(BOT)
            case "getUpdates":
                return await self._poll(request, given)
            case "answerCallbackQuery":
                return self._answered(given)
            case "editMessageText":
                return self._edited(given)
            case "sendMessage" if int(given["chat_id"]) > 0:
                return self._sent(given)
            case _:
                return await super().contract(request, body)

    async def _poll(self, request: web.Request, given: dict[str, Any]) -> web.Response:
        self.polls += 1
        if self._polling is not None and not self._polling.done():
            self._polling.set_result(None)
        mine = self._polling = asyncio.get_running_loop().create_future()
        offset = int(given.get("offset", 0))
        self._updates = [one for one in self._updates if one["update_id"] >= offset]
        end = time.monotonic() + min(float(given.get("timeout", 0)), 50.0)
        while True:
            allowed = given.get("allowed_updates") or ["message", "callback_query", "edited_message"]
            found = [one for one in self._updates if any(kind in one for kind in allowed)]
            if found or time.monotonic() >= end:
                return _yes(found[: int(given.get("limit", 100))])
            self._more.clear()
            more = asyncio.ensure_future(self._more.wait())
            await asyncio.wait({more, mine}, timeout=end - time.monotonic(), return_when=asyncio.FIRST_COMPLETED)
            more.cancel()
            if mine.done():
                # One whose caller has hung up is no second poller.
                self.conflicts += request.transport is not None and not request.transport.is_closing()
                return _no(409, CONFLICT)

    def _sent(self, given: dict[str, Any]) -> web.Response:
        chat = int(given["chat_id"])
        why = _problem(given)
        if why:
            self.journal.note(self.channel, f"refused: {why}", given, text=given.get("text", ""))
            return _no(400, f"Bad Request: {why}")
        if chat not in self.people:
            return _no(403, "Forbidden: bot can't initiate conversation with a user")
        text, marks = _shown(given)
        number = next(self._numbers)
        buttons = given.get("reply_markup", {}).get("inline_keyboard", [])
        self.bubbles.append(Bubble(number, chat, False, text, marks, buttons, int(time.time())))
        silent = bool(given.get("disable_notification"))
        self.journal.note(self.channel, ACCEPTED, given, text=text, silent=silent)
        return _yes({"message_id": number, "from": BOT, "chat": {"id": chat, "type": "private"}, "text": text})

    def _answered(self, given: dict[str, Any]) -> web.Response:
        asked = self._asked.pop(str(given.get("callback_query_id")), None)
        if asked is None or time.monotonic() > asked[1] + CALLBACK_LIFE_S:
            return _no(400, TOO_OLD)
        text = given.get("text", "")
        if len(text) > CALLBACK_TEXT_MAX:
            return _no(400, "Bad Request: MESSAGE_TOO_LONG")
        self.toasts.append(text)
        for one in self.bubbles:
            if one.number == asked[0]:
                one.toast = text
        return _yes(True)

    def _edited(self, given: dict[str, Any]) -> web.Response:
        number, chat = int(given["message_id"]), int(given["chat_id"])
        found = next((one for one in self.bubbles if one.number == number and one.chat == chat and not one.mine), None)
        if found is None:
            return _no(400, "Bad Request: message to edit not found")
        why = _problem({name: value for name, value in given.items() if name not in ("message_id", "entities")})
        if why:
            return _no(400, f"Bad Request: {why}")
        text, marks = (given["text"], given["entities"]) if "entities" in given else _shown(given)
        buttons = given.get("reply_markup", {}).get("inline_keyboard", [])
        if (text, marks, buttons) == (found.text, found.marks, found.buttons):
            return _no(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the same",
            )
        found.text, found.marks, found.buttons, found.edited = text, marks, buttons, True
        return _yes({"message_id": number})

    def _from(self, user: int) -> dict[str, Any]:
        return {"id": user, "is_bot": False, "first_name": self.people.get(user, "?"), "language_code": "ko"}

    def _put(self, update: dict[str, Any]) -> int:
        number = next(self._update_ids)
        self._updates.append({"update_id": number, **update})
        self._more.set()
        return number


def _shown(given: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    if given.get("parse_mode") != "HTML":
        return given["text"], given.get("entities", [])
    marks = _Marks()
    marks.feed(given["text"])
    marks.close()
    return marks.text, marks.marks


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _yes(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})
