"""One update from a phone: is it believed, what does it ask, what came of it, who is told, what is recorded.

Invariants:
1. Stopping waits behind nothing, acts before it is marked as seen, and needs no records.
2. Everything else is marked as seen first: an update or button acts at most once, in
   any process, and a wish that needs a code is on record before it is carried out.
3. Who is not listed gets no answer; what is refused leaves a row, rows of floods are counted.
4. What an answer calls done, the guard's status or the records have shown.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from hantu.alerting.phone.buttons import NONCE, Press, Pressed, opened, sealed
from hantu.alerting.phone.buttons import STOPS as STOP_BUTTONS
from hantu.alerting.phone.commands import STOPS, Command, Typed, Verb, read
from hantu.alerting.phone.policy import SILENT, TRIES, Came, Incoming, Kind, Refused, refusal
from hantu.alerting.phone.wording import Wording
from hantu.domain.commands import KillLevel
from hantu.domain.delivery import Button
from hantu.domain.errors import HantuError
from hantu.runtime.phone_acts import CONFIRM_S, Answer, Offer, PhoneActs, Wish
from hantu.runtime.phone_gate import PhoneGate
from hantu.runtime.phone_ports import CodeJudged, Person, PhoneBot, PhoneDoors
from hantu.telemetry import get_logger

T = TypeVar("T")
SystemLog = get_logger(__name__, "system")
THREADS = 4
LABELS: Mapping[Press, str] = {
    Press.ACK: "b_ack", Press.DONE: "b_done", Press.SILENCE: "b_silence", Press.APPROVE: "b_approve",
    Press.DENY: "b_deny", Press.KILL: "b_kill", Press.HARD: "b_hard", Press.HALT: "b_halt", Press.RESUME: "b_resume",
    Press.RELEASE: "b_release", Press.CANCEL: "b_cancel",
}  # fmt: skip
UNDER = frozenset({Press.ACK, Press.DONE, Press.SILENCE, Press.DENY})
"""What came of them stands under the message; everything else is answered by a message of its own."""


@dataclass(slots=True)
class _Waiting:
    wish: Wish
    until: float
    nonce: str


class PhoneDesk:
    """Takes updates of one bot; all methods run in one event loop, the doors in threads."""

    def __init__(
        self,
        bot: PhoneBot,
        doors: PhoneDoors,
        people: Sequence[Person],
        words: Wording,
        key: bytes,
        *,
        draw: Callable[[int], bytes],
        now_s: Callable[[], float],
    ) -> None:
        """``draw`` gives random bytes, ``now_s`` the machine's time in seconds since 1970."""
        self._bot, self._doors, self._words, self._key = bot, doors, words, key
        self._acts = PhoneActs(doors, words)
        self._people = {one.user_id: one for one in people}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="hantu-phone")
        self._draw, self._now_s = draw, now_s
        self._waiting: dict[int, _Waiting] = {}
        self._one_at_a_time = asyncio.Lock()
        self._gate = PhoneGate()
        self.bot_name = ""

    def urgent(self, got: Incoming) -> bool:
        """Whether an update may ask to stop, and so waits behind nothing."""
        if got.kind is Kind.BUTTON:
            pressed = opened(self._key, got.user_id, got.data) if got.user_id in self._people else None
            return pressed is not None and pressed.press in STOP_BUTTONS
        command = read(got.text, self.bot_name)
        return isinstance(command, Command) and command.verb in STOPS

    async def take(self, got: Incoming, service_s: float | None) -> None:
        """Handle one update; never raises for what it asks. ``service_s`` is the messenger's own time."""
        now_s = service_s if service_s is not None else self._now_s()
        names = {one.user_id: one.name for one in self._people.values()}
        why = refusal(got, names, now_s)
        if why in SILENT:
            await self._ignored(got, why)
            return
        person = self._people[got.user_id]
        urgent = self.urgent(got)
        if not await self._may(person, got, urgent=urgent):
            return
        if why is Refused.OLD:
            await self._too_old(person, got, now_s)
        elif urgent:
            await self._do(person, got)
        else:
            async with self._one_at_a_time:
                await self._do(person, got)

    # --- what an update asks ----------------------------------------------------------

    async def _do(self, person: Person, got: Incoming) -> None:
        if got.kind is Kind.BUTTON:
            await self._pressed(person, got)
            return
        asked = read(got.text, self.bot_name)
        if asked is None:
            await self._bot.say(got.chat_id, self._words.say("unknown"))
            return
        if isinstance(asked, Command) and asked.verb in STOPS:
            if await self._seen(f"update:{got.update_id}"):
                return
            await self._tell(person, got, await self._stop(asked, person), asked.verb.value, asked.rest)
            await self._mark(f"update:{got.update_id}")
            return
        if not await self._first(got, f"update:{got.update_id}"):
            return
        if isinstance(asked, Typed):
            await self._code(person, got, asked)
            return
        await self._tell(person, got, await self._answered(asked, person), asked.verb.value, asked.rest)

    async def _stop(self, asked: Command, person: Person) -> Answer:
        act = self._acts.kill if asked.verb is Verb.KILL else self._acts.halt
        return await self._acted(act, asked, person)

    async def _answered(self, asked: Command, person: Person) -> Answer:
        acts = self._acts
        looks: Mapping[Verb, Callable[[], Answer]] = {
            Verb.STATUS: acts.status, Verb.POSITIONS: acts.positions, Verb.ORDERS: acts.orders, Verb.PNL: acts.pnl,
            Verb.ALERTS: acts.alerts, Verb.HELP: lambda: Answer(self._words.words["help"]),
        }  # fmt: skip
        if asked.verb in looks:
            return await self._acted(looks[asked.verb])
        steer = {Verb.ACK: acts.ack, Verb.SILENCE: acts.silence, Verb.RESUME: acts.ask_resume}
        return await self._acted(steer[asked.verb], asked, person)

    async def _pressed(self, person: Person, got: Incoming) -> None:
        pressed = opened(self._key, got.user_id, got.data)
        if pressed is None:
            await self._bot.answer(got.callback, self._words.say("press_void"), alert=True)
            await self._note("phone_button_refused", {"reason": "forged"}, person.actor)
            return
        if self._now_s() > pressed.until_s:
            await self._bot.answer(got.callback, self._words.say("press_expired"), alert=True)
            await self._note("phone_button_refused", {"reason": "expired", "button": pressed.press.name}, person.actor)
            return
        keys = (f"nonce:{pressed.nonce}", f"update:{got.update_id}")
        if pressed.press in STOP_BUTTONS:
            if await self._seen(*keys):
                await self._bot.answer(got.callback, self._words.say("press_used"), alert=True)
                return
            answer = await self._press(person, pressed)
            await self._bot.answer(got.callback, self._words.say("press_taken"))
            await self._tell(person, got, answer, f"button {pressed.press.name.lower()}", pressed.subject)
            await self._mark(*keys)
            return
        if not await self._first(got, *keys):
            return
        answer = await self._press(person, pressed)
        about = f"button {pressed.press.name.lower()}"
        if pressed.press in UNDER and answer.outcome == "done":
            # Said where it was asked: a flash now, and a line under the message.
            text = (
                answer.text
                if await self._noted(person, about, pressed.subject, answer)
                else self._unrecorded_too(answer)
            )
            await self._bot.answer(got.callback, _plain(text))
            await self._note_under(person, got, pressed.press, text)
            return
        await self._bot.answer(got.callback, self._words.say("press_taken"))
        await self._tell(person, got, answer, about, pressed.subject)

    async def _press(self, person: Person, pressed: Pressed) -> Answer:
        acts, subject = self._acts, pressed.subject
        meant: Mapping[Press, Callable[[], Answer]] = {
            Press.ACK: lambda: acts.acknowledge_named(subject, person, done=False),
            Press.DONE: lambda: acts.acknowledge_named(subject, person, done=True),
            Press.SILENCE: lambda: acts.silence_named(subject, person),
            Press.KILL: lambda: acts.set_kill(KillLevel.ACTIVE, "텔레그램 단추", person),
            Press.HARD: lambda: acts.set_kill(KillLevel.HARD, "텔레그램 단추", person),
            Press.HALT: lambda: acts.halt(Command(Verb.HALT, subject), person),
            Press.RESUME: lambda: acts.ask(Wish(Press.RESUME, subject), person),
            Press.RELEASE: lambda: acts.ask_release(person),
            Press.APPROVE: lambda: acts.ask_approve(subject, person),
            Press.DENY: lambda: acts.deny(subject, person),
        }
        return (
            self._canceled(person, subject)
            if pressed.press is Press.CANCEL
            else await self._acted(meant[pressed.press])
        )

    def _canceled(self, person: Person, nonce: str) -> Answer:
        found = self._waiting.get(person.user_id)
        if found is None or found.nonce != nonce:
            return Answer(self._words.say("nothing_pending"), outcome="refused")
        del self._waiting[person.user_id]
        return Answer(self._words.say("canceled"), outcome="canceled")

    async def _code(self, person: Person, got: Incoming, typed: Typed) -> None:
        """Judge a code for what waits for it; it is taken out before it is carried out."""
        found = self._waiting.get(person.user_id)
        if found is None or self._now_s() > found.until:
            self._waiting.pop(person.user_id, None)
            await self._tell(person, got, Answer(self._words.say("nothing_pending"), outcome="refused"), "code")
            return
        wish = found.wish
        if wish.press is Press.RELEASE and not (wish.reason or typed.rest):
            await self._tell(person, got, Answer(self._words.say("reason_missing"), outcome="refused"), "code")
            return
        try:
            judged = await self.in_thread(self._doors.judge, person.actor, typed.code)
        except HantuError as error:
            answer = Answer(self._words.say("unrecordable", detail=error), outcome="failed")
            await self._tell(person, got, answer, "code")
            return
        if judged.came is not Came.RIGHT:
            await self._wrong(person, got, judged)
            return
        del self._waiting[person.user_id]
        details = {"wish": wish.press.name.lower(), "subject": wish.subject, "reason": wish.reason or typed.rest}
        if not await self._note("phone_confirmed", details, person.actor):
            answer = Answer(self._words.say("unrecordable", detail="ops_audit_log"), outcome="failed")
        else:
            answer = await self._acted(lambda: self._acts.confirmed(wish, person, typed.rest))
        if judged.before:
            more = self._words.say("failures_before", failures=judged.before)
            answer = replace(answer, text=f"{answer.text}\n{more}")
        await self._tell(person, got, answer, f"confirmed {wish.press.name.lower()}", wish.subject)

    async def _wrong(self, person: Person, got: Incoming, judged: CodeJudged) -> None:
        words = self._words
        match judged.came:
            case Came.LOCKED:
                text = words.say("code_locked", minutes=max(1, round(judged.locked_s / 60)))
            case Came.NONE:
                text = words.say("not_enrolled", name=person.name)
            case _:
                key = "code_used" if judged.came is Came.USED else "code_wrong"
                text = words.say(key, failures=judged.failures)
        if judged.locked_s:
            self._waiting.pop(person.user_id, None)
        details = {"came": judged.came.value, "failures": judged.failures, "locked_s": round(judged.locked_s)}
        await self._note("phone_code_refused", details, person.actor)
        await self._bot.say(got.chat_id, text)
        if judged.came is not Came.LOCKED and judged.failures and judged.failures % TRIES == 0:
            await self._note("phone_locked", details, person.actor)
            told = words.say("locked_notice", name=person.name, failures=judged.failures)
            for one in self._people.values():
                await self._bot.say(one.user_id, told)

    # --- what is not acted on ----------------------------------------------------------

    async def _ignored(self, got: Incoming, why: Refused | None) -> None:
        room = self._gate.stranger(self._now_s())
        if not room.free:
            return
        person = self._people.get(got.user_id)
        details = {"reason": why, "chat": "private" if got.private else "group", "unrecorded": room.missed}
        actor = person.actor if person is not None else await self._stranger(got.user_id)
        await self._note("phone_ignored", details, actor)

    async def _stranger(self, user_id: int) -> str:
        return await self.in_thread(self._doors.actor_of, f"telegram:{user_id}")

    async def _too_old(self, person: Person, got: Incoming, now_s: float) -> None:
        words = self._words
        offers: tuple[tuple[Offer, ...], ...] = ()
        if got.kind is Kind.BUTTON:
            pressed = opened(self._key, got.user_id, got.data)
            if pressed is None:
                return
            await self._bot.answer(got.callback)
            offers = ((Offer(pressed.press, pressed.subject),),) if pressed.press is not Press.CANCEL else ()
            text, command, age = words.say("press_old"), f"button {pressed.press.name.lower()}", -1
        else:
            asked = read(got.text, self.bot_name)
            if asked is None:
                return
            age = round(now_s - (got.sent_s or 0.0))
            text, command = words.say("too_old", seconds=age), "code"
            if isinstance(asked, Command):
                command = asked.verb.value
                offers = (
                    ((Offer(Press.KILL if asked.verb is Verb.KILL else Press.HALT),),) if asked.verb in STOPS else ()
                )
        await self._note("phone_ignored", {"reason": Refused.OLD, "command": command, "age_s": age}, person.actor)
        await self._bot.say(got.chat_id, text, self._sealed(person, offers))

    async def _may(self, person: Person, got: Incoming, *, urgent: bool) -> bool:
        """Draw one from the person's rate; the first one too many is told and recorded, the rest counted."""
        room = self._gate.listed(person.user_id, self._now_s(), stopping=urgent)
        if room.missed > 1:
            await self._note("phone_flood_over", {"ignored": room.missed}, person.actor)
        if room.first:
            await self._note("phone_flood", {"stopping": urgent}, person.actor)
            await self._bot.say(got.chat_id, self._words.say("flood"))
        return room.free

    async def in_thread(self, work: Callable[..., T], *given: object) -> T:
        """Run a door, which blocks, in a thread of the phone's own: it uses up none of the guard's."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)

    def close(self) -> None:
        """Let the threads go; what they are doing comes to its end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    # --- leaves ------------------------------------------------------------------------

    async def _acted(self, act: Callable[..., Answer], *given: object) -> Answer:
        """Carry one act out in a thread; what a door refuses becomes an honest answer."""
        try:
            return await self.in_thread(act, *given)
        except HantuError as error:
            detail = f"{error} {error.next_step}".strip()
            return Answer(self._words.say("not_done", detail=detail), outcome="refused")

    async def _tell(self, person: Person, got: Incoming, answer: Answer, command: str, about: str = "") -> None:
        """Record what came of a command, then say it; one that waits for a code begins to wait."""
        text, offers = answer.text, answer.offers
        if answer.wish is not None:
            nonce = self._draw(NONCE).hex()
            self._waiting[person.user_id] = _Waiting(answer.wish, self._now_s() + CONFIRM_S, nonce)
            offers = tuple(
                tuple(replace(one, subject=nonce) if one.press is Press.CANCEL else one for one in row)
                for row in offers
            )
        if not await self._noted(person, command, about, answer) and answer.outcome not in ("told", "refused"):
            text = self._unrecorded_too(replace(answer, text=text))
        await self._bot.say(got.chat_id, text, self._sealed(person, offers))

    async def _noted(self, person: Person, command: str, about: str, answer: Answer) -> bool:
        details = {"command": command, "about": about, "outcome": answer.outcome}
        return await self._note("phone_command", details, person.actor)

    def _unrecorded_too(self, answer: Answer) -> str:
        return f"{answer.text}\n{self._words.say('unrecorded')}"

    async def _note_under(self, person: Person, got: Incoming, press: Press, text: str) -> None:
        """Take the buttons of a message away and say under it what became of it; proposals are closed for all at once."""
        if press is not Press.DENY and got.message_id and got.text:
            await self._bot.edit(
                got.chat_id, got.message_id, f"{got.text}\n\n{_plain(text)} - {person.name}", got.marks
            )

    async def _first(self, got: Incoming, *keys: str) -> bool:
        """Mark keys as used; false when they were, or when nobody can tell."""
        try:
            fresh = await self.in_thread(self._doors.use, *keys)
        except HantuError as error:
            if got.callback:
                await self._bot.answer(got.callback)
            await self._bot.say(got.chat_id, self._words.say("unrecordable", detail=error))
            return False
        if not fresh and got.callback:
            await self._bot.answer(got.callback, self._words.say("press_used"), alert=True)
        if not fresh:
            await self._note("phone_repeated", {"update": got.update_id}, self._people[got.user_id].actor)
        return fresh

    async def _seen(self, *keys: str) -> bool:
        """Whether an update to stop was carried out before; when nobody can tell it is carried out (again)."""
        try:
            return await self.in_thread(self._doors.used, *keys)
        except HantuError as error:
            SystemLog.warning("전화 기록을 읽을 수 없음 - 멈추는 명령은 그대로 실행: %s", error)
            return False

    async def _mark(self, *keys: str) -> None:
        try:
            await self.in_thread(self._doors.use, *keys)
        except HantuError as error:
            SystemLog.warning("전화 기록을 쓸 수 없음: %s", error)

    async def _note(self, operation: str, details: Mapping[str, Any], actor: str) -> bool:
        """Add a row to the audit trail; false when only the log has it."""
        SystemLog.info("전화: %s %s %s", operation, actor, dict(details))
        try:
            await self.in_thread(self._doors.note, operation, details, actor)
        except HantuError as error:
            SystemLog.error("전화 명령을 감사 기록에 남기지 못함: %s", error)
            return False
        return True

    def _sealed(self, person: Person, offers: Sequence[Sequence[Offer]]) -> tuple[tuple[Button, ...], ...]:
        return tuple(tuple(self.button(person, one) for one in row) for row in offers)

    def button(self, person: Person, offer: Offer) -> Button:
        """Return a button of one person, usable once and for a while."""
        data = sealed(self._key, person.user_id, offer.press, offer.subject, self._draw(NONCE), self._now_s())
        return Button(self._words.say(LABELS[offer.press]), data)


def _plain(text: str) -> str:
    return text.replace("*", "").replace("`", "")
