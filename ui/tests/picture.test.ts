import { describe, expect, it } from 'vitest'
import { complete, connectionOf } from '../src/live/picture'
import { calmOf, dangersOf, protectionOf } from '../src/live/verdict'

const held = { symbol: '005930', name: '삼성전자', quantity: 1, average_price: 70_000, stop_price: 68_000, target_price: 76_000 }

describe('a state of the stream', () => {
  it('is made whole, and a holding that says nothing of it is guarded', () => {
    const state = complete({ running: true, positions: [held as never] })
    expect(state.positions[0]).toMatchObject({ guarded: true, source: 'guard', price: null, quantity: 1 })
    expect(state.waiting).toEqual({ approvals: 0, incidents: 0, alerts_unsent: 0, requests: 0 })
  })

  it('keeps what it says', () => {
    const state = complete({ positions: [{ ...held, guarded: false, source: 'records' } as never], kill: { level: 'off' } as never })
    expect(state.positions[0]).toMatchObject({ guarded: false, source: 'records' })
    expect(state.kill).toMatchObject({ level: 'off', obstacles: [] })
  })

  it('counts as blocked when nothing is known of the switch', () => {
    expect(complete({}).kill.level).toBe('active')
    expect(connectionOf(complete({}))).toEqual({ connected: false, attempt: 0, limit: 0 })
  })
})

describe('the verdict', () => {
  const calm = complete({ running: true, state: 'monitoring', mode: 'sell', storage_ok: true, kill: { level: 'off' } as never })

  it('is calm when nothing is wrong', () => {
    expect(dangersOf(calm)).toEqual([])
    expect([calmOf(calm), calmOf({ ...calm, state: 'idle' }), calmOf({ ...calm, mode: 'watch' })]).toEqual(['safe', 'resting', 'watching'])
  })

  it('counts as protected only what would be sold', () => {
    const state = complete({ ...calm, guarded: 3, unguarded: [{}], positions: [held, held, held, held] as never })
    expect(protectionOf(state)).toEqual({ guarded: 3, watched: 0, unprotected: 1 })
    expect(protectionOf({ ...state, running: false })).toEqual({ guarded: 0, watched: 0, unprotected: 4 })
    expect(protectionOf({ ...state, kill: { ...state.kill, level: 'hard' } })).toEqual({ guarded: 0, watched: 0, unprotected: 4 })
    for (const none of [{ stopped: true, state: 'idle' }, { state: 'sleeping' }]) {
      expect(protectionOf({ ...state, ...none })).toEqual({ guarded: 0, watched: 0, unprotected: 4 })
    }
    expect(protectionOf({ ...state, mode: 'watch' })).toEqual({ guarded: 0, watched: 3, unprotected: 1 })
  })

  it('names a guard that a person stopped while the market is open', () => {
    expect(dangersOf({ ...calm, state: 'idle', stopped: true, guarded: 2 })).toEqual([{ kind: 'stopped', count: 2 }])
    expect(dangersOf({ ...calm, state: 'idle', stopped: true })).toEqual([])
  })

  it('names a silent guard and nothing else', () => {
    expect(dangersOf({ ...calm, running: false, unguarded: [{}] })).toEqual([{ kind: 'silent' }])
  })

  it('names every danger, worst first', () => {
    const state = complete({
      ...calm,
      kill: { level: 'hard' } as never,
      needs_person: [{}, {}],
      storage_ok: false,
      unguarded: [{}],
      recovery: { state: 'stopped' },
      halted: { market: false, symbols: ['005930', '000660'] },
      components: { stream: { state: 'down' }, disk: { state: 'down' }, token: { state: 'warn' } },
    })
    expect(dangersOf(state)).toEqual([
      { kind: 'hard' },
      { kind: 'person', count: 2 },
      { kind: 'storage' },
      { kind: 'unguarded', count: 1 },
      { kind: 'recovery' },
      { kind: 'halted', count: 2 },
      { kind: 'component', name: 'stream' },
    ])
  })
})
