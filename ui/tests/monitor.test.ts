import { describe, expect, it } from 'vitest'
import { fulfilled } from '../src/monitor/monitor'
import { stepsOf } from '../src/monitor/steps'

const seen = (state: string, recovery: Record<string, unknown> | null = null, running = true) => ({ running, state, recovery })

describe('a wish to the guard', () => {
  it('is done when the picture shows it, not before', () => {
    const before = { state: 'sleeping', flow: '' }
    expect(fulfilled('restart', before, seen('connecting'))).toBe(false)
    expect(fulfilled('restart', before, seen('monitoring'))).toBe(true)
    expect(fulfilled('stop', before, seen('unsubscribing'))).toBe(false)
    expect(fulfilled('stop', before, seen('idle'))).toBe(true)
    expect(fulfilled('stop', before, seen('idle', null, false))).toBe(false)
  })

  it('of a recovery is done when that recovery is complete, an earlier one does not count', () => {
    const before = { state: 'completed', flow: 'one' }
    const of = (flow: string, state: string) => seen('monitoring', { flow, state, step: 'clean_up' })
    expect(fulfilled('recover', before, of('one', 'completed'))).toBe(false)
    expect(fulfilled('recover', before, of('two', 'running'))).toBe(false)
    expect(fulfilled('recover', before, of('two', 'completed'))).toBe(true)
    expect(fulfilled('recover', before, of('two', 'stopped'))).toBeNull()
    expect(fulfilled('recover', { state: 'stopped', flow: 'one' }, of('one', 'completed'))).toBe(true)
  })
})

describe('the five steps', () => {
  const done = (step: string) => ({ event_type: 'recovery_step_done', payload: { step, started_at: 'x', duration_s: 1.5, result: `${step} ok`, differences: ['d'] } })
  const at = (state: 'running' | 'stopped' | 'completed', step: string, facts = [done('detect'), done('kill_switch')]) =>
    stepsOf(facts, { state, step }).map((one) => one.at)

  it('tell what is done, what goes on and what is to come', () => {
    expect(at('running', 'clean_up')).toEqual(['done', 'done', 'now', 'next', 'next'])
    expect(at('stopped', 'clean_up')).toEqual(['done', 'done', 'stopped', 'next', 'next'])
    expect(at('completed', 'synchronise')).toEqual(['done', 'done', 'done', 'done', 'done'])
  })

  it('show why one stopped, though it was done before', () => {
    const facts = [done('detect'), { event_type: 'recovery_stopped', payload: { step: 'kill_switch', reason: 'no answer' } }]
    const [, second] = stepsOf(facts, { state: 'stopped', step: 'kill_switch' })
    expect(second).toMatchObject({ at: 'stopped', result: 'no answer', differences: [] })
  })
})
