"""Short texts and log lines, exactly as the documents write them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hantu.alerting import moments
from hantu.alerting.log_lines import lines_of
from hantu.alerting.moments import LogLine
from hantu.alerting.rules import Context, alerts_of, operations_alert
from hantu.alerting.wording import duration, korean_time, opening_word, plain, signed_percent
from hantu.domain import events as e
from hantu.domain.account import Side
from hantu.domain.events import FACTS, event_type
from hantu.domain.instrument import Symbol
from hantu.domain.order import IntentState, Purpose
from tests.unit.alerting.samples import NAME, SAMPLES, SAMSUNG, STOP_FILLED, SUMMARY

TODAY = date(2026, 11, 23)
AT = Context(datetime(2026, 11, 23, 0, 12, 31, tzinfo=UTC))
BY_TYPE = {event_type(fact): fact for fact in SAMPLES}
SHORT = {
    "monitor_started": "🚀 실시간 모니터링 시작 - 20개 종목 구독 완료",
    "connection_lost": "⚠️ WebSocket 연결 끊김 - 재연결 시도 중",
    "reconnected": "✅ WebSocket 재연결 성공 - 모니터링 재개",
    "blind_period_ended": "✅ 실시간 시세가 없던 구간 종료 (12초 동안, 시세 조회 2회)",
    "reconnect_exhausted": "🚨 긴급: WebSocket 연결 복구 실패 - 수동 확인 필요",
    "connection_flapping": "⚠️ WebSocket 연결 불안정 - 5분 동안 3회 끊김",
    "server_maintenance": "🛠️ KIS 서버 점검 - 휴면 모드 진입",
    "auth_failed": "🔑 인증 실패: approval_key 확인 필요",
    "session_in_use": "🔑 실시간 접속 중복: 같은 앱키를 다른 프로그램이 사용 중",
    "monitor_stopped": "⏹️ 실시간 모니터링 중지 - 요청: operator, 남은 주문 1건",
    "health_changed": "⚠️ 상태 이상: KIS REST 장애 - REST 응답 없음",
    "measure_crossed": "⚠️ 측정값 주문 생성→전송: 정상 → 경고 (0.7초, 기준 0.5/1초)",
    "pnl_shock": "⚠️ 손익 급변: 하루 손실 -2,100,000원 (-2.10%), 오늘 결과 -2,100,000원",
    "market_halted": "⚠️ 장 중단 (서킷 브레이커) - 주문 일시 정지",
    "market_resumed": "▶️ 장 재개 - 주문 재개",
    "data_delay": "⚠️ 실시간 데이터 지연 감지",
    "position_changed": "📌 보유 수량 변경: 삼성전자 (005930) 10주 → 7주 (체결 기록 없음)",
    "position_jumped": "⚠️ 보유 수량 급변: 삼성전자 (005930) 10주 → 0주 - 다시 확인 중",
    "holding_mismatch": "🚨 긴급: 보유 수량이 맞지 않음 - 삼성전자 (005930) 보유 10 ≠ 매도 가능 3 + 잠김 0",
    "price_rejected": "⚠️ 이상 가격 무시: 삼성전자 (005930) 59,000원 (직전 66,000원, 기준 64,600원)"
    " - 다른 체결도 시세 조회도 확인해 주지 않음",
    "acceptance_mismatch": "🚨 긴급: 접수된 주문이 다름 - 삼성전자 (005930) 주문 101"
    " 보냄 005930 매도 10주 @ 64,500원 ≠ 접수 005930 매도 100주 @ 64,500원",
    "recovery_stopped": "🚨 긴급: 복구 중단 - 3/5 미체결 주문 정리: 목록을 읽지 못함",
    "doubt_outlived_day": "🚨 긴급: 2026-11-20 주문의 결과를 모르는 채 날이 바뀜 - 삼성전자 보유 10주 → 0주",
    "position_unguarded": "📌 감시하지 않는 보유 종목: 삼성전자 (005930) 10주",
    "add_buy_opportunity": "🔔 추가 매수 기회: 삼성전자 (005930) - 지지선 근접 (60,000원)",
    "stop_loss_reached": "⚠️ 손절 조건 도달: 삼성전자 (005930)",
    "take_profit_reached": "⚠️ 익절 조건 도달: 삼성전자 (005930)",
    "exit_simulated": "👀 감시 전용: 삼성전자 (005930) 손절 10주 @ 64,500원 (주문하지 않음)",
    "order_failed": "❌ 주문 실패: APBK0400 주문 가능한 수량을 초과했습니다.",
    "order_unresolved": "🚨 긴급: 주문 응답 없음 - 삼성전자 수동 확인 필요",
    "order_resolved_by_person": "👤 사람의 결론: 005930 I-1 absent (operator) - 고객센터 확인",
    "holding_mismatch_ended": "✅ 보유 수량이 다시 맞음: 삼성전자 (005930)",
    "order_absent": "✅ 주문 미접수 확인: 005930 - 다시 판단",
    "order_escalated": "🚨 긴급: 주문 결과 확인 불가 - 삼성전자 수동 확인 필요",
    "order_expired": "⚠️ 미체결 주문 소멸: 005930 6주",
    "fill_unconfirmed": "⚠️ 체결 미확인: 삼성전자 - 수동 확인 필요",
    "foreign_fill": "✅ 체결 완료: 삼성전자 64,500원 \N{MULTIPLICATION SIGN} 10주 (외부 매수)",
    "stop_loss_filled": "📉 손절 체결: 삼성전자 (005930) -2.3% / 64,500원 \N{MULTIPLICATION SIGN} 10주",
    "take_profit_filled": "💰 익절 체결: 삼성전자 (005930) +8.2% / 71,500원 \N{MULTIPLICATION SIGN} 10주",
    "killswitch_on": "🛑 킬 스위치 작동 (수동, active: 보호 매도 외 차단) - operator: 점검",
    "killswitch_off": "🟢 킬 스위치 해제 - operator: 점검 끝",
    "positions_unprotected": "🚨 긴급: 손절이 막혀 있음 - 보호되지 않는 보유 종목 1개",
    "flatten_started": "🧹 전량 정리 시작 - kim, lee: 시스템 이상 (보유 1종목)",
    "flatten_completed": "✅ 전량 정리 완료 - 10주 매도, 남은 종목 없음",
    "order_blocked_killswitch": "[ERROR] Order blocked: Kill switch is active - 삼성전자 (005930) 익절 (guard)",
    "manual_sell_filled": "✅ 수동 주문 체결: 삼성전자 (005930) -2.3% / 64,500원 × 10주",  # noqa: RUF001 - as people write it
    "mandate_lapsed": "⚠️ 자동 매도 상시 승인 없음: 서명한 뒤 청산 규칙이 바뀜 - 익절은 보류, 손절은 계속",
    "mandate_review_due": "📝 자동 매도 상시 승인 재검토: operator, 34일 지남",
    "daily_summary": "⏹️ 실시간 모니터링 종료 - 오늘 성과: +1.2% (3승 1패)",
    "event_log_failed": "[ERROR] Failed to log event: disk full",
    "strategy_restarted": "🔁 전략 재시작: mine (1/5번째) - ValueError: no",
    "strategy_given_up": "🚨 전략 중단: mine - 5번 다시 시작한 뒤에도 실패: ValueError: no",
    "process_given_up": "⚠️ 프로세스 중단: 서버 - 10분 동안 5번 끝남",
    "alert_test": "🔔 알림 시험: 개장 전 점검",
    "event_log_resumed": "✅ 이벤트 기록 재개 - 45초 동안 밀린 것까지 기록함",
}
"""Alerts of the samples; every other sample is only logged."""


@pytest.mark.requirement(
    "MON-N.01", "MON-N.02", "MON-N.04", "MON-N.05", "MON-N.06", "MON-N.07", "MON-N.08", "MON-N.09", "MON-N.10",
    "MON-N.11", "MON-N.12", "MON-E.04", "MON-E.10", "MON-E.12", "MON-E.20", "MON-3.02", "MON-5.01", "MON-6.1.01",
    "MON-7.02", "MON-8.01",
)  # fmt: skip
@pytest.mark.parametrize("kind", FACTS)
def test_alert_text_is_as_documented_or_there_is_none(kind):
    assert [alert.short for alert in alerts_of(BY_TYPE[kind], AT)] == ([SHORT[kind]] if kind in SHORT else [])


@pytest.mark.parametrize("kind", FACTS)
def test_long_text_begins_with_the_same_event(kind):
    for alert in alerts_of(BY_TYPE[kind], AT):
        templates = (
            "stop_loss_filled",
            "take_profit_filled",
            "manual_sell_filled",
            "reconnect_exhausted",
            "daily_summary",
        )
        if alert.long and kind not in templates:
            assert alert.long.startswith(alert.short + "\n\n")


LINES = {
    "subscribe_failed": ("WARNING", "종목 [005930] 구독 실패 (3회) - 건너뛰기", "system"),
    "reconnect_failed": ("ERROR", "재연결 실패 (1/5): refused", "system"),
    "sleep_entered": ("WARNING", "휴면 모드 진입 - 수동 재시작 대기 중", "system"),
    "market_halted": ("WARNING", "장 중단 이벤트 수신 - 대기 모드", "system"),
    "data_delay": ("WARNING", "데이터 지연: 5200ms", "system"),
    "intent_recorded": ("INFO", "자동 매도 주문 전송: 005930 수량 10주 @ 64,500원 (손절)", "order"),
    "stop_loss_filled": ("INFO", "📉 자동 매도 체결 - 삼성전자 손절: -2.3%", "order"),
    "trade_save_failed": ("ERROR", "거래 기록 저장 실패 (3회): database is locked", "system"),
    "order_blocked_killswitch": ("ERROR", "Order blocked: Kill switch is active", "order"),
    "event_log_failed": ("ERROR", "Failed to log event: disk full", "system"),
    "monitor_finished": ("INFO", "WebSocket 연결 종료 완료 - 다음 장 시작까지 대기", "system"),
    "subscribe_done": ("INFO", "✅ 구독 완료: 20개 종목", "system"),
    "reconnected": ("INFO", "✅ WebSocket 재연결 성공 - 모니터링 재개", "system"),
    "add_buy_opportunity": ("INFO", "🔔 추가 매수 기회: 삼성전자 (005930) - 지지선 근접", "strategy"),
}


@pytest.mark.requirement(
    "MON-4.01", "MON-4.02", "MON-5.01", "MON-6.1.02", "MON-7.1.01", "MON-8.02", "MON-E.06", "MON-E.12", "MON-E.16",
    "MON-E.22", "MON-N.04", "ALR-14", "ALR-38",
)  # fmt: skip
@pytest.mark.parametrize("kind", LINES)
def test_first_log_line_is_as_documented(kind):
    assert lines_of(BY_TYPE[kind], TODAY)[0] == LogLine(*LINES[kind])


@pytest.mark.requirement("MON-4.1.01", "MON-4.1.02", "MON-6.02", "MON-E.02", "MON-7.1.02")
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("order_accepted", "체결 통보 대기 중: 005930"),
        ("stop_loss_filled", "✅ 체결 완료: 삼성전자 64,500원 \N{MULTIPLICATION SIGN} 10주 (손익 -15,180원)"),
        ("reconnect_exhausted", "⚠️ WebSocket 연결 실패 (5회) - 휴면 모드 진입"),
        ("reconnect_exhausted", "⚠️ WebSocket 연결 실패 (5회) - 수동 확인 필요"),
        ("monitor_finished", "✅ 오늘 모니터링 완료 - 내일 09:00 재시작"),
    ],
)
def test_further_log_line_is_as_documented(kind, text):
    assert text in [line.text for line in lines_of(BY_TYPE[kind], TODAY)]


@pytest.mark.parametrize("kind", FACTS)
def test_every_fact_leaves_a_line_of_one_line_only(kind):
    lines = lines_of(BY_TYPE[kind], TODAY)
    assert lines
    assert all(line.text and "\n" not in line.text and "목록에 없는" not in line.text for line in lines)


@pytest.mark.requirement(
    "MON-1.01", "MON-2.01", "MON-2.02", "MON-3.01", "MON-6.01", "MON-7.01", "MON-E.08", "MON-E.14", "MON-E.18",
    "ALR-29", "ALR-46",
)  # fmt: skip
@pytest.mark.parametrize(
    ("line", "level", "text"),
    [
        (moments.connecting(), "INFO", "WebSocket 연결 시도..."),
        (moments.subscribing("H0STCNT0", "005930"), "INFO", "구독 요청 전송: H0STCNT0 - 005930"),
        (moments.subscribed(20, 30), "INFO", "구독 완료: 20/30"),
        (moments.trade_received("005930", 65_000), "DEBUG", "체결가 수신: 005930 - 현재가 65,000원"),
        (moments.reconnecting(1, 5), "WARNING", "WebSocket 연결 끊김 감지 - 재연결 시도 1/5"),
        (moments.market_closing(), "INFO", "장 마감 - 모든 구독 해제 중"),
        (moments.frame_unparsable("0|H0STCNT0|"), "ERROR", "메시지 파싱 실패: 0|H0STCNT0|"),
        (moments.buffer_purged(3), "INFO", "메모리 정리: 버퍼 3개 삭제"),
        (moments.rate_limited(), "WARNING", "Rate limit 대기 중"),
        (moments.database_unusable("no such table"), "ERROR", "Database initialization failed: no such table"),
        (moments.token_refused("502 Bad Gateway"), "ERROR", "Token issuance failed: 502 Bad Gateway"),
        (moments.connected(0.1234), "INFO", "WebSocket 연결 성공 (0.12초)"),
    ],
)
def test_line_of_a_moment_is_as_documented(line, level, text):
    assert (line.level, line.text) == (level, text)


def test_a_halt_of_one_stock_is_not_logged_as_a_halt_of_the_market():
    (line,) = lines_of(e.MarketHalted(SAMSUNG, NAME, "vi", "1"), TODAY)
    assert line.text == "⚠️ VI 발동: 삼성전자 (005930) - 이 종목 주문 일시 정지 (변동성완화장치 1)"


def test_a_cancel_is_logged_as_a_cancel():
    cancel = replace(BY_TYPE["intent_recorded"], kind="cancel", parent="I-0")
    assert lines_of(cancel, TODAY)[0].text == "주문 취소 요청: 005930 (I-0)"


def test_a_hostile_frame_is_bounded_in_the_log():
    assert len(moments.frame_unparsable("x" * 100_000).text) < 400


@pytest.mark.requirement("MON-N.05", "MON-0.12")
def test_monitor_started_counts_what_is_really_subscribed():
    (alert,) = alerts_of(e.MonitorStarted(17, 20), AT)
    assert alert.short == "🚀 실시간 모니터링 시작 - 17개 종목 구독 완료"


@pytest.mark.requirement("MON-2.13")
def test_a_stock_not_subscribed_is_told_only_when_it_is_held():
    watched = BY_TYPE["subscribe_failed"]
    assert alerts_of(watched, AT) == ()
    (alert,) = alerts_of(replace(watched, held=True), AT)
    assert alert.short == "종목 [005930] 구독 실패 (3회) - 건너뛰기"
    assert (alert.severity, alert.priority) == ("WARN", "high")


@pytest.mark.requirement("MON-3.21", "MON-3.22", "MON-E.11")
@pytest.mark.parametrize(("delay_ms", "alerts"), [(1_000, 0), (4_999, 0), (5_000, 1)])
def test_data_delay_is_told_from_five_seconds(delay_ms, alerts):
    fact = e.DataDelay(SAMSUNG, delay_ms)
    assert len(alerts_of(fact, AT)) == alerts
    assert lines_of(fact, TODAY)[0].text == f"데이터 지연: {delay_ms}ms"


@pytest.mark.parametrize(
    ("side", "alerts"), [(Side.SELL, []), (Side.BUY, ["✅ 체결 완료: 삼성전자 64,500원 \N{MULTIPLICATION SIGN} 10주"])]
)
def test_a_fill_is_told_by_itself_only_when_it_is_a_buy(side, alerts):
    assert [one.short for one in alerts_of(replace(BY_TYPE["order_filled"], side=side), AT)] == alerts


@pytest.mark.parametrize(
    ("reason", "alerts"), [("halt", 0), ("kill", 0), ("cooldown", 0), ("session", 1), ("no_price", 1)]
)
def test_a_held_exit_is_told_only_where_no_other_alert_has_told_it(reason, alerts):
    assert len(alerts_of(e.ExitHeld("f1", SAMSUNG, NAME, reason), AT)) == alerts


def test_differences_found_at_start_are_told_and_listed():
    (alert,) = alerts_of(e.RecoveryCompleted(1, 1, ("삼성전자 기록 10주, 잔고 7주",)), AT)
    assert alert.severity == "WARN"
    assert "- 삼성전자 기록 10주, 잔고 7주" in alert.long


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (e.MarketHalted(SAMSUNG, NAME, "vi", "1"), "⚠️ VI 발동: 삼성전자 (005930) - 이 종목 주문 일시 정지"),
        (e.MarketHalted(SAMSUNG, NAME, "trade", "Y"), "⚠️ 거래 정지: 삼성전자 (005930) - 이 종목 주문 일시 정지"),
        (e.MarketHalted(Symbol(""), "", "manual", ""), "⏸️ 주문 일시 정지 (수동) - 모든 종목"),
        (e.MarketResumed(SAMSUNG, NAME, "vi", "0"), "▶️ VI 해제: 삼성전자 (005930) - 주문 재개"),
    ],
)
def test_halt_of_one_stock_names_it(fact, text):
    assert alerts_of(fact, AT)[0].short == text


@pytest.mark.parametrize(
    ("purpose", "word"), [(Purpose.TRAILING_STOP, "트레일링 스탑"), (Purpose.PARTIAL_PROFIT, "부분 익절")]
)
def test_other_reasons_to_sell_have_their_words(purpose, word):
    reached = replace(BY_TYPE["stop_loss_reached"], purpose=purpose)
    assert alerts_of(reached, AT)[0].short == f"⚠️ {word} 조건 도달: 삼성전자 (005930)"
    intent = replace(BY_TYPE["intent_recorded"], purpose=purpose)
    assert lines_of(intent, TODAY)[0].text == f"자동 매도 주문 전송: 005930 수량 10주 @ 64,500원 ({word})"


def test_an_intent_that_waits_is_not_called_sent():
    waiting = replace(BY_TYPE["intent_recorded"], state=IntentState.PREPARED)
    assert "전송" not in lines_of(waiting, TODAY)[0].text


@pytest.mark.parametrize(
    ("fraction", "places", "text"),
    [(-0.023, 1, "-2.3%"), (0.012, 1, "+1.2%"), (0.0, 1, "0.0%"), (-0.00001, 1, "0.0%"), (0.0819, 2, "+8.19%")],
)
def test_percent_has_its_sign_unless_it_rounds_to_nothing(fraction, places, text):
    assert signed_percent(fraction, places) == text


@pytest.mark.requirement("MON-7.1.02")
@pytest.mark.parametrize(
    ("opening", "today", "text"),
    [
        ("2026-11-24 00:00:00.000000", date(2026, 11, 23), "내일 09:00"),
        ("2026-11-30 00:00:00.000000", date(2026, 11, 27), "11월 30일 (월) 09:00"),
        ("2026-11-24 01:00:00.000000", date(2026, 11, 23), "내일 10:00"),
        ("2026-11-23 00:00:00.000000", date(2026, 11, 23), "오늘 09:00"),
        ("", date(2026, 11, 23), "다음 장 시작"),
    ],
)
def test_tomorrow_is_promised_only_where_it_is_true(opening, today, text):
    assert opening_word(opening, today) == text


def test_a_time_that_is_none_is_shown_as_it_is():
    assert korean_time("unknown") == "unknown"


@pytest.mark.parametrize(("seconds", "text"), [(0, "0초"), (60, "1분"), (3_725, "1시간 2분 5초")])
def test_duration_is_written_as_said(seconds, text):
    assert duration(seconds) == text


def test_long_values_are_cut():
    assert plain("가" * 1_000) == "가" * 299 + "…"


@pytest.mark.requirement("ALR-29", "ALR-38", "ALR-46")
@pytest.mark.parametrize(
    ("event", "detail", "text"),
    [
        (
            "db_init_failed",
            "unable to open database file",
            "[ERROR] Database initialization failed: unable to open database file",
        ),
        ("token_issue_failed", "502 Bad Gateway", "[ERROR] Token issuance failed: 502 Bad Gateway"),
    ],
)
def test_operations_alert_is_as_documented(event, detail, text):
    assert operations_alert(event, detail).short == text


def test_names_fall_back_to_the_code():
    assert alerts_of(replace(STOP_FILLED, name=""), AT)[0].short.startswith("📉 손절 체결: 005930 -2.3%")
    assert lines_of(SUMMARY, TODAY)[0].text == SHORT["daily_summary"]
