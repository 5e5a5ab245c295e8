// The words of this page and its parts.
import { words } from '../../words'
import en from '../../words/en/orders'
import ko from '../../words/ko/orders'
import type { Order } from './states'

export const t = words(ko, en)

/** How an order or a cancel stands, in words. */
export function stateWord(order: Pick<Order, 'state' | 'kind'>): string {
  const own = order.kind === 'cancel' ? t.cancels[order.state] : undefined
  return own ?? t.states[order.state] ?? order.state
}

/** "sell · stop-loss", or that it is a cancel. */
export function whatWord(order: Pick<Order, 'kind' | 'side' | 'purpose'>): string {
  if (order.kind === 'cancel') return t.kinds.cancel ?? order.kind
  return `${t.sides[order.side] ?? order.side} · ${t.purposes[order.purpose] ?? order.purpose}`
}
