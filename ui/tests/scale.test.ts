import { describe, expect, it } from 'vitest'
import { amount, change, hole, marks, nearest, percentile, runs, utcText } from '../src/pages/figure/scale'

describe('marks', () => {
  it.each([
    [0, 1, [0, 0.25, 0.5, 0.75, 1]],
    [0, 0.079, [0, 0.02, 0.04, 0.06, 0.08]],
    [-180_000, 210_000, [-200_000, -100_000, 0, 100_000, 200_000, 300_000]],
  ])('from %d to %d are round and hold both ends', (low, high, expected) => {
    expect(marks(low, high)).toEqual(expected)
  })

  it('of one value only have a height', () => {
    const found = marks(5, 5)
    expect(found.length).toBeGreaterThan(1)
    expect(found[0]).toBeLessThanOrEqual(5)
    expect(marks(0, 0)).toEqual([0, 0.25, 0.5, 0.75, 1])
  })
})

describe('percentile', () => {
  it('is a value that was measured, at its rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 95, 99, 100])
    expect(percentile([7], 0.5)).toBe(7)
    expect(percentile([], 0.5)).toBeNull()
  })
})

describe('runs', () => {
  const points = [0, 10, 20, 90, 100].map((x) => ({ x, y: 1 }))

  it('end where nobody measured', () => {
    expect(hole(points)).toBe(40)
    expect(runs(points, 40).map((run) => run.map((point) => point.x))).toEqual([[0, 10, 20], [90, 100]])
    expect(runs([], 40)).toEqual([])
  })

  it('have a nearest point', () => {
    expect([nearest(points, 17), nearest(points, -5), nearest(points, 70), nearest([], 1)]).toEqual([2, 0, 3, -1])
  })
})

it('amounts have the unit people read', () => {
  expect([amount(0.0363, 's'), amount(2.5, 's'), amount(0.304, 'share'), amount(1_234_567, 'bytes'), amount(null, 's')]).toEqual([
    '36 ms', '2.5 s', '30.4%', '1.23 MB', '–',
  ])
  expect([change(-3.2, 'times'), change(3.2, 'times'), change(-12_345.6, 'won')]).toEqual(['−3.2', '+3.2', '−12,346원'])
})

it('moments compare with those of the records', () => {
  expect(utcText(Date.UTC(2026, 10, 23, 0, 0, 1, 5))).toBe('2026-11-23 00:00:01.005000')
})
