import { beforeEach, describe, expect, it } from 'vitest'
import { DROP_MS, LATE_MS, Stream, type Heard, type Link } from '../src/live/stream'

interface Line {
  after: string
  heard: (message: Heard) => void
  failed: () => void
  closed: boolean
}

let nowMs = 0
let lines: Line[] = []
let waiting: { act: () => void; ms: number; cancelled: boolean }[] = []
let told: Heard[] = []
let links: Link[] = []
let failures = 0
let stream: Stream

function line(): Line {
  const found = lines.at(-1)
  if (!found) throw new Error('nothing was opened')
  return found
}

function wake(): number {
  const found = waiting.filter((one) => !one.cancelled).pop()
  if (!found) throw new Error('nothing waits')
  found.cancelled = true
  found.act()
  return found.ms
}

const fact = (id: string): Heard => ({ kind: 'fact', id, data: {} })
const state: Heard = { kind: 'state', id: '', data: {} }

beforeEach(() => {
  nowMs = 1_000
  lines = []
  waiting = []
  told = []
  links = []
  failures = 0
  stream = new Stream({
    open: (after, heard, failed) => {
      const opened: Line = { after, heard, failed, closed: false }
      lines.push(opened)
      return () => {
        opened.closed = true
      }
    },
    now: () => nowMs,
    later: (act, ms) => {
      const one = { act, ms, cancelled: false }
      waiting.push(one)
      return () => {
        one.cancelled = true
      }
    },
    told: (message) => told.push(message),
    linked: (link) => links.push(link),
    failed: () => {
      failures += 1
    },
  })
})

describe('the live stream', () => {
  it('is live from the first word on', () => {
    stream.start()
    expect(stream.link).toBe('connecting')
    line().heard(state)
    expect(stream.link).toBe('live')
    expect(told).toEqual([state])
  })

  it('is late when nothing was heard within five seconds, and live again with the next word', () => {
    stream.start()
    line().heard(state)
    nowMs += LATE_MS
    stream.look()
    expect(stream.link).toBe('live')
    nowMs += 1
    stream.look()
    expect(stream.link).toBe('late')
    expect(LATE_MS).toBeLessThan(5_000)
    line().heard({ kind: 'beat', id: '', data: {} })
    expect(stream.link).toBe('live')
  })

  it('drops a line that stays silent and opens another one', () => {
    stream.start()
    line().heard(state)
    nowMs += DROP_MS + 1
    stream.look()
    expect(stream.link).toBe('lost')
    expect(line().closed).toBe(true)
    wake()
    expect(lines).toHaveLength(2)
    expect(stream.link).toBe('lost')
    line().heard(state)
    expect(links).toEqual(['connecting', 'live', 'lost', 'live'])
  })

  it('goes on behind the last fact it heard', () => {
    stream.start()
    line().heard(fact('a1'))
    line().heard(state)
    line().failed()
    wake()
    expect(line().after).toBe('a1')
  })

  it('waits longer each time, and not longer than a quarter of a minute', () => {
    stream.start()
    const waits = Array.from({ length: 8 }, () => {
      line().failed()
      return wake()
    })
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
    expect(failures).toBe(8)
    line().heard(state)
    line().failed()
    expect(wake()).toBe(500)
  })

  it('comes back after the server said it ends', () => {
    stream.start()
    line().heard(state)
    line().heard({ kind: 'end', id: '', data: { reason: 'shutdown' } })
    expect(stream.link).toBe('lost')
    expect(told.at(-1)?.kind).toBe('end')
    wake()
    expect(lines).toHaveLength(2)
  })

  it('does not come back when it was stopped while the end was told', () => {
    stream.start()
    const first = line()
    told.push = () => {
      stream.stop()
      return 0
    }
    first.heard({ kind: 'end', id: '', data: { reason: 'session_ended' } })
    expect(stream.link).toBe('idle')
    expect(waiting.filter((one) => !one.cancelled)).toHaveLength(0)
  })

  it('tries at once when it is told to', () => {
    stream.start()
    line().failed()
    stream.again()
    expect(lines).toHaveLength(2)
    expect(waiting.every((one) => one.cancelled)).toBe(true)
  })

  it('keeps quiet once stopped, and begins without a past', () => {
    stream.start()
    line().heard(fact('a1'))
    stream.stop()
    nowMs += DROP_MS * 2
    stream.look()
    stream.again()
    expect(stream.link).toBe('idle')
    expect(lines).toHaveLength(1)
    stream.start()
    expect(line().after).toBe('')
  })
})
