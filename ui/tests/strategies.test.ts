import { expect, it } from 'vitest'
import { actsOf, fulfilled, strategiesOf, type Told } from '../src/pages/strategies/view'

const detail = { pid: 7, restarts_max: 5, steps: 9, proposals: [{ proposal: ['S1-1', 'sell', '005930', 3, 70_000, 71_000, 'why'], status: 'pending' }] }
const told = { strategy_id: 'a', state: 'running', started_at: '', heartbeat_at: '', restarts: 1, errors: 2, last_error: '', last_error_at: '', detail } satisfies Told

it('shows trouble first and takes a state nobody knows for trouble', () => {
  const found = strategiesOf([told, { ...told, strategy_id: 'b', state: 'failed' }, { ...told, strategy_id: 'c', state: 'odd' }])
  expect(found.map((one) => [one.id, one.state])).toEqual([['b', 'failed'], ['c', 'failed'], ['a', 'running']])
})

it('tells what a running jobs process says from what only its files say', () => {
  const [live] = strategiesOf([told])
  const [kept] = strategiesOf([{ ...told, detail: { reason: 'x' } }])
  expect([live?.live, live?.restartsMax, live?.open[0]?.side, live?.open[0]?.high]).toEqual([true, 5, 'sell', 71_000])
  expect([kept?.live, kept?.restartsMax, kept?.open]).toEqual([false, null, []])
})

it('offers what the jobs process would take, and calls it done when it is so', () => {
  expect((['running', 'waiting', 'paused', 'stopped', 'failed'] as const).map(actsOf)).toEqual([['stop'], ['stop'], ['resume'], ['start'], ['start']])
  expect([fulfilled('stop', 'paused'), fulfilled('stop', 'running'), fulfilled('resume', 'running'), fulfilled('start', 'failed')]).toEqual([
    true, false, true, false,
  ])
})
