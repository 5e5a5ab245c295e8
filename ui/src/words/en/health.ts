import type { Same } from '..'
import type ko from '../ko/health'

export default {
  title: 'Health',
  text: 'Components and performance',
  empty: 'Nothing was checked yet',
  emptyNext: 'Results appear when the guard runs.',
  rows: (n) => `${n} rows`,
} satisfies Same<typeof ko>
