// What is known now: the newest state, its age by this browser's own clock, and the newest facts. One for all pages.
import { computed, shallowReactive, shallowRef } from 'vue'
import { loadSession, sessionEnded } from '../api/session'
import { read, type Schemas } from '../api/client'
import { moment } from '../format'
import { openSource } from './source'
import { complete } from './picture'
import { Stream, type Heard, type Link } from './stream'

export type Fact = Schemas['EventView']
export type State = Schemas['StateView']

const LOOK_MS = 250
const FACTS_MAX = 200
const FACTS_FIRST = 100
/** A picture of the guard older than this is shown as old. */
export const STALE_S = 5
const CHECK_EVERY_MS = 5_000

/** Moves four times a second; read it to have an age move. */
export const beat = shallowRef(0)

export const now = shallowReactive({
  state: null as State | null,
  /** When it came, by `performance.now()`. */
  arrivedMs: 0,
  link: 'idle' as Link,
  silentMs: 0,
  /** Newest first. */
  facts: [] as readonly Fact[],
  /** Goes up when a page has to read anew: a gap in the facts, or a connection that came back. */
  turns: 0,
})

const listeners = new Set<(fact: Fact) => void>()
let timer: number | undefined
let leaving = false
let checkedMs = -CHECK_EVERY_MS

/** Hear every new fact; returns how to stop. */
export function onFact(hear: (fact: Fact) => void): () => void {
  listeners.add(hear)
  return () => listeners.delete(hear)
}

/** Seconds since the guard said what is shown; null before the first picture. */
export const ageS = computed<number | null>(() => {
  void beat.value
  if (now.state === null) return null
  return (now.state.age_s ?? 0) + (performance.now() - now.arrivedMs) / 1_000
})

/** Whether what is shown may no longer be so. */
export const stale = computed(() => {
  if (now.state === null) return false
  return now.link === 'late' || now.link === 'lost' || !now.state.running || (ageS.value ?? 0) > STALE_S
})

/** Milliseconds of the server's clock, as far as it is known. */
export function serverNow(): number {
  const told = moment(now.state?.time)
  return told ? told.getTime() + performance.now() - now.arrivedMs : Date.now()
}

const stream = new Stream({
  open: openSource,
  now: () => performance.now(),
  later: (act, ms) => {
    const id = window.setTimeout(act, ms)
    return () => window.clearTimeout(id)
  },
  told,
  linked: (link) => {
    if (link === 'live' && now.link === 'lost') now.turns += 1
    now.link = link
  },
  failed: () => {
    if (leaving || performance.now() - checkedMs < CHECK_EVERY_MS) return
    checkedMs = performance.now()
    // A refused stream looks like a broken one; a session that is over is found out here.
    loadSession().catch(() => undefined)
  },
})

function told(message: Heard): void {
  if (message.kind === 'state') take(complete(message.data as Partial<State>))
  else if (message.kind === 'fact') add([message.data as Fact])
  else if (message.kind === 'reset') {
    now.turns += 1
    void readFacts()
  } else if (message.kind === 'end' && (message.data as { reason?: string }).reason === 'session_ended') {
    sessionEnded()
  }
}

function take(state: State): void {
  now.state = state
  now.arrivedMs = performance.now()
  now.silentMs = 0
}

function add(facts: readonly Fact[], news = true): void {
  const known = new Set(now.facts.map((fact) => fact.event_id))
  const fresh = facts.filter((fact) => !known.has(fact.event_id))
  if (fresh.length === 0) return
  const sorted = [...fresh, ...now.facts].sort((one, other) => (one.event_id < other.event_id ? 1 : -1))
  now.facts = sorted.slice(0, FACTS_MAX)
  if (news) for (const fact of fresh) for (const hear of listeners) hear(fact)
}

async function readFacts(): Promise<void> {
  try {
    add((await read('/events', { query: { limit: FACTS_FIRST } })).items, false)
  } catch {
    // The page of events says so itself; here new facts simply come with the stream.
  }
}

/** Begin to listen; called when somebody has signed in. */
export function beginLive(): void {
  if (timer !== undefined) return
  stream.start()
  void readFacts()
  read('/monitor/state')
    .then((state) => {
      if (now.state === null) take(complete(state))
    })
    .catch(() => undefined)
  timer = window.setInterval(() => {
    stream.look()
    now.silentMs = stream.silentMs
    beat.value += 1
  }, LOOK_MS)
  document.addEventListener('visibilitychange', awake)
  window.addEventListener('online', again)
  window.addEventListener('pagehide', leave)
  window.addEventListener('pageshow', comeBack)
}

/** Stop and forget; called when the session is over. */
export function endLive(): void {
  window.clearInterval(timer)
  timer = undefined
  document.removeEventListener('visibilitychange', awake)
  window.removeEventListener('online', again)
  window.removeEventListener('pagehide', leave)
  window.removeEventListener('pageshow', comeBack)
  stream.stop()
  now.state = null
  now.facts = []
}

/** Try to connect at once. */
export function again(): void {
  stream.again()
}

function awake(): void {
  // A page that slept shows old data at first sight; do not wait for the timer.
  if (!document.hidden && now.link !== 'live') stream.again()
}

function leave(): void {
  // The browser cuts the line of a page it leaves; that is no fault of the server's.
  leaving = true
}

function comeBack(event: PageTransitionEvent): void {
  leaving = false
  if (event.persisted) stream.again()
}
