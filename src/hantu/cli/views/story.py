"""What happened, told in one line of Korean per fact."""

from collections.abc import Callable, Mapping
from typing import Any

from hantu.cli.views.wording import HELD_REASONS, KILL_LEVELS, PURPOSES, SIDES, korean_time, percent, seconds, signed

Payload = Mapping[str, Any]
Line = tuple[str, str, str]
"""Label, text, style."""

BASES = {"trade": "체결가", "low": "저가", "high": "고가", "poll": "조회가"}
SOURCES = {"notice": "체결 통보", "inquiry": "체결 조회", "person": "사람 확인"}


def tell(event_type: str, payload: Payload) -> Line | None:
    """Return the line of a fact, None if it is no news to a reader."""
    teller = TELLERS.get(event_type)
    return teller(payload) if teller is not None else None


def _started(fact: Payload) -> Line:
    return ("감시 시작", f"{fact['total']}개 종목 중 {fact['subscribed']}개 구독 완료", "bold green")


def _recovered(fact: Payload) -> Line:
    differences = fact.get("differences") or ()
    if differences:
        return ("대조", f"증권사 잔고와 다른 점 {len(differences)}건을 바로잡음: {', '.join(differences)}", "yellow")
    if fact.get("flow"):
        return ("복구 완료", f"{seconds(fact['duration_s'])} 걸림, 다른 점 없음", "bold green")
    return ("대조", "증권사 잔고·주문과 대조 완료, 다른 점 없음", "")


def _guarded(fact: Payload) -> Line:
    text = (
        f"{_stock(fact)} {fact['quantity']:,}주 · 평균 {fact['average_price']:,}원 · "
        f"손절 {fact['stop_price']:,} / 익절 {fact['target_price']:,}"
    )
    return ("지킴", text, "dim" if fact.get("reason") == "start" else "")


def _unguarded(fact: Payload) -> Line:
    return ("지키지 않음", f"{_stock(fact)} {fact['quantity']:,}주: 규칙 없음", "yellow")


def _stop_reached(fact: Payload) -> Line:
    basis = BASES.get(str(fact["basis"]), str(fact["basis"]))
    label = PURPOSES.get(str(fact["purpose"]), "손절")
    return (f"{label} 도달", f"{_stock(fact)} {basis} {fact['price']:,}원 ≤ {fact['level']:,}원", "bold blue")


def _take_reached(fact: Payload) -> Line:
    basis = BASES.get(str(fact["basis"]), str(fact["basis"]))
    label = PURPOSES.get(str(fact["purpose"]), "익절")
    return (f"{label} 도달", f"{_stock(fact)} {basis} {fact['price']:,}원 ≥ {fact['level']:,}원", "bold red")


def _intent(fact: Payload) -> Line | None:
    if fact["kind"] != "order":
        return ("취소 의도", f"{_stock(fact)} 주문 취소를 기록하고 보냄", "")
    side = SIDES.get(str(fact["side"]), str(fact["side"]))
    again = f" (시도 {fact['attempt']})" if fact.get("attempt", 1) > 1 else ""
    return (
        "주문",
        f"{_stock(fact)} {fact['quantity']:,}주 {side} {fact['limit_price']:,}원 의도를 기록하고 보냄{again}",
        "",
    )


FOUND_BY = {
    "inquiry": "증권사 주문 목록에서 같은 주문을 하나만 찾아 이어받음: 주문번호 {}",
    "notice": "체결 통보에서 같은 주문을 하나만 찾아 이어받음: 주문번호 {}",
    "person": "사람이 확인해 준 주문으로 이어받음: 주문번호 {}",
}


def _accepted(fact: Payload) -> Line:
    if fact.get("how") in FOUND_BY:
        return ("이어받음", FOUND_BY[fact["how"]].format(fact["order_no"]), "bold green")
    return ("접수", f"주문번호 {fact['order_no']} 접수", "")


def _refused(fact: Payload) -> Line:
    return ("거부", f"{_stock(fact)} 주문 거부 {fact['code']} {fact['reason']}", "bold yellow")


def _failed(fact: Payload) -> Line:
    return ("주문 실패", f"{_stock(fact)} {fact['reason']} ({seconds(fact['next_try_s'])} 뒤 다시)", "bold yellow")


def _unresolved(fact: Payload) -> Line:
    return (
        "확인 중",
        f"{_stock(fact)} 주문이 접수됐는지 알 수 없음 ({fact['reason']}). 증거가 나올 때까지 다시 보내지 않고 조회함",
        "bold yellow",
    )


def _not_sent(fact: Payload) -> Line:
    return ("미전송", f"{_stock(fact)} 주문이 나가지 않음: {fact['reason'] or fact['code']}", "yellow")


def _canceled(fact: Payload) -> Line:
    return ("취소 확인", f"{fact['symbol']} {fact['quantity']:,}주 취소를 증권사 기록으로 확인", "")


def _cancel_result(fact: Payload) -> Line:
    words = {
        "working": "취소 요청 접수 (취소 수량 확인을 기다림)",
        "filled": "취소 요청 끝남",
        "refused": "취소 거부",
        "unknown": "취소가 됐는지 알 수 없어 조회로 확인함",
        "absent": "취소되지 않음, 주문은 살아 있음",
        "not_sent": "취소 요청이 나가지 않음",
    }
    return ("취소 요청", words.get(str(fact["state"]), str(fact["state"])), "")


def _expired(fact: Payload) -> Line:
    return ("소멸", f"{fact['symbol']} {fact['quantity']:,}주 장 마감으로 소멸", "yellow")


def _unconfirmed(fact: Payload) -> Line:
    text = f"{_stock(fact)} {seconds(fact['waited_s'])} 동안 {fact['filled']:,}/{fact['ordered']:,}주만 체결"
    return ("미체결", text, "yellow")


def _recovery_began(fact: Payload) -> Line:
    cause = "감시가 비정상 종료된 것을 발견" if fact["cause"] == "unclean_end" else f"요청 {fact['actor']}"
    return ("복구 시작", f"{cause}, 나갔을 수 있는 주문을 모두 확인함 ({fact['flow']})", "bold yellow")


def _recovery_stopped(fact: Payload) -> Line:
    return ("복구 중단", f"{fact['reason']} → `hantu recovery run`", "bold red")


def _resolved(fact: Payload) -> Line:
    if fact["denied"]:
        return ("사람 확인", f"{fact['actor']}의 결론 {fact['verdict']} 거부: {fact['denied']}", "yellow")
    return ("사람 확인", f"{fact['actor']}의 결론 {fact['verdict']} {fact['order_no']}: {fact['reason']}", "bold")


def _filled(fact: Payload) -> Line:
    part = "부분 체결" if fact["cumulative"] < fact["ordered"] else "체결"
    source = SOURCES.get(str(fact["source"]), str(fact["source"]))
    text = f"{_stock(fact)} {fact['quantity']:,}주 @ {fact['price']:,}원 ({fact['cumulative']:,}/{fact['ordered']:,}주, {source})"
    return (part, text, "bold yellow" if part == "부분 체결" else "bold")


def _left(fact: Payload) -> Line:
    label = PURPOSES.get(str(fact["purpose"]), "청산")
    style = "bold red" if fact["pnl"] > 0 else "bold blue"
    return (f"{label} 완료", f"{_stock(fact)} {percent(fact['return_rate'])} · 손익 {signed(fact['pnl'])}원", style)


def _held(fact: Payload) -> Line:
    return ("매도 보류", f"{_stock(fact)}: {HELD_REASONS.get(str(fact['reason']), fact['reason'])}", "bold yellow")


def _lost(fact: Payload) -> Line:
    return ("연결 끊김", f"{fact['reason']} · 보유 {fact['held']}종목", "bold yellow")


def _retry(fact: Payload) -> Line:
    return ("재연결", f"{fact['attempt']}/{fact['limit']}번째 시도 실패: {fact['reason']}", "yellow")


def _back(fact: Payload) -> Line:
    return (
        "재연결",
        f"{fact['attempt']}번째 시도에 성공 (시장 시각으로 {seconds(fact['outage_s'])} 만에)",
        "bold green",
    )


def _blind(fact: Payload) -> Line | None:
    stand_in = f"가격 조회 {fact['polled']}회로 대신 지킴" if fact["polled"] else "대신 조회할 틈이 없었음"
    return ("공백", f"시세가 끊긴 {seconds(fact['unprotected_s'])} 동안 {stand_in}", "")


def _halted(fact: Payload) -> Line:
    what = _stock(fact) if fact["symbol"] else "시장 전체"
    return ("장 중단", f"{what} (코드 {fact['code'] or '-'}): 주문을 보내지 않음", "bold yellow")


def _resumed(fact: Payload) -> Line:
    what = _stock(fact) if fact["symbol"] else "시장 전체"
    return ("장 재개", f"{what}: 새 시세로 다시 판단함", "bold green")


def _opportunity(fact: Payload) -> Line:
    text = f"{_stock(fact)} {fact['price']:,}원, 지지선 {fact['support_price']:,}원 근접 (점수 {fact['score']:.0f}) · 주문은 하지 않음"
    return ("추가 매수 기회", text, "bold cyan")


def _summary(fact: Payload) -> Line:
    text = (
        f"매매 {fact['total_trades']}건 ({fact['wins']}승 {fact['losses']}패) · 손익 {signed(fact['total_pnl'])}원 · "
        f"수익률 {percent(fact['day_return'])} · 남은 보유 {fact['position_count']}종목"
    )
    return ("하루 정리", text, "bold")


def _finished(_fact: Payload) -> Line:
    return ("감시 종료", "장 마감, 구독을 해제하고 연결을 닫음", "bold green")


def _closed(fact: Payload) -> Line:
    return ("감시 제외", f"{_stock(fact)} 보유가 끝나 감시에서 뺌", "")


def _unsaved(fact: Payload) -> Line:
    return ("저장 실패", f"거래 기록 저장 실패 ({fact['attempts']}회): {fact['reason']}", "bold yellow")


def _absent(fact: Payload) -> Line:
    return ("미접수 확인", f"{fact['symbol']} 주문이 증권사에 접수되지 않았음을 확인: {fact['evidence']}", "yellow")


def _escalated(fact: Payload) -> Line:
    return ("사람 확인", f"{_stock(fact)} {fact['reason']}", "bold red")


def _simulated(fact: Payload) -> Line:
    text = f"{_stock(fact)} {fact['quantity']:,}주 {fact['limit_price']:,}원 (관찰 모드: 보내지 않음)"
    return (f"{PURPOSES.get(str(fact['purpose']), '')} 가정", text, "bold cyan")


def _foreign(fact: Payload) -> Line:
    side = SIDES.get(str(fact["side"]), str(fact["side"]))
    return (
        "외부 체결",
        f"{_stock(fact)} {fact['quantity']:,}주 {side} @ {fact['price']:,}원 (hantu 주문 아님)",
        "yellow",
    )


def _kill_on(fact: Payload) -> Line:
    how = "자동" if fact.get("automatic") else "수동"
    level = KILL_LEVELS.get(str(fact["level"]), str(fact["level"]))
    return ("킬스위치", f"{level} - {fact['actor']} ({how}): {fact['reason']}", "bold red")


def _kill_off(fact: Payload) -> Line:
    who = ", ".join(str(name) for name in (fact["actor"], fact.get("second")) if name)
    until = fact.get("until_at")
    kept = f" ({korean_time(str(until))}까지 임시)" if until else ""
    return ("킬스위치", f"해제{kept} - {who}: {fact['reason']}", "green")


def _kill_kept(fact: Payload) -> Line:
    return ("킬스위치", f"해제 거절 - {fact['actor']}: {', '.join(fact['obstacles'])}", "bold yellow")


def _blocked(fact: Payload) -> Line:
    purpose = PURPOSES.get(str(fact["purpose"]), str(fact["purpose"]))
    return ("주문 차단", f"{_stock(fact)} {purpose}: 킬스위치 {fact['level']}", "bold red")


def _allowed(fact: Payload) -> Line:
    return ("보호 매도 허용", f"{fact['symbol']} 주문 {fact['intent_id']} (킬스위치 {fact['level']})", "yellow")


def _unprotected(fact: Payload) -> Line:
    return ("손절 차단 중", "; ".join(fact["positions"]), "bold red")


def _flatten_begun(fact: Payload) -> Line:
    return ("전량 정리 시작", f"{fact['actor']}: {fact['reason']} ({len(fact['positions'])}종목)", "bold red")


def _flatten_over(fact: Payload) -> Line:
    left = "; ".join(fact["remains"]) or "남은 종목 없음"
    return ("전량 정리 끝", f"{fact['sold']:,}주 매도, {left}", "bold yellow" if fact["remains"] else "green")


def _sleep(fact: Payload) -> Line:
    return ("휴면", str(fact["cause"]), "bold red")


def _stock(fact: Payload) -> str:
    return f"{fact.get('name') or ''}({fact['symbol']})"


TELLERS: Mapping[str, Callable[[Payload], Line | None]] = {
    "monitor_started": _started,
    "recovery_completed": _recovered,
    "position_guarded": _guarded,
    "position_unguarded": _unguarded,
    "stop_loss_reached": _stop_reached,
    "take_profit_reached": _take_reached,
    "intent_recorded": _intent,
    "order_accepted": _accepted,
    "order_rejected_broker": _refused,
    "order_not_sent": _not_sent,
    "order_canceled": _canceled,
    "cancel_resolved": _cancel_result,
    "order_expired": _expired,
    "fill_unconfirmed": _unconfirmed,
    "recovery_began": _recovery_began,
    "recovery_stopped": _recovery_stopped,
    "order_resolved_by_person": _resolved,
    "order_failed": _failed,
    "order_unresolved": _unresolved,
    "order_filled": _filled,
    "stop_loss_filled": _left,
    "take_profit_filled": _left,
    "exit_held": _held,
    "connection_lost": _lost,
    "reconnect_failed": _retry,
    "reconnected": _back,
    "blind_period_ended": _blind,
    "market_halted": _halted,
    "market_resumed": _resumed,
    "add_buy_opportunity": _opportunity,
    "daily_summary": _summary,
    "monitor_finished": _finished,
    "killswitch_on": _kill_on,
    "killswitch_off": _kill_off,
    "killswitch_release_refused": _kill_kept,
    "order_blocked_killswitch": _blocked,
    "order_allowed_protective": _allowed,
    "positions_unprotected": _unprotected,
    "flatten_started": _flatten_begun,
    "flatten_completed": _flatten_over,
    "position_closed": _closed,
    "trade_save_failed": _unsaved,
    "order_absent": _absent,
    "order_escalated": _escalated,
    "exit_simulated": _simulated,
    "foreign_fill": _foreign,
    "sleep_entered": _sleep,
}
