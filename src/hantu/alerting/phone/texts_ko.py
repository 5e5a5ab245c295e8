"""What the bot says, in Korean."""

from collections.abc import Mapping

from hantu.domain.journey_words import STATES as SESSIONS

WORDS: Mapping[str, str] = {
    # --- answers to commands
    "help": (
        "*hantu* - 답할 수 있는 명령\n"
        "/status 지금 상태\n/positions 보유 종목\n/orders 오늘 주문\n/pnl 오늘 손익\n/alerts 최근 알림\n"
        "/ack 번호 - 긴급 알림 확인\n/silence 종류 30m 이유 - 알림 끄기 (긴급은 끄지 못함)\n"
        "/halt [종목] - 주문 일시 정지 (손절도 멈춤)\n/kill [hard] [이유] - 킬스위치. hard 는 손절까지 막음\n"
        "/resume [종목|kill 이유] - 풀기. 인증 앱의 6자리 코드가 필요함\n\n"
        "멈추는 데에는 코드가 필요 없습니다. 60초가 지난 명령은 실행하지 않습니다."
    ),
    "unknown": "알 수 없는 명령입니다. /help",
    "status": "📟 *{state}* ({environment} {account})",
    "status_kill": "킬스위치: {level}",
    "status_kill_why": "킬스위치: {level} - {reason} ({actor})",
    "status_halt": "정지: {halted}",
    "status_line": "연결: {line}, 구독 {done}/{total}",
    "status_held": "보유 {count}종목, 주문 확인 필요 {doubt}건",
    "status_unguarded": "⚠️ 규칙이 없어 지키지 않는 종목 {count}",
    "status_storage": "⚠️ 기록을 데이터베이스에 쓰지 못하고 있습니다",
    "status_time": "시장 시각 {time}",
    "line_up": "연결됨",
    "line_down": "끊김",
    "line_silent": "연결됨, {seconds}초 동안 시세 없음",
    "market": "전체",
    "nothing": "없음",
    "on": "켜짐",
    "no_guard": "🔴 *감시가 실행 중이 아닙니다.* 아래는 마지막 기록입니다.",
    "no_guard_short": "감시가 실행 중이 아닙니다.",
    "no_positions": "보유 종목이 없습니다.",
    "positions": "💼 *보유 {count}종목*",
    "position": (
        "*{name}* ({symbol}) {quantity}주\n  {price} ({rate}) · 손절 {stop} · 목표 {target}\n  평가 {pnl} · {state}"
    ),
    "position_row": "*{name}* ({symbol}) {quantity}주, 평균 {average}",
    "orders": "🧾 *최근 주문*",
    "order": "{time} {name} {side} {quantity}주 @{price} - {state}",
    "order_filled": "({filled}주 체결)",
    "no_orders": "주문 기록이 없습니다.",
    "pnl": "💰 *오늘 손익*\n실현 {realised} ({exits}건)\n평가 {open} ({count}종목)\n합계 {total}",
    "pnl_note": "수수료와 세금은 들어 있지 않습니다. 증권사 앱의 값과 다를 수 있습니다.",
    "pnl_unpriced": "시세가 없는 {count}종목은 평가에서 빠졌습니다.",
    "alerts": "🔔 *최근 알림*",
    "alert": "{number}. {time} {message}",
    "alert_unsent": "(아직 전달 안 됨)",
    "no_alerts": "알림 기록이 없습니다.",
    # --- acknowledge, silence
    "acked": "✅ {number}번을 확인한 것으로 기록했습니다. 30분 동안 되풀이하지 않습니다.",
    "acked_done": "✅ {number}번을 끝난 일로 기록했습니다.",
    "ack_usage": "확인할 긴급 알림이 없습니다. 번호로는 `/ack 12` 처럼 적습니다.",
    "silenced": "🔕 {what} 알림을 {length} 동안 끕니다 ({number}번). 긴급 알림은 계속 옵니다.",
    "silence_usage": "`/silence stop_loss_reached 30m 이유` 처럼 적습니다. 종류, 종목 코드, 분류(OPS-01), 우선순위(normal) 가운데 하나입니다.",
    "gone": "그 알림을 더는 찾을 수 없습니다.",
    # --- stopping
    "kill_done": "🛑 *킬스위치 {level}* - 감시가 반영했습니다.",
    "kill_stricter": "🛑 이미 더 엄격한 단계({level})라서 그대로 둡니다.",
    "kill_flatten": "지금은 전량 정리 중입니다. 멈추려면 /kill hard",
    "kill_asked": "🛑 킬스위치를 *요청했습니다*. 감시가 아직 확인하지 않았습니다: {detail}",
    "kill_written": "🛑 감시가 답하지 않아 {doors}에 기록했습니다. 감시는 주문 직전에 파일을 봅니다. 반영 여부는 *확인하지 못했습니다*.",
    "kill_stored": "🛑 실행 중인 감시가 없습니다. {doors}에 기록했고, 다음 시작부터 막습니다.",
    "door_file": "KILL 파일",
    "door_row": "데이터베이스",
    "kill_failed": "❗️ 킬스위치를 걸지 *못했습니다*: {detail}\n증권사 앱이나 콘솔에서 바로 막으세요.",
    "kill_no_flatten": "전량 정리는 두 사람이 콘솔에서 합니다: `hantu kill flatten`",
    "halt_done": "⏸ *주문을 멈췄습니다* ({what}). 손절도 나가지 않습니다. 풀기: /resume",
    "halt_asked": "⏸ 정지를 *요청했습니다* ({what}). 감시가 아직 확인하지 않았습니다.",
    "halt_failed": "❗️ 멈추지 *못했습니다*: {detail}\n더 확실한 길은 /kill 입니다.",
    "bad_symbol": "종목 코드가 아니라서 멈추지 *않았습니다*: {word}. 전체를 멈추려면 누르세요.",
    # --- going on
    "nothing_to_resume": "멈춘 것이 없습니다.",
    "choose": "무엇을 풀까요? 코드를 묻습니다.",
    "ask_resume": "▶️ *정지 풀기* ({what})",
    "ask_release": "🔓 *킬스위치 풀기* (지금 {level}: {reason})",
    "ask_release_open": "아직 풀 수 없는 이유: {obstacles}",
    "ask_approve": "🖋 *주문 승인*\n{terms}",
    "ask_code": "{seconds}초 안에 인증 앱의 6자리 코드를 보내세요.",
    "ask_code_reason": "{seconds}초 안에 `코드 이유` 를 보내세요. 예: `123456 원인 확인함`",
    "reason_missing": "킬스위치를 풀려면 이유가 필요합니다. 새 코드와 함께 `코드 이유` 로 보내세요.",
    "not_enrolled": "2차 인증을 등록하지 않은 사람은 풀거나 승인할 수 없습니다. 콘솔에서 `hantu phone enrol {name}` 을 실행하세요.",
    "nothing_pending": "코드를 기다리는 일이 없습니다. 시간이 지났다면 처음부터 다시 하세요.",
    "code_wrong": "❌ 코드가 맞지 않습니다. 새 코드가 나온 뒤에 다시 보내세요. (틀린 횟수 {failures})",
    "code_used": "❌ 이미 쓴 코드입니다. 다음 코드를 기다리세요. (틀린 횟수 {failures})",
    "code_locked": "🔒 코드를 여러 번 틀려 {minutes}분 동안 잠겼습니다. 멈추는 명령은 계속 됩니다.",
    "locked_notice": "🔒 {name} 님의 코드가 {failures}번 틀려 잠겼습니다. 본인이 아니면 그 휴대전화를 빼세요: `hantu phone revoke`",
    "failures_before": "참고: 그 전에 틀린 코드가 {failures}번 있었습니다.",
    "resumed": "▶️ *정지를 풀었습니다* ({what}). 감시가 반영했습니다.",
    "resume_asked": "▶️ 정지 풀기를 *요청했습니다* ({what}). 감시가 아직 확인하지 않았습니다.",
    "released": "🔓 *킬스위치를 풀었습니다.* 잔고와 주문을 대조했고 감시가 반영했습니다.",
    "release_asked": "🔓 킬스위치 해제를 *요청했습니다*. 감시는 아직 {level} 단계입니다.",
    "not_done": "❗️ 하지 *않았습니다*: {detail}",
    "canceled": "취소했습니다. 아무것도 바뀌지 않았습니다.",
    "unrecorded": "⚠️ 감사 기록을 데이터베이스에 남기지 못했습니다. 로그에만 있습니다.",
    "unrecordable": "❗️ 기록을 남길 수 없어 하지 *않았습니다*: {detail}",
    # --- order proposals
    "proposal": "🖋 *주문 승인 요청* {ident}\n{terms}\n제안: {who} · {until}까지",
    "proposal_note": "\n메모: {note}",
    "terms": "{name} {side} 최대 {quantity}주, {low}~{high} (최대 {value})",
    "approved": "✅ {ident} *승인했습니다*. 주문은 *아직 나가지 않았습니다*. {until}까지 콘솔에서 `hantu approvals place {ident}`",
    "denied": "⛔️ {ident} 거절했습니다.",
    "decided_note": "{mark} {status} - {who} {time}",
    "status_approved": "승인",
    "status_denied": "거절",
    "status_expired": "시간 지남",
    "status_used": "주문에 쓰임",
    # --- buttons and refusals
    "b_ack": "✅ 확인 (30분)",
    "b_done": "🏁 끝난 일",
    "b_silence": "🔕 1시간 끄기",
    "b_approve": "🖋 승인 (코드)",
    "b_deny": "⛔️ 거절",
    "b_kill": "🛑 킬스위치",
    "b_hard": "🛑 모든 주문 차단",
    "b_halt": "⏸ 정지",
    "b_resume": "▶️ 정지 풀기",
    "b_release": "🔓 킬스위치 풀기",
    "b_cancel": "취소",
    "too_old": "⌛️ {seconds}초 전에 보낸 명령이라 실행하지 *않았습니다*. 지금도 원하면 다시 보내세요.",
    "press_old": "⌛️ 언제 눌렀는지 알 수 없어 실행하지 *않았습니다*. 지금도 원하면 다시 누르세요.",
    "press_void": "쓸 수 없는 단추입니다",
    "press_expired": "시간이 지난 단추입니다. 처음부터 다시 하세요.",
    "press_used": "이미 누른 단추입니다",
    "press_taken": "받았습니다",
    "flood": "🐢 너무 자주 보내고 있습니다. 잠시 뒤에 다시 하세요. 멈추는 명령은 계속 됩니다.",
    "conflict": "⚠️ 다른 프로그램이 이 봇의 메시지를 가져가고 있습니다. 명령이 여기까지 오지 않을 수 있습니다. 그 프로그램을 끄거나 봇 토큰을 바꾸세요.",
}

LEVELS: Mapping[str, str] = {
    "off": "꺼짐", "active": "작동 (손절만 허용)", "hard": "작동 (모든 주문 차단)", "flatten": "전량 정리",
}  # fmt: skip
ENVIRONMENTS: Mapping[str, str] = {"real": "실전", "paper": "모의", "local": "연습"}
SIDES: Mapping[str, str] = {"buy": "매수", "sell": "매도"}
STATES: Mapping[str, str] = {
    "guarded": "감시 중", "ordering": "주문 실행", "awaiting_fill": "체결 대기", "unresolved": "주문 확인 중",
    "polled": "조회로 감시", "held": "보류", "triggered": "조건 도달", "prepared": "준비", "sending": "전송 중",
    "working": "접수", "partial": "부분 체결", "unknown": "결과 모름", "filled": "체결", "canceled": "취소",
    "expired": "소멸", "refused": "거부", "rejected_late": "거래소 거부", "not_sent": "미전송", "absent": "접수 안 됨",
    "void": "무효", "escalated": "사람 확인 필요",
}  # fmt: skip
__all__ = ["ENVIRONMENTS", "LEVELS", "SESSIONS", "SIDES", "STATES", "WORDS"]
