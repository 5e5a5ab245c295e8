"""Whether an alert reaches people, and whether somebody says so: two clocks, two items."""

import asyncio
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hantu.adapters.checklist.items import Item, Result
from hantu.adapters.notify.last_word import close
from hantu.adapters.store.maintenance import reading
from hantu.alerting.rules import operations_alert
from hantu.alerting.wording import korean_time
from hantu.domain.errors import HantuError
from hantu.settings.channels import notifiers_of, senders_of
from hantu.settings.checklist.round import MACHINE, Round

ROUND_TRIP_S = 10.0
"""Real seconds a channel may take."""
LOOK_S = 0.2
TEXT = "개장 전 점검 - 받았으면 `hantu alerts ack 번호`로 확인해 주세요"
_FOUND = """SELECT a.alert_id, max(a.sent_at <> ''), coalesce(max(CASE WHEN a.sent_at <> '' THEN a.channel END), ''),
    coalesce(max(a.last_error), '')
FROM alert_events a JOIN event_log e ON e.event_id = a.event_id
WHERE e.event_type = 'alert_test' AND e.payload_json ->> '$.run' = ? GROUP BY a.alert_id"""
_ACKED = "SELECT author, acked_at FROM alert_acks WHERE alert_id = ? ORDER BY acked_at LIMIT 1"


@dataclass(frozen=True, slots=True)
class _Sent:
    alert_id: int
    accepted: bool
    channel: str
    error: str


def alert_items(going: Round, status: Mapping[str, Any] | None, ack_wait_s: float) -> list[Item]:
    """Return what became of a test alert; through a running guard it goes the way of every alert."""
    if not senders_of(going.settings):
        return [_trip(Result.WARN, "채널을 설정하지 않음", "알림은 로그에만 남습니다.")]
    if status is None:
        return [_direct(going), _ack(Result.WARN, "확인 못 함", "감시가 돌지 않아 확인을 받을 수 없습니다.")]
    try:
        return _through_guard(going, ack_wait_s)
    except HantuError as error:
        return [_trip(Result.FAIL, str(error), error.next_step)]


def _through_guard(going: Round, ack_wait_s: float) -> list[Item]:
    run, began, database = f"morning-{secrets.token_hex(8)}", MACHINE.now().mono, going.settings.database
    going.guard.request("alert_test", run=run, text=TEXT)
    sent = _wait_sent(database, run, began + ROUND_TRIP_S)
    took = MACHINE.now().mono - began
    if sent is None or not sent.accepted:
        why = sent.error if sent is not None and sent.error else f"{ROUND_TRIP_S:g}초 안에 채널이 받지 않음"
        return [_trip(Result.FAIL, why), _ack(Result.FAIL, "보내지 못해 확인도 없음")]
    trip = _trip(Result.OK, f"{sent.channel} {took:.2f}초", f"{sent.alert_id}번 알림", took)
    acked = _wait_acked(database, sent.alert_id, MACHINE.now().mono + ack_wait_s)
    if acked is None:
        waited = f"{ack_wait_s:g}초 동안 확인한 사람이 없음" if ack_wait_s else "아직 확인 없음"
        how = f"`hantu alerts ack {sent.alert_id}`"
        return [trip, _ack(Result.FAIL if ack_wait_s else Result.WARN, waited, how)]
    waited_s = MACHINE.now().mono - began
    return [
        trip,
        _ack(
            Result.OK,
            f"{going.person(acked[0])} 님이 {waited_s:.0f}초 만에 확인",
            f"한국시각 {korean_time(acked[1])}",
            waited_s,
        ),
    ]


def _wait_sent(database: Path, run: str, until: float) -> _Sent | None:
    while True:
        with reading(database) as connection:
            row = connection.execute(_FOUND, (run,)).fetchone()
        found = _Sent(row[0], bool(row[1]), str(row[2]), str(row[3])) if row else None
        if (found is not None and found.accepted) or MACHINE.now().mono >= until:
            return found
        time.sleep(LOOK_S)  # noqa: TID251  (a person waits for this; never called in a loop)


def _wait_acked(database: Path, alert_id: int, until: float) -> tuple[str, str] | None:
    while True:
        with reading(database) as connection:
            row = connection.execute(_ACKED, (alert_id,)).fetchone()
        if row is not None or MACHINE.now().mono >= until:
            return (str(row[0]), str(row[1])) if row else None
        time.sleep(LOOK_S)  # noqa: TID251  (a person waits for this; never called in a loop)


def _direct(going: Round) -> Item:
    """Send one test alert by the main channel and wait until it is taken."""
    notifier = notifiers_of(going.settings)[0]
    alert = operations_alert("alert_test", "개장 전 점검", key=f"alert_test:{secrets.token_hex(8)}")

    async def send() -> None:
        try:
            await asyncio.wait_for(notifier.send(alert), ROUND_TRIP_S)
        finally:
            await close(notifier)

    began = MACHINE.now().mono
    try:
        asyncio.run(send())
    except (HantuError, TimeoutError) as error:
        return _trip(Result.FAIL, f"{notifier.name}: {str(error) or '응답 없음'}")
    took = MACHINE.now().mono - began
    return _trip(Result.OK, f"{notifier.name} {took:.2f}초", "", took)


def _trip(result: Result, value: str, detail: str = "", number: float | None = None) -> Item:
    return Item("alert_round_trip", "알림 왕복", result, value, "hantu doctor", detail, number)


def _ack(result: Result, value: str, detail: str = "", number: float | None = None) -> Item:
    return Item("alert_ack", "알림 확인(사람)", result, value, "hantu alerts list", detail, number)
