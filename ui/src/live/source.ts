// The stream's door to the real world: server-sent events of this server.
import type { Heard } from './stream'

const ADDRESS = '/api/v1/monitor/stream'
const KINDS = ['state', 'fact', 'beat', 'reset', 'end'] as const

/** Open an event source; it never tries again by itself, for the stream has rules for that. */
export function openSource(after: string, heard: (message: Heard) => void, failed: () => void): () => void {
  const source = new EventSource(after ? `${ADDRESS}?after=${encodeURIComponent(after)}` : ADDRESS)
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => {
      heard({ kind, id: event.lastEventId, data: JSON.parse(String(event.data)) as unknown })
    })
  }
  source.onerror = failed
  return () => {
    source.onerror = null
    source.close()
  }
}
