import type { Same } from '..'
import type ko from '../ko/strategies'

export default {
  title: 'Strategies',
  text: 'Strategies and jobs',
  empty: 'No strategy is running',
  emptyNext: 'Start them at the server with hantu run jobs.',
  rows: (n) => `${n} rows`,
} satisfies Same<typeof ko>
