// How long something lasts, in two units at most.
import { words } from '../../words'
import en from '../../words/en/span'
import ko from '../../words/ko/span'

const t = words(ko, en)
const MINUTE_S = 60
const HOUR_S = 3_600
const DAY_S = 86_400

export function span(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return '–'
  const all = Math.max(0, Math.floor(seconds))
  if (all < MINUTE_S) return t.seconds(all)
  if (all < HOUR_S) return t.minutes(Math.floor(all / MINUTE_S))
  const hours = Math.floor((all % DAY_S) / HOUR_S)
  if (all < DAY_S) return [t.hours(hours), t.minutes(Math.floor((all % HOUR_S) / MINUTE_S))].join(' ')
  return [t.days(Math.floor(all / DAY_S)), t.hours(hours)].join(' ')
}
