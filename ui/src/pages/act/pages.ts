// Rows that come page by page: the newest are looked at again by themselves, older ones when the person goes on.
import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { shown, type ApiError } from '../../api/client'
import { useLoad, type When } from '../../live/load'

export interface Page<T> {
  items: readonly T[]
  next_cursor: string
}

/** Newer rows in front of those shown. Where they do not touch, what was shown is dropped: a list never has a hidden hole. */
export function joined<T>(old: Page<T>, fresh: Page<T>, id: (row: T) => unknown): Page<T> {
  const places = new Map(old.items.map((row, index) => [id(row), index]))
  const last = fresh.items.at(-1)
  const touching = last === undefined ? undefined : places.get(id(last))
  if (touching === undefined || fresh.next_cursor === '') return fresh
  return { items: [...fresh.items, ...old.items.slice(touching + 1)], next_cursor: old.next_cursor }
}

export interface Paged<T> {
  page: ShallowRef<Page<T> | null>
  items: ComputedRef<readonly T[]>
  problem: ComputedRef<ApiError | null>
  /** Whether older rows are on their way. */
  busy: ShallowRef<boolean>
  more: () => Promise<void>
  again: () => Promise<void>
}

export function usePages<T>(load: (cursor: string) => Promise<Page<T>>, id: (row: T) => unknown, when: When = {}): Paged<T> {
  const page = shallowRef<Page<T> | null>(null)
  const busy = shallowRef(false)
  const failed = shallowRef<ApiError | null>(null)
  let turn = 0
  let shownTurn = 0
  // Other filters make other rows: nothing of before may be joined to them. Has to run before the load does.
  if (when.change) watch(when.change, () => (turn += 1), { flush: 'sync' })
  const first = useLoad(async () => ({ turn, found: await load('') }), when)
  watch(first.data, (told) => {
    if (!told || told.turn !== turn) return
    page.value = page.value && shownTurn === told.turn ? joined(page.value, told.found, id) : told.found
    shownTurn = told.turn
    failed.value = null
  })

  async function more(): Promise<void> {
    const before = page.value
    if (!before?.next_cursor || busy.value || shownTurn !== turn) return
    busy.value = true
    try {
      const found = await load(before.next_cursor)
      const current = page.value
      if (current && current.next_cursor === before.next_cursor && shownTurn === turn) {
        page.value = { items: [...current.items, ...found.items], next_cursor: found.next_cursor }
      }
      failed.value = null
    } catch (error) {
      failed.value = shown(error)
    } finally {
      busy.value = false
    }
  }

  return {
    page,
    items: computed(() => page.value?.items ?? []),
    problem: computed(() => first.problem.value ?? failed.value),
    busy,
    more,
    again: first.again,
  }
}
