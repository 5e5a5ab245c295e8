// Wishes to the guard itself - start, stop, restart, recover - and how far each has come: only what was answered or seen.
import { shallowReactive, watch } from 'vue'
import { newKey, send, shown, type ApiError, type Schemas } from '../api/client'
import { now } from '../live/now'

export type Wish = 'start' | 'stop' | 'restart' | 'recover'
export type Stage = 'idle' | 'sending' | 'asked' | 'taken' | 'done' | 'failed'
type State = Schemas['StateView']

/** The states in which prices are watched. */
export const WATCHING: readonly string[] = ['monitoring', 'market_halted', 'ordering', 'awaiting_fill']
/** The states from which a person starts again. */
export const RESTING: readonly string[] = ['idle', 'sleeping']
export const STEPS = ['detect', 'kill_switch', 'clean_up', 'restart', 'synchronise'] as const

export interface Recovery {
  flow: string
  state: 'running' | 'stopped' | 'completed'
  cause: string
  began_at: string
  step: string
  reason: string
}

/** What the guard says of its latest recovery, typed. */
export function recoveryOf(state: Pick<State, 'recovery'> | null): Recovery | null {
  const found = state?.recovery
  if (!found) return null
  const text = (name: string) => String(found[name] ?? '')
  return {
    flow: text('flow'), state: text('state') as Recovery['state'], cause: text('cause'), began_at: text('began_at'),
    step: text('step'), reason: text('reason'),
  }
}

/** What was seen when the wish was sent. */
export interface Before {
  state: string
  flow: string
}

type Seen = Pick<State, 'running' | 'state' | 'recovery'>

/** Whether a picture that came after the answer shows what was wished; null: it shows that it failed. */
export function fulfilled(wish: Wish, before: Before, seen: Seen): boolean | null {
  if (!seen.running) return false
  if (wish === 'stop') return RESTING.includes(seen.state)
  if (wish !== 'recover') return WATCHING.includes(seen.state)
  const recovery = recoveryOf(seen)
  if (!recovery || recovery.flow === '') return false
  if (recovery.state === 'completed') return recovery.flow !== before.flow || before.state !== 'completed'
  return recovery.state === 'stopped' && recovery.flow !== before.flow ? null : false
}

export const monitor = shallowReactive({
  wish: null as Wish | null,
  stage: 'idle' as Stage,
  message: '',
  problem: null as ApiError | null,
})

let before: Before = { state: '', flow: '' }
let answeredMs = 0

/** Send a wish; a second one waits until the first is answered. */
export async function wishFor(wish: Wish): Promise<void> {
  if (monitor.stage === 'sending') return
  const recovery = recoveryOf(now.state)
  before = wish === 'recover' ? { state: recovery?.state ?? '', flow: recovery?.flow ?? '' } : { state: now.state?.state ?? '', flow: '' }
  Object.assign(monitor, { wish, stage: 'sending', message: '', problem: null })
  try {
    const path = `/monitor/${wish}` as const
    const answer = await send('post', path, { key: newKey() })
    answeredMs = performance.now()
    Object.assign(monitor, { stage: answer.status as Stage, message: answer.message ?? '' })
  } catch (error) {
    Object.assign(monitor, { stage: 'failed', problem: shown(error) })
  }
}

watch(
  () => now.state,
  (state) => {
    if (!state || !monitor.wish || (monitor.stage !== 'taken' && monitor.stage !== 'asked')) return
    // The picture has to be younger than the answer.
    if (now.arrivedMs - (state.age_s ?? 0) * 1_000 <= answeredMs) return
    const found = fulfilled(monitor.wish, before, state)
    if (found === true) monitor.stage = 'done'
    else if (found === null) monitor.stage = 'failed'
  },
)
