import { describe, expect, it } from 'vitest'
import { guardingOf, onlyWatched, ordered, priced, totals, type Around, type Position } from '../src/pages/positions/rows'

const CALM: Around = { running: true, state: 'monitoring', mode: 'sell', kill: { level: 'off' } as Around['kill'], halted: { market: false, symbols: [] }, stopped: false }

function held(symbol: string, more: Partial<Position> = {}): Position {
  return {
    symbol, name: symbol, quantity: 10, average_price: 1_000, cost: 10_000, price: 1_010, price_age_s: 1, stop_price: 970,
    target_price: 1_080, rule: 'fixed', guarded: true, trailing: false, to_stop_pct: 3.9, to_target_pct: 6.9, pnl: 100,
    return_rate: 0.01, state: 'guarded', order: null, held_since: '', updated_at: '', source: 'guard', ...more,
  }
}

const what = (row: Position, around: Partial<Around> = {}) => {
  const { kind, reason, what: word } = guardingOf(row, { ...CALM, ...around })
  return [kind, word, reason].filter(Boolean).join(' ')
}

describe('what guards a holding', () => {
  it('says guarded only where a stop would go out', () => {
    expect(what(held('A'))).toBe('ok guarded')
    expect(what(held('A', { state: 'polled' }))).toBe('warn polled')
    expect(what(held('A', { price_age_s: 12 }), { state: 'reconnecting' })).toBe('warn reconnecting')
    expect(what(held('A', { price_age_s: null }), { state: 'subscribing' })).toBe('warn reconnecting')
    expect(what(held('A', { price_age_s: 1 }), { state: 'subscribing' })).toBe('ok guarded')
    expect(what(held('A'), { mode: 'watch' })).toBe('warn watching')
    expect(what(held('A'), { state: 'idle' })).toBe('plain resting')
    expect(what(held('A'), { state: 'idle', stopped: true })).toBe('danger stopped')
  })

  it('is loud wherever none would', () => {
    expect(what(held('A', { guarded: false, state: 'unguarded' }))).toBe('danger unguarded')
    expect(what(held('A', { source: 'records' }), { running: false })).toBe('danger silent')
    expect(what(held('A'), { state: 'sleeping' })).toBe('danger sleeping')
    expect(what(held('A'), { kill: { level: 'hard' } as Around['kill'] })).toBe('danger blocked')
    expect(what(held('A'), { halted: { market: false, symbols: ['A'] } })).toBe('danger halted')
    expect(what(held('B'), { halted: { market: true, symbols: [] } })).toBe('danger halted')
    expect(what(held('A', { state: 'held:mandate' }))).toBe('danger held mandate')
    expect(what(held('A', { state: 'unresolved' }))).toBe('danger unresolved')
  })

  it('lets stops pass the ordinary kill level', () => {
    expect(what(held('A'), { kill: { level: 'active' } as Around['kill'] })).toBe('ok guarded')
    expect(what(held('A'), { kill: { level: 'flatten' } as Around['kill'] })).toBe('accent leaving')
  })
})

describe('the list', () => {
  it('puts the unprotected first, then orders, then the nearest to its stop', () => {
    const rows = [
      held('far', { to_stop_pct: 9 }), held('near', { to_stop_pct: 0.4 }), held('selling', { state: 'awaiting_fill' }),
      held('blind', { to_stop_pct: null }), held('bare', { guarded: false, state: 'unguarded' }),
    ]
    expect(ordered(rows, CALM).map((row) => row.symbol)).toEqual(['bare', 'selling', 'near', 'far', 'blind'])
  })

  it('sums only what is known, and says what is left out', () => {
    const rows = [held('A', { cost: 10_000, pnl: -500 }), held('B', { cost: 30_000, pnl: 1_500 }), held('C', { pnl: null }), held('D', { average_price: 0 })]
    expect(totals(rows)).toEqual({ cost: 40_000, value: 41_000, pnl: 1_000, share: 0.025, unknown: 2 })
    expect(totals([held('C', { pnl: null })])).toMatchObject({ value: null, pnl: null, unknown: 1 })
  })
})

describe('watched stocks', () => {
  const watched = [{ symbol: 'A', name: 'A', price: 990, support_price: 900, score: 60 }, { symbol: 'Z', name: 'Z', price: null, support_price: 100, score: 60 }]

  it('lend their price to a holding the guard tells none of, and are not listed twice', () => {
    const rows = [held('A', { price: null, guarded: false }), held('B')]
    expect(priced(rows, watched).map((row) => row.price)).toEqual([990, 1_010])
    expect(onlyWatched(watched, rows).map((one) => one.symbol)).toEqual(['Z'])
  })
})
