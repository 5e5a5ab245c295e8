import type { Same } from '..'
import type ko from '../ko/figure'

export default {
  table: 'Values as a table',
  time: 'Time',
  value: 'Value',
  note: 'What',
  outside: (text) => `${text} (far above the picture)`,
} satisfies Same<typeof ko>
