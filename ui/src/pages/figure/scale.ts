// The arithmetic of pictures: ends of axes, round marks, percentiles, units. Pure.
import { milliseconds, percent, won } from '../../format'

export type Unit = 's' | 'share' | 'bytes' | 'won' | 'times'

export interface Point {
  x: number
  y: number
}

const STEPS = [1, 2, 2.5, 5, 10]

/** Round marks from at or below `low` to at or above `high`, about `wanted` of them. */
export function marks(low: number, high: number, wanted = 4): number[] {
  const span = high - low || Math.abs(high) || 1
  const rough = span / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = (STEPS.find((one) => one * power >= rough) ?? 10) * power
  const first = Math.floor(low / step + 1e-9)
  const last = Math.ceil((high === low ? low + span : high) / step - 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}

/** The value below or at which a share of all values lies (nearest rank); null of nothing. */
export function percentile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
}

/** Runs of points without a hole wider than `widest` between neighbours: a line must not cross what nobody measured. */
export function runs(points: readonly Point[], widest = Infinity): Point[][] {
  const found: Point[][] = []
  let before: Point | undefined
  for (const point of points) {
    if (before && point.x - before.x <= widest) found.at(-1)?.push(point)
    else found.push([point])
    before = point
  }
  return found
}

/** How wide a hole is one: several times the usual distance. */
export function hole(points: readonly Point[], times = 4): number {
  const steps = points.slice(1).map((point, index) => point.x - (points[index]?.x ?? 0))
  return (percentile(steps, 0.5) ?? Infinity) * times
}

/** Position of the point nearest to `x`; -1 of none. Points are in order. */
export function nearest(points: readonly Point[], x: number): number {
  let best = -1
  let away = Infinity
  points.forEach((point, index) => {
    const here = Math.abs(point.x - x)
    if (here < away) [best, away] = [index, here]
  })
  return best
}

/** A value with its unit, short. */
export function amount(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return '–'
  if (unit === 's') return value === 0 ? '0 ms' : Math.abs(value) < 1 ? milliseconds(value * 1_000) : `${plain(value)} s`
  if (unit === 'share') return percent(value * 100, 1)
  if (unit === 'bytes') return bytes(value)
  if (unit === 'won') return value < 0 ? `−${won(Math.round(-value))}` : won(Math.round(value))
  return plain(value)
}

/** A moment as the records write it; texts of another form would not compare with theirs. */
export function utcText(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '000')
}

/** With a sign also in front of more. */
export function change(value: number, unit: Unit): string {
  return value > 0 ? `+${amount(value, unit)}` : amount(value, unit).replace(/^-/, '−')
}

function plain(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  const text = value.toLocaleString('ko-KR', { maximumFractionDigits: digits })
  return text.replace(/^-/, '−')
}

function bytes(value: number): string {
  const names = ['B', 'kB', 'MB', 'GB', 'TB']
  let left = value
  let at = 0
  while (Math.abs(left) >= 1_000 && at < names.length - 1) {
    left /= 1_000
    at += 1
  }
  return `${plain(left)} ${names[at]}`
}
