"""Messages made of several alerts, or of one that is told again (Korean)."""

from dataclasses import replace
from datetime import datetime

from hantu.alerting.state import LISTED, Owed, Situation
from hantu.alerting.wording import plain
from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.session import KST

KEYS = " + "
"""Between the keys of what became one message."""
_CAUSES = {
    "maintenance": "점검 시간 동안 알리지 않은 알림",
    "caused": "원인({about})이 이어지는 동안 알리지 않은 알림",
    "flapping": "{about} 이(가) 오락가락하는 동안 세기만 한 알림",
    "expired": "하루 넘게 전하지 못한 알림",
}
_WORST = {Severity.CRITICAL: 0, Severity.WARN: 1, Severity.INFO: 2}


def join(alerts: tuple[Alert, ...]) -> Alert:
    """Return one message for several normal alerts, one short line each; one stays itself."""
    if len(alerts) == 1:
        return alerts[0]
    return Alert(
        event_type="batch",
        key="batch:" + keys_of(alerts),
        severity=worst(alerts),
        priority=Priority.NORMAL,
        category=alerts[0].category,
        short="\n".join(alert.short for alert in alerts),
    )


def headed(title: str, alerts: tuple[Alert, ...], priority: Priority, event_type: str) -> Alert:
    """Return one message under a title, at most ``LISTED`` lines."""
    lines = [f"- {alert.short}" for alert in alerts[:LISTED]]
    more = [f"- 그 밖에 {len(alerts) - LISTED}건"] if len(alerts) > LISTED else []
    text = "\n".join((title, *lines, *more))
    return Alert(event_type, keys_of(alerts), worst(alerts), priority, alerts[0].category, text)


def repeated(one: Situation, alert: Alert, since: datetime) -> Alert:
    """Return an emergency told again: how often, and since when it lasts."""
    more = f", 모두 {one.count}건" if one.count > 1 else ""
    note = f"(🔁 {one.repeats + 2}번째 알림, 처음 {_clock(since)}{more} - 확인: `hantu alerts ack {one.ids[-1]}`)"
    return replace(alert, short=f"{alert.short} {note}", long=f"{alert.long}\n\n{note}" if alert.long else "")


def counted(alert: Alert, more: int) -> Alert:
    """Return an alert that says how many equal ones there were besides."""
    return noted(alert, f"(같은 알림 {more}회 더 있었음)") if more else alert


def noted(alert: Alert, note: str) -> Alert:
    """Return an alert with a note behind both of its forms."""
    return replace(alert, short=f"{alert.short} {note}", long=f"{alert.long}\n\n{note}" if alert.long else "")


def summary(owed: Owed, since: datetime) -> Alert:
    """Return the message that accounts for what was not told one by one."""
    title = _CAUSES[owed.cause].format(about=plain(owed.about))
    kinds = [f"- {kind} {count}건" for kind, count in owed.kinds.items()]
    text = "\n".join((f"🧾 {title}: {owed.count}건 ({_clock(since)}부터)", *kinds[:LISTED]))
    key = KEYS.join((f"summary:{owed.cause}:{owed.about}", *owed.keys))
    return Alert("report", key, Severity.INFO, Priority.NORMAL, "OPS-04", text)


def came_and_went(opening: Alert, ending: Alert, at: datetime, until: datetime, late_s: float) -> Alert:
    """Return one silent message about something that was over before anyone could be told."""
    text = (
        f"🕓 늦은 알림 ({late_s / 60:.0f}분 늦음, 이미 끝남)\n- {_clock(at)} {opening.short}\n"
        f"- {_clock(until)} {ending.short}"
    )
    key = keys_of((opening, ending))
    return Alert("late", key, opening.severity, Priority.NORMAL, opening.category, text, symbol=opening.symbol)


def keys_of(alerts: tuple[Alert, ...]) -> str:
    """Return the key of a message made of several alerts."""
    return KEYS.join(alert.key for alert in alerts[:LISTED])


def worst(alerts: tuple[Alert, ...]) -> Severity:
    """Return the worst severity among alerts."""
    return min((alert.severity for alert in alerts), key=lambda severity: _WORST[severity])


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(KST):%m-%d %H:%M:%S}"
