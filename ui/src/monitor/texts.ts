// The words about the guard itself.
import { words } from '../words'
import en from '../words/en/monitor'
import ko from '../words/ko/monitor'

export const t = words(ko, en)

/** The word for a state of the guard; an unknown one stands for itself. */
export function stateWord(code: string): string {
  return t.states[code] ?? code
}
