// Incidents as a person reads them: how urgent, which step comes next, and a line for each moment.
import type { Schemas } from '../../api/client'
import { told } from '../../live/facts'
import type { Fact } from '../../live/now'
import type { Moment as Line } from '../../parts/Timeline.vue'
import { titleOf } from '../../words/titles'
import { t } from './texts'

export type Incident = Schemas['IncidentView']
type Moment = Schemas['Moment']
export type State = 'open' | 'escalated' | 'acknowledged' | 'decided' | 'closed'
export type Step = 'ack' | 'decide' | 'close' | ''

const URGENCY: readonly State[] = ['escalated', 'open', 'acknowledged', 'decided', 'closed']
export const STATE_KIND = { open: 'danger', escalated: 'danger', acknowledged: 'warn', decided: 'accent', closed: 'plain' } as const

export function stateOf(one: Incident): State {
  return URGENCY.find((state) => state === one.state) ?? 'open'
}

/** What nobody has taken first, the newest of them on top. */
export function byUrgency(rows: readonly Incident[]): Incident[] {
  const rank = (one: Incident) => URGENCY.indexOf(stateOf(one))
  return [...rows].sort((one, other) => rank(one) - rank(other) || other.incident_id - one.incident_id)
}

/** What a person does next. */
export function nextStep(one: Incident): Step {
  const steps = { open: 'ack', escalated: 'ack', acknowledged: 'decide', decided: 'close', closed: '' } as const
  return steps[stateOf(one)]
}

/** One moment as a line; facts come with their raw record, which is read for people here. */
export function lineOf(moment: Moment, index: number): Line {
  const line: Line = { id: `${index}`, at: moment.at, title: '', text: moment.text }
  const payload = payloadOf(moment.text)
  if (payload) {
    const found = told({ event_id: moment.event_id, event_type: moment.kind, timestamp: moment.at, payload } as Fact)
    Object.assign(line, { title: found.title, text: found.text, kind: found.kind })
  } else if (moment.source === 'person') {
    const kinds = t.kinds as Readonly<Record<string, string>>
    line.title = `${kinds[moment.kind] ?? moment.kind} · ${moment.who}`
    line.kind = 'accent'
  } else if (moment.source === 'alert') {
    line.title = `${t.sources.alert} · ${moment.who || titleOf(moment.kind)}`
    line.kind = 'warn'
  } else {
    line.title = [t.sources[moment.source as 'ack'] ?? titleOf(moment.kind), moment.who].filter(Boolean).join(' · ')
  }
  if (moment.event_id) line.to = `/events/${moment.event_id}`
  if (moment.source === 'ended') line.kind = 'ok'
  return line
}

function payloadOf(text: string): Fact['payload'] | null {
  if (!text.startsWith('{')) return null
  try {
    return JSON.parse(text) as Fact['payload']
  } catch {
    return null
  }
}
