// A risky wish asks for a fresh code of the authenticator, and often a reason: one dialog, answered as a promise.
import { shallowRef } from 'vue'
import { newKey, shown, type ApiError } from './client'

export interface Proven {
  code: string
  reason: string
  /** The same for every try of this wish, so that it is not done twice. */
  key: string
}

export interface CodeWish<T> {
  title: string
  text?: string
  /** What is to be confirmed, line by line: what was shown is what is done. */
  lines?: readonly string[]
  /** Ask for a reason, too. */
  reason?: boolean
  /** What the reason is called, where it is more than one. */
  reasonName?: string
  /** Characters it must have at least. */
  reasonMin?: number
  /** A word to be typed, for what cannot be taken back. */
  word?: string
  confirm?: string
  danger?: boolean
  act: (proven: Proven) => Promise<T>
}

export interface Pending {
  wish: CodeWish<unknown>
  key: string
  problem: ApiError | null
  busy: boolean
  done: (result: unknown) => void
}

/** What the dialog shows; null: it is closed. */
export const pending = shallowRef<Pending | null>(null)

/** Ask and act; a refusal stays in the dialog so that the next code can be tried. Undefined: the person changed their mind. */
export function withCode<T>(wish: CodeWish<T>): Promise<T | undefined> {
  pending.value?.done(undefined)
  return new Promise((resolve) => {
    pending.value = {
      wish,
      key: newKey(),
      problem: null,
      busy: false,
      done: (result) => {
        pending.value = null
        resolve(result as T | undefined)
      },
    }
  })
}

/** Send the wish with what the person entered, or with what a device says when it is asked. */
export async function confirmCode(proof: string | (() => Promise<string>), reason: string): Promise<void> {
  const now = pending.value
  if (!now || now.busy) return
  pending.value = { ...now, busy: true, problem: null }
  try {
    const code = typeof proof === 'string' ? proof : await proof()
    const result = await now.wish.act({ code, reason, key: now.key })
    if (pending.value?.key === now.key) now.done(result)
  } catch (error) {
    if (pending.value?.key === now.key) pending.value = { ...now, busy: false, problem: shown(error) }
  }
}
