import type { Same } from '..'
import type ko from '../ko/approvals'

export default {
  title: 'Approvals',
  text: 'Orders that a person decides',
  empty: 'Nothing waits for approval',
  emptyNext: 'Orders proposed by programs or operators appear here.',
  rows: (n) => `${n} rows`,
} satisfies Same<typeof ko>
