import type { Same } from '..'
import type ko from '../ko/trends'

export default {
  title: 'Trends',
  text: 'How measures develop',
  empty: 'Nothing was measured yet',
  emptyNext: 'Measures gather once the guard runs.',
  rows: (n) => `${n} rows`,
} satisfies Same<typeof ko>
