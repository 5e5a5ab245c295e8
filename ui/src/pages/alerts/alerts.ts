// What an alert is to a person: does it wait for somebody, and what became of it.
import { shallowRef } from 'vue'
import { read, type Schemas } from '../../api/client'
import { leftS } from '../act/clock'

export type Alert = Schemas['AlertRow']
export type Meaning = Schemas['CatalogueRow']
export type Standing = 'waits' | 'done' | 'acked' | 'ended' | 'givenUp' | 'unsent' | 'sent' | 'quiet' | 'recorded'

/** Only emergencies wait: for an acknowledgement that still holds, a word that it is over, or an end by itself. */
export function waitsForPerson(alert: Alert, serverMs: number): boolean {
  if (alert.priority !== 'emergency' || alert.done || alert.ended_at || alert.withheld) return false
  return !alert.acked_at || (leftS(alert.ack_until, serverMs) ?? 0) <= 0
}

/** How it stands, the most important first. */
export function standingOf(alert: Alert, serverMs: number): Standing {
  if (waitsForPerson(alert, serverMs)) return 'waits'
  if (alert.done) return 'done'
  if (alert.ended_at) return 'ended'
  if (alert.acked_at) return 'acked'
  if (alert.delivered_to.length) return 'sent'
  if (alert.withheld) return 'quiet'
  if (alert.given_up) return 'givenUp'
  return alert.waiting && alert.attempts > 0 ? 'unsent' : 'recorded'
}

/** Long-lasting knowledge of this build of the server: asked once. */
const meanings = shallowRef<ReadonlyMap<string, Meaning>>(new Map())
let asked: Promise<void> | null = null
let failures = 0
const AGAIN_MS = 3_000
const FAILURES_MAX = 5

export function useCatalogue(): typeof meanings {
  asked ??= read('/alerts/catalogue').then(
    (found) => {
      meanings.value = new Map(found.items.map((one) => [one.event_type, one]))
      failures = 0
    },
    () => {
      // The page works without it; it is asked for again soon, and by the next page that wants it.
      asked = null
      failures += 1
      if (failures < FAILURES_MAX) setTimeout(useCatalogue, AGAIN_MS)
    },
  )
  return meanings
}

export const PRIORITY_KIND = { emergency: 'danger', high: 'warn', normal: 'plain', low: 'plain' } as const

export function priorityKind(priority: string): 'danger' | 'warn' | 'plain' {
  return PRIORITY_KIND[priority as keyof typeof PRIORITY_KIND] ?? 'plain'
}
