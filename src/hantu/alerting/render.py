"""Short texts of the events a person is told about, as the documents word them (Korean)."""

from datetime import date
from functools import singledispatch

from hantu.alerting.render_health import Noticed, health_text, resumed_text, test_text
from hantu.alerting.wording import (
    TIMES,
    duration,
    halt_source_word,
    korean_time,
    opening_word,
    plain,
    purpose_word,
    recovery_step,
    signed_percent,
    stock,
    won,
)
from hantu.domain import events as e
from hantu.domain.account import Side
from hantu.domain.order import Purpose

_LEVEL_WORDS = {"active": "보호 매도 외 차단", "hard": "모든 주문 차단", "flatten": "전량 정리", "off": "해제"}
_HELD_WORDS = {
    "session": "실시간 연결이 없어 매도하지 않음",
    "no_price": "현재가를 알 수 없음",
    "not_sellable": "매도 가능 수량 없음",
    "mismatch": "보유 수량이 맞지 않아 확인 중",
    "mandate": "자동 매도 상시 승인이 없어 익절하지 않음 (손절은 계속)",
}

_LAPSED_WORDS = {
    "none": "서명된 승인이 없음",
    "revoked": "취소됨",
    "rules_changed": "서명한 뒤 청산 규칙이 바뀜",
    "invalid_signature": "서명이 맞지 않음",
}

_FIXED: dict[type, str] = {
    e.ConnectionLost: "⚠️ WebSocket 연결 끊김 - 재연결 시도 중",
    e.Reconnected: "✅ WebSocket 재연결 성공 - 모니터링 재개",
    e.ReconnectExhausted: "🚨 긴급: WebSocket 연결 복구 실패 - 수동 확인 필요",
    e.ServerMaintenance: "🛠️ KIS 서버 점검 - 휴면 모드 진입",
    e.AuthFailed: "🔑 인증 실패: approval_key 확인 필요",
    e.SessionInUse: "🔑 실시간 접속 중복: 같은 앱키를 다른 프로그램이 사용 중",
    e.DataDelay: "⚠️ 실시간 데이터 지연 감지",
}


@singledispatch
def short_text(fact: object) -> str:
    """Return the one-line text of a fact; one that has none is named by its type."""
    return _FIXED.get(type(fact)) or f"⚠️ 목록에 없는 이벤트: {e.event_type(fact)}"


@short_text.register
def _(fact: e.BlindPeriodEnded) -> str:
    return f"✅ 실시간 시세가 없던 구간 종료 ({duration(fact.unprotected_s)} 동안, 시세 조회 {fact.polled}회)"


@short_text.register
def _(fact: e.MonitorStarted) -> str:
    return f"🚀 실시간 모니터링 시작 - {fact.subscribed}개 종목 구독 완료"


@short_text.register
def _(fact: e.SubscribeDone) -> str:
    return f"✅ 구독 완료: {fact.count}개 종목"


@short_text.register
def _(fact: e.SubscribeFailed) -> str:
    return f"종목 [{fact.symbol}] 구독 실패 ({fact.attempts}회) - 건너뛰기"


@short_text.register
def _(fact: e.ConnectionFlapping) -> str:
    return f"⚠️ WebSocket 연결 불안정 - {duration(fact.window_s)} 동안 {fact.outages}회 끊김"


@short_text.register
def _(fact: e.MonitorStopped) -> str:
    return f"⏹️ 실시간 모니터링 중지 - 요청: {plain(fact.actor)}, 남은 주문 {fact.open_orders}건"


@short_text.register
def _(fact: e.RecoveryCompleted) -> str:
    if fact.flow:
        return f"✅ 복구 완료: {duration(fact.duration_s)}, 차이 {len(fact.differences)}건, 남은 일 {len(fact.remaining)}건"
    return (
        f"⚠️ 시작 점검: 기록과 다른 점 {len(fact.differences)}건 "
        f"(진행 중이던 주문 {fact.open_intents}건, 확인한 주문 {fact.adopted}건)"
    )


@short_text.register
def _(fact: e.RecoveryBegan) -> str:
    return f"🛟 복구 시작: {plain(fact.cause)} ({plain(fact.actor)})"


@short_text.register
def _(fact: e.RecoveryStepDone) -> str:
    return f"🛟 복구 {recovery_step(fact.step)}: {plain(fact.result)}"


@short_text.register
def _(fact: e.RecoveryStopped) -> str:
    return f"🚨 긴급: 복구 중단 - {recovery_step(fact.step)}: {plain(fact.reason)}"


@short_text.register
def _(fact: e.RecoveryResumed) -> str:
    return f"🛟 복구 재개: {recovery_step(fact.step)}부터 ({plain(fact.actor)})"


@short_text.register
def _(fact: e.PositionChanged) -> str:
    moved = f"{fact.before:,}주 → {fact.after:,}주"
    return f"📌 보유 수량 변경: {stock(fact.name, fact.symbol)} {moved} (체결 기록 없음)"


@short_text.register
def _(fact: e.PositionJumped) -> str:
    moved = f"{fact.before:,}주 → {fact.after:,}주"
    return f"⚠️ 보유 수량 급변: {stock(fact.name, fact.symbol)} {moved} - 다시 확인 중"


@short_text.register(e.PriceSuspected)
@short_text.register(e.PriceRejected)
def _(fact: e.PriceSuspected | e.PriceRejected) -> str:
    prices = f"{won(fact.price)} (직전 {won(fact.reference)}, 기준 {won(fact.level)})"
    if isinstance(fact, e.PriceSuspected):
        return f"🔍 이상 가격 확인 중: {stock(fact.name, fact.symbol)} {prices}"
    return f"⚠️ 이상 가격 무시: {stock(fact.name, fact.symbol)} {prices} - 다른 체결도 시세 조회도 확인해 주지 않음"


@short_text.register
def _(fact: e.AcceptanceMismatch) -> str:
    both = f"보냄 {plain(fact.sent)} ≠ 접수 {plain(fact.listed)}"
    return f"🚨 긴급: 접수된 주문이 다름 - {stock(fact.name, fact.symbol)} 주문 {plain(fact.order_no)} {both}"


@short_text.register
def _(fact: e.HoldingMismatch) -> str:
    parts = f"보유 {fact.held:,} ≠ 매도 가능 {fact.sellable:,} + 잠김 {fact.locked:,}"
    return f"🚨 긴급: 보유 수량이 맞지 않음 - {stock(fact.name, fact.symbol)} {parts}"


@short_text.register
def _(fact: e.HoldingMismatchEnded) -> str:
    return f"✅ 보유 수량이 다시 맞음: {stock(fact.name, fact.symbol)}"


@short_text.register
def _(fact: e.DoubtOutlivedDay) -> str:
    held = f"보유 {fact.held_before:,}주 → {fact.held_now:,}주"
    return f"🚨 긴급: {fact.trade_date} 주문의 결과를 모르는 채 날이 바뀜 - {_name(fact.name, fact.symbol)} {held}"


@short_text.register
def _(fact: e.OrderResolvedByPerson) -> str:
    taken = f"받아들이지 않음: {plain(fact.denied)}" if fact.denied else plain(fact.reason)
    return f"👤 사람의 결론: {fact.symbol} {fact.intent_id} {fact.verdict} ({plain(fact.actor)}) - {taken}"


@short_text.register
def _(fact: e.MarketHalted) -> str:
    if fact.source == "manual":
        where = stock(fact.name, fact.symbol) if fact.symbol else "모든 종목"
        return f"⏸️ 주문 일시 정지 (수동) - {where}"
    if fact.source == "acceptance":
        return f"⏸️ 주문 일시 정지 (접수된 주문이 다름) - {stock(fact.name, fact.symbol)}"
    if not fact.symbol:
        return "⚠️ 장 중단 (서킷 브레이커) - 주문 일시 정지"
    what = "VI 발동" if fact.source == "vi" else "거래 정지"
    return f"⚠️ {what}: {stock(fact.name, fact.symbol)} - 이 종목 주문 일시 정지"


@short_text.register
def _(fact: e.MarketResumed) -> str:
    if not fact.symbol:
        return "▶️ 장 재개 - 주문 재개"
    what = "VI 해제" if fact.source == "vi" else "거래 재개"
    return f"▶️ {what}: {stock(fact.name, fact.symbol)} - 주문 재개"


@short_text.register
def _(fact: e.PositionUnguarded) -> str:
    return f"📌 감시하지 않는 보유 종목: {stock(fact.name, fact.symbol)} {fact.quantity:,}주"


@short_text.register
def _(fact: e.AddBuyOpportunity) -> str:
    return f"🔔 추가 매수 기회: {stock(fact.name, fact.symbol)} - 지지선 근접 ({won(fact.support_price)})"


@short_text.register(e.StopLossReached)
@short_text.register(e.TakeProfitReached)
def _(fact: e.StopLossReached | e.TakeProfitReached) -> str:
    return f"⚠️ {purpose_word(fact.purpose)} 조건 도달: {stock(fact.name, fact.symbol)}"


@short_text.register
def _(fact: e.ExitHeld) -> str:
    why = _HELD_WORDS.get(fact.reason, plain(fact.reason))
    return f"⚠️ 매도 보류: {stock(fact.name, fact.symbol)} - {why}"


@short_text.register
def _(fact: e.ExitSimulated) -> str:
    return (
        f"👀 감시 전용: {stock(fact.name, fact.symbol)} {purpose_word(fact.purpose)} "
        f"{fact.quantity:,}주 @ {won(fact.limit_price)} (주문하지 않음)"
    )


@short_text.register
def _(fact: e.OrderFailed) -> str:
    return f"❌ 주문 실패: {plain(f'{fact.code} {fact.reason}')}"


@short_text.register
def _(fact: e.OrderUnresolved) -> str:
    return f"🚨 긴급: 주문 응답 없음 - {_name(fact.name, fact.symbol)} 수동 확인 필요"


@short_text.register
def _(fact: e.OrderAbsent) -> str:
    return f"✅ 주문 미접수 확인: {fact.symbol} - 다시 판단"


@short_text.register
def _(fact: e.OrderAccepted) -> str:
    return f"✅ 주문 접수 확인: {fact.symbol}"


@short_text.register
def _(fact: e.OrderEscalated) -> str:
    return f"🚨 긴급: 주문 결과 확인 불가 - {_name(fact.name, fact.symbol)} 수동 확인 필요"


@short_text.register
def _(fact: e.OrderFilled) -> str:
    return f"✅ 체결 완료: {_name(fact.name, fact.symbol)} {won(fact.price)} {TIMES} {fact.quantity:,}주"


@short_text.register
def _(fact: e.OrderExpired) -> str:
    return f"⚠️ 미체결 주문 소멸: {fact.symbol} {fact.quantity:,}주"


@short_text.register
def _(fact: e.FillUnconfirmed) -> str:
    return f"⚠️ 체결 미확인: {_name(fact.name, fact.symbol)} - 수동 확인 필요"


@short_text.register
def _(fact: e.ForeignFill) -> str:
    side = "매수" if fact.side is Side.BUY else "매도"
    return f"✅ 체결 완료: {_name(fact.name, fact.symbol)} {won(fact.price)} {TIMES} {fact.quantity:,}주 (외부 {side})"


@short_text.register(e.StopLossFilled)
@short_text.register(e.TakeProfitFilled)
@short_text.register(e.ManualSellFilled)
def _(fact: e.StopLossFilled | e.TakeProfitFilled | e.ManualSellFilled) -> str:
    return (
        f"{exit_mark(fact)} {exit_title(fact.purpose)}: {stock(fact.name, fact.symbol)} "
        f"{signed_percent(fact.return_rate, 1)} / {won(fact.exit_price)} {TIMES} {fact.quantity:,}주"
    )


@short_text.register
def _(fact: e.KillswitchOn) -> str:
    how = "자동" if fact.automatic else "수동"
    return (
        f"🛑 킬 스위치 작동 ({how}, {fact.level}: {_LEVEL_WORDS[fact.level]}) - "
        f"{plain(fact.actor)}: {plain(fact.reason)}"
    )


@short_text.register
def _(fact: e.KillswitchOff) -> str:
    who = f"{plain(fact.actor)}, {plain(fact.second)}" if fact.second else plain(fact.actor)
    until = f" ({korean_time(fact.until_at)}까지 임시)" if fact.until_at else ""
    return f"🟢 킬 스위치 해제{until} - {who}: {plain(fact.reason)}"


@short_text.register
def _(fact: e.KillswitchReleaseRefused) -> str:
    return f"⛔ 킬 스위치 해제 거절 - {plain(fact.actor)}: {plain(', '.join(fact.obstacles))}"


@short_text.register
def _(fact: e.PositionsUnprotected) -> str:
    return f"🚨 긴급: 손절이 막혀 있음 - 보호되지 않는 보유 종목 {len(fact.positions)}개"


@short_text.register
def _(fact: e.FlattenStarted) -> str:
    return f"🧹 전량 정리 시작 - {plain(fact.actor)}: {plain(fact.reason)} (보유 {len(fact.positions)}종목)"


@short_text.register
def _(fact: e.FlattenCompleted) -> str:
    if not fact.remains:
        return f"✅ 전량 정리 완료 - {fact.sold:,}주 매도, 남은 종목 없음"
    return f"⚠️ 전량 정리 중단 - {fact.sold:,}주 매도, 남은 종목 {len(fact.remains)}개"


@short_text.register
def _(fact: e.OrderBlockedKillswitch) -> str:
    return (
        "[ERROR] Order blocked: Kill switch is active - "
        f"{stock(fact.name, fact.symbol)} {purpose_word(fact.purpose)} ({plain(fact.sender)})"
    )


@short_text.register(e.OrderRejectedInvalidSignature)
@short_text.register(e.OrderRejectedExpired)
@short_text.register(e.OrderRejectedApprovalNotFound)
@short_text.register(e.OrderRejectedHashMismatch)
@short_text.register(e.OrderRejectedAlreadyUsed)
@short_text.register(e.OrderRejectedNotAllowed)
def _(fact: e.OrderRejected) -> str:
    side = "매수" if fact.side is Side.BUY else "매도"
    why = " ".join(part for part in (fact.reason, plain(fact.detail)) if part)
    return f"⛔ 주문 요청 거부: {plain(fact.symbol)} {side} {fact.quantity:,}주 - {why}"


@short_text.register
def _(fact: e.MandateInForce) -> str:
    return f"📝 자동 매도 상시 승인 적용 - {plain(fact.signed_by)}"


@short_text.register
def _(fact: e.MandateLapsed) -> str:
    why = _LAPSED_WORDS.get(fact.reason, plain(fact.reason))
    return f"⚠️ 자동 매도 상시 승인 없음: {why} - 익절은 보류, 손절은 계속"


@short_text.register
def _(fact: e.MandateReviewDue) -> str:
    return f"📝 자동 매도 상시 승인 재검토: {plain(fact.signed_by)}, {fact.days}일 지남"


@short_text.register
def _(fact: e.DailySummary) -> str:
    result = signed_percent(fact.day_return, 1)
    return f"⏹️ 실시간 모니터링 종료 - 오늘 성과: {result} ({fact.wins}승 {fact.losses}패)"


@short_text.register
def _(fact: e.TradeSaveFailed) -> str:
    return f"거래 기록 저장 실패 ({fact.attempts}회): {plain(fact.reason)}"


@short_text.register
def _(fact: e.EventLogFailed) -> str:
    return f"[ERROR] Failed to log event: {plain(fact.reason)}"


short_text.register(e.EventLogResumed)(resumed_text)
short_text.register(e.AlertTest)(test_text)


@short_text.register
def _(fact: Noticed) -> str:
    return health_text(fact)


def finished_text(fact: e.MonitorFinished, today: date) -> str:
    """Return the closing line of the day; it promises only a true opening."""
    if fact.stopped:
        return "⏹️ 모니터링 중지 완료 - 다시 시작: hantu monitor start"
    return f"✅ 오늘 모니터링 완료 - {opening_word(fact.next_opening_at, today)} 재시작"


def exit_title(purpose: Purpose) -> str:
    """Return what a completed exit is called: ``손절 체결``."""
    return f"{purpose_word(purpose)} 체결"


def exit_mark(fact: e.StopLossFilled | e.TakeProfitFilled | e.ManualSellFilled) -> str:
    """Return the sign before a completed exit: 📉 for the loss side, 💰 for the profit side, ✅ by hand."""
    if isinstance(fact, e.ManualSellFilled):
        return "✅"
    return "💰" if isinstance(fact, e.TakeProfitFilled) else "📉"


def halt_source(fact: e.MarketHalted) -> str:
    """Return how a halt was noticed, with the venue's code."""
    return f"{halt_source_word(fact.source)} {plain(fact.code)}".strip()


def _name(name: str, symbol: str) -> str:
    return plain(name) if name else symbol
