// Which settings fit what a person looks for. Pure.
import type { Schemas } from '../../api/client'

/** How the server calls a value that nobody set. */
const FALLBACK = '기본값'

export interface Row extends Readonly<Schemas['SettingView']> {
  /** Nobody set it. */
  fallback: boolean
}

/** Every word has to stand in name, value or source. */
export function fitting(all: readonly Schemas['SettingView'][], text: string, changedOnly: boolean): Row[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean)
  return all
    .map((one) => ({ ...one, fallback: one.source.startsWith(FALLBACK) }))
    .filter((one) => !(changedOnly && one.fallback))
    .filter((one) => wanted.every((word) => `${one.name} ${one.value} ${one.source}`.toLowerCase().includes(word)))
}
