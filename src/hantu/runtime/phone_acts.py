"""What a command does, and what is said of it: one method a command, each returns its answer.

Methods block (they run in a thread) and know nothing of the messenger. ``outcome`` is
what the audit row says: ``done`` only where the guard's own status or the records show it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hantu.alerting.phone.buttons import Press, digest
from hantu.alerting.phone.commands import SYMBOL, Command, span_s
from hantu.alerting.phone.replies import (
    alerts_text,
    held_text,
    korean_clock,
    orders_text,
    pnl_text,
    positions_text,
    status_text,
    terms_text,
)
from hantu.alerting.phone.wording import Wording
from hantu.domain.approval import Approval, ApprovalStatus
from hantu.domain.commands import KillLevel
from hantu.domain.errors import HantuError
from hantu.runtime.phone_ports import How, Person, PhoneDoors

LIST = 8
RECENT = 200
"""Alerts looked through for the one a person means."""
SILENCE_S = 3_600
CONFIRM_S = 90.0
KILL_OUTCOMES = {
    How.CONFIRMED: "done", How.ASKED: "asked", How.WRITTEN: "asked", How.STORED: "stored", How.STRICTER: "unchanged",
}  # fmt: skip


KILL_WORDS = {
    How.CONFIRMED: "kill_done", How.ASKED: "kill_asked", How.WRITTEN: "kill_written", How.STORED: "kill_stored",
    How.STRICTER: "kill_stricter",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """A button, not sealed yet."""

    press: Press
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Something risky that waits for a code."""

    press: Press
    """``RESUME``, ``RELEASE`` or ``APPROVE``."""
    subject: str = ""
    reason: str = ""
    order_hash: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, what is offered with it, and what came of the command."""

    text: str
    offers: tuple[tuple[Offer, ...], ...] = ()
    outcome: str = "told"
    wish: Wish | None = None
    """Waits for a code from now on."""


class PhoneActs:
    """Carries commands out through the doors, in one language."""

    def __init__(self, doors: PhoneDoors, words: Wording) -> None:
        self._doors = doors
        self._words = words

    # --- looking -------------------------------------------------------------------

    def status(self) -> Answer:
        """Show how the guard is."""
        found = self._doors.status()
        if found is None:
            return Answer(f"{self._words.say('no_guard')}\n{held_text(self._words, self._doors.held())}", _STOPS)
        offers = _STOPS if found["kill"]["level"] == "off" and not _paused(found) else (*_STOPS, _going_on(found))
        return Answer(status_text(self._words, found), offers)

    def positions(self) -> Answer:
        """Show the holdings."""
        found = self._doors.status()
        if found is None:
            return Answer(f"{self._words.say('no_guard')}\n{held_text(self._words, self._doors.held())}")
        return Answer(positions_text(self._words, found["positions"]))

    def orders(self) -> Answer:
        """Show the newest orders."""
        return Answer(orders_text(self._words, self._doors.orders(LIST)))

    def pnl(self) -> Answer:
        """Show the day's result."""
        found = self._doors.status()
        return Answer(self._words.say("no_guard_short") if found is None else pnl_text(self._words, found))

    def alerts(self) -> Answer:
        """Show the newest alerts."""
        return Answer(alerts_text(self._words, self._doors.alerts(LIST)))

    # --- answering alerts -----------------------------------------------------------

    def ack(self, command: Command, person: Person) -> Answer:
        """Acknowledge an emergency by its number, or the newest one."""
        words = command.words
        if words and words[0].isdigit():
            return self.acknowledge(int(words[0]), person, done=False)
        found = next((one for one in self._doors.alerts(RECENT) if one.priority == "emergency"), None)
        if found is None:
            return Answer(self._words.say("ack_usage"), outcome="refused")
        return self.acknowledge(found.number, person, done=False)

    def acknowledge(self, alert_id: int, person: Person, *, done: bool) -> Answer:
        """Acknowledge one emergency."""
        if not alert_id:
            return Answer(self._words.say("gone"), outcome="refused")
        self._doors.acknowledge(alert_id, person.actor, done=done)
        return Answer(self._words.say("acked_done" if done else "acked", number=alert_id), outcome="done")

    def acknowledge_named(self, named: str, person: Person, *, done: bool) -> Answer:
        """Acknowledge the emergency under a button."""
        return self.acknowledge(self._doors.alert_of(named), person, done=done)

    def silence(self, command: Command, person: Person) -> Answer:
        """Mute a kind, a stock, an area or a priority for a while."""
        words = command.words
        length = next((word for word in words[:2] if span_s(word)), "")
        what = next((word for word in words[:2] if word != length), "")
        if not length or not what:
            return Answer(self._words.say("silence_usage"), outcome="refused")
        comment = " ".join(words[2:]) or "텔레그램 /silence"
        number = self._doors.silence(what, person.actor, span_s(length), comment)
        return Answer(self._words.say("silenced", what=what, length=length, number=number), outcome="done")

    def silence_named(self, named: str, person: Person) -> Answer:
        """Mute the kind of alert under a button for an hour."""
        kind = self._doors.kind_of(named)
        if not kind:
            return Answer(self._words.say("gone"), outcome="refused")
        number = self._doors.silence(kind, person.actor, SILENCE_S, "텔레그램 단추")
        return Answer(self._words.say("silenced", what=kind, length="1h", number=number), outcome="done")

    # --- stopping -------------------------------------------------------------------

    def kill(self, command: Command, person: Person) -> Answer:
        """Set the kill switch, by default to ``active``."""
        words = command.words
        first = words[0].lower() if words else ""
        if first == KillLevel.FLATTEN:
            return Answer(self._words.say("kill_no_flatten"), _STOPS, outcome="refused")
        level = KillLevel.HARD if first == KillLevel.HARD else KillLevel.ACTIVE
        reason = " ".join(words[1:] if first in (KillLevel.HARD, KillLevel.ACTIVE) else words)
        return self.set_kill(level, reason, person)

    def set_kill(self, level: KillLevel, reason: str, person: Person) -> Answer:
        """Set the kill switch and say how far it got."""
        words = self._words
        try:
            found = self._doors.kill(level, reason or "텔레그램", person.actor)
        except HantuError as error:
            return Answer(words.say("kill_failed", detail=error), _STOPS, outcome="failed")
        doors = ", ".join(words.say(f"door_{one}") for one in found.doors)
        key = KILL_WORDS[found.how]
        if found.how is How.STRICTER and found.level is KillLevel.FLATTEN:
            key = "kill_flatten"
        text = words.say(key, level=words.level(found.level), detail=found.detail, doors=doors)
        offers = ((Offer(Press.HARD),),) if found.level is KillLevel.FLATTEN else ()
        return Answer(text, offers, outcome=KILL_OUTCOMES[found.how])

    def halt(self, command: Command, person: Person) -> Answer:
        """Pause orders of one stock or all."""
        symbol = command.words[0].upper() if command.words else ""
        if symbol and not SYMBOL.fullmatch(symbol):
            return Answer(self._words.say("bad_symbol", word=symbol), _STOPS, outcome="refused")
        what = symbol or self._words.say("market")
        try:
            seen = self._doors.halt(symbol, person.actor)
        except HantuError as error:
            return Answer(self._words.say("halt_failed", detail=error), _STOPS, outcome="failed")
        return Answer(
            self._words.say("halt_done" if seen else "halt_asked", what=what), outcome="done" if seen else "asked"
        )

    # --- going on: first asked, then confirmed by a code ------------------------------

    def ask_resume(self, command: Command, person: Person) -> Answer:
        """See what is to be released."""
        words = command.words
        if words and words[0].lower() in ("kill", "킬", "킬스위치"):
            return self.ask_release(person, " ".join(words[1:]))
        if words and SYMBOL.fullmatch(words[0].upper()):
            return self.ask(Wish(Press.RESUME, words[0].upper()), person)
        found = self._doors.status()
        if found is None:
            return Answer(self._words.say("no_guard_short"), outcome="refused")
        killed = found["kill"]["level"] != "off"
        if killed and _paused(found):
            return Answer(self._words.say("choose"), (_going_on(found),))
        if killed:
            return self.ask_release(person, " ".join(words))
        if not _paused(found):
            return Answer(self._words.say("nothing_to_resume"), outcome="refused")
        return self.ask(Wish(Press.RESUME, _first_pause(found)), person)

    def ask_release(self, person: Person, reason: str = "") -> Answer:
        """Ask for the code that releases the kill switch."""
        found = self._doors.status()
        if found is None:
            return Answer(self._words.say("no_guard_short"), outcome="refused")
        kill = found["kill"]
        if kill["level"] == "off":
            return Answer(self._words.say("nothing_to_resume"), outcome="refused")
        lines = [self._words.say("ask_release", level=self._words.level(kill["level"]), reason=kill["reason"])]
        if kill["obstacles"]:
            lines.append(self._words.say("ask_release_open", obstacles="; ".join(kill["obstacles"])))
        return self._asked(Wish(Press.RELEASE, reason=reason), lines, person, with_reason=not reason)

    def ask(self, wish: Wish, person: Person) -> Answer:
        """Ask for the code that ends a pause."""
        what = wish.subject or self._words.say("market")
        return self._asked(wish, [self._words.say("ask_resume", what=what)], person)

    def ask_approve(self, subject: str, person: Person) -> Answer:
        """Ask for the code that approves the order under a button."""
        found = self._open_approval(subject)
        if found is None:
            return Answer(self._words.say("gone"), outcome="refused")
        lines = self._words.say("ask_approve", terms="{terms}").replace(
            "{terms}", terms_text(self._words, found, self._doors.stock_name(found.terms.symbol))
        )
        return self._asked(Wish(Press.APPROVE, found.approval_id, order_hash=found.order_hash), [lines], person)

    def confirmed(self, wish: Wish, person: Person, reason: str) -> Answer:
        """Do what a right code was given for."""
        match wish.press:
            case Press.RESUME:
                return self._resume(wish, person)
            case Press.RELEASE:
                level = self._doors.release(wish.reason or reason, person.actor)
                if level == KillLevel.OFF:
                    return Answer(self._words.say("released"), outcome="done")
                return Answer(self._words.say("release_asked", level=self._words.level(level)), outcome="asked")
            case _:
                found = self._doors.decide(wish.subject, person.actor, approve=True, order_hash=wish.order_hash)
                until = korean_clock(found.expires_at)
                return Answer(self._words.say("approved", ident=wish.subject, until=until), outcome="done")

    def deny(self, subject: str, person: Person) -> Answer:
        """Deny the order under a button."""
        found = self._doors.decide(subject.partition("/")[0], person.actor, approve=False)
        return Answer(self._words.say("denied", ident=found.approval_id), outcome="done")

    # --- leaves ----------------------------------------------------------------------

    def _asked(self, wish: Wish, lines: list[str], person: Person, *, with_reason: bool = False) -> Answer:
        if not self._doors.enrolled(person.actor):
            return Answer(self._words.say("not_enrolled", name=person.name), outcome="refused")
        lines.append(self._words.say("ask_code_reason" if with_reason else "ask_code", seconds=round(CONFIRM_S)))
        return Answer("\n".join(lines), ((Offer(Press.CANCEL),),), outcome="code_asked", wish=wish)

    def _resume(self, wish: Wish, person: Person) -> Answer:
        what = wish.subject or self._words.say("market")
        seen = self._doors.resume(wish.subject, person.actor)
        return Answer(
            self._words.say("resumed" if seen else "resume_asked", what=what), outcome="done" if seen else "asked"
        )

    def _open_approval(self, subject: str) -> Approval | None:
        ident, _, named = subject.partition("/")
        found = self._doors.approval(ident)
        if found is None or found.status is not ApprovalStatus.PENDING:
            return None
        return found if digest(found.order_hash)[: len(named)] == named and named else None


_STOPS = ((Offer(Press.HALT), Offer(Press.KILL)),)


def subject_of(found: Approval) -> str:
    """Return what the buttons under a proposal carry: its number, and which order was shown."""
    return f"{found.approval_id}/{digest(found.order_hash)[:8]}"


def _paused(found: Mapping[str, Any]) -> bool:
    return bool(found["halted"]["market"] or found["halted"]["symbols"])


def _first_pause(found: Mapping[str, Any]) -> str:
    return "" if found["halted"]["market"] else str(found["halted"]["symbols"][0])


def _going_on(found: Mapping[str, Any]) -> tuple[Offer, ...]:
    offers = []
    if _paused(found):
        offers.append(Offer(Press.RESUME, _first_pause(found)))
    if found["kill"]["level"] != "off":
        offers.append(Offer(Press.RELEASE))
    return tuple(offers)
