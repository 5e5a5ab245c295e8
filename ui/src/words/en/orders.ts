import type { Same } from '..'
import type ko from '../ko/orders'

export default {
  title: 'Orders',
  text: 'Orders and fills',
  empty: 'No orders yet',
  emptyNext: 'Exits and approved orders appear here.',
  rows: (n) => `${n} rows`,
} satisfies Same<typeof ko>
