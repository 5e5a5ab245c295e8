"""Token and approval key: one request for all, once a minute, remembered over restarts."""

import asyncio
import json
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hantu.adapters.broker.auth import Authority
from hantu.adapters.broker.keyring import Kept, Keyring
from hantu.domain.errors import BrokenError, RetryableError
from hantu.kis.environment import EnvironmentName, paper
from hantu.kis.rest import render_failure
from hantu.kis.tokens import APPROVALS_PER_HOUR, Grant
from tests.unit.adapters.broker.conftest import Rig
from tests.unit.adapters.broker.scripted_broker import (
    START,
    Connection,
    Received,
    ScriptedBroker,
    hang_up,
    refuse,
    reply,
)


@pytest.fixture
def bare(rig: Rig) -> Rig:
    """A rig that has nothing issued yet."""
    rig.keyring.put("token", Kept())
    return rig


def restarted(rig: Rig) -> Authority:
    return Authority(rig.environment, rig.session, Keyring(rig.folder, rig.environment), rig.clock)


def issue_refused(code: str) -> object:
    status, body = render_failure(code)
    return reply(body, status)


async def test_many_callers_share_one_issue(bare: Rig, broker: ScriptedBroker) -> None:
    tokens = await asyncio.gather(*(bare.authority.token() for _ in range(20)))
    assert set(tokens) == {"token-1"}
    assert len(broker.issues) == 1
    assert broker.issues[0].json == {
        "grant_type": "client_credentials",
        "appkey": "APPKEY",
        "appsecret": "APPSECRET",
    }


async def test_caller_that_gives_up_does_not_end_the_issue(bare: Rig, broker: ScriptedBroker) -> None:
    async def slow(connection: Connection, request: Received) -> None:
        await asyncio.sleep(0.02)
        await reply(b'{"access_token":"slow"}')(connection, request)

    broker.key_steps.append(slow)
    impatient = asyncio.create_task(bare.authority.token())
    patient = asyncio.create_task(bare.authority.token())
    await asyncio.sleep(0.005)
    impatient.cancel()
    assert await patient == "slow"
    assert len(broker.issues) == 1


@pytest.mark.requirement("MON-1.10")
async def test_restart_issues_nothing(bare: Rig, broker: ScriptedBroker) -> None:
    await bare.authority.token()
    await bare.authority.approval()
    again = restarted(bare)
    assert await again.token() == "token-1"
    assert await again.approval() == "approval-2"
    assert again.token_at_hand() == "token-1"
    assert len(broker.issues) == 2


async def test_approval_names_the_secret_its_own_way(bare: Rig, broker: ScriptedBroker) -> None:
    await bare.authority.approval()
    assert broker.issues[0].json["secretkey"] == "APPSECRET"
    assert "appsecret" not in broker.issues[0].json


async def test_crash_loop_issues_once_a_minute(bare: Rig, broker: ScriptedBroker) -> None:
    """Each life ends before its answer arrives; the attempt counts all the same."""
    keys = replace(bare.environment.credentials, environment=EnvironmentName.PAPER)
    broker.key_steps.append(hang_up)
    with pytest.raises(RetryableError):
        await bare.authority.token()
    (path,) = bare.folder.iterdir()
    path.rename(bare.folder / f"keys-paper-{keys.fingerprint}.json")
    # The next life reads the file of a host that does not repeat its minutes; nothing may be asked.
    lives = Authority(bare.environment, bare.session, Keyring(bare.folder, paper(keys)), bare.clock)
    for _ in range(5):
        with pytest.raises(RetryableError):
            await lives.token()
    assert len(broker.issues) == 1
    bare.clock.leap(seconds=61)
    assert await lives.token() == "token-1"


async def test_new_play_of_a_practice_exchange_is_asked_at_once(bare: Rig, broker: ScriptedBroker) -> None:
    """It starts at the same minute as the last one and does not know its tokens."""
    await bare.authority.token()
    again = restarted(bare)
    again.reject_token("token-1")
    assert await again.token() == "token-2"


async def test_rejected_token_is_replaced_at_most_once_a_minute(bare: Rig, broker: ScriptedBroker) -> None:
    first = await bare.authority.token()
    bare.authority.reject_token(first)
    assert bare.authority.token_at_hand() == ""
    with pytest.raises(RetryableError) as caught:
        await bare.authority.token()
    assert "초 뒤" in caught.value.next_step
    assert len(broker.issues) == 1
    bare.clock.leap(seconds=62)
    assert await bare.authority.token() == "token-2"
    bare.authority.reject_token(first)
    assert bare.authority.token_at_hand() == "token-2"


async def test_token_near_its_end_is_due_and_kept_if_none_comes(bare: Rig, broker: ScriptedBroker) -> None:
    now = bare.clock.now().wall
    old = Grant("old", now - timedelta(hours=23, minutes=50), now + timedelta(minutes=10))
    bare.keyring.put("token", Kept(old))
    assert bare.authority.token_is_due()
    broker.key_steps.append(issue_refused("EGW00133"))  # type: ignore[arg-type]
    assert await bare.authority.token() == "old"
    assert not bare.authority.token_is_due()
    bare.clock.leap(seconds=62)
    assert await bare.authority.token() == "token-1"


async def test_too_early_issue_waits_a_minute_and_says_how_long(bare: Rig, broker: ScriptedBroker) -> None:
    broker.key_steps.append(issue_refused("EGW00133"))  # type: ignore[arg-type]
    assert bare.authority.token_wait_s() == 0
    with pytest.raises(RetryableError):
        await bare.authority.token()
    assert 60 < bare.authority.token_wait_s() <= 61
    bare.clock.leap(seconds=50)
    assert 10 < bare.authority.token_wait_s() <= 11
    with pytest.raises(RetryableError):
        await bare.authority.token()
    assert len(broker.issues) == 1
    bare.clock.leap(seconds=12)
    assert bare.authority.token_wait_s() == 0
    assert await bare.authority.token() == "token-1"


@pytest.mark.parametrize("code", ["EGW00103", "EGW00105"])
async def test_wrong_keys_need_a_person(bare: Rig, broker: ScriptedBroker, code: str) -> None:
    broker.key_steps.append(refuse(code))
    with pytest.raises(BrokenError) as caught:
        await bare.authority.token()
    assert code in str(caught.value)
    assert caught.value.next_step


@pytest.mark.parametrize(
    "answer",
    [
        reply(b"<html>"),
        reply(b"[]"),
        reply(b"{}"),
        reply(b'{"access_token":""}'),
        reply(b'{"access_token":7}'),
        reply(b'{"access_token":"a\\r\\nx: y"}'),
        reply(b'{"access_token":"t","access_token_token_expired":"soon"}'),
        reply(b"", 502),
        hang_up,
    ],
)
async def test_unusable_answers_are_retried_later(bare: Rig, broker: ScriptedBroker, answer: object) -> None:
    broker.key_steps.append(answer)  # type: ignore[arg-type]
    with pytest.raises(RetryableError):
        await bare.authority.token()
    assert bare.authority.token_at_hand() == ""


async def test_refused_approval_key_is_replaced_once(bare: Rig, broker: ScriptedBroker) -> None:
    first = await bare.authority.approval()
    assert await bare.authority.approval() == first
    bare.clock.leap(seconds=62)
    renewed = await asyncio.gather(*(bare.authority.approval(renew=True) for _ in range(3)))
    assert set(renewed) == {"approval-2"}
    assert len(broker.issues) == 2


@pytest.mark.requirement("MON-6.06", "MON-6.13", "MON-6.1.03")
async def test_keys_that_got_no_answer_leave_some_for_the_next_outage(bare: Rig, broker: ScriptedBroker) -> None:
    """Five tries of a line whose key was refused met a dead network; the line was away for an hour, not for a minute."""
    await bare.authority.approval()
    broker.key_steps.extend([hang_up] * 5)
    for tries in range(5):
        bare.clock.leap(seconds=4)
        with pytest.raises(RetryableError):
            await bare.authority.approval(renew=tries == 0)
    bare.clock.leap(seconds=60)
    assert await bare.authority.approval() == "approval-2"
    broker.key_steps.extend([hang_up] * APPROVALS_PER_HOUR)
    for _ in range(APPROVALS_PER_HOUR):
        bare.clock.leap(seconds=3)
        with pytest.raises(RetryableError):
            await bare.authority.approval(renew=True)
    assert len(broker.issues) == APPROVALS_PER_HOUR, "no more keys than connections in an hour, answered or not"


async def test_file_is_private_and_named_without_the_key(bare: Rig) -> None:
    await bare.authority.token()
    (path,) = bare.folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "APPKEY" not in path.name
    assert bare.environment.credentials.fingerprint in path.name
    content = path.read_text()
    assert "APPSECRET" not in content
    assert "APPKEY" not in content


async def test_file_open_to_others_is_closed(bare: Rig) -> None:
    await bare.authority.token()
    (path,) = bare.folder.iterdir()
    path.chmod(0o644)
    assert Keyring(bare.folder, bare.environment).get("token").grant is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_link_in_place_of_the_file_is_not_followed(bare: Rig, tmp_path_factory: pytest.TempPathFactory) -> None:
    await bare.authority.token()
    (path,) = bare.folder.iterdir()
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "keys"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    again = Keyring(bare.folder, bare.environment)
    assert again.get("token").grant is None
    again.put("token", Kept(Grant("mine", START, START)))
    await again.save()
    assert "mine" not in elsewhere.read_text()
    assert not path.is_symlink()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"token": 3}', b'{"token": {"attempts": ["2026-11-23T01:00:00"]}}', b"\xff" * 100],
)
async def test_damaged_file_counts_as_empty(bare: Rig, broker: ScriptedBroker, content: bytes) -> None:
    await bare.authority.token()
    (path,) = bare.folder.iterdir()
    path.write_bytes(content)
    assert await restarted(bare).token() == "token-2"


async def test_disk_that_refuses_does_not_stop_trading(bare: Rig, broker: ScriptedBroker) -> None:
    bare.folder.rmdir()
    bare.folder.write_text("a file where the folder should be")
    assert await bare.authority.token() == "token-1"
    assert bare.keyring.save_failure.startswith("FileExistsError")


async def test_parallel_saves_lose_nothing(bare: Rig) -> None:
    await asyncio.gather(bare.authority.token(), bare.authority.approval())
    again = Keyring(bare.folder, bare.environment)
    assert again.get("token").grant is not None
    assert again.get("approval").grant is not None
    assert len(list(bare.folder.iterdir())) == 1


async def test_keys_of_two_environments_do_not_mix(bare: Rig, tmp_path: Path) -> None:
    await bare.authority.token()
    (path,) = bare.folder.iterdir()
    assert path.name.startswith("keys-local-")
    assert json.loads(path.read_text())["token"]["grant"]["secret"] == "token-1"


@pytest.mark.requirement("MON-1.04")
async def test_token_and_approval_key_live_apart(bare: Rig, broker: ScriptedBroker) -> None:
    token, approval = await bare.authority.token(), await bare.authority.approval()
    bare.authority.reject_token(token)
    assert await bare.authority.approval() == approval
    bare.clock.leap(seconds=62)
    fresh = await bare.authority.token()
    assert await bare.authority.approval(renew=True) != approval
    assert await bare.authority.token() == fresh
    assert len({issue.path for issue in broker.issues}) == 2
