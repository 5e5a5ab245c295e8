"""The phone's line as its file shows it, for whoever looks: beside the guard, or the doctor."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from hantu.adapters.store.phone_book import PhoneBook
from hantu.adapters.store.phone_turn import PhoneRole
from hantu.operations.phone_look import PhoneSeen
from hantu.runtime.phone_ports import LineSeen
from hantu.settings.model import HealthSettings, Settings, TelegramSettings
from hantu.settings.phone_watch import PhoneWatch, look_at_phone
from hantu.settings.secret import Secret


@pytest.fixture
def settings(tmp_path) -> Settings:
    chat = TelegramSettings(chat_id="1", people=("kim:1",), token=Secret("1:x"))
    return Settings(home=tmp_path, telegram=chat, health=HealthSettings(interval_s=0.2))


async def test_who_polls_and_what_came_is_read_from_the_file(settings):
    now = datetime.now(UTC)
    assert look_at_phone(settings, now) == PhoneSeen(polled=False)
    role = PhoneRole(PhoneBook(settings.home / "phone.db"))
    await role.take()
    await role.note(LineSeen(now.timestamp() - 3.0, now.timestamp() - 60.0, "409"))
    seen = look_at_phone(settings, datetime.now(UTC))
    assert (seen.polled, round(seen.answered_age_s or 0), round(seen.update_age_s or 0)) == (True, 3, 60)
    assert seen.problem == "409"
    late = look_at_phone(settings, now + timedelta(minutes=1))
    assert (late.polled, late.problem) == (False, ""), "a problem of who polls no more is none"
    await role.leave()
    assert not look_at_phone(settings, datetime.now(UTC)).polled


def test_a_file_that_cannot_be_read_is_said(settings):
    (settings.home / "phone.db").write_text("nonsense " * 200)
    seen = look_at_phone(settings, datetime.now(UTC))
    assert not seen.polled
    assert "phone.db" in seen.problem


async def test_the_watch_looks_again_and_only_where_somebody_is_heard(settings, tmp_path):
    watch = PhoneWatch(settings)
    assert watch.seen() is None
    task = asyncio.create_task(watch.run())
    role = PhoneRole(PhoneBook(settings.home / "phone.db"))
    async with asyncio.timeout(10):
        while watch.seen() != PhoneSeen(polled=False):
            await asyncio.sleep(0.01)
        await role.take()
        while watch.seen() != PhoneSeen(polled=True):
            await role.renew()
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    unused = PhoneWatch(Settings(home=tmp_path / "other"))
    async with asyncio.timeout(5):
        await unused.run()
    assert not unused.used
    assert unused.seen() is None
