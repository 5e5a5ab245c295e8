"""One sample of every fact, with the values the documents use."""

from typing import Any

from hantu.domain import events as e
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.instrument import Symbol
from hantu.domain.order import IntentState, OrderType, Purpose

SAMSUNG, NAME = Symbol("005930"), "삼성전자"
_S: dict[str, Any] = {"symbol": SAMSUNG, "name": NAME}
_REACHED: dict[str, Any] = {
    "flow": "f1", **_S, "price": 64_500, "level": 64_600, "basis": "trade", "quantity": 10,
    "average_price": 66_000, "traded_at": "2026-11-23 00:12:31.000000", "received_at": "2026-11-23 00:12:31.010000",
}  # fmt: skip
_FILLED: dict[str, Any] = {
    "flow": "f1", **_S, "exit_price": 64_500, "entry_price": 66_000, "quantity": 10,
    "hold_days": 3, "exit_at": "2026-11-23 00:12:32.000000", "selection_id": 7,
}  # fmt: skip
_REQUEST: dict[str, Any] = {
    "request_id": "r1", "client": "cli:operator", "symbol": SAMSUNG, "side": Side.BUY, "quantity": 10,
    "limit_price": 64_500,
}  # fmt: skip
STOP_FILLED = e.StopLossFilled(**_FILLED, pnl=-15_180, return_rate=-0.023, purpose=Purpose.STOP_LOSS)
PROFIT_FILLED = e.TakeProfitFilled(
    **_FILLED | {"exit_price": 71_500}, pnl=54_100, return_rate=0.0819, purpose=Purpose.TAKE_PROFIT
)
EXHAUSTED = e.ReconnectExhausted(5, "2026-11-23 00:13:02.000000", 3, False)
SUMMARY = e.DailySummary(
    trade_date="2026-11-23", total_trades=4, wins=3, losses=1, total_pnl=1_234_567, average_win=450_000,
    average_loss=-115_433, day_return=0.012, position_count=2,
    positions=("삼성전자 (005930) 10주", "SK하이닉스 (000660) 5주"),
    next_opening_at="2026-11-24 00:00:00.000000",
)  # fmt: skip
SAMPLES: tuple[e.Fact, ...] = (
    e.SessionStateChanged("연결 수립", "구독 중", "opened"),
    e.TradingDayBegan("2026-11-23"),
    e.DayStartValued("2026-11-23", 100_000_000, -50_000),
    e.MonitorStarted(20, 20),
    e.SubscribeDone(20),
    e.SubscribeFailed(SAMSUNG, NAME, "H0STCNT0", "OPSP0002", 3, False),
    e.ConnectionLost("reset", 3),
    e.ReconnectFailed(1, 5, "refused"),
    e.Reconnected(2, 3.4),
    EXHAUSTED,
    e.ConnectionFlapping(3, 300),
    e.ServerMaintenance("maintenance"),
    e.AuthFailed("OPSP0011", "invalid approval : NOT FOUND"),
    e.SessionInUse("OPSP8996"),
    e.SleepEntered("reconnect_exhausted"),
    e.SleepLeft("operator"),
    e.MonitorStopped("operator", 1),
    e.MonitorFinished("2026-11-24 00:00:00.000000"),
    e.HealthChanged("rest", "ok", "down", "REST 응답 없음", "2026-11-23 00:12:21.000000", 120.0, recovered=False),
    e.MeasureCrossed("order_send", "주문 생성→전송", "normal", "warning", 0.7, 0.5, 1.0, "s", eased=False),
    e.PnlShock("day_loss", "warning", -2_100_000, -2_100_000, 0.02, 100_000_000),
    e.BlindPeriodEnded(12.5, 2),
    e.RecoveryCompleted(1, 1, ()),
    e.MarketHalted(Symbol(""), "", "stream", "174"),
    e.MarketResumed(Symbol(""), "", "stream", "175"),
    e.DataDelay(SAMSUNG, 5_200),
    e.PositionGuarded(**_S, quantity=10, cost=660_000, average_price=66_000, stop_price=64_000, target_price=71_300,
                      rule="fixed", reason="start"),
    e.PositionUnguarded(**_S, quantity=10, reason="no rule"),
    e.PositionChanged(**_S, before=10, after=7, cause="reconcile"),
    e.PositionClosed(**_S, cause="filled"),
    e.ExitRuleFallback(SAMSUNG, "no bars"),
    e.TrailingStopRaised(SAMSUNG, 70_000, 68_600),
    e.AddBuyOpportunity(**_S, price=60_100, support_price=60_000, score=81.5),
    e.StopLossReached(**_REACHED, purpose=Purpose.STOP_LOSS),
    e.TakeProfitReached(**_REACHED, purpose=Purpose.TAKE_PROFIT),
    e.ExitHeld("f1", SAMSUNG, NAME, "halt"),
    e.ExitSimulated("f1", SAMSUNG, NAME, Purpose.STOP_LOSS, 10, 64_500),
    e.IntentRecorded("I-1", "f1", "order", IntentState.SENDING, SAMSUNG, NAME, Side.SELL, Purpose.STOP_LOSS, 0, 10,
                     64_500, OrderType.LIMIT, "KRX", 1, "", 10, 66_000, 1),
    e.IntentVoided("I-1", "kill"),
    e.OrderAccepted("I-1", SAMSUNG, "1234", "06010", "091231", "", "", "answer"),
    e.OrderRejectedBroker("I-1", SAMSUNG, NAME, "APBK0400", "주문가능수량 초과", False, ""),
    e.OrderNotSent("I-1", SAMSUNG, NAME, "refused", "connection refused"),
    e.OrderFailed("I-1", "f1", SAMSUNG, NAME, "APBK0400", "주문 가능한 수량을 초과했습니다.", 60.0),
    e.OrderUnresolved("I-1", "f1", SAMSUNG, NAME, "timeout", "2026-11-23 00:12:31.000000"),
    e.OrderAbsent("I-1", SAMSUNG, "not in the list"),
    e.OrderEscalated("I-1", SAMSUNG, NAME, "30 s without evidence"),
    e.OrderFilled("I-1", "1234", SAMSUNG, NAME, Side.SELL, 10, 64_500, 10, 10, "", "", "notice"),
    e.OrderCanceled("I-1", SAMSUNG, 6, "notice"),
    e.OrderExpired("I-1", SAMSUNG, 6),
    e.CancelResolved("I-2", IntentState.FILLED, "", ""),
    e.FillUnconfirmed("I-1", SAMSUNG, NAME, 60.0, 4, 10),
    e.ForeignFill(**_S, side=Side.BUY, quantity=10, price=64_500, order_no="99"),
    STOP_FILLED,
    PROFIT_FILLED,
    e.KillswitchOn(KillLevel.ACTIVE, "operator", "점검", False),
    e.KillswitchOff("operator", "점검 끝"),
    e.KillswitchReleaseRefused("operator", "점검 끝", KillLevel.ACTIVE, ("주문 I-1의 결과를 모릅니다",)),
    e.PositionsUnprotected(KillLevel.HARD, "점검", ("삼성전자 (005930) 10주, 손절가 64,000원",)),
    e.FlattenStarted("kim, lee", "시스템 이상", ("삼성전자 (005930) 10주",)),
    e.FlattenCompleted(10, ()),
    e.OrderBlockedKillswitch(SAMSUNG, NAME, Purpose.TAKE_PROFIT, KillLevel.ACTIVE, "guard"),
    e.OrderAllowedProtective("I-1", SAMSUNG, KillLevel.ACTIVE),
    e.OrderTokenIssued("r1", "cli:operator", "A-1", "j1", "operator", "2026-11-23 00:14:31.000000"),
    e.OrderRejectedInvalidSignature(**_REQUEST, reason="invalid_signature", detail="signature", hint="h"),
    e.OrderRejectedExpired(**_REQUEST, reason="expired", detail="expired", hint="h"),
    e.OrderRejectedApprovalNotFound(**_REQUEST, reason="Approval record not found", detail="", hint="h"),
    e.OrderRejectedHashMismatch(**_REQUEST, reason="order hash mismatch", detail="quantity", hint="h"),
    e.OrderRejectedAlreadyUsed(**_REQUEST, reason="already used", detail="", hint="h"),
    e.OrderRejectedNotAllowed(**_REQUEST, reason="not allowed", detail="session", hint="h"),
    e.ManualSellFilled(**_FILLED, pnl=-15_180, return_rate=-0.023, purpose=Purpose.MANUAL),
    e.MandateInForce("M-1", "operator", "2026-11-23 00:00:00.000000"),
    e.MandateLapsed("M-1", "rules_changed"),
    e.MandateReviewDue("M-1", "operator", "2026-10-20 00:00:00.000000", 34),
    SUMMARY,
    e.TradeSaveFailed(3, "database is locked"),
    e.EventLogFailed("disk full"),
    e.EventLogResumed(45.0),
    e.StrategyRestarted("strategy_mine", "mine (1/5번째) - ValueError: no"),
    e.StrategyGivenUp("strategy_mine", "mine - 5번 다시 시작한 뒤에도 실패: ValueError: no"),
    e.ProcessGivenUp("server", "서버 - 10분 동안 5번 끝남"),
    e.AlertTest("r1", "개장 전 점검", "operator"),
    e.RecoveryBegan("R-1", "unclean_end", "guard", "2026-11-23 00:12:31.000000"),
    e.RecoveryStepDone("R-1", e.RecoveryStep.CLEAN_UP, "guard", "2026-11-23 00:12:31.000000", 1.2, "미체결 주문 정리: 1건",
                       ("취소 확인: 삼성전자(005930) 매수 10주 주문 7",)),
    e.RecoveryStopped("R-1", e.RecoveryStep.CLEAN_UP, "guard", "2026-11-23 00:12:31.000000", 60.0, "목록을 읽지 못함"),
    e.RecoveryResumed("R-1", e.RecoveryStep.CLEAN_UP, "operator"),
    e.OrderResolvedByPerson("I-1", SAMSUNG, NAME, "operator", "absent", "", "고객센터 확인"),
    e.DoubtOutlivedDay("I-1", SAMSUNG, NAME, "2026-11-20", 10, 10, 0),
    e.PositionJumped(**_S, before=10, after=0),
    e.HoldingMismatch(**_S, held=10, sellable=3, locked=0),
    e.HoldingMismatchEnded(**_S),
    e.PriceSuspected(**_S, price=59_000, level=64_600, reference=66_000),
    e.PriceRejected(**_S, price=59_000, level=64_600, reference=66_000),
    e.AcceptanceMismatch("i1", **_S, order_no="101", sent="005930 매도 10주 @ 64,500원", listed="005930 매도 100주 @ 64,500원"),
)  # fmt: skip
