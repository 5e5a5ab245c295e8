// What guards a holding, which one comes first, and what they come to: pure, from one picture of the guard.
import type { Schemas } from '../../api/client'

export type Position = Schemas['PositionView']
export type State = Schemas['StateView']
export type Watched = { symbol: string; name: string; price: number | null; support_price: number; score: number }

export type Guarding = {
  kind: 'ok' | 'accent' | 'warn' | 'danger' | 'plain'
  /** Which words say it. */
  what:
    | 'guarded' | 'polled' | 'ordering' | 'awaiting_fill' | 'unresolved' | 'held' | 'unguarded' | 'silent' | 'sleeping' | 'stopped'
    | 'blocked' | 'halted' | 'leaving' | 'watching' | 'resting' | 'reconnecting'
  /** Of ``held``: why. */
  reason: string
}

export type Around = Pick<State, 'running' | 'state' | 'mode' | 'kill' | 'halted' | 'stopped'>

/** The line does not stand yet for every stock: only a fresh price shows that it does for this one. */
const CONNECTING: readonly string[] = ['connecting', 'subscribing', 'reconnecting']
const FRESH_S = 10
const IN_DOUBT: readonly string[] = ['ordering', 'awaiting_fill', 'unresolved']

/** The holdings with the price the watch list knows, where the guard says none: what has no rule is watched all the same. */
export function priced(rows: readonly Position[], watched: readonly Watched[]): Position[] {
  const prices = new Map(watched.map((one) => [one.symbol, one.price]))
  return rows.map((row) => (row.price ? row : { ...row, price: prices.get(row.symbol) ?? row.price ?? null }))
}

/** What is watched and not held. */
export function onlyWatched(watched: readonly Watched[], rows: readonly Position[]): Watched[] {
  const held = new Set(rows.map((row) => row.symbol))
  return watched.filter((one) => !held.has(one.symbol))
}

/** What stands between this holding and a falling price, now; the worst of all that holds. */
export function guardingOf(row: Position, around: Around): Guarding {
  const told = (kind: Guarding['kind'], what: Guarding['what'], reason = ''): Guarding => ({ kind, what, reason })
  if (!row.guarded || row.state === 'unguarded') return told('danger', 'unguarded')
  if (!around.running) return told('danger', 'silent')
  if (row.state === 'unresolved') return told('danger', 'unresolved')
  if (around.kill.level === 'flatten') return told('accent', 'leaving')
  if (around.kill.level === 'hard') return told('danger', 'blocked')
  if (haltedIn(around, row.symbol)) return told('danger', 'halted')
  if (IN_DOUBT.includes(row.state)) return told('accent', row.state as Guarding['what'])
  if (around.state === 'sleeping') return told('danger', 'sleeping')
  if (around.stopped) return told('danger', 'stopped')
  if (row.state.startsWith('held')) return told('danger', 'held', row.state.slice('held:'.length))
  if (around.mode === 'watch') return told('warn', 'watching')
  if (CONNECTING.includes(around.state) && !((row.price_age_s ?? Infinity) < FRESH_S)) return told('warn', 'reconnecting')
  if (row.state === 'polled') return told('warn', 'polled')
  if (['idle', 'unsubscribing'].includes(around.state)) return told('plain', 'resting')
  return told('ok', 'guarded')
}

/** Whether orders of this stock, stops too, are stopped: by the exchange or by a person. */
export function haltedIn(around: Pick<State, 'halted'>, symbol: string): boolean {
  const { market, symbols } = around.halted as { market?: boolean; symbols?: string[] }
  return market === true || (symbols ?? []).includes(symbol)
}

/** Unprotected first, then what is under way, then the nearest to its stop. */
export function ordered(rows: readonly Position[], around: Around): Position[] {
  const rank = (row: Position) => ({ danger: 0, accent: 1, warn: 2, ok: 3, plain: 3 })[guardingOf(row, around).kind]
  const near = (row: Position) => row.to_stop_pct ?? Infinity
  return [...rows].sort(
    (one, other) => rank(one) - rank(other) || compare(near(one), near(other)) || (one.symbol < other.symbol ? -1 : 1),
  )
}

function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1
}

export interface Totals {
  cost: number
  value: number | null
  pnl: number | null
  share: number | null
  /** Holdings without a price or a cost; they are in no total. */
  unknown: number
}

/** The holdings together; only those of which price and cost are known. */
export function totals(rows: readonly Position[]): Totals {
  const known = rows.filter((row) => row.pnl !== null && row.pnl !== undefined && row.average_price > 0)
  const cost = known.reduce((sum, row) => sum + (row.cost ?? row.average_price * row.quantity), 0)
  const unknown = rows.length - known.length
  if (known.length === 0) return { cost, value: null, pnl: null, share: null, unknown }
  const pnl = known.reduce((sum, row) => sum + (row.pnl ?? 0), 0)
  return { cost, value: cost + pnl, pnl, share: cost > 0 ? pnl / cost : null, unknown }
}

/** How far a watched stock is above its support, as a share of its price. */
export function aboveSupport(row: Watched): number | null {
  return row.price && row.support_price ? (row.price - row.support_price) / row.price : null
}
