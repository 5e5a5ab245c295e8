// The words of this page and its parts.
import { words } from '../../words'
import en from '../../words/en/positions'
import ko from '../../words/ko/positions'
import type { Guarding } from './rows'

export const t = words(ko, en)

/** What guards a holding, in a few words. */
export function guardingWord(found: Guarding): string {
  const { reason, what } = found
  return reason ? `${t.guarding[what]}: ${t.held_reasons[reason] ?? reason}` : t.guarding[what]
}
