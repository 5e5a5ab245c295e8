import type { Same } from '..'
import type ko from '../ko/events'

export default {
  title: 'Events',
  text: 'The record of what happened',
  empty: 'No events on record',
  emptyNext: 'They appear once the guard has started.',
  rows: (n) => `${n} rows`,
} satisfies Same<typeof ko>
