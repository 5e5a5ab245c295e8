"""Long texts: the documented templates, and what to do for everything critical (Korean).

``*word*`` and ``**word**`` mark bold, backticks mark code; a channel shows them
its own way. Values from outside never contain these marks (``wording.plain``).
"""

from datetime import date

from hantu.alerting.catalogue import SCOPE_WORDS, Row
from hantu.alerting.render import exit_mark, exit_title, short_text
from hantu.alerting.wording import (
    KILL_CAUSES,
    component_word,
    duration,
    korean_time,
    opening_word,
    plain,
    signed_percent,
    stock,
    won,
)
from hantu.domain import events as e
from hantu.domain.alert import Severity

POLL_S = 30
"""Seconds between price polls while asleep, as the emergency message states them."""
DIFFERENCES_SHOWN = 20
NEED_AN_ID = ("hantu explain", "hantu orders show")
"""Checks of one order; the message completes them, ready to be typed."""


def long_text(fact: e.Fact, row: Row, today: date, short: str = "") -> str:
    """Return the long form of a fact, given its short one; empty when that says everything."""
    if isinstance(fact, e.StopLossFilled | e.TakeProfitFilled | e.ManualSellFilled):
        return exit_filled(fact)
    if isinstance(fact, e.ReconnectExhausted):
        return reconnect_exhausted(fact)
    if isinstance(fact, e.DailySummary):
        return daily_summary(fact, today)
    return with_action(short or short_text(fact), row, details(fact), getattr(fact, "intent_id", ""))


def exit_filled(fact: e.StopLossFilled | e.TakeProfitFilled | e.ManualSellFilled) -> str:
    """Return the template of a completed exit; profit and loss after fees and tax."""
    result = "실현손실" if fact.pnl < 0 else "실현수익"
    return (
        f"{exit_mark(fact)} *{exit_title(fact.purpose)}*\n"
        "\n"
        f"종목: {plain(fact.name) or fact.symbol} ({fact.symbol})\n"
        f"매도가: {won(fact.exit_price)}\n"
        f"매수가: {won(fact.entry_price)}\n"
        f"수량: {fact.quantity:,}주\n"
        "\n"
        f"{result}: {won(fact.pnl)}\n"
        f"수익률: {signed_percent(fact.return_rate, 2)}\n"
        f"보유기간: {fact.hold_days}일"
    )


def reconnect_exhausted(fact: e.ReconnectExhausted) -> str:
    """Return the emergency template; it says whether stops still work while asleep."""
    exits = "손절/익절 자동 실행 불가"
    if fact.sells_while_sleeping:
        exits = f"손절/익절은 {POLL_S}초 간격 시세 조회로만 실행"
    return (
        "🚨 *긴급: WebSocket 연결 복구 실패*\n"
        "\n"
        f"재시도: {fact.attempts}회 실패\n"
        f"마지막 시도: {korean_time(fact.last_retry_at)}\n"
        "\n"
        "⚠️ **영향**:\n"
        "- 실시간 모니터링 중단\n"
        f"- {exits}\n"
        "\n"
        "🔧 **조치 필요**:\n"
        "1. 네트워크 상태 확인\n"
        "2. KIS API 서버 상태 확인\n"
        "3. 수동 재시작: `hantu monitor restart`\n"
        "\n"
        f"📋 **현재 보유 종목**: {fact.position_count}개"
    )


def daily_summary(fact: e.DailySummary, today: date) -> str:
    """Return the template of the day; nothing traded gives 0건, 0.0%, 0원."""
    decided = fact.wins + fact.losses
    win_rate = fact.wins / decided if decided else 0.0
    lines = [
        "⏹️ *실시간 모니터링 종료*",
        "",
        "📊 **오늘의 매매 결과**:",
        f"- 총 거래: {fact.total_trades}건",
        f"- 실현 손익: {won(fact.total_pnl)}",
        f"- 승률: {win_rate:.1%} ({fact.wins}승 {fact.losses}패)",
        f"- 평균 수익: {won(fact.average_win)}",
        f"- 평균 손실: {won(fact.average_loss)}",
        "",
        f"🔄 **보유 종목**: {fact.position_count}개",
        *(f"- {plain(line)}" for line in fact.positions),
        "",
        f"⏰ **다음 모니터링**: {opening_word(fact.next_opening_at, today)}",
    ]
    if fact.unsaved:
        lines += ["", f"⚠️ **저장하지 못한 거래 기록**: {fact.unsaved}건 (`hantu doctor`)"]
    return "\n".join(lines)


def with_action(short: str, row: Row, facts: tuple[str, ...] = (), intent_id: str = "") -> str:
    """Return ``short`` with details; critical ones also say what stops and what to do."""
    lines = list(facts)
    if row.severity is Severity.CRITICAL:
        lines.append(f"⛔ **중단 범위**: {SCOPE_WORDS[row.scope]}")
    if lines and row.action:
        lines.append(f"🔧 **조치 필요**: {row.action}")
        check = f"{row.check} {intent_id}" if intent_id and row.check in NEED_AN_ID else row.check
        lines.append(f"🔎 **확인**: `{check}` (안내서: docs/runbooks/{row.runbook}.md)")
    return "\n".join((short, "", *lines)) if lines else ""


def _cause(fact: e.KillswitchOn) -> str:
    return KILL_CAUSES.get(fact.cause, plain(fact.cause))


def details(fact: e.Fact) -> tuple[str, ...]:
    """Return what, where and since when, for the facts that need a person."""
    lines: tuple[str, ...] = ()
    match fact:
        case e.OrderFailed():
            again = (f"다음 시도: {duration(fact.next_try_s)} 뒤",) if fact.next_try_s > 0 else ()
            lines = (f"종목: {stock(fact.name, fact.symbol)}", *again)
        case e.OrderUnresolved():
            lines = (
                f"종목: {stock(fact.name, fact.symbol)}",
                f"보낸 시각: {korean_time(fact.sent_at) or '알 수 없음'}",
                f"사유: {plain(fact.reason)}",
            )
        case e.OrderEscalated():
            lines = (f"종목: {stock(fact.name, fact.symbol)}", f"사유: {plain(fact.reason)}")
        case e.FillUnconfirmed():
            waited = f"대기: {duration(fact.waited_s)}, 체결 {fact.filled:,}/{fact.ordered:,}주"
            lines = (f"종목: {stock(fact.name, fact.symbol)}", waited)
        case e.DataDelay():
            lines = (f"종목: {fact.symbol}, 지연: {fact.delay_ms:,}ms",)
        case e.AuthFailed():
            lines = (f"응답: {plain(f'{fact.code} {fact.message}')}",)
        case e.SessionInUse():
            lines = (f"응답: {plain(fact.code)}",)
        case e.ServerMaintenance():
            lines = (f"응답: {plain(fact.reason)}",)
        case e.SubscribeFailed():
            lines = (f"종목: {stock(fact.name, fact.symbol)} (보유 중, 응답 {plain(fact.code)})",)
        case e.RecoveryCompleted() | e.RecoveryStopped():
            lines = _recovery(fact)
        case e.HoldingMismatch() | e.PositionJumped() | e.DoubtOutlivedDay() | e.AcceptanceMismatch():
            lines = (f"종목: {stock(fact.name, fact.symbol)}",)
        case _:
            lines = _switch_details(fact)
    return lines


def _switch_details(fact: e.Fact) -> tuple[str, ...]:
    lines: tuple[str, ...] = ()
    match fact:
        case e.KillswitchOn():
            how = f"자동 (원인: {_cause(fact)})" if fact.automatic else "수동"
            lines = (
                f"누가: {plain(fact.actor)}, {how}",
                *((f"언제: {korean_time(fact.at)}",) if fact.at else ()),
                f"왜: {plain(fact.reason)}",
            )
        case e.PositionsUnprotected(positions=positions):
            lines = (f"이유: {plain(fact.reason)}", *(f"- {plain(line)}" for line in positions[:DIFFERENCES_SHOWN]))
        case e.HealthChanged(recovered=False):
            lines = (f"구성 요소: {component_word(fact.component)}, 까닭: {plain(fact.reason)}",)
        case e.PnlShock():
            lines = (f"기준: 시작 평가금액 {won(fact.equity)}의 {fact.limit:.0%} (규칙 {plain(fact.rule)})",)
        case e.FlattenStarted(positions=listed) | e.FlattenCompleted(remains=listed):
            lines = tuple(f"- {plain(line)}" for line in listed[:DIFFERENCES_SHOWN])
        case _:
            pass
    return lines


def _recovery(fact: e.RecoveryCompleted | e.RecoveryStopped) -> tuple[str, ...]:
    if isinstance(fact, e.RecoveryStopped):
        return (f"복구: {fact.flow}", f"사유: {plain(fact.reason)}")
    found = tuple(f"- {plain(line)}" for line in fact.differences[:DIFFERENCES_SHOWN])
    return found + tuple(f"- 남은 일: {plain(line)}" for line in fact.remaining[:DIFFERENCES_SHOWN])
