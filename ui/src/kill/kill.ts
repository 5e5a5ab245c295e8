// The kill switch from the browser: one press, and then only what was answered: sent, asked, taken, done.
import { computed, shallowReactive, shallowRef } from 'vue'
import { withCode } from '../api/code'
import { newKey, send, shown, type ApiError, type Schemas } from '../api/client'
import { now } from '../live/now'
import { common } from '../words/common'

export type Stage = 'idle' | 'sending' | 'asked' | 'taken' | 'failed'
type Answer = Schemas['KillAnswer']

const TRIES = 3
const AGAIN_MS = 400

export const kill = shallowReactive({
  stage: 'idle' as Stage,
  answer: null as Answer | null,
  problem: null as ApiError | null,
})

/** Whether the dialog with all levels is open. */
export const open = shallowRef(false)

export function openKill(): void {
  open.value = true
}

/** What the newest picture says; null: no picture yet. */
export const level = computed(() => now.state?.kill.level ?? null)
/** Orders are blocked, as the newest picture shows. */
export const inForce = computed(() => level.value !== null && level.value !== 'off')

/** How far the wish has come; done only when the picture of the guard shows it. */
export const progress = computed(() => {
  const picture = now.state?.kill
  if (!picture || picture.level === 'off') return kill.stage
  // File and row were written for a guard that did not answer: done once it says so itself.
  if (kill.stage === 'asked') return ['none', 'off'].includes(picture.seen.guard ?? 'none') ? 'asked' : 'done'
  return kill.stage === 'taken' && (kill.answer === null || kill.answer.level === picture.level) ? 'done' : kill.stage
})

/** What the answer to a wish means, where its stage does not say it. */
export function answerText(answer: Answer | null | undefined): string {
  if (!answer || answer.status !== 'asked') return ''
  return answer.request_id ? common.kill.second : common.kill.standIn
}

/** Block orders now. No question is asked; the same press may be sent again with the same key. */
export async function pressKill(wanted: 'active' | 'hard' = 'active'): Promise<void> {
  if (kill.stage === 'sending') return
  Object.assign(kill, { stage: 'sending', answer: null, problem: null })
  const key = newKey()
  for (let left = TRIES; left > 0; left -= 1) {
    try {
      const body = { level: wanted, reason: common.kill.pressed }
      const answer = await send('post', '/killswitch', { body, key })
      Object.assign(kill, { stage: answer.status, answer })
      return
    } catch (error) {
      kill.problem = shown(error)
      const unsure = kill.problem.status === 0 || kill.problem.code === 'in_progress'
      if (!unsure || left === 1) break
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }
  kill.stage = 'failed'
}

/** Ask for the release: a reason and a fresh code; from the stricter levels a second person, too. */
export async function releaseKill(): Promise<Answer | undefined> {
  const answer = await withCode<Answer>({
    title: common.kill.releasing,
    text: common.kill.releaseText,
    lines: now.state?.kill.obstacles ?? [],
    reason: true,
    confirm: common.kill.release,
    danger: true,
    act: ({ code, reason, key }) => send('post', '/killswitch/release', { body: { reason, release_s: 0 }, code, key }),
  })
  if (answer) Object.assign(kill, { stage: 'idle', answer: null, problem: null })
  return answer
}
