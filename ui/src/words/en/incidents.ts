import type { Same } from '..'
import type ko from '../ko/incidents'

export default {
  title: 'Incidents',
  text: 'What needs a person until it is closed',
  empty: 'No incidents',
  emptyNext: 'There is nothing to do.',
  rows: (n) => `${n} rows`,
} satisfies Same<typeof ko>
