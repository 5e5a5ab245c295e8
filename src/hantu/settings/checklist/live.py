"""Items of a checklist that are looked at now: the guard, the machine, the channel to people."""

from collections.abc import Iterator, Mapping
from typing import Any

from hantu.adapters.audit.check import verify
from hantu.adapters.checklist.daily import kill, open_incidents
from hantu.adapters.checklist.items import Item, Result
from hantu.domain.errors import HantuError
from hantu.operations import machine
from hantu.operations.components import UNSEEN
from hantu.operations.looks import Seen
from hantu.settings.audit_trail import places
from hantu.settings.checklist.alerts import alert_items
from hantu.settings.checklist.round import MACHINE, Round
from hantu.settings.checklist.wire import tr_ids
from hantu.settings.machine_checks import Check, clock_check, database_check, disk_check, opening_check

Status = Mapping[str, Any]
STATES = {"ok": Result.OK, "not_expected": Result.OK, "warn": Result.WARN, "down": Result.FAIL}
WORDS = {"ok": "정상", "warn": "주의", "down": "장애", "not_expected": "지금은 없어도 됨"}
MARKS = {"ok": Result.OK, "note": Result.OK, "warn": Result.WARN, "fail": Result.FAIL}
LIMITS = ("max_order_quantity", "max_order_value", "max_value_per_day", "orders_per_day", "max_day_loss_bps")


def service_items(going: Round, status: Status | None) -> list[Item]:
    """Return whether everything that should run does, and the machine under it."""
    items = [_service(status)]
    items += [
        _component(status, name, title) for name, title in (("rest", "거래소 API(REST)"), ("stream", "실시간 연결"))
    ]
    items += [_component(status, name, title) for name, title in (("memory", "메모리"), ("alerts", "알림 채널"))]
    return [*items, _traffic(status), _disk(going)]


def morning_items(going: Round, status: Status | None, ack_wait_s: float = 0.0) -> list[Item]:
    """Return the self-test before the opening; a failing part never hides the others.

    ``ack_wait_s``: real seconds a person has to acknowledge the test alert.
    """
    settings = going.settings
    return [
        *_guarded("calendar", "거래일", lambda: _doctor("calendar", opening_check(settings))),
        tr_ids(going),
        _limits(going),
        _component(status, "token", "접근 토큰"),
        _component(status, "approval", "실시간 접속키"),
        _clock(status),
        *_guarded("kill_switch", "킬 스위치", lambda: kill(settings.database)),
        *_guarded("incidents", "열린 장애", lambda: open_incidents(settings.database)),
        *_guarded("audit", "감사 기록의 머리", lambda: _audit(going)),
        *_guarded("database", "데이터베이스", lambda: _doctor("database", database_check(settings))),
        *_guarded("backup", "백업", lambda: _backup(going)),
        _disk(going),
        *alert_items(going, status, ack_wait_s),
        _service(status),
    ]


def _guarded(name: str, title: str, look: Any) -> Iterator[Item]:
    try:
        yield look()
    except HantuError as error:
        yield Item(name, title, Result.FAIL, str(error), "hantu doctor", error.next_step)


def _doctor(name: str, check: Check) -> Item:
    return Item(name, check.name, MARKS[check.mark], check.text, "hantu doctor", check.next_step)


def _service(status: Status | None) -> Item:
    if status is None:
        return Item("services", "서비스(감시)", Result.FAIL, "실행 중이 아님", "hantu monitor status",
                    "`hantu monitor start` 로 시작하세요.")  # fmt: skip
    components = (status.get("health") or {}).get("components", {})
    down = [name for name, one in components.items() if one.get("state") == "down"]
    result = Result.FAIL if down or not status.get("storage_ok", True) else Result.OK
    value = f"실행 중: {status.get('state_ko') or status.get('state')}"
    return Item(
        "services", "서비스(감시)", result, value, "hantu status", f"멈춘 구성 요소: {', '.join(down)}" if down else ""
    )


def _component(status: Status | None, name: str, title: str) -> Item:
    one = ((status or {}).get("health") or {}).get("components", {}).get(name)
    if one is None:
        return Item(name, title, Result.WARN, "확인 못 함", "hantu health", "감시가 돌지 않거나 아직 점검 전입니다.")
    state, reason = str(one["state"]), str(one.get("reason", ""))
    # Nobody has looked yet: that is no good news.
    result = Result.WARN if reason == UNSEEN else STATES.get(state, Result.WARN)
    return Item(
        name, title, result, "확인 못 함" if reason == UNSEEN else WORDS.get(state, state), "hantu health", reason
    )


def _traffic(status: Status | None) -> Item:
    counts = (status or {}).get("counts") or {}
    if not counts:
        return Item("traffic", "수신량", Result.WARN, "확인 못 함", "hantu monitor status")
    frames = int(counts.get("frames", 0))
    broken = int(counts.get("parse_errors", 0))
    return Item("traffic", "수신량", Result.WARN if broken else Result.OK, f"프레임 {frames:,}건, 체결 {counts.get('trades', 0):,}건",
                "hantu monitor status", f"읽지 못한 프레임 {broken}건", frames)  # fmt: skip


def _disk(going: Round) -> Item:
    return _doctor("disk", disk_check(going.settings))


def _limits(going: Round) -> Item:
    limits = going.settings.limits
    value = ", ".join(f"{name} {getattr(limits, name):,}" for name in LIMITS)
    return Item("limits", "주문 한도", Result.OK, value, "hantu doctor --all", f"환경 {going.settings.environment}")


def _clock(status: Status | None) -> Item:
    own = clock_check()
    seen = _component(status, "clock", "시계")
    if own.mark == "fail" or status is None:
        return _doctor("clock", own)
    return Item("clock", "시계", seen.result, own.text, "hantu health", seen.detail)


def _audit(going: Round) -> Item:
    settings = going.settings
    verdict = verify(settings.database, settings.audit_dir, places(settings), None)
    finding = verdict.finding
    value = f"{verdict.head.rows}건, 머리 {verdict.head.hash.hex()[:16]}"
    if finding is None:
        return Item("audit", "감사 기록의 머리", Result.OK, value, "hantu audit verify", f"서명된 {verdict.signed}건")
    return Item(
        "audit", "감사 기록의 머리", Result.FAIL, value, "hantu audit verify", f"{finding.row}번: {finding.detail}"
    )


def _backup(going: Round) -> Item:
    wanted, seen = going.settings.health, Seen()
    if wanted.backup_dir is None:
        return Item("backup", "백업", Result.WARN, "설정하지 않음", "health.backup_dir",
                    "`hantu backup make 폴더` 로 만들고 health.backup_dir 를 적어 주세요.")  # fmt: skip
    machine.backup(seen, wanted.backup_dir, wanted.backup_max_age_s, MACHINE.now().wall.timestamp())
    found = seen.components["backup"][0]
    return Item(
        "backup", "백업", STATES[found.state.value], found.reason or "최근 백업 있음", f"ls -l {wanted.backup_dir}"
    )
