import type { Same } from '..'
import type ko from '../ko/audit'

export default {
  title: 'Audit',
  text: 'Who did what',
  empty: 'The audit trail is empty',
  emptyNext: 'Sign-ins, approvals and releases appear here.',
  rows: (n) => `${n} rows`,
} satisfies Same<typeof ko>
