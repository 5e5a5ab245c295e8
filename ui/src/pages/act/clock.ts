// The server's clock as this browser can tell it: deadlines are the server's, and a browser's own clock may be wrong.
import { moment } from '../../format'
import { beat, now } from '../../live/now'

const MINUTE_S = 60
const HOUR_S = 3_600

/** Milliseconds of the server's clock; moves with the heartbeat of the page. */
export function serverMs(): number {
  void beat.value
  const told = moment(now.state?.time)
  return told ? told.getTime() + performance.now() - now.arrivedMs : Date.now()
}

/** Seconds until a moment in the server's UTC text; negative when it has passed, null when it is none. */
export function leftS(until: string | null | undefined, nowMs: number): number | null {
  const found = moment(until)
  return found ? (found.getTime() - nowMs) / 1_000 : null
}

/** 59.2 → "0:59", 3700 → "1:01:40"; never below nothing. */
export function countdown(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  const rest = `${two(Math.floor((whole % HOUR_S) / MINUTE_S))}:${two(whole % MINUTE_S)}`
  return whole < HOUR_S ? rest.replace(/^0/, '') : `${Math.floor(whole / HOUR_S)}:${rest}`
}

/** What a field of local time holds ("2026-11-23T09:01", Korean time) as the server's UTC text. */
export function utcText(local: string): string {
  const found = local ? new Date(`${local}:00+09:00`.replace(/(:\d\d:\d\d):00\+/, '$1+')) : null
  return found && !Number.isNaN(found.getTime()) ? found.toISOString().slice(0, 19).replace('T', ' ') : ''
}

/** The other way round: UTC text as Korean local time for a field. */
export function localText(utc: string): string {
  const found = moment(utc)
  if (!found) return ''
  return new Date(found.getTime() + 9 * HOUR_S * 1_000).toISOString().slice(0, 16)
}
