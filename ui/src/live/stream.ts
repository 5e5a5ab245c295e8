// The live stream: what is heard, how long it has been silent, and how it comes back. Doors to the world are given, so that
// its rules can be tested without one.

/** live: heard lately. late: open but silent too long. lost: no connection; being tried again. */
export type Link = 'idle' | 'connecting' | 'live' | 'late' | 'lost'

/** The server says something at least every two seconds; silence has to show within five, on a busy machine too. */
export const LATE_MS = 4_000
/** An open line that stays silent is dropped and made anew. */
export const DROP_MS = 10_000
const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const

export interface Heard {
  kind: 'state' | 'fact' | 'beat' | 'reset' | 'end'
  id: string
  data: unknown
}

export interface Doors {
  /** Open a line; returns how to close it. */
  open: (after: string, heard: (message: Heard) => void, failed: () => void) => () => void
  /** Milliseconds of a clock that only goes forward. */
  now: () => number
  later: (act: () => void, ms: number) => () => void
  told: (message: Heard) => void
  linked: (link: Link) => void
  /** A line failed: is the session still there? */
  failed: () => void
}

export class Stream {
  #link: Link = 'idle'
  #lastId = ''
  #heardAt = 0
  #tries = 0
  #close: (() => void) | null = null
  #cancel: (() => void) | null = null

  constructor(private readonly doors: Doors) {}

  get link(): Link {
    return this.#link
  }

  /** Milliseconds since the last word. */
  get silentMs(): number {
    return this.doors.now() - this.#heardAt
  }

  start(): void {
    if (this.#link !== 'idle') return
    this.#heardAt = this.doors.now()
    this.#open()
  }

  stop(): void {
    this.#drop()
    this.#lastId = ''
    this.#tries = 0
    this.#set('idle')
  }

  /** Try at once instead of waiting. */
  again(): void {
    if (this.#link === 'idle') return
    this.#tries = 0
    this.#drop()
    this.#open()
  }

  /** Called a few times a second: notices silence. */
  look(): void {
    if (this.#close === null) return
    const silent = this.silentMs
    if (silent > DROP_MS) this.#fail()
    else if (silent > LATE_MS && this.#link === 'live') this.#set('late')
    else if (silent > LATE_MS && this.#link === 'connecting') this.#set('lost')
  }

  #open(): void {
    if (this.#link !== 'lost' && this.#link !== 'late') this.#set('connecting')
    this.#close = this.doors.open(
      this.#lastId,
      (message) => this.#hear(message),
      () => this.#fail(),
    )
  }

  #hear(message: Heard): void {
    this.#heardAt = this.doors.now()
    if (message.kind === 'end') {
      // The server says why and closes; who may come back comes back.
      this.doors.told(message)
      if (this.#link !== 'idle') this.#fail()
      return
    }
    this.#tries = 0
    if (message.id) this.#lastId = message.id
    this.#set('live')
    this.doors.told(message)
  }

  #fail(): void {
    this.#drop()
    this.#set('lost')
    const wait = WAITS_MS[Math.min(this.#tries, WAITS_MS.length - 1)] ?? 15_000
    this.#tries += 1
    this.#cancel = this.doors.later(() => {
      this.#cancel = null
      this.#open()
    }, wait)
    this.doors.failed()
  }

  #drop(): void {
    this.#close?.()
    this.#cancel?.()
    this.#close = this.#cancel = null
  }

  #set(link: Link): void {
    if (this.#link === link) return
    this.#link = link
    this.doors.linked(link)
  }
}
