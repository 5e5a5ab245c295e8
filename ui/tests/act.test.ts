import { describe, expect, it } from 'vitest'
import type { Schemas } from '../src/api/client'
import { countdown, leftS, localText, utcText } from '../src/pages/act/clock'
import { joined } from '../src/pages/act/pages'
import { waitsForPerson } from '../src/pages/alerts/alerts'
import { inside, mayHaveGoneOut, statusOf, type Approval } from '../src/pages/approvals/approvals'
import { beginOf, buckets, searchOf } from '../src/pages/events/query'

const page = (items: number[], next_cursor = '') => ({ items, next_cursor })
const id = (row: number) => row

describe('rows that come page by page', () => {
  it('puts new rows in front and keeps what the person has gone on to', () => {
    expect(joined(page([5, 4, 3, 2, 1], 'old'), page([7, 6, 5, 4], 'new'), id)).toEqual(page([7, 6, 5, 4, 3, 2, 1], 'old'))
  })
  it('drops old rows rather than hide a hole between them and the new ones', () => {
    expect(joined(page([5, 4, 3], 'old'), page([99, 98], 'new'), id)).toEqual(page([99, 98], 'new'))
  })
  it('lets go of rows that no longer belong to the list', () => {
    expect(joined(page([5, 4, 3, 2], 'old'), page([5, 3], 'new'), id)).toEqual(page([5, 3, 2], 'old'))
    expect(joined(page([5, 4, 3]), page([5]), id)).toEqual(page([5]))
  })
})

describe('deadlines', () => {
  const now = Date.parse('2026-11-23T00:10:00Z')
  it('count down by the server and end at nothing', () => {
    expect(leftS('2026-11-23 00:10:59.500000', now)).toBe(59.5)
    expect([countdown(59.5), countdown(3_725), countdown(-3), countdown(600)]).toEqual(['0:59', '1:02:05', '0:00', '10:00'])
  })
  it('make an approval be over that nobody wrote down as expired', () => {
    const one = { status: 'pending', expires_at: '2026-11-23 00:09:59' } as Approval
    expect(statusOf(one, now)).toBe('expired')
    expect(statusOf({ ...one, status: 'approved', expires_at: '2026-11-23 00:10:01' }, now)).toBe('approved')
    expect(statusOf({ ...one, status: 'used' }, now)).toBe('used')
    expect(statusOf({ ...one, status: 'never heard of' }, now)).toBe('expired')
  })
  it('read and write Korean time', () => {
    expect(utcText('2026-11-23T09:01')).toBe('2026-11-23 00:01:00')
    expect(localText('2026-11-22 15:00:00')).toBe('2026-11-23T00:00')
    expect(utcText('')).toBe('')
  })
})

describe('what may be ordered', () => {
  const approval = { terms: { quantity_max: 5, price_low: 100, price_high: 200 } } as Approval
  it('lies inside the terms, both ends included, in whole numbers', () => {
    expect([inside(approval, 5, 200), inside(approval, 1, 100)]).toEqual([true, true])
    expect([inside(approval, 6, 150), inside(approval, 0, 150), inside(approval, 5, 201), inside(approval, 2.5, 150)]).toEqual([false, false, false, false])
  })
})

describe('an emergency', () => {
  const now = Date.parse('2026-11-23T00:10:00Z')
  const alert = { priority: 'emergency', done: false, ended_at: '', acked_at: '', ack_until: '', withheld: '' } as Schemas['AlertRow']
  it('waits until it is seen, over or ended, and again when the acknowledgement has run out', () => {
    expect(waitsForPerson(alert, now)).toBe(true)
    expect(waitsForPerson({ ...alert, acked_at: 'x', ack_until: '2026-11-23 00:10:01' }, now)).toBe(false)
    expect(waitsForPerson({ ...alert, acked_at: 'x', ack_until: '2026-11-23 00:09:59' }, now)).toBe(true)
    expect(waitsForPerson({ ...alert, ended_at: 'x' }, now)).toBe(false)
    expect(waitsForPerson({ ...alert, done: true }, now)).toBe(false)
    expect(waitsForPerson({ ...alert, withheld: 'duplicate of alert 7' }, now)).toBe(false)
    expect(waitsForPerson({ ...alert, priority: 'high' }, now)).toBe(false)
  })
})

describe('a failed order', () => {
  const may = (status: number, code: string) => mayHaveGoneOut({ status, code })

  it('is called certain only where the server is', () => {
    expect([may(503, 'guard_unreachable'), may(502, 'guard_failed'), may(409, 'denied'), may(403, 'code_wrong')]).toEqual([false, false, false, false])
  })
  it('may have gone out in every other case', () => {
    expect([may(0, 'network'), may(0, 'slow'), may(504, 'guard_silent'), may(500, 'internal')]).toEqual([true, true, true, true])
    expect([may(503, 'unavailable'), may(200, 'strange'), may(409, 'outcome_unknown'), may(409, 'in_progress')]).toEqual([true, true, true, true])
  })
})

describe('a search of events', () => {
  it('takes from an address only what it knows', () => {
    const found = searchOf({ q: 'x', symbol: "005930'--", severity: 'LOUD', type: ['a', 'b'] })
    expect(found).toMatchObject({ q: 'x', symbol: '005930', severity: '', type: '' })
  })
  it('begins today at midnight in Korea, by the time of the market', () => {
    expect(beginOf('day', '2026-11-23 08:59:00')).toBe('2026-11-22 15:00:00')
    expect(beginOf('hour', '2026-11-23 09:30:00')).toBe('2026-11-22 23:30:00')
    expect(beginOf('all', '2026-11-23 09:30:00')).toBe('')
  })
  it('counts every row once in the stretches of its time', () => {
    const rows = [0, 10, 10, 55, 100].map((at) => ({ at, loud: at === 10 }))
    const found = buckets(rows, 4)
    expect(found.map((one) => one.count)).toEqual([3, 0, 1, 1])
    expect(found.map((one) => one.loud)).toEqual([2, 0, 0, 0])
    expect(buckets([{ at: 5, loud: false }], 4)).toEqual([])
  })
})
