import type { Same } from '..'
import type ko from '../ko/settings'

export default {
  title: 'Settings',
  text: 'My sessions, people, programs, settings',
  empty: 'No sessions',
  emptyNext: '',
  rows: (n) => `${n} rows`,
} satisfies Same<typeof ko>
