// The steps of an alert in English; in Korean the server says them itself.
import { when } from '../../format'

const WORDS: Readonly<Record<string, string>> = {
  at_once: 'told at once',
  batch: 'told with the other normal alerts of five minutes',
  digest: 'told in the morning with what came outside market hours',
  group: 'told together with alerts of the same cause',
  held: 'told together with what the pace of the channel held back',
  late: 'it ended before it was told: begin and end are told quietly, once',
  summary: 'told as a number of alerts that were not told one by one',
  repeat: 'told again: it lasts and nobody has acknowledged it',
  closing: 'what was told before is over: told quietly',
  closing_waits: 'waits until the earlier alert is delivered',
  closing_unasked: 'not told: the earlier alert never reached anybody',
  low: 'only recorded',
  quiet_hours: 'waits: outside market hours',
  rate: 'waits: faster than the channel can take it',
  expired: 'undelivered for a day: only counted',
  duplicate: 'the same as alert {about}: only counted',
  silenced: 'not told: silenced ({about})',
  caused: 'alert {about} is the cause: only counted',
  consequence: 'seems to follow from alert {about}; told if it outlives it',
  consequence_over: 'began and ended with alert {about}: only recorded',
  flapping: 'comes and goes since alert {about}: only counted',
  channel: '{about} did not take it',
  ack: 'acknowledged by {about}',
  done: '{about} says it is over',
}

/** One line for one step. */
export function storyLine(step: Readonly<Record<string, unknown>>): string {
  const text = (name: string) => String(step[name] ?? '')
  const words = text('verdict') === 'told' ? 'taken by {about}' : (WORDS[text('code')] ?? text('reason') ?? text('code'))
  const again = text('next_at') ? ` - looked at again ${when(text('next_at'))}` : ''
  return `${when(text('at'))}  ${words.replace('{about}', text('about'))}${again}`
}
