// One line for a fact: its name, the stock, the numbers that matter, and how much it matters.
import { count, signed } from '../format'
import { common } from '../words/common'
import { titleOf } from '../words/titles'
import type { Fact } from './now'

export type Weight = 'plain' | 'ok' | 'warn' | 'danger' | 'accent'

export interface Told {
  id: string
  at: string
  title: string
  text: string
  kind: Weight
  to: string
}

const DANGER =
  /^(killswitch_on|order_(failed|unresolved|escalated|blocked)|.*_unguarded$|positions_unprotected|reconnect_exhausted|flatten|recovery_stopped|holding_mismatch$|acceptance_mismatch|auth_failed|event_log_failed)/
const WARN = /(_lost|_failed|_halted|_rejected|_degraded|_changed_unexplained|_crossed|_lapsed|_delay|flapping|unconfirmed|expired|suspected|_held)/
const ACCENT = /^(stop_loss|take_profit|order_accepted|order_filled|fill_confirmed|manual_sell)/
const OK = /^(reconnected|recovery_completed|monitor_started|market_resumed|killswitch_off|health_recovered)/

export function weightOf(eventType: string): Weight {
  if (DANGER.test(eventType)) return 'danger'
  if (OK.test(eventType)) return 'ok'
  if (ACCENT.test(eventType)) return 'accent'
  return WARN.test(eventType) ? 'warn' : 'plain'
}

/** The words of a fact, from what its payload names. */
export function told(fact: Fact): Told {
  return {
    id: fact.event_id,
    at: fact.timestamp,
    title: titleOf(fact.event_type),
    text: detailOf(fact.payload),
    kind: weightOf(fact.event_type),
    to: `/events/${fact.event_id}`,
  }
}

/** The lines of these facts; of the same kind one after another there is one, the first with how many more there were. */
export function toldTogether(facts: readonly Fact[], lines: number): Told[] {
  const found: { line: Told; type: string; more: number }[] = []
  for (const fact of facts) {
    const last = found.at(-1)
    if (last?.type === fact.event_type) last.more += 1
    else if (found.length === lines) break
    else found.push({ line: told(fact), type: fact.event_type, more: 0 })
  }
  return found.map(({ line, more }) => (more ? { ...line, text: `${line.text} ${common.parts.more(more)}`.trim() } : line))
}

/** The word for a state of the guard; an unknown one stands for itself. */
export function stateWord(code: string): string {
  return (common.states as Record<string, string>)[code] ?? code
}

function detailOf(payload: Fact['payload']): string {
  const words: string[] = []
  const text = (name: string) => (typeof payload[name] === 'string' && payload[name] ? String(payload[name]) : '')
  const number = (name: string) => (typeof payload[name] === 'number' ? (payload[name] as number) : null)
  const stock = text('name') || text('symbol') || text('component')
  if (stock) words.push(stock)
  const quantity = number('quantity')
  if (quantity !== null) words.push(`×${count(quantity)}`)
  const price = number('price') ?? number('limit_price') ?? number('average_fill_price')
  if (price !== null) words.push(`@${count(price)}`)
  const pnl = number('pnl')
  if (pnl !== null) words.push(signed(pnl))
  if (text('before') && text('after')) words.push(`${stateWord(text('before'))} → ${stateWord(text('after'))}`)
  if (words.length === 0) words.push(text('reason') || text('cause') || text('detail'))
  return words.join(' ').slice(0, 120)
}
