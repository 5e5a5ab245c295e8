// A list that grows at both ends: the newest page is read again when something happens, older ones when a person asks.
import { computed, shallowRef, watch, type ComputedRef, type Ref, type WatchSource } from 'vue'
import { shown, type ApiError } from '../../api/client'
import { useLoad } from '../../live/load'
import type { Fact } from '../../live/now'
import { joined } from './states'

interface Page<T> {
  items: T[]
  next_cursor?: string
}

export interface Rows<T> {
  rows: ComputedRef<T[] | null>
  problem: ComputedRef<ApiError | null>
  more: () => Promise<void>
  again: () => Promise<void>
  hasMore: ComputedRef<boolean>
  busy: Ref<boolean>
}

export function useRows<T>(
  load: (cursor: string) => Promise<Page<T>>,
  idOf: (row: T) => string | number,
  facts: (fact: Fact) => boolean,
  change: WatchSource[],
): Rows<T> {
  const older = shallowRef<T[]>([])
  const cursor = shallowRef<string | null>(null)
  const failure = shallowRef<ApiError | null>(null)
  const busy = shallowRef(false)
  const first = useLoad(() => load(''), { facts, change })
  watch(change, () => {
    older.value = []
    cursor.value = null
    first.data.value = null
  })
  const following = computed(() => cursor.value ?? first.data.value?.next_cursor ?? '')

  async function more(): Promise<void> {
    const from = following.value
    if (!from || busy.value) return
    busy.value = true
    const newest = first.data.value?.items ?? []
    try {
      const page = await load(from)
      if (following.value !== from) return
      // What the newest page shows now may have moved behind it when this page is read again.
      older.value = joined(joined(newest, older.value, idOf), page.items, idOf)
      cursor.value = page.next_cursor ?? ''
      failure.value = null
    } catch (error) {
      failure.value = shown(error)
    } finally {
      busy.value = false
    }
  }

  return {
    rows: computed(() => (first.data.value ? joined(first.data.value.items, older.value, idOf) : null)),
    problem: computed(() => first.problem.value ?? failure.value),
    more,
    again: first.again,
    hasMore: computed(() => following.value !== ''),
    busy,
  }
}
