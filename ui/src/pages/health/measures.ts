// What is measured, in which unit, and from where it is a warning or a danger: docs/health.md says the same.
import type { Schemas } from '../../api/client'
import type { Unit } from '../figure/scale'

export interface Measure {
  name: string
  unit: Unit
  warning?: number
  danger?: number
  /** One sample for each order, labelled with its id; all others stand for an interval. */
  single?: boolean
}
type Group = 'orders' | 'line' | 'machine'

export const GROUPS = {
  orders: [
    { name: 'trigger_to_send_seconds', unit: 's', warning: 0.5, danger: 1, single: true },
    { name: 'order_send_seconds', unit: 's', warning: 0.5, danger: 1, single: true },
    { name: 'order_answer_seconds', unit: 's', warning: 1, danger: 3, single: true },
    { name: 'fill_notice_delay_seconds', unit: 's', warning: 5, danger: 60, single: true },
    { name: 'strategy_run_seconds_max', unit: 's', warning: 1, danger: 5 },
    { name: 'order_failure_ratio', unit: 'share', warning: 0.05, danger: 0.2 },
  ],
  line: [
    { name: 'api_seconds_max', unit: 's', warning: 1, danger: 3 },
    { name: 'data_delay_seconds_max', unit: 's', warning: 1, danger: 5 },
    { name: 'stream_silence_seconds', unit: 's', warning: 60 },
    { name: 'price_age_seconds', unit: 's' },
  ],
  machine: [
    { name: 'guard_loop_lag_seconds', unit: 's', warning: 1 },
    { name: 'system_cpu_ratio', unit: 'share' },
    { name: 'system_memory_used_ratio', unit: 'share', warning: 0.9, danger: 0.98 },
    { name: 'disk_used_ratio', unit: 'share', warning: 0.9, danger: 0.98 },
    { name: 'process_resident_memory_bytes', unit: 'bytes' },
  ],
} as const satisfies Record<Group, readonly Measure[]>
export const GROUP_NAMES = Object.keys(GROUPS) as Group[]

export type State = 'ok' | 'warn' | 'down' | 'not_expected'

/** A component as the guard tells it. */
export interface Component {
  name: string
  state: State
  reason: string
  forS: number
  checkedAt: string
  /** Looks in a row that showed something worse; below zero: better. */
  streak: number
  worseAfter: number
  betterAfter: number
}

const ORDER: Record<State, number> = { down: 0, warn: 1, ok: 2, not_expected: 3 }

export function stateOf(text: unknown): State {
  return text === 'ok' || text === 'down' || text === 'not_expected' ? text : 'warn'
}

/** Components, trouble first. */
export function componentsOf(told: Record<string, unknown>): Component[] {
  return Object.entries(told)
    .map(([name, value]): Component => {
      const one = (value ?? {}) as Record<string, unknown>
      return {
        name, state: stateOf(one.state), reason: String(one.reason ?? ''), forS: Number(one.for_s ?? 0),
        checkedAt: String(one.checked_at ?? ''), streak: Number(one.streak ?? 0), worseAfter: Number(one.worse_after ?? 0),
        betterAfter: Number(one.better_after ?? 0),
      }
    })
    .sort((one, other) => ORDER[one.state] - ORDER[other.state] || one.name.localeCompare(other.name))
}

export interface Stretch {
  state: State
  detail: string
  from: string
  until: string
  looks: number
}

/** Looks of one component, newest first as they come, put together while the state stays; newest first. */
export function stretches(rows: readonly Schemas['HealthRow'][]): Stretch[] {
  const found: Stretch[] = []
  for (const row of rows) {
    const newest = found.at(-1)
    const state = stateOf(row.status)
    if (newest?.state === state) Object.assign(newest, { from: row.checked_at, looks: newest.looks + 1 })
    else found.push({ state, detail: row.detail, from: row.checked_at, until: row.checked_at, looks: 1 })
  }
  return found
}

/** The newest looks of each component, oldest first. */
export function strips(rows: readonly Schemas['HealthRow'][], longest: number): Map<string, State[]> {
  const found = new Map<string, State[]>()
  for (const row of rows) {
    const strip = found.get(row.component) ?? []
    if (strip.length < longest) strip.unshift(stateOf(row.status))
    found.set(row.component, strip)
  }
  return found
}

export function gradeOf(value: number | null, measure: Measure): 'normal' | 'warning' | 'danger' {
  if (value !== null && measure.danger !== undefined && value >= measure.danger) return 'danger'
  if (value !== null && measure.warning !== undefined && value >= measure.warning) return 'warning'
  return 'normal'
}
