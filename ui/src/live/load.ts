// A page's data: loaded when it opens, loaded again when facts, a gap in the stream or the person ask for it.
import { onScopeDispose, shallowRef, watch, type ShallowRef, type WatchSource } from 'vue'
import { shown, type ApiError } from '../api/client'
import { now, onFact, type Fact } from './now'

export interface Loaded<T> {
  data: ShallowRef<T | null>
  /** Why the last try failed; data of an earlier one stays. */
  problem: ShallowRef<ApiError | null>
  busy: ShallowRef<boolean>
  again: () => Promise<void>
}

export interface When {
  /** Load again (at most once a second) when a fact is told for which this is true. */
  facts?: (fact: Fact) => boolean
  /** Load again when one of these changes: filters, the address of the page. */
  change?: WatchSource | WatchSource[]
  /** Load again after so many seconds. */
  everyS?: number
}

const SETTLE_MS = 1_000

export function useLoad<T>(load: () => Promise<T>, when: When = {}): Loaded<T> {
  const data = shallowRef<T | null>(null)
  const problem = shallowRef<ApiError | null>(null)
  const busy = shallowRef(false)
  let turn = 0
  let settling: number | undefined

  async function again(): Promise<void> {
    const mine = ++turn
    busy.value = true
    try {
      const found = await load()
      if (mine === turn) {
        data.value = found
        problem.value = null
      }
    } catch (error) {
      if (mine === turn) problem.value = shown(error)
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  function soon(): void {
    if (settling !== undefined) return
    settling = window.setTimeout(() => {
      settling = undefined
      void again()
    }, SETTLE_MS)
  }

  void again()
  const stops: (() => void)[] = [watch(() => now.turns, soon)]
  if (when.change) stops.push(watch(when.change, () => void again()))
  const wanted = when.facts
  if (wanted) stops.push(onFact((fact) => wanted(fact) && soon()))
  const timer = when.everyS ? window.setInterval(soon, when.everyS * 1_000) : undefined
  onScopeDispose(() => {
    turn += 1
    for (const stop of stops) stop()
    window.clearTimeout(settling)
    window.clearInterval(timer)
  })
  return { data, problem, busy, again }
}
