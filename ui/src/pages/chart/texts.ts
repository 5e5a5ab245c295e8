// The words of this page and its parts.
import { clock, count, signed } from '../../format'
import { words } from '../../words'
import en from '../../words/en/chart'
import ko from '../../words/ko/chart'
import type { Drawn, Row } from './picture'

export const t = words(ko, en)

/** What stands beside a sign on the chart. */
export function signWord(drawn: Drawn): string {
  switch (drawn.sign) {
    case 'entry':
    case 'fill':
      return t.signs.shares(count(drawn.quantity))
    case 'exit':
      return drawn.pnl === null ? '' : t.signs.exit(signed(drawn.pnl))
    case 'reached':
      return t.signs.reached
    case 'trouble':
      return t.signs.trouble
    case 'note':
      return t.signs.note
  }
}

/** One row of the table in words. */
export function rowWord(row: Row): string {
  if ('gap' in row.what) {
    const { kind, until } = row.what.gap
    return `${t.gaps[kind]} (${until ? t.events.until(clock(until)) : t.events.lasts})`
  }
  if ('level' in row.what) {
    const { stop_price: stop, target_price: target } = row.what.level
    return stop || target ? t.level(count(stop), count(target)) : t.levelNone
  }
  const { kind, side } = row.what.mark
  if (kind === 'fill' && side) return t.legend[side]
  return kind === 'order' && side ? t.orders[side] : t.marks[kind]
}
