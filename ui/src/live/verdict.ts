// Is the money safe right now? The server says it in Korean; for another language the same rules name the same dangers.
import type { State } from './now'

export type Danger =
  | { kind: 'silent' | 'hard' | 'flatten' | 'storage' | 'recovery' }
  | { kind: 'stopped' | 'person' | 'unguarded' | 'halted'; count: number }
  | { kind: 'component'; name: string }

export type Calm = 'safe' | 'resting' | 'watching'

const IN_SESSION: readonly string[] = ['monitoring', 'market_halted', 'ordering', 'awaiting_fill']
/** Components without which holdings are not protected, or not for long. */
const CRITICAL = ['guard', 'stream', 'rest', 'token', 'database'] as const

/** Why holdings are not safe, worst first; as `hantu.operations.safety` finds them. */
export function dangersOf(state: State): Danger[] {
  if (!state.running) return [{ kind: 'silent' }]
  const found: Danger[] = []
  const { level } = state.kill
  if (level === 'hard' || level === 'flatten') found.push({ kind: level })
  if (state.stopped && state.guarded) found.push({ kind: 'stopped', count: state.guarded })
  if (state.needs_person.length) found.push({ kind: 'person', count: state.needs_person.length })
  if (state.storage_ok === false) found.push({ kind: 'storage' })
  if (state.unguarded.length) found.push({ kind: 'unguarded', count: state.unguarded.length })
  if (state.recovery?.state === 'stopped') found.push({ kind: 'recovery' })
  const halted = state.halted.symbols
  if (Array.isArray(halted) && halted.length) found.push({ kind: 'halted', count: halted.length })
  for (const name of CRITICAL) {
    const one = state.components[name] as { state?: string } | undefined
    if (one?.state === 'down') found.push({ kind: 'component', name })
  }
  return found
}

/**
 * How many holdings would be sold at their stop, and how many would not. Without a guard that answers, while it is stopped or
 * asleep, and while even stops are blocked, that is none of them, whatever else is known. A guard that only watches sells none either: what it has a rule
 * for is ``watched``, and no more than that.
 */
export function protectionOf(state: State): { guarded: number; watched: number; unprotected: number } {
  const held = state.guarded + state.unguarded.length
  if (!state.running) return { guarded: 0, watched: 0, unprotected: state.positions.length }
  if (state.stopped || state.state === 'sleeping' || state.kill.level === 'hard') return { guarded: 0, watched: 0, unprotected: held }
  if (state.mode === 'watch') return { guarded: 0, watched: state.guarded, unprotected: state.unguarded.length }
  return { guarded: state.guarded, watched: 0, unprotected: state.unguarded.length }
}

/** How it is when nothing is wrong. */
export function calmOf(state: State): Calm {
  if (state.mode === 'watch') return 'watching'
  return IN_SESSION.includes(state.state) ? 'safe' : 'resting'
}
