// What happened to an order, one sentence a fact.
import { gain, n, s, seconds, several, share, word, type Payload } from '../../pages/orders/payload'
import orders from './orders'

type Fact = Payload

const HELD: Record<string, string> = {
  halt: '장 중단',
  kill: '킬스위치',
  cooldown: '재시도 대기',
  unresolved: '이전 주문 확인 중',
  no_price: '시세 없음',
  not_sellable: '매도 가능 수량 없음',
  mandate: '상시 승인 없음',
  session: '장 시간 아님',
  mismatch: '보유 수량 확인 중',
  recovering: '복구 중',
}
const FOUND: Record<string, string> = {
  inquiry: '증권사 주문 목록에서 같은 주문을 하나만 찾아 이어받았습니다.',
  notice: '체결 통보에서 같은 주문을 하나만 찾아 이어받았습니다.',
  person: '사람이 확인해 준 주문으로 이어받았습니다.',
}
const VERDICTS: Record<string, string> = { filled: '체결되어 있음', absent: '접수된 적 없음', adopted: '접수되어 있음' }
const CANCELS: Record<string, string> = {
  working: '취소 요청이 접수되었습니다.',
  filled: '취소가 끝났습니다.',
  refused: '취소가 거부되었습니다.',
  unknown: '취소가 됐는지 몰라 조회로 확인합니다.',
  absent: '취소되지 않았고 주문은 살아 있습니다.',
  not_sent: '취소 요청이 나가지 않았습니다.',
}

const basis = (f: Fact) => word(orders.bases, s(f, 'basis'))
const side = (f: Fact) => word(orders.sides, s(f, 'side'))
const source = (f: Fact) => word(orders.sources, s(f, 'source'))

export default {
  stop_loss_reached: (f: Fact) => `${basis(f)} ${n(f, 'price')}원이 손절 기준 ${n(f, 'level')}원에 닿았습니다.`,
  take_profit_reached: (f: Fact) => `${basis(f)} ${n(f, 'price')}원이 익절 기준 ${n(f, 'level')}원에 닿았습니다.`,
  price_suspected: (f: Fact) => `가격 ${n(f, 'price')}원이 의심스러워 한 번 더 확인합니다.`,
  price_rejected: (f: Fact) => `가격 ${n(f, 'price')}원을 확인하지 못해 팔지 않았습니다.`,
  exit_held: (f: Fact) => `조건에 닿았지만 주문을 내지 않았습니다: ${word(HELD, s(f, 'reason'))}.`,
  exit_simulated: (f: Fact) => `관찰 모드라 보내지 않았습니다. ${n(f, 'quantity')}주를 ${n(f, 'limit_price')}원에 팔았을 것입니다.`,
  order_token_issued: () => '한 번만 쓰는 주문 토큰을 발급했습니다.',
  order_allowed_protective: () => '킬스위치가 켜져 있지만 손절이라 보냅니다.',
  order_blocked_killswitch: () => '킬스위치가 이 주문을 막았습니다.',
  order_blocked_hard: () => '킬스위치가 손절까지 막고 있어 보내지 못했습니다.',
  intent_recorded: (f: Fact) =>
    s(f, 'kind') === 'cancel'
      ? '남은 수량의 취소를 먼저 기록하고 보냈습니다.'
      : `${side(f)} ${n(f, 'quantity')}주, ${n(f, 'limit_price')}원 지정가를 먼저 기록하고 보냈습니다${Number(f.attempt) > 1 ? ` (${n(f, 'attempt')}번째 시도)` : ''}.`,
  intent_voided: (f: Fact) => `보내기 전에 거두었습니다: ${s(f, 'reason')}`,
  order_accepted: (f: Fact) =>
    FOUND[s(f, 'how')]
      ? `${FOUND[s(f, 'how')]} 주문번호 ${s(f, 'order_no')}`
      : `증권사가 접수했습니다. 주문번호 ${s(f, 'order_no')}`,
  order_found: (f: Fact) => `증권사 기록에서 주문을 찾았습니다. 주문번호 ${s(f, 'order_no')}`,
  order_filled: (f: Fact) =>
    `${n(f, 'quantity')}주가 ${n(f, 'price')}원에 체결되었습니다 (모두 ${n(f, 'cumulative')}/${n(f, 'ordered')}주, ${source(f)}).`,
  order_rejected_broker: (f: Fact) => `증권사가 거부했습니다: ${s(f, 'code')} ${s(f, 'reason')}`,
  order_not_sent: (f: Fact) => `한 바이트도 나가지 않았습니다: ${s(f, 'reason') || s(f, 'code')}`,
  order_failed: (f: Fact) => `주문하지 못했습니다: ${s(f, 'reason')}. ${seconds(f, 'next_try_s')}초 뒤 다시 시도합니다.`,
  order_unresolved: (f: Fact) => `접수됐는지 알 수 없습니다 (${s(f, 'reason')}). 증거가 나올 때까지 다시 보내지 않고 조회합니다.`,
  order_absent: (f: Fact) => `접수된 적이 없음을 확인했습니다: ${s(f, 'evidence')}`,
  order_escalated: (f: Fact) => `스스로 확인하지 못해 사람에게 넘겼습니다: ${s(f, 'reason')}`,
  order_resolved_by_person: (f: Fact) =>
    `${s(f, 'actor')}: "${word(VERDICTS, s(f, 'verdict'))}" ${s(f, 'order_no')} - ${s(f, 'reason')}${s(f, 'denied') ? ` → 받아들이지 않음: ${s(f, 'denied')}` : ''}`,
  order_canceled: (f: Fact) => `${n(f, 'quantity')}주의 취소를 증권사 기록으로 확인했습니다.`,
  cancel_resolved: (f: Fact) => `${word(CANCELS, s(f, 'state'))} ${s(f, 'reason')}`,
  order_expired: (f: Fact) => `${n(f, 'quantity')}주가 장 마감으로 소멸했습니다.`,
  fill_unconfirmed: (f: Fact) => `${seconds(f, 'waited_s')}초 동안 ${n(f, 'filled')}/${n(f, 'ordered')}주만 체결되었습니다.`,
  stop_loss_filled: (f: Fact) => `손절이 끝났습니다. ${n(f, 'exit_price')}원, 손익 ${gain(f, 'pnl')}원 (${share(f, 'return_rate')}).`,
  take_profit_filled: (f: Fact) => `익절이 끝났습니다. ${n(f, 'exit_price')}원, 손익 ${gain(f, 'pnl')}원 (${share(f, 'return_rate')}).`,
  manual_sell_filled: (f: Fact) => `직접 낸 매도가 끝났습니다. 손익 ${gain(f, 'pnl')}원.`,
  fill_confirmed: (f: Fact) => `매수가 체결되었습니다: ${n(f, 'quantity')}주, ${n(f, 'price')}원.`,
  position_guarded: (f: Fact) => `${n(f, 'quantity')}주를 손절 ${n(f, 'stop_price')}원, 익절 ${n(f, 'target_price')}원으로 지킵니다.`,
  position_changed: (f: Fact) => `보유가 ${n(f, 'before')}주에서 ${n(f, 'after')}주로 바뀌었습니다.`,
  position_closed: () => '보유가 끝나 감시에서 뺐습니다.',
  trade_save_failed: (f: Fact) => `거래 기록을 저장하지 못했습니다: ${s(f, 'reason')}`,
  foreign_fill: (f: Fact) => `hantu 밖의 주문이 ${n(f, 'quantity')}주, ${n(f, 'price')}원에 체결되었습니다.`,
  acceptance_mismatch: (f: Fact) => `보낸 것(${s(f, 'sent')})과 접수된 것(${s(f, 'listed')})이 다릅니다.`,
  recovery_began: () => '감시가 비정상 종료된 것을 발견해 복구를 시작했습니다.',
  recovery_step_done: (f: Fact) => s(f, 'result'),
  recovery_stopped: (f: Fact) => `복구가 멈췄습니다: ${s(f, 'reason')}`,
  recovery_completed: (f: Fact) => `증권사와 대조를 마쳤습니다. 다른 점 ${several(f, 'differences').length}건.`,
  killswitch_on: (f: Fact) => `킬스위치가 켜졌습니다 (${s(f, 'actor')}): ${s(f, 'reason')}`,
  killswitch_off: (f: Fact) => `킬스위치가 풀렸습니다 (${s(f, 'actor')}): ${s(f, 'reason')}`,
}
