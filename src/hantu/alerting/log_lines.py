"""The operator's log: the documents' exact Korean lines, and one line for every fact.

Moments that are not facts (an attempt begins, a frame cannot be read) have their
lines in ``hantu.alerting.moments``. The caller writes the lines.
"""

from datetime import date
from functools import singledispatch

from hantu.alerting.moments import LogLine, feed_closed
from hantu.alerting.render import exit_mark, finished_text, halt_source, short_text
from hantu.alerting.wording import TIMES, opening_word, plain, purpose_word, signed_percent, stock, won
from hantu.domain import events as e
from hantu.domain.account import Side
from hantu.domain.journey_words import state_word
from hantu.domain.order import IntentState, Purpose


def lines_of(fact: e.Fact, today: date) -> tuple[LogLine, ...]:
    """Return the lines of a fact, in order; at least one for every fact.

    ``today`` is the Korean date of the fact.
    """
    if isinstance(fact, e.MonitorFinished):
        closed = _info("WebSocket 연결 종료 완료") if fact.stopped else feed_closed()
        return (closed, _info(finished_text(fact, today)))
    if isinstance(fact, e.DailySummary):
        return (
            _info(short_text(fact)),
            _info(f"보유 종목 {fact.position_count}개, 다음 모니터링: {opening_word(fact.next_opening_at, today)}"),
        )
    return _lines(fact)


@singledispatch
def _lines(fact: object) -> tuple[LogLine, ...]:
    return (LogLine("WARNING", short_text(fact)),)


@_lines.register
def _(fact: e.SessionStateChanged) -> tuple[LogLine, ...]:
    return (_info(f"상태 변경: {state_word(fact.before)} → {state_word(fact.after)}"),)


@_lines.register
def _(fact: e.TradingDayBegan) -> tuple[LogLine, ...]:
    return (_info(f"날짜 시작: {fact.trade_date}"),)


@_lines.register
def _(fact: e.DayStartValued) -> tuple[LogLine, ...]:
    return (_info(f"하루 손익 기준: 평가금액 {fact.equity:,}원, 평가손익 {fact.gain:+,}원"),)


@_lines.register(e.MonitorStarted)
@_lines.register(e.SubscribeDone)
@_lines.register(e.Reconnected)
@_lines.register(e.MonitorStopped)
@_lines.register(e.KillswitchOff)
@_lines.register(e.MarketResumed)
def _(fact: e.Fact) -> tuple[LogLine, ...]:
    return (_info(short_text(fact)),)


@_lines.register(e.AuthFailed)
def _(fact: e.AuthFailed) -> tuple[LogLine, ...]:
    return (LogLine("ERROR", f"{short_text(fact)} ({plain(f'{fact.code} {fact.message}')})"),)


@_lines.register(e.SessionInUse)
@_lines.register(e.KillswitchOn)
@_lines.register(e.KillswitchReleaseRefused)
@_lines.register(e.FlattenStarted)
@_lines.register(e.TradeSaveFailed)
def _(fact: e.Fact) -> tuple[LogLine, ...]:
    return (LogLine("ERROR", short_text(fact)),)


@_lines.register
def _(fact: e.SubscribeFailed) -> tuple[LogLine, ...]:
    return (LogLine("WARNING", short_text(fact)), _info(f"구독 거부: {fact.tr_id} {fact.symbol} {plain(fact.code)}"))


@_lines.register(e.ConnectionFlapping)
def _(fact: e.ConnectionFlapping) -> tuple[LogLine, ...]:
    return (LogLine("WARNING", short_text(fact)),)


@_lines.register
def _(fact: e.ConnectionLost) -> tuple[LogLine, ...]:
    return (LogLine("WARNING", f"WebSocket 연결 끊김: {plain(fact.reason)} (보유 종목 {fact.held}개)"),)


@_lines.register
def _(fact: e.ReconnectFailed) -> tuple[LogLine, ...]:
    return (LogLine("ERROR", f"재연결 실패 ({fact.attempt}/{fact.limit}): {plain(fact.reason)}"),)


@_lines.register
def _(fact: e.ReconnectExhausted) -> tuple[LogLine, ...]:
    failed = f"⚠️ WebSocket 연결 실패 ({fact.attempts}회)"
    return (
        LogLine("ERROR", short_text(fact)),
        LogLine("ERROR", f"{failed} - 수동 확인 필요"),
        LogLine("ERROR", f"{failed} - 휴면 모드 진입"),
    )


@_lines.register
def _(fact: e.ServerMaintenance) -> tuple[LogLine, ...]:
    return (LogLine("WARNING", f"{short_text(fact)} ({plain(fact.reason)})"),)


@_lines.register
def _(fact: e.SleepEntered) -> tuple[LogLine, ...]:
    return (LogLine("WARNING", "휴면 모드 진입 - 수동 재시작 대기 중"), _info(f"휴면 사유: {plain(fact.cause)}"))


@_lines.register
def _(fact: e.SleepLeft) -> tuple[LogLine, ...]:
    return (_info(f"휴면 모드 해제 - 요청: {plain(fact.actor)}"),)


@_lines.register
def _(fact: e.BlindPeriodEnded) -> tuple[LogLine, ...]:
    return (_info(f"실시간 시세 없는 구간 종료: {fact.unprotected_s:.1f}초 (시세 조회 {fact.polled}회)"),)


@_lines.register
def _(fact: e.RecoveryCompleted) -> tuple[LogLine, ...]:
    first = f"복구 완료: 진행 중이던 주문 {fact.open_intents}건, 확인한 주문 {fact.adopted}건, 차이 {len(fact.differences)}건"
    return (_info(first), *(LogLine("WARNING", f"차이: {plain(line)}") for line in fact.differences))


@_lines.register(e.PriceSuspected)
@_lines.register(e.PriceRejected)
@_lines.register(e.RecoveryBegan)
@_lines.register(e.RecoveryResumed)
def _(fact: e.Fact) -> tuple[LogLine, ...]:
    return (LogLine("WARNING", short_text(fact)),)


@_lines.register
def _(fact: e.RecoveryStepDone) -> tuple[LogLine, ...]:
    return (_info(short_text(fact)), *(LogLine("WARNING", f"차이: {plain(line)}") for line in fact.differences))


@_lines.register(e.RecoveryStopped)
@_lines.register(e.HoldingMismatch)
@_lines.register(e.AcceptanceMismatch)
@_lines.register(e.DoubtOutlivedDay)
def _(fact: e.Fact) -> tuple[LogLine, ...]:
    return (LogLine("ERROR", short_text(fact)),)


@_lines.register
def _(fact: e.HoldingMismatchEnded) -> tuple[LogLine, ...]:
    return (_info(short_text(fact)),)


@_lines.register
def _(fact: e.OrderResolvedByPerson) -> tuple[LogLine, ...]:
    return (LogLine("WARNING", short_text(fact), "order"),)


@_lines.register
def _(fact: e.MarketHalted) -> tuple[LogLine, ...]:
    if fact.symbol:
        return (LogLine("WARNING", f"{short_text(fact)} ({halt_source(fact)})"),)
    return (LogLine("WARNING", "장 중단 이벤트 수신 - 대기 모드"), _info(f"중단 근거: {halt_source(fact)}"))


@_lines.register
def _(fact: e.DataDelay) -> tuple[LogLine, ...]:
    return (LogLine("WARNING", f"데이터 지연: {fact.delay_ms}ms"),)


@_lines.register
def _(fact: e.PositionGuarded) -> tuple[LogLine, ...]:
    levels = f"손절 {won(fact.stop_price)}, 익절 {won(fact.target_price)}"
    held = f"{fact.quantity:,}주, 평단 {won(fact.average_price)}"
    return (_strategy(f"감시 시작: {stock(fact.name, fact.symbol)} {held}, {levels} ({fact.rule}, {fact.reason})"),)


@_lines.register
def _(fact: e.PositionUnguarded) -> tuple[LogLine, ...]:
    return (LogLine("WARNING", f"{short_text(fact)} ({plain(fact.reason)})", "strategy"),)


@_lines.register
def _(fact: e.PositionChanged) -> tuple[LogLine, ...]:
    moved = f"{fact.before:,}주 → {fact.after:,}주"
    return (_strategy(f"보유 수량 변경: {stock(fact.name, fact.symbol)} {moved} ({plain(fact.cause)})"),)


@_lines.register
def _(fact: e.PositionClosed) -> tuple[LogLine, ...]:
    return (_strategy(f"모니터링에서 제외: {stock(fact.name, fact.symbol)} ({plain(fact.cause)})"),)


@_lines.register
def _(fact: e.ExitRuleFallback) -> tuple[LogLine, ...]:
    return (LogLine("WARNING", f"ATR 사용 불가 - 고정 비율 적용: {fact.symbol} ({plain(fact.reason)})", "strategy"),)


@_lines.register
def _(fact: e.TrailingStopRaised) -> tuple[LogLine, ...]:
    return (_strategy(f"추적 손절가 상향: {fact.symbol} 고가 {won(fact.high)}, 손절 {won(fact.stop_price)}"),)


@_lines.register
def _(fact: e.AddBuyOpportunity) -> tuple[LogLine, ...]:
    where = f"현재가 {won(fact.price)}, 지지선 {won(fact.support_price)}, 점수 {fact.score:.1f}"
    return (_strategy(f"🔔 추가 매수 기회: {stock(fact.name, fact.symbol)} - 지지선 근접"), _strategy(where))


@_lines.register(e.StopLossReached)
@_lines.register(e.TakeProfitReached)
def _(fact: e.StopLossReached | e.TakeProfitReached) -> tuple[LogLine, ...]:
    text = f"{short_text(fact)} - 현재가 {won(fact.price)}, 기준 {won(fact.level)} ({fact.basis})"
    return (LogLine("WARNING", text, "strategy"),)


@_lines.register
def _(fact: e.ExitHeld) -> tuple[LogLine, ...]:
    return (LogLine("WARNING", f"매도 보류: {stock(fact.name, fact.symbol)} ({plain(fact.reason)})", "order"),)


@_lines.register
def _(fact: e.ExitSimulated) -> tuple[LogLine, ...]:
    return (_order(short_text(fact)),)


@_lines.register
def _(fact: e.IntentRecorded) -> tuple[LogLine, ...]:
    what = f"{fact.symbol} 수량 {fact.quantity:,}주 @ {won(fact.limit_price)} ({purpose_word(fact.purpose)})"
    side = "매도" if fact.side is Side.SELL else "매수"
    manual = "" if fact.purpose is Purpose.MANUAL else "자동 "
    if fact.kind == "cancel":
        return (_order(f"주문 취소 요청: {fact.symbol} ({fact.parent})"),)
    if fact.state is IntentState.SENDING:
        return (_order(f"{manual}{side} 주문 전송: {what}"),)
    return (_order(f"{manual}{side} 주문 준비: {what} [{fact.state}]"),)


@_lines.register
def _(fact: e.IntentVoided) -> tuple[LogLine, ...]:
    return (_order(f"주문 의도 취소: {fact.intent_id} ({plain(fact.reason)})"),)


@_lines.register
def _(fact: e.OrderAccepted) -> tuple[LogLine, ...]:
    accepted = f"주문 접수: {fact.symbol} 주문번호 {fact.order_no} ({fact.how})"
    return (_order(accepted), _order(f"체결 통보 대기 중: {fact.symbol}"))


@_lines.register
def _(fact: e.OrderRejectedBroker) -> tuple[LogLine, ...]:
    why = plain(f"{fact.code} {fact.reason}")
    return (LogLine("WARNING", f"주문 거부: {stock(fact.name, fact.symbol)} - {why}", "order"),)


@_lines.register
def _(fact: e.OrderNotSent) -> tuple[LogLine, ...]:
    why = plain(f"{fact.code} {fact.reason}")
    return (LogLine("WARNING", f"주문 미전송: {stock(fact.name, fact.symbol)} - {why}", "order"),)


@_lines.register(e.OrderFailed)
@_lines.register(e.OrderUnresolved)
@_lines.register(e.OrderEscalated)
def _(fact: e.OrderFailed | e.OrderUnresolved | e.OrderEscalated) -> tuple[LogLine, ...]:
    return (LogLine("ERROR", f"{short_text(fact)} [{fact.symbol} {fact.intent_id}]", "order"),)


@_lines.register
def _(fact: e.OrderAbsent) -> tuple[LogLine, ...]:
    return (_order(f"주문 미접수 확인: {fact.symbol} {fact.intent_id} ({plain(fact.evidence)})"),)


@_lines.register
def _(fact: e.OrderFilled) -> tuple[LogLine, ...]:
    return (_order(f"{short_text(fact)} (누적 {fact.cumulative:,}/{fact.ordered:,}주, {fact.source})"),)


@_lines.register
def _(fact: e.OrderCanceled) -> tuple[LogLine, ...]:
    return (_order(f"주문 취소 확인: {fact.symbol} {fact.quantity:,}주 ({fact.how})"),)


@_lines.register(e.OrderExpired)
@_lines.register(e.FillUnconfirmed)
def _(fact: e.OrderExpired | e.FillUnconfirmed) -> tuple[LogLine, ...]:
    return (LogLine("WARNING", f"{short_text(fact)} [{fact.symbol} {fact.intent_id}]", "order"),)


@_lines.register
def _(fact: e.CancelResolved) -> tuple[LogLine, ...]:
    return (_order(f"취소 결과: {fact.intent_id} {fact.state} {plain(f'{fact.code} {fact.reason}')}".rstrip()),)


@_lines.register
def _(fact: e.ForeignFill) -> tuple[LogLine, ...]:
    return (_order(f"{short_text(fact)} 주문번호 {fact.order_no}"),)


@_lines.register
def _(fact: e.ManualSellFilled) -> tuple[LogLine, ...]:
    return (_order(f"{short_text(fact)} (손익 {won(fact.pnl)})"),)


@_lines.register(e.OrderRejectedInvalidSignature)
@_lines.register(e.OrderRejectedExpired)
@_lines.register(e.OrderRejectedApprovalNotFound)
@_lines.register(e.OrderRejectedHashMismatch)
@_lines.register(e.OrderRejectedAlreadyUsed)
@_lines.register(e.OrderRejectedNotAllowed)
def _(fact: e.OrderRejected) -> tuple[LogLine, ...]:
    who = f"[{plain(fact.request_id)} {plain(fact.client)}]"
    return (LogLine("WARNING", f"{short_text(fact)} {who} {fact.hint}", "order"),)


@_lines.register
def _(fact: e.OrderTokenIssued) -> tuple[LogLine, ...]:
    who = f"승인 {plain(fact.approval_id)} ({plain(fact.approver)})"
    return (_order(f"주문 토큰 발급: {who} [{plain(fact.request_id)} {plain(fact.client)}]"),)


@_lines.register
def _(fact: e.MandateInForce) -> tuple[LogLine, ...]:
    return (_info(f"{short_text(fact)} ({fact.mandate_id})"),)


@_lines.register(e.StopLossFilled)
@_lines.register(e.TakeProfitFilled)
def _(fact: e.StopLossFilled | e.TakeProfitFilled) -> tuple[LogLine, ...]:
    name = plain(fact.name) or fact.symbol
    rate = signed_percent(fact.return_rate, 1)
    return (
        _order(f"{exit_mark(fact)} 자동 매도 체결 - {name} {purpose_word(fact.purpose)}: {rate}"),
        _order(f"✅ 체결 완료: {name} {won(fact.exit_price)} {TIMES} {fact.quantity:,}주 (손익 {won(fact.pnl)})"),
    )


@_lines.register
def _(fact: e.OrderBlockedKillswitch) -> tuple[LogLine, ...]:
    what = f"{fact.symbol} {purpose_word(fact.purpose)}, {fact.level}, {plain(fact.sender)}"
    return (LogLine("ERROR", "Order blocked: Kill switch is active", "order"), _order(f"차단된 주문: {what}"))


@_lines.register
def _(fact: e.PositionsUnprotected) -> tuple[LogLine, ...]:
    held = (LogLine("ERROR", f"손절 차단 중: {plain(line)}") for line in fact.positions)
    return (LogLine("ERROR", short_text(fact)), *held)


@_lines.register
def _(fact: e.FlattenCompleted) -> tuple[LogLine, ...]:
    if not fact.remains:
        return (_info(short_text(fact)),)
    left = (LogLine("WARNING", f"남은 종목: {plain(line)}") for line in fact.remains)
    return (LogLine("WARNING", short_text(fact)), *left)


@_lines.register
def _(fact: e.OrderAllowedProtective) -> tuple[LogLine, ...]:
    return (_order(f"킬 스위치 중 보호 매도 허용: {fact.symbol} {fact.intent_id} ({fact.level})"),)


@_lines.register
def _(fact: e.HealthChanged) -> tuple[LogLine, ...]:
    return (LogLine("INFO" if fact.recovered else "WARNING", short_text(fact)),)


@_lines.register
def _(fact: e.MeasureCrossed) -> tuple[LogLine, ...]:
    return (LogLine("INFO" if fact.eased else "WARNING", short_text(fact)),)


@_lines.register
def _(fact: e.EventLogFailed) -> tuple[LogLine, ...]:
    return (LogLine("ERROR", f"Failed to log event: {plain(fact.reason)}"),)


@_lines.register
def _(fact: e.EventLogResumed) -> tuple[LogLine, ...]:
    return (_info(short_text(fact)),)


def _info(text: str) -> LogLine:
    return LogLine("INFO", text)


def _strategy(text: str) -> LogLine:
    return LogLine("INFO", text, "strategy")


def _order(text: str) -> LogLine:
    return LogLine("INFO", text, "order")
