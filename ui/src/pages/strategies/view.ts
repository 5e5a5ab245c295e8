// A strategy as it is told, made ready to be shown; what may be done in which state. Pure.
import type { Schemas } from '../../api/client'

export type Told = Schemas['StrategyView']
export type JobState = 'running' | 'waiting' | 'paused' | 'stopped' | 'failed'
export type Act = 'start' | 'stop' | 'resume'

const STATES: readonly JobState[] = ['running', 'waiting', 'paused', 'stopped', 'failed']
/** What needs a look comes first. */
const ORDER: Record<JobState, number> = { failed: 0, waiting: 1, paused: 2, running: 3, stopped: 4 }
export const KINDS = { running: 'ok', waiting: 'warn', paused: 'warn', stopped: 'plain', failed: 'danger' } as const

export interface Open {
  key: string
  side: 'buy' | 'sell'
  symbol: string
  quantity: number
  low: number
  high: number
  note: string
  status: string
}

export interface Strategy {
  id: string
  state: JobState
  /** False: the jobs process does not answer, this is what its file says. */
  live: boolean
  startedAt: string
  heartbeatAt: string
  restarts: number
  restartsMax: number | null
  errors: number
  lastError: string
  lastErrorAt: string
  reason: string
  by: string
  changedAt: string
  params: Record<string, unknown>
  counts: { steps: number; queued: number; dropped: number; falseSigns: number }
  open: Open[]
}

export function stateOf(text: string): JobState {
  return STATES.includes(text as JobState) ? (text as JobState) : 'failed'
}

/** Strategies, those in trouble first. */
export function strategiesOf(told: readonly Told[]): Strategy[] {
  return told.map(strategyOf).sort((one, other) => ORDER[one.state] - ORDER[other.state] || one.id.localeCompare(other.id))
}

function strategyOf(told: Told): Strategy {
  const detail: Record<string, unknown> = told.detail ?? {}
  const number = (name: string): number => Number(detail[name] ?? 0)
  return {
    id: told.strategy_id, state: stateOf(told.state), live: 'pid' in detail, startedAt: told.started_at ?? '',
    heartbeatAt: told.heartbeat_at ?? '', restarts: told.restarts ?? 0, errors: told.errors ?? 0, lastError: told.last_error ?? '',
    restartsMax: 'restarts_max' in detail ? number('restarts_max') : null,
    lastErrorAt: told.last_error_at ?? '', reason: String(detail.reason ?? ''), by: String(detail.by ?? ''),
    changedAt: String(detail.changed_at ?? ''), params: (detail.params ?? {}) as Record<string, unknown>,
    counts: { steps: number('steps'), queued: number('queued'), dropped: number('dropped'), falseSigns: number('false_signs') },
    open: ((detail.proposals ?? []) as { proposal: unknown[]; status: string }[]).map(openOf),
  }
}

function openOf({ proposal, status }: { proposal: unknown[]; status: string }): Open {
  const [key, side, symbol, quantity, low, high, note] = proposal
  return {
    key: String(key), side: side === 'sell' ? 'sell' : 'buy', symbol: String(symbol), quantity: Number(quantity), low: Number(low),
    high: Number(high), note: String(note ?? ''), status,
  }
}

/** What a person may wish for it now. */
export function actsOf(state: JobState): Act[] {
  if (state === 'running' || state === 'waiting') return ['stop']
  return state === 'paused' ? ['resume'] : ['start']
}

/** Whether what was wished is so. */
export function fulfilled(act: Act, state: JobState): boolean {
  return act === 'stop' ? state === 'paused' || state === 'stopped' : state === 'running'
}
