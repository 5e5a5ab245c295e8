// How an order stands, and which ones a person has to see first; pure.
import type { Schemas } from '../../api/client'

export type Order = Schemas['OrderView']
export type Kind = 'plain' | 'ok' | 'warn' | 'danger' | 'accent'

const KINDS: Readonly<Record<string, Kind>> = {
  triggered: 'accent', prepared: 'accent', sending: 'accent', working: 'accent', partial: 'accent',
  unknown: 'danger', escalated: 'danger',
  filled: 'ok',
  refused: 'warn', rejected_late: 'warn', not_sent: 'warn', absent: 'warn', expired: 'warn',
  canceled: 'plain', void: 'plain',
}
/** Nobody knows what became of them; nothing is sent for their stock until somebody does. */
const IN_DOUBT: readonly string[] = ['escalated', 'unknown']
/** They may still trade. */
const OPEN: readonly string[] = ['triggered', 'prepared', 'sending', 'working', 'partial']

export function kindOf(state: string): Kind {
  return KINDS[state] ?? 'plain'
}

export function inDoubt(state: string): boolean {
  return IN_DOUBT.includes(state)
}

export function isOpen(state: string): boolean {
  return OPEN.includes(state)
}

/** Only what the guard has handed to a person takes a person's word. */
export function needsPerson(order: Pick<Order, 'state' | 'kind'>): boolean {
  return order.state === 'escalated' && order.kind === 'order'
}

/** Those in doubt, the ones that need a person before the ones still being looked for, oldest first: they wait longest. */
export function doubts(orders: readonly Order[]): Order[] {
  const rank = (order: Order) => IN_DOUBT.indexOf(order.state)
  return orders
    .filter((order) => inDoubt(order.state))
    .sort((one, other) => rank(one) - rank(other) || (one.recorded_at < other.recorded_at ? -1 : 1))
}

/** Rows under the trading day they belong to, in the order they came. */
export function byDay<T extends { trade_date: string }>(rows: readonly T[]): { day: string; rows: T[] }[] {
  const days: { day: string; rows: T[] }[] = []
  for (const row of rows) {
    const last = days.at(-1)
    if (last?.day === row.trade_date) last.rows.push(row)
    else days.push({ day: row.trade_date, rows: [row] })
  }
  return days
}

/** Pages joined: the newest page as just read, and behind it what was read earlier and is not on it. */
export function joined<T>(newest: readonly T[], older: readonly T[], idOf: (row: T) => string | number): T[] {
  const known = new Set(newest.map(idOf))
  return [...newest, ...older.filter((row) => !known.has(idOf(row)))]
}
