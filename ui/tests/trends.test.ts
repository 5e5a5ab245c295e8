import { expect, it } from 'vitest'
import type { Schemas } from '../src/api/client'
import { drawn, wayOf } from '../src/pages/trends/lines'

const trend = { days: 5, mean: 10, slope: 2, low: -1, high: 5, moves: false }
const view = {
  name: 'rejections', title: '', unit: '건', days: ['a', 'b', 'c', 'd', 'e'], values: [6, 8, 10, 12, 14], too_few: false, days_min: 5,
  trend, method: '', forecast: [{ ahead: 1, value: 16, low: 11, high: 21 }, { ahead: 5, value: 24, low: 15, high: 33 }],
} satisfies Schemas['TrendView']

it('draws the line of the server through the middle of the days, and what is to come behind the last one', () => {
  const { lines, bands } = drawn(view)
  expect(lines.map((line) => line.kind)).toEqual(['main', 'trend', 'forecast'])
  expect(lines[1]?.points).toEqual([{ x: 0, y: 6 }, { x: 2, y: 10 }, { x: 4, y: 14 }])
  expect(lines[2]?.points.map((point) => point.x)).toEqual([5, 9])
  expect(bands[0]?.points).toEqual([{ x: 0, low: 0, high: 12 }, { x: 2, low: 10, high: 10 }, { x: 4, low: 8, high: 20 }])
  expect(bands[1]?.points[1]).toMatchObject({ x: 9, low: 15, high: 33 })
})

it('draws and says nothing of too few days', () => {
  expect(drawn({ ...view, too_few: true, trend: null, forecast: [] })).toMatchObject({ lines: [{ kind: 'main' }], bands: [] })
})

it('calls a direction only what its interval bears out', () => {
  expect([wayOf(trend), wayOf({ ...trend, low: 1, moves: true }), wayOf({ ...trend, slope: -2, high: -1, moves: true }), wayOf(null)]).toEqual([
    'level', 'more', 'less', 'level',
  ])
})

it('draws no count below none', () => {
  const few = { ...view, values: [0, 0, 0, 1, 4], trend: { ...trend, mean: 1, slope: 0.9, low: -0.3, high: 2.1 } }
  const { lines, bands } = drawn(few, 0)
  const lows = [...lines.flatMap((line) => line.points.map((point) => point.y)), ...bands[0]!.points.map((point) => point.low)]
  expect(Math.min(...lows)).toBe(0)
  expect(Math.min(...drawn(few).bands[0]!.points.map((point) => point.low))).toBeLessThan(0)
})
