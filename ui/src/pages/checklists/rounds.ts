// How far a checklist is, and what its items say.
import type { Schemas } from '../../api/client'

export type Round = Schemas['RoundView']
export type Result = 'ok' | 'warn' | 'fail'
export const RESULT_KIND = { ok: 'ok', warn: 'warn', fail: 'danger' } as const

/** What does not stand in our words counts as failed. */
export function resultOf(text: unknown): Result {
  return text === 'ok' || text === 'warn' ? text : 'fail'
}

export function checkedOf(round: Round): number {
  return round.items.filter((one) => one.checked).length
}

/** What is not fine first; nothing else moves, so that the eye finds its place again. */
export function byResult<T extends { result: unknown }>(items: readonly T[]): T[] {
  const rank = { fail: 0, warn: 1, ok: 2 } as const
  return [...items].sort((one, other) => rank[resultOf(one.result)] - rank[resultOf(other.result)])
}
