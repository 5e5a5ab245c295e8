"""What a guard does for the audit trail beside its work, and that no failure of it ends the guard."""

import getpass
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from hantu.adapters.audit.anchors import Folder, noted_head
from hantu.adapters.audit.check import verify
from hantu.adapters.store.chain_check import Damage
from hantu.adapters.store.maintenance import init_database
from hantu.adapters.store.offline import record_operation
from hantu.adapters.store.queries import Queries
from hantu.adapters.subjects import MARK, Subjects
from hantu.alerting.rules import Context, alerts_of
from hantu.domain.alert import Alert
from hantu.domain.errors import UsageError
from hantu.settings.audit_trail import AuditTrail, SignedHead, config_values, places
from hantu.settings.model import AuditSettings, Settings, TelegramSettings
from hantu.settings.people import NOBODY, actor_of, name_of
from hantu.settings.secret import Secret
from tests.contract.lives import HandClock
from tests.unit.alerting.samples import SUMMARY


@dataclass
class Told:
    alerts: list[Alert] = field(default_factory=list)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    init_database(tmp_path / "hantu.db")
    return Settings(
        home=tmp_path,
        database=tmp_path / "hantu.db",
        audit=AuditSettings(anchor_dir=tmp_path / "away", anchor_every_s=60),
    )


async def test_a_life_records_its_settings_and_signs_its_end(settings: Settings) -> None:
    told = Told()
    trail = AuditTrail(settings, HandClock(), told.alerts.append).begin()
    await trail.close()
    [row] = Queries(settings.database).audit()
    assert (row.event_type, row.actor) == ("config_recorded", getpass.getuser())
    assert [len(place.lines()) for place in places(settings)] == [1, 1]
    assert told.alerts == []

    assert verify(settings.database, settings.audit_dir, places(settings)).finding is None
    # Keys and heads gone, with the folder: what the guard recorded of itself says that there were some.
    for folder in (settings.audit_dir, settings.home / "away"):
        shutil.rmtree(folder)
    finding = verify(settings.database, settings.audit_dir, places(settings)).finding
    assert finding is not None
    assert finding.damage is Damage.ANCHORS


async def test_a_place_that_takes_nothing_is_told_once_and_the_other_goes_on(settings: Settings) -> None:
    blocked = settings.home / "file"
    blocked.write_text("not a folder")
    settings = msgspec.structs.replace(settings, audit=AuditSettings(anchor_dir=blocked, anchor_every_s=0.001))
    told = Told()
    trail = AuditTrail(settings, HandClock(), told.alerts.append).begin()
    import asyncio

    await asyncio.sleep(0.1)
    await trail.close()
    assert len(told.alerts) == 1
    assert "서명된 머리" in told.alerts[0].short
    assert len(Folder(settings.audit_dir).lines()) == 1


async def test_a_key_others_can_read_is_told(settings: Settings) -> None:
    settings.audit_dir.mkdir()
    (settings.audit_dir / "audit.key").write_text("00" * 32)
    (settings.audit_dir / "audit.key").chmod(0o644)
    told = Told()
    trail = AuditTrail(settings, HandClock(), told.alerts.append).begin()
    await trail.close()
    assert "다른 사용자" in told.alerts[0].short


@pytest.mark.requirement("OPS-06-3")
def test_no_secret_and_no_person_is_in_what_is_recorded(settings: Settings) -> None:
    from hantu.adapters.audit.keys import signer

    secret = TelegramSettings(chat_id="987654321", token=Secret("123456:the-token"))
    values = config_values(msgspec.structs.replace(settings, telegram=secret), signer(settings.audit_dir))
    text = repr(values)
    assert "987654321" not in text
    assert "the-token" not in text
    other = config_values(
        msgspec.structs.replace(settings, telegram=TelegramSettings(chat_id="987654322")), signer(settings.audit_dir)
    )
    assert values["telegram.chat_id"] != other["telegram.chat_id"], "a change is noticed"
    assert values["guard.stale_trade_s"].text == "5.0"


def test_real_money_means_pseudonyms(settings: Settings) -> None:
    assert actor_of(settings) == getpass.getuser(), "practice records names"
    real = msgspec.structs.replace(settings, environment="real")
    actor = actor_of(real, "kim")
    assert actor.startswith(MARK)
    assert name_of(real, actor) == f"kim ({actor})"
    Subjects(real.database, real.audit_dir).erase("kim", actor="lee")
    assert name_of(real, actor) == actor
    assert name_of(real, "kim") == "kim"


def test_an_act_is_never_held_up_for_a_pseudonym(settings: Settings, tmp_path: Path) -> None:
    real = msgspec.structs.replace(settings, environment="real")
    assert actor_of(msgspec.structs.replace(real, database=tmp_path / "none.db"), "kim") == NOBODY
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "bad.db").write_bytes(b"not a database" * 100)
    assert actor_of(msgspec.structs.replace(real, database=tmp_path / "bad.db"), "kim") == NOBODY
    assert name_of(real, f"{MARK}00000000") == f"{MARK}00000000"


def test_a_stuck_disk_does_not_hold_up_who_types(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from hantu.cli import shell as shells
    from hantu.settings import people

    released = threading.Event()
    monkeypatch.setattr(shells, "LOOK_UP_S", 0.05)
    monkeypatch.setattr(people, "actor_of", lambda _settings, _name: released.wait(10) and "")
    environ = {"HANTU_HOME": str(settings.home), "HANTU_AUDIT_PSEUDONYMS": "true"}
    try:
        assert shells.Shell(environ).actor == NOBODY
    finally:
        released.set()


@pytest.mark.requirement("OPS-06-6")
async def test_the_message_of_the_day_holds_a_head_that_finds_what_was_rewritten_with_every_key(
    settings: Settings, tmp_path: Path
) -> None:
    signed = SignedHead()
    trail = AuditTrail(settings, HandClock(), lambda _alert: None, signed).begin()
    await trail.close()
    (alert,) = alerts_of(SUMMARY, Context(HandClock().now().wall, signed.line))
    kept = alert.long.splitlines()[-1]
    assert alert.long.splitlines()[-2].startswith("🔏 **감사 기록**: 1건까지 서명 (서명 목록 1번, 키 ")
    head = noted_head(kept)
    check = (settings.database, settings.audit_dir, places(settings), None)
    assert verify(*check, [head]).finding is None

    # Somebody with root: other rows, other keys, other heads, everywhere on this machine.
    for path in (settings.audit_dir, tmp_path / "away"):
        shutil.rmtree(path)
    for path in tmp_path.glob("hantu.db*"):
        path.unlink()
    init_database(settings.database)
    record_operation(settings.database, "manual_event", {"text": "nothing happened"}, actor="nobody")
    await AuditTrail(settings, HandClock(), lambda _alert: None).begin().close()
    assert verify(*check).finding is None, "the machine itself cannot tell"
    finding = verify(*check, [head]).finding
    assert finding is not None
    assert finding.damage is Damage.REWRITTEN


def test_without_a_signed_head_the_message_of_the_day_is_as_before() -> None:
    (alert,) = alerts_of(SUMMARY, Context(HandClock().now().wall))
    assert "감사 기록" not in alert.long


@pytest.mark.parametrize("text", ["", "12", "12:xyz", "0:" + "00" * 32, "12:" + "00" * 31])
def test_what_is_no_head_is_a_sentence(text: str) -> None:
    with pytest.raises(UsageError, match="적어 둔 머리가 아닙니다"):
        noted_head(text)
