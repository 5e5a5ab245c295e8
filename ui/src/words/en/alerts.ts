import type { Same } from '..'
import type ko from '../ko/alerts'

export default {
  title: 'Alerts',
  text: 'What was told, and who has seen it',
  empty: 'No alerts yet',
  emptyNext: 'What the guard tells appears here.',
  rows: (n) => `${n} rows`,
} satisfies Same<typeof ko>
