// Orders put before people: whether they can still be decided, and what an order may be.
import type { ApiError, Schemas } from '../../api/client'
import { now } from '../../live/now'
import { leftS } from '../act/clock'

export type Approval = Schemas['ApprovalView']
export type Status = 'pending' | 'approved' | 'denied' | 'used' | 'expired'
const STATUSES: readonly Status[] = ['pending', 'approved', 'denied', 'used', 'expired']
export const STATUS_KIND = { pending: 'warn', approved: 'accent', denied: 'plain', used: 'ok', expired: 'plain' } as const

/** As recorded, but what ran out meanwhile is over: nobody writes that down at the moment it happens. */
export function statusOf(approval: Approval, serverMs: number): Status {
  const found = STATUSES.find((one) => one === approval.status) ?? 'expired'
  const open = found === 'pending' || found === 'approved'
  return open && (leftS(approval.expires_at, serverMs) ?? 0) <= 0 ? 'expired' : found
}

/** Whether an order lies inside what is to be approved. */
export function inside(approval: Approval, quantity: number, price: number): boolean {
  const { quantity_max, price_low, price_high } = approval.terms
  const whole = Number.isInteger(quantity) && Number.isInteger(price)
  return whole && quantity >= 1 && quantity <= quantity_max && price >= price_low && price <= price_high
}

/** The hash in groups, so that people can compare it. */
export function grouped(hash: string): string {
  return hash.match(/.{1,8}/g)?.join(' ') ?? ''
}

/** Failures after which the server is certain that nothing went out; a refusal (4xx) is certain by itself. */
const NOTHING_WENT: readonly string[] = ['guard_unreachable', 'guard_failed']

/** After some failures it is certain that nothing went out, after others it is not; a browser without an answer knows least. */
export function mayHaveGoneOut(problem: Pick<ApiError, 'status' | 'code'>): boolean {
  if (problem.code === 'outcome_unknown' || problem.code === 'in_progress') return true
  return !(problem.status >= 400 && problem.status < 500) && !NOTHING_WENT.includes(problem.code)
}

/** The price to begin with: the last one known, inside the band; not knowing it, the end of the band that costs least. */
export function firstPrice(approval: Approval): number {
  const { symbol, side, price_low, price_high } = approval.terms
  const state = now.state
  const known = state?.positions.find((one) => one.symbol === symbol)?.price ?? state?.watch.find((one) => one.symbol === symbol)?.price
  if (typeof known !== 'number') return side === 'buy' ? price_low : price_high
  return Math.min(price_high, Math.max(price_low, known))
}

/** What is known of a stock's name: from what is held and watched. */
export function nameOf(symbol: string): string {
  const state = now.state
  const held = state?.positions.find((one) => one.symbol === symbol)?.name
  const watched = state?.watch.find((one) => one.symbol === symbol)?.name
  const found = held ?? (typeof watched === 'string' ? watched : '')
  return found ? `${found} ${symbol}` : symbol
}
