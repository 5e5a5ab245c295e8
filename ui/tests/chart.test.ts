import { describe, expect, it } from 'vitest'
import {
  anchorsOf, candlesOf, drawnOf, gridOf, grownBy, levelIn, rowsOf, seconds, spansOf, sumOf, type Candle, type ChartView, type Gap, type Mark,
} from '../src/pages/chart/picture'

const bar = (at: string, close: number, whole = true) => ({ at, open: close, high: close + 5, low: close - 5, close, volume: 10, whole })
const mark = (at: string, kind: Mark['kind'], more: Partial<Mark> = {}): Mark => ({ at, kind, side: '', text: '', event_id: at, ...more })
const gap = (since: string, until: string, kind: Gap['kind'] = 'cut'): Gap => ({ since, until, kind, reason: '' })
const NINE = seconds('2026-11-23 00:00:00') as number

describe('the minutes', () => {
  it('stand at Korean time', () => {
    expect(new Date(NINE * 1_000).toISOString()).toBe('2026-11-23T09:00:00.000Z')
  })

  it('go on behind what is on record with what was seen here', () => {
    let grown: Candle[] = []
    for (const [time, price] of [[NINE + 59, 100], [NINE + 61, 104], [NINE + 90, 101], [NINE + 50, 1]] as const) grown = grownBy(grown, time, price)
    const candles = candlesOf({ bars: [bar('2026-11-23 00:00:00', 100)] }, grown)
    expect(candles.map((one) => one.time - NINE)).toEqual([0, 60])
    expect(candles[1]).toMatchObject({ open: 104, high: 104, low: 101, close: 101, whole: false })
    expect(sumOf(candles)).toMatchObject({ open: 100, high: 105, low: 95, close: 101, volume: 10, minutes: 2, broken: 1 })
  })

  it('leave room for a time without trades', () => {
    const candles = candlesOf({ bars: [bar('2026-11-23 00:00:00', 100), bar('2026-11-23 00:04:00', 90)] }, [])
    expect(gridOf({ marks: [], gaps: [] }, candles)).toHaveLength(5)
    expect(gridOf({ marks: [], gaps: [gap('2026-11-23 00:05:10', '')] }, candles)).toHaveLength(6)
    expect(gridOf({ marks: [], gaps: [gap('2026-11-23 00:05:10', '')] }, candles, NINE + 600)).toHaveLength(11)
    expect(gridOf({ marks: [], gaps: [gap('2026-11-23 06:00:00', '')] }, [], NINE + 9 * 3_600)).toHaveLength(31)
    expect(gridOf({ marks: [], gaps: [] }, [])).toEqual([])
  })
})

describe('the levels', () => {
  it('hold from their moment to the next, and end at zero', () => {
    const level = (at: string, stop_price: number) => ({ at, stop_price, target_price: 0, average_price: 0, reason: '' })
    const grid = [0, 60, 120, 180, 240].map((more) => NINE + more)
    const levels = [level('2026-11-22 15:00:00', 95), level('2026-11-23 00:01:30', 97), level('2026-11-23 00:03:00', 0)]
    expect(levelIn(levels, 'stop_price', grid)).toEqual([95, 97, 97, null, null])
    expect(levelIn([level('2026-11-23 00:02:00', 95)], 'stop_price', grid)).toEqual([null, null, 95, 95, 95])
    expect(levelIn(levels, 'target_price', grid)).toEqual([null, null, null, null, null])
  })
})

describe('signs and gaps', () => {
  it('are one a minute and kind', () => {
    const drawn = drawnOf([
      mark('2026-11-23 00:01:01', 'fill', { side: 'sell', quantity: 4 }), mark('2026-11-23 00:01:02', 'fill', { side: 'sell', quantity: 6 }),
      mark('2026-11-23 00:01:03', 'exit', { side: 'sell', quantity: 10, pnl: -200 }), mark('2026-11-23 00:01:00', 'order', { side: 'sell' }),
    ])
    expect(drawn.map((one) => [one.sign, one.count, one.quantity, one.pnl])).toEqual([['fill', 2, 10, null], ['exit', 1, 10, -200]])
  })

  it('stand where the price was, also in minutes without a trade', () => {
    const candles = candlesOf({ bars: [bar('2026-11-23 00:01:00', 100)] }, [])
    const grid = [0, 60, 120, 180].map((more) => NINE + more)
    expect(anchorsOf(grid, candles, [mark('2026-11-23 00:02:30', 'stop_reached', { price: 95 })])).toEqual([100, 100, 95, 95])
  })

  it('are shaded within the picture, to its end while they last', () => {
    const grid = [0, 60, 120, 180].map((more) => NINE + more)
    const found = spansOf([gap('2026-11-22 23:00:00', '2026-11-23 00:01:10'), gap('2026-11-23 00:02:30', ''), gap('2026-11-22 01:00:00', '2026-11-22 02:00:00')], grid)
    expect(found.map((one) => [one.from - NINE, one.to - NINE])).toEqual([[0, 60], [120, 180]])
  })

  it('are told newest first in the table', () => {
    const view = { marks: [mark('2026-11-23 00:01:01', 'fill')], gaps: [gap('2026-11-23 00:03:00', '')], levels: [] } satisfies Pick<ChartView, 'marks' | 'gaps' | 'levels'>
    expect(rowsOf(view).map((row) => row.at.slice(11))).toEqual(['00:03:00', '00:01:01'])
  })
})
