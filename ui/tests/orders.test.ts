import { afterEach, describe, expect, it } from 'vitest'
import { linesOf, sentence, type Step } from '../src/pages/orders/story'
import { byDay, doubts, joined, needsPerson, type Order } from '../src/pages/orders/states'
import { language } from '../src/words'

const order = (intent_id: string, state: string, recorded_at = '2026-11-23 00:00:00', more: Partial<Order> = {}) =>
  ({ intent_id, state, recorded_at, kind: 'order', trade_date: recorded_at.slice(0, 10), ...more }) as Order

afterEach(() => {
  language.value = 'ko'
})

describe('orders', () => {
  it('in doubt come first: those that need a person, then those that wait longest', () => {
    const rows = [order('a', 'unknown', '2026-11-23 00:02:00'), order('b', 'filled'), order('c', 'unknown', '2026-11-23 00:01:00'), order('d', 'escalated', '2026-11-23 00:03:00')]
    expect(doubts(rows).map((row) => row.intent_id)).toEqual(['d', 'c', 'a'])
    expect(rows.map(needsPerson)).toEqual([false, false, false, true])
    expect(needsPerson(order('e', 'escalated', '', { kind: 'cancel' }))).toBe(false)
  })

  it('stand under their days', () => {
    const rows = [order('a', 'filled', '2026-11-24 00:00:00'), order('b', 'filled'), order('c', 'filled')]
    expect(byDay(rows).map((group) => [group.day, group.rows.length])).toEqual([['2026-11-24', 1], ['2026-11-23', 2]])
  })

  it('are joined from pages, each once, as the newest page has them', () => {
    const rows = joined([order('a', 'filled'), order('b', 'partial')], [order('b', 'working'), order('c', 'filled')], (row) => row.intent_id)
    expect(rows.map((row) => `${row.intent_id} ${row.state}`)).toEqual(['a filled', 'b partial', 'c filled'])
  })
})

describe('the story', () => {
  const step = (event_id: string, timestamp: string, event_type: string, payload: Record<string, unknown> = {}): Step =>
    ({ event_id, timestamp, event_type, payload, alerts: [], correlation_id: '', causation_id: '' })

  it('counts from what began it and tells long silence', () => {
    const lines = linesOf([
      step('1', '2026-11-23 00:01:00.000000', 'stop_loss_reached', { basis: 'trade', price: 68_800, level: 68_870 }),
      step('2', '2026-11-23 00:01:00.250000', 'intent_recorded', { kind: 'order', side: 'sell', quantity: 10, limit_price: 68_800, attempt: 2 }),
      step('3', '2026-11-23 00:01:31.250000', 'order_escalated', { reason: '30초' }),
    ])
    expect(lines.map((line) => [line.afterS, line.pauseS, line.kind])).toEqual([[0, 0, 'accent'], [0.25, 0, 'accent'], [31.25, 31, 'danger']])
    expect(lines[0]?.text).toBe('체결가 68,800원이 손절 기준 68,870원에 닿았습니다.')
    expect(lines[1]?.text).toContain('2번째 시도')
  })

  it('is told in the language of the page, and never fails for want of a word', () => {
    language.value = 'en'
    expect(sentence('order_filled', { quantity: 4, price: 68_800, cumulative: 4, ordered: 10, source: 'notice' })).toBe(
      '4 filled at ₩68,800 (4/10 in all, by notice).',
    )
    expect(sentence('something_new', { reason: 'because' })).toBe('something new: because')
    expect(sentence('exit_held', {})).toContain('no order went out')
  })
})
