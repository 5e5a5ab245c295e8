import { describe, expect, it } from 'vitest'
import { ASK_MS, Ending, NOTICE_MS } from '../src/live/ending'

const S = 1_000
const fresh = { idle_s: 900, idle_left_s: 900, left_s: 28_800 }

function ending(life = fresh, atMs = 0): Ending {
  const found = new Ending()
  found.told(life, atMs)
  return found
}

describe('the end of a session', () => {
  it('is left alone before the server has said how long it lasts', () => {
    const nothing = new Ending()
    expect([nothing.step(1e9, 1e9), nothing.near(1e9)]).toEqual(['rest', false])
  })

  it('is put off by whoever is there, soon enough to count, and not at every touch', () => {
    const found = ending()
    expect(found.step(10 * S, 9 * S)).toBe('rest')
    expect(found.step(46 * S, 9 * S)).toBe('keep')
    expect(found.step(46.5 * S, 9 * S)).toBe('rest')
    expect(found.step(200 * S, 9 * S)).toBe('rest')
  })

  it('is asked for two minutes before, again every while, and said only on the word of the server', () => {
    const found = ending()
    const late = 900 * S - NOTICE_MS
    expect([found.step(late - 1, 0), found.step(late, 0), found.near(late)]).toEqual(['rest', 'ask', false])
    found.told({ ...fresh, idle_left_s: 120, left_s: 28_020 }, late + 5)
    expect([found.near(late + 10), found.byIdleness, found.leftMs(late + 5 + S)]).toEqual([true, true, 119 * S])
    expect([found.step(late + S, 0), found.step(late + ASK_MS, 0)]).toEqual(['rest', 'ask'])
    // Another window has used it.
    found.told({ ...fresh, left_s: 28_000 }, late + ASK_MS + 5)
    expect([found.near(late + ASK_MS + 10), found.step(late + 2 * ASK_MS, 0)]).toEqual([false, 'rest'])
  })

  it('is put off at once by a touch while it is said', () => {
    const found = ending({ ...fresh, idle_left_s: 100 }, 800 * S)
    expect(found.step(801 * S, 800.5 * S)).toBe('keep')
  })

  it('cannot be put off when the session is too old', () => {
    const found = ending({ ...fresh, left_s: 60 })
    expect([found.byIdleness, found.near(1), found.step(2 * S, S)]).toEqual([false, true, 'ask'])
    expect(found.leftMs(90 * S)).toBe(0)
  })

  it('is said later where the idle time is short', () => {
    const found = ending({ idle_s: 60, idle_left_s: 60, left_s: 300 })
    expect([found.near(1), found.near(44 * S), found.step(46 * S, 0)]).toEqual([false, false, 'ask'])
  })
})
