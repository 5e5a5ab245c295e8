// Rows that come page by page behind a cursor: the first page follows the filters, the next ones are put behind.
import { onScopeDispose, shallowRef, watch, type ShallowRef, type WatchSource } from 'vue'
import { shown, type ApiError } from '../../api/client'

export interface PageOf<T> {
  items: T[]
  next_cursor?: string
}

export interface Pages<T> {
  rows: ShallowRef<readonly T[] | null>
  problem: ShallowRef<ApiError | null>
  busy: ShallowRef<boolean>
  /** Whether there is more behind. */
  open: ShallowRef<boolean>
  more: () => Promise<void>
  again: () => Promise<void>
}

export function usePages<T>(load: (cursor: string) => Promise<PageOf<T>>, change: WatchSource[] = []): Pages<T> {
  const rows = shallowRef<readonly T[] | null>(null)
  const problem = shallowRef<ApiError | null>(null)
  const busy = shallowRef(false)
  const open = shallowRef(false)
  let cursor = ''
  let turn = 0

  async function take(from: string): Promise<void> {
    const mine = ++turn
    busy.value = true
    try {
      const found = await load(from)
      if (mine !== turn) return
      rows.value = from ? [...(rows.value ?? []), ...found.items] : found.items
      cursor = found.next_cursor ?? ''
      open.value = cursor !== ''
      problem.value = null
    } catch (error) {
      if (mine === turn) problem.value = shown(error)
    } finally {
      if (mine === turn) busy.value = false
    }
  }

  const again = (): Promise<void> => take('')
  const more = async (): Promise<void> => {
    if (!busy.value && open.value) await take(cursor)
  }
  void again()
  if (change.length) watch(change, () => void again())
  onScopeDispose(() => (turn += 1))
  return { rows, problem, busy, open, more, again }
}
