import type { Same } from '..'
import type ko from '../ko/chart'

export default {
  title: 'Chart',
  text: 'Price with stop and target',
  empty: 'No stock to look at',
  emptyNext: 'Holdings and the watch list can be chosen here.',
  rows: (n) => `${n} rows`,
} satisfies Same<typeof ko>
