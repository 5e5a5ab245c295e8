// From what is on record of a stock's day to what a chart draws and a table says; pure. Times of the chart are seconds
// of Korean time, for the chart knows no zones.
import type { Schemas } from '../../api/client'
import { moment } from '../../format'

export type ChartView = Schemas['ChartView']
export type Mark = Schemas['ChartMark']
export type Gap = Schemas['ChartGap']
export type Level = Schemas['LevelStep']

export interface Candle {
  time: number
  open: number
  high: number
  low: number
  close: number
  volume: number
  /** False: the line did not stand all through it, or it still grows. */
  whole: boolean
}

export const MINUTE_S = 60
const SEOUL_S = 9 * 3_600
const MS = 1_000
const DAY_S = 86_400
/** The close of the regular session, seconds of the Korean day. */
const CLOSE_S = 15.5 * 3_600
/** A day has no more minutes; a grid never grows beyond it. */
const MINUTES_MAX = 1_440

/** Seconds of Korean time; null for what is no time. */
export function seconds(at: string): number | null {
  const found = moment(at)
  return found ? Math.floor(found.getTime() / MS) + SEOUL_S : null
}

export function minuteOf(time: number): number {
  return Math.floor(time / MINUTE_S) * MINUTE_S
}

/** The recorded minutes, and behind them those this browser has seen grow. */
export function candlesOf(view: Pick<ChartView, 'bars'>, grown: readonly Candle[]): Candle[] {
  const recorded = view.bars.flatMap((bar) => {
    const time = seconds(bar.at)
    return time === null ? [] : [{ time, open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume, whole: bar.whole }]
  })
  const last = recorded.at(-1)?.time ?? -Infinity
  return [...recorded, ...grown.filter((one) => one.time > last)]
}

/** One more price of now: the last minute grows, or a new one begins. */
export function grownBy(grown: readonly Candle[], time: number, price: number): Candle[] {
  const minute = minuteOf(time)
  const last = grown.at(-1)
  if (last && last.time > minute) return [...grown]
  if (!last || last.time < minute) {
    const fresh = { time: minute, open: price, high: price, low: price, close: price, volume: 0, whole: false }
    return [...grown, fresh].slice(-MINUTES_MAX)
  }
  const next = { ...last, high: Math.max(last.high, price), low: Math.min(last.low, price), close: price }
  return [...grown.slice(0, -1), next]
}

/** Every minute the picture covers, so that a time without trades has its width; a gap that lasts goes on to ``now``, within the session. */
export function gridOf(view: Pick<ChartView, 'marks' | 'gaps'>, candles: readonly Candle[], now: number | null = null): number[] {
  const told = [...view.marks.map((mark) => seconds(mark.at)), ...view.gaps.flatMap((gap) => [seconds(gap.since), gap.until ? seconds(gap.until) : null])]
  if (now !== null && view.gaps.some((gap) => gap.until === '')) told.push(Math.min(now, Math.floor(now / DAY_S) * DAY_S + CLOSE_S))
  const times = [...candles.map((one) => one.time), ...told.filter((time): time is number => time !== null)].map(minuteOf)
  if (times.length === 0) return []
  const first = Math.min(...times)
  const count = Math.min(MINUTES_MAX, (Math.max(...times) - first) / MINUTE_S + 1)
  return Array.from({ length: count }, (_, index) => first + index * MINUTE_S)
}

/** What a level was in each minute: as the minute ended; null where there was none. */
export function levelIn(levels: readonly Level[], name: 'stop_price' | 'target_price' | 'average_price', grid: readonly number[]): (number | null)[] {
  const steps = levels.map((level) => ({ time: seconds(level.at) ?? 0, price: level[name] }))
  let next = 0
  let price = 0
  return grid.map((minute) => {
    for (let step = steps[next]; step && step.time < minute + MINUTE_S; step = steps[next]) {
      price = step.price
      next += 1
    }
    return price || null
  })
}

export interface Span {
  from: number
  to: number
  kind: Gap['kind']
}

/** Gaps on the grid; one that lasts goes to its end. */
export function spansOf(gaps: readonly Gap[], grid: readonly number[]): Span[] {
  const [first, last] = [grid[0], grid.at(-1)]
  if (first === undefined || last === undefined) return []
  return gaps.flatMap((gap) => {
    const since = seconds(gap.since)
    if (since === null) return []
    const until = gap.until ? (seconds(gap.until) ?? last) : last
    const from = Math.max(first, minuteOf(since))
    const to = Math.min(last, minuteOf(until))
    return from <= to ? [{ from, to, kind: gap.kind }] : []
  })
}

export type Sign = 'entry' | 'exit' | 'fill' | 'reached' | 'trouble' | 'note'

const TROUBLE: readonly string[] = ['held_back', 'refused', 'failed', 'unresolved', 'price_rejected']

/** What kind of sign a mark is drawn as; null: only the table tells it. */
export function signOf(mark: Pick<Mark, 'kind' | 'side'>): Sign | null {
  if (mark.kind === 'fill' || mark.kind === 'foreign_fill') return mark.side === 'buy' ? 'entry' : 'fill'
  if (mark.kind === 'exit') return 'exit'
  if (mark.kind === 'stop_reached' || mark.kind === 'target_reached') return 'reached'
  if (TROUBLE.includes(mark.kind)) return 'trouble'
  return mark.kind === 'opportunity' || mark.kind === 'simulated' ? 'note' : null
}

export interface Drawn {
  time: number
  sign: Sign
  side: string
  /** How many of the same sign the minute has. */
  count: number
  quantity: number
  pnl: number | null
}

/** One sign a minute and kind, for ten fills in a minute would hide each other. */
export function drawnOf(marks: readonly Mark[]): Drawn[] {
  const found = new Map<string, Drawn>()
  for (const mark of marks) {
    const sign = signOf(mark)
    const time = seconds(mark.at)
    if (!sign || time === null) continue
    const minute = minuteOf(time)
    const key = `${minute} ${sign} ${mark.side}`
    const drawn = found.get(key) ?? { time: minute, sign, side: mark.side ?? '', count: 0, quantity: 0, pnl: null }
    drawn.count += 1
    drawn.quantity += mark.quantity ?? 0
    if (mark.pnl !== null && mark.pnl !== undefined) drawn.pnl = (drawn.pnl ?? 0) + mark.pnl
    found.set(key, drawn)
  }
  return [...found.values()].sort((one, other) => one.time - other.time)
}

/** Where the signs of each minute stand: at its last price, at the price told with a sign where nobody saw a trade, or at the last one before. */
export function anchorsOf(grid: readonly number[], candles: readonly Candle[], marks: readonly Mark[]): number[] {
  const closes = new Map(candles.map((one) => [one.time, one.close]))
  const told = new Map<number, number>()
  for (const mark of marks) {
    const time = seconds(mark.at)
    if (time !== null && mark.price) told.set(minuteOf(time), mark.price)
  }
  let price = candles[0]?.close ?? [...told.values()][0] ?? 0
  return grid.map((minute) => (price = closes.get(minute) ?? told.get(minute) ?? price))
}

export interface Row {
  key: string
  at: string
  time: number
  what: { mark: Mark } | { gap: Gap } | { level: Level }
}

/** In which order things of the same second happened: the exchange tells its fills to the second, the guard to the microsecond. */
const STAGES: readonly (Mark['kind'] | 'gap' | 'level')[] = ['gap', 'stop_reached', 'target_reached', 'order', 'fill', 'exit', 'level']

function stageOf(row: Row): number {
  const kind = 'gap' in row.what ? 'gap' : 'level' in row.what ? 'level' : row.what.mark.kind
  return STAGES.indexOf(kind)
}

/** Everything that happened, newest first, for those who read instead of look. */
export function rowsOf(view: Pick<ChartView, 'marks' | 'gaps' | 'levels'>): Row[] {
  const rows: Row[] = [
    ...view.marks.map((mark, index) => ({ key: `${mark.event_id}-${mark.kind}-${index}`, at: mark.at, time: seconds(mark.at) ?? 0, what: { mark } })),
    ...view.gaps.map((gap) => ({ key: `${gap.kind}-${gap.since}`, at: gap.since, time: seconds(gap.since) ?? 0, what: { gap } })),
    ...view.levels.map((level) => ({ key: `level-${level.at}`, at: level.at, time: seconds(level.at) ?? 0, what: { level } })),
  ]
  return rows.sort((one, other) => other.time - one.time || stageOf(other) - stageOf(one) || (one.at < other.at ? 1 : -1))
}

export interface DaySum {
  open: number
  high: number
  low: number
  close: number
  volume: number
  minutes: number
  /** Minutes of which something may be missing. */
  broken: number
}

export function sumOf(candles: readonly Candle[]): DaySum | null {
  const [first, last] = [candles[0], candles.at(-1)]
  if (!first || !last) return null
  return {
    open: first.open,
    high: Math.max(...candles.map((one) => one.high)),
    low: Math.min(...candles.map((one) => one.low)),
    close: last.close,
    volume: candles.reduce((sum, one) => sum + one.volume, 0),
    minutes: candles.length,
    broken: candles.filter((one) => !one.whole).length,
  }
}
