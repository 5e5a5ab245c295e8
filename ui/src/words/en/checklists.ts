import type { Same } from '..'
import type ko from '../ko/checklists'

export default {
  title: 'Checklists',
  text: 'Results of daily and weekly checks',
  empty: 'No check on record',
  emptyNext: 'Run hantu ops check at the server.',
  rows: (n) => `${n} rows`,
} satisfies Same<typeof ko>
