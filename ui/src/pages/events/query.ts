// What is searched for stands in the address of the page, so that a search can be kept and sent to others.
import type { LocationQuery } from 'vue-router'

export type Severity = '' | 'CRITICAL' | 'WARN' | 'INFO'

export interface Search {
  q: string
  type: string
  symbol: string
  severity: Severity
  category: string
  flow: string
  since: string
  until: string
}

const SEVERITIES: readonly Severity[] = ['CRITICAL', 'WARN', 'INFO']
const NAMES = ['q', 'type', 'symbol', 'category', 'flow', 'since', 'until'] as const

/** The search of an address; what it does not know is left out. */
export function searchOf(query: LocationQuery): Search {
  const text = (name: string) => (typeof query[name] === 'string' ? String(query[name]) : '')
  const found = Object.fromEntries(NAMES.map((name) => [name, text(name)])) as Omit<Search, 'severity'>
  const severity = SEVERITIES.find((one) => one === text('severity')) ?? ''
  return { ...found, symbol: found.symbol.toUpperCase().replace(/[^0-9A-Z]/g, '').slice(0, 7), severity }
}

/** The same as an address; empty conditions are left out. */
export function addressOf(search: Search): Record<string, string> {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== ''))
}

export type Period = 'all' | 'hour' | 'day' | 'week' | 'own'
const HOUR_MS = 3_600_000
const SEOUL_MS = 9 * HOUR_MS
const SPANS_MS = { hour: HOUR_MS, week: 7 * 24 * HOUR_MS } as const

/** Where a period begins, as the server's UTC text; `market` is Korean time of the market, which facts are dated by. */
export function beginOf(period: Period, market: string): string {
  const now = Date.parse(`${market.replace(' ', 'T')}Z`) - SEOUL_MS
  if (Number.isNaN(now) || period === 'all' || period === 'own') return ''
  const day = Math.floor((now + SEOUL_MS) / (24 * HOUR_MS)) * 24 * HOUR_MS - SEOUL_MS
  return textOf(period === 'day' ? day : now - SPANS_MS[period])
}

export function textOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

export interface Bucket {
  from: number
  to: number
  count: number
  loud: number
}

/** Rows counted in equal stretches of the time they span; none for fewer than two moments. */
export function buckets(rows: readonly { at: number; loud: boolean }[], pieces: number): Bucket[] {
  const times = rows.map((row) => row.at).filter(Number.isFinite)
  if (times.length < 2) return []
  const first = times.reduce((one, other) => Math.min(one, other))
  const last = times.reduce((one, other) => Math.max(one, other))
  if (first === last) return []
  const width = (last - first) / pieces
  const found = Array.from({ length: pieces }, (_, index) => ({ from: first + index * width, to: first + (index + 1) * width, count: 0, loud: 0 }))
  for (const row of rows) {
    if (!Number.isFinite(row.at)) continue
    const piece = found[Math.min(pieces - 1, Math.floor((row.at - first) / width))]
    if (!piece) continue
    piece.count += 1
    if (row.loud) piece.loud += 1
  }
  return found
}
