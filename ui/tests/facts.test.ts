import { afterEach, describe, expect, it } from 'vitest'
import { stateWord, told, toldTogether, weightOf } from '../src/live/facts'
import type { Fact } from '../src/live/now'
import { language } from '../src/words'
import { titleOf } from '../src/words/titles'

const fact = (event_type: string, payload: Record<string, unknown>): Fact => ({
  event_id: 'e1', event_type, timestamp: '2026-11-23 00:00:35.003582', payload, produced_by: '', correlation_id: 'c', causation_id: '',
  environment: 'local', account: 'main', category: 'OPS-02',
})

afterEach(() => {
  language.value = 'ko'
})

describe('a fact in one line', () => {
  it('names the stock and the numbers that matter', () => {
    const line = told(fact('stop_loss_filled', { symbol: '005930', name: '삼성전자', quantity: 40, price: 68_300, pnl: -94_296 }))
    expect(line).toMatchObject({ id: 'e1', title: '손절 전량 체결', text: '삼성전자 ×40 @68,300 −94,296', to: '/events/e1' })
  })

  it('says states in words, and in both languages', () => {
    const change = fact('session_state_changed', { before: 'subscribing', after: 'monitoring', cause: 'subscribed' })
    expect(told(change).text).toBe('종목 구독 중 → 모니터링 중')
    language.value = 'en'
    expect(told(change)).toMatchObject({ title: 'Monitoring state changed', text: 'subscribing → monitoring' })
    expect(stateWord('something_new')).toBe('something_new')
  })

  it('stands for others of its kind that follow at once, and for no other', () => {
    const late = (symbol: string) => fact('data_delay', { symbol })
    const facts = [late('A'), late('B'), late('C'), fact('reconnected', {}), late('D')]
    expect(toldTogether(facts, 9).map((line) => line.text)).toEqual(['A 외 2건', '', 'D'])
    expect(toldTogether(facts, 1).map((line) => line.text)).toEqual(['A 외 2건'])
  })

  it('falls back to the cause, and to nothing', () => {
    expect(told(fact('killswitch_on', { reason: '시세 이상' })).text).toBe('시세 이상')
    expect(told(fact('trading_day_began', { trade_date: 20261123 })).text).toBe('')
  })

  it('weighs what it is', () => {
    const weights = ['killswitch_on', 'position_unguarded', 'order_blocked_hard', 'connection_lost', 'reconnected', 'order_filled', 'sleep_left']
    expect(weights.map(weightOf)).toEqual(['danger', 'danger', 'danger', 'warn', 'ok', 'accent', 'plain'])
  })

  it('of an unknown kind is told by its own name', () => {
    expect(titleOf('moon_rose_early')).toBe('Moon rose early')
  })
})
