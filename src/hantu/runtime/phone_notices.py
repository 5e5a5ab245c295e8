"""What the bot says without being asked: orders that wait for a person, and another poller on the same bot."""

import asyncio
from collections.abc import Sequence

from hantu.alerting.phone.buttons import Press
from hantu.alerting.phone.replies import korean_clock, proposal_text
from hantu.alerting.phone.wording import Wording
from hantu.domain.approval import Approval, ApprovalStatus
from hantu.domain.errors import HantuError
from hantu.runtime.phone_acts import Offer, subject_of
from hantu.runtime.phone_desk import PhoneDesk
from hantu.runtime.phone_ports import Person, PhoneBot, PhoneDoors, ShownMessage
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
AGAIN_S = 60.0
"""Real seconds until somebody who could not be told is tried again."""
CONFLICT_S = 3_600.0
"""Real seconds between two messages about another poller."""
MARKS = {
    ApprovalStatus.APPROVED: "✅",
    ApprovalStatus.DENIED: "⛔️",
    ApprovalStatus.EXPIRED: "⌛️",
    ApprovalStatus.USED: "🧾",
}


class PhoneNotices:
    """Speaks for the process that polls."""

    def __init__(
        self, bot: PhoneBot, doors: PhoneDoors, desk: PhoneDesk, people: Sequence[Person], words: Wording
    ) -> None:
        self._bot, self._doors, self._desk = bot, doors, desk
        self._people, self._words = people, words
        self._failed: dict[tuple[str, int], float] = {}
        self._conflict_at = float("-inf")
        self._broken = False

    async def look(self) -> None:
        """Show proposals that are new, take the buttons of those that are decided; what fails is tried again."""
        try:
            if await self._desk.in_thread(self._doors.changed):
                await self._look()
                self._broken = False
        except HantuError as error:
            if not self._broken:
                SystemLog.warning("승인 요청을 전화에 보여 주지 못함: %s", error)
            self._broken = True

    async def conflict(self, reason: str) -> None:
        """Say that somebody else polls this bot: at once, then once an hour."""
        now = asyncio.get_running_loop().time()
        if now < self._conflict_at + CONFLICT_S:
            return
        self._conflict_at = now
        SystemLog.error("다른 프로그램이 같은 텔레그램 봇의 메시지를 가져가고 있음: %s", reason)
        try:
            await self._desk.in_thread(self._doors.note, "phone_conflict", {"reason": reason}, "hantu")
        except HantuError as error:
            SystemLog.error("충돌을 감사 기록에 남기지 못함: %s", error)
        for one in self._people:
            await self._bot.say(one.user_id, self._words.say("conflict"))

    async def _look(self) -> None:
        pending = {one.approval_id: one for one in await self._desk.in_thread(self._doors.pending)}
        shown = await self._desk.in_thread(self._doors.shown)
        known = {(one.subject, one.chat_id) for one in shown}
        for found in pending.values():
            for person in self._people:
                if (found.approval_id, person.user_id) not in known:
                    await self._show(found, person)
        for one in shown:
            if one.message_id and one.subject not in pending:
                await self._close(one)

    async def _show(self, found: Approval, person: Person) -> None:
        slot, now = (found.approval_id, person.user_id), asyncio.get_running_loop().time()
        if now < self._failed.get(slot, now):
            return
        who = await self._desk.in_thread(self._doors.name_of, found.proposed_by)
        name = await self._desk.in_thread(self._doors.stock_name, found.terms.symbol)
        text = proposal_text(self._words, found, who, name)
        offers = (Offer(Press.APPROVE, subject_of(found)), Offer(Press.DENY, subject_of(found)))
        buttons = tuple(self._desk.button(person, one) for one in offers)
        number = await self._bot.say(person.user_id, text, (buttons,))
        if not number:
            self._failed[slot] = now + AGAIN_S
            return
        self._failed.pop(slot, None)
        await self._desk.in_thread(self._doors.show, ShownMessage(found.approval_id, person.user_id, number, text))

    async def _close(self, one: ShownMessage) -> None:
        found = await self._desk.in_thread(self._doors.approval, one.subject)
        text = one.text
        if found is not None:
            who = await self._desk.in_thread(self._doors.name_of, found.decided_by) if found.decided_by else "-"
            status = self._words.say(f"status_{found.status}") if found.status in MARKS else found.status.value
            note = self._words.say(
                "decided_note", mark=MARKS.get(found.status, ""), status=status, who=who,
                time=korean_clock(found.decided_at or found.expires_at),
            )  # fmt: skip
            text = f"{text}\n\n{note}"
        await self._bot.edit(one.chat_id, one.message_id, text)
        await self._desk.in_thread(self._doors.close, one)
