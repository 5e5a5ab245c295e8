// When a session is about to end unused: what to do at each moment. Pure; time is given, in milliseconds that only go forward.
import { PRESENT_MS } from './presence'

/** How long before the end it is said. */
export const NOTICE_MS = 120_000
/** While it is said, the server is asked again so often: another window may have used the session. */
export const ASK_MS = 15_000
/** Whoever reads and asks for nothing is told of so often; often enough that it is while they still count as present. */
const KEEP_MS = 45_000
/** No more than this part of a short idle time is spent on either. */
const PART = 4

export interface Life {
  /** Seconds without use after which the session ends. */
  idle_s: number
  /** Seconds until it ends if nobody uses it, and until it ends in any case. */
  idle_left_s: number
  left_s: number
}

/** rest: nothing to do. keep: a person is there, tell the server. ask: find out how long it lasts without using it. */
export type Step = 'rest' | 'keep' | 'ask'

export class Ending {
  #idleEndsMs = Infinity
  #endsMs = Infinity
  #idleMs = Infinity
  #toldMs = 0
  #askedMs = -Infinity

  /** What the server said of the session just now. */
  told(life: Life, nowMs: number): void {
    this.#idleMs = life.idle_s * 1_000
    this.#idleEndsMs = nowMs + life.idle_left_s * 1_000
    this.#endsMs = nowMs + life.left_s * 1_000
    this.#toldMs = nowMs
  }

  /** Milliseconds that are left, if nobody does anything. */
  leftMs(nowMs: number): number {
    return Math.max(0, Math.min(this.#idleEndsMs, this.#endsMs) - nowMs)
  }

  /** Whether use would make it last longer. */
  get byIdleness(): boolean {
    return this.#idleEndsMs < this.#endsMs
  }

  /** Whether the notice stands: the end is near, and the server has said so lately. */
  near(nowMs: number): boolean {
    return this.#late(nowMs) && nowMs - this.#toldMs < 2 * ASK_MS
  }

  step(nowMs: number, touchedMs: number): Step {
    if (this.#idleMs === Infinity) return 'rest'
    const late = this.#late(nowMs)
    const used = touchedMs > this.#toldMs && nowMs - touchedMs < PRESENT_MS && this.byIdleness
    if (used && (late || nowMs - this.#toldMs > Math.min(KEEP_MS, this.#idleMs / PART))) return this.#once(nowMs, 'keep', 1_000)
    return late ? this.#once(nowMs, 'ask', ASK_MS) : 'rest'
  }

  #late(nowMs: number): boolean {
    return this.leftMs(nowMs) <= Math.min(NOTICE_MS, this.#idleMs / PART)
  }

  #once(nowMs: number, step: Step, everyMs: number): Step {
    if (nowMs - this.#askedMs < everyMs) return 'rest'
    this.#askedMs = nowMs
    return step
  }
}
