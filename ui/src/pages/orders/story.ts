// A causal chain as a story: one sentence a fact, its time, and how long after what began it.
import type { Schemas } from '../../api/client'
import { moment } from '../../format'
import { words } from '../../words'
import en from '../../words/en/story'
import ko from '../../words/ko/story'
import type { Payload } from './payload'

export type Step = Schemas['ChainStep']
export type Weight = 'plain' | 'ok' | 'warn' | 'danger' | 'accent'

export interface Told {
  message: string
  channels: string[]
}

export interface Line {
  id: string
  at: string
  /** Seconds since the first fact. */
  afterS: number
  /** Seconds since the fact before, where that is long enough to be worth a word; else 0. */
  pauseS: number
  type: string
  text: string
  kind: Weight
  /** Who was told what: each message once, with the channels it went out on. */
  alerts: Told[]
}

const PAUSE_S = 5
const MS = 1_000
const KINDS: Readonly<Record<string, Weight>> = {
  stop_loss_reached: 'accent', take_profit_reached: 'accent', order_accepted: 'accent', order_found: 'accent',
  intent_recorded: 'accent', order_filled: 'ok', stop_loss_filled: 'ok', take_profit_filled: 'ok', manual_sell_filled: 'ok',
  fill_confirmed: 'ok', recovery_completed: 'ok',
  exit_held: 'warn', order_rejected_broker: 'warn', order_not_sent: 'warn', order_absent: 'warn', order_expired: 'warn',
  fill_unconfirmed: 'warn', price_suspected: 'warn', price_rejected: 'warn', order_blocked_killswitch: 'warn',
  recovery_began: 'warn', foreign_fill: 'warn', killswitch_on: 'warn', order_resolved_by_person: 'warn',
  order_failed: 'danger', order_unresolved: 'danger', order_escalated: 'danger', order_blocked_hard: 'danger',
  trade_save_failed: 'danger', recovery_stopped: 'danger', acceptance_mismatch: 'danger',
}
const tellers = words(ko, en)

/** The sentence of a fact; one nobody wrote a sentence for is told by its own name and reason. */
export function sentence(eventType: string, payload: Payload): string {
  const teller = (tellers as Record<string, ((fact: Payload) => string) | undefined>)[eventType]
  if (teller) return teller(payload).trim()
  const why = payload.reason ?? payload.cause ?? payload.detail ?? ''
  return [eventType.replaceAll('_', ' '), typeof why === 'string' ? why : ''].filter(Boolean).join(': ')
}

function toldOf(alerts: Step['alerts']): Told[] {
  const found = new Map<string, Told>()
  for (const alert of alerts) {
    const told = found.get(alert.message) ?? { message: alert.message, channels: [] }
    if (alert.sent_at !== '') told.channels.push(alert.channel)
    found.set(alert.message, told)
  }
  return [...found.values()]
}

/** The lines of a chain, oldest first as it came. */
export function linesOf(steps: readonly Step[]): Line[] {
  let first: number | null = null
  let before: number | null = null
  return steps.map((step) => {
    const at = moment(step.timestamp)?.getTime() ?? null
    first ??= at
    const afterS = at === null || first === null ? 0 : (at - first) / MS
    const since = at === null || before === null ? 0 : (at - before) / MS
    before = at ?? before
    return {
      id: step.event_id,
      at: step.timestamp,
      afterS,
      pauseS: since >= PAUSE_S ? since : 0,
      type: step.event_type,
      text: sentence(step.event_type, step.payload),
      kind: KINDS[step.event_type] ?? 'plain',
      alerts: toldOf(step.alerts),
    }
  })
}
