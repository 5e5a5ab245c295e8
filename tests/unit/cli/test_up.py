"""What `hantu up` refuses before it starts anything, what it has people told, and how it looks."""

import io
import json

import pytest
from rich.console import Console

from hantu.adapters.process_lock import ProcessLock
from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.queries import Queries
from hantu.cli.processes import up_lock
from hantu.cli.shell import Shell
from hantu.cli.texts.up_words import KOREAN
from hantu.cli.up import END_ORDER, ROLES, wanted
from hantu.cli.up_clerk import clerk_of
from hantu.cli.up_view import View
from hantu.cli.wards import Happening
from hantu.domain.errors import UsageError
from tests.e2e.arena import Phone

GONE = Happening("server", "given_up", "exit 1: boom")


def shell_of(home, **environ) -> Shell:
    return Shell({"HANTU_HOME": str(home), **environ})


def test_every_role_has_its_place_at_both_ends():
    assert [role.name for role in ROLES] == ["guard", "notifier", "server", "jobs"]
    assert sorted(END_ORDER) == sorted(role.name for role in ROLES)
    assert [role.name for role in ROLES if not role.always] == ["guard"], "a guard that ended in order was told to"
    assert [role.name for role in wanted(["server", "jobs"])] == ["guard", "notifier"]
    with pytest.raises(UsageError, match="gard"):
        wanted(["gard"])


def test_what_runs_already_is_named_and_nothing_is_started(hantu, guard, home):
    code, _, err = hantu("up", HANTU_SERVER_ADDRESS="127.0.0.1:1")
    assert (code, "감시 (PID 123)" in err, "--without guard" in err) == (3, True, True)
    lock = ProcessLock(up_lock(home))
    lock.acquire()
    code, _, err = hantu("up", HANTU_SERVER_ADDRESS="127.0.0.1:1")
    lock.release()
    assert (code, "`hantu up` 이 이미 실행 중입니다" in err) == (3, True)
    assert guard.commands() == []


def test_practice_without_an_exchange_says_how_to_begin(hantu):
    code, _, err = hantu(
        "up", HANTU_REST_URL="http://127.0.0.1:1", HANTU_WS_URL="ws://127.0.0.1:1", HANTU_SERVER_ADDRESS="127.0.0.1:1"
    )
    assert (code, "hantu sim" in err) == (2, True)


@pytest.mark.requirement("REL-60", "OPS-01-8")
def test_a_lost_process_goes_on_record_by_the_guard(home, guard):
    init_database(home / "hantu.db")
    with clerk_of(shell_of(home)) as clerk:
        clerk.tell(GONE)
        clerk.tell(Happening("server", "ready"))
    [told] = [one for one in guard.asked if one["command"] == "tell"]
    assert (told["args"]["event_type"], told["args"]["subject"]) == ("process_given_up", "server")
    assert "exit 1: boom" in told["args"]["detail"]
    rows = Queries(home / "hantu.db").audit()
    assert [(row.event_type, json.loads(row.details_json)["process"]) for row in rows] == [
        ("process_given_up", "server")
    ]


@pytest.mark.requirement("REL-60")
@pytest.mark.parametrize(("role", "words"), [("guard", "감시 중단"), ("server", "프로세스 중단")])
def test_without_a_guard_people_are_told_directly(home, role, words):
    phone = Phone()
    chat = {"TOKEN": "123456:test-token-of-nobody", "CHAT_ID": "1", "API_URL": phone.url}
    try:
        with clerk_of(shell_of(home, **{f"HANTU_TELEGRAM_{name}": value for name, value in chat.items()})) as clerk:
            clerk.tell(Happening(role, "given_up", "SIGSEGV"))
        [text] = phone.texts()
    finally:
        phone.close()
    assert words in text
    assert "SIGSEGV" in text
    assert not (home / "hantu.db").exists(), "records that are not there are not made"


class Gone(io.StringIO):
    """A terminal that was closed."""

    def write(self, _text: str) -> int:
        raise OSError(5, "Input/output error")


def test_a_terminal_that_is_gone_ends_the_view_only(home):
    shell = shell_of(home)
    shell.out = Console(file=Gone())
    view = View(shell, KOREAN, [], None)
    for _ in range(2):
        view.tell(GONE)
    view.show(1e9)
