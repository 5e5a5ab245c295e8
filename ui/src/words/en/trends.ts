import type { Same } from '..'
import { counted } from '../plural'
import type ko from '../ko/trends'

export default {
  title: 'Trends and forecast',
  text: 'Where one value a day leads, and how sure that is',
  empty: 'Nothing on record yet',
  emptyNext: 'One value a day is kept once the guard has been through trading days.',
  range: 'Range',
  days: (n) => `${n} days`,
  tradingDays: (n) => counted(n, 'trading day'),
  names: { rejections: 'Rejected orders', latency: 'Order to acceptance (median)', pnl: 'Realised result', growth: 'Growth of the event log' },
  way: { more: 'rising', less: 'falling', level: 'no clear change' },
  average: 'Mean of a day',
  perDay: 'Change a day',
  between: (low, high) => `${low} to ${high}`,
  sure: '95% confidence',
  ahead: (n) => `In ${counted(n, 'trading day')}`,
  expected: '95% prediction',
  tooFew: (n, min) => `Only ${counted(n, 'day')} on record; a trend is shown from ${min} days on.`,
  nothing: 'Nothing on record in this range.',
  today: 'The last day is not over: its value is what there is so far, and may pull the line down.',
  line: 'Line, and 95% confidence of its slope',
  forecast: 'Forecast, and 95% prediction',
  measured: 'On record',
  figure: (name, days) => `${name}: values of ${days} trading days, their line and forecast`,
  forecastDay: (n) => `+${n} d`,
  note: { trend: 'line', forecast: 'forecast' },
  how: 'How this is computed',
  method: [
    'One straight line is drawn through one value a day, by least squares.',
    'Its slope, the change a day, comes with a 95% confidence interval. Where that holds 0, we say "no clear change".',
    'The forecast is the line five trading days on; a day lies in the 95% prediction interval (Student\'s t).',
    'That is right where days scatter evenly about the line, one not depending on the other. It foresees no sudden change and is no promise.',
    'Fewer than five days give none. Weekends and days without a guard are not counted. What can be counted is cut off at 0.',
  ],
} satisfies Same<typeof ko>
