// From a metric's numbers to what is drawn: days side by side, the line through them, the days to come. Pure.
import type { Schemas } from '../../api/client'
import type { Band, Line } from '../figure/Figure.vue'

type View = Schemas['TrendView']

/** What a metric's picture is made of; `x` counts trading days from the first one. Nothing lies below `floor`: no count is less than none. */
export function drawn(view: View, floor = -Infinity): { lines: Line[]; bands: Band[] } {
  const points = view.values.map((y, x) => ({ x, y }))
  const lines: Line[] = [{ points, kind: 'main', dots: points.length <= 45 }]
  const { trend } = view
  if (!trend || view.too_few) return { lines, bands: [] }
  const last = points.length - 1
  const middle = last / 2
  const ends = [...new Set([0, middle, last])]
  const at = (x: number, slope: number): number => Math.max(floor, trend.mean + slope * (x - middle))
  lines.push({ points: ends.map((x) => ({ x, y: at(x, trend.slope) })), kind: 'trend' })
  const ahead = view.forecast.map((day) => ({ x: last + day.ahead, y: day.value, low: day.low, high: day.high }))
  lines.push({ points: ahead, kind: 'forecast', dots: true })
  // The line may turn about its middle as far as the interval of the slope goes.
  const turned = ends.map((x) => {
    const both = [at(x, trend.low), at(x, trend.high)]
    return { x, low: Math.min(...both), high: Math.max(...both) }
  })
  return { lines, bands: [{ points: turned, kind: 'trend' }, { points: ahead, kind: 'forecast' }] }
}

/** Which word the trend deserves: only an interval that leaves out a level line is a direction. */
export function wayOf(trend: View['trend']): 'more' | 'less' | 'level' {
  if (!trend?.moves) return 'level'
  return trend.slope > 0 ? 'more' : 'less'
}
