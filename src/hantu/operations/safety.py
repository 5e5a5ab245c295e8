"""Is the money safe right now? One sentence from what the guard says of itself.

Pure; reads the status object, so that the command line, a program and a test agree.
"""

from collections.abc import Mapping
from typing import Any

Status = Mapping[str, Any]
OLD_INTERVALS = 2.5
"""A picture older than so many intervals is no picture."""
IN_SESSION = ("monitoring", "market_halted", "ordering", "awaiting_fill")
CRITICAL = ("guard", "stream", "rest", "token", "database")
"""Components without which holdings are not protected, or not for long."""


def dangers(status: Status) -> list[str]:
    """Return why holdings are not safe now, worst first; empty when they are."""
    found = [*_switch(status), *_work(status)]
    health = status.get("health") or {}
    age, interval = health.get("age_s", 0.0), health.get("interval_s", 10.0)
    if age > OLD_INTERVALS * interval:
        found.append(f"점검이 {age:.0f}초 동안 새로 되지 않음")
    components = health.get("components", {})
    for name in CRITICAL:
        one = components.get(name, {})
        if one.get("state") == "down":
            found.append(one.get("reason") or f"{name} 장애")
    return found


def verdict(status: Status) -> str:
    """Return the sentence that stands above everything else (Korean)."""
    found = dangers(status)
    if found:
        return f"안전하지 않음 - {found[0]}" + (f" 외 {len(found) - 1}건" if len(found) > 1 else "")
    held = len(status.get("positions", []))
    if status.get("mode") == "watch":
        return f"관찰만 - 보유 {held}종목을 지켜보지만 팔지 않음"
    if status.get("state") in IN_SESSION:
        return f"안전 - 보유 {held}종목 감시 중"
    return f"안전 - 장 시간이 아니어서 쉬는 중 (보유 {held}종목)"


def _switch(status: Status) -> list[str]:
    level = (status.get("kill") or {}).get("level", "off")
    if level == "hard":
        return ["킬스위치가 손절까지 막고 있음"]
    return ["전량 정리 중"] if level == "flatten" else []


def _work(status: Status) -> list[str]:
    found = []
    held = len(status.get("positions", []))
    if status.get("stopped") and held:
        found.append(f"사람이 감시를 멈춰 보유 {held}종목의 손절이 나가지 않음")
    if status.get("needs_person"):
        found.append(f"사람이 확인할 주문 {len(status['needs_person'])}건")
    if not status.get("storage_ok", True):
        found.append("기록이 되지 않음")
    if status.get("unguarded"):
        found.append(f"규칙이 없어 감시하지 않는 보유 {len(status['unguarded'])}종목")
    halted = status.get("halted") or {}
    if (status.get("recovery") or {}).get("state") == "stopped":
        found.append("복구가 멈춤")
    if halted.get("symbols"):
        found.append(f"주문이 멈춘 종목 {len(halted['symbols'])}개")
    return found
