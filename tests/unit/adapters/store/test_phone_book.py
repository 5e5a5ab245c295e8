"""The phone's own file: what was used stays used, and one process polls."""

from datetime import timedelta

import pytest

from hantu.adapters.clock import SystemClock
from hantu.adapters.store.phone_book import KEEP_S, LineRow, PhoneBook, Shown
from hantu.adapters.store.phone_turn import PHONE, PhoneRole
from hantu.adapters.store.roles import take_role
from hantu.adapters.store.sqlite import driver
from hantu.domain.errors import BrokenError
from hantu.runtime.phone_ports import LineSeen

NOW = 1_790_000_000.0


@pytest.fixture
def book(tmp_path):
    return PhoneBook(tmp_path / "phone.db")


def test_a_key_is_used_once_with_all_that_go_with_it(book):
    assert not book.used("nonce:a")
    assert book.use("nonce:a", "update:1", now_s=NOW)
    assert not book.use("nonce:b", "update:1", now_s=NOW)
    assert not book.used("nonce:b"), "all or nothing"
    assert book.used("nonce:b", "update:1")
    assert book.use("nonce:b", now_s=NOW + KEEP_S + 1)
    assert not book.used("nonce:a"), "nothing is kept for ever"


def test_messages_are_remembered_until_their_buttons_are_gone(book):
    assert book.shown() == ()
    one = Shown("A-1", 101, 7, "text")
    book.show(one, NOW)
    assert book.shown() == (one,)
    book.close(one)
    assert book.shown() == (Shown("A-1", 101, 0, "text"),)


def test_a_file_of_a_newer_release_is_not_touched(book, tmp_path):
    book.use("x", now_s=NOW)
    connection = driver.connect(str(tmp_path / "phone.db"))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(BrokenError, match="새것"):
        book.use("y", now_s=NOW)


def test_a_file_that_is_none_is_said_so(tmp_path):
    (tmp_path / "phone.db").write_text("nonsense " * 200)
    with pytest.raises(BrokenError):
        PhoneBook(tmp_path / "phone.db").use("x", now_s=NOW)


async def test_one_polls_and_gives_it_up_in_order(book, tmp_path):
    role = PhoneRole(book)
    assert await role.take()
    assert await role.renew()
    await role.leave()
    # Another machine's process, alive a moment ago.
    other = "elsewhere/1:77:1"
    book.at_work(lambda connection: take_role(connection, PHONE, other, SystemClock().now().wall))
    assert not await role.take()
    assert not await role.renew()
    await role.leave()
    assert not await role.take(), "leaving takes nothing from another"


async def test_how_the_questions_go_is_noted_by_who_has_the_role_only(book):
    role = PhoneRole(book)
    assert book.line(PHONE) == LineRow(None), "a look makes nothing"
    assert await role.take()
    await role.note(LineSeen(NOW, NOW - 60.0, "409"))
    found = book.line(PHONE)
    assert found.role is not None
    assert (found.answered_s, found.update_s, found.problem) == (NOW, NOW - 60.0, "409")
    later = SystemClock().now().wall + timedelta(hours=1)
    book.at_work(lambda connection: take_role(connection, PHONE, "elsewhere/1:77:1", later))
    await role.note(LineSeen(NOW + 1, 0.0))
    assert book.line(PHONE).answered_s == NOW


def test_a_file_of_the_first_release_gets_what_is_new_and_keeps_what_it_has(book, tmp_path):
    book.use("x", now_s=NOW)
    connection = driver.connect(str(tmp_path / "phone.db"))
    connection.execute("DROP TABLE line")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    assert book.line(PHONE) == LineRow(None)
    assert book.used("x")
