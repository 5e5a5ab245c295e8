// One act of a person at a time: busy while it is on its way, and why it was refused.
import { shallowReactive } from 'vue'
import { shown, type ApiError } from '../../api/client'

export interface Acting {
  /** Which one is on its way; empty: none. */
  busy: string
  problem: ApiError | null
  /** What was done last, in a sentence. */
  done: string
}

export interface Act extends Acting {
  /** Do it; true when it was done. */
  run: (name: string, act: () => Promise<unknown>, done?: string) => Promise<boolean>
}

export function useAct(): Act {
  const state = shallowReactive<Acting>({ busy: '', problem: null, done: '' })
  async function run(name: string, act: () => Promise<unknown>, done = ''): Promise<boolean> {
    if (state.busy) return false
    Object.assign(state, { busy: name, problem: null, done: '' })
    try {
      await act()
      state.done = done
      return true
    } catch (error) {
      state.problem = shown(error)
      return false
    } finally {
      state.busy = ''
    }
  }
  return Object.assign(state, { run })
}
