// The chart on the screen: candles, volume, levels, signs and shaded gaps, in the colours of the page.
import {
  CandlestickSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  LineSeries,
  LineStyle,
  LineType,
  TickMarkType,
  type AutoscaleInfo,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import { count } from '../../format'
import { anchorsOf, candlesOf, drawnOf, gridOf, levelIn, MINUTE_S, spansOf, type Candle, type ChartView, type Drawn } from './picture'
import { Shade, type Shades } from './shade'

export interface Titles {
  stop: string
  target: string
  average: string
  sign: (drawn: Drawn) => string
}

const FONT = 12
const MINUTES_SHOWN = 60
const BARS_AROUND = 15
const BAR_MAX = 28
const LINES = ['stop_price', 'target_price', 'average_price'] as const
const DIGITS = 2

type Line = (typeof LINES)[number]

function colours() {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string) => style.getPropertyValue(name).trim()
  return {
    panel: read('--panel'), text: read('--soft'), strong: read('--text'), line: read('--line'), faint: read('--line-strong'),
    up: read('--up'), down: read('--down'), danger: read('--danger'), ok: read('--ok'), warn: read('--warn'), accent: read('--accent'),
    warnSoft: read('--warn-soft'), dangerSoft: read('--danger-soft'), sunken: read('--sunken'),
  }
}

function shadesOf(found: ReturnType<typeof colours>): Shades {
  const blind = { fill: found.warnSoft, stripe: found.warn }
  const off = { fill: found.dangerSoft, stripe: found.danger }
  return { cut: blind, blind, restart: blind, sleep: off, stopped: off, halt: { fill: found.sunken, stripe: found.faint } }
}

const two = (value: number) => String(value).padStart(DIGITS, '0')

/** The clock of a time whose seconds are those of Korean time already. */
function clockOf(time: Time): string {
  const at = new Date(Number(time) * 1_000)
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`
}

export class Drawing {
  readonly #chart: IChartApi
  readonly #candles: ISeriesApi<'Candlestick'>
  readonly #volume: ISeriesApi<'Histogram'>
  readonly #lines: Record<Line, ISeriesApi<'Line'>>
  /** Carries the signs, for a candle is not there in every minute. */
  readonly #anchor: ISeriesApi<'Line'>
  readonly #signs: ISeriesMarkersPluginApi<Time>
  readonly #shade: Shade
  #shown = ''
  #last: { view: ChartView; grown: readonly Candle[]; titles: Titles; now: number | null } | null = null

  constructor(place: HTMLElement) {
    const found = colours()
    this.#chart = createChart(place, {
      autoSize: true,
      layout: { attributionLogo: false, fontSize: FONT, fontFamily: getComputedStyle(document.body).fontFamily },
      localization: { priceFormatter: (price: number) => count(Math.round(price)), timeFormatter: clockOf },
      timeScale: {
        timeVisible: true, secondsVisible: false, rightOffset: 3, maxBarSpacing: BAR_MAX,
        tickMarkFormatter: (time: Time, kind: TickMarkType) => (kind <= TickMarkType.DayOfMonth ? '' : clockOf(time)),
      },
      rightPriceScale: { scaleMargins: { top: 0.12, bottom: 0.22 } },
      // The wheel belongs to the page; a finger or the mouse drags the chart.
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false },
    })
    this.#volume = this.#chart.addSeries(HistogramSeries, { priceScaleId: '', priceLineVisible: false, lastValueVisible: false })
    this.#volume.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } })
    this.#candles = this.#chart.addSeries(CandlestickSeries, {})
    const line = (style: LineStyle) =>
      this.#chart.addSeries(LineSeries, {
        lineWidth: 2, lineStyle: style, lineType: LineType.WithSteps, priceLineVisible: false, crosshairMarkerVisible: false,
      })
    this.#lines = { stop_price: line(LineStyle.Dashed), target_price: line(LineStyle.Dashed), average_price: line(LineStyle.Dotted) }
    this.#shade = new Shade(shadesOf(found))
    this.#candles.attachPrimitive(this.#shade)
    this.#anchor = this.#chart.addSeries(LineSeries, {
      lineVisible: false, priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false,
    })
    this.#signs = createSeriesMarkers(this.#anchor, [])
    this.paint()
  }

  /** Take the colours of the page anew: it went dark or light. */
  paint(): void {
    const found = colours()
    this.#chart.applyOptions({
      layout: { background: { type: ColorType.Solid, color: found.panel }, textColor: found.text },
      grid: { vertLines: { color: found.line }, horzLines: { color: found.line } },
      rightPriceScale: { borderColor: found.faint },
      timeScale: { borderColor: found.faint },
    })
    // A body that rose is hollow, one that fell is filled: the colour is not alone.
    this.#candles.applyOptions({
      upColor: found.panel, borderUpColor: found.up, wickUpColor: found.up,
      downColor: found.down, borderDownColor: found.down, wickDownColor: found.down,
    })
    this.#lines.stop_price.applyOptions({ color: found.danger })
    this.#lines.target_price.applyOptions({ color: found.ok })
    this.#lines.average_price.applyOptions({ color: found.faint })
    if (this.#last) this.show(this.#last.view, this.#last.grown, this.#last.titles, this.#last.now)
  }

  /** Draw a day; ``grown`` are the minutes after what is on record, ``now`` the market's Korean seconds if it is today. */
  show(view: ChartView, grown: readonly Candle[], titles: Titles, now: number | null): void {
    this.#last = { view, grown, titles, now }
    const found = colours()
    const candles = candlesOf(view, grown)
    const grid = gridOf(view, candles, now)
    const known = new Map(candles.map((one) => [one.time, one]))
    this.#candles.setData(
      grid.map((time) => {
        const one = known.get(time)
        return one ? { time: time as UTCTimestamp, open: one.open, high: one.high, low: one.low, close: one.close } : { time: time as UTCTimestamp }
      }),
    )
    this.#volume.setData(
      candles.map((one) => ({ time: one.time as UTCTimestamp, value: one.volume, color: one.whole ? found.faint : found.line })),
    )
    const words = { stop_price: titles.stop, target_price: titles.target, average_price: titles.average }
    for (const name of LINES) {
      const prices = levelIn(view.levels, name, grid)
      // A level that holds no more keeps no place and no name on the scale.
      const holds = Boolean(prices.at(-1))
      this.#lines[name].applyOptions({ title: holds ? words[name] : '', lastValueVisible: holds })
      this.#lines[name].setData(
        grid.map((time, index) => {
          const value = prices[index]
          return value ? { time: time as UTCTimestamp, value } : { time: time as UTCTimestamp }
        }),
      )
    }
    const anchors = anchorsOf(grid, candles, view.marks)
    this.#anchor.setData(grid.map((time, index) => ({ time: time as UTCTimestamp, value: anchors[index] ?? 0 })))
    this.#signs.setMarkers(drawnOf(view.marks).map((drawn) => this.#sign(drawn, titles, found)))
    this.#shade.set(spansOf(view.gaps, grid), shadesOf(found))
    this.#frame(`${view.symbol} ${view.day}`, grid)
  }

  /** Show the minutes around a moment of Korean seconds. */
  focus(time: number): void {
    const scale = this.#chart.timeScale()
    const index = scale.timeToIndex((Math.floor(time / MINUTE_S) * MINUTE_S) as UTCTimestamp, true)
    if (index !== null) scale.setVisibleLogicalRange({ from: index - BARS_AROUND, to: index + BARS_AROUND })
  }

  /** Whether the scale of prices leaves room for the levels, or is the candles' own. */
  scaleTo(levels: boolean): void {
    for (const name of LINES) {
      this.#lines[name].applyOptions({ autoscaleInfoProvider: (own: () => AutoscaleInfo | null) => (levels ? own() : null) })
    }
  }

  /** Show the whole day. */
  fit(): void {
    this.#chart.timeScale().fitContent()
  }

  close(): void {
    this.#chart.remove()
  }

  #frame(day: string, grid: readonly number[]): void {
    // Only another stock or day moves the view; while one is looked at it stays where the person put it.
    if (this.#shown === day || grid.length === 0) return
    this.#shown = day
    if (grid.length <= MINUTES_SHOWN * 2) this.fit()
    else this.#chart.timeScale().setVisibleLogicalRange({ from: grid.length - MINUTES_SHOWN, to: grid.length + 2 })
  }

  #sign(drawn: Drawn, titles: Titles, found: ReturnType<typeof colours>): SeriesMarker<Time> {
    const time = drawn.time as UTCTimestamp
    const text = titles.sign(drawn)
    switch (drawn.sign) {
      case 'entry':
        return { time, position: 'belowBar', shape: 'arrowUp', color: found.up, text }
      case 'fill':
        return { time, position: 'aboveBar', shape: 'arrowDown', color: found.down, text }
      case 'exit':
        return { time, position: 'aboveBar', shape: 'square', color: found.strong, text }
      case 'reached':
        return { time, position: 'belowBar', shape: 'circle', color: found.accent, text }
      case 'trouble':
        return { time, position: 'belowBar', shape: 'square', color: found.danger, text }
      case 'note':
        return { time, position: 'belowBar', shape: 'circle', color: found.warn, text }
    }
  }
}
