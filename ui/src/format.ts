// Numbers and times as people read them; pure, the language is read where a word is needed.
import { language } from './words'
import { common } from './words/common'

const NUMBER = new Intl.NumberFormat('ko-KR')
const MINUS = '−'
const SEOUL = 'Asia/Seoul'
const MINUTE_S = 60
const HOUR_S = 3_600
const DAY_S = 86_400

/** 1234567 → "1,234,567"; a dash for what is not known. */
export function count(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  return value < 0 ? MINUS + NUMBER.format(-value) : NUMBER.format(value)
}

/** An amount with its unit. */
export function won(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : common.parts.won(count(value))
}

/** A number with its sign, also in front of a gain. */
export function signed(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  return value > 0 ? `+${count(value)}` : count(value)
}

/** A share as per cent: 0.0123 → "+1.23%". */
export function rate(value: number | null | undefined, digits = 2): string {
  return value === null || value === undefined ? '–' : percent(value * 100, digits, true)
}

/** What already is per cent: 3.139 → "3.14%". */
export function percent(value: number | null | undefined, digits = 2, withSign = false): string {
  if (value === null || value === undefined) return '–'
  const text = Math.abs(value).toFixed(digits)
  const nothing = Number(text) === 0
  const sign = nothing ? '' : value < 0 ? MINUS : withSign ? '+' : ''
  return `${sign}${text}%`
}

export function milliseconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  return value < 10 ? `${value.toFixed(1)} ms` : `${count(Math.round(value))} ms`
}

/** How long ago: below ten seconds with a tenth, so that it is seen to move. */
export function ago(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return common.parts.never
  const past = Math.max(0, seconds)
  if (past < 10) return common.parts.seconds(past.toFixed(1))
  if (past < MINUTE_S) return common.parts.seconds(String(Math.floor(past)))
  if (past < HOUR_S) return common.parts.minutes(Math.floor(past / MINUTE_S))
  if (past < DAY_S) return common.parts.hours(Math.floor(past / HOUR_S))
  return common.parts.days(Math.floor(past / DAY_S))
}

/** The server's UTC text as a moment; null for what is empty or no time. */
export function moment(text: string | null | undefined): Date | null {
  if (!text) return null
  const found = new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}Z`)
  return Number.isNaN(found.getTime()) ? null : found
}

const FORMATS = new Map<string, Intl.DateTimeFormat>()

function format(kind: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language.value} ${kind}`
  let found = FORMATS.get(key)
  if (!found) {
    const place = language.value === 'ko' ? 'ko-KR' : 'en-GB'
    found = new Intl.DateTimeFormat(place, { timeZone: SEOUL, hourCycle: 'h23', ...options })
    FORMATS.set(key, found)
  }
  return found
}

/** "09:01:30" in Korean time. */
export function clock(text: string | null | undefined): string {
  const found = moment(text)
  return found ? format('clock', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(found) : '–'
}

/** Month, day and clock in Korean time. */
export function when(text: string | null | undefined): string {
  const found = moment(text)
  if (!found) return '–'
  const day = format('day', { month: '2-digit', day: '2-digit' }).format(found)
  return `${day} ${clock(text)}`
}

/** The Korean day, as "2026-11-23". */
export function day(text: string | null | undefined): string {
  const found = moment(text)
  if (!found) return '–'
  return new Intl.DateTimeFormat('sv-SE', { timeZone: SEOUL, dateStyle: 'short' }).format(found)
}
