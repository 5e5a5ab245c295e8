// Shades the times in which nobody saw the price or nobody might trade, behind the candles.
import type {
  IChartApiBase,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesPrimitive,
  PrimitivePaneViewZOrder,
  SeriesAttachedParameter,
  Time,
} from 'lightweight-charts'
import type { Span } from './picture'

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0]

const STRIPE = 6
const MARGIN = 0.5

/** The colours of each kind of gap, fill and stripe. */
export type Shades = Readonly<Record<Span['kind'], { fill: string; stripe: string }>>

export class Shade implements ISeriesPrimitive<Time> {
  #chart: IChartApiBase<Time> | null = null
  #spans: readonly Span[] = []
  #update: (() => void) | null = null

  constructor(private shades: Shades) {}

  attached(given: SeriesAttachedParameter<Time>): void {
    this.#chart = given.chart
    this.#update = given.requestUpdate
  }

  detached(): void {
    this.#chart = this.#update = null
  }

  set(spans: readonly Span[], shades = this.shades): void {
    this.#spans = spans
    this.shades = shades
    this.#update?.()
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return [{ zOrder: (): PrimitivePaneViewZOrder => 'bottom', renderer: () => ({ draw: (target) => this.#draw(target) }) }]
  }

  #draw(target: Target): void {
    const scale = this.#chart?.timeScale()
    if (!scale) return
    const half = scale.options().barSpacing * MARGIN
    target.useBitmapCoordinateSpace(({ bitmapSize, context, horizontalPixelRatio }) => {
      for (const span of this.#spans) {
        const from = scale.timeToCoordinate(span.from as Time)
        const to = scale.timeToCoordinate(span.to as Time)
        if (from === null || to === null) continue
        const left = Math.round((from - half) * horizontalPixelRatio)
        const width = Math.max(2, Math.round((to + half) * horizontalPixelRatio) - left)
        const { fill, stripe } = this.shades[span.kind]
        context.fillStyle = fill
        context.fillRect(left, 0, width, bitmapSize.height)
        // A band on top of another colour, for those who see no difference in the shade.
        context.fillStyle = stripe
        context.fillRect(left, 0, width, STRIPE)
      }
    })
  }
}
