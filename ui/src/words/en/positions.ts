import type { Same } from '..'
import type ko from '../ko/positions'

export default {
  title: 'Positions',
  text: 'What is held, and how far it is to stop and target',
  empty: 'Nothing is held',
  emptyNext: 'Holdings of the account appear here.',
  rows: (n) => `${n} rows`,
} satisfies Same<typeof ko>
