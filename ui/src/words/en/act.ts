import type { Same } from '..'
import type ko from '../ko/act'

export default {
  more: 'Show more',
  loading: 'Loading',
  all: (n) => `${n} in all`,
  views: 'Views',
  back: 'Back to the list',
  filter: 'Filter',
  any: 'All',
  left: (time) => `${time} left`,
  over: 'Time is up',
  optional: 'optional',
  symbol: 'Stock code',
  comment: 'Comment',
  reason: 'Reason',
  viewOnly: 'This role can only look.',
  raw: 'As recorded',
  severity: { CRITICAL: 'Critical', WARN: 'Warning', INFO: 'Info' },
  priority: { emergency: 'Emergency', high: 'High', normal: 'Normal', low: 'Low' },
  area: {
    'OPS-01': 'System',
    'OPS-02': 'Trading',
    'OPS-03': 'Performance',
    'OPS-04': 'Alerts',
    'OPS-05': 'Recovery',
    'OPS-06': 'Audit',
  },
  side: { buy: 'Buy', sell: 'Sell' },
} satisfies Same<typeof ko>
